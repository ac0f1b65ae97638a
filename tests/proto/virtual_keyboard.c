// SPDX-License-Identifier: MIT
// Virtual keyboards: their keymaps, and what they leave behind for other keyboards.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "compositor/shell/desktop.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"

#define SHIFT 1u
#define LOCK 2u
#define ALT 8u

struct virtual_keyboard_rig {
	struct fixture *fixture;
	struct seat *seat;
	struct client *client, *typist; // one has a window, the other the virtual keyboard
	struct client_window *window;
	struct seat_log log;
	struct zwp_virtual_keyboard_v1 *keyboard; // NULL: destroyed
	uint32_t size;                            // of the user's keymap
};

static const char tiny_keymap[] =
	"xkb_keymap {\n"
	"xkb_keycodes { minimum = 8; maximum = 255; <A> = 9; <B> = 38; };\n"
	"xkb_types { type \"ONE\" { modifiers = none; level_name[1] = \"Any\"; }; };\n"
	"xkb_compatibility { interpret Any+AnyOf(all) { action = SetMods(modifiers=none); }; };\n"
	"xkb_symbols { key <A> { type=\"ONE\", [ eacute ] }; key <B> { type=\"ONE\", [ x ] }; };\n"
	"};\n";

static void set_keymap(struct virtual_keyboard_rig *rig, const char *text)
{
	int fd = memfd_sized("keymap", strlen(text) + 1);
	check(pwrite(fd, text, strlen(text) + 1, 0) == (ssize_t)strlen(text) + 1);
	zwp_virtual_keyboard_v1_keymap(
		rig->keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, (uint32_t)strlen(text) + 1);
	check_no_error(rig->typist);
	close(fd);
}

static void rig_init_config(struct virtual_keyboard_rig *rig, const char *config_text)
{
	*rig = (struct virtual_keyboard_rig){.fixture = fixture_create_config(config_text)};
	rig->seat = rig->fixture->server->seat;
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
	rig->size = rig->log.keymap_size;
	rig->typist = client_create(rig->fixture);
	struct zwp_virtual_keyboard_manager_v1 *manager =
		client_bind(rig->typist, &zwp_virtual_keyboard_manager_v1_interface, 1);
	rig->keyboard =
		zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(manager, rig->typist->seat);
	zwp_virtual_keyboard_manager_v1_destroy(manager);
}

// Two layouts and a key for the Latin one's Caps Lock.
static void virtual_keyboard_rig_init(struct virtual_keyboard_rig *rig)
{
	rig_init_config(rig, "[keyboard]\nlayout = us,de\noptions = grp:menu_toggle\n");
	set_keymap(rig, tiny_keymap);
}

static void keyboard_gone(struct virtual_keyboard_rig *rig)
{
	zwp_virtual_keyboard_v1_destroy(rig->keyboard);
	rig->keyboard = NULL;
	fixture_pump(rig->fixture);
}

static void virtual_keyboard_rig_finish(struct virtual_keyboard_rig *rig)
{
	if (rig->keyboard)
		zwp_virtual_keyboard_v1_destroy(rig->keyboard);
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void type_virtual(struct virtual_keyboard_rig *rig, uint32_t code)
{
	zwp_virtual_keyboard_v1_key(rig->keyboard, 1, code, 1);
	zwp_virtual_keyboard_v1_key(rig->keyboard, 2, code, 0);
	check_no_error(rig->typist);
}

// Types the key without a device, as scripts do, and returns its symbol.
static xkb_keysym_t type_user(struct virtual_keyboard_rig *rig, uint32_t code)
{
	fixture_key(rig->fixture, code, true);
	xkb_keysym_t symbol = xkb_state_key_get_one_sym(rig->seat->keyboard.state, code + 8);
	fixture_key(rig->fixture, code, false);
	return symbol;
}

TEST_F(virtual_keyboard_rig, keymap_goes_out_with_the_first_key)
{
	check_eq(rig->log.keymaps, 1);
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, 0, 0, 0, 0);
	check_str(seat_log_take(&rig->log), "");
	check_eq(rig->log.keymaps, 1);
	type_virtual(rig, 1);
	check_str(seat_log_take(&rig->log), "key 1 down / key 1 up / ");
	check_eq(rig->log.keymaps, 2);
	check(rig->log.keymap_size != rig->size);
}

TEST_F(virtual_keyboard_rig, keymap_stays_until_the_next_key)
{
	type_virtual(rig, 1);
	zwp_virtual_keyboard_v1_key(rig->keyboard, 3, 1, 1);
	seat_log_take(&rig->log);
	uint32_t foreign = rig->log.keymap_size;
	keyboard_gone(rig);
	// Held keys are released. A client may still have to look up keys of the burst.
	check_str(seat_log_take(&rig->log), "key 1 up / ");
	check_eq(rig->log.keymaps, 2);
	check_eq(rig->log.keymap_size, foreign);
	check_eq(type_user(rig, KEY_Y), XKB_KEY_y);
	check_str(seat_log_take(&rig->log), "key 21 down / key 21 up / ");
	check_eq(rig->log.keymaps, 3);
	check_eq(rig->log.keymap_size, rig->size);
}

TEST_F(virtual_keyboard_rig, a_key_without_a_device_is_read_by_the_users_keymap)
{
	type_virtual(rig, 1);
	check_eq(type_user(rig, KEY_A), XKB_KEY_a); // x in the foreign one
	seat_log_take(&rig->log);
	check_eq(rig->log.keymap_size, rig->size);
	type_virtual(rig, 1);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 4);
}

TEST_F(virtual_keyboard_rig, a_release_of_the_user_changes_no_keymap)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	type_virtual(rig, 1);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	type_virtual(rig, 1);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 2);
	type_user(rig, KEY_A);
	check_eq(rig->seat->keyboard.depressed, 0);
}

TEST_F(virtual_keyboard_rig, modifiers_end_with_the_keyboard)
{
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, SHIFT, 4, LOCK, 0);
	check_no_error(rig->typist);
	check_str(seat_log_take(&rig->log), "mods 1,4,2,0 / ");
	keyboard_gone(rig);
	check_str(seat_log_take(&rig->log), "mods 0,0,0,0 / ");
	check_eq(type_user(rig, KEY_A), XKB_KEY_a);
}

TEST_F(virtual_keyboard_rig, modifiers_end_with_the_client)
{
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, 0, 0, LOCK, 1);
	type_virtual(rig, 1);
	zwp_virtual_keyboard_v1_destroy(rig->keyboard);
	rig->keyboard = NULL;
	wl_client_destroy(rig->typist->server_side);
	check_eq(type_user(rig, KEY_A), XKB_KEY_a);
	check_eq(rig->seat->keyboard.locked, 0);
	check_eq(rig->seat->keyboard.group, 0);
}

TEST_F(virtual_keyboard_rig, locks_and_layout_of_the_user_outlast_it)
{
	type_user(rig, KEY_CAPSLOCK);
	type_user(rig, KEY_COMPOSE);
	check_eq(type_user(rig, KEY_Y), XKB_KEY_Z);
	seat_log_take(&rig->log);
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, 0, 0, 0, 0);
	type_virtual(rig, 1);
	check_str(seat_log_take(&rig->log), "mods 0,0,0,0 / key 1 down / key 1 up / ");
	check_eq(keyboard_layout(rig->seat), 1);
	keyboard_gone(rig);
	check_eq(type_user(rig, KEY_Y), XKB_KEY_Z);
	check_str(seat_log_take(&rig->log), "mods 0,0,2,1 / key 21 down / key 21 up / ");
}

TEST_F(virtual_keyboard_rig, its_modifiers_are_back_when_it_types_again)
{
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, 0, 0, LOCK, 0);
	type_virtual(rig, 1);
	check_eq(type_user(rig, KEY_A), XKB_KEY_a);
	check_str(seat_log_take(&rig->log),
		"mods 0,0,2,0 / key 1 down / key 1 up / mods 0,0,0,0 / key 30 down / key 30 up / ");
	type_virtual(rig, 1);
	check_str(seat_log_take(&rig->log), "mods 0,0,2,0 / key 1 down / key 1 up / ");
}

TEST_F(virtual_keyboard_rig, its_held_keys_are_no_modifiers_of_the_user)
{
	zwp_virtual_keyboard_v1_key(rig->keyboard, 1, KEY_LEFTSHIFT, 1);
	check_no_error(rig->typist);
	check_eq(type_user(rig, KEY_A), XKB_KEY_a);
	keyboard_gone(rig);
	check_eq(type_user(rig, KEY_A), XKB_KEY_a);
	check_eq(rig->seat->keyboard.n_keys, 0);
}

TEST_F(virtual_keyboard_rig, it_releases_no_key_of_the_user)
{
	fixture_key(rig->fixture, KEY_A, true);
	seat_log_take(&rig->log);
	zwp_virtual_keyboard_v1_key(rig->keyboard, 1, KEY_A, 0);
	check_no_error(rig->typist);
	check_str(seat_log_take(&rig->log), "");
	fixture_key(rig->fixture, KEY_A, false);
	check_str(seat_log_take(&rig->log), "key 30 up / ");
}

TEST_F(virtual_keyboard_rig, no_key_of_many_stays_down)
{
	// The seat has room for as many keys as a keyboard may hold: some are the user's first.
	for (uint32_t code = 200; code < 210; code++)
		fixture_key(rig->fixture, code, true);
	for (uint32_t code = 300; code < 300 + KEYBOARD_KEYS; code++)
		zwp_virtual_keyboard_v1_key(rig->keyboard, 1, code, 1);
	check_no_error(rig->typist);
	for (uint32_t code = 200; code < 210; code++)
		fixture_key(rig->fixture, code, false);
	for (uint32_t code = 400; code < 410; code++)
		zwp_virtual_keyboard_v1_key(rig->keyboard, 1, code, 1);
	check_no_error(rig->typist);
	keyboard_gone(rig);
	check_eq(rig->seat->keyboard.n_keys, 0);
}

// Alt+Tab by modifiers requests, as wtype sends them: no key is released at the end.
static void open_switcher(struct virtual_keyboard_rig *rig)
{
	struct desktop *desktop = desktop_from(rig->fixture->server->shell);
	char *text = xkb_keymap_get_as_string(
		keyboard_ready(rig->seat)->configured, XKB_KEYMAP_FORMAT_TEXT_V1);
	set_keymap(rig, text);
	free(text);
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, ALT, 0, 0, 0);
	type_virtual(rig, KEY_TAB);
	check(desktop->switcher);
}

TEST_F(virtual_keyboard_rig, the_end_of_its_modifiers_ends_the_switcher)
{
	struct desktop *desktop = desktop_from(rig->fixture->server->shell);
	struct client_window *other = client_window_create(rig->client, 100, 100, 0xff0000ff);
	open_switcher(rig);
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, 0, 0, 0, 0);
	check_no_error(rig->typist);
	check(!desktop->switcher);
	check(desktop->shell.active == rig->window->window);
	open_switcher(rig);
	keyboard_gone(rig);
	check(!desktop->switcher);
	check(desktop->shell.active == other->window);
	client_window_destroy(other);
}

// As where xkb-data is not installed.
TEST(without_any_keymap_of_the_system)
{
	struct virtual_keyboard_rig new_rig = {0}, *rig = &new_rig;
	setenv("XKB_CONFIG_ROOT", test_dir(), 1);
	setenv("HOME", "/nowhere", 1);
	unsetenv("XDG_CONFIG_HOME");
	rig_init_config(rig, "[keyboard]\nrules = nowhere\nnumlock = yes\n");
	check_eq(rig->log.keymaps, 1);
	check_eq(rig->size, 0);
	fixture_key(rig->fixture, KEY_LEFTCTRL, true);
	fixture_key(rig->fixture, KEY_F1, true);
	fixture_key(rig->fixture, KEY_F1, false);
	fixture_key(rig->fixture, KEY_LEFTCTRL, false);
	check_str(seat_log_take(&rig->log), "key 29 down / key 59 down / key 59 up / key 29 up / ");
	keyboard_set_host_modifiers(rig->seat, SHIFT, 0, LOCK, 1);
	check_eq(keyboard_layout(rig->seat), 0);
	check_eq(keyboard_modifiers(rig->seat), 0);
	// A keymap that needs no file still works, and ends with the next key.
	set_keymap(rig, tiny_keymap);
	type_virtual(rig, 1);
	check_str(seat_log_take(&rig->log), "key 1 down / key 1 up / ");
	check_eq(rig->log.keymaps, 2);
	check(rig->log.keymap_size > 0);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check_str(seat_log_take(&rig->log), "key 30 down / key 30 up / ");
	check_eq(rig->log.keymaps, 3);
	check_eq(rig->log.keymap_size, 0);
	virtual_keyboard_rig_finish(rig);
}

TEST_F(virtual_keyboard_rig, needs_a_keymap)
{
	struct zwp_virtual_keyboard_manager_v1 *manager =
		client_bind(rig->typist, &zwp_virtual_keyboard_manager_v1_interface, 1);
	struct zwp_virtual_keyboard_v1 *bare =
		zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(manager, rig->typist->seat);
	zwp_virtual_keyboard_v1_key(bare, 1, 30, 1);
	check_client_error(
		rig->typist, "zwp_virtual_keyboard_v1", ZWP_VIRTUAL_KEYBOARD_V1_ERROR_NO_KEYMAP);
	zwp_virtual_keyboard_v1_destroy(bare);
	zwp_virtual_keyboard_manager_v1_destroy(manager);
}
