// SPDX-License-Identifier: MIT
// A picture in plain memory, as files hold it: ARGB8888, not premultiplied.
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

struct image *image_create(int width, int height); // transparent; NULL: too large or no memory
void image_destroy(struct image *image);           // NULL is allowed
// From premultiplied ARGB8888 or XRGB8888 memory.
struct image *image_from_pixels(const struct pixels *pixels);
