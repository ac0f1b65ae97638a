// SPDX-License-Identifier: MIT
// Placement of popups by the rules of xdg_positioner. Pure functions.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"

struct positioner {
	int width, height;      // 0: not set
	struct box anchor_rect; // relative to the parent's window geometry
	bool has_anchor_rect;
	uint32_t anchor, gravity; // as in xdg_positioner
	uint32_t adjustment;      // xdg_positioner.constraint_adjustment
	int offset_x, offset_y;
	bool reactive;
	int parent_width, parent_height; // 0: not set
	uint32_t parent_serial;
	bool has_parent_serial;
};

// Box of the popup relative to the parent's window geometry, logical, without constraints.
struct box positioner_place(const struct positioner *positioner);
// The same, flipped, slid and resized within bounds as constraint_adjustment allows. bounds are
// relative to the parent's window geometry, too.
struct box positioner_constrain(const struct positioner *positioner, const struct box *bounds);
