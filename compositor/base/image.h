// SPDX-License-Identifier: MIT
// A picture in plain memory: ARGB8888 with straight (not premultiplied) alpha, as PNG has it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

#define IMAGE_MAX_SIDE 32768
#define IMAGE_MAX_PIXELS (INT64_C(256) << 20)

struct image {
	int width, height;
	uint32_t *pixels; // width * height, row by row
};

// Creates a transparent image. NULL: too large, or no memory.
struct image *image_create(int width, int height);
// Accepts NULL.
void image_destroy(struct image *image);
// Converts premultiplied ARGB8888 or XRGB8888 pixels. NULL: too large, or no memory.
struct image *image_from_pixels(const struct pixels *pixels);
