// SPDX-License-Identifier: MIT
// Scroll valuators of XInput 2: the server reports the accumulated position of each axis, and its
// increment per notch.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCROLL_NOTCH 120   // of value120
#define SCROLL_NOTCH_PX 15 // logical pixels

struct scroll_axis {
	bool used;
	unsigned number;  // of the valuator
	double increment; // per notch; negative for an inverted axis
	bool known;       // last is valid
	double last;
	double rest; // of value120, carried over
};

struct scroll {
	struct scroll_axis axis[2]; // vertical, horizontal
};

// Replaces the axes by those of a device; data: device classes of XIQueryDevice or
// XI_DeviceChanged, size bytes. The positions in them become the current ones.
void scroll_set_classes(struct scroll *scroll, const void *data, size_t size);
// The axis of a valuator; NULL: it does not scroll.
struct scroll_axis *scroll_axis_of(struct scroll *scroll, unsigned number);
// Takes a new position. Returns the distance in notches; 0 if the last position is unknown.
double scroll_move(struct scroll_axis *axis, double position);
// Converts notches to whole value120 units, carrying the rest over to the next call.
int scroll_value120(struct scroll_axis *axis, double notches);
