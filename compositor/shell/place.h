// SPDX-License-Identifier: MIT
// Placement of windows. Boxes are in layout coordinates and, unless said otherwise, include the
// frame.
#pragma once
#include <stddef.h>
#include "compositor/base/geom.h"

struct config;
struct node;
struct rule;
struct window;

// Width of a frame on each side of a window geometry, logical pixels.
struct extents {
	int left, right, top, bottom;
};

// The box of a window geometry with its frame.
struct box box_add_extents(const struct box *box, const struct extents *extents);
// The window geometry in a box with frame; at least 1x1.
struct box box_subtract_extents(const struct box *box, const struct extents *extents);

// The box moved into the area; to its top left on an axis that is too small.
struct box place_inside(const struct box *box, const struct box *area);
// A box of that size with the centre of around.
struct box place_centered(int width, int height, const struct box *around);
// A box of that size inside the area, at the first step of a diagonal where no box of taken starts.
struct box place_cascade(
	int width, int height, const struct box *area, const struct box *taken, size_t count);
// The box moved from one output box to another, at the same offset; kept inside if it was inside.
struct box place_moved(const struct box *box, const struct box *from, const struct box *to);

// The first rule that matches title and app id of the window. NULL: none; config may be NULL.
const struct rule *rule_for(const struct config *config, const struct window *window);

// Centres the window in area, with a black node as large as screen behind it. *backdrop is that
// node, owned by the caller; it is created if NULL.
void place_fullscreen(struct window *window, const struct box *area, const struct box *screen,
	struct node **backdrop);
