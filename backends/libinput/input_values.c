// SPDX-License-Identifier: MIT
// Converts numbers and names of libinput and udev.
#include "backends/libinput/input_values.h"
#include <limits.h>
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *pointer_kind(bool touchpad, bool pointing_stick, bool trackball)
{
	return touchpad          ? "touchpad"
		: pointing_stick ? "trackpoint"
		: trackball      ? "trackball"
				 : "mouse";
}

unsigned event_number(const char *name)
{
	unsigned number;
	char end;
	return name && sscanf(name, "event%u%c", &number, &end) == 1 ? number : UINT_MAX;
}

bool has_absolute_axes(const char *capabilities)
{
	// Words from the highest bits to the lowest, so that the first axes are in the last word.
	const char *word = capabilities ? strrchr(capabilities, ' ') : NULL;
	unsigned long long bits =
		capabilities ? strtoull(word ? word + 1 : capabilities, NULL, 16) : 0;
	const unsigned long long both = 1ull << ABS_X | 1ull << ABS_Y;
	return (bits & both) == both;
}

bool scroll_axis(struct input_event *event, enum input_axis_source source, bool horizontal,
	double value, double v120, double speed, bool inverted)
{
	bool wheel = source == INPUT_AXIS_WHEEL;
	if (!isfinite(value) || !isfinite(v120) || (wheel && value == 0 && v120 == 0))
		return false;
	event->type = INPUT_AXIS;
	event->axis.horizontal = horizontal;
	event->axis.inverted = inverted;
	event->axis.source = source;
	event->axis.delta = value * speed;
	event->axis.value120 = wheel ? (int)lround(fmax(fmin(v120 * speed, 1e6), -1e6)) : 0;
	return true;
}

void pointer_head_name(char *into, size_t size, unsigned index, unsigned count)
{
	into[0] = '\0';
	if (count > 1)
		snprintf(into, size, "Virtual-%u", index + 1);
}
