// SPDX-License-Identifier: MIT
// Creates and destroys images, and converts premultiplied pixels to straight alpha.
#include "compositor/base/image.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"

struct image *image_create(int width, int height)
{
	if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE ||
		(int64_t)width * height > IMAGE_MAX_PIXELS)
		return NULL;
	struct image *image = xcalloc(1, sizeof(*image));
	image->width = width;
	image->height = height;
	image->pixels = calloc((size_t)width * (size_t)height, sizeof(uint32_t));
	if (!image->pixels) {
		free(image);
		return NULL;
	}
	return image;
}

void image_destroy(struct image *image)
{
	if (!image)
		return;
	free(image->pixels);
	free(image);
}

static uint32_t unpremultiply_pixel(uint32_t pixel)
{
	uint32_t a = pixel >> 24;
	if (a == 255)
		return pixel;
	if (a == 0)
		return 0;
	uint32_t r = MIN(255, ((pixel >> 16 & 0xff) * 255 + a / 2) / a);
	uint32_t g = MIN(255, ((pixel >> 8 & 0xff) * 255 + a / 2) / a);
	uint32_t b = MIN(255, ((pixel & 0xff) * 255 + a / 2) / a);
	return a << 24 | r << 16 | g << 8 | b;
}

struct image *image_from_pixels(const struct pixels *pixels)
{
	struct image *image = image_create(pixels->width, pixels->height);
	if (!image)
		return NULL;
	bool opaque = !format_has_alpha(pixels->format);
	for (int y = 0; y < image->height; y++) {
		const uint32_t *from =
			(const uint32_t *)((const char *)pixels->data + (size_t)y * pixels->stride);
		uint32_t *into = image->pixels + (size_t)y * (size_t)image->width;
		for (int x = 0; x < image->width; x++)
			into[x] = opaque ? from[x] | 0xff000000 : unpremultiply_pixel(from[x]);
	}
	return image;
}
