// SPDX-License-Identifier: MIT
// Turns a draw list into triangles, bottom first, grouped in batches that one GL call draws. Pure:
// unit tests need no driver.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/geom.h"
#include "renderer/renderer.h"

// Shader programs: one for solid colors; those for textures are combinations of the lower three
// bits. Without any of them pixels are copied unchanged, which software drivers detect and do much
// faster.
enum gl_program_kind {
	GL_PROGRAM_MIX = 1 << 0,     // filtered, cropped, with opacity
	GL_PROGRAM_OPAQUE = 1 << 1,  // ignores the alpha of the texture; only with MIX
	GL_PROGRAM_SWAPPED = 1 << 2, // swaps red and blue
	GL_PROGRAM_SOLID = 1 << 3,
	GL_PROGRAM_EXTERNAL = GL_PROGRAM_SOLID + 1, // as MIX, of a texture that the driver converts
	GL_PROGRAMS,
};

struct vertex {
	float x, y;      // target pixels
	float u, v;      // in the texture, 0 to 1
	float inside[4]; // u and v are clamped to: left, top, right, bottom
	float color[4];  // the solid color, or a factor for each channel of the texture
};

// Triangles that one GL call draws.
struct batch {
	struct texture *texture; // NULL: solid colors
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

// Returns the program that a texture needs (SWAPPED, EXTERNAL or 0), and whether its alpha is used.
// Returns false if the texture has no pixels at present: the draw is skipped.
typedef bool quads_classify(struct texture *texture, unsigned *program, bool *has_alpha);

struct quads_target {
	int width, height;
	bool alpha; // the alpha channel of the target is used
};

// Replaces the contents of quads by the triangles of the draw list (topmost first), clipped to
// repaint (target pixels) and the target. Areas that no opaque draw covers start with black.
void quads_build(struct quads *quads, const struct draw *draws, size_t n, const region *repaint,
	const struct quads_target *target, quads_classify *classify);
// Frees the arrays. A zeroed struct is accepted.
void quads_finish(struct quads *quads);
