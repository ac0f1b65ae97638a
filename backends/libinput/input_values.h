// SPDX-License-Identifier: MIT
// Numbers and names of libinput and udev as the compositor has them. Pure functions.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/input.h"

// What a device with pointer events is, for people, by what udev says of it.
const char *pointer_kind(bool touchpad, bool pointing_stick, bool trackball);
// "event12": 12; without a number: the largest there is.
unsigned event_number(const char *name);
// The bits of sysfs' capabilities/abs say that the device knows places on a plane.
bool has_places(const char *capabilities);

// One axis of scrolling. value: libinput's; v120: 0 but for wheels. False: it says nothing.
bool scroll_axis(struct input_event *event, enum input_axis_source source, bool horizontal,
	double value, double v120, double speed, bool inverted);

// Which head of a virtual machine an absolute pointer belongs to: the index'th of count, by the
// numbers of their files. Empty: the whole layout.
void head_of_pointer(char *into, size_t size, unsigned index, unsigned count);
