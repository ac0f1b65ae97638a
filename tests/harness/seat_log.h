// SPDX-License-Identifier: MIT
// Records the events of wl_pointer, wl_keyboard and wl_touch as text, which tests compare.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "tests/harness/client.h"

struct seat_log {
	struct client *client;
	struct wl_pointer *pointer;
	struct wl_keyboard *keyboard;
	struct wl_touch *touch;
	// The newest of wl_pointer.enter, wl_pointer.button, wl_keyboard.enter, wl_keyboard.key and
	// wl_touch.down
	uint32_t pointer_serial, button_serial, focus_serial, key_serial, touch_serial;
	uint32_t keymaps, keymap_size;
	int repeat_rate, repeat_delay;
	char text[4096]; // "enter 10,20 / motion 11,20 / frame / "
	size_t length;
};

// Creates and listens to all three devices of the client's seat, at the version it is bound with.
void seat_log_begin(struct seat_log *log, struct client *client);
// Releases the devices.
void seat_log_end(struct seat_log *log);
// Pumps and returns the events since the last call. The string is valid until the next call.
const char *seat_log_take(struct seat_log *log);
