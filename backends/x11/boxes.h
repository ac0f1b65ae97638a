// SPDX-License-Identifier: MIT
// What of a frame goes to the server.
#pragma once
#include <stddef.h>
#include <xcb/xcb.h>
#include "compositor/base/geom.h"

#define X11_MAX_BOXES 64 // of one frame: more of them cost more than they save

struct x11_boxes {
	xcb_rectangle_t at[X11_MAX_BOXES]; // in bands from above, as regions have them
	size_t count;
	xcb_rectangle_t around;
};

// Parts of area inside width x height.
void x11_boxes_of(struct x11_boxes *boxes, const region *area, int width, int height);
// From one to the other at the same place, in as few bytes as possible. gc has no clip.
void x11_boxes_copy(xcb_connection_t *xcb, xcb_drawable_t from, xcb_drawable_t to,
	xcb_gcontext_t gc, const struct x11_boxes *boxes);
