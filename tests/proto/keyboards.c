// SPDX-License-Identifier: MIT
// Keyboards that are plugged in: lamps, maps of their own, and the keys that switch terminals.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/seat.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

static const struct input_device plain = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "Plain"};
static const struct input_device german = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "German"};
static const struct input_device broken = {
	.type = INPUT_KEYBOARD, .kind = "keyboard", .name = "Broken"};

struct stage {
	struct fixture *fixture;
	struct seat *seat;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	struct backend_impl impl; // the fixture's with what a console has
	const struct backend_impl *before;
	unsigned leds;
	int led_calls, vt;
	bool vt_works;
};

// The hooks have only the back end to go by.
static struct stage *stage_of(struct backend *backend)
{
	return wl_container_of(backend->impl, (struct stage *)NULL, impl);
}

static void on_leds(struct backend *backend, unsigned leds)
{
	stage_of(backend)->leds = leds;
	stage_of(backend)->led_calls++;
}

static bool on_vt(struct backend *backend, int vt)
{
	stage_of(backend)->vt = vt;
	return stage_of(backend)->vt_works;
}

static void begin(struct stage *s, const char *config_text)
{
	char path[512];
	struct server_options options = {.virtual_clock = true,
		.width = 1280,
		.height = 720,
		.outputs = 1,
		.builtin_cursor = true};
	*s = (struct stage){.vt_works = true};
	if (config_text) {
		snprintf(path, sizeof(path), "%s/oriel.ini", test_dir());
		FILE *file = fopen(path, "w");
		check(file && fputs(config_text, file) >= 0 && fclose(file) == 0);
		options.config = config_load(path);
		check(options.config && !options.config->errors);
	}
	s->fixture = fixture_create(&options);
	s->seat = s->fixture->server->seat;
	struct backend *backend = s->fixture->server->backend;
	s->before = backend->impl;
	s->impl = *backend->impl;
	s->impl.set_leds = on_leds;
	s->impl.switch_vt = on_vt;
	backend->impl = &s->impl;
	s->client = client_create(s->fixture);
	s->window = client_window_create(s->client, 200, 100, 0xff808080);
	seat_log_begin(&s->log, s->client);
	seat_log_take(&s->log);
}

static void end(struct stage *s)
{
	s->fixture->server->backend->impl = s->before;
	seat_log_end(&s->log);
	client_window_destroy(s->window);
	fixture_destroy(s->fixture);
}

static void send(struct stage *s, struct input_event event)
{
	event.time_us = clock_now_ns(s->fixture->server->clock) / 1000;
	seat_input(s->seat, &event);
}

static void plug(struct stage *s, const struct input_device *device)
{
	send(s, (struct input_event){.type = INPUT_DEVICE_ADDED, .device = device});
}

static void unplug(struct stage *s, const struct input_device *device)
{
	send(s, (struct input_event){.type = INPUT_DEVICE_REMOVED, .device = device});
}

// The symbol that the key has when this keyboard types it.
static xkb_keysym_t type(struct stage *s, const struct input_device *device, uint32_t code)
{
	send(s, (struct input_event){.type = INPUT_KEY, .device = device, .key = {code, true}});
	xkb_keysym_t symbol = xkb_state_key_get_one_sym(s->seat->keyboard.state, code + 8);
	send(s, (struct input_event){.type = INPUT_KEY, .device = device, .key = {code, false}});
	return symbol;
}

TEST(lamps_follow_the_locks)
{
	struct stage s;
	begin(&s, NULL);
	type(&s, &plain, KEY_CAPSLOCK);
	check_eq(s.leds, INPUT_LED_CAPS);
	type(&s, &plain, KEY_NUMLOCK);
	check_eq(s.leds, INPUT_LED_CAPS | INPUT_LED_NUM);
	int calls = s.led_calls;
	type(&s, &plain, KEY_A);
	check_eq(s.led_calls, calls); // nothing is said twice
	type(&s, &plain, KEY_CAPSLOCK);
	check_eq(s.leds, INPUT_LED_NUM);
	end(&s);
}

TEST(numlock_of_the_configuration_is_lit)
{
	struct stage s;
	begin(&s, "[keyboard]\nnumlock = yes\n");
	type(&s, &plain, KEY_A);
	check_eq(s.leds, INPUT_LED_NUM);
	end(&s);
}

TEST(a_keyboard_with_a_map_of_its_own)
{
	struct stage s;
	begin(&s, "[input:German]\nlayout = de\n");
	plug(&s, &plain);
	plug(&s, &german);
	check_eq(type(&s, &plain, KEY_Y), XKB_KEY_y);
	seat_log_take(&s.log);
	check_eq(s.log.keymaps, 1);
	check_eq(type(&s, &german, KEY_Y), XKB_KEY_z);
	check_eq(type(&s, &german, KEY_MINUS), XKB_KEY_ssharp);
	seat_log_take(&s.log);
	check_eq(s.log.keymaps, 2);
	check_eq(type(&s, &plain, KEY_Y), XKB_KEY_y);
	seat_log_take(&s.log);
	check_eq(s.log.keymaps, 3);
	// Locks are the seat's.
	type(&s, &plain, KEY_CAPSLOCK);
	check_eq(type(&s, &german, KEY_Y), XKB_KEY_Z);
	check_eq(s.leds, INPUT_LED_CAPS);
	unplug(&s, &german);
	check(!s.seat->keyboard.keymap_owner);
	check_eq(type(&s, NULL, KEY_Y), XKB_KEY_Y);
	end(&s);
}

TEST(a_map_that_cannot_be_compiled_is_that_of_all)
{
	struct stage s;
	begin(&s, "[input:Broken]\nlayout = nowhere\n");
	plug(&s, &broken);
	check_eq(type(&s, &broken, KEY_Y), XKB_KEY_y);
	check_eq(type(&s, &broken, KEY_Y), XKB_KEY_y);
	end(&s);
}

TEST(terminals)
{
	struct stage s;
	begin(&s, NULL);
	type(&s, &plain, KEY_F3);
	check_eq(s.vt, 0);
	fixture_key(s.fixture, KEY_LEFTCTRL, true);
	fixture_key(s.fixture, KEY_LEFTALT, true);
	seat_log_take(&s.log);
	type(&s, &plain, KEY_F3);
	check_eq(s.vt, 3);
	check_str(seat_log_take(&s.log), ""); // clients know nothing of it
	type(&s, &plain, KEY_F12);
	check_eq(s.vt, 12);
	s.vt_works = false;
	type(&s, &plain, KEY_F4);
	check(strstr(seat_log_take(&s.log), "key 62 down / key 62 up / "));
	fixture_key(s.fixture, KEY_LEFTALT, false);
	fixture_key(s.fixture, KEY_LEFTCTRL, false);
	end(&s);
}

TEST(backspace_does_not_end_the_session)
{
	struct stage s;
	begin(&s, NULL);
	fixture_key(s.fixture, KEY_LEFTCTRL, true);
	fixture_key(s.fixture, KEY_LEFTALT, true);
	seat_log_take(&s.log);
	type(&s, &plain, KEY_BACKSPACE);
	check_str(seat_log_take(&s.log), "key 14 down / key 14 up / ");
	end(&s);
}
