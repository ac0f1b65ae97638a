// SPDX-License-Identifier: MIT
// Passes the X server's keyboard to the core: its keymap and modifiers as they are, its keys while
// one of our windows has the focus. Repeats, keys pressed elsewhere and synthetic events are
// ignored.
#include "backends/x11/input/keyboard.h"
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xkb.h>
#include <xkbcommon/xkbcommon-x11.h>
#include "backends/x11/input/grab.h"
#include "backends/x11/input/keys.h"
#include "backends/x11/input/pointer.h"
#include "backends/x11/x11.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define EVDEV_OFFSET 8 // X and XKB key codes are evdev codes plus this
#define SYNTHETIC 0x80 // bit of response_type: sent by another client (XSendEvent)

#define MAP_EVENTS (XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY)
#define MAP_PARTS \
	(XCB_XKB_MAP_PART_KEY_TYPES | XCB_XKB_MAP_PART_KEY_SYMS | XCB_XKB_MAP_PART_MODIFIER_MAP | \
		XCB_XKB_MAP_PART_EXPLICIT_COMPONENTS | XCB_XKB_MAP_PART_KEY_ACTIONS | \
		XCB_XKB_MAP_PART_VIRTUAL_MODS | XCB_XKB_MAP_PART_VIRTUAL_MOD_MAP)
#define STATE_PARTS \
	(XCB_XKB_STATE_PART_MODIFIER_BASE | XCB_XKB_STATE_PART_MODIFIER_LATCH | \
		XCB_XKB_STATE_PART_MODIFIER_LOCK | XCB_XKB_STATE_PART_GROUP_BASE | \
		XCB_XKB_STATE_PART_GROUP_LATCH | XCB_XKB_STATE_PART_GROUP_LOCK)

struct x11_keyboard {
	struct x11 *x11;
	struct input_device device;
	bool xkb;
	int32_t id; // of the core keyboard device
	struct xkb_context *context;
	struct xkb_keymap *keymap; // NULL: unknown
	char *text;                // of keymap, as sent to the core
	bool map_changed;          // it has to be read again
	uint8_t group;             // effective

	struct x11_screen *screen; // whose window has the focus
	bool by_pointer;           // since the pointer is inside (PointerRoot focus)
	bool leave_pending;        // FocusOut, and no FocusIn yet as at the end of a grab
	struct keys keys;
	// Without detectable auto-repeat, a repeat is a release and a press with the same time.
	bool repeat_is_pairs;
	xcb_key_release_event_t pending_release; // may be part of a repeat; detail 0: none
	bool synced; // a round trip was done since pending_release or leave_pending was set
};

// Keymap

static void keyboard_read_map(struct x11_keyboard *keyboard)
{
	struct x11 *x11 = keyboard->x11;
	keyboard->map_changed = false;
	struct xkb_keymap *keymap = xkb_x11_keymap_new_from_device(
		keyboard->context, x11->xcb, keyboard->id, XKB_KEYMAP_COMPILE_NO_FLAGS);
	char *text = keymap ? xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1) : NULL;
	if (!text) {
		log_error("cannot read the X server's keymap");
		xkb_keymap_unref(keymap);
		return;
	}
	xkb_keymap_unref(keyboard->keymap);
	keyboard->keymap = keymap;
	if (keyboard->text && strcmp(keyboard->text, text) == 0) {
		free(text);
		return;
	}
	free(keyboard->text);
	keyboard->text = text;
	x11->base.sink->keymap(x11->base.sink_data, text);
}

static void keyboard_refresh_map(struct x11_keyboard *keyboard)
{
	if (keyboard->map_changed)
		keyboard_read_map(keyboard);
}

static bool key_has_keysym(struct x11_keyboard *keyboard, xcb_keycode_t code,
	xkb_layout_index_t layout, xkb_keysym_t wanted)
{
	const xkb_keysym_t *syms;
	int n = xkb_keymap_key_get_syms_by_level(keyboard->keymap, code, layout, 0, &syms);
	for (int i = 0; i < n; i++)
		if (syms[i] == wanted)
			return true;
	return false;
}

// The F key counts in any of the layouts, modifiers only in the effective one.
static enum chord_role key_role(struct x11_keyboard *keyboard, xcb_keycode_t code)
{
	static const struct {
		enum chord_role role;
		uint32_t code;
		xkb_keysym_t keysym;
	} roles[] = {
		{CHORD_CTRL, KEY_LEFTCTRL, XKB_KEY_Control_L},
		{CHORD_CTRL, KEY_RIGHTCTRL, XKB_KEY_Control_R},
		{CHORD_ALT, KEY_LEFTALT, XKB_KEY_Alt_L},
		{CHORD_ALT, KEY_RIGHTALT, XKB_KEY_Alt_R},
		{CHORD_SHIFT, KEY_LEFTSHIFT, XKB_KEY_Shift_L},
		{CHORD_SHIFT, KEY_RIGHTSHIFT, XKB_KEY_Shift_R},
		{CHORD_FULLSCREEN, KEY_F, XKB_KEY_f},
	};
	xkb_layout_index_t layouts =
		keyboard->keymap ? xkb_keymap_num_layouts_for_key(keyboard->keymap, code) : 0;
	for (size_t i = 0; i < array_length(roles); i++) {
		if (!keyboard->keymap && roles[i].code + EVDEV_OFFSET == code)
			return roles[i].role;
		if (layouts &&
			key_has_keysym(keyboard, code, keyboard->group % layouts, roles[i].keysym))
			return roles[i].role;
		for (xkb_layout_index_t layout = 0;
			layout < layouts && roles[i].role == CHORD_FULLSCREEN; layout++)
			if (key_has_keysym(keyboard, code, layout, roles[i].keysym))
				return roles[i].role;
	}
	return CHORD_OTHER;
}

// Modifiers

// state: also StateNotify, only with focus, so that typing in other windows causes no wake-ups.
static void keyboard_select_events(struct x11_keyboard *keyboard, bool state)
{
	const xcb_xkb_select_events_details_t details = {
		.affectNewKeyboard = XCB_XKB_NKN_DETAIL_KEYCODES,
		.newKeyboardDetails = XCB_XKB_NKN_DETAIL_KEYCODES,
		.affectState = STATE_PARTS,
		.stateDetails = state ? STATE_PARTS : 0,
	};
	xcb_xkb_select_events_aux(keyboard->x11->xcb, (xcb_xkb_device_spec_t)keyboard->id,
		MAP_EVENTS | XCB_XKB_EVENT_TYPE_STATE_NOTIFY, 0, 0, MAP_PARTS, MAP_PARTS, &details);
}

static void keyboard_send_modifiers(struct x11_keyboard *keyboard, uint8_t depressed,
	uint8_t latched, uint8_t locked, uint8_t group)
{
	const struct backend *backend = &keyboard->x11->base;
	keyboard->group = group;
	backend->sink->modifiers(backend->sink_data, depressed, latched, locked, group);
}

static void keyboard_query_modifiers(struct x11_keyboard *keyboard)
{
	xcb_connection_t *xcb = keyboard->x11->xcb;
	xcb_xkb_get_state_reply_t *reply = xcb_xkb_get_state_reply(
		xcb, xcb_xkb_get_state(xcb, (xcb_xkb_device_spec_t)keyboard->id), NULL);
	if (reply)
		keyboard_send_modifiers(keyboard, reply->baseMods, reply->latchedMods,
			reply->lockedMods, reply->group);
	free(reply);
}

static void on_xkb(struct x11_keyboard *keyboard, const xcb_generic_event_t *event)
{
	// XKB events have a common header.
	const xcb_xkb_state_notify_event_t *state = (const void *)event;
	if (state->deviceID != keyboard->id && state->xkbType != XCB_XKB_NEW_KEYBOARD_NOTIFY)
		return;
	switch (state->xkbType) {
	case XCB_XKB_NEW_KEYBOARD_NOTIFY:
	case XCB_XKB_MAP_NOTIFY:
		keyboard->map_changed = true;
		break;
	case XCB_XKB_STATE_NOTIFY:
		if (!keyboard->screen)
			break;
		keyboard_refresh_map(keyboard);
		keyboard_send_modifiers(keyboard, state->baseMods, state->latchedMods,
			state->lockedMods, state->group);
		break;
	}
}

// Keys

static void keyboard_send_key(
	struct x11_keyboard *keyboard, xcb_keycode_t code, xcb_timestamp_t time, bool pressed)
{
	struct x11 *x11 = keyboard->x11;
	if (x11_grab_key(x11->grab, keyboard->screen, code, key_role(keyboard, code), pressed))
		return;
	const struct input_event event = {
		.type = INPUT_KEY,
		.device = &keyboard->device,
		.time_us = x11_time_us(x11, time),
		.key = {(uint32_t)code - EVDEV_OFFSET, pressed},
	};
	x11->base.sink->input(x11->base.sink_data, &event);
}

static void keyboard_flush_release(struct x11_keyboard *keyboard)
{
	xcb_keycode_t code = keyboard->pending_release.detail;
	keyboard->pending_release.detail = 0;
	if (code && keys_release(&keyboard->keys, code))
		keyboard_send_key(keyboard, code, keyboard->pending_release.time, false);
}

static void on_key(struct x11_keyboard *keyboard, const xcb_key_press_event_t *event, bool pressed)
{
	struct x11_screen *screen = x11_screen_of(keyboard->x11, event->event);
	xcb_keycode_t code = event->detail;
	if (!screen || code < EVDEV_OFFSET)
		return;
	x11_pointer_flush(keyboard->x11->pointer);
	keyboard_refresh_map(keyboard);
	if (!keyboard->screen) // a window that receives keys has the focus
		x11_keyboard_follow_pointer(keyboard, screen, true);
	const xcb_key_release_event_t *release = &keyboard->pending_release;
	if (pressed && release->detail == code && event->time - release->time <= 1) {
		keyboard->pending_release.detail = 0;
		return;
	}
	keyboard_flush_release(keyboard);
	if (!pressed && keyboard->repeat_is_pairs) {
		keyboard->pending_release = *event;
		keyboard->synced = false;
	} else if (pressed ? keys_press(&keyboard->keys, code)
			   : keys_release(&keyboard->keys, code))
		keyboard_send_key(keyboard, code, event->time, pressed);
}

static void keyboard_sync_keys(struct x11_keyboard *keyboard, const uint8_t down[KEYS_BYTES])
{
	uint8_t released[KEYS_BYTES];
	keys_sync(&keyboard->keys, down, released);
	for (unsigned code = EVDEV_OFFSET; code < KEYS_BYTES * 8; code++)
		if (keys_has(released, (uint8_t)code))
			keyboard_send_key(keyboard, (xcb_keycode_t)code, 0, false);
}

// Follows each FocusIn, with the keys that are down.
static void on_keymap_notify(struct x11_keyboard *keyboard, const xcb_keymap_notify_event_t *event)
{
	uint8_t down[KEYS_BYTES] = {0};
	memcpy(&down[1], event->keys, sizeof(event->keys)); // codes below 8 do not exist
	if (keyboard->screen)
		keyboard_sync_keys(keyboard, down);
}

// Reads the same from the server where no KeymapNotify follows.
static void keyboard_query_keys(struct x11_keyboard *keyboard)
{
	xcb_connection_t *xcb = keyboard->x11->xcb;
	xcb_query_keymap_reply_t *reply = xcb_query_keymap_reply(xcb, xcb_query_keymap(xcb), NULL);
	if (reply)
		keyboard_sync_keys(keyboard, reply->keys);
	free(reply);
}

// Focus

static void keyboard_leave(struct x11_keyboard *keyboard)
{
	struct x11 *x11 = keyboard->x11;
	struct x11_screen *screen = keyboard->screen;
	if (!screen)
		return;
	x11_pointer_flush(x11->pointer);
	keyboard->screen = NULL;
	keyboard->leave_pending = false;
	keyboard->pending_release.detail = 0;
	keys_reset(&keyboard->keys);
	screen->focused = false;
	x11_grab_focus(x11->grab, screen, false);
	if (keyboard->xkb && !x11->lost)
		keyboard_select_events(keyboard, false);
	x11->base.sink->focus(x11->base.sink_data, false);
	x11_window_set_title(screen);
}

static void keyboard_enter(
	struct x11_keyboard *keyboard, struct x11_screen *screen, bool by_pointer)
{
	struct x11 *x11 = keyboard->x11;
	x11_pointer_flush(x11->pointer);
	keyboard->by_pointer = by_pointer;
	keyboard->leave_pending = false;
	if (keyboard->screen == screen)
		return;
	keyboard_leave(keyboard);
	keyboard->screen = screen;
	screen->focused = true;
	keyboard_refresh_map(keyboard);
	if (keyboard->xkb) {
		keyboard_select_events(keyboard, true);
		keyboard_query_modifiers(keyboard);
	}
	x11->base.sink->focus(x11->base.sink_data, true);
	if (by_pointer)
		keyboard_query_keys(keyboard);
	x11_grab_focus(x11->grab, screen, true);
	x11_window_set_title(screen);
}

static void on_focus(struct x11_keyboard *keyboard, const xcb_focus_in_event_t *event, bool in)
{
	struct x11_screen *screen = x11_screen_of(keyboard->x11, event->event);
	bool by_pointer = event->detail == XCB_NOTIFY_DETAIL_POINTER;
	if (!screen || event->detail == XCB_NOTIFY_DETAIL_INFERIOR)
		return;
	if (in) {
		if (!by_pointer || keyboard->screen != screen || keyboard->leave_pending)
			keyboard_enter(keyboard, screen, by_pointer);
		return;
	}
	// Our own grab causes a FocusOut and a FocusIn.
	bool own_grab = event->mode == XCB_NOTIFY_MODE_GRAB &&
		x11_grab_holder(keyboard->x11->grab) == screen;
	if (keyboard->screen == screen && !own_grab && (!by_pointer || keyboard->by_pointer)) {
		keyboard->leave_pending = true;
		keyboard->synced = false;
	}
}

void x11_keyboard_follow_pointer(
	struct x11_keyboard *keyboard, struct x11_screen *screen, bool has_keyboard)
{
	if (screen && has_keyboard && !keyboard->screen)
		keyboard_enter(keyboard, screen, true);
	else if (keyboard->screen && keyboard->by_pointer && keyboard->screen != screen)
		keyboard_leave(keyboard);
}

void x11_keyboard_forget(struct x11_keyboard *keyboard, struct x11_screen *screen)
{
	if (keyboard && keyboard->screen == screen)
		keyboard_leave(keyboard);
}

bool x11_keyboard_event(struct x11_keyboard *keyboard, xcb_generic_event_t *event)
{
	uint8_t type = event->response_type & (uint8_t)~SYNTHETIC;
	bool from_server = type == event->response_type;
	switch (type) {
	case XCB_KEY_PRESS:
	case XCB_KEY_RELEASE:
		if (from_server)
			on_key(keyboard, (xcb_key_press_event_t *)event, type == XCB_KEY_PRESS);
		return true;
	case XCB_FOCUS_IN:
	case XCB_FOCUS_OUT:
		if (from_server)
			on_focus(keyboard, (xcb_focus_in_event_t *)event, type == XCB_FOCUS_IN);
		return true;
	case XCB_KEYMAP_NOTIFY:
		if (from_server)
			on_keymap_notify(keyboard, (xcb_keymap_notify_event_t *)event);
		return true;
	default:
		if (!keyboard->xkb || type != keyboard->x11->has.xkb_event)
			return false;
		if (from_server)
			on_xkb(keyboard, event);
		return true;
	}
}

void x11_keyboard_flush(struct x11_keyboard *keyboard)
{
	xcb_connection_t *xcb = keyboard->x11->xcb;
	// The press of a repeat follows its release at once, and so does FocusIn at the end of a
	// grab. After a round trip they are in the queue.
	bool open = keyboard->pending_release.detail || keyboard->leave_pending;
	if (open && !keyboard->synced) {
		keyboard->synced = true;
		free(xcb_get_input_focus_reply(xcb, xcb_get_input_focus(xcb), NULL));
		return;
	}
	keyboard_flush_release(keyboard);
	if (keyboard->leave_pending)
		keyboard_leave(keyboard);
	keyboard_refresh_map(keyboard);
}

// Creation and destruction

static bool keyboard_init_xkb(struct x11_keyboard *keyboard)
{
	xcb_connection_t *xcb = keyboard->x11->xcb;
	if (!keyboard->x11->has.xkb_event ||
		!xkb_x11_setup_xkb_extension(xcb, XKB_X11_MIN_MAJOR_XKB_VERSION,
			XKB_X11_MIN_MINOR_XKB_VERSION, XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS, NULL,
			NULL, NULL, NULL))
		return false;
	keyboard->id = xkb_x11_get_core_keyboard_device_id(xcb);
	keyboard->context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	if (keyboard->id < 0 || !keyboard->context)
		return false;
	xcb_xkb_per_client_flags_reply_t *reply = xcb_xkb_per_client_flags_reply(xcb,
		xcb_xkb_per_client_flags(xcb, (xcb_xkb_device_spec_t)keyboard->id,
			XCB_XKB_PER_CLIENT_FLAG_DETECTABLE_AUTO_REPEAT,
			XCB_XKB_PER_CLIENT_FLAG_DETECTABLE_AUTO_REPEAT, 0, 0, 0),
		NULL);
	keyboard->repeat_is_pairs =
		!reply || !(reply->value & XCB_XKB_PER_CLIENT_FLAG_DETECTABLE_AUTO_REPEAT);
	free(reply);
	return true;
}

struct x11_keyboard *x11_keyboard_create(struct x11 *x11)
{
	struct x11_keyboard *keyboard = xcalloc(1, sizeof(*keyboard));
	keyboard->x11 = x11;
	keyboard->device = (struct input_device){.type = INPUT_KEYBOARD, .name = "X11 keyboard"};
	keyboard->repeat_is_pairs = true;
	keyboard->xkb = keyboard_init_xkb(keyboard);
	if (!keyboard->xkb)
		log_info("the X server lacks XKB: the keyboard uses the configured layout");
	return keyboard;
}

void x11_keyboard_start(struct x11_keyboard *keyboard)
{
	if (!keyboard->xkb)
		return;
	keyboard_select_events(keyboard, false);
	keyboard_read_map(keyboard);
	keyboard_query_modifiers(keyboard);
}

void x11_keyboard_destroy(struct x11_keyboard *keyboard)
{
	if (!keyboard)
		return;
	xkb_keymap_unref(keyboard->keymap);
	xkb_context_unref(keyboard->context);
	free(keyboard->text);
	free(keyboard);
}
