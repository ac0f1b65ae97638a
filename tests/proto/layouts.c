// SPDX-License-Identifier: MIT
// Keyboard layouts: switched from outside, and per window.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "compositor/window/focus.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

static const struct input_device german = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "German"};
static const struct input_device plain = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "Plain"};

struct layouts_rig {
	struct fixture *fixture;
	struct seat *seat;
	struct client *client;
	struct client_window *one, *two; // two has the focus
	struct seat_log log;
};

static void layouts_rig_init(struct layouts_rig *rig, bool per_window)
{
	char *text = xasprintf("[keyboard]\nlayout = us,de,gr\noptions = grp:menu_toggle\n"
			       "layout-per-window = %s\n[input:German]\nlayout = de\n",
		per_window ? "yes" : "no");
	*rig = (struct layouts_rig){.fixture = fixture_create_config(text)};
	free(text);
	rig->seat = rig->fixture->server->seat;
	rig->client = client_create(rig->fixture);
	rig->one = client_window_create(rig->client, 200, 100, 0xff808080);
	rig->two = client_window_create(rig->client, 200, 100, 0xff808080);
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
}

static void layouts_rig_finish(struct layouts_rig *rig)
{
	seat_log_end(&rig->log);
	if (rig->one)
		client_window_destroy(rig->one);
	client_window_destroy(rig->two);
	fixture_destroy(rig->fixture);
}

static const char *focus(struct layouts_rig *rig, struct client_window *window)
{
	shell_activate(rig->fixture->server->shell, window->window);
	return seat_log_take(&rig->log);
}

static xkb_keysym_t type(struct layouts_rig *rig, const struct input_device *device, uint32_t code)
{
	struct input_event event = {.type = INPUT_KEY, .device = device, .key = {code, true}};
	seat_input(rig->seat, &event);
	xkb_keysym_t symbol = xkb_state_key_get_one_sym(rig->seat->keyboard.state, code + 8);
	event.key.pressed = false;
	seat_input(rig->seat, &event);
	fixture_pump(rig->fixture);
	return symbol;
}

TEST(a_choice_applies_to_all_windows)
{
	struct layouts_rig new_rig = {0}, *rig = &new_rig;
	layouts_rig_init(rig, false);
	keyboard_set_layout(rig->seat, 1);
	check_str(seat_log_take(&rig->log), "mods 0,0,0,1 / ");
	check_eq(keyboard_layout(rig->seat), 1);
	check_eq(type(rig, NULL, KEY_Y), XKB_KEY_z);
	seat_log_take(&rig->log);
	check_str(focus(rig, rig->one), "unfocus / focus / mods 0,0,0,1 / ");
	keyboard_set_layout(rig->seat, 1);
	check_str(seat_log_take(&rig->log), ""); // nothing changed
	type(rig, NULL, KEY_COMPOSE);
	check_eq(keyboard_layout(rig->seat), 2);
	check_eq(type(rig, NULL, KEY_A), XKB_KEY_Greek_alpha);
	layouts_rig_finish(rig);
}

TEST(layout_per_window_follows_the_focus)
{
	struct layouts_rig new_rig = {0}, *rig = &new_rig;
	layouts_rig_init(rig, true);
	keyboard_set_layout(rig->seat, 1);
	check_str(seat_log_take(&rig->log), "mods 0,0,0,1 / ");
	// The group is part of enter's modifiers, not sent before.
	check_str(focus(rig, rig->one), "unfocus / focus / mods 0,0,0,0 / ");
	check_eq(type(rig, NULL, KEY_Y), XKB_KEY_y);
	type(rig, NULL, KEY_COMPOSE);
	type(rig, NULL, KEY_COMPOSE);
	check_eq(keyboard_layout(rig->seat), 2);
	seat_log_take(&rig->log);
	check_str(focus(rig, rig->two), "unfocus / focus / mods 0,0,0,1 / ");
	check_str(focus(rig, rig->one), "unfocus / focus / mods 0,0,0,2 / ");
	// The layout of a destroyed window ends with it.
	client_window_destroy(rig->one);
	rig->one = NULL;
	check_eq(keyboard_layout(rig->seat), 1);
	layouts_rig_finish(rig);
}

TEST(an_own_keymap_wraps_the_layout_around)
{
	struct layouts_rig new_rig = {0}, *rig = &new_rig;
	layouts_rig_init(rig, false);
	seat_input(rig->seat, &(struct input_event){.type = INPUT_DEVICE_ADDED, .device = &german});
	seat_input(rig->seat, &(struct input_event){.type = INPUT_DEVICE_ADDED, .device = &plain});
	check_eq(type(rig, &german, KEY_Y), XKB_KEY_z);
	keyboard_set_layout(rig->seat, 2);
	check_eq(type(rig, &german, KEY_Y), XKB_KEY_z);
	layouts_rig_finish(rig);
}

struct listing {
	char text[512];
};

static void add_facts(const struct keyboard_facts *facts, void *data)
{
	struct listing *listing = data;
	size_t length = strlen(listing->text);
	snprintf(listing->text + length, sizeof(listing->text) - length, "%s:%s:%u:%s ",
		facts->name, facts->layouts, xkb_keymap_num_layouts(facts->keymap), facts->options);
}

TEST(keyboards_are_listed_with_their_keymaps)
{
	struct layouts_rig new_rig = {0}, *rig = &new_rig;
	struct listing listing = {0};
	layouts_rig_init(rig, false);
	seat_input(rig->seat, &(struct input_event){.type = INPUT_DEVICE_ADDED, .device = &german});
	seat_input(rig->seat, &(struct input_event){.type = INPUT_DEVICE_ADDED, .device = &plain});
	keyboard_for_each(rig->seat, add_facts, &listing);
	check_str(listing.text,
		"seat0:us,de,gr:3:grp:menu_toggle German:de:1:grp:menu_toggle "
		"Plain:us,de,gr:3:grp:menu_toggle ");
	seat_input(
		rig->seat, &(struct input_event){.type = INPUT_DEVICE_REMOVED, .device = &german});
	listing.text[0] = '\0';
	keyboard_for_each(rig->seat, add_facts, &listing);
	check(!strstr(listing.text, "German"));
	layouts_rig_finish(rig);
}
