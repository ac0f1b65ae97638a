// SPDX-License-Identifier: MIT
// Touchpad gestures: sent to the surface that had pointer focus at the beginning. Resources that
// got begin have the gesture as user data; only those get update and end.
#include <math.h>
#include "compositor/base/geom.h"
#include "compositor/client/backlog.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "pointer-gestures-unstable-v1-protocol.h"

static struct seat *seat_of(struct gesture *gesture)
{
	return wl_container_of(gesture, (struct seat *)NULL, gesture);
}

static struct seat_client *client_of(struct gesture *gesture, const struct surface *surface)
{
	return surface
		? seat_client_find(seat_of(gesture), wl_resource_get_client(surface->resource))
		: NULL;
}

static void send_begin(
	struct gesture *gesture, struct surface *surface, uint32_t time_ms, unsigned fingers)
{
	struct seat *seat = seat_of(gesture);
	struct seat_client *client = client_of(gesture, surface);
	uint32_t serial = seat_serial(seat, client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->gestures[gesture->kind]) {
		wl_resource_set_user_data(resource, gesture);
		if (gesture->kind == INPUT_GESTURE_SWIPE)
			zwp_pointer_gesture_swipe_v1_send_begin(
				resource, serial, time_ms, surface->resource, fingers);
		else if (gesture->kind == INPUT_GESTURE_PINCH)
			zwp_pointer_gesture_pinch_v1_send_begin(
				resource, serial, time_ms, surface->resource, fingers);
		else
			zwp_pointer_gesture_hold_v1_send_begin(
				resource, serial, time_ms, surface->resource, fingers);
	}
}

static void send_update(struct gesture *gesture)
{
	struct seat_client *client = client_of(gesture, gesture->surface.target);
	if (!gesture->merged.waiting || !client)
		return;
	gesture->merged.waiting = false;
	uint32_t time_ms = gesture->merged.time_ms;
	wl_fixed_t dx = fixed_from_double(gesture->merged.dx),
		   dy = fixed_from_double(gesture->merged.dy);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->gestures[gesture->kind]) {
		if (!wl_resource_get_user_data(resource))
			continue;
		if (gesture->kind == INPUT_GESTURE_SWIPE)
			zwp_pointer_gesture_swipe_v1_send_update(resource, time_ms, dx, dy);
		else if (gesture->kind == INPUT_GESTURE_PINCH)
			zwp_pointer_gesture_pinch_v1_send_update(resource, time_ms, dx, dy,
				fixed_from_double(gesture->merged.scale),
				fixed_from_double(gesture->merged.rotation));
	}
}

static void send_end(struct gesture *gesture, uint32_t time_ms, bool cancelled)
{
	struct seat_client *client = client_of(gesture, gesture->surface.target);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat_of(gesture), client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->gestures[gesture->kind]) {
		if (!wl_resource_get_user_data(resource))
			continue;
		wl_resource_set_user_data(resource, NULL);
		if (gesture->kind == INPUT_GESTURE_SWIPE)
			zwp_pointer_gesture_swipe_v1_send_end(resource, serial, time_ms, cancelled);
		else if (gesture->kind == INPUT_GESTURE_PINCH)
			zwp_pointer_gesture_pinch_v1_send_end(resource, serial, time_ms, cancelled);
		else
			zwp_pointer_gesture_hold_v1_send_end(resource, serial, time_ms, cancelled);
	}
}

static void gesture_end(struct gesture *gesture, uint32_t time_ms, bool cancelled)
{
	if (!gesture->active)
		return;
	if (!cancelled)
		send_update(gesture);
	send_end(gesture, time_ms, cancelled);
	gesture->active = false;
	gesture->merged.waiting = false;
	weak_clear(&gesture->surface);
	wl_list_remove(&gesture->surface_destroyed.link);
	wl_list_init(&gesture->surface_destroyed.link);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct gesture *gesture = wl_container_of(listener, gesture, surface_destroyed);
	gesture_end(gesture, clock_now_ms(seat_of(gesture)->server->clock), true);
}

static void gesture_begin(
	struct gesture *gesture, const struct input_event *event, uint32_t time_ms)
{
	struct surface *surface = pointer_focus(seat_of(gesture));
	gesture_end(gesture, time_ms, true); // only one gesture at a time
	if (!client_of(gesture, surface))
		return;
	gesture->active = true;
	gesture->kind = event->gesture.kind;
	gesture->merged.dx = gesture->merged.dy = gesture->merged.rotation = 0;
	// In this order the weak pointer is still set when the listener is called.
	gesture->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &gesture->surface_destroyed);
	weak_set(&gesture->surface, surface, &surface->events.destroyed);
	send_begin(gesture, surface, time_ms, event->gesture.fingers);
}

static void on_drained(struct wl_client *wl_client, void *data)
{
	struct gesture *gesture = data;
	struct seat_client *client = client_of(gesture, gesture->surface.target);
	if (client && client->client == wl_client)
		send_update(gesture);
}

static void gesture_update(
	struct gesture *gesture, const struct input_event *event, uint32_t time_ms)
{
	struct seat_client *client = client_of(gesture, gesture->surface.target);
	double dx = event->gesture.dx, dy = event->gesture.dy;
	double scale = event->gesture.scale, rotation = event->gesture.rotation;
	if (!gesture->active || event->gesture.kind != gesture->kind || !client || !isfinite(dx) ||
		!isfinite(dy) || !isfinite(scale) || !isfinite(rotation))
		return;
	bool waited = gesture->merged.waiting;
	gesture->merged.waiting = true;
	gesture->merged.time_ms = time_ms;
	gesture->merged.dx = dx + (waited ? gesture->merged.dx : 0);
	gesture->merged.dy = dy + (waited ? gesture->merged.dy : 0);
	gesture->merged.rotation = rotation + (waited ? gesture->merged.rotation : 0);
	gesture->merged.scale = scale;
	if (!backlog_late(client->client))
		send_update(gesture);
	else if (!waited)
		backlog_when_drained(client->client, on_drained, gesture);
}

void gesture_input(struct seat *seat, const struct input_event *event)
{
	struct gesture *gesture = &seat->gesture;
	uint32_t time_ms = (uint32_t)(event->time_us / 1000);
	if (event->gesture.kind >= INPUT_GESTURE_COUNT)
		return;
	if (event->type == INPUT_GESTURE_BEGIN)
		gesture_begin(gesture, event, time_ms);
	else if (event->type == INPUT_GESTURE_UPDATE)
		gesture_update(gesture, event, time_ms);
	else if (event->gesture.kind == gesture->kind)
		gesture_end(gesture, time_ms, event->gesture.cancelled);
}

void gesture_cancel(struct seat *seat)
{
	gesture_end(&seat->gesture, clock_now_ms(seat->server->clock), true);
}

void gesture_init(struct seat *seat)
{
	wl_list_init(&seat->gesture.surface_destroyed.link);
}

void gesture_finish(struct seat *seat)
{
	weak_clear(&seat->gesture.surface);
	wl_list_remove(&seat->gesture.surface_destroyed.link);
}
