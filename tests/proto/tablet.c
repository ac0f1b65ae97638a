// SPDX-License-Identifier: MIT
// zwp_tablet_manager_v2: devices, focus of tools, emulation of a pointer for other clients, and
// pads that follow the keyboard focus.
#include "compositor/seat/tablet.h"
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/client/backlog.h"
#include "compositor/output/cursor.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/tablet_log.h"
#include "tests/harness/test.h"
#include "cursor-shape-v1-client-protocol.h"

struct tablet_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct tablet_log log;
	int x, y; // of the window's content, in the layout
};

static void tablet_rig_init(struct tablet_rig *rig)
{
	*rig = (struct tablet_rig){.fixture = fixture_create(NULL)};
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	fixture_move(rig->fixture, 1200, 700);
	fixture_plug(rig->fixture, &test_tablet);
	tablet_log_begin(&rig->log, rig->client);
	tablet_log_take(&rig->log);
	rig->x = rig->window->window->x;
	rig->y = rig->window->window->y;
}

static void tablet_rig_finish(struct tablet_rig *rig)
{
	tablet_log_end(&rig->log);
	client_window_destroy(rig->window);
	check_no_error(rig->client);
	fixture_destroy(rig->fixture);
}

// Puts the pen into proximity over the window.
static void bring_pen_near(struct tablet_rig *rig)
{
	fixture_tool_near(rig->fixture, &test_pen, rig->x + 10, rig->y + 20);
	tablet_log_take(&rig->log);
}

TEST_F(tablet_rig, tablets_and_tools_are_introduced)
{
	struct tablet_log second;
	tablet_log_begin(&second, rig->client);
	check_str(tablet_log_take(&second),
		"name Pen tablet / id 56a:357 / path /dev/input/event7 / bus 3 / tablet done / ");
	fixture_tool_near(rig->fixture, &test_airbrush, 1200, 700);
	static const char airbrush[] =
		"type 0x144 / serial 12:3456789a / hardware 0:d12 / can 1 / can 2 / can 3 / "
		"can 4 / can 5 / tool done / ";
	check_str(tablet_log_take(&rig->log), airbrush);
	check_str(tablet_log_take(&second), airbrush);
	tablet_log_end(&second);
}

TEST_F(tablet_rig, a_pen_from_proximity_to_its_end)
{
	fixture_tool_near(rig->fixture, &test_pen, rig->x + 10, rig->y + 20);
	check_str(tablet_log_take(&rig->log),
		"type 0x140 / can 1 / can 2 / tool done / in / at 10,20 / frame / ");
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 12, rig->y + 20);
	check_str(tablet_log_take(&rig->log), "at 12,20 / frame / ");
	fixture_tool_tip(rig->fixture, &test_pen, true);
	fixture_tool_button(rig->fixture, &test_pen, BTN_STYLUS, true);
	fixture_tool_button(rig->fixture, &test_pen, BTN_STYLUS, false);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	check_str(tablet_log_take(&rig->log),
		"down / frame / button 0x14b down / frame / button 0x14b up / frame / up / frame / ");
	fixture_tool_away(rig->fixture, &test_pen);
	check_str(tablet_log_take(&rig->log), "out / frame / ");
}

TEST_F(tablet_rig, axes)
{
	fixture_tool_near(rig->fixture, &test_airbrush, rig->x + 10, rig->y + 20);
	tablet_log_take(&rig->log);
	const struct input_tool_axes axes = {
		.set = TOOL_PRESSURE | TOOL_DISTANCE | TOOL_TILT | TOOL_ROTATION | TOOL_SLIDER,
		.pressure = 0.5,
		.distance = 1,
		.tilt_x = -30,
		.tilt_y = 12.5,
		.rotation = 90,
		.slider = -1,
	};
	fixture_tool(rig->fixture, &test_airbrush, INPUT_TOOL_AXES, false, 0, &axes);
	check_str(tablet_log_take(&rig->log),
		"pressure 32768 / distance 65535 / tilt -30,12.5 / rotation 90 / "
		"slider -65535 / frame / ");
	const struct input_tool_axes wild = {
		.set = ~0u & ~(unsigned)TOOL_MOVE,
		.x = 50,
		.y = -3,
		.pressure = 7,
		.tilt_x = 1e300,
		.slider = -8,
	};
	fixture_tool(rig->fixture, &test_airbrush, INPUT_TOOL_AXES, false, 0, &wild);
	check_str(tablet_log_take(&rig->log), "out / frame / "); // at the edge of the layout
	fixture_tool_near(rig->fixture, &test_airbrush, rig->x + 10, rig->y + 20);
	check_str(tablet_log_take(&rig->log),
		"in / at 10,20 / pressure 65535 / distance 0 / tilt 90,0 / rotation 0 / "
		"slider -65535 / frame / ");
	const struct input_tool_axes none = {.set = TOOL_PRESSURE, .pressure = __builtin_nan("")};
	fixture_tool(rig->fixture, &test_airbrush, INPUT_TOOL_AXES, false, 0, &none);
	check_str(tablet_log_take(&rig->log), "");
}

TEST_F(tablet_rig, a_tip_that_is_down_keeps_its_surface)
{
	bring_pen_near(rig);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	tablet_log_take(&rig->log);
	fixture_tool_move(rig->fixture, &test_pen, rig->x - 20, rig->y + 400);
	check_str(tablet_log_take(&rig->log), "at -20,400 / frame / ");
	fixture_tool_tip(rig->fixture, &test_pen, false);
	check_str(tablet_log_take(&rig->log), "up / frame / ");
	fixture_tool_move(rig->fixture, &test_pen, rig->x - 21, rig->y + 400);
	check_str(tablet_log_take(&rig->log), "out / frame / ");
}

TEST_F(tablet_rig, while_a_tool_speaks_nobody_has_the_pointer)
{
	struct seat_log pointer;
	seat_log_begin(&pointer, rig->client);
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	seat_log_take(&pointer);
	fixture_tool_near(rig->fixture, &test_pen, rig->x + 30, rig->y + 20);
	check_str(seat_log_take(&pointer), "leave / frame / ");
	fixture_frames(rig->fixture, 2);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 31, rig->y + 20);
	check_str(seat_log_take(&pointer), "");
	check_near(rig->fixture->server->seat->pointer.x, rig->x + 31, 1e-6);
	fixture_tool_away(rig->fixture, &test_pen);
	check_str(seat_log_take(&pointer), "enter 31,20 / frame / ");
	// Moving the mouse returns the pointer to it.
	fixture_tool_near(rig->fixture, &test_pen, rig->x + 30, rig->y + 20);
	seat_log_take(&pointer);
	fixture_move(rig->fixture, rig->x + 50, rig->y + 20);
	check_str(seat_log_take(&pointer), "enter 50,20 / frame / ");
	seat_log_end(&pointer);
}

TEST_F(tablet_rig, for_who_knows_no_tablets_it_is_the_pointer)
{
	struct client *other = client_create(rig->fixture);
	struct seat_log log;
	seat_log_begin(&log, other);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	seat_log_take(&log);
	int x = window->window->x, y = window->window->y;
	fixture_tool_near(rig->fixture, &test_pen, x + 5, y + 6);
	check_str(seat_log_take(&log), "enter 5,6 / frame / ");
	fixture_tool_tip(rig->fixture, &test_pen, true);
	fixture_tool_move(rig->fixture, &test_pen, x - 5, y + 6);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	check_str(seat_log_take(&log),
		"button 0x110 down / frame / motion -5,6 / frame / button 0x110 up / frame / "
		"leave / frame / ");
	fixture_tool_move(rig->fixture, &test_pen, x + 5, y + 6);
	fixture_tool_button(rig->fixture, &test_pen, BTN_STYLUS, true);
	fixture_tool_button(rig->fixture, &test_pen, BTN_STYLUS2, true);
	check_str(seat_log_take(&log),
		"enter 5,6 / frame / button 0x111 down / frame / button 0x112 down / frame / ");
	fixture_tool_away(rig->fixture, &test_pen); // with both buttons held
	check_str(seat_log_take(&log), "button 0x111 up / frame / button 0x112 up / frame / ");
	check_eq(rig->fixture->server->seat->pointer.n_buttons, 0);
	seat_log_end(&log);
	client_window_destroy(window);
	tablet_log_take(&rig->log);
}

TEST_F(tablet_rig, a_pen_moves_windows_by_their_title_bars)
{
	window_set_decorated(rig->window->window, true);
	fixture_frames(rig->fixture, 3);
	rig->x = rig->window->window->x;
	rig->y = rig->window->window->y;
	fixture_tool_near(rig->fixture, &test_pen, rig->x + 60, rig->y - 8);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 160, rig->y + 92);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	fixture_frames(rig->fixture, 2);
	check_eq(rig->window->window->x, rig->x + 100);
	check_eq(rig->window->window->y, rig->y + 100);
	tablet_log_take(&rig->log);
}

TEST_F(tablet_rig, a_press_becomes_a_move_of_the_window)
{
	bring_pen_near(rig);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	tablet_log_take(&rig->log);
	xdg_toplevel_move(rig->window->toplevel, rig->client->seat, rig->log.down_serial);
	check_str(tablet_log_take(&rig->log), "up / out / frame / ");
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 110, rig->y + 70);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	check_eq(rig->window->window->x, rig->x + 100);
	check_eq(rig->window->window->y, rig->y + 50);
	check_eq(rig->fixture->server->seat->pointer.n_buttons, 0);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 111, rig->y + 70);
	check_str(tablet_log_take(&rig->log), "in / at 11,20 / frame / ");
}

TEST_F(tablet_rig, a_press_becomes_a_drag)
{
	bring_pen_near(rig);
	struct wl_data_device_manager *manager =
		client_bind(rig->client, &wl_data_device_manager_interface, 3);
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(manager, rig->client->seat);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	tablet_log_take(&rig->log);
	// The serial must be of this press.
	wl_data_device_start_drag(
		device, NULL, rig->window->surface, NULL, rig->log.down_serial + 9);
	fixture_pump(rig->fixture);
	check(!rig->fixture->server->seat->drag);
	wl_data_device_start_drag(device, NULL, rig->window->surface, NULL, rig->log.down_serial);
	check_str(tablet_log_take(&rig->log), "up / out / frame / ");
	check(rig->fixture->server->seat->drag);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 110, rig->y + 70);
	check(rig->fixture->server->seat->drag);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	check(!rig->fixture->server->seat->drag);
	wl_data_device_release(device);
	wl_data_device_manager_destroy(manager);
}

TEST_F(tablet_rig, super_and_a_pen_move_a_window)
{
	bring_pen_near(rig);
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	check_str(tablet_log_take(&rig->log), "out / frame / ");
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 60, rig->y + 70);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	check_eq(rig->window->window->x, rig->x + 50);
	check_eq(rig->window->window->y, rig->y + 50);
}

TEST_F(tablet_rig, a_press_raises_the_window)
{
	bring_pen_near(rig);
	struct client *other = client_create(rig->fixture);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check(window_has(window->window, WINDOW_ACTIVATED));
	window_move(window->window, 900, 500);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	fixture_pump(rig->fixture);
	check(window_has(rig->window->window, WINDOW_ACTIVATED));
	tablet_log_take(&rig->log);
	client_window_destroy(window);
}

TEST_F(tablet_rig, a_surface_that_goes_ends_it)
{
	bring_pen_near(rig);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	fixture_tool_button(rig->fixture, &test_pen, BTN_STYLUS, true);
	tablet_log_take(&rig->log);
	client_window_destroy(rig->window);
	check_str(tablet_log_take(&rig->log), "button 0x14b up / up / out / frame / ");
	// No events until the tip and the buttons are released.
	rig->window = client_window_create(rig->client, 1280, 700, 0xff808080);
	fixture_tool_move(rig->fixture, &test_pen, 640, 360);
	check_str(tablet_log_take(&rig->log), "");
	fixture_tool_button(rig->fixture, &test_pen, BTN_STYLUS, false);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	fixture_tool_move(rig->fixture, &test_pen, 641, 360);
	check(strstr(tablet_log_take(&rig->log), "in / at "));
}

TEST_F(tablet_rig, tablet_mouse)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 10);
	const struct input_tool_axes move = {.set = TOOL_MOVE, .x = 5, .y = 7};
	fixture_tool(rig->fixture, &test_mouse, INPUT_TOOL_PROXIMITY, true, 0, &move);
	check_str(tablet_log_take(&rig->log),
		"type 0x146 / can 6 / tool done / in / at 15,17 / frame / ");
	const struct input_tool_axes wheel = {.set = TOOL_WHEEL, .wheel = -30, .wheel_clicks = -2};
	fixture_tool(rig->fixture, &test_mouse, INPUT_TOOL_AXES, false, 0, &wheel);
	fixture_tool(rig->fixture, &test_mouse, INPUT_TOOL_AXES, false, 0, &move);
	check_str(tablet_log_take(&rig->log), "wheel -30 -2 / frame / at 20,24 / frame / ");
	fixture_tool_away(rig->fixture, &test_mouse);
}

TEST_F(tablet_rig, for_a_client_that_is_late_the_newest_counts)
{
	bring_pen_near(rig);
	backlog_freeze(rig->client->server_side, true);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 11, rig->y + 20);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 12, rig->y + 20);
	check_str(tablet_log_take(&rig->log), "");
	backlog_freeze(rig->client->server_side, false);
	check_str(tablet_log_take(&rig->log), "at 12,20 / frame / ");
	backlog_freeze(rig->client->server_side, true);
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 13, rig->y + 20);
	fixture_tool_tip(rig->fixture, &test_pen, true); // is sent at once
	backlog_freeze(rig->client->server_side, false);
	check_str(tablet_log_take(&rig->log), "at 13,20 / down / frame / ");
}

TEST_F(tablet_rig, unplugging)
{
	bring_pen_near(rig);
	fixture_tool_near(rig->fixture, &test_airbrush, 1200, 700);
	static const struct input_tablet info = {1, 2, 0, NULL};
	static const struct input_device second = {
		.type = INPUT_TABLET, .name = "Second", .tablet = &info};
	fixture_plug(rig->fixture, &second);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	tablet_log_take(&rig->log);
	// The airbrush has a serial number, so it may return at another tablet.
	fixture_unplug(rig->fixture, &test_tablet);
	check_str(
		tablet_log_take(&rig->log), "up / out / frame / tool removed / tablet removed / ");
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 11, rig->y + 20);
	check_str(tablet_log_take(&rig->log), "");
	fixture_unplug(rig->fixture, &second);
	check_str(tablet_log_take(&rig->log), "tool removed / tablet removed / ");
	check(!tablets_find_tool(rig->fixture->server->seat->tablets, test_airbrush.id));
}

TEST_F(tablet_rig, pad_is_introduced_and_follows_the_keyboard)
{
	fixture_plug(rig->fixture, &test_pad);
	check_str(tablet_log_take(&rig->log),
		"path /dev/input/event8 / buttons 6 / group of 0 1 2 / ring / modes 4 / group done / "
		"group of 3 4 5 / strip / strip / dial / modes 1 / group done / pad done / "
		"pad enter / mode 0 / mode 0 / ");
	struct client *other = client_create(rig->fixture);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check_str(tablet_log_take(&rig->log), "pad leave / ");
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 1, 0, true, 0);
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 1, 0, false, 0);
	check_str(tablet_log_take(&rig->log), "");
	client_window_destroy(window);
	check_str(tablet_log_take(&rig->log), "pad enter / mode 0 / mode 0 / ");
	fixture_unplug(rig->fixture, &test_pad);
	check_str(tablet_log_take(&rig->log), "pad removed / ");
}

TEST_F(tablet_rig, pad_buttons_rings_strips_dials)
{
	fixture_plug(rig->fixture, &test_pad);
	tablet_log_take(&rig->log);
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 5, 0, true, 0);
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 5, 0, false, 0);
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 6, 0, true, 0); // the pad has six buttons
	check_str(tablet_log_take(&rig->log), "pad button 5 down / pad button 5 up / ");
	fixture_pad(rig->fixture, INPUT_PAD_RING, 0, 0, false, 270.5);
	fixture_pad(rig->fixture, INPUT_PAD_RING, 0, 0, false, -1);
	fixture_pad(rig->fixture, INPUT_PAD_RING, 1, 0, false, 3); // a ring that does not exist
	check_str(tablet_log_take(&rig->log),
		"finger 1 / angle 270.5 / ring frame / finger 1 / stop / ring frame / ");
	fixture_pad(rig->fixture, INPUT_PAD_STRIP, 1, 0, false, 0.5);
	fixture_pad(rig->fixture, INPUT_PAD_STRIP, 0, 0, false, -1);
	check_str(tablet_log_take(&rig->log),
		"finger 1 / position 32768 / strip frame / finger 1 / stop / strip frame / ");
	fixture_pad(rig->fixture, INPUT_PAD_DIAL, 0, 0, false, -240);
	check_str(tablet_log_take(&rig->log), "dial -240 / dial frame / ");
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 0, 2, true, 0);
	check_str(tablet_log_take(&rig->log), "mode 2 / pad button 0 down / ");
	fixture_pad(rig->fixture, INPUT_PAD_BUTTON, 0, 99, false, 0); // the pad has four modes
	check_str(tablet_log_take(&rig->log), "pad button 0 up / ");
}

TEST_F(tablet_rig, pad_without_a_tablet_enters_nothing)
{
	fixture_unplug(rig->fixture, &test_tablet);
	fixture_plug(rig->fixture, &test_pad);
	check(!strstr(tablet_log_take(&rig->log), "enter"));
	fixture_plug(rig->fixture, &test_tablet);
	check(strstr(tablet_log_take(&rig->log), "tablet done / pad enter / "));
	fixture_unplug(rig->fixture, &test_tablet);
	check_str(tablet_log_take(&rig->log), "tablet removed / pad leave / ");
}

TEST_F(tablet_rig, an_old_client_hears_of_no_dials)
{
	fixture_plug(rig->fixture, &test_pad);
	tablet_log_take(&rig->log);
	struct zwp_tablet_manager_v2 *manager =
		client_bind(rig->client, &zwp_tablet_manager_v2_interface, 1);
	struct zwp_tablet_seat_v2 *seat =
		zwp_tablet_manager_v2_get_tablet_seat(manager, rig->client->seat);
	check_no_error(rig->client);
	check_eq(zwp_tablet_seat_v2_get_version(seat), 1);
	zwp_tablet_seat_v2_destroy(seat);
	zwp_tablet_manager_v2_destroy(manager);
}

TEST_F(tablet_rig, cursor_of_a_tool)
{
	bring_pen_near(rig);
	struct cursor *cursor = rig->fixture->server->seat->cursor;
	struct wl_surface *surface = wl_compositor_create_surface(rig->client->compositor);
	wl_surface_attach(surface, client_buffer(rig->client, 10, 10, 0xffff0000), 0, 0);
	wl_surface_commit(surface);
	zwp_tablet_tool_v2_set_cursor(rig->log.tools[0], rig->log.in_serial - 1, surface, 3, 4);
	fixture_pump(rig->fixture);
	check(!cursor_surface(cursor)); // of an older proximity
	zwp_tablet_tool_v2_set_cursor(rig->log.tools[0], rig->log.in_serial, surface, 3, 4);
	check_no_error(rig->client);
	check(cursor_surface(cursor) == client_surface(surface, rig->client));
	fixture_tool_move(rig->fixture, &test_pen, 1200, 700);
	check(!cursor_surface(cursor));
	zwp_tablet_tool_v2_set_cursor(rig->log.tools[0], rig->log.in_serial, surface, 3, 4);
	fixture_pump(rig->fixture);
	check(!cursor_surface(cursor)); // the tool is elsewhere
	wl_surface_destroy(surface);
	tablet_log_take(&rig->log);
}

TEST_F(tablet_rig, cursor_shape_of_a_tool)
{
	bring_pen_near(rig);
	struct cursor *cursor = rig->fixture->server->seat->cursor;
	struct wp_cursor_shape_manager_v1 *manager =
		client_bind(rig->client, &wp_cursor_shape_manager_v1_interface, 2);
	struct wp_cursor_shape_device_v1 *device =
		wp_cursor_shape_manager_v1_get_tablet_tool_v2(manager, rig->log.tools[0]);
	struct wl_surface *surface = wl_compositor_create_surface(rig->client->compositor);
	wl_surface_attach(surface, client_buffer(rig->client, 10, 10, 0xffff0000), 0, 0);
	wl_surface_commit(surface);
	zwp_tablet_tool_v2_set_cursor(rig->log.tools[0], rig->log.in_serial, surface, 3, 4);
	fixture_pump(rig->fixture);
	check(cursor_surface(cursor));
	wp_cursor_shape_device_v1_set_shape(
		device, rig->log.in_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_CROSSHAIR);
	check_no_error(rig->client);
	check(!cursor_surface(cursor));
	fixture_unplug(rig->fixture, &test_tablet);
	wp_cursor_shape_device_v1_set_shape(
		device, rig->log.in_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT);
	check_no_error(rig->client);
	wp_cursor_shape_device_v1_destroy(device);
	device = wp_cursor_shape_manager_v1_get_tablet_tool_v2(manager, rig->log.tools[0]);
	wp_cursor_shape_device_v1_set_shape(
		device, rig->log.in_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT);
	check_no_error(rig->client);
	wp_cursor_shape_device_v1_destroy(device);
	wp_cursor_shape_manager_v1_destroy(manager);
	wl_surface_destroy(surface);
	tablet_log_take(&rig->log);
}

TEST_F(tablet_rig, two_tablet_seats_of_one_client)
{
	bring_pen_near(rig);
	struct tablet_log second;
	tablet_log_begin(&second, rig->client);
	check(strstr(tablet_log_take(&second), "tool done / "));
	// A later object gets proximity_in with the next event, for the tablet of its own client.
	fixture_tool_move(rig->fixture, &test_pen, rig->x + 12, rig->y + 20);
	check_str(tablet_log_take(&rig->log), "at 12,20 / frame / ");
	check_str(tablet_log_take(&second), "in / at 12,20 / frame / ");
	zwp_tablet_v2_destroy(second.tablets[0]);
	second.n_tablets = 0;
	fixture_pump(rig->fixture);
	fixture_tool_away(rig->fixture, &test_pen);
	fixture_tool_near(rig->fixture, &test_pen, rig->x + 12, rig->y + 20);
	check_str(tablet_log_take(&rig->log), "out / frame / in / at 12,20 / frame / ");
	check_str(tablet_log_take(&second), "out / frame / "); // in needs a tablet object
	tablet_log_end(&second);
}
