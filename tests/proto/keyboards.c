// SPDX-License-Identifier: MIT
// Several keyboards: LEDs, keymaps per device, and the keys that switch virtual terminals.
#include <linux/input-event-codes.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>
#include "backends/backend.h"
#include "compositor/seat/seat.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

static const struct input_device plain = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "Plain"};
static const struct input_device german = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "German"};
static const struct input_device broken = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "Broken"};

struct keyboards_rig {
	struct fixture *fixture;
	struct seat *seat;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	struct backend_impl impl; // the fixture's vtable with the hooks of a console
	const struct backend_impl *before;
	unsigned leds;
	int led_calls, vt;
	bool vt_works;
};

// The hooks get nothing but the back end.
static struct keyboards_rig *rig_of(struct backend *backend)
{
	return wl_container_of(backend->impl, (struct keyboards_rig *)NULL, impl);
}

static void on_leds(struct backend *backend, unsigned leds)
{
	rig_of(backend)->leds = leds;
	rig_of(backend)->led_calls++;
}

static bool on_vt(struct backend *backend, int vt)
{
	rig_of(backend)->vt = vt;
	return rig_of(backend)->vt_works;
}

static void keyboards_rig_init(struct keyboards_rig *rig, const char *config_text)
{
	*rig = (struct keyboards_rig){.vt_works = true};
	rig->fixture = fixture_create_config(config_text);
	rig->seat = rig->fixture->server->seat;
	struct backend *backend = rig->fixture->server->backend;
	rig->before = backend->impl;
	rig->impl = *backend->impl;
	rig->impl.set_leds = on_leds;
	rig->impl.switch_vt = on_vt;
	backend->impl = &rig->impl;
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
}

static void keyboards_rig_finish(struct keyboards_rig *rig)
{
	rig->fixture->server->backend->impl = rig->before;
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void send(struct keyboards_rig *rig, struct input_event event)
{
	event.time_us = clock_now_ns(rig->fixture->server->clock) / 1000;
	seat_input(rig->seat, &event);
}

static void plug(struct keyboards_rig *rig, const struct input_device *device)
{
	send(rig, (struct input_event){.type = INPUT_DEVICE_ADDED, .device = device});
}

static void unplug(struct keyboards_rig *rig, const struct input_device *device)
{
	send(rig, (struct input_event){.type = INPUT_DEVICE_REMOVED, .device = device});
}

// Types the key on this keyboard and returns its symbol.
static xkb_keysym_t type(
	struct keyboards_rig *rig, const struct input_device *device, uint32_t code)
{
	send(rig, (struct input_event){.type = INPUT_KEY, .device = device, .key = {code, true}});
	xkb_keysym_t symbol = xkb_state_key_get_one_sym(rig->seat->keyboard.state, code + 8);
	send(rig, (struct input_event){.type = INPUT_KEY, .device = device, .key = {code, false}});
	return symbol;
}

TEST(lamps_follow_the_locks)
{
	struct keyboards_rig new_rig = {0}, *rig = &new_rig;
	keyboards_rig_init(rig, NULL);
	type(rig, &plain, KEY_CAPSLOCK);
	check_eq(rig->leds, INPUT_LED_CAPS);
	type(rig, &plain, KEY_NUMLOCK);
	check_eq(rig->leds, INPUT_LED_CAPS | INPUT_LED_NUM);
	int calls = rig->led_calls;
	type(rig, &plain, KEY_A);
	check_eq(rig->led_calls, calls); // only changes are sent to the LEDs
	type(rig, &plain, KEY_CAPSLOCK);
	check_eq(rig->leds, INPUT_LED_NUM);
	keyboards_rig_finish(rig);
}

TEST(numlock_of_the_configuration_is_lit)
{
	struct keyboards_rig new_rig = {0}, *rig = &new_rig;
	keyboards_rig_init(rig, "[keyboard]\nnumlock = yes\n");
	type(rig, &plain, KEY_A);
	check_eq(rig->leds, INPUT_LED_NUM);
	keyboards_rig_finish(rig);
}

TEST(a_keyboard_with_a_map_of_its_own)
{
	struct keyboards_rig new_rig = {0}, *rig = &new_rig;
	keyboards_rig_init(rig, "[input:German]\nlayout = de\n");
	plug(rig, &plain);
	plug(rig, &german);
	check_eq(type(rig, &plain, KEY_Y), XKB_KEY_y);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 1);
	check_eq(type(rig, &german, KEY_Y), XKB_KEY_z);
	check_eq(type(rig, &german, KEY_MINUS), XKB_KEY_ssharp);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 2);
	check_eq(type(rig, &plain, KEY_Y), XKB_KEY_y);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 3);
	// Locks are shared by all keyboards of the seat.
	type(rig, &plain, KEY_CAPSLOCK);
	check_eq(type(rig, &german, KEY_Y), XKB_KEY_Z);
	check_eq(rig->leds, INPUT_LED_CAPS);
	seat_log_take(&rig->log);
	uint32_t keymaps = rig->log.keymaps;
	unplug(rig, &german);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, keymaps); // until the next key
	check_eq(type(rig, NULL, KEY_Y), XKB_KEY_Y);
	check(!rig->seat->keyboard.keymap_owner);
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, keymaps + 1);
	keyboards_rig_finish(rig);
}

TEST(a_map_that_cannot_be_compiled_is_that_of_all)
{
	struct keyboards_rig new_rig = {0}, *rig = &new_rig;
	keyboards_rig_init(rig, "[input:Broken]\nlayout = nowhere\n");
	plug(rig, &broken);
	check_eq(type(rig, &broken, KEY_Y), XKB_KEY_y);
	check_eq(type(rig, &broken, KEY_Y), XKB_KEY_y);
	keyboards_rig_finish(rig);
}

TEST(terminals)
{
	struct keyboards_rig new_rig = {0}, *rig = &new_rig;
	keyboards_rig_init(rig, NULL);
	type(rig, &plain, KEY_F3);
	check_eq(rig->vt, 0);
	fixture_key(rig->fixture, KEY_LEFTCTRL, true);
	fixture_key(rig->fixture, KEY_LEFTALT, true);
	seat_log_take(&rig->log);
	type(rig, &plain, KEY_F3);
	check_eq(rig->vt, 3);
	check_str(seat_log_take(&rig->log), ""); // clients get no event
	type(rig, &plain, KEY_F12);
	check_eq(rig->vt, 12);
	rig->vt_works = false;
	type(rig, &plain, KEY_F4);
	check(strstr(seat_log_take(&rig->log), "key 62 down / key 62 up / "));
	fixture_key(rig->fixture, KEY_LEFTALT, false);
	fixture_key(rig->fixture, KEY_LEFTCTRL, false);
	keyboards_rig_finish(rig);
}

TEST(backspace_does_not_end_the_session)
{
	struct keyboards_rig new_rig = {0}, *rig = &new_rig;
	keyboards_rig_init(rig, NULL);
	fixture_key(rig->fixture, KEY_LEFTCTRL, true);
	fixture_key(rig->fixture, KEY_LEFTALT, true);
	seat_log_take(&rig->log);
	type(rig, &plain, KEY_BACKSPACE);
	check_str(seat_log_take(&rig->log), "key 14 down / key 14 up / ");
	keyboards_rig_finish(rig);
}
