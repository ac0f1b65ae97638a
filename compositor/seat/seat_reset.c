// SPDX-License-Identifier: MIT
// Ends all that input has begun, when the session is locked or unlocked: neither side sees the rest
// of what began on the other.
#include "compositor/seat/seat_private.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"

// Releases are not sent either, and wl_keyboard.enter leaves the keys out.
static void swallow_keys(struct keyboard *keyboard)
{
	for (unsigned i = 0; i < keyboard->n_keys; i++)
		keyboard->keys[i].swallowed = true;
}

void seat_reset(struct seat *seat)
{
	struct tablet_tool *tool;
	struct seat_client *client;
	seat_cancel_grabs(seat);
	drag_cancel(seat);
	touch_send_cancel(seat);
	gesture_cancel(seat);
	wl_list_for_each(tool, &seat->tablets->tools, link)
		tablet_tool_leave(tool);
	pointer_swallow_buttons(seat);
	pointer_constrain(seat, NULL);
	swallow_keys(&seat->keyboard);
	keyboard_set_focus(seat, NULL);
	pointer_set_focus(seat, NULL, 0, 0);
	weak_clear(&seat->pointer.focus_node);
	wl_list_for_each(client, &seat->clients, link)
		client->pointer.waiting = false;
	seat->pressed_client = NULL;
	cursor_override(seat->cursor, NULL);
	cursor_focus_changed(seat->cursor);
}
