// SPDX-License-Identifier: MIT
// A frame's list as triangles, bottom first, and the runs of them that one GL call draws. Pure:
// unit tests need no driver.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/geom.h"
#include "renderer/renderer.h"

// Programs: one for colours; for textures one bit each for what differs.
enum gl_program_kind {
	GL_PROGRAM_MIX = 1 << 0,     // with a crop or opacity
	GL_PROGRAM_OPAQUE = 1 << 1,  // alpha of the texture means nothing
	GL_PROGRAM_SWAPPED = 1 << 2, // red and blue changed places
	GL_PROGRAM_SOLID = 1 << 3,
	GL_PROGRAM_EXTERNAL = GL_PROGRAM_SOLID + 1, // the driver converts; with crop and opacity
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

// What a list's textures need: which program (OPAQUE, SWAPPED, EXTERNAL) and whether alpha counts.
// False: it has no pixels now and is left out.
typedef bool quads_ask(struct texture *texture, unsigned *program, bool *has_alpha);

// Replaces what is in quads. target: its size; nothing outside of it or of repaint is drawn; what
// no opaque draw covers becomes black.
void quads_build(struct quads *quads, const struct draw *draws, size_t n, const region *repaint,
	int width, int height, quads_ask *ask);
void quads_finish(struct quads *quads);
