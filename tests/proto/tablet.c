// SPDX-License-Identifier: MIT
// zwp_tablet_manager_v2: what there is, whom a tool speaks to, the pointer that it is for others, and
// pads that follow the keyboard.
#include "compositor/core/tablet.h"
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/backlog.h"
#include "compositor/core/cursor.h"
#include "compositor/core/seat.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/tablet_log.h"
#include "tests/harness/test.h"
#include "cursor-shape-v1-client-protocol.h"

struct stage {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct tablet_log log;
	int x, y; // of the window's content
};

static void begin(struct stage *s)
{
	*s = (struct stage){.fixture = fixture_create(NULL)};
	s->client = client_create(s->fixture);
	s->window = client_window_create(s->client, 200, 100, 0xff808080);
	fixture_move(s->fixture, 1200, 700);
	fixture_plug(s->fixture, &test_tablet);
	tablet_log_begin(&s->log, s->client);
	tablet_log_take(&s->log);
	s->x = s->window->window->x;
	s->y = s->window->window->y;
}

static void end(struct stage *s)
{
	tablet_log_end(&s->log);
	client_window_destroy(s->window);
	check_no_error(s->client);
	fixture_destroy(s->fixture);
}

// The pen is known and over the window.
static void begin_near(struct stage *s)
{
	begin(s);
	fixture_tool_near(s->fixture, &test_pen, s->x + 10, s->y + 20);
	tablet_log_take(&s->log);
}

TEST(tablets_and_tools_are_introduced)
{
	struct stage s;
	begin(&s);
	struct tablet_log second;
	tablet_log_begin(&second, s.client);
	check_str(tablet_log_take(&second),
		"name Pen tablet / id 56a:357 / path /dev/input/event7 / bus 3 / tablet done / ");
	fixture_tool_near(s.fixture, &test_airbrush, 1200, 700);
	static const char airbrush[] =
		"type 0x144 / serial 12:3456789a / hardware 0:d12 / can 1 / can 2 / can 3 / "
		"can 4 / can 5 / tool done / ";
	check_str(tablet_log_take(&s.log), airbrush);
	check_str(tablet_log_take(&second), airbrush);
	tablet_log_end(&second);
	end(&s);
}

TEST(a_pen_from_proximity_to_its_end)
{
	struct stage s;
	begin(&s);
	fixture_tool_near(s.fixture, &test_pen, s.x + 10, s.y + 20);
	check_str(tablet_log_take(&s.log),
		"type 0x140 / can 1 / can 2 / tool done / in / at 10,20 / frame / ");
	fixture_tool_move(s.fixture, &test_pen, s.x + 12, s.y + 20);
	check_str(tablet_log_take(&s.log), "at 12,20 / frame / ");
	fixture_tool_tip(s.fixture, &test_pen, true);
	fixture_tool_button(s.fixture, &test_pen, BTN_STYLUS, true);
	fixture_tool_button(s.fixture, &test_pen, BTN_STYLUS, false);
	fixture_tool_tip(s.fixture, &test_pen, false);
	check_str(tablet_log_take(&s.log),
		"down / frame / button 0x14b down / frame / button 0x14b up / frame / up / frame / ");
	fixture_tool_away(s.fixture, &test_pen);
	check_str(tablet_log_take(&s.log), "out / frame / ");
	end(&s);
}

TEST(axes)
{
	struct stage s;
	begin(&s);
	fixture_tool_near(s.fixture, &test_airbrush, s.x + 10, s.y + 20);
	tablet_log_take(&s.log);
	const struct input_tool_axes axes = {
		.set = TOOL_PRESSURE | TOOL_DISTANCE | TOOL_TILT | TOOL_ROTATION | TOOL_SLIDER,
		.pressure = 0.5,
		.distance = 1,
		.tilt_x = -30,
		.tilt_y = 12.5,
		.rotation = 90,
		.slider = -1,
	};
	fixture_tool(s.fixture, &test_airbrush, INPUT_TOOL_AXES, false, 0, &axes);
	check_str(tablet_log_take(&s.log),
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
	fixture_tool(s.fixture, &test_airbrush, INPUT_TOOL_AXES, false, 0, &wild);
	check_str(tablet_log_take(&s.log), "out / frame / "); // at the layout's edge
	fixture_tool_near(s.fixture, &test_airbrush, s.x + 10, s.y + 20);
	check_str(tablet_log_take(&s.log),
		"in / at 10,20 / pressure 65535 / distance 0 / tilt 90,0 / rotation 0 / "
		"slider -65535 / frame / ");
	const struct input_tool_axes none = {.set = TOOL_PRESSURE, .pressure = __builtin_nan("")};
	fixture_tool(s.fixture, &test_airbrush, INPUT_TOOL_AXES, false, 0, &none);
	check_str(tablet_log_take(&s.log), "");
	end(&s);
}

TEST(a_tip_that_is_down_keeps_its_surface)
{
	struct stage s;
	begin_near(&s);
	fixture_tool_tip(s.fixture, &test_pen, true);
	tablet_log_take(&s.log);
	fixture_tool_move(s.fixture, &test_pen, s.x - 20, s.y + 400);
	check_str(tablet_log_take(&s.log), "at -20,400 / frame / ");
	fixture_tool_tip(s.fixture, &test_pen, false);
	check_str(tablet_log_take(&s.log), "up / frame / ");
	fixture_tool_move(s.fixture, &test_pen, s.x - 21, s.y + 400);
	check_str(tablet_log_take(&s.log), "out / frame / ");
	end(&s);
}

TEST(while_a_tool_speaks_nobody_has_the_pointer)
{
	struct stage s;
	begin(&s);
	struct seat_log pointer;
	seat_log_begin(&pointer, s.client);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	seat_log_take(&pointer);
	fixture_tool_near(s.fixture, &test_pen, s.x + 30, s.y + 20);
	check_str(seat_log_take(&pointer), "leave / frame / ");
	fixture_frames(s.fixture, 2);
	fixture_tool_move(s.fixture, &test_pen, s.x + 31, s.y + 20);
	check_str(seat_log_take(&pointer), "");
	check_near(s.fixture->server->seat->pointer.x, s.x + 31, 1e-6);
	fixture_tool_away(s.fixture, &test_pen);
	check_str(seat_log_take(&pointer), "enter 31,20 / frame / ");
	// A mouse that is moved meanwhile is the pointer again.
	fixture_tool_near(s.fixture, &test_pen, s.x + 30, s.y + 20);
	seat_log_take(&pointer);
	fixture_move(s.fixture, s.x + 50, s.y + 20);
	check_str(seat_log_take(&pointer), "enter 50,20 / frame / ");
	seat_log_end(&pointer);
	end(&s);
}

TEST(for_who_knows_no_tablets_it_is_the_pointer)
{
	struct stage s;
	begin(&s);
	struct client *other = client_create(s.fixture);
	struct seat_log log;
	seat_log_begin(&log, other);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	seat_log_take(&log);
	int x = window->window->x, y = window->window->y;
	fixture_tool_near(s.fixture, &test_pen, x + 5, y + 6);
	check_str(seat_log_take(&log), "enter 5,6 / frame / ");
	fixture_tool_tip(s.fixture, &test_pen, true);
	fixture_tool_move(s.fixture, &test_pen, x - 5, y + 6);
	fixture_tool_tip(s.fixture, &test_pen, false);
	check_str(seat_log_take(&log),
		"button 0x110 down / frame / motion -5,6 / frame / button 0x110 up / frame / "
		"leave / frame / ");
	fixture_tool_move(s.fixture, &test_pen, x + 5, y + 6);
	fixture_tool_button(s.fixture, &test_pen, BTN_STYLUS, true);
	fixture_tool_button(s.fixture, &test_pen, BTN_STYLUS2, true);
	check_str(seat_log_take(&log),
		"enter 5,6 / frame / button 0x111 down / frame / button 0x112 down / frame / ");
	fixture_tool_away(s.fixture, &test_pen); // with both held
	check_str(seat_log_take(&log), "button 0x111 up / frame / button 0x112 up / frame / ");
	check_eq(s.fixture->server->seat->pointer.n_buttons, 0);
	seat_log_end(&log);
	client_window_destroy(window);
	tablet_log_take(&s.log);
	end(&s);
}

TEST(a_pen_moves_windows_by_their_title_bars)
{
	struct stage s;
	begin(&s);
	window_set_decorated(s.window->window, true);
	fixture_frames(s.fixture, 3);
	s.x = s.window->window->x;
	s.y = s.window->window->y;
	fixture_tool_near(s.fixture, &test_pen, s.x + 60, s.y - 8);
	fixture_tool_tip(s.fixture, &test_pen, true);
	fixture_tool_move(s.fixture, &test_pen, s.x + 160, s.y + 92);
	fixture_tool_tip(s.fixture, &test_pen, false);
	fixture_frames(s.fixture, 2);
	check_eq(s.window->window->x, s.x + 100);
	check_eq(s.window->window->y, s.y + 100);
	tablet_log_take(&s.log);
	end(&s);
}

TEST(a_press_becomes_a_move_of_the_window)
{
	struct stage s;
	begin_near(&s);
	fixture_tool_tip(s.fixture, &test_pen, true);
	tablet_log_take(&s.log);
	xdg_toplevel_move(s.window->toplevel, s.client->seat, s.log.down_serial);
	check_str(tablet_log_take(&s.log), "up / out / frame / ");
	fixture_tool_move(s.fixture, &test_pen, s.x + 110, s.y + 70);
	fixture_tool_tip(s.fixture, &test_pen, false);
	check_eq(s.window->window->x, s.x + 100);
	check_eq(s.window->window->y, s.y + 50);
	check_eq(s.fixture->server->seat->pointer.n_buttons, 0);
	fixture_tool_move(s.fixture, &test_pen, s.x + 111, s.y + 70);
	check_str(tablet_log_take(&s.log), "in / at 11,20 / frame / ");
	end(&s);
}

TEST(a_press_becomes_a_drag)
{
	struct stage s;
	begin_near(&s);
	struct wl_data_device_manager *manager =
		client_bind(s.client, &wl_data_device_manager_interface, 3);
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(manager, s.client->seat);
	fixture_tool_tip(s.fixture, &test_pen, true);
	tablet_log_take(&s.log);
	// A serial that is not of this press is refused, as everywhere.
	wl_data_device_start_drag(device, NULL, s.window->surface, NULL, s.log.down_serial + 9);
	fixture_pump(s.fixture);
	check(!s.fixture->server->seat->drag);
	wl_data_device_start_drag(device, NULL, s.window->surface, NULL, s.log.down_serial);
	check_str(tablet_log_take(&s.log), "up / out / frame / ");
	check(s.fixture->server->seat->drag);
	fixture_tool_move(s.fixture, &test_pen, s.x + 110, s.y + 70);
	check(s.fixture->server->seat->drag);
	fixture_tool_tip(s.fixture, &test_pen, false);
	check(!s.fixture->server->seat->drag);
	wl_data_device_release(device);
	wl_data_device_manager_destroy(manager);
	end(&s);
}

TEST(super_and_a_pen_move_a_window)
{
	struct stage s;
	begin_near(&s);
	fixture_key(s.fixture, KEY_LEFTMETA, true);
	fixture_tool_tip(s.fixture, &test_pen, true);
	check_str(tablet_log_take(&s.log), "out / frame / ");
	fixture_tool_move(s.fixture, &test_pen, s.x + 60, s.y + 70);
	fixture_tool_tip(s.fixture, &test_pen, false);
	fixture_key(s.fixture, KEY_LEFTMETA, false);
	check_eq(s.window->window->x, s.x + 50);
	check_eq(s.window->window->y, s.y + 50);
	end(&s);
}

TEST(a_press_raises_the_window)
{
	struct stage s;
	begin_near(&s);
	struct client *other = client_create(s.fixture);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check(window_has(window->window, WINDOW_ACTIVATED));
	window_move(window->window, 900, 500);
	fixture_tool_tip(s.fixture, &test_pen, true);
	fixture_pump(s.fixture);
	check(window_has(s.window->window, WINDOW_ACTIVATED));
	tablet_log_take(&s.log);
	client_window_destroy(window);
	end(&s);
}

TEST(a_surface_that_goes_ends_it)
{
	struct stage s;
	begin_near(&s);
	fixture_tool_tip(s.fixture, &test_pen, true);
	fixture_tool_button(s.fixture, &test_pen, BTN_STYLUS, true);
	tablet_log_take(&s.log);
	client_window_destroy(s.window);
	check_str(tablet_log_take(&s.log), "button 0x14b up / up / out / frame / ");
	// It says nothing more until it is let go.
	s.window = client_window_create(s.client, 1280, 700, 0xff808080);
	fixture_tool_move(s.fixture, &test_pen, 640, 360);
	check_str(tablet_log_take(&s.log), "");
	fixture_tool_button(s.fixture, &test_pen, BTN_STYLUS, false);
	fixture_tool_tip(s.fixture, &test_pen, false);
	fixture_tool_move(s.fixture, &test_pen, 641, 360);
	check(strstr(tablet_log_take(&s.log), "in / at "));
	end(&s);
}

TEST(tablet_mouse)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 10);
	const struct input_tool_axes move = {.set = TOOL_MOVE, .x = 5, .y = 7};
	fixture_tool(s.fixture, &test_mouse, INPUT_TOOL_PROXIMITY, true, 0, &move);
	check_str(tablet_log_take(&s.log),
		"type 0x146 / can 6 / tool done / in / at 15,17 / frame / ");
	const struct input_tool_axes wheel = {.set = TOOL_WHEEL, .wheel = -30, .wheel_clicks = -2};
	fixture_tool(s.fixture, &test_mouse, INPUT_TOOL_AXES, false, 0, &wheel);
	fixture_tool(s.fixture, &test_mouse, INPUT_TOOL_AXES, false, 0, &move);
	check_str(tablet_log_take(&s.log), "wheel -30 -2 / frame / at 20,24 / frame / ");
	fixture_tool_away(s.fixture, &test_mouse);
	end(&s);
}

TEST(for_a_client_that_is_late_the_newest_counts)
{
	struct stage s;
	begin_near(&s);
	backlog_freeze(s.client->server_side, true);
	fixture_tool_move(s.fixture, &test_pen, s.x + 11, s.y + 20);
	fixture_tool_move(s.fixture, &test_pen, s.x + 12, s.y + 20);
	check_str(tablet_log_take(&s.log), "");
	backlog_freeze(s.client->server_side, false);
	check_str(tablet_log_take(&s.log), "at 12,20 / frame / ");
	backlog_freeze(s.client->server_side, true);
	fixture_tool_move(s.fixture, &test_pen, s.x + 13, s.y + 20);
	fixture_tool_tip(s.fixture, &test_pen, true); // cannot wait
	backlog_freeze(s.client->server_side, false);
	check_str(tablet_log_take(&s.log), "at 13,20 / down / frame / ");
	end(&s);
}

TEST(unplugging)
{
	struct stage s;
	begin_near(&s);
	fixture_tool_near(s.fixture, &test_airbrush, 1200, 700);
	static const struct input_tablet info = {1, 2, 0, NULL};
	static const struct input_device second = {
		.type = INPUT_TABLET, .name = "Second", .tablet = &info};
	fixture_plug(s.fixture, &second);
	fixture_tool_tip(s.fixture, &test_pen, true);
	tablet_log_take(&s.log);
	// The airbrush has a serial and may come back at the other one.
	fixture_unplug(s.fixture, &test_tablet);
	check_str(tablet_log_take(&s.log), "up / out / frame / tool removed / tablet removed / ");
	fixture_tool_move(s.fixture, &test_pen, s.x + 11, s.y + 20);
	check_str(tablet_log_take(&s.log), "");
	fixture_unplug(s.fixture, &second);
	check_str(tablet_log_take(&s.log), "tool removed / tablet removed / ");
	check(!tablets_find_tool(s.fixture->server->seat->tablets, test_airbrush.id));
	end(&s);
}

TEST(pad_is_introduced_and_follows_the_keyboard)
{
	struct stage s;
	begin(&s);
	fixture_plug(s.fixture, &test_pad);
	check_str(tablet_log_take(&s.log),
		"path /dev/input/event8 / buttons 6 / group of 0 1 2 / ring / modes 4 / group done / "
		"group of 3 4 5 / strip / strip / dial / modes 1 / group done / pad done / "
		"pad enter / mode 0 / mode 0 / ");
	struct client *other = client_create(s.fixture);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check_str(tablet_log_take(&s.log), "pad leave / ");
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 1, 0, true, 0);
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 1, 0, false, 0);
	check_str(tablet_log_take(&s.log), "");
	client_window_destroy(window);
	check_str(tablet_log_take(&s.log), "pad enter / mode 0 / mode 0 / ");
	fixture_unplug(s.fixture, &test_pad);
	check_str(tablet_log_take(&s.log), "pad removed / ");
	end(&s);
}

TEST(pad_buttons_rings_strips_dials)
{
	struct stage s;
	begin(&s);
	fixture_plug(s.fixture, &test_pad);
	tablet_log_take(&s.log);
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 5, 0, true, 0);
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 5, 0, false, 0);
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 6, 0, true, 0); // has only six
	check_str(tablet_log_take(&s.log), "pad button 5 down / pad button 5 up / ");
	fixture_pad(s.fixture, INPUT_PAD_RING, 0, 0, false, 270.5);
	fixture_pad(s.fixture, INPUT_PAD_RING, 0, 0, false, -1);
	fixture_pad(s.fixture, INPUT_PAD_RING, 1, 0, false, 3); // there is no such ring
	check_str(tablet_log_take(&s.log),
		"finger 1 / angle 270.5 / ring frame / finger 1 / stop / ring frame / ");
	fixture_pad(s.fixture, INPUT_PAD_STRIP, 1, 0, false, 0.5);
	fixture_pad(s.fixture, INPUT_PAD_STRIP, 0, 0, false, -1);
	check_str(tablet_log_take(&s.log),
		"finger 1 / position 32768 / strip frame / finger 1 / stop / strip frame / ");
	fixture_pad(s.fixture, INPUT_PAD_DIAL, 0, 0, false, -240);
	check_str(tablet_log_take(&s.log), "dial -240 / dial frame / ");
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 0, 2, true, 0);
	check_str(tablet_log_take(&s.log), "mode 2 / pad button 0 down / ");
	fixture_pad(s.fixture, INPUT_PAD_BUTTON, 0, 99, false, 0); // there are four modes
	check_str(tablet_log_take(&s.log), "pad button 0 up / ");
	end(&s);
}

TEST(pad_without_a_tablet_enters_nothing)
{
	struct stage s;
	begin(&s);
	fixture_unplug(s.fixture, &test_tablet);
	fixture_plug(s.fixture, &test_pad);
	check(!strstr(tablet_log_take(&s.log), "enter"));
	fixture_plug(s.fixture, &test_tablet);
	check(strstr(tablet_log_take(&s.log), "tablet done / pad enter / "));
	fixture_unplug(s.fixture, &test_tablet);
	check_str(tablet_log_take(&s.log), "tablet removed / pad leave / ");
	end(&s);
}

TEST(an_old_client_hears_of_no_dials)
{
	struct stage s;
	begin(&s);
	fixture_plug(s.fixture, &test_pad);
	tablet_log_take(&s.log);
	struct zwp_tablet_manager_v2 *manager =
		client_bind(s.client, &zwp_tablet_manager_v2_interface, 1);
	struct zwp_tablet_seat_v2 *seat =
		zwp_tablet_manager_v2_get_tablet_seat(manager, s.client->seat);
	check_no_error(s.client);
	check_eq(zwp_tablet_seat_v2_get_version(seat), 1);
	zwp_tablet_seat_v2_destroy(seat);
	zwp_tablet_manager_v2_destroy(manager);
	end(&s);
}

TEST(cursor_of_a_tool)
{
	struct stage s;
	begin_near(&s);
	struct cursor *cursor = s.fixture->server->seat->cursor;
	struct wl_surface *surface = wl_compositor_create_surface(s.client->compositor);
	wl_surface_attach(surface, client_buffer(s.client, 10, 10, 0xffff0000), 0, 0);
	wl_surface_commit(surface);
	zwp_tablet_tool_v2_set_cursor(s.log.tools[0], s.log.in_serial - 1, surface, 3, 4);
	fixture_pump(s.fixture);
	check(!cursor_surface(cursor)); // of an older proximity
	zwp_tablet_tool_v2_set_cursor(s.log.tools[0], s.log.in_serial, surface, 3, 4);
	check_no_error(s.client);
	check(cursor_surface(cursor) == client_surface(surface, s.client));
	fixture_tool_move(s.fixture, &test_pen, 1200, 700);
	check(!cursor_surface(cursor));
	zwp_tablet_tool_v2_set_cursor(s.log.tools[0], s.log.in_serial, surface, 3, 4);
	fixture_pump(s.fixture);
	check(!cursor_surface(cursor)); // the tool is elsewhere
	wl_surface_destroy(surface);
	tablet_log_take(&s.log);
	end(&s);
}

TEST(cursor_shape_of_a_tool)
{
	struct stage s;
	begin_near(&s);
	struct cursor *cursor = s.fixture->server->seat->cursor;
	struct wp_cursor_shape_manager_v1 *manager =
		client_bind(s.client, &wp_cursor_shape_manager_v1_interface, 2);
	struct wp_cursor_shape_device_v1 *device =
		wp_cursor_shape_manager_v1_get_tablet_tool_v2(manager, s.log.tools[0]);
	struct wl_surface *surface = wl_compositor_create_surface(s.client->compositor);
	wl_surface_attach(surface, client_buffer(s.client, 10, 10, 0xffff0000), 0, 0);
	wl_surface_commit(surface);
	zwp_tablet_tool_v2_set_cursor(s.log.tools[0], s.log.in_serial, surface, 3, 4);
	fixture_pump(s.fixture);
	check(cursor_surface(cursor));
	wp_cursor_shape_device_v1_set_shape(
		device, s.log.in_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_CROSSHAIR);
	check_no_error(s.client);
	check(!cursor_surface(cursor));
	fixture_unplug(s.fixture, &test_tablet);
	wp_cursor_shape_device_v1_set_shape(
		device, s.log.in_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT);
	check_no_error(s.client);
	wp_cursor_shape_device_v1_destroy(device);
	device = wp_cursor_shape_manager_v1_get_tablet_tool_v2(manager, s.log.tools[0]);
	wp_cursor_shape_device_v1_set_shape(
		device, s.log.in_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT);
	check_no_error(s.client);
	wp_cursor_shape_device_v1_destroy(device);
	wp_cursor_shape_manager_v1_destroy(manager);
	wl_surface_destroy(surface);
	tablet_log_take(&s.log);
	end(&s);
}

TEST(two_tablet_seats_of_one_client)
{
	struct stage s;
	begin_near(&s);
	struct tablet_log second;
	tablet_log_begin(&second, s.client);
	check(strstr(tablet_log_take(&second), "tool done / "));
	// Who comes late hears where the pen is with its next event, and of its own tablet.
	fixture_tool_move(s.fixture, &test_pen, s.x + 12, s.y + 20);
	check_str(tablet_log_take(&s.log), "at 12,20 / frame / ");
	check_str(tablet_log_take(&second), "in / at 12,20 / frame / ");
	zwp_tablet_v2_destroy(second.tablets[0]);
	second.n_tablets = 0;
	fixture_pump(s.fixture);
	fixture_tool_away(s.fixture, &test_pen);
	fixture_tool_near(s.fixture, &test_pen, s.x + 12, s.y + 20);
	check_str(tablet_log_take(&s.log), "out / frame / in / at 12,20 / frame / ");
	check_str(tablet_log_take(&second), "out / frame / "); // without a tablet there is no in
	tablet_log_end(&second);
	end(&s);
}
