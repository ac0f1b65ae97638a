// SPDX-License-Identifier: MIT
// Frames onto a window.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#include "backends/x11/x11.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct x11_present {
	struct x11 *x11;
	xcb_gcontext_t gc;
	uint32_t format;  // of the windows' depth
	size_t max_bytes; // of one request's data
};

struct x11_surface {
	struct buffer *buffer; // locked: what the window shows
};

static uint32_t visual_format(const struct x11 *x11)
{
	const xcb_visualtype_t *visual = &x11->visual;
	switch (x11->root->root_depth) {
	case 16:
		return visual->red_mask == 0xf800 && visual->blue_mask == 0x1f ? DRM_FORMAT_RGB565
									       : 0;
	case 24:
		return visual->red_mask == 0xff0000 && visual->blue_mask == 0xff
			? DRM_FORMAT_XRGB8888
			: 0;
	case 30:
		return visual->red_mask == 0x3ff00000 && visual->blue_mask == 0x3ff
			? DRM_FORMAT_XRGB2101010
			: 0;
	case 32:
		return visual->red_mask == 0xff0000 && visual->blue_mask == 0xff
			? DRM_FORMAT_ARGB8888
			: 0;
	default:
		return 0;
	}
}

struct x11_present *x11_present_create(struct x11 *x11)
{
	struct x11_present *present = xcalloc(1, sizeof(*present));
	present->x11 = x11;
	present->format = visual_format(x11);
	if (!present->format) {
		log_error("the X screen has a depth of %u, which is not possible: 16, 24, 30 or 32 "
			  "are",
			x11->root->root_depth);
		free(present);
		return NULL;
	}
	present->max_bytes = (size_t)xcb_get_maximum_request_length(x11->xcb) * 4 - 64;
	const uint32_t no_exposures = 0;
	present->gc = xcb_generate_id(x11->xcb);
	xcb_create_gc(
		x11->xcb, present->gc, x11->root->root, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
	return present;
}

void x11_present_destroy(struct x11_present *present)
{
	free(present);
}

bool x11_present_event(struct x11_present *present, xcb_generic_event_t *event)
{
	return false;
}

bool x11_surface_create(struct x11_screen *screen)
{
	screen->surface = xcalloc(1, sizeof(*screen->surface));
	screen->base.self_paced = true;
	format_set_add(&screen->base.formats, screen->x11->present->format, DRM_FORMAT_MOD_LINEAR);
	return true;
}

void x11_surface_destroy(struct x11_screen *screen)
{
	if (screen->surface)
		buffer_unlock(screen->surface->buffer);
	free(screen->surface);
	screen->surface = NULL;
}

struct buffer *x11_present_alloc(struct backend *backend, int width, int height, uint32_t format)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	return buffer_create_memfd(width, height, x11->present->format);
}

// Sends the rows of box, as many at once as a request takes.
static void put_box(struct x11_screen *screen, const struct pixels *pixels, const struct box *box)
{
	struct x11_present *present = screen->x11->present;
	size_t bytes = format_info(pixels->format)->bytes;
	size_t row = ((size_t)box->width * bytes + 3) & ~(size_t)3;
	int rows = (int)CLAMP(present->max_bytes / row, 1, (size_t)box->height);
	uint8_t *packed = malloc(row * (size_t)rows);
	for (int y = 0; packed && y < box->height; y += rows) {
		int n = MIN(rows, box->height - y);
		for (int i = 0; i < n; i++)
			memcpy(packed + (size_t)i * row,
				(const uint8_t *)pixels->data +
					(size_t)(box->y + y + i) * pixels->stride +
					(size_t)box->x * bytes,
				(size_t)box->width * bytes);
		xcb_put_image(screen->x11->xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, screen->window,
			present->gc, (uint16_t)box->width, (uint16_t)n, (int16_t)box->x,
			(int16_t)(box->y + y), 0, screen->x11->root->root_depth,
			(uint32_t)(row * (size_t)n), packed);
	}
	free(packed);
}

static bool put_region(struct x11_screen *screen, struct buffer *buffer, const region *area)
{
	struct pixels pixels;
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)area, &n);
	if (!buffer_begin_access(buffer, &pixels))
		return false;
	for (int i = 0; i < n; i++) {
		struct box box = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
			boxes[i].y2 - boxes[i].y1};
		put_box(screen, &pixels, &box);
	}
	buffer_end_access(buffer);
	return true;
}

void x11_surface_exposed(struct x11_screen *screen, const struct box *box)
{
	struct buffer *buffer = screen->surface->buffer;
	struct box all, part;
	region area;
	if (!buffer)
		return;
	all = (struct box){0, 0, buffer->width, buffer->height};
	if (!box_intersect(&part, &all, box))
		return;
	pixman_region32_init_rect(
		&area, part.x, part.y, (unsigned)part.width, (unsigned)part.height);
	put_region(screen, buffer, &area);
	pixman_region32_fini(&area);
	x11_flush(screen->x11);
}

bool x11_present_frame(struct screen *base, const struct frame *frame, bool test_only)
{
	struct x11_screen *screen = wl_container_of(base, screen, base);
	if (!base->enabled || screen->x11->lost)
		return false;
	if (frame->set & FRAME_PRIMARY) {
		struct buffer *buffer = frame->primary.buffer;
		if (buffer->format != screen->x11->present->format || !buffer->impl->begin_access)
			return false;
		if (test_only)
			return true;
		if (!put_region(screen, buffer, frame->damage))
			return false;
		buffer_lock(buffer);
		buffer_unlock(screen->surface->buffer);
		screen->surface->buffer = buffer;
	}
	x11_flush(screen->x11);
	return true;
}
