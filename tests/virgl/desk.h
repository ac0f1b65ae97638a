// SPDX-License-Identifier: MIT
// The renderer on its own: a list, a target, and what became of it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "renderer/virgl/virgl.h"

#define DESK_DRAWS 64

struct desk {
	struct renderer *renderer;
	struct virgl *virgl;
	struct draw draws[DESK_DRAWS]; // top first
	region visible[DESK_DRAWS];
	size_t n;
};

void desk_init(struct desk *desk, struct virgl_transport *transport); // must work
void desk_finish(struct desk *desk); // forgets textures of draws, destroys the renderer
// Covers the box; a texture is shown from its top left corner, unscaled.
struct draw *desk_add(struct desk *desk, struct texture *texture, const struct box *box);
// repaint NULL: all.
bool desk_draw(struct desk *desk, struct buffer *target, const struct box *repaint);
struct texture *desk_import(struct desk *desk, struct buffer *buffer); // must work
// Memory whose bytes are all different enough.
struct buffer *desk_buffer(int width, int height, uint32_t format);
// A pixel as XRGB8888, from any target of the renderer.
uint32_t desk_pixel(struct desk *desk, struct buffer *target, int x, int y);
// Lines that the log gets until it is called again with NULL.
void desk_count_lines(int *lines);
