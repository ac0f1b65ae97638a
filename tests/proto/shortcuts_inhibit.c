// SPDX-License-Identifier: MIT
// zwp_keyboard_shortcuts_inhibit_manager_v1: keys of bindings that a client gets, and the way out.
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/seat/seat.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "keyboard-shortcuts-inhibit-unstable-v1-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"

struct inhibit_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct zwp_keyboard_shortcuts_inhibit_manager_v1 *manager;
	struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor;
	struct seat_log log;
	int active, inactive;
};

static void on_active(void *data, struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor)
{
	((struct inhibit_rig *)data)->active++;
}

static void on_inactive(void *data, struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor)
{
	((struct inhibit_rig *)data)->inactive++;
}

static const struct zwp_keyboard_shortcuts_inhibitor_v1_listener listener = {
	.active = on_active,
	.inactive = on_inactive,
};

static void inhibit_rig_begin(struct inhibit_rig *rig, const char *config)
{
	rig->fixture = fixture_create_config(config);
	rig->client = client_create(rig->fixture);
	rig->manager =
		client_bind(rig->client, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1);
	check(rig->manager != NULL);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	rig->inhibitor = zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
		rig->manager, rig->window->surface, rig->client->seat);
	zwp_keyboard_shortcuts_inhibitor_v1_add_listener(rig->inhibitor, &listener, rig);
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
}

static void inhibit_rig_init(struct inhibit_rig *rig)
{
	inhibit_rig_begin(rig, "[bindings]\nSuper+m = minimize\n");
}

static void inhibit_rig_finish(struct inhibit_rig *rig)
{
	seat_log_end(&rig->log);
	if (rig->inhibitor)
		zwp_keyboard_shortcuts_inhibitor_v1_destroy(rig->inhibitor);
	zwp_keyboard_shortcuts_inhibit_manager_v1_destroy(rig->manager);
	if (rig->window)
		client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

// Presses Super with a key. True: the client got the key.
static bool client_gets(struct inhibit_rig *rig, uint32_t code)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	seat_log_take(&rig->log);
	fixture_key(rig->fixture, code, true);
	bool got = strstr(seat_log_take(&rig->log), "key") != NULL;
	fixture_key(rig->fixture, code, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	seat_log_take(&rig->log);
	return got;
}

static bool is_minimized(const struct inhibit_rig *rig)
{
	return window_has(rig->window->window, WINDOW_MINIMIZED);
}

TEST_F(inhibit_rig, the_client_gets_the_keys_of_bindings)
{
	check_eq(rig->active, 1);
	check(client_gets(rig, KEY_M));
	check(!is_minimized(rig));
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(rig->inhibitor);
	rig->inhibitor = NULL;
	fixture_pump(rig->fixture);
	check(!client_gets(rig, KEY_M));
	check(is_minimized(rig));
	check_no_error(rig->client);
}

TEST_F(inhibit_rig, the_user_takes_the_keys_back)
{
	check(!client_gets(rig, KEY_ESC));
	check_eq(rig->inactive, 1);
	check(!client_gets(rig, KEY_M));
	check(is_minimized(rig));
	shell_activate(rig->fixture->server->shell, rig->window->window);
	// And returns them.
	check(!client_gets(rig, KEY_ESC));
	check_eq(rig->active, 2);
	check(client_gets(rig, KEY_M));
	check(!is_minimized(rig));
}

TEST_F(inhibit_rig, only_with_the_focus)
{
	struct client_window *other = client_window_create(rig->client, 100, 100, 0xff102030);
	shell_activate(rig->fixture->server->shell, other->window);
	check(!client_gets(rig, KEY_M));
	check(window_has(other->window, WINDOW_MINIMIZED));
	check_eq(rig->inactive, 0);
	// Minimising has moved the focus back.
	check(client_gets(rig, KEY_M));
	client_window_destroy(other);
}

// Super+Escape is a key like others where there is nothing to take back.
TEST_F(inhibit_rig, nothing_to_take_back)
{
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(rig->inhibitor);
	rig->inhibitor = NULL;
	check(client_gets(rig, KEY_ESC));
}

TEST_F(inhibit_rig, buttons_with_super_are_the_clients)
{
	struct box box = window_box(rig->window->window);
	fixture_move(rig->fixture, box.x + 20, box.y + 20);
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	seat_log_take(&rig->log);
	fixture_button(rig->fixture, BTN_LEFT, true);
	check(strstr(seat_log_take(&rig->log), "button") != NULL);
	fixture_button(rig->fixture, BTN_LEFT, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
}

TEST_F(inhibit_rig, a_second_inhibitor_is_an_error)
{
	struct zwp_keyboard_shortcuts_inhibitor_v1 *second =
		zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
			rig->manager, rig->window->surface, rig->client->seat);
	check_client_error(rig->client, "zwp_keyboard_shortcuts_inhibit_manager_v1",
		ZWP_KEYBOARD_SHORTCUTS_INHIBIT_MANAGER_V1_ERROR_ALREADY_INHIBITED);
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(second);
}

TEST_F(inhibit_rig, the_inhibitor_outlives_its_surface)
{
	client_window_destroy(rig->window);
	rig->window = NULL;
	check_no_error(rig->client);
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(rig->inhibitor);
	rig->inhibitor = NULL;
	check_no_error(rig->client);
}

// The same key frees a locked pointer, until the next press of a button.
TEST_F(inhibit_rig, the_pointer_is_freed)
{
	struct seat *seat = rig->fixture->server->seat;
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(rig->client, &zwp_pointer_constraints_v1_interface, 1);
	struct box box = window_box(rig->window->window);
	fixture_move(rig->fixture, box.x + 20, box.y + 20);
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(constraints, rig->window->surface,
			rig->log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(rig->fixture);
	check(seat->pointer.constraint != NULL);
	check(!client_gets(rig, KEY_ESC));
	check(seat->pointer.constraint == NULL);
	fixture_move(rig->fixture, box.x + 30, box.y + 30);
	check(seat->pointer.constraint == NULL);
	fixture_click(rig->fixture, box.x + 31, box.y + 30);
	fixture_move(rig->fixture, box.x + 32, box.y + 30);
	check(seat->pointer.constraint != NULL);
	zwp_locked_pointer_v1_destroy(lock);
	zwp_pointer_constraints_v1_destroy(constraints);
	check_no_error(rig->client);
}

// Without a way out, no program gets the keys.
TEST(no_way_out)
{
	struct inhibit_rig rig = {0};
	inhibit_rig_begin(&rig, "[bindings]\nSuper+m = minimize\nSuper+Escape = none\n");
	check_eq(rig.active, 0);
	check(!client_gets(&rig, KEY_M));
	check(is_minimized(&rig));
	inhibit_rig_finish(&rig);
}
