// SPDX-License-Identifier: MIT
// Scrolling: from the axes of XInput 2 devices, or the buttons of those that have none.
//
// The server tells places, not distances, and goes on counting while the pointer is in windows of
// others. So the places are asked for when it comes back; the answer is looked at when it is needed.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "backends/x11/pointer.h"
#include "backends/x11/scroll.h"
#include "backends/x11/valuators.h"
#include "compositor/base/base.h"
#include "compositor/base/clock.h"

// A finger that scrolled and has been still for so long was lifted; the server does not say.
#define STOP_NS (100 * NSEC_PER_MSEC)

enum property { PROPERTY_TAPPING, PROPERTY_SYNAPTICS, PROPERTY_NATURAL, PROPERTIES };

struct x11_wheel {
	struct x11_pointer *pointer;
	struct scroll scroll;
	uint16_t device; // master
	uint16_t source; // the one that moves it; 0: not known
	bool asked;      // where the axes are
	xcb_input_xi_query_device_cookie_t places;
	xcb_atom_t properties[PROPERTIES]; // NONE: no device has it
	bool finger;                       // source is a touch pad
	bool natural;                      // content goes with the finger
	bool stops[2];                     // fingers scroll: vertical, horizontal
	struct timer stop;
};

static void send(struct x11_wheel *wheel, struct x11_screen *screen, xcb_timestamp_t time,
	bool horizontal, double notches)
{
	struct scroll_axis *axis = &wheel->scroll.axis[horizontal];
	struct input_event event = {
		.type = INPUT_AXIS,
		.axis =
			{
				.horizontal = horizontal,
				.inverted = wheel->natural || axis->increment < 0,
				.source = wheel->finger ? INPUT_AXIS_FINGER : INPUT_AXIS_WHEEL,
				.delta = notches * SCROLL_NOTCH_PX,
			},
	};
	if (wheel->finger) {
		wheel->stops[horizontal] = true;
		struct clock *clock = wheel->pointer->x11->clock;
		timer_set(&wheel->stop, clock_now_ns(clock) + STOP_NS);
	} else {
		event.axis.value120 = scroll_value120(axis, notches);
	}
	x11_pointer_report(wheel->pointer, screen, time, event);
}

static void on_stop(void *data)
{
	struct x11_wheel *wheel = data;
	for (int i = 0; i < 2; i++) {
		if (!wheel->stops[i])
			continue;
		wheel->stops[i] = false;
		x11_pointer_report(wheel->pointer, NULL, 0,
			(struct input_event){
				.type = INPUT_AXIS,
				.axis = {.horizontal = i == 1, .source = INPUT_AXIS_FINGER},
			});
	}
	x11_pointer_frame(wheel->pointer, 0);
}

// Devices

static bool has_property(
	struct x11_wheel *wheel, uint16_t source, enum property property, bool *value)
{
	xcb_connection_t *xcb = wheel->pointer->x11->xcb;
	if (!wheel->properties[property])
		return false;
	xcb_input_xi_get_property_reply_t *reply = xcb_input_xi_get_property_reply(xcb,
		xcb_input_xi_get_property(xcb, source, false, wheel->properties[property],
			XCB_GET_PROPERTY_TYPE_ANY, 0, 1),
		NULL);
	bool found = reply && reply->type != XCB_ATOM_NONE;
	if (found && value)
		*value = reply->format == 8 && reply->num_items && reply->length &&
			*(const uint8_t *)(reply + 1);
	free(reply);
	return found;
}

// Whether fingers scroll is not told; drivers of touch pads have properties that others lack.
static void set_source(struct x11_wheel *wheel, uint16_t source)
{
	if (wheel->source == source)
		return;
	wheel->source = source;
	wheel->natural = false;
	wheel->finger = has_property(wheel, source, PROPERTY_TAPPING, NULL) ||
		has_property(wheel, source, PROPERTY_SYNAPTICS, NULL);
	has_property(wheel, source, PROPERTY_NATURAL, &wheel->natural);
}

static void discard(struct x11_wheel *wheel)
{
	if (wheel->asked)
		xcb_discard_reply(wheel->pointer->x11->xcb, wheel->places.sequence);
	wheel->asked = false;
}

void x11_wheel_changed(struct x11_wheel *wheel, const xcb_input_device_changed_event_t *event)
{
	if (wheel->device && event->deviceid != wheel->device)
		return;
	wheel->device = event->deviceid;
	if (wheel->asked && (int32_t)(event->full_sequence - wheel->places.sequence) >= 0)
		discard(wheel); // the answer is of the device before
	scroll_set_classes(&wheel->scroll, event + 1, x11_xinput_rest(event, sizeof(*event)));
	if (wheel->scroll.axis[0].used || wheel->scroll.axis[1].used)
		set_source(wheel, event->sourceid);
}

void x11_wheel_enter(struct x11_wheel *wheel, uint16_t device)
{
	discard(wheel);
	wheel->asked = true;
	wheel->device = device;
	wheel->places = xcb_input_xi_query_device(wheel->pointer->x11->xcb, device);
}

static void read_places(struct x11_wheel *wheel)
{
	xcb_input_xi_query_device_reply_t *reply =
		xcb_input_xi_query_device_reply(wheel->pointer->x11->xcb, wheel->places, NULL);
	wheel->asked = false;
	if (!reply)
		return;
	size_t size;
	const uint8_t *classes = device_classes(reply, &size);
	if (classes)
		scroll_set_classes(&wheel->scroll, classes, size);
	free(reply);
}

void x11_wheel_motion(
	struct x11_wheel *wheel, struct x11_screen *screen, const xcb_input_motion_event_t *event)
{
	struct valuators valuators;
	unsigned number;
	double position;
	bool any = false;
	if (event->deviceid != wheel->device)
		x11_wheel_enter(wheel, event->deviceid);
	if (!valuators_begin(&valuators, event + 1, x11_xinput_rest(event, sizeof(*event)),
		    (size_t)event->buttons_len * 4, event->valuators_len))
		return;
	while (valuators_next(&valuators, &number, &position)) {
		if (number < 2) // where it is
			continue;
		if (wheel->asked && (int32_t)(event->full_sequence - wheel->places.sequence) < 0)
			return; // before we asked: it is in the answer
		if (wheel->asked)
			read_places(wheel);
		struct scroll_axis *axis = scroll_axis_of(&wheel->scroll, number);
		double notches = axis ? scroll_move(axis, position) : 0;
		if (notches == 0)
			continue;
		if (!any)
			x11_pointer_flush(wheel->pointer);
		set_source(wheel, event->sourceid);
		send(wheel, screen, event->time, axis == &wheel->scroll.axis[1], notches);
		any = true;
	}
	if (any)
		x11_pointer_frame(wheel->pointer, event->time);
}

void x11_wheel_notch(struct x11_pointer *pointer, struct x11_screen *screen, xcb_timestamp_t time,
	unsigned button)
{
	enum { UP = 4, LEFT = 6, RIGHT = 7 };
	int notches = button == UP || button == LEFT ? -1 : 1;
	x11_pointer_report(pointer, screen, time,
		(struct input_event){
			.type = INPUT_AXIS,
			.axis =
				{
					.horizontal = button == LEFT || button == RIGHT,
					.source = INPUT_AXIS_WHEEL,
					.delta = notches * SCROLL_NOTCH_PX,
					.value120 = notches * SCROLL_NOTCH,
				},
		});
	x11_pointer_frame(pointer, time);
}

struct x11_wheel *x11_wheel_create(struct x11_pointer *pointer)
{
	static const char *const names[] = {
		[PROPERTY_TAPPING] = "libinput Tapping Enabled",
		[PROPERTY_SYNAPTICS] = "Synaptics Off",
		[PROPERTY_NATURAL] = "libinput Natural Scrolling Enabled",
	};
	struct x11_wheel *wheel = xcalloc(1, sizeof(*wheel));
	xcb_connection_t *xcb = pointer->x11->xcb;
	xcb_intern_atom_cookie_t cookies[PROPERTIES];
	wheel->pointer = pointer;
	timer_init(&wheel->stop, pointer->x11->clock, on_stop, wheel);
	for (size_t i = 0; i < PROPERTIES; i++)
		cookies[i] = xcb_intern_atom(xcb, true, (uint16_t)strlen(names[i]), names[i]);
	for (size_t i = 0; i < PROPERTIES; i++) {
		xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(xcb, cookies[i], NULL);
		wheel->properties[i] = reply ? reply->atom : XCB_ATOM_NONE;
		free(reply);
	}
	return wheel;
}

void x11_wheel_destroy(struct x11_wheel *wheel)
{
	if (!wheel)
		return;
	if (!wheel->pointer->x11->lost)
		discard(wheel);
	timer_finish(&wheel->stop);
	free(wheel);
}
