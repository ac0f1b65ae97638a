// SPDX-License-Identifier: MIT
// Sets the cursor image of our windows, so that the host moves it and nothing is drawn here.
// Without RENDER the cursor can only be hidden, and the core draws its own.
#include "backends/x11/cursor.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/render.h>
#include <xcb/xcb.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define CURSOR_SIDE 256

struct x11_cursor {
	struct x11 *x11;
	xcb_cursor_t empty;
	xcb_gcontext_t gc;              // of depth 32; only with RENDER
	xcb_render_pictformat_t format; // ARGB; XCB_NONE: images are not supported
};

static xcb_render_pictformat_t find_format(struct x11 *x11)
{
	xcb_render_pictformat_t found = XCB_NONE;
	if (!x11->has.render_opcode)
		return XCB_NONE;
	xcb_render_query_pict_formats_reply_t *reply = xcb_render_query_pict_formats_reply(
		x11->xcb, xcb_render_query_pict_formats(x11->xcb), NULL);
	xcb_render_pictforminfo_iterator_t formats = {0};
	if (reply)
		formats = xcb_render_query_pict_formats_formats_iterator(reply);
	for (; formats.rem && !found; xcb_render_pictforminfo_next(&formats)) {
		const xcb_render_directformat_t *direct = &formats.data->direct;
		if (formats.data->depth == 32 && direct->alpha_mask == 0xff &&
			direct->alpha_shift == 24 && direct->red_shift == 16 &&
			direct->green_shift == 8 && direct->blue_shift == 0)
			found = formats.data->id;
	}
	free(reply);
	return found;
}

static xcb_cursor_t create_empty(struct x11 *x11)
{
	xcb_pixmap_t pixmap = xcb_generate_id(x11->xcb);
	xcb_gcontext_t gc = xcb_generate_id(x11->xcb);
	xcb_cursor_t cursor = xcb_generate_id(x11->xcb);
	const uint32_t zero = 0;
	const xcb_rectangle_t all = {0, 0, 1, 1};
	xcb_create_pixmap(x11->xcb, 1, pixmap, x11->root->root, 1, 1);
	xcb_create_gc(x11->xcb, gc, pixmap, XCB_GC_FOREGROUND, &zero);
	xcb_poly_fill_rectangle(x11->xcb, pixmap, gc, 1, &all);
	xcb_create_cursor(x11->xcb, cursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0);
	xcb_free_gc(x11->xcb, gc);
	xcb_free_pixmap(x11->xcb, pixmap);
	return cursor;
}

struct x11_cursor *x11_cursor_create(struct x11 *x11)
{
	struct x11_cursor *cursor = xcalloc(1, sizeof(*cursor));
	cursor->x11 = x11;
	cursor->empty = create_empty(x11);
	cursor->format = find_format(x11);
	if (!cursor->format) {
		log_info("the X server lacks RENDER: the cursor is drawn in software");
		return cursor;
	}
	xcb_pixmap_t pixmap = xcb_generate_id(x11->xcb);
	cursor->gc = xcb_generate_id(x11->xcb);
	xcb_create_pixmap(x11->xcb, 32, pixmap, x11->root->root, 1, 1);
	xcb_create_gc(x11->xcb, cursor->gc, pixmap, 0, NULL);
	xcb_free_pixmap(x11->xcb, pixmap);
	return cursor;
}

void x11_cursor_destroy(struct x11_cursor *cursor)
{
	free(cursor);
}

int x11_cursor_side(const struct x11_cursor *cursor)
{
	return cursor->format ? CURSOR_SIDE : 0;
}

// Copies the image, enlarged where needed so that the hotspot is inside, as CreateCursor requires.
// NULL: too large, or it cannot be read. The caller frees the pixels.
static uint32_t *copy_image(
	const struct frame *frame, int *width, int *height, int *hotspot_x, int *hotspot_y)
{
	struct buffer *buffer = frame->cursor.buffer;
	int left = CLAMP(-frame->hotspot_x, 0, CURSOR_SIDE);
	int top = CLAMP(-frame->hotspot_y, 0, CURSOR_SIDE);
	*hotspot_x = CLAMP(frame->hotspot_x + left, 0, 2 * CURSOR_SIDE);
	*hotspot_y = CLAMP(frame->hotspot_y + top, 0, 2 * CURSOR_SIDE);
	*width = MAX(buffer->width + left, *hotspot_x + 1);
	*height = MAX(buffer->height + top, *hotspot_y + 1);
	struct pixels pixels;
	if (buffer->width > CURSOR_SIDE || buffer->height > CURSOR_SIDE ||
		!buffer_begin_access(buffer, &pixels))
		return NULL;
	const struct format_info *info = format_info(pixels.format);
	uint32_t *data = xcalloc((size_t)*width * (size_t)*height, sizeof(*data));
	pixman_image_t *from = info && info->pixman
		? pixman_image_create_bits_no_clear(info->pixman, pixels.width, pixels.height,
			  pixels.data, (int)pixels.stride)
		: NULL;
	pixman_image_t *to = pixman_image_create_bits_no_clear(
		PIXMAN_a8r8g8b8, *width, *height, data, *width * (int)sizeof(*data));
	if (from && to)
		pixman_image_composite32(PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0, left, top,
			buffer->width, buffer->height);
	if (from)
		pixman_image_unref(from);
	if (to)
		pixman_image_unref(to);
	buffer_end_access(buffer);
	return data;
}

static xcb_cursor_t create_cursor(struct x11_cursor *cursor, const struct frame *frame)
{
	xcb_connection_t *xcb = cursor->x11->xcb;
	int width, height, hotspot_x, hotspot_y;
	uint32_t *data = copy_image(frame, &width, &height, &hotspot_x, &hotspot_y);
	if (!data)
		return XCB_NONE;
	xcb_pixmap_t pixmap = xcb_generate_id(xcb);
	xcb_render_picture_t picture = xcb_generate_id(xcb);
	xcb_cursor_t made = xcb_generate_id(xcb);
	size_t row = (size_t)width * sizeof(*data);
	int rows = (int)((size_t)xcb_get_maximum_request_length(xcb) * 4 / row) - 1;
	xcb_create_pixmap(
		xcb, 32, pixmap, cursor->x11->root->root, (uint16_t)width, (uint16_t)height);
	for (int y = 0; y < height; y += rows) {
		int n = MIN(rows, height - y);
		xcb_put_image(xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, cursor->gc, (uint16_t)width,
			(uint16_t)n, 0, (int16_t)y, 0, 32, (uint32_t)(row * (size_t)n),
			(const uint8_t *)data + (size_t)y * row);
	}
	xcb_render_create_picture(xcb, picture, pixmap, cursor->format, 0, NULL);
	xcb_free_pixmap(xcb, pixmap);
	xcb_render_create_cursor(xcb, made, picture, (uint16_t)hotspot_x, (uint16_t)hotspot_y);
	xcb_render_free_picture(xcb, picture);
	free(data);
	return made;
}

bool x11_cursor_show(struct x11_screen *screen, const struct frame *frame)
{
	struct x11_cursor *cursor = screen->x11->cursor;
	xcb_connection_t *xcb = screen->x11->xcb;
	xcb_cursor_t image = cursor->empty;
	if (frame->cursor.buffer && !(image = create_cursor(cursor, frame)))
		return false;
	xcb_change_window_attributes(xcb, screen->window, XCB_CW_CURSOR, &image);
	if (image != cursor->empty) // the window holds a reference
		xcb_free_cursor(xcb, image);
	return true;
}
