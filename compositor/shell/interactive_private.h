// SPDX-License-Identifier: MIT
// Between interactive.c and interactive_move.c only.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/seat/grab.h"
#include "compositor/shell/decoration.h"
#include "compositor/shell/snap.h"

enum interactive_kind {
	INTERACTIVE_MOVE,
	INTERACTIVE_RESIZE,
	INTERACTIVE_BUTTON,
};

struct interactive {
	struct grab grab;
	struct desktop *desktop;
	struct desktop_window *view;
	enum interactive_kind kind;
	bool has_point;                // touch_id and start_x, start_y are set
	int32_t touch_id;              // of the touch point that moves it
	double x, y, start_x, start_y; // of the pointer or touch point, layout
	struct box start;              // window box when it began, layout
	bool moved;                    // window was moved or resized
	unsigned edges;                // enum window_edge, of a resize
	enum decoration_part part;     // button that was pressed
	enum snap_zone zone;           // under the pointer, of a move
	struct node *preview;          // owned, shows the zone; or NULL
};

// The pointer or touch point moved: moves the window there, and shows the snap zone.
void interactive_move_update(struct interactive *interactive);
// The button or touch point was released: snaps the window if it is in a snap zone.
void interactive_move_finish(struct interactive *interactive);
