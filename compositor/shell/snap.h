// SPDX-License-Identifier: MIT
// Snapping of windows: edges that attract, and zones that maximise or tile. Pure functions; all
// boxes and points are in layout coordinates.
#pragma once
#include <stddef.h>
#include "compositor/base/geom.h"

enum snap_zone {
	SNAP_NONE,
	SNAP_LEFT,
	SNAP_RIGHT,
	SNAP_MAXIMIZE,
};

// The box (with its frame) moved to the nearest edge on each axis that is nearer than distance:
// inner edges of areas, edges of windows from outside or in alignment.
struct box snap_move(const struct box *box, const struct box *areas, size_t n_areas,
	const struct box *windows, size_t n_windows, int distance);
// The zone at a point of output. Edges adjoining one of the other outputs have none. All are boxes.
enum snap_zone snap_zone(
	const struct box *output, const struct box *outputs, size_t n_outputs, double x, double y);
// Box of a window (with its frame) in a zone of the usable area of an output.
struct box snap_box(const struct box *usable, enum snap_zone zone);
