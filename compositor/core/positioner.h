// SPDX-License-Identifier: MIT
// Where a popup goes: the rules of xdg_positioner. Pure.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"

struct positioner {
	int width, height;      // 0: not set
	struct box anchor_rect; // parent window geometry coordinates
	bool has_anchor_rect;
	uint32_t anchor, gravity; // xdg_positioner enums (same numbers)
	uint32_t adjustment;      // xdg_positioner.constraint_adjustment
	int offset_x, offset_y;
	bool reactive;
	int parent_width, parent_height; // 0: not set
	uint32_t parent_serial;
	bool has_parent_serial;
};

// Box of the popup, from the parent's window geometry, before any adjustment.
struct box positioner_place(const struct positioner *positioner);
// The same, adjusted as the positioner allows to lie within bounds (same coordinates).
struct box positioner_constrain(const struct positioner *positioner, const struct box *bounds);
