// SPDX-License-Identifier: MIT
// The GL renderer on its own, as a module: a list, a target, and what became of it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "renderer/gl/gl.h"
#include "renderer/renderer.h"

#define BENCH_DRAWS 8

struct bench {
	struct renderer *renderer;
	struct gl *gl;
	struct draw draws[BENCH_DRAWS]; // top first
	region visible[BENCH_DRAWS];
	size_t n;
};

void bench_init(struct bench *bench);
void bench_finish(struct bench *bench); // forgets textures of draws
void *bench_symbol(const char *name);   // of the module
// Covers the box; a texture is shown from its top left corner, unscaled.
struct draw *bench_add(struct bench *bench, struct texture *texture, const struct box *box);
bool bench_draw(struct bench *bench, struct buffer *target, const struct box *repaint); // NULL: all
// A memfd buffer whose bytes are all different enough.
struct buffer *bench_buffer(int width, int height, uint32_t format);
void bench_fill(struct buffer *buffer, uint32_t word); // of four bytes a pixel
// Pixels as XRGB8888, from any target of the renderer.
uint32_t bench_pixel(struct bench *bench, struct buffer *target, int x, int y);
// Lines that the log gets until it is called again with NULL.
void bench_count_lines(int *lines);
