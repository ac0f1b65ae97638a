// SPDX-License-Identifier: MIT
// Key combinations of the window itself: Ctrl+Alt pressed and let go takes or gives back the
// keyboard, as long as nothing else is pressed meanwhile; Ctrl+Alt+F is full screen.
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
	CHORD_SWALLOW,           // the key goes no further
	CHORD_TOGGLE_GRAB,       // the key goes on: it was pressed for others, too
	CHORD_TOGGLE_FULLSCREEN, // the key goes no further
};

struct chord {
	unsigned ctrl, alt, shift, other; // keys that are down
	bool armed;                       // nothing but Ctrl and Alt so far, and both were down
	uint32_t swallowed;               // the key that must not come through; 0: none
};

// code: any number but 0 that tells keys apart. Each press and release once.
enum chord_action chord_key(struct chord *chord, uint32_t code, enum chord_role role, bool pressed);
void chord_click(struct chord *chord);      // a button: it is something else now
void chord_lost(struct chord *chord);       // the keyboard is elsewhere: no key is down
bool chord_held(const struct chord *chord); // Ctrl and Alt are down
