// SPDX-License-Identifier: MIT
// A frame's list as triangles, bottom first, and the runs of them that one GL call draws. Pure:
// unit tests need no driver.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/geom.h"
#include "renderer/renderer.h"

// Programs: one for colours; for textures one bit each for what differs. Without any, pixels are
// copied as they are, which drivers that draw with the CPU recognise and do much faster.
enum gl_program_kind {
	GL_PROGRAM_MIX = 1 << 0,     // filtered, cropped, with opacity
	GL_PROGRAM_OPAQUE = 1 << 1,  // alpha of the texture means nothing; comes with MIX
	GL_PROGRAM_SWAPPED = 1 << 2, // red and blue changed places
	GL_PROGRAM_SOLID = 1 << 3,
	GL_PROGRAM_EXTERNAL = GL_PROGRAM_SOLID + 1, // the driver converts; as MIX
	GL_PROGRAMS,
};

struct vertex {
	float x, y;      // target pixels
	float u, v;      // in the texture, 0 to 1
	float inside[4]; // u and v stay within: left, top, right, bottom
	float color[4];  // of solids; of textures what every channel is multiplied with
};

// Triangles that are drawn at once.
struct batch {
	struct texture *texture; // NULL: colours
	unsigned program;
	bool nearest, blend;
	size_t first, count; // vertices
};

struct quads {
	struct vertex *vertices;
	size_t n_vertices, vertex_capacity;
	struct batch *batches;
	size_t n_batches, batch_capacity;
};

// What a list's textures need: SWAPPED, EXTERNAL or nothing, and whether alpha counts. False: it has
// no pixels now and is left out.
typedef bool quads_ask(struct texture *texture, unsigned *program, bool *has_alpha);

struct quads_target {
	int width, height;
	bool alpha; // somebody looks at it
};

// Replaces what is in quads. Nothing outside of the target or of repaint is drawn; what no opaque
// draw covers becomes black.
void quads_build(struct quads *quads, const struct draw *draws, size_t n, const region *repaint,
	const struct quads_target *target, quads_ask *ask);
void quads_finish(struct quads *quads);
