// SPDX-License-Identifier: MIT
// Distances in notches from the positions of scroll valuators.
#include "backends/x11/input/scroll.h"
#include <math.h>
#include <string.h>
#include "backends/x11/input/valuators.h"

#define MAX_NOTCHES 1000 // per event; more is a jump, not scrolling

void scroll_set_classes(struct scroll *scroll, const void *data, size_t size)
{
	*scroll = (struct scroll){0};
	const uint8_t *at = data;
	size_t left = size;
	const xcb_input_device_class_t *class;
	while ((class = classes_next(&at, &left))) {
		if (class->type != XCB_INPUT_DEVICE_CLASS_TYPE_SCROLL)
			continue;
		const xcb_input_scroll_class_t *scrolls = (const void *)class;
		bool horizontal = scrolls->scroll_type == XCB_INPUT_SCROLL_TYPE_HORIZONTAL;
		bool preferred = scrolls->flags & XCB_INPUT_SCROLL_FLAGS_PREFERRED;
		double increment = fp3232(scrolls->increment);
		struct scroll_axis *axis = &scroll->axis[horizontal];
		if ((!axis->used || preferred) && fabs(increment) >= 1e-6)
			*axis = (struct scroll_axis){
				.used = true, .number = scrolls->number, .increment = increment};
	}
	at = data;
	left = size;
	while ((class = classes_next(&at, &left))) {
		if (class->type != XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR)
			continue;
		const xcb_input_valuator_class_t *valuator = (const void *)class;
		struct scroll_axis *axis = scroll_axis_of(scroll, valuator->number);
		if (!axis)
			continue;
		axis->known = true;
		axis->last = fp3232(valuator->value);
	}
}

struct scroll_axis *scroll_axis_of(struct scroll *scroll, unsigned number)
{
	for (int i = 0; i < 2; i++)
		if (scroll->axis[i].used && scroll->axis[i].number == number)
			return &scroll->axis[i];
	return NULL;
}

double scroll_move(struct scroll_axis *axis, double position)
{
	double notches = axis->known ? (position - axis->last) / axis->increment : 0;
	axis->known = true;
	axis->last = position;
	return fabs(notches) <= MAX_NOTCHES ? notches : 0;
}

int scroll_value120(struct scroll_axis *axis, double notches)
{
	axis->rest += notches * SCROLL_NOTCH;
	int whole = (int)lround(axis->rest);
	axis->rest -= whole;
	return whole;
}
