// SPDX-License-Identifier: MIT
// Bindings of keys, buttons and the wheel to actions of the desktop.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/clock.h"

struct binding;
struct desktop;
struct input_event;

// Bindings in progress; all zero: none.
struct bindings {
	struct timer timer;                 // of repeating
	const struct binding *repeating;    // while its key is held; NULL: none
	const struct binding *releasing;    // acts when its key is released; NULL: none
	uint32_t repeat_code, release_code; // evdev
	int wheel[2];                       // fractions of a notch, vertical and horizontal
};

// No binding is in progress.
void bindings_init(struct desktop *desktop);
// For the end of the desktop.
void bindings_finish(struct desktop *desktop);
// Runs the binding of a key (evdev code), or passes the key to the open switcher. True: consumed.
bool bindings_key(struct desktop *desktop, uint32_t code, bool pressed);
// The same while the session is locked: runs only bindings that are safe then.
bool bindings_locked_key(struct desktop *desktop, uint32_t code, bool pressed);
// Runs the binding of a button (evdev code) that is pressed. True: consumed.
bool bindings_button(struct desktop *desktop, uint32_t code);
// Runs the binding of the wheel for each notch of an INPUT_AXIS. True: consumed.
bool bindings_wheel(struct desktop *desktop, const struct input_event *event);
