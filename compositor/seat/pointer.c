// SPDX-License-Identifier: MIT
// The pointer: position, focus, and the events of wl_pointer, merged under back-pressure.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/geom.h"
#include "compositor/client/backlog.h"
#include "compositor/output/output.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat_private.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "relative-pointer-unstable-v1-protocol.h"
#include "wayland-protocol.h"

// One notch of a wheel, in units of value120.
#define NOTCH 120

struct surface *pointer_focus(struct seat *seat)
{
	return seat->pointer.focus.target;
}

// The focused client's record, or NULL.
static struct seat_client *focus_client(struct seat *seat)
{
	struct surface *surface = pointer_focus(seat);
	return surface ? seat_client_find(seat, wl_resource_get_client(surface->resource)) : NULL;
}

void pointer_place(struct seat *seat, double x, double y)
{
	struct pointer *pointer = &seat->pointer;
	struct constraint *constraint = pointer->constraint;
	if (constraint && !constraint->lock)
		constraint_clamp(seat, constraint, &x, &y);
	if (!output_at(seat->server, x, y)) {
		struct output *output = output_nearest(seat->server, x, y);
		if (output)
			box_closest(&output->box, x, y, &x, &y);
	}
	pointer->x = x;
	pointer->y = y;
	pointer->used = true;
	// Before a change of focus changes the image, so that no plane shows it at the old
	// position.
	cursor_set_position(seat->cursor, x, y);
}

static void send_leave(struct seat_client *client, struct surface *surface)
{
	client->pointer.waiting = false;
	uint32_t serial = seat_serial(client->seat, client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->pointers) {
		wl_pointer_send_leave(resource, serial, surface->resource);
		if (wl_resource_get_version(resource) >= WL_POINTER_FRAME_SINCE_VERSION)
			wl_pointer_send_frame(resource);
	}
}

static void send_enter(struct seat *seat, struct wl_resource *resource, struct surface *surface)
{
	wl_pointer_send_enter(resource, seat->pointer.enter_serial, surface->resource,
		fixed_from_double(seat->pointer.sx), fixed_from_double(seat->pointer.sy));
	if (wl_resource_get_version(resource) >= WL_POINTER_FRAME_SINCE_VERSION)
		wl_pointer_send_frame(resource);
}

void pointer_bind(struct seat *seat, struct wl_resource *resource)
{
	struct surface *surface = pointer_focus(seat);
	struct wl_client *client = wl_resource_get_client(resource);
	if (!surface || wl_resource_get_client(surface->resource) != client)
		return;
	// The pointer may have entered before the client bound the seat.
	seat_serial_keep(seat, client, seat->pointer.enter_serial, SERIAL_ENTER);
	send_enter(seat, resource, surface);
}

void pointer_set_focus(struct seat *seat, struct surface *surface, double sx, double sy)
{
	struct pointer *pointer = &seat->pointer;
	struct surface *old = pointer_focus(seat);
	if (surface && !scene_reaches(surface->node))
		surface = NULL;
	pointer->sx = sx;
	pointer->sy = sy;
	if (old == surface)
		return;
	pointer_send_frame(seat);
	struct seat_client *client = focus_client(seat);
	if (client)
		send_leave(client, old);
	weak_set(&pointer->focus, surface, surface ? &surface->events.destroyed : NULL);
	cursor_focus_changed(seat->cursor);
	if (surface) {
		pointer->enter_serial =
			seat_serial(seat, wl_resource_get_client(surface->resource), SERIAL_ENTER);
		client = focus_client(seat);
		struct wl_resource *resource;
		if (client)
			wl_resource_for_each(resource, &client->pointers)
				send_enter(seat, resource, surface);
	}
	wl_signal_emit_mutable(&seat->events.pointer_focus, seat);
}

// The implicit grab: a pressed button that was sent keeps the focus where it is.
static bool holds_focus(struct seat *seat, struct surface *focus, int *x, int *y)
{
	const struct pointer *pointer = &seat->pointer;
	return focus && pointer->n_buttons > pointer->n_swallowed &&
		node_position(focus->node, x, y);
}

bool pointer_refocus(struct seat *seat)
{
	struct pointer *pointer = &seat->pointer;
	double sx = 0, sy = 0;
	int x, y;
	struct surface *focus = pointer_focus(seat);
	if (holds_focus(seat, focus, &x, &y)) {
		sx = pointer->x - x;
		sy = pointer->y - y;
		bool moved = pointer->sx != sx || pointer->sy != sy;
		pointer_set_focus(seat, focus, sx, sy);
		return moved;
	}
	struct node *node = pointer->used && !tablets_surface(seat->tablets)
		? scene_at(seat->server->scene, pointer->x, pointer->y, &sx, &sy)
		: NULL;
	weak_set(&pointer->focus_node, node, node ? &node->destroyed : NULL);
	struct surface *surface = node ? node->surface : NULL;
	bool moved = surface && surface == focus && (pointer->sx != sx || pointer->sy != sy);
	pointer_set_focus(seat, surface, sx, sy);
	struct shell *shell = seat->server->shell;
	if (shell && shell->impl->hover)
		shell->impl->hover(shell, node && !surface ? node : NULL, sx, sy);
	return moved;
}

static void send_merged_motion(struct seat_client *client)
{
	if (!client->pointer.waiting)
		return;
	client->pointer.waiting = false;
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->pointers)
		wl_pointer_send_motion(resource, client->pointer.time_ms,
			fixed_from_double(client->pointer.x), fixed_from_double(client->pointer.y));
}

static void on_drained(struct wl_client *wl_client, void *data)
{
	struct seat *seat = data;
	struct seat_client *client = wl_client ? seat_client_find(seat, wl_client) : NULL;
	if (!client || !client->pointer.waiting)
		return;
	send_merged_motion(client);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->pointers) {
		if (wl_resource_get_version(resource) >= WL_POINTER_FRAME_SINCE_VERSION)
			wl_pointer_send_frame(resource);
	}
}

static bool is_swallowed(const struct pointer *pointer, uint32_t code)
{
	for (unsigned i = 0; i < pointer->n_swallowed; i++)
		if (pointer->swallowed[i] == code)
			return true;
	return false;
}

void pointer_swallow_buttons(struct seat *seat)
{
	struct pointer *pointer = &seat->pointer;
	for (unsigned i = 0; i < pointer->n_buttons; i++)
		if (!is_swallowed(pointer, pointer->buttons[i]) &&
			pointer->n_swallowed < array_length(pointer->swallowed))
			pointer->swallowed[pointer->n_swallowed++] = pointer->buttons[i];
}

void pointer_client_gone(struct seat_client *client)
{
	backlog_forget(client->client, client->seat);
}

void pointer_send_motion(struct seat *seat, uint32_t time_ms)
{
	struct pointer *pointer = &seat->pointer;
	struct surface *surface = pointer_focus(seat);
	struct seat_client *client = focus_client(seat);
	if (!client || wl_list_empty(&client->pointers))
		return;
	int x, y;
	node_position(surface->node, &x, &y);
	pointer->sx = pointer->x - x;
	pointer->sy = pointer->y - y;
	bool waited = client->pointer.waiting;
	client->pointer.waiting = true;
	client->pointer.x = pointer->sx;
	client->pointer.y = pointer->sy;
	client->pointer.time_ms = time_ms;
	if (backlog_late(client->client)) {
		if (!waited)
			backlog_when_drained(client->client, on_drained, seat);
		return;
	}
	send_merged_motion(client);
	pointer->frame_pending = true;
}

uint32_t pointer_send_button(struct seat *seat, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct pointer *pointer = &seat->pointer;
	struct seat_client *client = focus_client(seat);
	if (pressed && pointer->n_buttons <= 1)
		pointer->press_serial = 0;
	if (!client)
		return 0;
	send_merged_motion(client);
	uint32_t serial = seat_serial(seat, client->client, pressed ? SERIAL_BUTTON : SERIAL_OTHER);
	if (pressed && pointer->n_buttons <= 1)
		pointer->press_serial = serial;
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->pointers)
		wl_pointer_send_button(resource, serial, time_ms, code, pressed);
	pointer->frame_pending = true;
	return serial;
}

static void send_axis(struct seat_client *client, struct wl_resource *resource,
	const struct input_event *event, int notches)
{
	int version = wl_resource_get_version(resource);
	uint32_t axis = event->axis.horizontal ? WL_POINTER_AXIS_HORIZONTAL_SCROLL
					       : WL_POINTER_AXIS_VERTICAL_SCROLL;
	uint32_t time_ms = (uint32_t)(event->time_us / 1000);
	int source = event->axis.source;
	// wheel_tilt needs version 6.
	if (source >= 0 && version >= (source == INPUT_AXIS_WHEEL_TILT ? 6 : 5))
		wl_pointer_send_axis_source(resource, (uint32_t)source);
	if (event->axis.delta == 0 && !event->axis.value120) {
		if (version >= WL_POINTER_AXIS_STOP_SINCE_VERSION)
			wl_pointer_send_axis_stop(resource, time_ms, axis);
		return;
	}
	if (event->axis.value120) {
		if (version >= WL_POINTER_AXIS_VALUE120_SINCE_VERSION)
			wl_pointer_send_axis_value120(resource, axis, event->axis.value120);
		else if (version >= WL_POINTER_AXIS_DISCRETE_SINCE_VERSION && notches)
			wl_pointer_send_axis_discrete(resource, axis, notches);
	}
	if (version >= WL_POINTER_AXIS_RELATIVE_DIRECTION_SINCE_VERSION)
		wl_pointer_send_axis_relative_direction(resource, axis,
			event->axis.inverted ? WL_POINTER_AXIS_RELATIVE_DIRECTION_INVERTED
					     : WL_POINTER_AXIS_RELATIVE_DIRECTION_IDENTICAL);
	wl_pointer_send_axis(resource, time_ms, axis, fixed_from_double(event->axis.delta));
}

void pointer_send_axis(struct seat *seat, const struct input_event *event)
{
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	send_merged_motion(client);
	// For clients older than version 8, fractions of a notch add up to whole ones.
	int *parts = &client->pointer.value120[event->axis.horizontal];
	*parts += event->axis.value120;
	int notches = *parts / NOTCH;
	*parts -= notches * NOTCH;
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->pointers)
		send_axis(client, resource, event, notches);
	seat->pointer.frame_pending = true;
}

void pointer_send_frame(struct seat *seat)
{
	if (!seat->pointer.frame_pending)
		return;
	seat->pointer.frame_pending = false;
	struct seat_client *client = focus_client(seat);
	struct wl_resource *resource;
	if (client)
		wl_resource_for_each(resource, &client->pointers) {
			if (wl_resource_get_version(resource) >= WL_POINTER_FRAME_SINCE_VERSION)
				wl_pointer_send_frame(resource);
		}
}

void pointer_send_relative(struct seat *seat, const struct input_event *event)
{
	struct seat_client *client = focus_client(seat);
	if (!client || wl_list_empty(&client->relative_pointers) || backlog_late(client->client))
		return;
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->relative_pointers)
		zwp_relative_pointer_v1_send_relative_motion(resource,
			(uint32_t)(event->time_us >> 32), (uint32_t)event->time_us,
			fixed_from_double(event->motion.dx), fixed_from_double(event->motion.dy),
			fixed_from_double(event->motion.dx_raw),
			fixed_from_double(event->motion.dy_raw));
	seat->pointer.frame_pending = true;
}

// In pixels of the screen, before the output's transform.
static void warp_host(struct seat *seat)
{
	const struct pointer *pointer = &seat->pointer;
	struct backend *backend = seat->server->backend;
	const struct output *output = output_at(seat->server, pointer->x, pointer->y);
	if (!backend->impl->warp_pointer || !output)
		return;
	int width, height;
	output_size_upright(output, &width, &height);
	double x = (pointer->x - output->box.x) * output->scale,
	       y = (pointer->y - output->box.y) * output->scale;
	point_transform(&x, &y, output->transform, width, height);
	backend->impl->warp_pointer(backend, output->screen, x, y);
}

void pointer_warp(struct seat *seat, double x, double y)
{
	if (!isfinite(x) || !isfinite(y))
		return;
	const struct pointer *pointer = &seat->pointer;
	double old_x = pointer->x, old_y = pointer->y;
	pointer_place(seat, x, y);
	constraint_update_host(seat); // the host can move a free pointer only
	if (pointer->x != old_x || pointer->y != old_y)
		warp_host(seat);
	seat_refocus(seat);
	cursor_update(seat->cursor);
	wl_signal_emit_mutable(&seat->events.moved, seat);
}
