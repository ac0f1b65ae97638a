// SPDX-License-Identifier: MIT
// A frame's damage as X rectangles.
#pragma once
#include <stddef.h>
#include <xcb/xcb.h>
#include "compositor/base/geom.h"

#define X11_MAX_RECTS 64 // per frame: more of them cost more than they save

struct x11_rects {
	xcb_rectangle_t rects[X11_MAX_RECTS]; // in bands from the top, as regions are sorted
	size_t count;
	xcb_rectangle_t extents;
};

// Fills rects with area clipped to width x height; beyond X11_MAX_RECTS with its extents only.
void x11_rects_from_region(struct x11_rects *rects, const region *area, int width, int height);
// Copies the rectangles from one drawable to the same place of another, in as few bytes as
// possible. gc must have no clip.
void x11_rects_copy(xcb_connection_t *xcb, xcb_drawable_t from, xcb_drawable_t to,
	xcb_gcontext_t gc, const struct x11_rects *rects);
