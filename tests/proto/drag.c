// SPDX-License-Identifier: MIT
// Drag and drop: events of both sides, negotiation of types and actions, and serials.
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/base/datasource.h"
#include "compositor/client/backlog.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/window/focus.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "tests/proto/drag_rig.h"

TEST_F(drag_rig, drop_with_a_negotiated_action)
{
	struct drag_peer *from = rig->from, *to = rig->to;
	drag_rig_start(rig, COPY | MOVE, NULL);
	check_eq(from->pointer_leaves, 1);
	check_eq(from->enters, 1); // a source may be dropped on its own window
	check_near(from->x, 50, 0.01);
	fixture_move(rig->fixture, 151, 152);
	check_eq(from->motions, 1);
	check_near(from->y, 52, 0.01);
	drag_rig_enter_target(rig, COPY | MOVE, MOVE);
	check_eq(from->leaves, 1);
	check_near(to->x, 10, 0.01);
	check_eq(to->source_actions, COPY | MOVE);
	check_eq(to->action, MOVE);
	check_eq(from->source_action, MOVE);
	check_str(from->target, "text/plain");
	check_eq(to->pointer_enters, 0);
	drag_rig_check_data(rig, "dragged"); // before the drop
	drag_rig_release(rig);
	check_eq(to->drops, 1);
	check_eq(to->leaves, 0);
	check_eq(from->performed, 1);
	check_eq(to->pointer_enters, 1);
	drag_rig_check_data(rig, "dragged");
	check_eq(from->finished, 0);
	wl_data_offer_finish(to->offer);
	fixture_pump(rig->fixture);
	check_eq(from->finished, 1);
	check_eq(from->cancelled, 0);
	drag_rig_check_data(rig, "");
}

struct ending {
	uint32_t source, target, preferred; // actions
	bool drops;
};

static const struct ending endings[] = {
	{COPY, COPY, COPY, true},
	{COPY | MOVE, COPY | MOVE, 0, true},
	{MOVE, COPY, COPY, false}, // nothing in common
	{COPY, 0, 0, false},       // the target sets none
	{0, COPY, COPY, true},     // a source older than version 3 copies
	{ASK | COPY, ASK | COPY, ASK, true},
};

TEST_FP(drag_rig, actions_decide, struct ending, endings)
{
	drag_rig_start(rig, param->source, NULL);
	drag_rig_enter_target(rig, param->target, param->preferred);
	drag_rig_release(rig);
	check_eq(rig->to->drops, param->drops);
	check_eq(rig->to->leaves, !param->drops);
	check_eq(rig->from->performed, param->drops);
	check_eq(rig->from->cancelled, !param->drops);
	wl_data_offer_destroy(rig->to->offer);
	rig->to->offer = NULL;
	fixture_pump(rig->fixture);
	check_eq(rig->from->cancelled, 1); // never finished
	check_eq(rig->from->finished, 0);
}

TEST_F(drag_rig, refused_type_cancels)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	wl_data_offer_accept(rig->to->offer, rig->to->entered_serial, NULL);
	fixture_pump(rig->fixture);
	check_str(rig->from->target, "none");
	drag_rig_release(rig);
	check_eq(rig->to->drops, 0);
	check_eq(rig->from->cancelled, 1);
}

TEST_F(drag_rig, asked_action_is_told_at_the_end)
{
	struct drag_peer *from = rig->from, *to = rig->to;
	drag_rig_start(rig, COPY | MOVE | ASK, NULL);
	drag_rig_enter_target(rig, COPY | MOVE | ASK, ASK);
	check_eq(from->source_action, ASK);
	drag_rig_release(rig);
	wl_data_offer_set_actions(to->offer, MOVE, MOVE);
	fixture_pump(rig->fixture);
	check_eq(from->source_action, ASK);
	wl_data_offer_finish(to->offer);
	fixture_pump(rig->fixture);
	check_eq(from->source_action, MOVE);
	check_eq(from->finished, 1);
}

TEST(old_targets_copy)
{
	struct drag_rig old = {0}, *rig = &old;
	drag_rig_init_version(rig, 2);
	drag_rig_start(rig, COPY | MOVE, NULL);
	drag_rig_enter_target(rig, 0, 0);
	check_eq(rig->from->source_action, COPY);
	drag_rig_release(rig);
	check_eq(rig->to->drops, 1);
	drag_rig_check_data(rig, "dragged");
	wl_data_offer_destroy(rig->to->offer);
	rig->to->offer = NULL;
	fixture_pump(rig->fixture);
	check_eq(rig->from->finished, 1);
	check_eq(rig->from->cancelled, 0);
	drag_rig_finish(rig);
}

TEST_F(drag_rig, finish_before_the_drop_is_an_error)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	wl_data_offer_finish(rig->to->offer);
	drag_peer_check_error(rig->to, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_FINISH);
	check_eq(rig->from->cancelled, 0);
	drag_rig_release(rig);
	check_eq(rig->from->cancelled, 1);
}

TEST_F(drag_rig, finish_while_asking_is_an_error)
{
	drag_rig_start(rig, COPY | ASK, NULL);
	drag_rig_enter_target(rig, ASK, ASK);
	drag_rig_release(rig);
	wl_data_offer_finish(rig->to->offer);
	drag_peer_check_error(rig->to, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_FINISH);
	check_eq(rig->from->cancelled, 1);
}

TEST_F(drag_rig, offer_of_a_drag_that_left_is_void)
{
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	fixture_move(rig->fixture, 150, 150);
	check_eq(rig->to->leaves, 1);
	check_eq(rig->from->source_action, 0);
	check_str(rig->from->target, "none");
	drag_rig_check_data(rig, "");
	wl_data_offer_accept(rig->to->offer, 1, "text/plain");
	wl_data_offer_set_actions(rig->to->offer, COPY, COPY);
	wl_data_offer_finish(rig->to->offer);
	fixture_pump(rig->fixture);
	check_str(rig->from->target, "none");
	drag_rig_release(rig);
	check_eq(rig->from->cancelled, 1);
}

TEST_F(drag_rig, serial_must_be_of_a_press_on_the_origin)
{
	struct drag_peer *from = rig->from, *to = rig->to;
	struct seat *seat = rig->fixture->server->seat;
	drag_rig_press(rig);
	drag_peer_create_source(from, COPY);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->press + 100);
	fixture_pump(rig->fixture);
	check(seat->drag == NULL);
	check_eq(from->cancelled, 1);
	drag_peer_create_source(to, COPY);
	wl_data_device_start_drag(to->device, to->source, to->window->surface, NULL, from->press);
	fixture_pump(rig->fixture);
	check(seat->drag == NULL);
	drag_rig_release(rig);
	wl_data_device_start_drag(from->device, NULL, from->window->surface, NULL, from->press);
	fixture_pump(rig->fixture);
	check(seat->drag == NULL); // it is released
}

TEST_F(drag_rig, drag_without_a_source_stays_in_the_client)
{
	struct drag_peer *from = rig->from;
	drag_rig_press(rig);
	wl_data_device_start_drag(from->device, NULL, from->window->surface, NULL, from->press);
	fixture_pump(rig->fixture);
	check_eq(from->enters, 1);
	check(from->offer == NULL);
	fixture_move(rig->fixture, 610, 120);
	check_eq(from->leaves, 1);
	check_eq(rig->to->enters, 0);
	fixture_move(rig->fixture, 160, 160);
	check_eq(from->enters, 2);
	drag_rig_release(rig);
	check_eq(from->drops, 1);
}

TEST_F(drag_rig, motion_waits_for_a_client_that_does_not_read)
{
	struct drag_peer *to = rig->to;
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	backlog_freeze(to->client->server_side, true);
	for (int i = 0; i < 20; i++)
		fixture_move(rig->fixture, 620 + i, 130);
	check_eq(to->motions, 0);
	drag_rig_release(rig);
	backlog_freeze(to->client->server_side, false);
	fixture_pump(rig->fixture);
	check_eq(to->motions, 1);
	check_near(to->x, 39, 0.01);
	check_eq(to->drops, 1);
}

TEST_F(drag_rig, touch_drags)
{
	struct drag_peer *from = rig->from, *to = rig->to;
	struct seat *seat = rig->fixture->server->seat;
	fixture_touch(rig->fixture, 4, 150, 150);
	check(from->touch_down != 0);
	drag_peer_create_source(from, COPY);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->touch_down);
	fixture_pump(rig->fixture);
	check(seat->drag != NULL);
	struct input_event event = {
		.type = INPUT_TOUCH_MOTION, .touch = {.id = 4, .x = 620, .y = 130, .layout = true}};
	seat_input(seat, &event);
	fixture_pump(rig->fixture);
	check_eq(to->enters, 1);
	check_near(to->x, 20, 0.01);
	wl_data_offer_accept(to->offer, to->entered_serial, "text/plain");
	wl_data_offer_set_actions(to->offer, COPY, COPY);
	fixture_pump(rig->fixture);
	fixture_touch_up(rig->fixture, 4);
	check(seat->drag == NULL);
	check(wl_list_empty(&seat->touch_points));
	check_eq(from->touch_ups, 1);
	check_eq(to->drops, 1);
	wl_data_offer_finish(to->offer);
	fixture_pump(rig->fixture);
	check_eq(from->finished, 1);
}

TEST_F(drag_rig, escape_cancels)
{
	struct drag_peer *from = rig->from, *to = rig->to;
	struct seat *seat = rig->fixture->server->seat;
	struct seat_log log = {0};
	struct wl_seat *old = to->client->seat; // of version 1
	to->client->seat = client_bind(to->client, &wl_seat_interface, 5);
	seat_log_begin(&log, to->client);
	struct wl_surface *icon = wl_compositor_create_surface(from->client->compositor);
	struct wl_buffer *buffer = client_buffer(from->client, 10, 10, 0xffff0000);
	drag_rig_start(rig, COPY, icon);
	wl_surface_attach(icon, buffer, 0, 0);
	wl_surface_commit(icon);
	drag_rig_enter_target(rig, COPY, COPY);
	check_eq(fixture_pixel(rig->fixture, 612, 122), 0xff0000);
	shell_activate(rig->fixture->server->shell, to->window->window);
	seat_log_take(&log);
	// Other keys are typed as usual.
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check_str(seat_log_take(&log), "key 30 down / key 30 up / ");
	fixture_key(rig->fixture, KEY_ESC, true);
	check(seat->drag == NULL);
	check_eq(from->cancelled, 1);
	check_eq(to->leaves, 1);
	check_eq(to->drops, 0);
	fixture_frames(rig->fixture, 2);
	check(fixture_pixel(rig->fixture, 612, 122) != 0xff0000);
	// Neither the key nor the release of the drag's button reaches a client.
	fixture_key(rig->fixture, KEY_ESC, false);
	fixture_button(rig->fixture, BTN_LEFT, false);
	check_str(seat_log_take(&log), "enter 10,20 / frame / ");
	fixture_button(rig->fixture, BTN_LEFT, true);
	fixture_button(rig->fixture, BTN_LEFT, false);
	check(strstr(seat_log_take(&log), "button 0x110 down / "));
	wl_surface_destroy(icon);
	wl_buffer_destroy(buffer);
	seat_log_end(&log);
	wl_seat_destroy(to->client->seat);
	to->client->seat = old;
}

TEST_F(drag_rig, escape_cancels_a_touch_drag)
{
	struct drag_peer *from = rig->from;
	struct seat *seat = rig->fixture->server->seat;
	fixture_touch(rig->fixture, 4, 150, 150);
	drag_peer_create_source(from, COPY);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->touch_down);
	fixture_pump(rig->fixture);
	check(seat->drag != NULL);
	fixture_key(rig->fixture, KEY_ESC, true);
	fixture_key(rig->fixture, KEY_ESC, false);
	check(seat->drag == NULL);
	check_eq(from->cancelled, 1);
	fixture_touch_up(rig->fixture, 4);
	check_eq(from->touch_ups, 1);
}

TEST_F(drag_rig, two_devices_of_a_client_share_a_visit)
{
	struct drag_peer second = {0};
	drag_peer_listen(&second,
		wl_data_device_manager_get_data_device(rig->to->manager, rig->to->client->seat));
	drag_rig_start(rig, COPY, NULL);
	drag_rig_enter_target(rig, COPY, COPY);
	check_eq(second.enters, 1);
	check_eq(second.action, COPY);
	drag_rig_release(rig);
	check_eq(second.drops, 1);
	wl_data_offer_destroy(second.offer); // not interested
	fixture_pump(rig->fixture);
	check_eq(rig->from->cancelled, 0);
	wl_data_offer_finish(rig->to->offer);
	fixture_pump(rig->fixture);
	check_eq(rig->from->finished, 1);
	wl_data_device_release(second.device);
}

TEST_F(drag_rig, source_of_a_drag_serves_once)
{
	struct drag_peer *from = rig->from;
	drag_rig_start(rig, COPY, NULL);
	drag_rig_release(rig);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->press);
	drag_peer_check_error(rig->from, "wl_data_device", 1); // used_source
}

// A drag that the compositor starts itself, as scripts do.
TEST_F(drag_rig, drop_from_outside)
{
	struct server *server = rig->fixture->server;
	const char *mime = "text/plain";
	struct data_source *source =
		data_source_create_static(server->loop, &mime, 1, "outside", 7);
	source->actions = COPY;
	source->has_actions = true;
	fixture_move(rig->fixture, 300, 400);
	check(drag_start(server->seat, source, NULL, NULL, server->seat->drag_sink, -1));
	drag_rig_enter_target(rig, COPY, COPY);
	fixture_button(rig->fixture, BTN_LEFT, true);
	check(server->seat->drag != NULL);
	drag_rig_release(rig);
	check_eq(rig->to->drops, 1);
	drag_rig_check_data(rig, "outside");
	wl_data_offer_finish(rig->to->offer); // frees the source
	fixture_pump(rig->fixture);
}
