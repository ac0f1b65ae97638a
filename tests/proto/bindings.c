// SPDX-License-Identifier: MIT
// Bindings that repeat or act on the release, and those of buttons and the wheel.
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/seat/seat.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

static const char config[] = "[keyboard]\nrepeat-rate = 10\nrepeat-delay = 500\n"
			     "[bindings]\nSuper+m+repeat = maximize\nSuper+n = maximize\n"
			     "Super_L+release = minimize\nF5+release = minimize\n"
			     "mouse-side = minimize\nAlt+mouse-left = minimize\n"
			     "Super+wheel-up = maximize\nSuper+wheel-right = minimize\n";

struct binding_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
};

static void binding_rig_init(struct binding_rig *rig)
{
	rig->fixture = fixture_create_config(config);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
}

static void binding_rig_finish(struct binding_rig *rig)
{
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	check_no_error(rig->client);
	fixture_destroy(rig->fixture);
}

// Whether the window was toggled an odd number of times since the last call.
static bool was_toggled(struct binding_rig *rig)
{
	bool toggled = window_has(rig->window->window, WINDOW_MAXIMIZED);
	window_request(rig->window->window, REQUEST_MAXIMIZE, &(struct window_detail){0});
	fixture_frames(rig->fixture, 2);
	return toggled;
}

static bool was_minimized(struct binding_rig *rig)
{
	bool minimized = window_has(rig->window->window, WINDOW_MINIMIZED);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	fixture_frames(rig->fixture, 2);
	return minimized;
}

TEST_F(binding_rig, repeats)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_M, true);
	check(window_has(rig->window->window, WINDOW_MAXIMIZED));
	fixture_advance(rig->fixture, 490 * NSEC_PER_MSEC);
	check(window_has(rig->window->window, WINDOW_MAXIMIZED));
	for (int i = 0; i < 5; i++) { // ten times a second
		fixture_advance(rig->fixture, (i ? 100 : 20) * NSEC_PER_MSEC);
		check_eq(window_has(rig->window->window, WINDOW_MAXIMIZED), i % 2);
	}
	fixture_key(rig->fixture, KEY_M, false);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC + 50 * NSEC_PER_MSEC);
	check(!window_has(rig->window->window, WINDOW_MAXIMIZED));
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
}

TEST_F(binding_rig, others_do_not_repeat)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_N, true);
	for (int i = 0; i < 5; i++) {
		fixture_advance(rig->fixture, 400 * NSEC_PER_MSEC);
		check(window_has(rig->window->window, WINDOW_MAXIMIZED));
	}
	fixture_key(rig->fixture, KEY_N, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
}

// Another key, or the modifier's release, ends the repeats.
TEST_F(binding_rig, repeats_end)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_M, true);
	fixture_key(rig->fixture, KEY_Q + 1, true);
	fixture_advance(rig->fixture, 650 * NSEC_PER_MSEC);
	check(was_toggled(rig));
	fixture_key(rig->fixture, KEY_Q + 1, false);
	fixture_key(rig->fixture, KEY_M, false);
	fixture_key(rig->fixture, KEY_M, true);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	fixture_advance(rig->fixture, 650 * NSEC_PER_MSEC);
	check(was_toggled(rig));
	fixture_key(rig->fixture, KEY_M, false);
	was_minimized(rig);
}

TEST_F(binding_rig, a_tap_of_a_modifier)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	check(!window_has(rig->window->window, WINDOW_MINIMIZED));
	check(strstr(seat_log_take(&rig->log), "key") != NULL); // it is a modifier first of all
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	check(was_minimized(rig));
	// Not if it was used as a modifier.
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_N, true);
	fixture_key(rig->fixture, KEY_N, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	check(!was_minimized(rig));
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_button(rig->fixture, BTN_MIDDLE, true);
	fixture_button(rig->fixture, BTN_MIDDLE, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	check(!was_minimized(rig));
}

TEST_F(binding_rig, release_of_a_key)
{
	fixture_key(rig->fixture, KEY_F5, true);
	check_str(seat_log_take(&rig->log), "");
	check(!window_has(rig->window->window, WINDOW_MINIMIZED));
	fixture_key(rig->fixture, KEY_F5, false);
	check(strstr(seat_log_take(&rig->log), "key") == NULL);
	check(was_minimized(rig));
}

TEST_F(binding_rig, buttons)
{
	struct box box = window_box(rig->window->window);
	fixture_move(rig->fixture, box.x + 20, box.y + 20);
	seat_log_take(&rig->log);
	fixture_button(rig->fixture, BTN_SIDE, true);
	fixture_button(rig->fixture, BTN_SIDE, false);
	check(strstr(seat_log_take(&rig->log), "button") == NULL);
	check(was_minimized(rig));
	fixture_key(rig->fixture, KEY_LEFTALT, true);
	fixture_click(rig->fixture, box.x + 21, box.y + 20);
	check(was_minimized(rig));
	fixture_key(rig->fixture, KEY_LEFTALT, false);
	fixture_click(rig->fixture, box.x + 22, box.y + 20);
	check(!was_minimized(rig));
}

static void scroll(struct binding_rig *rig, bool horizontal, int value120)
{
	seat_input(rig->fixture->server->seat,
		&(struct input_event){.type = INPUT_AXIS,
			.axis = {.horizontal = horizontal,
				.source = INPUT_AXIS_WHEEL,
				.delta = value120 / 8.0,
				.value120 = value120}});
	seat_input(rig->fixture->server->seat, &(struct input_event){.type = INPUT_POINTER_FRAME});
	fixture_pump(rig->fixture);
}

TEST_F(binding_rig, wheel)
{
	struct box box = window_box(rig->window->window);
	fixture_move(rig->fixture, box.x + 20, box.y + 20);
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	seat_log_take(&rig->log);
	scroll(rig, false, -120);
	check(strstr(seat_log_take(&rig->log), "axis") == NULL);
	check(was_toggled(rig));
	// Fractions of a notch add up.
	scroll(rig, false, -60);
	check(!was_toggled(rig));
	scroll(rig, false, -60);
	check(was_toggled(rig));
	// Other directions.
	seat_log_take(&rig->log);
	scroll(rig, false, 120);
	check(strstr(seat_log_take(&rig->log), "axis") != NULL);
	check(!was_toggled(rig));
	scroll(rig, true, 120);
	check(window_has(rig->window->window, WINDOW_MINIMIZED));
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	was_minimized(rig);
	scroll(rig, false, -120);
	check(!was_toggled(rig)); // without the modifier
}
