// SPDX-License-Identifier: MIT
// Smooth scrolling: the server tells how far each axis has come in all, and how much a notch is.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCROLL_NOTCH 120   // in value120
#define SCROLL_NOTCH_PX 15 // logical pixels

struct scroll_axis {
	bool used;
	unsigned number;  // of the valuator
	double increment; // of a notch; below zero where the device is turned around
	bool known;       // where it was last
	double last;
	double rest; // of value120, that has not been told
};

struct scroll {
	struct scroll_axis axis[2]; // vertical, horizontal
};

// What the device has; whatever was known of another one is forgotten first. data: device classes
// as in XIQueryDevice and XI_DeviceChanged. Positions in it count as where the axes are.
void scroll_set_classes(struct scroll *scroll, const void *data, size_t size);
// It may have scrolled while nobody told us: the next position is only a place to start from.
void scroll_forget(struct scroll *scroll);
struct scroll_axis *scroll_axis_of(struct scroll *scroll, unsigned number); // NULL: not scrolling
// How many notches it went with this; 0: nowhere.
double scroll_move(struct scroll_axis *axis, double position);
// The same as value120, with what is left for the next time.
int scroll_value120(struct scroll_axis *axis, double notches);
