// SPDX-License-Identifier: MIT
// wl_seat: the events of pointer, keyboard and touch, their order, and when none are sent.
#include "compositor/seat/seat.h"
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

struct seat_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	int x, y; // of the window's content, in the layout
};

// A window of 200x100 with the pointer outside of it.
static void seat_rig_init(struct seat_rig *rig)
{
	*rig = (struct seat_rig){.fixture = fixture_create(NULL)};
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	fixture_move(rig->fixture, 1200, 700);
	seat_log_begin(&rig->log, rig->client);
	rig->x = rig->window->window->x;
	rig->y = rig->window->window->y;
	seat_log_take(&rig->log);
}

static void seat_rig_finish(struct seat_rig *rig)
{
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void input(struct seat_rig *rig, struct input_event event)
{
	struct server *server = rig->fixture->server;
	event.time_us = clock_now_ns(server->clock) / 1000;
	seat_input(server->seat, &event);
}

TEST_F(seat_rig, pointer_enters_moves_and_leaves)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	check_str(seat_log_take(&rig->log), "enter 10,20 / frame / ");
	fixture_move(rig->fixture, rig->x + 12.5, rig->y + 20);
	check_str(seat_log_take(&rig->log), "motion 12.5,20 / frame / ");
	fixture_move(rig->fixture, 1200, 700);
	check_str(seat_log_take(&rig->log), "leave / frame / ");
}

TEST_F(seat_rig, a_pressed_button_keeps_the_focus)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	fixture_button(rig->fixture, BTN_LEFT, true);
	seat_log_take(&rig->log);
	fixture_move(rig->fixture, rig->x - 30, rig->y + 20);
	check_str(seat_log_take(&rig->log), "motion -30,20 / frame / ");
	fixture_button(rig->fixture, BTN_LEFT, false);
	check_str(seat_log_take(&rig->log), "button 0x110 up / frame / leave / frame / ");
}

TEST_F(seat_rig, buttons_are_told_once)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	seat_log_take(&rig->log);
	fixture_button(rig->fixture, BTN_RIGHT, true);
	fixture_button(rig->fixture, BTN_RIGHT, true);
	fixture_button(rig->fixture, BTN_RIGHT, false);
	fixture_button(rig->fixture, BTN_RIGHT, false);
	check_str(
		seat_log_take(&rig->log), "button 0x111 down / frame / button 0x111 up / frame / ");
}

TEST_F(seat_rig, wheel_tells_notches_in_its_frame)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	seat_log_take(&rig->log);
	input(rig,
		(struct input_event){.type = INPUT_AXIS,
			.axis = {.source = INPUT_AXIS_WHEEL, .delta = 15, .value120 = 120}});
	input(rig, (struct input_event){.type = INPUT_POINTER_FRAME});
	const char *text = seat_log_take(&rig->log);
	// axis_value120 exists since version 8, so the version of the client decides.
	check(strstr(text, "source 0 / "));
	check(strstr(text, "value120 0 120 / ") || strstr(text, "discrete 0 1 / "));
	check(strstr(text, "axis 0 15 / frame / "));
	input(rig, (struct input_event){.type = INPUT_AXIS, .axis = {.source = INPUT_AXIS_FINGER}});
	input(rig, (struct input_event){.type = INPUT_POINTER_FRAME});
	check_str(seat_log_take(&rig->log), "source 1 / stop 0 / frame / ");
}

TEST_F(seat_rig, keys_and_modifiers)
{
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check_str(seat_log_take(&rig->log), "key 30 down / key 30 up / ");
	fixture_key(rig->fixture, KEY_LEFTSHIFT, true);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, false);
	check_str(seat_log_take(&rig->log),
		"key 42 down / mods 1,0,0,0 / key 42 up / mods 0,0,0,0 / ");
}

TEST_F(seat_rig, keyboard_focus_tells_what_is_pressed)
{
	check_eq(rig->log.keymaps, 1);
	check(rig->log.keymap_size > 1000);
	check(rig->log.repeat_rate > 0 && rig->log.repeat_delay > 0);
	fixture_key(rig->fixture, KEY_B, true);
	seat_log_take(&rig->log);
	struct client *other = client_create(rig->fixture);
	struct seat_log log;
	seat_log_begin(&log, other);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check_str(seat_log_take(&log), "focus 48 / mods 0,0,0,0 / ");
	check_str(seat_log_take(&rig->log), "unfocus / ");
	client_window_destroy(window);
	check_str(seat_log_take(&rig->log), "focus 48 / mods 0,0,0,0 / ");
	seat_log_end(&log);
}

TEST_F(seat_rig, bindings_are_not_heard_by_clients)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	seat_log_take(&rig->log);
	fixture_key(rig->fixture, KEY_UP, true);
	fixture_key(rig->fixture, KEY_UP, false);
	check(!strstr(seat_log_take(&rig->log), "key 103"));
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	check(window_has(rig->window->window, WINDOW_MAXIMIZED));
}

TEST_F(seat_rig, touch_belongs_to_where_it_went_down)
{
	fixture_touch(rig->fixture, 7, rig->x + 5, rig->y + 6);
	check_str(seat_log_take(&rig->log), "down 7 5,6 / touched / ");
	input(rig,
		(struct input_event){.type = INPUT_TOUCH_MOTION,
			.touch = {.id = 7, .x = rig->x - 20, .y = rig->y + 300, .layout = true}});
	input(rig, (struct input_event){.type = INPUT_TOUCH_FRAME});
	check_str(seat_log_take(&rig->log), "drag 7 -20,300 / touched / ");
	fixture_touch_up(rig->fixture, 7);
	check_str(seat_log_take(&rig->log), "up 7 / touched / ");
	fixture_touch(rig->fixture, 1, rig->x + 5, rig->y + 6);
	seat_log_take(&rig->log);
	input(rig, (struct input_event){.type = INPUT_TOUCH_CANCEL});
	check_str(seat_log_take(&rig->log), "cancel / ");
}

TEST_F(seat_rig, a_surface_that_moves_under_a_still_pointer_is_told)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	seat_log_take(&rig->log);
	window_move(rig->window->window, rig->x - 5, rig->y);
	fixture_frames(rig->fixture, 2);
	check_str(seat_log_take(&rig->log), "motion 15,20 / frame / ");
}

TEST_F(seat_rig, devices_of_a_late_comer_are_in_the_picture)
{
	fixture_move(rig->fixture, rig->x + 10, rig->y + 20);
	struct seat_log second;
	seat_log_begin(&second, rig->client);
	check_str(seat_log_take(&second), "enter 10,20 / frame / focus / mods 0,0,0,0 / ");
	seat_log_end(&second);
}

TEST_F(seat_rig, a_dying_client_gets_no_focus_back)
{
	struct client *other = client_create(rig->fixture);
	struct client_window *a = client_window_create(other, 300, 300, 0xff0000ff);
	struct client_window *b = client_window_create(other, 300, 300, 0xff00ff00);
	struct seat_log log;
	seat_log_begin(&log, other);
	struct box box = window_box(b->window);
	fixture_move(rig->fixture, box.x + 100, box.y + 100);
	client_destroy(other); // with all its objects
	fixture_frames(rig->fixture, 2);
	check(a && b);
	check_eq(wl_list_length(&rig->fixture->server->seat->clients), 1);
}

TEST_F(seat_rig, infinite_coordinates_are_ignored)
{
	struct pointer *pointer = &rig->fixture->server->seat->pointer;
	double x = pointer->x;
	const double bad[] = {__builtin_inf(), -__builtin_inf(), __builtin_nan("")};
	for (size_t i = 0; i < array_length(bad); i++) {
		input(rig, (struct input_event){.type = INPUT_MOTION, .motion = {bad[i], 0, 0, 0}});
		input(rig,
			(struct input_event){
				.type = INPUT_MOTION_ABSOLUTE, .absolute = {bad[i], 0.5}});
		input(rig,
			(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {1, bad[i]}});
		input(rig,
			(struct input_event){
				.type = INPUT_TOUCH_DOWN, .touch = {1, bad[i], 0, true}});
		check(pointer->x == x);
	}
	check(wl_list_empty(&rig->fixture->server->seat->touch_points));
}
