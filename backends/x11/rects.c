// SPDX-License-Identifier: MIT
// Converts damage to X rectangles and copies them between drawables.
#include "backends/x11/rects.h"
#include <stdint.h>

static struct box box_from_pixman(const pixman_box32_t *box)
{
	return (struct box){box->x1, box->y1, box->x2 - box->x1, box->y2 - box->y1};
}

static xcb_rectangle_t rect_from_box(const struct box *box)
{
	return (xcb_rectangle_t){
		(int16_t)box->x, (int16_t)box->y, (uint16_t)box->width, (uint16_t)box->height};
}

void x11_rects_from_region(struct x11_rects *rects, const region *area, int width, int height)
{
	int n;
	const pixman_box32_t *from = pixman_region32_rectangles((region *)area, &n);
	const struct box all = {0, 0, width, height};
	if (n > X11_MAX_RECTS) {
		from = pixman_region32_extents((region *)area);
		n = 1;
	}
	rects->count = 0;
	for (int i = 0; i < n; i++) {
		struct box box = box_from_pixman(&from[i]);
		if (box_intersect(&box, &box, &all))
			rects->rects[rects->count++] = rect_from_box(&box);
	}
	struct box extents = box_from_pixman(pixman_region32_extents((region *)area));
	box_intersect(&extents, &extents, &all);
	rects->extents = rect_from_box(&extents);
}

static void copy_rect(xcb_connection_t *xcb, xcb_drawable_t from, xcb_drawable_t to,
	xcb_gcontext_t gc, const xcb_rectangle_t *rect)
{
	xcb_copy_area(
		xcb, from, to, gc, rect->x, rect->y, rect->x, rect->y, rect->width, rect->height);
}

// Many rectangles are sent as one copy with a clip: 8 bytes for each instead of 28.
void x11_rects_copy(xcb_connection_t *xcb, xcb_drawable_t from, xcb_drawable_t to,
	xcb_gcontext_t gc, const struct x11_rects *rects)
{
	enum { FEW = 3 };
	const uint32_t no_clip = XCB_NONE;
	if (rects->count <= FEW) {
		for (size_t i = 0; i < rects->count; i++)
			copy_rect(xcb, from, to, gc, &rects->rects[i]);
		return;
	}
	xcb_set_clip_rectangles(
		xcb, XCB_CLIP_ORDERING_YX_BANDED, gc, 0, 0, (uint32_t)rects->count, rects->rects);
	copy_rect(xcb, from, to, gc, &rects->extents);
	xcb_change_gc(xcb, gc, XCB_GC_CLIP_MASK, &no_clip);
}
