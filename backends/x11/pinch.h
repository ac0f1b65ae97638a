// SPDX-License-Identifier: MIT
// Two fingers made of one pointer: one where it is, one mirrored about the point where it went down.
#pragma once
#include <stdbool.h>

#define PINCH_START 8 // pixels from the middle before the fingers touch; closer has no direction

struct pinch {
	bool pressed, touching;
	double middle_x, middle_y, x, y;
};

struct pinch_points {
	double x[2], y[2]; // the pointer's own first
};

void pinch_press(struct pinch *pinch, double x, double y);
// together: both fingers go the pointer's way instead of apart. True: they touch, since now or
// before.
bool pinch_move(struct pinch *pinch, double x, double y, bool together);
// True: they had not touched yet, which makes it a tap: they are put down side by side.
bool pinch_release(struct pinch *pinch);
struct pinch_points pinch_points(const struct pinch *pinch);
