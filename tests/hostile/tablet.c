// SPDX-License-Identifier: MIT
// Tablet clients: cursors with a wrong role, objects destroyed in every order, during a stroke or
// after the hardware was unplugged, and invalid requests.
#include "compositor/seat/tablet.h"
#include <limits.h>
#include <linux/input-event-codes.h>
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/tablet_log.h"
#include "tests/hostile/hostile_rig.h"
#include "cursor-shape-v1-client-protocol.h"

struct tablet_rig {
	struct hostile_rig hostile;
	struct client *client; // the attacker
	struct client_window *window;
	struct tablet_log log;
	int x, y;
};

// The attacker has a window, a tablet, a pad, and a pen whose tip is down on the window.
static void tablet_rig_init(struct tablet_rig *rig)
{
	hostile_rig_init(&rig->hostile);
	struct fixture *fixture = rig->hostile.fixture;
	rig->client = rig->hostile.attacker;
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	rig->x = rig->window->window->x;
	rig->y = rig->window->window->y;
	fixture_plug(fixture, &test_tablet);
	fixture_plug(fixture, &test_pad);
	tablet_log_begin(&rig->log, rig->client);
	fixture_tool_near(fixture, &test_pen, rig->x + 10, rig->y + 10);
	fixture_tool_tip(fixture, &test_pen, true);
	fixture_tool_button(fixture, &test_pen, BTN_STYLUS, true);
	tablet_log_take(&rig->log);
}

// Sends the remaining events of the hardware, then unplugs it.
static void tablet_rig_finish(struct tablet_rig *rig)
{
	struct fixture *fixture = rig->hostile.fixture;
	fixture_tool_move(fixture, &test_pen, rig->x + 20, rig->y + 10);
	fixture_pad(fixture, INPUT_PAD_BUTTON, 0, 1, true, 0);
	fixture_pad(fixture, INPUT_PAD_RING, 0, 1, false, 10);
	fixture_tool_button(fixture, &test_pen, BTN_STYLUS, false);
	fixture_tool_tip(fixture, &test_pen, false);
	fixture_tool_away(fixture, &test_pen);
	fixture_pump(fixture);
	check_eq(fixture->server->seat->pointer.n_buttons, 0);
	fixture_unplug(fixture, &test_pad);
	fixture_unplug(fixture, &test_tablet);
	hostile_rig_finish(&rig->hostile);
}

TEST_F(tablet_rig, cursor_with_another_role)
{
	zwp_tablet_tool_v2_set_cursor(
		rig->log.tools[0], rig->log.in_serial, rig->window->surface, 0, 0);
	check_client_error(rig->client, "zwp_tablet_tool_v2", ZWP_TABLET_TOOL_V2_ERROR_ROLE);
}

TEST_F(tablet_rig, cursor_with_wild_numbers)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->client->compositor);
	static const int32_t numbers[] = {INT_MIN, INT_MAX, 0, -1};
	for (size_t i = 0; i < array_length(numbers); i++) {
		zwp_tablet_tool_v2_set_cursor(
			rig->log.tools[0], rig->log.in_serial, surface, numbers[i], numbers[i]);
		zwp_tablet_tool_v2_set_cursor(
			rig->log.tools[0], (uint32_t)numbers[i], surface, 0, 0);
		wl_surface_attach(surface, client_buffer(rig->client, 8, 8, ~0u), 0, 0);
		wl_surface_commit(surface);
	}
	zwp_tablet_tool_v2_set_cursor(rig->log.tools[0], rig->log.in_serial, NULL, 0, 0);
	check_no_error(rig->client);
	wl_surface_destroy(surface);
	check_no_error(rig->client);
}

TEST_F(tablet_rig, feedback_for_what_is_not_there)
{
	zwp_tablet_pad_v2_set_feedback(rig->log.pads[0], UINT32_MAX, "", 0);
	zwp_tablet_pad_v2_set_feedback(rig->log.pads[0], 0, "\xff\xfe not text", UINT32_MAX);
	zwp_tablet_pad_ring_v2_set_feedback(rig->log.rings[0], "ring", 7);
	zwp_tablet_pad_strip_v2_set_feedback(rig->log.strips[1], "strip", 7);
	zwp_tablet_pad_dial_v2_set_feedback(rig->log.dials[0], "dial", 7);
	check_no_error(rig->client);
	fixture_unplug(rig->hostile.fixture, &test_pad);
	zwp_tablet_pad_v2_set_feedback(rig->log.pads[0], 0, "gone", 0);
	zwp_tablet_pad_ring_v2_set_feedback(rig->log.rings[0], "gone", 7);
	check_no_error(rig->client);
}

TEST_F(tablet_rig, objects_of_what_was_unplugged)
{
	fixture_unplug(rig->hostile.fixture, &test_tablet);
	fixture_unplug(rig->hostile.fixture, &test_pad);
	fixture_pump(rig->hostile.fixture);
	struct wp_cursor_shape_manager_v1 *manager =
		client_bind(rig->client, &wp_cursor_shape_manager_v1_interface, 1);
	struct wp_cursor_shape_device_v1 *device =
		wp_cursor_shape_manager_v1_get_tablet_tool_v2(manager, rig->log.tools[0]);
	wp_cursor_shape_device_v1_set_shape(device, rig->log.in_serial, 1);
	zwp_tablet_tool_v2_set_cursor(rig->log.tools[0], rig->log.in_serial, NULL, 0, 0);
	check_no_error(rig->client);
	wp_cursor_shape_device_v1_set_shape(device, 0, 9999);
	check_client_error(rig->client, "wp_cursor_shape_device_v1",
		WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE);
}

TEST_F(tablet_rig, gone_in_the_middle_of_a_stroke)
{
	hostile_rig_disconnect(&rig->hostile);
}

// Destroys tablet, tool, pad, window and tablet seat in the given order, with input in between.
static void go_in_order(const int *order, int n, void *data)
{
	struct tablet_rig new_rig = {0}, *rig = &new_rig;
	tablet_rig_init(rig);
	struct fixture *fixture = rig->hostile.fixture;
	for (int i = 0; i < n; i++) {
		if (order[i] == 0)
			zwp_tablet_v2_destroy(rig->log.tablets[0]);
		else if (order[i] == 1)
			zwp_tablet_tool_v2_destroy(rig->log.tools[0]);
		else if (order[i] == 2)
			zwp_tablet_pad_v2_destroy(rig->log.pads[0]);
		else if (order[i] == 3)
			client_window_destroy(rig->window);
		else
			zwp_tablet_seat_v2_destroy(rig->log.seat);
		fixture_pump(fixture);
		fixture_tool_move(fixture, &test_pen, rig->x + 11 + i, rig->y + 10);
		fixture_pad(fixture, INPUT_PAD_BUTTON, 0, (unsigned)i % 3, i % 2, 0);
		fixture_pad(fixture, INPUT_PAD_STRIP, 1, 0, false, 0.5);
		check_no_error(rig->client);
	}
	tablet_rig_finish(rig);
}

TEST(orders_of_destruction)
{
	for_each_permutation(5, go_in_order, NULL);
}

TEST_F(tablet_rig, parts_of_a_pad_without_the_pad)
{
	struct fixture *fixture = rig->hostile.fixture;
	zwp_tablet_pad_v2_destroy(rig->log.pads[0]);
	check_no_error(rig->client);
	fixture_pad(fixture, INPUT_PAD_RING, 0, 3, false, 10);
	check_str(tablet_log_take(&rig->log), "");
	zwp_tablet_pad_group_v2_destroy(rig->log.groups[0]);
	zwp_tablet_pad_ring_v2_destroy(rig->log.rings[0]);
	check_no_error(rig->client);
	fixture_pad(fixture, INPUT_PAD_RING, 0, 2, false, 10);
	check_no_error(rig->client);
}

TEST_F(tablet_rig, many_tablet_seats)
{
	for (int i = 0; i < 500; i++) {
		zwp_tablet_seat_v2_destroy(
			zwp_tablet_manager_v2_get_tablet_seat(rig->log.manager, rig->client->seat));
		if (i % 10 == 0)
			check_no_error(rig->client);
	}
	check_no_error(rig->client);
}

TEST_F(tablet_rig, a_move_with_serials_of_others)
{
	struct client_window *window = rig->window;
	int x = window->window->x;
	for (uint32_t i = 1; i < 40; i++)
		xdg_toplevel_move(window->toplevel, rig->client->seat, rig->log.down_serial + i);
	xdg_toplevel_move(window->toplevel, rig->client->seat, rig->log.in_serial);
	check_no_error(rig->client);
	fixture_tool_move(rig->hostile.fixture, &test_pen, rig->x + 100, rig->y + 50);
	fixture_pump(rig->hostile.fixture);
	check_eq(window->window->x, x);
}

TEST_F(tablet_rig, a_tool_at_a_device_that_is_no_tablet)
{
	struct seat *seat = rig->hostile.fixture->server->seat;
	const struct input_device mouse = {.type = INPUT_POINTER, .name = "mouse"};
	for (int type = INPUT_TOOL_PROXIMITY; type <= INPUT_PAD_DIAL; type++) {
		seat_input(seat,
			&(struct input_event){
				.type = (enum input_event_type)type, .device = &mouse});
		seat_input(seat, &(struct input_event){.type = (enum input_event_type)type});
		seat_input(seat,
			&(struct input_event){
				.type = (enum input_event_type)type, .device = &test_tablet});
	}
	check_no_error(rig->client);
}
