// SPDX-License-Identifier: MIT
// The layout of the user's keyboards: the group of their keymap that is in use. Keyboards with a
// keymap of their own share the index.
#include "compositor/seat/seat_private.h"

xkb_layout_index_t keyboard_layout(struct seat *seat)
{
	const struct keyboard *keyboard = keyboard_ready(seat);
	if (keyboard_owner_is_virtual(keyboard))
		return keyboard->user.layout;
	return keyboard->state
		? xkb_state_serialize_layout(keyboard->state, XKB_STATE_LAYOUT_EFFECTIVE)
		: 0;
}

void keyboard_set_layout(struct seat *seat, xkb_layout_index_t layout)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	struct xkb_state *state = keyboard->state;
	keyboard->user.layout = layout;
	if (!state || keyboard_owner_is_virtual(keyboard))
		return;
	xkb_state_update_mask(state, xkb_state_serialize_mods(state, XKB_STATE_MODS_DEPRESSED),
		xkb_state_serialize_mods(state, XKB_STATE_MODS_LATCHED),
		xkb_state_serialize_mods(state, XKB_STATE_MODS_LOCKED), 0, 0, layout);
	keyboard_send_modifiers(seat);
}
