// SPDX-License-Identifier: MIT
// Input from the back end while no output shows anything: programs get none of it.
#include <linux/input-event-codes.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

struct unseen_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	struct output *output;
	struct backend_impl impl; // of the fixture, which switches terminals
	struct wl_listener activity;
	int active;
};

static int vt;

static bool switch_vt(struct backend *backend, int to)
{
	vt = to;
	return true;
}

static void on_activity(struct wl_listener *listener, void *data)
{
	struct unseen_rig *rig = wl_container_of(listener, rig, activity);
	rig->active++;
}

static void unseen_rig_init(struct unseen_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	rig->output = output_first(rig->fixture->server);
	struct backend *backend = rig->fixture->server->backend;
	rig->impl = *backend->impl;
	rig->impl.switch_vt = switch_vt;
	backend->impl = &rig->impl;
	rig->activity.notify = on_activity;
	wl_signal_add(&rig->fixture->server->events.activity, &rig->activity);
	seat_log_begin(&rig->log, rig->client);
	fixture_move(rig->fixture, rig->window->window->x + 50, rig->window->window->y + 50);
	seat_log_take(&rig->log);
}

static void unseen_rig_finish(struct unseen_rig *rig)
{
	check_no_error(rig->client);
	wl_list_remove(&rig->activity.link);
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void input(struct unseen_rig *rig, struct input_event event)
{
	const struct backend *backend = rig->fixture->server->backend;
	event.time_us = clock_now_ns(rig->fixture->server->clock) / 1000;
	backend->sink->input(backend->sink_data, &event);
}

static void key(struct unseen_rig *rig, uint32_t code, bool pressed)
{
	input(rig, (struct input_event){.type = INPUT_KEY, .key = {code, pressed}});
}

static void button(struct unseen_rig *rig, bool pressed)
{
	input(rig, (struct input_event){.type = INPUT_BUTTON, .button = {BTN_LEFT, pressed}});
	input(rig, (struct input_event){.type = INPUT_POINTER_FRAME});
}

static void set_enabled(struct unseen_rig *rig, bool enabled)
{
	struct output_change change = output_change_none(rig->output);
	change.enabled = enabled;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_frames(rig->fixture, 2);
}

static const bool powers[] = {false, true};
TEST_FP(unseen_rig, typed_and_clicked, bool, powers)
{
	if (*param)
		check(output_set_power(rig->output, false));
	else
		set_enabled(rig, false);
	seat_log_take(&rig->log);
	rig->active = 0;
	key(rig, KEY_A, true);
	key(rig, KEY_A, false);
	button(rig, true);
	button(rig, false);
	input(rig, (struct input_event){.type = INPUT_MOTION, .motion = {5, 5, 5, 5}});
	input(rig, (struct input_event){.type = INPUT_AXIS, .axis = {.delta = 10}});
	input(rig,
		(struct input_event){.type = INPUT_TOUCH_DOWN,
			.touch = {.id = 1, .x = 60, .y = 60, .layout = true}});
	input(rig, (struct input_event){.type = INPUT_TOUCH_UP, .touch = {.id = 1}});
	input(rig, (struct input_event){.type = INPUT_TOUCH_FRAME});
	const char *reached = seat_log_take(&rig->log);
	check(!strstr(reached, "key") && !strstr(reached, "button") && !strstr(reached, "axis") &&
		!strstr(reached, "motion") && !strstr(reached, "down"));
	check(rig->active >= 6); // idle timers see it
	// A key that is held down until the screen is on again.
	key(rig, KEY_B, true);
	if (*param)
		check(output_set_power(rig->output, true));
	else
		set_enabled(rig, true);
	fixture_frames(rig->fixture, 2);
	key(rig, KEY_B, false);
	check(!strstr(seat_log_take(&rig->log), "key"));
	key(rig, KEY_A, true);
	key(rig, KEY_A, false);
	check(strstr(seat_log_take(&rig->log), "key") != NULL);
}

TEST_F(unseen_rig, pressed_before)
{
	key(rig, KEY_A, true);
	button(rig, true);
	check(strstr(seat_log_take(&rig->log), "key") != NULL);
	check(output_set_power(rig->output, false));
	seat_log_take(&rig->log);
	key(rig, KEY_A, false);
	button(rig, false);
	const char *reached = seat_log_take(&rig->log);
	check(strstr(reached, "key") && strstr(reached, "button"));
	check_eq(rig->fixture->server->seat->keyboard.n_keys, 0);
	check_eq(rig->fixture->server->seat->pointer.n_buttons, 0);
}

// A screen that shows something is enough.
TEST_F(unseen_rig, another_screen)
{
	struct backend *backend = rig->fixture->server->backend;
	check(rig->impl.add_screen(backend, NULL, 640, 480, 60000) != NULL);
	check(output_set_power(rig->output, false));
	seat_log_take(&rig->log);
	key(rig, KEY_A, true);
	key(rig, KEY_A, false);
	check(strstr(seat_log_take(&rig->log), "key") != NULL);
}

// The way out of a session whose screens stay dark. Bindings that end programs do not work.
TEST_F(unseen_rig, terminals_and_bindings)
{
	vt = 0;
	check(output_set_power(rig->output, false));
	key(rig, KEY_LEFTALT, true);
	key(rig, KEY_F4, true);
	key(rig, KEY_F4, false);
	fixture_pump(rig->fixture);
	check_eq(rig->window->closes, 0);
	key(rig, KEY_LEFTCTRL, true);
	key(rig, KEY_F3, true);
	key(rig, KEY_F3, false);
	key(rig, KEY_LEFTCTRL, false);
	key(rig, KEY_LEFTALT, false);
	check_eq(vt, 3);
	check(!strstr(seat_log_take(&rig->log), "key"));
}

// Its keymap would know neither the modifiers nor the keys of the user.
TEST_F(unseen_rig, terminals_after_a_virtual_keyboard)
{
	static const struct input_device foreign = {.type = INPUT_KEYBOARD, .is_virtual = true};
	struct seat *seat = rig->fixture->server->seat;
	vt = 0;
	check(keyboard_set_keymap(seat, keyboard_ready(seat)->configured, &foreign));
	check(output_set_power(rig->output, false));
	key(rig, KEY_LEFTCTRL, true);
	key(rig, KEY_LEFTALT, true);
	key(rig, KEY_F3, true);
	check_eq(vt, 3);
	check(!strstr(seat_log_take(&rig->log), "key "));
}

TEST_F(unseen_rig, a_modifier_held_until_seen)
{
	check(output_set_power(rig->output, false));
	seat_log_take(&rig->log);
	key(rig, KEY_LEFTSHIFT, true);
	check_str(seat_log_take(&rig->log), "");
	check(output_set_power(rig->output, true));
	fixture_frames(rig->fixture, 2);
	// Before the key, which the client would take for a small letter.
	key(rig, KEY_A, true);
	key(rig, KEY_A, false);
	check_str(seat_log_take(&rig->log), "mods 1,0,0,0 / key 30 down / key 30 up / ");
	key(rig, KEY_LEFTSHIFT, false);
	check_str(seat_log_take(&rig->log), "mods 0,0,0,0 / ");
}

TEST_F(unseen_rig, scrolling_ends)
{
	struct input_event scroll = {
		.type = INPUT_AXIS, .axis = {.source = INPUT_AXIS_FINGER, .delta = 3}};
	input(rig, scroll);
	input(rig, (struct input_event){.type = INPUT_POINTER_FRAME});
	check(strstr(seat_log_take(&rig->log), "axis 0 3 / "));
	check(output_set_power(rig->output, false));
	seat_log_take(&rig->log);
	scroll.axis.delta = 0;
	input(rig, scroll);
	input(rig, (struct input_event){.type = INPUT_POINTER_FRAME});
	check(strstr(seat_log_take(&rig->log), "stop 0 / "));
}
