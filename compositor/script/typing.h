// SPDX-License-Identifier: MIT
// Maps characters and key names to keystrokes: on the seat's keymap, or on a keymap generated for
// the text.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xkbcommon/xkbcommon.h>

#define KEYSTROKE_MODIFIERS 4

// A key and the modifiers that must be held for it.
struct keystroke {
	uint32_t code;                           // evdev, KEY_*
	uint32_t modifiers[KEYSTROKE_MODIFIERS]; // evdev codes of the keys to hold
	unsigned n_modifiers;
};

// Finds a key by its xkb name ("Return", "a", "eacute", "XF86AudioPlay"), a character, its evdev
// name ("KEY_ENTER") or "code:28"; also ctrl, shift, alt, super, altgr and their _l and _r forms.
// False: the keymap has no such key. keymap NULL: modifiers, KEY_ and code: names only.
bool keystroke_find(
	struct xkb_keymap *keymap, uint32_t layout, const char *name, struct keystroke *into);

// Whether it is a name of a key for keystroke_find, whatever keys the keymap has.
bool keystroke_is_name(const char *name);

// A piece of text that one keymap can type.
struct typing {
	struct xkb_keymap *keymap; // referenced; NULL: the seat's own
	struct keystroke *strokes; // owned
	size_t n_strokes;
};
// Splits UTF-8 text into pieces, *count of them, which the caller frees by typing_free. NULL: a
// keymap could not be compiled (logged).
struct typing *typing_plan(struct xkb_context *context, struct xkb_keymap *keymap, uint32_t layout,
	const char *text, size_t length, size_t *count);
// Frees the pieces of typing_plan. Accepts NULL with count 0.
void typing_free(struct typing *pieces, size_t count);
