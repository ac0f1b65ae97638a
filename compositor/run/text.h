// SPDX-License-Identifier: MIT
// From characters and key names to keys: on the seat's own map where it has them, else on a map
// made for the text.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xkbcommon/xkbcommon.h>

// One key with the modifiers that must be held for it.
struct keystroke {
	uint32_t code;         // KEY_*
	uint32_t modifiers[4]; // codes of keys to hold
	unsigned n_modifiers;
};

// A key by its xkb name ("Return", "a", "é", "XF86AudioPlay"), a character, its evdev name
// ("KEY_ENTER") or "code:28". Also ctrl, shift, alt, super, altgr and their _l and _r forms.
// False: the map has no such key.
bool keystroke_find(
	struct xkb_keymap *keymap, uint32_t layout, const char *name, struct keystroke *into);
// The keystroke that types a character on that map.
bool keystroke_for_character(
	struct xkb_keymap *keymap, uint32_t layout, uint32_t character, struct keystroke *into);

// A piece of text that one map can type. keymap NULL: the seat's own does.
struct typing {
	struct xkb_keymap *keymap; // referenced
	struct keystroke *strokes; // owned
	size_t n_strokes;
};
// Cuts UTF-8 text into pieces. NULL when a map could not be made (logged).
struct typing *typing_plan(struct xkb_context *context, struct xkb_keymap *keymap, uint32_t layout,
	const char *text, size_t length, size_t *count);
void typing_free(struct typing *pieces, size_t count);
