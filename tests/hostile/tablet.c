// SPDX-License-Identifier: MIT
// Clients with tablets: roles that do not fit, objects that go in every order, in the middle of a
// stroke or after the hardware, and requests without sense.
#include "compositor/core/tablet.h"
#include <limits.h>
#include <linux/input-event-codes.h>
#include "compositor/core/seat.h"
#include "compositor/core/window.h"
#include "tests/harness/tablet_log.h"
#include "tests/hostile/stage.h"
#include "cursor-shape-v1-client-protocol.h"

struct desk {
	struct stage *stage;
	struct client *client;
	struct client_window *window;
	struct tablet_log log;
	int x, y;
};

// The attacker has a window, a tablet, a pad, and a pen that is down on the window.
static void begin(struct desk *desk)
{
	*desk = (struct desk){.stage = stage_create()};
	struct fixture *fixture = desk->stage->fixture;
	desk->client = desk->stage->attacker;
	desk->window = client_window_create(desk->client, 200, 100, 0xff808080);
	desk->x = desk->window->window->x;
	desk->y = desk->window->window->y;
	fixture_plug(fixture, &test_tablet);
	fixture_plug(fixture, &test_pad);
	tablet_log_begin(&desk->log, desk->client);
	fixture_tool_near(fixture, &test_pen, desk->x + 10, desk->y + 10);
	fixture_tool_tip(fixture, &test_pen, true);
	fixture_tool_button(fixture, &test_pen, BTN_STYLUS, true);
	tablet_log_take(&desk->log);
}

// All that may still come from the hardware; the next owner of the place gets a whole stroke.
static void end(struct desk *desk)
{
	struct fixture *fixture = desk->stage->fixture;
	fixture_tool_move(fixture, &test_pen, desk->x + 20, desk->y + 10);
	fixture_pad(fixture, INPUT_PAD_BUTTON, 0, 1, true, 0);
	fixture_pad(fixture, INPUT_PAD_RING, 0, 1, false, 10);
	fixture_tool_button(fixture, &test_pen, BTN_STYLUS, false);
	fixture_tool_tip(fixture, &test_pen, false);
	fixture_tool_away(fixture, &test_pen);
	fixture_pump(fixture);
	check_eq(fixture->server->seat->pointer.n_buttons, 0);
	fixture_unplug(fixture, &test_pad);
	fixture_unplug(fixture, &test_tablet);
	stage_end(desk->stage);
}

TEST(cursor_with_another_role)
{
	struct desk desk;
	begin(&desk);
	zwp_tablet_tool_v2_set_cursor(
		desk.log.tools[0], desk.log.in_serial, desk.window->surface, 0, 0);
	check_client_error(desk.client, "zwp_tablet_tool_v2", ZWP_TABLET_TOOL_V2_ERROR_ROLE);
	end(&desk);
}

TEST(cursor_with_wild_numbers)
{
	struct desk desk;
	begin(&desk);
	struct wl_surface *surface = wl_compositor_create_surface(desk.client->compositor);
	static const int32_t numbers[] = {INT_MIN, INT_MAX, 0, -1};
	for (size_t i = 0; i < array_length(numbers); i++) {
		zwp_tablet_tool_v2_set_cursor(
			desk.log.tools[0], desk.log.in_serial, surface, numbers[i], numbers[i]);
		zwp_tablet_tool_v2_set_cursor(
			desk.log.tools[0], (uint32_t)numbers[i], surface, 0, 0);
		wl_surface_attach(surface, client_buffer(desk.client, 8, 8, ~0u), 0, 0);
		wl_surface_commit(surface);
	}
	zwp_tablet_tool_v2_set_cursor(desk.log.tools[0], desk.log.in_serial, NULL, 0, 0);
	check_no_error(desk.client);
	wl_surface_destroy(surface);
	check_no_error(desk.client);
	end(&desk);
}

TEST(feedback_for_what_is_not_there)
{
	struct desk desk;
	begin(&desk);
	zwp_tablet_pad_v2_set_feedback(desk.log.pads[0], UINT32_MAX, "", 0);
	zwp_tablet_pad_v2_set_feedback(desk.log.pads[0], 0, "\xff\xfe not text", UINT32_MAX);
	zwp_tablet_pad_ring_v2_set_feedback(desk.log.rings[0], "ring", 7);
	zwp_tablet_pad_strip_v2_set_feedback(desk.log.strips[1], "strip", 7);
	zwp_tablet_pad_dial_v2_set_feedback(desk.log.dials[0], "dial", 7);
	check_no_error(desk.client);
	fixture_unplug(desk.stage->fixture, &test_pad);
	zwp_tablet_pad_v2_set_feedback(desk.log.pads[0], 0, "gone", 0);
	zwp_tablet_pad_ring_v2_set_feedback(desk.log.rings[0], "gone", 7);
	check_no_error(desk.client);
	end(&desk);
}

TEST(objects_of_what_was_unplugged)
{
	struct desk desk;
	begin(&desk);
	fixture_unplug(desk.stage->fixture, &test_tablet);
	fixture_unplug(desk.stage->fixture, &test_pad);
	fixture_pump(desk.stage->fixture);
	struct wp_cursor_shape_manager_v1 *manager =
		client_bind(desk.client, &wp_cursor_shape_manager_v1_interface, 1);
	struct wp_cursor_shape_device_v1 *device =
		wp_cursor_shape_manager_v1_get_tablet_tool_v2(manager, desk.log.tools[0]);
	wp_cursor_shape_device_v1_set_shape(device, desk.log.in_serial, 1);
	zwp_tablet_tool_v2_set_cursor(desk.log.tools[0], desk.log.in_serial, NULL, 0, 0);
	check_no_error(desk.client);
	wp_cursor_shape_device_v1_set_shape(device, 0, 9999);
	check_client_error(desk.client, "wp_cursor_shape_device_v1",
		WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE);
	end(&desk);
}

TEST(gone_in_the_middle_of_a_stroke)
{
	struct desk desk;
	begin(&desk);
	stage_kill(desk.stage);
	end(&desk);
}

// In every order: tablet, tool, pad, window, tablet seat; what comes of the hardware in between has
// to find its way.
static void go_in_order(const int *order, int n, void *data)
{
	struct desk desk;
	begin(&desk);
	struct fixture *fixture = desk.stage->fixture;
	for (int i = 0; i < n; i++) {
		if (order[i] == 0)
			zwp_tablet_v2_destroy(desk.log.tablets[0]);
		else if (order[i] == 1)
			zwp_tablet_tool_v2_destroy(desk.log.tools[0]);
		else if (order[i] == 2)
			zwp_tablet_pad_v2_destroy(desk.log.pads[0]);
		else if (order[i] == 3)
			client_window_destroy(desk.window);
		else
			zwp_tablet_seat_v2_destroy(desk.log.seat);
		fixture_pump(fixture);
		fixture_tool_move(fixture, &test_pen, desk.x + 11 + i, desk.y + 10);
		fixture_pad(fixture, INPUT_PAD_BUTTON, 0, (unsigned)i % 3, i % 2, 0);
		fixture_pad(fixture, INPUT_PAD_STRIP, 1, 0, false, 0.5);
		check_no_error(desk.client);
	}
	end(&desk);
}

TEST(orders_of_destruction)
{
	for_each_permutation(5, go_in_order, NULL);
}

TEST(parts_of_a_pad_without_the_pad)
{
	struct desk desk;
	begin(&desk);
	struct fixture *fixture = desk.stage->fixture;
	zwp_tablet_pad_v2_destroy(desk.log.pads[0]);
	check_no_error(desk.client);
	fixture_pad(fixture, INPUT_PAD_RING, 0, 3, false, 10);
	check_str(tablet_log_take(&desk.log), "");
	zwp_tablet_pad_group_v2_destroy(desk.log.groups[0]);
	zwp_tablet_pad_ring_v2_destroy(desk.log.rings[0]);
	check_no_error(desk.client);
	fixture_pad(fixture, INPUT_PAD_RING, 0, 2, false, 10);
	check_no_error(desk.client);
	end(&desk);
}

TEST(many_tablet_seats)
{
	struct desk desk;
	begin(&desk);
	for (int i = 0; i < 500; i++) {
		zwp_tablet_seat_v2_destroy(
			zwp_tablet_manager_v2_get_tablet_seat(desk.log.manager, desk.client->seat));
		if (i % 10 == 0)
			check_no_error(desk.client);
	}
	check_no_error(desk.client);
	end(&desk);
}

TEST(a_move_with_serials_of_others)
{
	struct desk desk;
	begin(&desk);
	struct client_window *window = desk.window;
	int x = window->window->x;
	for (uint32_t i = 1; i < 40; i++)
		xdg_toplevel_move(window->toplevel, desk.client->seat, desk.log.down_serial + i);
	xdg_toplevel_move(window->toplevel, desk.client->seat, desk.log.in_serial);
	check_no_error(desk.client);
	fixture_tool_move(desk.stage->fixture, &test_pen, desk.x + 100, desk.y + 50);
	fixture_pump(desk.stage->fixture);
	check_eq(window->window->x, x);
	end(&desk);
}

TEST(a_tool_at_a_device_that_is_no_tablet)
{
	struct desk desk;
	begin(&desk);
	struct seat *seat = desk.stage->fixture->server->seat;
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
	check_no_error(desk.client);
	end(&desk);
}
