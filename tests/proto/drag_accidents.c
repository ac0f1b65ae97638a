// SPDX-License-Identifier: MIT
// Drag icons, and drags whose objects or clients disappear at any point.
#include <linux/input-event-codes.h>
#include "compositor/seat/seat.h"
#include "tests/harness/test.h"
#include "tests/proto/drag_rig.h"

// Icons

TEST_F(drag_rig, icon_follows_the_pointer)
{
	struct client *client = rig->from->client;
	struct wl_surface *icon = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, 20, 20, 0xffff0000);
	drag_rig_start(rig, COPY, icon);
	wl_surface_attach(icon, buffer, 0, 0);
	wl_surface_offset(icon, 5, 6);
	wl_surface_commit(icon);
	fixture_move(rig->fixture, 500, 400);
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 505, 406), 0xff0000);
	check_eq(fixture_pixel(rig->fixture, 524, 425), 0xff0000);
	check(fixture_pixel(rig->fixture, 504, 406) != 0xff0000);
	struct wl_buffer *unused = client_buffer(client, 20, 20, 0xffff0000);
	wl_surface_attach(icon, NULL, 0, 0);
	wl_surface_commit(icon);
	fixture_frames(rig->fixture, 2);
	check(fixture_pixel(rig->fixture, 505, 406) != 0xff0000);
	wl_surface_attach(icon, unused, 0, 0);
	wl_surface_commit(icon);
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 505, 406), 0xff0000);
	drag_rig_release(rig);
	fixture_frames(rig->fixture, 2);
	check(fixture_pixel(rig->fixture, 505, 406) != 0xff0000);
	wl_surface_commit(icon);
	fixture_frames(rig->fixture, 2);
	check(fixture_pixel(rig->fixture, 505, 406) != 0xff0000);
	wl_surface_destroy(icon);
	wl_buffer_destroy(buffer);
	wl_buffer_destroy(unused);
}

TEST_F(drag_rig, icon_may_go_first)
{
	struct wl_surface *icon = wl_compositor_create_surface(rig->from->client->compositor);
	drag_rig_start(rig, COPY, icon);
	wl_surface_destroy(icon);
	fixture_move(rig->fixture, 300, 400);
	drag_rig_release(rig);
}

TEST_F(drag_rig, icon_with_another_role_is_an_error)
{
	struct drag_peer *from = rig->from;
	drag_rig_press(rig);
	wl_data_device_start_drag(
		from->device, NULL, from->window->surface, from->window->surface, from->press);
	drag_peer_check_error(rig->from, "wl_data_device", WL_DATA_DEVICE_ERROR_ROLE);
}

// Accidents

static void destroy_source(struct drag_rig *rig)
{
	wl_data_source_destroy(rig->from->source);
	rig->from->source = NULL;
	fixture_pump(rig->fixture);
	check(rig->fixture->server->seat->drag == NULL);
	check_eq(rig->to->leaves, 1);
}

static void disconnect_source(struct drag_rig *rig)
{
	drag_peer_destroy(rig->from);
	rig->from = NULL;
	check(rig->fixture->server->seat->drag == NULL);
	check_eq(rig->to->leaves, 1);
}

static void disconnect_target(struct drag_rig *rig)
{
	drag_peer_destroy(rig->to);
	rig->to = NULL;
	check(rig->fixture->server->seat->drag != NULL);
	check_str(rig->from->target, "none");
}

static void destroy_target_surface(struct drag_rig *rig)
{
	client_window_destroy(rig->to->window);
	rig->to->window = NULL;
	check_eq(rig->to->leaves, 1);
	check_str(rig->from->target, "none");
}

static void release_target_device(struct drag_rig *rig)
{
	wl_data_device_release(rig->to->device);
	rig->to->device = NULL;
	fixture_pump(rig->fixture);
}

static void destroy_target_offer(struct drag_rig *rig)
{
	wl_data_offer_destroy(rig->to->offer);
	rig->to->offer = NULL;
	fixture_pump(rig->fixture);
	check_str(rig->from->target, "none");
	check_eq(rig->from->source_action, 0);
}

static void destroy_origin(struct drag_rig *rig)
{
	client_window_destroy(rig->from->window);
	rig->from->window = NULL;
	check(rig->fixture->server->seat->drag != NULL);
}

static void cancel_grabs(struct drag_rig *rig)
{
	seat_cancel_grabs(rig->fixture->server->seat);
	fixture_pump(rig->fixture);
	check(rig->fixture->server->seat->drag == NULL);
	check_eq(rig->from->cancelled, 1);
}

static void do_nothing(struct drag_rig *rig)
{
}

struct accident {
	void (*happen)(struct drag_rig *rig);
};

static const struct accident accidents[] = {
	{destroy_source},
	{disconnect_source},
	{disconnect_target},
	{destroy_target_surface},
	{release_target_device},
	{destroy_target_offer},
	{destroy_origin},
	{cancel_grabs},
	{do_nothing},
};

TEST_FP(drag_rig, accidents_while_dragging, struct accident, accidents)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	param->happen(rig);
	fixture_move(rig->fixture, 620, 130);
	fixture_button(rig->fixture, BTN_LEFT, false);
	check(rig->fixture->server->seat->drag == NULL);
}

TEST_FP(drag_rig, accidents_end_the_server, struct accident, accidents)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	param->happen(rig);
	// The server is destroyed with the button still pressed.
}

TEST_F(drag_rig, source_goes_after_the_drop)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	drag_rig_release(rig);
	wl_data_source_destroy(rig->from->source);
	rig->from->source = NULL;
	fixture_pump(rig->fixture);
	drag_rig_check_data(rig, "");
	wl_data_offer_finish(rig->to->offer); // too late, but not an error of the target
}

TEST_F(drag_rig, target_goes_after_the_drop)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	drag_rig_release(rig);
	drag_peer_destroy(rig->to);
	rig->to = NULL;
	fixture_pump(rig->fixture);
	check_eq(rig->from->cancelled, 1);
}
