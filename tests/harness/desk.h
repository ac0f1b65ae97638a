// SPDX-License-Identifier: MIT
// A renderer on its own: a list, a target, and what became of it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "renderer/renderer.h"

#define DESK_DRAWS 64

struct desk {
	struct renderer *renderer;
	struct draw draws[DESK_DRAWS]; // top first
	region visible[DESK_DRAWS];
	size_t n;
};

// renderer: must not be NULL; it is the desk's.
void desk_init(struct desk *desk, struct renderer *renderer);
void desk_finish(struct desk *desk); // forgets textures of draws, destroys the renderer
// Covers the box; a texture is shown from its top left corner, unscaled.
struct draw *desk_add(struct desk *desk, struct texture *texture, const struct box *box);
// repaint NULL: all.
bool desk_draw(struct desk *desk, struct buffer *target, const struct box *repaint);
struct texture *desk_import(struct desk *desk, struct buffer *buffer); // must work
// Memory whose bytes are all different enough.
struct buffer *desk_buffer(int width, int height, uint32_t format);
void desk_fill(struct buffer *buffer, uint32_t word); // of four bytes a pixel
// A pixel as XRGB8888, from any target of the renderer.
uint32_t desk_pixel(struct desk *desk, struct buffer *target, int x, int y);
// Warnings and errors that the log gets until it is called again with NULL.
void desk_count_lines(int *lines);
