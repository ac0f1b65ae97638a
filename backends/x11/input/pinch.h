// SPDX-License-Identifier: MIT
// Emulates two touch points with a pointer: one at its position, one mirrored about the point where
// the button was pressed. Pure functions; all coordinates are window pixels.
#pragma once
#include <stdbool.h>

#define PINCH_START 8 // pixels from the center before the points go down; closer has no direction

struct pinch {
	bool pressed, touching;
	double middle_x, middle_y, x, y;
};

struct pinch_points {
	double x[2], y[2]; // first the one at the pointer
};

// Starts a gesture; the points are not down yet.
void pinch_press(struct pinch *pinch, double x, double y);
// Handles motion. together: both points move with the pointer instead of mirrored. True: the points
// are down.
bool pinch_move(struct pinch *pinch, double x, double y, bool together);
// Ends the gesture. True: it was a tap; the points, side by side, have to go down and up now.
bool pinch_release(struct pinch *pinch);
// The positions of both points.
struct pinch_points pinch_points(const struct pinch *pinch);
