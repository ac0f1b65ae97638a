// SPDX-License-Identifier: MIT
// Pixel conversion by memcpy where the formats are equal, else by pixman.
#include "renderer/convert.h"
#include <pixman.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/format.h"
#include "compositor/base/log.h"

static char *pixel_address(const struct pixels *pixels, int x, int y, size_t bytes)
{
	return (char *)pixels->data + (size_t)y * pixels->stride + (size_t)x * bytes;
}

static void copy_rows(
	char *into, size_t into_stride, const char *from, size_t from_stride, size_t row, int n)
{
	if (row == into_stride && row == from_stride) {
		memcpy(into, from, row * (size_t)n);
		return;
	}
	for (int y = 0; y < n; y++)
		memcpy(into + (size_t)y * into_stride, from + (size_t)y * from_stride, row);
}

static bool convert_aligned(const struct pixels *from, int from_x, int from_y,
	const struct pixels *into, const struct box *box)
{
	pixman_image_t *source =
		pixman_image_create_bits_no_clear(format_info(from->format)->pixman, from->width,
			from->height, from->data, (int)from->stride);
	pixman_image_t *target =
		pixman_image_create_bits_no_clear(format_info(into->format)->pixman, into->width,
			into->height, into->data, (int)into->stride);
	bool ok = source && target;
	if (ok)
		pixman_image_composite32(PIXMAN_OP_SRC, source, NULL, target, from_x, from_y, 0, 0,
			box->x, box->y, box->width, box->height);
	else
		log_error("no memory to convert %dx%d pixels", box->width, box->height);
	if (source)
		pixman_image_unref(source);
	if (target)
		pixman_image_unref(target);
	return ok;
}

static bool is_aligned(const struct pixels *pixels)
{
	return (((uintptr_t)pixels->data | pixels->stride) & 3) == 0;
}

// pixman requires rows to start at multiples of four bytes; rows of clients may start anywhere, so
// they are copied first.
static bool convert_unaligned(const struct pixels *from, const struct box *box, size_t bytes,
	const struct pixels *into, const struct box *to)
{
	struct pixels copy = {.width = box->width, .height = box->height, .format = from->format};
	copy.stride = ((size_t)box->width * bytes + 3) & ~(size_t)3;
	copy.data = malloc(copy.stride * (size_t)box->height);
	if (!copy.data) {
		log_error("no memory to convert %dx%d pixels", box->width, box->height);
		return false;
	}
	copy_rows(copy.data, copy.stride, pixel_address(from, box->x, box->y, bytes), from->stride,
		(size_t)box->width * bytes, box->height);
	bool ok = convert_aligned(&copy, 0, 0, into, to);
	free(copy.data);
	return ok;
}

bool pixels_convert(
	const struct pixels *from, const struct box *box, const struct pixels *into, int x, int y)
{
	const struct format_info *info = format_info(from->format),
				 *target = format_info(into->format);
	const struct box to = {x, y, box->width, box->height};
	if (info && info == target && info->bytes) {
		copy_rows(pixel_address(into, x, y, info->bytes), into->stride,
			pixel_address(from, box->x, box->y, info->bytes), from->stride,
			(size_t)box->width * info->bytes, box->height);
		return true;
	}
	if (!info || !info->pixman || !target || !target->pixman || !is_aligned(into)) {
		log_error("cannot convert pixels of format 0x%08x to format 0x%08x", from->format,
			into->format);
		return false;
	}
	return is_aligned(from) ? convert_aligned(from, box->x, box->y, into, &to)
				: convert_unaligned(from, box, info->bytes, into, &to);
}

bool pixels_read(struct buffer *buffer, const struct box *box, const struct pixels *into)
{
	struct pixels pixels;
	if (!buffer_begin_access(buffer, &pixels)) {
		log_error("cannot read a buffer of %dx%d, format 0x%08x", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	bool ok = pixels_convert(&pixels, box, into, 0, 0);
	buffer_end_access(buffer);
	return ok;
}
