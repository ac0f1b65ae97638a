// SPDX-License-Identifier: MIT
// Key bindings of the desktop.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct desktop;

// Runs the binding of a key (evdev code), or passes the key to the open switcher. True: consumed.
bool bindings_key(struct desktop *desktop, uint32_t code, bool pressed);
// The same while the session is locked: runs only bindings that are safe then.
bool bindings_locked_key(struct desktop *desktop, uint32_t code, bool pressed);
