// SPDX-License-Identifier: MIT
// Compares pictures channel by channel, and draws and describes the differences.
#include "compositor/picture/compare.h"
#include <inttypes.h>
#include <stdlib.h>
#include "compositor/base/base.h"

void compare_options_finish(struct compare_options *options)
{
	free(options->masks);
	options->masks = NULL;
	options->n_masks = options->masks_capacity = 0;
}

void compare_add_mask(struct compare_options *options, const struct box *mask)
{
	array_reserve(options->masks, options->n_masks, options->masks_capacity);
	options->masks[options->n_masks++] = *mask;
}

static bool is_masked(const struct compare_options *options, int x, int y)
{
	for (size_t i = 0; i < options->n_masks; i++) {
		const struct box *mask = &options->masks[i];
		if (x >= mask->x && y >= mask->y && x - mask->x < mask->width &&
			y - mask->y < mask->height)
			return true;
	}
	return false;
}

static int channel_difference(uint32_t a, uint32_t b, int shift)
{
	return abs((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff));
}

static int pixel_difference(uint32_t a, uint32_t b)
{
	// Fully transparent pixels are equal, whatever their color.
	if (a == b || (a >> 24 == 0 && b >> 24 == 0))
		return 0;
	int largest = channel_difference(a, b, 24);
	largest = MAX(largest, channel_difference(a, b, 16));
	largest = MAX(largest, channel_difference(a, b, 8));
	return MAX(largest, channel_difference(a, b, 0));
}

static uint32_t pixel_at(const struct image *image, int x, int y)
{
	return image->pixels[(size_t)y * (size_t)image->width + (size_t)x];
}

void compare_images(const struct image *actual, const struct image *reference,
	const struct compare_options *options, struct compare_result *result)
{
	*result = (struct compare_result){0};
	result->same_size =
		actual->width == reference->width && actual->height == reference->height;
	if (!result->same_size)
		return;
	int left = actual->width, top = actual->height, right = -1, bottom = -1;
	for (int y = 0; y < actual->height; y++) {
		for (int x = 0; x < actual->width; x++) {
			int by =
				pixel_difference(pixel_at(actual, x, y), pixel_at(reference, x, y));
			if (by == 0) {
				if (options->n_masks == 0 || !is_masked(options, x, y))
					result->compared++;
				continue;
			}
			if (is_masked(options, x, y))
				continue;
			result->compared++;
			result->largest = MAX(result->largest, by);
			if (by <= options->fuzz)
				continue;
			result->differing++;
			left = MIN(left, x);
			top = MIN(top, y);
			right = MAX(right, x);
			bottom = MAX(bottom, y);
		}
	}
	if (right >= 0)
		result->bounds = (struct box){left, top, right - left + 1, bottom - top + 1};
	result->same = result->differing <= options->max_pixels;
}

// A light grey with a quarter of the contrast, so that red stands out on any picture.
static uint32_t dim_pixel(uint32_t pixel)
{
	uint32_t alpha = pixel >> 24;
	uint32_t grey =
		((pixel >> 16 & 0xff) * 77 + (pixel >> 8 & 0xff) * 151 + (pixel & 0xff) * 28) >> 8;
	grey = (grey * alpha + 255 * (255 - alpha)) / 255;
	grey = 176 + grey * 72 / 255;
	return 0xff000000 | grey << 16 | grey << 8 | grey;
}

struct image *compare_draw(const struct image *actual, const struct image *reference,
	const struct compare_options *options)
{
	struct image *diff = image_create(
		MAX(actual->width, reference->width), MAX(actual->height, reference->height));
	if (!diff)
		return NULL;
	for (int y = 0; y < diff->height; y++) {
		for (int x = 0; x < diff->width; x++) {
			bool in_actual = x < actual->width && y < actual->height;
			bool in_reference = x < reference->width && y < reference->height;
			uint32_t base =
				in_reference ? dim_pixel(pixel_at(reference, x, y)) : 0xffffffff;
			uint32_t color = base;
			if (is_masked(options, x, y)) {
				color = (x + y) % 8 < 2 ? 0xff90a0b0 : base;
			} else if (!in_actual || !in_reference) {
				color = in_actual || in_reference ? 0xffff8080 : 0xffffffff;
			} else {
				int by = pixel_difference(
					pixel_at(actual, x, y), pixel_at(reference, x, y));
				if (by > options->fuzz)
					color = 0xffe00000;
				else if (by > 0)
					color = 0xff6080ff;
			}
			diff->pixels[(size_t)y * (size_t)diff->width + (size_t)x] = color;
		}
	}
	return diff;
}

char *compare_describe(const struct compare_result *result, const struct image *actual,
	const struct image *reference, const struct compare_options *options)
{
	if (!result->same_size)
		return xasprintf("the sizes differ: %dx%d, reference %dx%d", actual->width,
			actual->height, reference->width, reference->height);
	if (result->differing == 0 && result->largest == 0)
		return xasprintf(
			"the pictures are the same (%" PRId64 " pixels)", result->compared);
	if (result->differing == 0)
		return xasprintf("no pixel of %" PRId64
				 " differs by more than %d (largest difference %d)",
			result->compared, options->fuzz, result->largest);
	return xasprintf("%" PRId64 " of %" PRId64 " pixels differ by more than %d (%" PRId64
			 " may), by at most %d, inside %d,%d,%d,%d",
		result->differing, result->compared, options->fuzz, options->max_pixels,
		result->largest, result->bounds.x, result->bounds.y, result->bounds.width,
		result->bounds.height);
}
