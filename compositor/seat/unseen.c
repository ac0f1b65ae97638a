// SPDX-License-Identifier: MIT
// Input while no output shows anything, as after swayidle powered the screens off: it wakes what
// waits for activity, but no program gets what was typed or clicked unseen. What was pressed before
// is released, and virtual terminals can be switched.
#include "compositor/base/base.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"

// Its release is not sent either, nor is the key part of wl_keyboard.enter.
static void press_key(struct seat *seat, const struct input_event *event)
{
	struct keyboard *keyboard = &seat->keyboard;
	uint32_t code = event->key.code;
	if (keyboard_find_key(keyboard, code) || keyboard->n_keys == array_length(keyboard->keys))
		return;
	keyboard_use_device(seat, event->device); // a virtual one may have typed last
	keyboard_update(seat, event->device, code, true);
	keyboard->modifiers_unsent = true;
	keyboard_switches_vt(seat, code);
	struct pressed_key *key = keyboard_find_key(keyboard, code);
	if (key)
		key->swallowed = true;
}

// The event presses, moves or begins something; others end it or concern devices.
static bool has_effect(const struct input_event *event)
{
	switch (event->type) {
	case INPUT_MOTION:
	case INPUT_MOTION_ABSOLUTE:
	case INPUT_MOTION_LAYOUT:
	case INPUT_TOUCH_DOWN:
	case INPUT_TOUCH_MOTION:
	case INPUT_GESTURE_BEGIN:
	case INPUT_GESTURE_UPDATE:
	case INPUT_TOOL_AXES:
	case INPUT_PAD_RING:
	case INPUT_PAD_STRIP:
	case INPUT_PAD_DIAL:
		return true;
	case INPUT_AXIS: // axis_stop ends scrolling
		return event->axis.delta != 0 || event->axis.value120;
	case INPUT_KEY:
		return event->key.pressed;
	case INPUT_BUTTON:
		return event->button.pressed;
	case INPUT_TOOL_PROXIMITY:
	case INPUT_TOOL_TIP:
	case INPUT_TOOL_BUTTON:
		return event->tool.on;
	case INPUT_PAD_BUTTON:
		return event->pad.pressed;
	default:
		return false;
	}
}

void seat_input_unseen(struct seat *seat, const struct input_event *event)
{
	struct input_event copy = *event;
	if (!has_effect(event)) {
		if (event->type == INPUT_TOOL_TIP || event->type == INPUT_TOOL_BUTTON)
			copy.tool.axes = NULL; // lifted where it was
		seat_input(seat, &copy);
		return;
	}
	if (event->type == INPUT_KEY)
		press_key(seat, event);
	wl_signal_emit_mutable(&seat->server->events.activity, NULL);
}
