// SPDX-License-Identifier: MIT
#include "tests/proto/drag_rig.h"
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"

// Pointer and touch

static void on_pointer_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	((struct drag_peer *)data)->pointer_enters++;
}

static void on_pointer_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	((struct drag_peer *)data)->pointer_leaves++;
}

static void on_pointer_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_pointer_button(void *data, struct wl_pointer *pointer, uint32_t serial,
	uint32_t time, uint32_t button, uint32_t state)
{
	if (state)
		((struct drag_peer *)data)->press = serial;
}

static void on_pointer_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_pointer_enter,
	.leave = on_pointer_leave,
	.motion = on_pointer_motion,
	.button = on_pointer_button,
	.axis = on_pointer_axis,
};

static void on_down(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time,
	struct wl_surface *surface, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	((struct drag_peer *)data)->touch_down = serial;
}

static void on_up(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time, int32_t id)
{
	((struct drag_peer *)data)->touch_ups++;
}

static void on_touch_motion(
	void *data, struct wl_touch *touch, uint32_t time, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	test_fail(__FILE__, __LINE__, "motion of a point that drags");
}

static void on_touch_other(void *data, struct wl_touch *touch)
{
}

static const struct wl_touch_listener touch_listener = {
	.down = on_down,
	.up = on_up,
	.motion = on_touch_motion,
	.frame = on_touch_other,
	.cancel = on_touch_other,
};

// Events of the target

static void on_type(void *data, struct wl_data_offer *offer, const char *mime)
{
}

static void on_source_actions(void *data, struct wl_data_offer *offer, uint32_t actions)
{
	((struct drag_peer *)data)->source_actions = actions;
}

static void on_offer_action(void *data, struct wl_data_offer *offer, uint32_t action)
{
	((struct drag_peer *)data)->action = action;
}

static const struct wl_data_offer_listener offer_listener = {
	.offer = on_type,
	.source_actions = on_source_actions,
	.action = on_offer_action,
};

static void on_data_offer(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	wl_data_offer_add_listener(offer, &offer_listener, data);
}

static void on_enter(void *data, struct wl_data_device *device, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y, struct wl_data_offer *offer)
{
	struct drag_peer *peer = data;
	peer->enters++;
	peer->entered_serial = serial;
	peer->x = wl_fixed_to_double(x);
	peer->y = wl_fixed_to_double(y);
	if (peer->offer)
		wl_data_offer_destroy(peer->offer);
	peer->offer = offer;
}

static void on_leave(void *data, struct wl_data_device *device)
{
	((struct drag_peer *)data)->leaves++;
}

static void on_motion(
	void *data, struct wl_data_device *device, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	struct drag_peer *peer = data;
	peer->motions++;
	peer->x = wl_fixed_to_double(x);
	peer->y = wl_fixed_to_double(y);
}

static void on_drop(void *data, struct wl_data_device *device)
{
	((struct drag_peer *)data)->drops++;
}

static void on_selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
}

static const struct wl_data_device_listener device_listener = {
	.data_offer = on_data_offer,
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.drop = on_drop,
	.selection = on_selection,
};

// Events of the source

static void on_target(void *data, struct wl_data_source *source, const char *mime)
{
	struct drag_peer *peer = data;
	snprintf(peer->target, sizeof(peer->target), "%s", mime ? mime : "none");
}

static void on_send(void *data, struct wl_data_source *source, const char *mime, int32_t fd)
{
	check(write(fd, "dragged", 7) == 7);
	close(fd);
}

static void on_cancelled(void *data, struct wl_data_source *source)
{
	((struct drag_peer *)data)->cancelled++;
}

static void on_performed(void *data, struct wl_data_source *source)
{
	((struct drag_peer *)data)->performed++;
}

static void on_finished(void *data, struct wl_data_source *source)
{
	((struct drag_peer *)data)->finished++;
}

static void on_action(void *data, struct wl_data_source *source, uint32_t action)
{
	((struct drag_peer *)data)->source_action = action;
}

static const struct wl_data_source_listener source_listener = {
	.target = on_target,
	.send = on_send,
	.cancelled = on_cancelled,
	.dnd_drop_performed = on_performed,
	.dnd_finished = on_finished,
	.action = on_action,
};

void drag_peer_listen(struct drag_peer *peer, struct wl_data_device *device)
{
	peer->device = device;
	wl_data_device_add_listener(device, &device_listener, peer);
}

static struct drag_peer *drag_peer_create(struct fixture *fixture, int x, int y, uint32_t version)
{
	struct drag_peer *peer = xcalloc(1, sizeof(*peer));
	struct client *client = peer->client = client_create(fixture);
	// Version 1 keeps the pointer and touch listeners short.
	wl_proxy_destroy((struct wl_proxy *)client->seat);
	client->seat = client_bind(client, &wl_seat_interface, 1);
	peer->pointer = wl_seat_get_pointer(client->seat);
	wl_pointer_add_listener(peer->pointer, &pointer_listener, peer);
	peer->touch = wl_seat_get_touch(client->seat);
	wl_touch_add_listener(peer->touch, &touch_listener, peer);
	peer->manager = client_bind(client, &wl_data_device_manager_interface, version);
	drag_peer_listen(peer, wl_data_device_manager_get_data_device(peer->manager, client->seat));
	peer->window = client_window_create(client, 200, 100, 0xff336699);
	struct surface *surface = client_surface(peer->window->surface, client);
	int at_x, at_y;
	check(node_position(surface->node, &at_x, &at_y));
	struct window *window = peer->window->window;
	window_move(window, x, y);
	fixture_frames(fixture, 2);
	check(node_position(surface->node, &at_x, &at_y));
	check_eq(at_x, x);
	check_eq(at_y, y);
	return peer;
}

static void destroy_proxy(void *proxy)
{
	if (proxy)
		wl_proxy_destroy(proxy);
}

void drag_peer_destroy(struct drag_peer *peer)
{
	if (!peer)
		return;
	destroy_proxy(peer->offer);
	destroy_proxy(peer->source);
	destroy_proxy(peer->device);
	destroy_proxy(peer->manager);
	destroy_proxy(peer->pointer);
	destroy_proxy(peer->touch);
	if (peer->window)
		client_window_destroy(peer->window);
	client_destroy(peer->client);
	free(peer);
}

void drag_rig_init_version(struct drag_rig *rig, uint32_t target_version)
{
	rig->fixture = fixture_create(NULL);
	rig->from = drag_peer_create(rig->fixture, 100, 100, 3);
	rig->to = drag_peer_create(rig->fixture, 600, 100, target_version);
}

void drag_rig_init(struct drag_rig *rig)
{
	drag_rig_init_version(rig, 3);
}

void drag_rig_finish(struct drag_rig *rig)
{
	if (rig->from && !rig->from->failed)
		check_no_error(rig->from->client);
	if (rig->to && !rig->to->failed)
		check_no_error(rig->to->client);
	drag_peer_destroy(rig->from);
	drag_peer_destroy(rig->to);
	fixture_destroy(rig->fixture);
}

void drag_peer_check_error(struct drag_peer *peer, const char *interface, int code)
{
	check_client_error(peer->client, interface, code);
	peer->failed = true;
}

void drag_peer_create_source(struct drag_peer *peer, uint32_t actions)
{
	peer->source = wl_data_device_manager_create_data_source(peer->manager);
	wl_data_source_add_listener(peer->source, &source_listener, peer);
	wl_data_source_offer(peer->source, "text/plain");
	if (actions)
		wl_data_source_set_actions(peer->source, actions);
}

void drag_rig_press(struct drag_rig *rig)
{
	fixture_move(rig->fixture, 150, 150);
	fixture_button(rig->fixture, BTN_LEFT, true);
	check(rig->from->press != 0);
}

void drag_rig_start(struct drag_rig *rig, uint32_t actions, struct wl_surface *icon)
{
	struct drag_peer *from = rig->from;
	drag_rig_press(rig);
	drag_peer_create_source(from, actions);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, icon, from->press);
	fixture_pump(rig->fixture);
	check(rig->fixture->server->seat->drag != NULL);
}

void drag_rig_enter_target(struct drag_rig *rig, uint32_t actions, uint32_t preferred)
{
	struct drag_peer *to = rig->to;
	fixture_move(rig->fixture, 610, 120);
	check_eq(to->enters, 1);
	check(to->offer != NULL);
	wl_data_offer_accept(to->offer, to->entered_serial, "text/plain");
	if (actions)
		wl_data_offer_set_actions(to->offer, actions, preferred);
	fixture_pump(rig->fixture);
}

void drag_rig_release(struct drag_rig *rig)
{
	fixture_button(rig->fixture, BTN_LEFT, false);
	check(rig->fixture->server->seat->drag == NULL);
}

void drag_rig_check_data(struct drag_rig *rig, const char *text)
{
	int ends[2];
	char got[64] = {0};
	check(pipe(ends) == 0);
	wl_data_offer_receive(rig->to->offer, "text/plain", ends[1]);
	wl_display_flush(rig->to->client->display);
	close(ends[1]);
	fixture_pump(rig->fixture);
	check(read(ends[0], got, sizeof(got) - 1) >= 0);
	check_str(got, text);
	close(ends[0]);
}
