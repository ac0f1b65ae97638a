// SPDX-License-Identifier: MIT
// What gets keys after the shell's bindings and before the client with keyboard focus: text input.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xkbcommon/xkbcommon.h>

struct input_device;
struct key_filter;

struct filtered_key {
	const struct input_device *device; // may be NULL
	uint32_t time_ms, code;            // evdev
	xkb_keysym_t symbol; // of a press, as clients find it: with the modifiers before it
};

struct key_filter_impl {
	// True: consumed. The release then goes to the filter too.
	bool (*press)(struct key_filter *filter, const struct filtered_key *key);
	// The release of a press that was consumed.
	void (*release)(struct key_filter *filter, const struct filtered_key *key);
	// A surface got the keyboard focus; wl_keyboard.enter was sent.
	void (*entered)(struct key_filter *filter);
	// Modifiers or layout changed, after the key that did it.
	void (*modifiers)(struct key_filter *filter);
};

// Embedded in what the owner allocates.
struct key_filter {
	const struct key_filter_impl *impl;
};
