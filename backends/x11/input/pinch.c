// SPDX-License-Identifier: MIT
// Geometry of the emulated pinch.
#include "backends/x11/input/pinch.h"
#include <math.h>

void pinch_press(struct pinch *pinch, double x, double y)
{
	*pinch = (struct pinch){true, false, x, y, x, y};
}

// At the center there is no direction to mirror: puts the points side by side.
static void pinch_spread(struct pinch *pinch)
{
	pinch->x = pinch->middle_x + PINCH_START;
	pinch->y = pinch->middle_y;
	pinch->touching = true;
}

bool pinch_move(struct pinch *pinch, double x, double y, bool together)
{
	if (!pinch->pressed)
		return false;
	if (together) {
		if (!pinch->touching)
			pinch_spread(pinch);
		double dx = x - pinch->x, dy = y - pinch->y;
		pinch->middle_x += dx;
		pinch->middle_y += dy;
	}
	pinch->x = x;
	pinch->y = y;
	if (hypot(x - pinch->middle_x, y - pinch->middle_y) >= PINCH_START)
		pinch->touching = true;
	return pinch->touching;
}

bool pinch_release(struct pinch *pinch)
{
	bool tap = pinch->pressed && !pinch->touching;
	if (tap)
		pinch_spread(pinch);
	pinch->pressed = false;
	return tap;
}

struct pinch_points pinch_points(const struct pinch *pinch)
{
	return (struct pinch_points){
		.x = {pinch->x, 2 * pinch->middle_x - pinch->x},
		.y = {pinch->y, 2 * pinch->middle_y - pinch->y},
	};
}
