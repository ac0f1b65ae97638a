// SPDX-License-Identifier: MIT
#include "compositor/window/icon.h"
#include <pixman.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/base/format.h"
#include "compositor/client/budget.h"

struct window_icon *window_icon_create(struct budget *budget)
{
	struct window_icon *icon = xcalloc(1, sizeof(*icon));
	icon->refs = 1;
	icon->budget = budget;
	return icon;
}

struct window_icon *window_icon_ref(struct window_icon *icon)
{
	if (icon)
		icon->refs++;
	return icon;
}

static size_t image_bytes(int size)
{
	return (size_t)size * (size_t)size * sizeof(uint32_t);
}

static void image_finish(struct window_icon *icon, struct icon_image *image)
{
	budget_give(icon->budget, BUDGET_BUFFERS, image_bytes(image->size));
	free(image->pixels);
}

void window_icon_unref(struct window_icon *icon)
{
	if (!icon || --icon->refs)
		return;
	for (size_t i = 0; i < icon->n_images; i++)
		image_finish(icon, &icon->images[i]);
	free(icon->name);
	free(icon);
}

// Where a picture of this size and scale is to be stored. NULL: there are too many.
static struct icon_image *image_place(struct window_icon *icon, int size, int scale)
{
	for (size_t i = 0; i < icon->n_images; i++) {
		struct icon_image *image = &icon->images[i];
		if (image->size == size && image->scale == scale) {
			image_finish(icon, image);
			return image;
		}
	}
	return icon->n_images < ICON_IMAGES ? &icon->images[icon->n_images++] : NULL;
}

// Premultiplied ARGB of the pixels. The caller frees it; NULL: no memory.
static uint32_t *pixels_copy(const struct pixels *from, pixman_format_code_t format)
{
	uint32_t *copy = calloc(1, image_bytes(from->width));
	if (!copy)
		return NULL;
	pixman_image_t *source = pixman_image_create_bits_no_clear(
		format, from->width, from->height, from->data, (int)from->stride);
	pixman_image_t *target = pixman_image_create_bits_no_clear(
		PIXMAN_a8r8g8b8, from->width, from->height, copy, from->width * (int)sizeof(*copy));
	if (source && target)
		pixman_image_composite32(PIXMAN_OP_SRC, source, NULL, target, 0, 0, 0, 0, 0, 0,
			from->width, from->height);
	if (source)
		pixman_image_unref(source);
	if (target)
		pixman_image_unref(target);
	return copy;
}

bool window_icon_add(struct window_icon *icon, struct buffer *buffer, int scale)
{
	struct pixels from;
	if (buffer->width != buffer->height || buffer->dmabuf ||
		!buffer_begin_access(buffer, &from))
		return false;
	const struct format_info *format = format_info(from.format);
	bool known = format && format->pixman;
	if (known && from.width <= ICON_MAX_SIDE &&
		budget_take(icon->budget, BUDGET_BUFFERS, image_bytes(from.width))) {
		uint32_t *pixels = pixels_copy(&from, format->pixman);
		struct icon_image *image = pixels ? image_place(icon, from.width, scale) : NULL;
		if (image) {
			*image = (struct icon_image){from.width, scale, pixels};
		} else {
			free(pixels);
			budget_give(icon->budget, BUDGET_BUFFERS, image_bytes(from.width));
		}
	}
	buffer_end_access(buffer);
	return known;
}

const struct icon_image *window_icon_image(const struct window_icon *icon, int size)
{
	const struct icon_image *best = NULL;
	for (size_t i = 0; icon && i < icon->n_images; i++) {
		const struct icon_image *image = &icon->images[i];
		bool enough = best && best->size >= size;
		if (!best || (image->size >= size && (!enough || image->size < best->size)) ||
			(!enough && image->size > best->size))
			best = image;
	}
	return best;
}
