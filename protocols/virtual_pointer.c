// SPDX-License-Identifier: MIT
// zwlr_virtual_pointer_manager_v1: pointers that clients drive. Events are queued until the frame
// request, so that other clients get them as one frame.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wayland-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-protocol.h"

// Events per frame; more are sent before the frame request.
#define MAX_QUEUED 128

struct virtual_pointer {
	struct server *server;
	struct input_device device;
	char *output_name; // owned
	struct input_event events[MAX_QUEUED];
	size_t n_events;
	uint32_t pressed[POINTER_BUTTONS];
	unsigned n_pressed;
	int axis_source;  // of this frame
	int scrolling[2]; // vertical, horizontal: source of a sequence that axis_stop has to end
};

// False: the button is not to be sent. A press that is not remembered would never be released.
static bool track_button(struct virtual_pointer *pointer, uint32_t code, bool pressed)
{
	for (unsigned i = 0; i < pointer->n_pressed; i++) {
		if (pointer->pressed[i] != code)
			continue;
		if (!pressed)
			pointer->pressed[i] = pointer->pressed[--pointer->n_pressed];
		return !pressed;
	}
	if (pressed && pointer->n_pressed < array_length(pointer->pressed)) {
		pointer->pressed[pointer->n_pressed++] = code;
		return true;
	}
	return false;
}

static void track_axis(struct virtual_pointer *pointer, const struct input_event *event)
{
	bool stops = event->axis.delta == 0 && !event->axis.value120;
	bool needs_stop = event->axis.source == INPUT_AXIS_FINGER ||
		event->axis.source == INPUT_AXIS_CONTINUOUS;
	pointer->scrolling[event->axis.horizontal] =
		needs_stop && !stops ? event->axis.source : INPUT_AXIS_SOURCE_NONE;
}

static void send_queued(struct virtual_pointer *pointer)
{
	struct seat *seat = pointer->server->seat;
	uint64_t time_us = clock_now_ns(pointer->server->clock) / NSEC_PER_USEC;
	size_t count = pointer->n_events;
	pointer->n_events = 0;
	for (size_t i = 0; i < count && seat; i++) {
		struct input_event *event = &pointer->events[i];
		event->device = &pointer->device;
		event->time_us = time_us;
		// axis_source may follow the axis request that it belongs to.
		if (event->type == INPUT_AXIS && event->axis.source == INPUT_AXIS_SOURCE_NONE)
			event->axis.source = pointer->axis_source;
		if (event->type == INPUT_AXIS)
			track_axis(pointer, event);
		if (event->type != INPUT_BUTTON ||
			track_button(pointer, event->button.code, event->button.pressed))
			seat_input(seat, event);
	}
	pointer->axis_source = INPUT_AXIS_SOURCE_NONE;
	const struct input_event frame = {
		.type = INPUT_POINTER_FRAME, .device = &pointer->device, .time_us = time_us};
	if (count && seat)
		seat_input(seat, &frame);
}

static struct input_event *queue_event(struct wl_resource *resource, enum input_event_type type)
{
	struct virtual_pointer *pointer = wl_resource_get_user_data(resource);
	if (pointer->n_events == MAX_QUEUED)
		send_queued(pointer);
	struct input_event *event = &pointer->events[pointer->n_events++];
	*event = (struct input_event){.type = type};
	return event;
}

static void handle_motion(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	wl_fixed_t dx, wl_fixed_t dy)
{
	struct input_event *event = queue_event(resource, INPUT_MOTION);
	event->motion.dx = event->motion.dx_raw = wl_fixed_to_double(dx);
	event->motion.dy = event->motion.dy_raw = wl_fixed_to_double(dy);
}

static void handle_motion_absolute(struct wl_client *client, struct wl_resource *resource,
	uint32_t time, uint32_t x, uint32_t y, uint32_t x_extent, uint32_t y_extent)
{
	if (!x_extent || !y_extent)
		return;
	struct input_event *event = queue_event(resource, INPUT_MOTION_ABSOLUTE);
	event->absolute.x = (double)x / x_extent;
	event->absolute.y = (double)y / y_extent;
}

static void handle_button(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	uint32_t button, uint32_t state)
{
	struct input_event *event = queue_event(resource, INPUT_BUTTON);
	event->button.code = button;
	event->button.pressed = state == WL_POINTER_BUTTON_STATE_PRESSED;
}

static struct input_event *queue_axis(struct wl_resource *resource, uint32_t axis)
{
	if (axis > WL_POINTER_AXIS_HORIZONTAL_SCROLL) {
		wl_resource_post_error(resource, ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS,
			"invalid axis %u", axis);
		return NULL;
	}
	struct input_event *event = queue_event(resource, INPUT_AXIS);
	event->axis.horizontal = axis == WL_POINTER_AXIS_HORIZONTAL_SCROLL;
	event->axis.source = INPUT_AXIS_SOURCE_NONE;
	return event;
}

static void handle_axis(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	uint32_t axis, wl_fixed_t value)
{
	struct input_event *event = queue_axis(resource, axis);
	if (event)
		event->axis.delta = wl_fixed_to_double(value);
}

static void handle_axis_source(
	struct wl_client *client, struct wl_resource *resource, uint32_t source)
{
	struct virtual_pointer *pointer = wl_resource_get_user_data(resource);
	if (source > WL_POINTER_AXIS_SOURCE_WHEEL_TILT) {
		wl_resource_post_error(resource, ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS_SOURCE,
			"invalid axis source %u", source);
		return;
	}
	pointer->axis_source = (int)source;
}

static void handle_axis_stop(
	struct wl_client *client, struct wl_resource *resource, uint32_t time, uint32_t axis)
{
	queue_axis(resource, axis);
}

static void handle_axis_discrete(struct wl_client *client, struct wl_resource *resource,
	uint32_t time, uint32_t axis, wl_fixed_t value, int32_t discrete)
{
	struct input_event *event = queue_axis(resource, axis);
	if (!event)
		return;
	event->axis.delta = wl_fixed_to_double(value);
	event->axis.value120 = CLAMP(discrete, -10000, 10000) * 120;
}

static void handle_frame(struct wl_client *client, struct wl_resource *resource)
{
	send_queued(wl_resource_get_user_data(resource));
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
	pointer->n_events = 0; // events without a frame are dropped
	for (unsigned i = 0; i < pointer->n_pressed; i++) {
		struct input_event *event = &pointer->events[pointer->n_events++];
		*event = (struct input_event){
			.type = INPUT_BUTTON, .button = {pointer->pressed[i], false}};
	}
	for (unsigned i = 0; i < array_length(pointer->scrolling); i++) {
		if (pointer->scrolling[i] == INPUT_AXIS_SOURCE_NONE)
			continue;
		struct input_event *event = &pointer->events[pointer->n_events++];
		*event = (struct input_event){.type = INPUT_AXIS,
			.axis = {.horizontal = i == 1, .source = pointer->scrolling[i]}};
	}
	send_queued(pointer);
	free(pointer->output_name);
	free(pointer);
}

static void create_pointer(
	struct wl_resource *manager, struct wl_resource *output_resource, uint32_t id)
{
	struct virtual_pointer *pointer = xcalloc(1, sizeof(*pointer));
	pointer->server = wl_resource_get_user_data(manager);
	struct output *output = output_resource ? output_from_resource(output_resource) : NULL;
	if (output)
		pointer->output_name = xstrdup(output->name);
	pointer->axis_source = INPUT_AXIS_SOURCE_NONE;
	pointer->scrolling[0] = pointer->scrolling[1] = INPUT_AXIS_SOURCE_NONE;
	pointer->device = (struct input_device){
		.type = INPUT_POINTER,
		.is_virtual = true,
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
	create_pointer(resource, NULL, id);
}

static void handle_create_virtual_pointer_with_output(struct wl_client *client,
	struct wl_resource *resource, struct wl_resource *seat, struct wl_resource *output,
	uint32_t id)
{
	create_pointer(resource, output, id);
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
