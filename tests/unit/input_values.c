// SPDX-License-Identifier: MIT
// What of libinput's and udev's numbers and names the compositor makes its own.
#include "backends/libinput/input_values.h"
#include <limits.h>
#include <math.h>
#include "tests/harness/test.h"

TEST(kinds_of_pointers)
{
	check_str(pointer_kind(false, false, false), "mouse");
	check_str(pointer_kind(true, false, false), "touchpad");
	check_str(pointer_kind(false, true, false), "trackpoint");
	check_str(pointer_kind(false, false, true), "trackball");
	check_str(pointer_kind(true, true, true), "touchpad");
}

TEST(numbers_of_event_files)
{
	check_eq(event_number("event0"), 0);
	check_eq(event_number("event12"), 12);
	check_eq(event_number("event12x"), UINT_MAX);
	check_eq(event_number("mouse1"), UINT_MAX);
	check_eq(event_number("event"), UINT_MAX);
	check_eq(event_number(NULL), UINT_MAX);
}

TEST(places)
{
	check(has_absolute_axes("3"));
	check(has_absolute_axes("1003"));    // a QEMU tablet
	check(has_absolute_axes("1 0 0 3")); // words from the highest to the lowest
	check(!has_absolute_axes("0"));
	check(!has_absolute_axes("1"));   // x alone
	check(!has_absolute_axes("3 0")); // other axes
	check(!has_absolute_axes(""));
	check(!has_absolute_axes("rubbish"));
	check(!has_absolute_axes(NULL));
}

static const struct scroll {
	enum input_axis_source source;
	double value, v120, speed;
	bool says;
	double delta;
	int value120;
} scrolls[] = {
	{INPUT_AXIS_WHEEL, 15, 120, 1, true, 15, 120},
	{INPUT_AXIS_WHEEL, -7.5, -60, 1, true, -7.5, -60}, // half a notch
	{INPUT_AXIS_WHEEL, 15, 120, 2, true, 30, 240},
	{INPUT_AXIS_WHEEL, 0, 0, 1, false, 0, 0},
	{INPUT_AXIS_WHEEL, 0, 15, 1, true, 0, 15},
	{INPUT_AXIS_WHEEL, 1e300, 1e300, 1, true, 1e300, 1000000},
	{INPUT_AXIS_FINGER, 4.25, 0, 1, true, 4.25, 0},
	{INPUT_AXIS_FINGER, 0, 0, 1, true, 0, 0}, // the end of it
	{INPUT_AXIS_FINGER, 4, 120, 0.5, true, 2, 0},
	{INPUT_AXIS_CONTINUOUS, -3, 0, 1, true, -3, 0},
	{INPUT_AXIS_FINGER, NAN, 0, 1, false, 0, 0},
	{INPUT_AXIS_WHEEL, 15, INFINITY, 1, false, 0, 0},
};

TEST_P(scroll, struct scroll, scrolls)
{
	struct input_event event = {.type = INPUT_KEY};
	check_eq(scroll_axis(&event, param->source, true, param->value, param->v120, param->speed,
			 true),
		param->says);
	if (!param->says) {
		check_eq(event.type, INPUT_KEY);
		return;
	}
	check_eq(event.type, INPUT_AXIS);
	check_eq(event.axis.source, param->source);
	check(event.axis.horizontal && event.axis.inverted);
	check(event.axis.delta == param->delta);
	check_eq(event.axis.value120, param->value120);
}

TEST(heads)
{
	char name[16];
	pointer_head_name(name, sizeof(name), 0, 1);
	check_str(name, "");
	pointer_head_name(name, sizeof(name), 0, 2);
	check_str(name, "Virtual-1");
	pointer_head_name(name, sizeof(name), 2, 3);
	check_str(name, "Virtual-3");
}
