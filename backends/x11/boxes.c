// SPDX-License-Identifier: MIT
#include "backends/x11/boxes.h"
#include <stdint.h>

static struct box box_of(const pixman_box32_t *box)
{
	return (struct box){box->x1, box->y1, box->x2 - box->x1, box->y2 - box->y1};
}

static xcb_rectangle_t rectangle_of(const struct box *box)
{
	return (xcb_rectangle_t){
		(int16_t)box->x, (int16_t)box->y, (uint16_t)box->width, (uint16_t)box->height};
}

void x11_boxes_of(struct x11_boxes *boxes, const region *area, int width, int height)
{
	int n;
	const pixman_box32_t *from = pixman_region32_rectangles((region *)area, &n);
	const struct box all = {0, 0, width, height};
	if (n > X11_MAX_BOXES) {
		from = pixman_region32_extents((region *)area);
		n = 1;
	}
	boxes->count = 0;
	for (int i = 0; i < n; i++) {
		struct box box = box_of(&from[i]);
		if (box_intersect(&box, &box, &all))
			boxes->at[boxes->count++] = rectangle_of(&box);
	}
	struct box around = box_of(pixman_region32_extents((region *)area));
	box_intersect(&around, &around, &all);
	boxes->around = rectangle_of(&around);
}

static void copy_box(xcb_connection_t *xcb, xcb_drawable_t from, xcb_drawable_t to,
	xcb_gcontext_t gc, const xcb_rectangle_t *box)
{
	xcb_copy_area(xcb, from, to, gc, box->x, box->y, box->x, box->y, box->width, box->height);
}

// Many boxes are one copy with a clip: 8 bytes for a box, and not 28.
void x11_boxes_copy(xcb_connection_t *xcb, xcb_drawable_t from, xcb_drawable_t to,
	xcb_gcontext_t gc, const struct x11_boxes *boxes)
{
	enum { FEW = 3 };
	const uint32_t no_clip = XCB_NONE;
	if (boxes->count <= FEW) {
		for (size_t i = 0; i < boxes->count; i++)
			copy_box(xcb, from, to, gc, &boxes->at[i]);
		return;
	}
	xcb_set_clip_rectangles(
		xcb, XCB_CLIP_ORDERING_YX_BANDED, gc, 0, 0, (uint32_t)boxes->count, boxes->at);
	copy_box(xcb, from, to, gc, &boxes->around);
	xcb_change_gc(xcb, gc, XCB_GC_CLIP_MASK, &no_clip);
}
