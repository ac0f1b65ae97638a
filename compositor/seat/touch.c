// SPDX-License-Identifier: MIT
// Touch: points and the events of wl_touch.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/geom.h"
#include "compositor/client/backlog.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "wayland-protocol.h"

#define MAX_POINTS 64

static struct touch_point *find_point(struct seat *seat, int32_t id)
{
	struct touch_point *point;
	wl_list_for_each(point, &seat->touch_points, link) {
		if (point->id == id)
			return point;
	}
	return NULL;
}

static struct seat_client *client_of(struct seat *seat, const struct touch_point *point)
{
	struct surface *surface = point->surface.target;
	return surface ? seat_client_find(seat, wl_resource_get_client(surface->resource)) : NULL;
}

void touch_point_free(struct touch_point *point)
{
	weak_clear(&point->surface);
	wl_list_remove(&point->surface_destroyed.link);
	wl_list_remove(&point->link);
	free(point);
}

static void send_waiting(struct seat *seat, struct touch_point *point)
{
	struct seat_client *client = client_of(seat, point);
	if (!point->waiting || !client)
		return;
	point->waiting = false;
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->touches)
		wl_touch_send_motion(resource, point->time_ms, point->id,
			fixed_from_double(point->x - point->offset_x),
			fixed_from_double(point->y - point->offset_y));
	client->touch_frame_pending = true;
}

static void on_drained(struct wl_client *wl_client, void *data)
{
	struct seat *seat = data;
	struct touch_point *point;
	wl_list_for_each(point, &seat->touch_points, link) {
		struct seat_client *client = client_of(seat, point);
		if (client && client->client == wl_client)
			send_waiting(seat, point);
	}
	touch_send_frame(seat);
}

static void send_up(struct seat *seat, struct seat_client *client, uint32_t time_ms, int32_t id)
{
	uint32_t serial = seat_serial(seat, client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->touches)
		wl_touch_send_up(resource, serial, time_ms, id);
	client->touch_frame_pending = true;
}

// Sends up, as the client would wait for it. The point itself stays until the finger lifts.
static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct touch_point *point = wl_container_of(listener, point, surface_destroyed);
	struct surface *surface = data;
	struct seat *seat = point->seat;
	wl_list_remove(&point->surface_destroyed.link);
	wl_list_init(&point->surface_destroyed.link);
	weak_clear(&point->surface);
	struct seat_client *client =
		seat_client_find(seat, wl_resource_get_client(surface->resource));
	if (!client)
		return;
	send_up(seat, client, (uint32_t)(clock_now_ns(seat->server->clock) / NSEC_PER_MSEC),
		point->id);
	touch_send_frame(seat);
}

void touch_send_down(struct seat *seat, uint32_t time_ms, int32_t id, double x, double y)
{
	double sx, sy;
	struct node *node = scene_at(seat->server->scene, x, y, &sx, &sy);
	struct surface *surface = node ? node->surface : NULL;
	if (!surface || find_point(seat, id) || wl_list_length(&seat->touch_points) >= MAX_POINTS)
		return;
	struct seat_client *client =
		seat_client_find(seat, wl_resource_get_client(surface->resource));
	if (!client)
		return;
	struct touch_point *point = xcalloc(1, sizeof(*point));
	point->id = id;
	point->seat = seat;
	point->x = x;
	point->y = y;
	point->offset_x = x - sx;
	point->offset_y = y - sy;
	point->serial = seat_serial(seat, client->client, SERIAL_TOUCH);
	weak_set(&point->surface, surface, &surface->events.destroyed);
	point->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &point->surface_destroyed);
	wl_list_insert(seat->touch_points.prev, &point->link);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->touches)
		wl_touch_send_down(resource, point->serial, time_ms, surface->resource, id,
			fixed_from_double(sx), fixed_from_double(sy));
	client->touch_frame_pending = true;
}

void touch_send_motion(struct seat *seat, uint32_t time_ms, int32_t id, double x, double y)
{
	struct touch_point *point = find_point(seat, id);
	if (!point)
		return;
	struct seat_client *client = client_of(seat, point);
	bool waited = point->waiting;
	point->x = CLAMP(x, -4194303.0, 4194303.0);
	point->y = CLAMP(y, -4194303.0, 4194303.0);
	point->time_ms = time_ms;
	point->waiting = true;
	if (!client)
		return;
	if (!backlog_late(client->client))
		send_waiting(seat, point);
	else if (!waited)
		backlog_when_drained(client->client, on_drained, seat);
}

void touch_send_up(struct seat *seat, uint32_t time_ms, int32_t id)
{
	struct touch_point *point = find_point(seat, id);
	if (!point)
		return;
	struct seat_client *client = client_of(seat, point);
	if (client) {
		send_waiting(seat, point);
		send_up(seat, client, time_ms, id);
	}
	touch_point_free(point);
}

void touch_send_cancel(struct seat *seat)
{
	struct touch_point *point, *tmp;
	struct seat_client *client;
	wl_list_for_each(client, &seat->clients, link) {
		bool concerned = false;
		wl_list_for_each(point, &seat->touch_points, link)
			concerned = concerned || client_of(seat, point) == client;
		if (!concerned)
			continue;
		struct wl_resource *resource;
		wl_resource_for_each(resource, &client->touches)
			wl_touch_send_cancel(resource);
		client->touch_frame_pending = false;
	}
	wl_list_for_each_safe(point, tmp, &seat->touch_points, link)
		touch_point_free(point);
}

void touch_send_frame(struct seat *seat)
{
	struct seat_client *client;
	wl_list_for_each(client, &seat->clients, link) {
		if (!client->touch_frame_pending)
			continue;
		client->touch_frame_pending = false;
		struct wl_resource *resource;
		wl_resource_for_each(resource, &client->touches)
			wl_touch_send_frame(resource);
	}
}

void touch_send_event(struct seat *seat, const struct input_event *event, double x, double y)
{
	uint32_t time_ms = (uint32_t)(event->time_us / 1000);
	switch (event->type) {
	case INPUT_TOUCH_DOWN:
		touch_send_down(seat, time_ms, event->touch.id, x, y);
		break;
	case INPUT_TOUCH_MOTION:
		touch_send_motion(seat, time_ms, event->touch.id, x, y);
		break;
	case INPUT_TOUCH_UP:
		touch_send_up(seat, time_ms, event->touch.id);
		break;
	case INPUT_TOUCH_CANCEL:
		touch_send_cancel(seat);
		break;
	case INPUT_TOUCH_FRAME:
		touch_send_frame(seat);
		break;
	default:
		break;
	}
}
