// SPDX-License-Identifier: MIT
// Sends scroll events, from the valuators of XInput 2 devices or from buttons 4 to 7.
//
// The server reports positions, not distances, and they also change while the pointer is in another
// client's window. So they are queried when the pointer enters, and the reply is read when it is
// needed.
#include "backends/x11/input/wheel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "backends/x11/input/pointer_private.h"
#include "backends/x11/input/scroll.h"
#include "backends/x11/input/valuators.h"
#include "compositor/base/base.h"
#include "compositor/base/clock.h"

// Time after the last finger scroll event after which axis_stop is sent; X has no event for it.
#define STOP_NS (100 * NSEC_PER_MSEC)

enum property { PROPERTY_TAPPING, PROPERTY_SYNAPTICS, PROPERTY_NATURAL, PROPERTIES };

struct x11_wheel {
	struct x11_pointer *pointer;
	struct scroll scroll;
	uint16_t device;    // master pointer
	uint16_t source;    // slave device that moved it last; 0: unknown
	bool query_pending; // of the positions of the axes
	xcb_input_xi_query_device_cookie_t query;
	xcb_atom_t properties[PROPERTIES]; // NONE: no device has the property
	bool finger;                       // source is a touchpad
	bool natural;                      // natural scrolling
	bool stop_pending[2];              // axis_stop has to follow: vertical, horizontal
	struct timer stop_timer;
};

static void wheel_send(struct x11_wheel *wheel, struct x11_screen *screen, xcb_timestamp_t time,
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
		wheel->stop_pending[horizontal] = true;
		struct clock *clock = wheel->pointer->x11->clock;
		timer_set(&wheel->stop_timer, clock_now_ns(clock) + STOP_NS);
	} else {
		event.axis.value120 = scroll_value120(axis, notches);
	}
	x11_pointer_report(wheel->pointer, screen, time, event);
}

static void on_stop(void *data)
{
	struct x11_wheel *wheel = data;
	for (int i = 0; i < 2; i++) {
		if (!wheel->stop_pending[i])
			continue;
		wheel->stop_pending[i] = false;
		x11_pointer_report(wheel->pointer, NULL, 0,
			(struct input_event){
				.type = INPUT_AXIS,
				.axis = {.horizontal = i == 1, .source = INPUT_AXIS_FINGER},
			});
	}
	x11_pointer_frame(wheel->pointer, 0);
}

// Devices

static bool wheel_read_property(
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

// X does not report the kind of a device; touchpads are recognized by properties of their drivers.
static void wheel_set_source(struct x11_wheel *wheel, uint16_t source)
{
	if (wheel->source == source)
		return;
	wheel->source = source;
	wheel->natural = false;
	wheel->finger = wheel_read_property(wheel, source, PROPERTY_TAPPING, NULL) ||
		wheel_read_property(wheel, source, PROPERTY_SYNAPTICS, NULL);
	wheel_read_property(wheel, source, PROPERTY_NATURAL, &wheel->natural);
}

static void wheel_cancel_query(struct x11_wheel *wheel)
{
	if (wheel->query_pending)
		xcb_discard_reply(wheel->pointer->x11->xcb, wheel->query.sequence);
	wheel->query_pending = false;
}

void x11_wheel_changed(struct x11_wheel *wheel, const xcb_input_device_changed_event_t *event)
{
	if (wheel->device && event->deviceid != wheel->device)
		return;
	wheel->device = event->deviceid;
	if (wheel->query_pending && (int32_t)(event->full_sequence - wheel->query.sequence) >= 0)
		wheel_cancel_query(wheel); // the reply describes the previous device
	scroll_set_classes(&wheel->scroll, event + 1, x11_xinput_rest(event, sizeof(*event)));
	if (wheel->scroll.axis[0].used || wheel->scroll.axis[1].used)
		wheel_set_source(wheel, event->sourceid);
}

void x11_wheel_enter(struct x11_wheel *wheel, uint16_t device)
{
	wheel_cancel_query(wheel);
	wheel->query_pending = true;
	wheel->device = device;
	wheel->query = xcb_input_xi_query_device(wheel->pointer->x11->xcb, device);
}

static void wheel_read_query(struct x11_wheel *wheel)
{
	xcb_input_xi_query_device_reply_t *reply =
		xcb_input_xi_query_device_reply(wheel->pointer->x11->xcb, wheel->query, NULL);
	wheel->query_pending = false;
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
		if (number < 2) // x and y
			continue;
		if (wheel->query_pending &&
			(int32_t)(event->full_sequence - wheel->query.sequence) < 0)
			return; // older than the query, whose reply contains it
		if (wheel->query_pending)
			wheel_read_query(wheel);
		struct scroll_axis *axis = scroll_axis_of(&wheel->scroll, number);
		double notches = axis ? scroll_move(axis, position) : 0;
		if (notches == 0)
			continue;
		if (!any)
			x11_pointer_flush(wheel->pointer);
		wheel_set_source(wheel, event->sourceid);
		wheel_send(wheel, screen, event->time, axis == &wheel->scroll.axis[1], notches);
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
	timer_init(&wheel->stop_timer, pointer->x11->clock, on_stop, wheel);
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
		wheel_cancel_query(wheel);
	timer_finish(&wheel->stop_timer);
	free(wheel);
}
