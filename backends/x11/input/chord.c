// SPDX-License-Identifier: MIT
// State machine of the Ctrl+Alt combinations.
#include "backends/x11/input/chord.h"

static void count_key(unsigned *keys, bool pressed)
{
	if (pressed)
		++*keys;
	else if (*keys)
		--*keys;
}

bool chord_held(const struct chord *chord)
{
	return chord->ctrl && chord->alt;
}

enum chord_action chord_key(struct chord *chord, uint32_t code, enum chord_role role, bool pressed)
{
	if (!pressed && chord->swallowed == code) {
		chord->swallowed = 0;
		return CHORD_SWALLOW;
	}
	if (pressed && role == CHORD_FULLSCREEN && chord_held(chord) && !chord->swallowed) {
		chord->armed = false;
		chord->swallowed = code;
		return CHORD_TOGGLE_FULLSCREEN;
	}
	bool modifier = role == CHORD_CTRL || role == CHORD_ALT;
	bool toggles = !pressed && modifier && chord->armed;
	if (!pressed && modifier)
		chord->armed = false;
	bool held = chord_held(chord);
	count_key(role == CHORD_CTRL          ? &chord->ctrl
			: role == CHORD_ALT   ? &chord->alt
			: role == CHORD_SHIFT ? &chord->shift
					      : &chord->other,
		pressed);
	if (pressed && modifier)
		chord->armed = !held && chord_held(chord) && !chord->other && !chord->shift;
	else if (pressed)
		chord->armed = false;
	return toggles ? CHORD_TOGGLE_GRAB : CHORD_NONE;
}

void chord_click(struct chord *chord)
{
	chord->armed = false;
}

void chord_reset(struct chord *chord)
{
	*chord = (struct chord){0};
}
