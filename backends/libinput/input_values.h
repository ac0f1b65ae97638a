// SPDX-License-Identifier: MIT
// Converts numbers and names of libinput and udev. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/input.h"

// Kind of a pointing device for logs and the configuration ("mouse"), by its udev properties.
// Static.
const char *pointer_kind(bool touchpad, bool pointing_stick, bool trackball);
// The number in the name of an event file: "event12" is 12. UINT_MAX: no such name. NULL is
// allowed.
unsigned event_number(const char *name);
// Whether the text of sysfs' capabilities/abs includes ABS_X and ABS_Y. NULL: false.
bool has_absolute_axes(const char *capabilities);

// Fills an INPUT_AXIS event. value, v120: as libinput has them, v120 is 0 unless source is a wheel;
// both are multiplied by speed. False: nothing to send.
bool scroll_axis(struct input_event *event, enum input_axis_source source, bool horizontal,
	double value, double v120, double speed, bool inverted);

// Writes the name of the output that an absolute pointer of a virtual machine belongs to; it is the
// index'th of count in the order of event numbers. Empty: all outputs.
void pointer_head_name(char *into, size_t size, unsigned index, unsigned count);
