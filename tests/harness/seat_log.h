// SPDX-License-Identifier: MIT
// What a client hears from its seat, as text that tests compare: one word group per event.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "tests/harness/client.h"

struct seat_log {
	struct client *client;
	struct wl_pointer *pointer;
	struct wl_keyboard *keyboard;
	struct wl_touch *touch;
	uint32_t pointer_serial, button_serial, key_serial, touch_serial; // newest
	uint32_t keymaps, keymap_size;
	int repeat_rate, repeat_delay;
	char text[4096]; // "enter 10,20 / motion 11,20 / frame / "
	size_t length;
};

// Takes all devices of the client's seat, at the version it was bound with.
void seat_log_begin(struct seat_log *log, struct client *client);
void seat_log_end(struct seat_log *log);
// What came since the last call; pumps first.
const char *seat_log_take(struct seat_log *log);
