// SPDX-License-Identifier: MIT
// wl_seat: what clients hear of pointer, keyboard and touch, in which order, and what they do not.
#include "compositor/core/seat.h"
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

struct stage {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	int x, y; // of the window's content
};

// A window of 200x100 at a known place of the desktop, pointer elsewhere.
static void begin(struct stage *stage)
{
	*stage = (struct stage){.fixture = fixture_create(NULL)};
	stage->client = client_create(stage->fixture);
	stage->window = client_window_create(stage->client, 200, 100, 0xff808080);
	fixture_move(stage->fixture, 1200, 700);
	seat_log_begin(&stage->log, stage->client);
	stage->x = stage->window->window->x;
	stage->y = stage->window->window->y;
	seat_log_take(&stage->log);
}

static void end(struct stage *stage)
{
	seat_log_end(&stage->log);
	client_window_destroy(stage->window);
	fixture_destroy(stage->fixture);
}

static void input(struct stage *stage, struct input_event event)
{
	struct server *server = stage->fixture->server;
	event.time_us = clock_now_ns(server->clock) / 1000;
	seat_input(server->seat, &event);
}

TEST(pointer_enters_moves_and_leaves)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	check_str(seat_log_take(&s.log), "enter 10,20 / frame / ");
	fixture_move(s.fixture, s.x + 12.5, s.y + 20);
	check_str(seat_log_take(&s.log), "motion 12.5,20 / frame / ");
	fixture_move(s.fixture, 1200, 700);
	check_str(seat_log_take(&s.log), "leave / frame / ");
	end(&s);
}

TEST(a_pressed_button_keeps_the_focus)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	fixture_button(s.fixture, BTN_LEFT, true);
	seat_log_take(&s.log);
	fixture_move(s.fixture, s.x - 30, s.y + 20);
	check_str(seat_log_take(&s.log), "motion -30,20 / frame / ");
	fixture_button(s.fixture, BTN_LEFT, false);
	check_str(seat_log_take(&s.log), "button 0x110 up / frame / leave / frame / ");
	end(&s);
}

TEST(buttons_are_told_once)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	seat_log_take(&s.log);
	fixture_button(s.fixture, BTN_RIGHT, true);
	fixture_button(s.fixture, BTN_RIGHT, true);
	fixture_button(s.fixture, BTN_RIGHT, false);
	fixture_button(s.fixture, BTN_RIGHT, false);
	check_str(seat_log_take(&s.log), "button 0x111 down / frame / button 0x111 up / frame / ");
	end(&s);
}

TEST(wheel_tells_notches_in_its_frame)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	seat_log_take(&s.log);
	input(&s,
		(struct input_event){.type = INPUT_AXIS,
			.axis = {.source = INPUT_AXIS_WHEEL, .delta = 15, .value120 = 120}});
	input(&s, (struct input_event){.type = INPUT_POINTER_FRAME});
	const char *text = seat_log_take(&s.log);
	// Version 9 knows value120, the client's version decides.
	check(strstr(text, "source 0 / "));
	check(strstr(text, "value120 0 120 / ") || strstr(text, "discrete 0 1 / "));
	check(strstr(text, "axis 0 15 / frame / "));
	input(&s, (struct input_event){.type = INPUT_AXIS, .axis = {.source = INPUT_AXIS_FINGER}});
	input(&s, (struct input_event){.type = INPUT_POINTER_FRAME});
	check_str(seat_log_take(&s.log), "source 1 / stop 0 / frame / ");
	end(&s);
}

TEST(keys_and_modifiers)
{
	struct stage s;
	begin(&s);
	fixture_key(s.fixture, KEY_A, true);
	fixture_key(s.fixture, KEY_A, false);
	check_str(seat_log_take(&s.log), "key 30 down / key 30 up / ");
	fixture_key(s.fixture, KEY_LEFTSHIFT, true);
	fixture_key(s.fixture, KEY_LEFTSHIFT, false);
	check_str(
		seat_log_take(&s.log), "key 42 down / mods 1,0,0,0 / key 42 up / mods 0,0,0,0 / ");
	end(&s);
}

TEST(keyboard_focus_tells_what_is_pressed)
{
	struct stage s;
	begin(&s);
	check_eq(s.log.keymaps, 1);
	check(s.log.keymap_size > 1000);
	check(s.log.repeat_rate > 0 && s.log.repeat_delay > 0);
	fixture_key(s.fixture, KEY_B, true);
	seat_log_take(&s.log);
	struct client *other = client_create(s.fixture);
	struct seat_log log;
	seat_log_begin(&log, other);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check_str(seat_log_take(&log), "focus 48 / mods 0,0,0,0 / ");
	check_str(seat_log_take(&s.log), "unfocus / ");
	client_window_destroy(window);
	check_str(seat_log_take(&s.log), "focus 48 / mods 0,0,0,0 / ");
	seat_log_end(&log);
	end(&s);
}

TEST(bindings_are_not_heard_by_clients)
{
	struct stage s;
	begin(&s);
	fixture_key(s.fixture, KEY_LEFTMETA, true);
	seat_log_take(&s.log);
	fixture_key(s.fixture, KEY_UP, true);
	fixture_key(s.fixture, KEY_UP, false);
	check(!strstr(seat_log_take(&s.log), "key 103"));
	fixture_key(s.fixture, KEY_LEFTMETA, false);
	check(window_has(s.window->window, WINDOW_MAXIMIZED));
	end(&s);
}

TEST(touch_belongs_to_where_it_went_down)
{
	struct stage s;
	begin(&s);
	fixture_touch(s.fixture, 7, s.x + 5, s.y + 6);
	check_str(seat_log_take(&s.log), "down 7 5,6 / touched / ");
	input(&s,
		(struct input_event){.type = INPUT_TOUCH_MOTION,
			.touch = {.id = 7, .x = s.x - 20, .y = s.y + 300, .layout = true}});
	input(&s, (struct input_event){.type = INPUT_TOUCH_FRAME});
	check_str(seat_log_take(&s.log), "drag 7 -20,300 / touched / ");
	fixture_touch_up(s.fixture, 7);
	check_str(seat_log_take(&s.log), "up 7 / touched / ");
	fixture_touch(s.fixture, 1, s.x + 5, s.y + 6);
	seat_log_take(&s.log);
	input(&s, (struct input_event){.type = INPUT_TOUCH_CANCEL});
	check_str(seat_log_take(&s.log), "cancel / ");
	end(&s);
}

TEST(a_surface_that_moves_under_a_still_pointer_is_told)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	seat_log_take(&s.log);
	window_move(s.window->window, s.x - 5, s.y);
	fixture_frames(s.fixture, 2);
	check_str(seat_log_take(&s.log), "motion 15,20 / frame / ");
	end(&s);
}

TEST(devices_of_a_late_comer_are_in_the_picture)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 10, s.y + 20);
	struct seat_log second;
	seat_log_begin(&second, s.client);
	check_str(seat_log_take(&second), "enter 10,20 / frame / focus / mods 0,0,0,0 / ");
	seat_log_end(&second);
	end(&s);
}

TEST(a_dying_client_gets_no_focus_back)
{
	struct stage s;
	begin(&s);
	struct client *other = client_create(s.fixture);
	struct client_window *a = client_window_create(other, 300, 300, 0xff0000ff);
	struct client_window *b = client_window_create(other, 300, 300, 0xff00ff00);
	struct seat_log log;
	seat_log_begin(&log, other);
	struct box box = window_box(b->window);
	fixture_move(s.fixture, box.x + 100, box.y + 100);
	client_destroy(other); // with all it has
	fixture_frames(s.fixture, 2);
	check(a && b);
	check_eq(wl_list_length(&s.fixture->server->seat->clients), 1);
	end(&s);
}

TEST(infinite_coordinates_are_ignored)
{
	struct stage s;
	begin(&s);
	struct pointer *pointer = &s.fixture->server->seat->pointer;
	double x = pointer->x;
	const double bad[] = {__builtin_inf(), -__builtin_inf(), __builtin_nan("")};
	for (size_t i = 0; i < array_length(bad); i++) {
		input(&s, (struct input_event){.type = INPUT_MOTION, .motion = {bad[i], 0, 0, 0}});
		input(&s,
			(struct input_event){
				.type = INPUT_MOTION_ABSOLUTE, .absolute = {bad[i], 0.5}});
		input(&s,
			(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {1, bad[i]}});
		input(&s,
			(struct input_event){
				.type = INPUT_TOUCH_DOWN, .touch = {1, bad[i], 0, true}});
		check(pointer->x == x);
	}
	check(wl_list_empty(&s.fixture->server->seat->touch_points));
	end(&s);
}
