// SPDX-License-Identifier: MIT
// Tests a renderer without a server: a draw list, targets, and access to their pixels.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "renderer/renderer.h"

#define RENDERER_RIG_DRAWS 64

struct renderer_rig {
	struct renderer *renderer;
	struct draw draws[RENDERER_RIG_DRAWS]; // topmost first
	region visible[RENDERER_RIG_DRAWS];
	size_t n;
};

// Takes ownership of the renderer, which must not be NULL.
void renderer_rig_init(struct renderer_rig *rig, struct renderer *renderer);
// Forgets the textures of all draws and destroys the renderer.
void renderer_rig_finish(struct renderer_rig *rig);
// Appends a draw that covers box, in pixels of the target. The texture, NULL for a solid colour, is
// shown unscaled from its top left corner and owned by the draw. The caller may change the draw.
struct draw *renderer_rig_add(
	struct renderer_rig *rig, struct texture *texture, const struct box *box);
// Draws the list within the box repaint, NULL: everywhere. False: the renderer failed.
bool renderer_rig_draw(struct renderer_rig *rig, struct buffer *target, const struct box *repaint);
// Imports a buffer as a new texture, and checks that this works.
struct texture *renderer_rig_import(struct renderer_rig *rig, struct buffer *buffer);
// A buffer in memory of a DRM format, with pseudo-random bytes that are the same in each run. The
// caller drops it.
struct buffer *renderer_rig_buffer(int width, int height, uint32_t format);
// Sets each pixel, which has four bytes, to word.
void renderer_rig_fill(struct buffer *buffer, uint32_t word);
// Reads back a pixel of a target of the renderer, as XRGB8888 with the top byte 0.
uint32_t renderer_rig_pixel(struct renderer_rig *rig, struct buffer *target, int x, int y);
// Counts warnings and errors in the log in *lines, until called again with NULL.
void count_log_lines(int *lines);
