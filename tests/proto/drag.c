// SPDX-License-Identifier: MIT
// Drag and drop: who hears what, negotiation, icons, and every way it can end.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/core/backlog.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/selection.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"

#define COPY WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY
#define MOVE WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE
#define ASK WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK

struct peer {
	struct client *client;
	struct client_window *window;
	struct wl_pointer *pointer;
	struct wl_touch *touch;
	struct wl_data_device_manager *manager;
	struct wl_data_device *device;
	struct wl_data_source *source;
	struct wl_data_offer *offer;
	uint32_t press, touched, entered_serial; // serials
	int pointer_enters, pointer_leaves, touch_ups;
	int enters, leaves, motions, drops;
	double x, y;
	uint32_t source_actions, action; // told to the target
	char target[32];                 // told to the source: its type, or "none"
	uint32_t source_action;
	int performed, finished, cancelled;
};

// Pointer and touch

static void on_pointer_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	((struct peer *)data)->pointer_enters++;
}

static void on_pointer_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	((struct peer *)data)->pointer_leaves++;
}

static void on_pointer_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_pointer_button(void *data, struct wl_pointer *pointer, uint32_t serial,
	uint32_t time, uint32_t button, uint32_t state)
{
	if (state)
		((struct peer *)data)->press = serial;
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
	((struct peer *)data)->touched = serial;
}

static void on_up(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time, int32_t id)
{
	((struct peer *)data)->touch_ups++;
}

static void on_touch_motion(
	void *data, struct wl_touch *touch, uint32_t time, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	test_fail(__FILE__, __LINE__, "the point belongs to the drag");
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

// The target's side

static void on_type(void *data, struct wl_data_offer *offer, const char *mime)
{
}

static void on_source_actions(void *data, struct wl_data_offer *offer, uint32_t actions)
{
	((struct peer *)data)->source_actions = actions;
}

static void on_offer_action(void *data, struct wl_data_offer *offer, uint32_t action)
{
	((struct peer *)data)->action = action;
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
	struct peer *peer = data;
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
	((struct peer *)data)->leaves++;
}

static void on_motion(
	void *data, struct wl_data_device *device, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	struct peer *peer = data;
	peer->motions++;
	peer->x = wl_fixed_to_double(x);
	peer->y = wl_fixed_to_double(y);
}

static void on_drop(void *data, struct wl_data_device *device)
{
	((struct peer *)data)->drops++;
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

// The source's side

static void on_target(void *data, struct wl_data_source *source, const char *mime)
{
	struct peer *peer = data;
	snprintf(peer->target, sizeof(peer->target), "%s", mime ? mime : "none");
}

static void on_send(void *data, struct wl_data_source *source, const char *mime, int32_t fd)
{
	check(write(fd, "dragged", 7) == 7);
	close(fd);
}

static void on_cancelled(void *data, struct wl_data_source *source)
{
	((struct peer *)data)->cancelled++;
}

static void on_performed(void *data, struct wl_data_source *source)
{
	((struct peer *)data)->performed++;
}

static void on_finished(void *data, struct wl_data_source *source)
{
	((struct peer *)data)->finished++;
}

static void on_action(void *data, struct wl_data_source *source, uint32_t action)
{
	((struct peer *)data)->source_action = action;
}

static const struct wl_data_source_listener source_listener = {
	.target = on_target,
	.send = on_send,
	.cancelled = on_cancelled,
	.dnd_drop_performed = on_performed,
	.dnd_finished = on_finished,
	.action = on_action,
};

static struct peer *peer_create(struct fixture *fixture, int x, int y, uint32_t version)
{
	struct peer *peer = xcalloc(1, sizeof(*peer));
	struct client *client = peer->client = client_create(fixture);
	// Version 1: no frames and the like to listen to.
	wl_proxy_destroy((struct wl_proxy *)client->seat);
	client->seat = client_bind(client, &wl_seat_interface, 1);
	peer->pointer = wl_seat_get_pointer(client->seat);
	wl_pointer_add_listener(peer->pointer, &pointer_listener, peer);
	peer->touch = wl_seat_get_touch(client->seat);
	wl_touch_add_listener(peer->touch, &touch_listener, peer);
	peer->manager = client_bind(client, &wl_data_device_manager_interface, version);
	peer->device = wl_data_device_manager_get_data_device(peer->manager, client->seat);
	wl_data_device_add_listener(peer->device, &device_listener, peer);
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

static void peer_destroy(struct peer *peer)
{
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

// Two windows side by side: the source's at 100,100 and the target's at 600,100.
struct stage {
	struct fixture *fixture;
	struct peer *from, *to;
};

static struct stage stage_create(uint32_t target_version)
{
	struct stage stage = {.fixture = fixture_create(NULL)};
	stage.from = peer_create(stage.fixture, 100, 100, 3);
	stage.to = peer_create(stage.fixture, 600, 100, target_version);
	return stage;
}

static void stage_destroy(struct stage *stage)
{
	check_no_error(stage->from->client);
	check_no_error(stage->to->client);
	peer_destroy(stage->from);
	peer_destroy(stage->to);
	fixture_destroy(stage->fixture);
}

static void make_source(struct peer *peer, uint32_t actions)
{
	peer->source = wl_data_device_manager_create_data_source(peer->manager);
	wl_data_source_add_listener(peer->source, &source_listener, peer);
	wl_data_source_offer(peer->source, "text/plain");
	if (actions)
		wl_data_source_set_actions(peer->source, actions);
}

static void press(struct stage *stage)
{
	fixture_move(stage->fixture, 150, 150);
	fixture_button(stage->fixture, BTN_LEFT, true);
	check(stage->from->press != 0);
}

static void start(struct stage *stage, uint32_t actions, struct wl_surface *icon)
{
	struct peer *from = stage->from;
	press(stage);
	make_source(from, actions);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, icon, from->press);
	fixture_pump(stage->fixture);
	check(stage->fixture->server->seat->drag != NULL);
}

// Moves over the target, which accepts.
static void over_target(struct stage *stage, uint32_t actions, uint32_t preferred)
{
	struct peer *to = stage->to;
	fixture_move(stage->fixture, 610, 120);
	check_eq(to->enters, 1);
	check(to->offer != NULL);
	wl_data_offer_accept(to->offer, to->entered_serial, "text/plain");
	if (actions)
		wl_data_offer_set_actions(to->offer, actions, preferred);
	fixture_pump(stage->fixture);
}

static void release(struct stage *stage)
{
	fixture_button(stage->fixture, BTN_LEFT, false);
	check(stage->fixture->server->seat->drag == NULL);
}

static void check_data(struct stage *stage, const char *text)
{
	int ends[2];
	char got[64] = {0};
	check(pipe(ends) == 0);
	wl_data_offer_receive(stage->to->offer, "text/plain", ends[1]);
	wl_display_flush(stage->to->client->display);
	close(ends[1]);
	fixture_pump(stage->fixture);
	check(read(ends[0], got, sizeof(got) - 1) >= 0);
	check_str(got, text);
	close(ends[0]);
}

TEST(drop_with_a_negotiated_action)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from, *to = stage.to;
	start(&stage, COPY | MOVE, NULL);
	check_eq(from->pointer_leaves, 1);
	check_eq(from->enters, 1); // a source may be dropped on its own window
	check_near(from->x, 50, 0.01);
	fixture_move(stage.fixture, 151, 152);
	check_eq(from->motions, 1);
	check_near(from->y, 52, 0.01);
	over_target(&stage, COPY | MOVE, MOVE);
	check_eq(from->leaves, 1);
	check_near(to->x, 10, 0.01);
	check_eq(to->source_actions, COPY | MOVE);
	check_eq(to->action, MOVE);
	check_eq(from->source_action, MOVE);
	check_str(from->target, "text/plain");
	check_eq(to->pointer_enters, 0);
	check_data(&stage, "dragged"); // before the drop
	release(&stage);
	check_eq(to->drops, 1);
	check_eq(to->leaves, 0);
	check_eq(from->performed, 1);
	check_eq(to->pointer_enters, 1);
	check_data(&stage, "dragged");
	check_eq(from->finished, 0);
	wl_data_offer_finish(to->offer);
	fixture_pump(stage.fixture);
	check_eq(from->finished, 1);
	check_eq(from->cancelled, 0);
	check_data(&stage, "");
	stage_destroy(&stage);
}

struct ending {
	uint32_t source, target, preferred; // actions
	bool drops;
};

static const struct ending endings[] = {
	{COPY, COPY, COPY, true},
	{COPY | MOVE, COPY | MOVE, 0, true},
	{MOVE, COPY, COPY, false}, // nothing in common
	{COPY, 0, 0, false},       // the target said nothing
	{0, COPY, COPY, true},     // a source from before there were actions copies
	{ASK | COPY, ASK | COPY, ASK, true},
};

TEST_P(actions_decide, struct ending, endings)
{
	struct stage stage = stage_create(3);
	start(&stage, param->source, NULL);
	over_target(&stage, param->target, param->preferred);
	release(&stage);
	check_eq(stage.to->drops, param->drops);
	check_eq(stage.to->leaves, !param->drops);
	check_eq(stage.from->performed, param->drops);
	check_eq(stage.from->cancelled, !param->drops);
	wl_data_offer_destroy(stage.to->offer);
	stage.to->offer = NULL;
	fixture_pump(stage.fixture);
	check_eq(stage.from->cancelled, 1); // never finished
	check_eq(stage.from->finished, 0);
	stage_destroy(&stage);
}

TEST(refused_type_cancels)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	wl_data_offer_accept(stage.to->offer, stage.to->entered_serial, NULL);
	fixture_pump(stage.fixture);
	check_str(stage.from->target, "none");
	release(&stage);
	check_eq(stage.to->drops, 0);
	check_eq(stage.from->cancelled, 1);
	stage_destroy(&stage);
}

TEST(asked_action_is_told_at_the_end)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from, *to = stage.to;
	start(&stage, COPY | MOVE | ASK, NULL);
	over_target(&stage, COPY | MOVE | ASK, ASK);
	check_eq(from->source_action, ASK);
	release(&stage);
	wl_data_offer_set_actions(to->offer, MOVE, MOVE);
	fixture_pump(stage.fixture);
	check_eq(from->source_action, ASK);
	wl_data_offer_finish(to->offer);
	fixture_pump(stage.fixture);
	check_eq(from->source_action, MOVE);
	check_eq(from->finished, 1);
	stage_destroy(&stage);
}

TEST(old_targets_copy)
{
	struct stage stage = stage_create(2);
	start(&stage, COPY | MOVE, NULL);
	over_target(&stage, 0, 0);
	check_eq(stage.from->source_action, COPY);
	release(&stage);
	check_eq(stage.to->drops, 1);
	check_data(&stage, "dragged");
	wl_data_offer_destroy(stage.to->offer);
	stage.to->offer = NULL;
	fixture_pump(stage.fixture);
	check_eq(stage.from->finished, 1);
	check_eq(stage.from->cancelled, 0);
	stage_destroy(&stage);
}

TEST(finish_before_the_drop_is_an_error)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	wl_data_offer_finish(stage.to->offer);
	check_client_error(stage.to->client, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_FINISH);
	check_eq(stage.from->cancelled, 0);
	release(&stage);
	check_eq(stage.from->cancelled, 1);
	peer_destroy(stage.to);
	peer_destroy(stage.from);
	fixture_destroy(stage.fixture);
}

TEST(finish_while_asking_is_an_error)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY | ASK, NULL);
	over_target(&stage, ASK, ASK);
	release(&stage);
	wl_data_offer_finish(stage.to->offer);
	check_client_error(stage.to->client, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_FINISH);
	check_eq(stage.from->cancelled, 1);
	peer_destroy(stage.to);
	peer_destroy(stage.from);
	fixture_destroy(stage.fixture);
}

TEST(offer_of_a_drag_that_left_is_void)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	fixture_move(stage.fixture, 150, 150);
	check_eq(stage.to->leaves, 1);
	check_eq(stage.from->source_action, 0);
	check_str(stage.from->target, "none");
	check_data(&stage, "");
	wl_data_offer_accept(stage.to->offer, 1, "text/plain");
	wl_data_offer_set_actions(stage.to->offer, COPY, COPY);
	wl_data_offer_finish(stage.to->offer);
	fixture_pump(stage.fixture);
	check_str(stage.from->target, "none");
	release(&stage);
	check_eq(stage.from->cancelled, 1);
	stage_destroy(&stage);
}

TEST(serial_must_be_of_a_press_on_the_origin)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from, *to = stage.to;
	struct seat *seat = stage.fixture->server->seat;
	press(&stage);
	make_source(from, COPY);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->press + 100);
	fixture_pump(stage.fixture);
	check(seat->drag == NULL);
	check_eq(from->cancelled, 1);
	make_source(to, COPY);
	wl_data_device_start_drag(to->device, to->source, to->window->surface, NULL, from->press);
	fixture_pump(stage.fixture);
	check(seat->drag == NULL);
	release(&stage);
	wl_data_device_start_drag(from->device, NULL, from->window->surface, NULL, from->press);
	fixture_pump(stage.fixture);
	check(seat->drag == NULL); // it is released
	stage_destroy(&stage);
}

TEST(drag_without_a_source_stays_in_the_client)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from;
	press(&stage);
	wl_data_device_start_drag(from->device, NULL, from->window->surface, NULL, from->press);
	fixture_pump(stage.fixture);
	check_eq(from->enters, 1);
	check(from->offer == NULL);
	fixture_move(stage.fixture, 610, 120);
	check_eq(from->leaves, 1);
	check_eq(stage.to->enters, 0);
	fixture_move(stage.fixture, 160, 160);
	check_eq(from->enters, 2);
	release(&stage);
	check_eq(from->drops, 1);
	stage_destroy(&stage);
}

TEST(motion_waits_for_a_client_that_does_not_read)
{
	struct stage stage = stage_create(3);
	struct peer *to = stage.to;
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	backlog_freeze(to->client->server_side, true);
	for (int i = 0; i < 20; i++)
		fixture_move(stage.fixture, 620 + i, 130);
	check_eq(to->motions, 0);
	release(&stage);
	backlog_freeze(to->client->server_side, false);
	fixture_pump(stage.fixture);
	check_eq(to->motions, 1);
	check_near(to->x, 39, 0.01);
	check_eq(to->drops, 1);
	stage_destroy(&stage);
}

TEST(touch_drags)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from, *to = stage.to;
	struct seat *seat = stage.fixture->server->seat;
	fixture_touch(stage.fixture, 4, 150, 150);
	check(from->touched != 0);
	make_source(from, COPY);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->touched);
	fixture_pump(stage.fixture);
	check(seat->drag != NULL);
	struct input_event event = {
		.type = INPUT_TOUCH_MOTION, .touch = {.id = 4, .x = 620, .y = 130, .layout = true}};
	seat_input(seat, &event);
	fixture_pump(stage.fixture);
	check_eq(to->enters, 1);
	check_near(to->x, 20, 0.01);
	wl_data_offer_accept(to->offer, to->entered_serial, "text/plain");
	wl_data_offer_set_actions(to->offer, COPY, COPY);
	fixture_pump(stage.fixture);
	fixture_touch_up(stage.fixture, 4);
	check(seat->drag == NULL);
	check(wl_list_empty(&seat->touch_points));
	check_eq(from->touch_ups, 1);
	check_eq(to->drops, 1);
	wl_data_offer_finish(to->offer);
	fixture_pump(stage.fixture);
	check_eq(from->finished, 1);
	stage_destroy(&stage);
}

// Icons

TEST(icon_follows_the_pointer)
{
	struct stage stage = stage_create(3);
	struct client *client = stage.from->client;
	struct wl_surface *icon = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, 20, 20, 0xffff0000);
	start(&stage, COPY, icon);
	wl_surface_attach(icon, buffer, 0, 0);
	wl_surface_offset(icon, 5, 6);
	wl_surface_commit(icon);
	fixture_move(stage.fixture, 500, 400);
	fixture_frames(stage.fixture, 2);
	check_eq(fixture_pixel(stage.fixture, 505, 406), 0xff0000);
	check_eq(fixture_pixel(stage.fixture, 524, 425), 0xff0000);
	check(fixture_pixel(stage.fixture, 504, 406) != 0xff0000);
	struct wl_buffer *unused = client_buffer(client, 20, 20, 0xffff0000);
	wl_surface_attach(icon, NULL, 0, 0);
	wl_surface_commit(icon);
	fixture_frames(stage.fixture, 2);
	check(fixture_pixel(stage.fixture, 505, 406) != 0xff0000);
	wl_surface_attach(icon, unused, 0, 0);
	wl_surface_commit(icon);
	fixture_frames(stage.fixture, 2);
	check_eq(fixture_pixel(stage.fixture, 505, 406), 0xff0000);
	release(&stage);
	fixture_frames(stage.fixture, 2);
	check(fixture_pixel(stage.fixture, 505, 406) != 0xff0000);
	wl_surface_commit(icon);
	fixture_frames(stage.fixture, 2);
	check(fixture_pixel(stage.fixture, 505, 406) != 0xff0000);
	wl_surface_destroy(icon);
	wl_buffer_destroy(buffer);
	wl_buffer_destroy(unused);
	stage_destroy(&stage);
}

TEST(icon_may_go_first)
{
	struct stage stage = stage_create(3);
	struct wl_surface *icon = wl_compositor_create_surface(stage.from->client->compositor);
	start(&stage, COPY, icon);
	wl_surface_destroy(icon);
	fixture_move(stage.fixture, 300, 400);
	release(&stage);
	stage_destroy(&stage);
}

TEST(icon_with_another_role_is_an_error)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from;
	press(&stage);
	wl_data_device_start_drag(
		from->device, NULL, from->window->surface, from->window->surface, from->press);
	check_client_error(from->client, "wl_data_device", WL_DATA_DEVICE_ERROR_ROLE);
	peer_destroy(stage.to);
	peer_destroy(stage.from);
	fixture_destroy(stage.fixture);
}

// Ends nobody asked for

static void source_goes(struct stage *stage)
{
	wl_data_source_destroy(stage->from->source);
	stage->from->source = NULL;
	fixture_pump(stage->fixture);
	check(stage->fixture->server->seat->drag == NULL);
	check_eq(stage->to->leaves, 1);
}

static void source_client_goes(struct stage *stage)
{
	peer_destroy(stage->from);
	stage->from = NULL;
	check(stage->fixture->server->seat->drag == NULL);
	check_eq(stage->to->leaves, 1);
}

static void target_client_goes(struct stage *stage)
{
	peer_destroy(stage->to);
	stage->to = NULL;
	check(stage->fixture->server->seat->drag != NULL);
	check_str(stage->from->target, "none");
}

static void target_surface_goes(struct stage *stage)
{
	client_window_destroy(stage->to->window);
	stage->to->window = NULL;
	check_eq(stage->to->leaves, 1);
	check_str(stage->from->target, "none");
}

static void target_device_goes(struct stage *stage)
{
	wl_data_device_release(stage->to->device);
	stage->to->device = NULL;
	fixture_pump(stage->fixture);
}

static void target_offer_goes(struct stage *stage)
{
	wl_data_offer_destroy(stage->to->offer);
	stage->to->offer = NULL;
	fixture_pump(stage->fixture);
	check_str(stage->from->target, "none");
	check_eq(stage->from->source_action, 0);
}

static void origin_goes(struct stage *stage)
{
	client_window_destroy(stage->from->window);
	stage->from->window = NULL;
	check(stage->fixture->server->seat->drag != NULL);
}

static void grabs_are_taken(struct stage *stage)
{
	seat_cancel_grabs(stage->fixture->server->seat);
	fixture_pump(stage->fixture);
	check(stage->fixture->server->seat->drag == NULL);
	check_eq(stage->from->cancelled, 1);
}

static void nothing(struct stage *stage)
{
}

struct accident {
	void (*happen)(struct stage *stage);
};

static const struct accident accidents[] = {
	{source_goes},
	{source_client_goes},
	{target_client_goes},
	{target_surface_goes},
	{target_device_goes},
	{target_offer_goes},
	{origin_goes},
	{grabs_are_taken},
	{nothing},
};

static void end_stage(struct stage *stage)
{
	if (stage->from)
		check_no_error(stage->from->client);
	if (stage->to)
		check_no_error(stage->to->client);
	if (stage->from)
		peer_destroy(stage->from);
	if (stage->to)
		peer_destroy(stage->to);
	fixture_destroy(stage->fixture);
}

TEST_P(accidents_while_dragging, struct accident, accidents)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	param->happen(&stage);
	fixture_move(stage.fixture, 620, 130);
	fixture_button(stage.fixture, BTN_LEFT, false);
	check(stage.fixture->server->seat->drag == NULL);
	end_stage(&stage);
}

TEST_P(accidents_end_the_server, struct accident, accidents)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	param->happen(&stage);
	end_stage(&stage); // with the button still pressed
}

TEST(source_goes_after_the_drop)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	release(&stage);
	wl_data_source_destroy(stage.from->source);
	stage.from->source = NULL;
	fixture_pump(stage.fixture);
	check_data(&stage, "");
	wl_data_offer_finish(stage.to->offer); // too late, but no fault of the target
	stage_destroy(&stage);
}

TEST(target_goes_after_the_drop)
{
	struct stage stage = stage_create(3);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	release(&stage);
	peer_destroy(stage.to);
	stage.to = NULL;
	fixture_pump(stage.fixture);
	check_eq(stage.from->cancelled, 1);
	end_stage(&stage);
}

TEST(two_devices_of_a_client_share_a_visit)
{
	struct stage stage = stage_create(3);
	struct peer second = {0};
	second.device =
		wl_data_device_manager_get_data_device(stage.to->manager, stage.to->client->seat);
	wl_data_device_add_listener(second.device, &device_listener, &second);
	start(&stage, COPY, NULL);
	over_target(&stage, COPY, COPY);
	check_eq(second.enters, 1);
	check_eq(second.action, COPY);
	release(&stage);
	check_eq(second.drops, 1);
	wl_data_offer_destroy(second.offer); // not interested
	fixture_pump(stage.fixture);
	check_eq(stage.from->cancelled, 0);
	wl_data_offer_finish(stage.to->offer);
	fixture_pump(stage.fixture);
	check_eq(stage.from->finished, 1);
	wl_data_device_release(second.device);
	stage_destroy(&stage);
}

TEST(source_of_a_drag_serves_once)
{
	struct stage stage = stage_create(3);
	struct peer *from = stage.from;
	start(&stage, COPY, NULL);
	release(&stage);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->press);
	check_client_error(from->client, "wl_data_device", 1); // used_source
	peer_destroy(stage.to);
	peer_destroy(stage.from);
	fixture_destroy(stage.fixture);
}

// A drag that no client starts, as of scripts.
TEST(drop_from_outside)
{
	struct stage stage = stage_create(3);
	struct server *server = stage.fixture->server;
	const char *mime = "text/plain";
	struct data_source *source =
		data_source_create_static(server->loop, &mime, 1, "outside", 7);
	source->actions = COPY;
	source->has_actions = true;
	fixture_move(stage.fixture, 300, 400);
	check(drag_start(server->seat, source, NULL, NULL, server->seat->drag_sink, -1));
	over_target(&stage, COPY, COPY);
	fixture_button(stage.fixture, BTN_LEFT, true);
	check(server->seat->drag != NULL);
	release(&stage);
	check_eq(stage.to->drops, 1);
	check_data(&stage, "outside");
	wl_data_offer_finish(stage.to->offer); // frees the source
	fixture_pump(stage.fixture);
	stage_destroy(&stage);
}
