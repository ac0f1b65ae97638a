// SPDX-License-Identifier: MIT
// Edges that attract a window while it is moved, and the halves of an output. Pure functions.
#pragma once
#include <stddef.h>
#include "compositor/base/geom.h"

enum snap_zone {
	SNAP_NONE,
	SNAP_LEFT,
	SNAP_RIGHT,
	SNAP_MAXIMIZE,
};

// box (with its frame) moved so that it touches an area's edge from inside, or another window's
// from outside or in line, where one is nearer than distance.
struct box snap_move(const struct box *box, const struct box *areas, size_t n_areas,
	const struct box *windows, size_t n_windows, int distance);
// Where a drag that ends at this point puts the window. An edge behind which another output lies
// does not count: outputs are the boxes of all of them, output is the one with the point.
enum snap_zone snap_zone(
	const struct box *output, const struct box *outputs, size_t n_outputs, double x, double y);
struct box snap_box(const struct box *usable, enum snap_zone zone);
