// SPDX-License-Identifier: MIT
// zwlr_virtual_pointer_v1: a client that is a mouse. Events are held until its frame, so that a
// gesture of several parts reaches programs as one.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/output.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-protocol.h"

// A client that never ends its frame is served after so many events.
#define MAX_HELD 128

struct virtual_pointer {
	struct server *server;
	struct input_device device;
	char *output_name; // owned
	struct input_event events[MAX_HELD];
	size_t n_events;
	uint32_t pressed[16];
	unsigned n_pressed;
	int axis_source; // of this frame
};

static void remember(struct virtual_pointer *pointer, uint32_t code, bool pressed)
{
	for (unsigned i = 0; i < pointer->n_pressed; i++) {
		if (pointer->pressed[i] != code)
			continue;
		if (!pressed)
			pointer->pressed[i] = pointer->pressed[--pointer->n_pressed];
		return;
	}
	if (pressed && pointer->n_pressed < array_length(pointer->pressed))
		pointer->pressed[pointer->n_pressed++] = code;
}

static void flush(struct virtual_pointer *pointer)
{
	struct seat *seat = pointer->server->seat;
	uint64_t time_us = clock_now_ns(pointer->server->clock) / NSEC_PER_USEC;
	size_t count = pointer->n_events;
	pointer->n_events = 0;
	for (size_t i = 0; i < count && seat; i++) {
		struct input_event *event = &pointer->events[i];
		event->device = &pointer->device;
		event->time_us = time_us;
		// The source may be told after the axis it belongs to.
		if (event->type == INPUT_AXIS && event->axis.source == INPUT_AXIS_SOURCE_NONE)
			event->axis.source = pointer->axis_source;
		if (event->type == INPUT_BUTTON)
			remember(pointer, event->button.code, event->button.pressed);
		seat_input(seat, event);
	}
	pointer->axis_source = INPUT_AXIS_SOURCE_NONE;
	const struct input_event frame = {
		.type = INPUT_POINTER_FRAME, .device = &pointer->device, .time_us = time_us};
	if (count && seat)
		seat_input(seat, &frame);
}

static struct input_event *hold(struct wl_resource *resource, enum input_event_type type)
{
	struct virtual_pointer *pointer = wl_resource_get_user_data(resource);
	if (pointer->n_events == MAX_HELD)
		flush(pointer);
	struct input_event *event = &pointer->events[pointer->n_events++];
	*event = (struct input_event){.type = type};
	return event;
}

static void handle_motion(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	wl_fixed_t dx, wl_fixed_t dy)
{
	struct input_event *event = hold(resource, INPUT_MOTION);
	event->motion.dx = event->motion.dx_raw = wl_fixed_to_double(dx);
	event->motion.dy = event->motion.dy_raw = wl_fixed_to_double(dy);
}

static void handle_motion_absolute(struct wl_client *client, struct wl_resource *resource,
	uint32_t time, uint32_t x, uint32_t y, uint32_t x_extent, uint32_t y_extent)
{
	if (!x_extent || !y_extent)
		return;
	struct input_event *event = hold(resource, INPUT_MOTION_ABSOLUTE);
	event->absolute.x = (double)x / x_extent;
	event->absolute.y = (double)y / y_extent;
}

static void handle_button(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	uint32_t button, uint32_t state)
{
	struct input_event *event = hold(resource, INPUT_BUTTON);
	event->button.code = button;
	event->button.pressed = state == WL_POINTER_BUTTON_STATE_PRESSED;
}

static struct input_event *hold_axis(struct wl_resource *resource, uint32_t axis)
{
	if (axis > WL_POINTER_AXIS_HORIZONTAL_SCROLL) {
		wl_resource_post_error(resource, ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS,
			"there is no axis %u", axis);
		return NULL;
	}
	struct input_event *event = hold(resource, INPUT_AXIS);
	event->axis.horizontal = axis == WL_POINTER_AXIS_HORIZONTAL_SCROLL;
	event->axis.source = INPUT_AXIS_SOURCE_NONE;
	return event;
}

static void handle_axis(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	uint32_t axis, wl_fixed_t value)
{
	struct input_event *event = hold_axis(resource, axis);
	if (event)
		event->axis.delta = wl_fixed_to_double(value);
}

static void handle_axis_source(
	struct wl_client *client, struct wl_resource *resource, uint32_t source)
{
	struct virtual_pointer *pointer = wl_resource_get_user_data(resource);
	if (source > WL_POINTER_AXIS_SOURCE_WHEEL_TILT) {
		wl_resource_post_error(resource, ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS_SOURCE,
			"there is no axis source %u", source);
		return;
	}
	pointer->axis_source = (int)source;
}

static void handle_axis_stop(
	struct wl_client *client, struct wl_resource *resource, uint32_t time, uint32_t axis)
{
	hold_axis(resource, axis);
}

static void handle_axis_discrete(struct wl_client *client, struct wl_resource *resource,
	uint32_t time, uint32_t axis, wl_fixed_t value, int32_t discrete)
{
	struct input_event *event = hold_axis(resource, axis);
	if (!event)
		return;
	event->axis.delta = wl_fixed_to_double(value);
	event->axis.value120 = CLAMP(discrete, -10000, 10000) * 120;
}

static void handle_frame(struct wl_client *client, struct wl_resource *resource)
{
	flush(wl_resource_get_user_data(resource));
}

static const struct zwlr_virtual_pointer_v1_interface pointer_impl = {
	.motion = handle_motion,
	.motion_absolute = handle_motion_absolute,
	.button = handle_button,
	.axis = handle_axis,
	.frame = handle_frame,
	.axis_source = handle_axis_source,
	.axis_stop = handle_axis_stop,
	.axis_discrete = handle_axis_discrete,
	.destroy = wire_handle_destroy,
};

static void on_pointer_destroyed(struct wl_resource *resource)
{
	struct virtual_pointer *pointer = wl_resource_get_user_data(resource);
	pointer->n_events = 0; // what had no frame yet never happened
	for (unsigned i = 0; i < pointer->n_pressed; i++) {
		struct input_event *event = &pointer->events[pointer->n_events++];
		*event = (struct input_event){
			.type = INPUT_BUTTON, .button = {pointer->pressed[i], false}};
	}
	flush(pointer);
	free(pointer->output_name);
	free(pointer);
}

static void create(struct wl_resource *manager, struct wl_resource *output_resource, uint32_t id)
{
	struct virtual_pointer *pointer = xcalloc(1, sizeof(*pointer));
	pointer->server = wl_resource_get_user_data(manager);
	struct output *output = output_resource ? output_from_resource(output_resource) : NULL;
	if (output)
		pointer->output_name = xstrdup(output->name);
	pointer->axis_source = INPUT_AXIS_SOURCE_NONE;
	pointer->device = (struct input_device){
		.type = INPUT_POINTER,
		.name = "virtual pointer",
		.output_name = pointer->output_name,
	};
	if (wire_create(wl_resource_get_client(manager), &zwlr_virtual_pointer_v1_interface,
		    wl_resource_get_version(manager), id, &pointer_impl, pointer,
		    on_pointer_destroyed))
		return;
	free(pointer->output_name);
	free(pointer);
}

static void handle_create_virtual_pointer(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat, uint32_t id)
{
	create(resource, NULL, id);
}

static void handle_create_virtual_pointer_with_output(struct wl_client *client,
	struct wl_resource *resource, struct wl_resource *seat, struct wl_resource *output,
	uint32_t id)
{
	create(resource, output, id);
}

static const struct zwlr_virtual_pointer_manager_v1_interface manager_impl = {
	.create_virtual_pointer = handle_create_virtual_pointer,
	.destroy = wire_handle_destroy,
	.create_virtual_pointer_with_output = handle_create_virtual_pointer_with_output,
};

bool virtual_pointer_create(struct server *server)
{
	return wire_global(
		server, &zwlr_virtual_pointer_manager_v1_interface, 2, &manager_impl, NULL);
}
