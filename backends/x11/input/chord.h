// SPDX-License-Identifier: MIT
// Detects the key combinations of the window itself: Ctrl+Alt pressed and released, with no other
// key or button between, toggles the keyboard grab; Ctrl+Alt+F toggles full screen. Pure functions.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum chord_role {
	CHORD_OTHER,
	CHORD_CTRL,
	CHORD_ALT,
	CHORD_SHIFT,
	CHORD_FULLSCREEN,
};

enum chord_action {
	CHORD_NONE,
	CHORD_SWALLOW,           // the key is not sent
	CHORD_TOGGLE_GRAB,       // the key is sent: its press was, too
	CHORD_TOGGLE_FULLSCREEN, // the key is not sent
};

struct chord {
	unsigned ctrl, alt, shift, other; // number of keys that are down
	bool armed;                       // both Ctrl and Alt were pressed, and nothing else since
	uint32_t swallowed;               // key whose release is not sent; 0: none
};

// Handles a press or release; to be called once for each. code: the key's number, not 0.
enum chord_action chord_key(struct chord *chord, uint32_t code, enum chord_role role, bool pressed);
// Handles a button press, which cancels a pending Ctrl+Alt.
void chord_click(struct chord *chord);
// The keyboard focus is lost: no key counts as down.
void chord_reset(struct chord *chord);
// True: Ctrl and Alt are down.
bool chord_held(const struct chord *chord);
