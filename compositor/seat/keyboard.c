// SPDX-License-Identifier: MIT
// The keyboard of the seat: modifiers, pressed keys, focus, and the events of wl_keyboard.
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/input.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/key_filter.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "wayland-protocol.h"

#define DEFAULT_RATE 25
#define DEFAULT_DELAY 600

struct surface *keyboard_holder(struct seat *seat)
{
	return seat->keyboard.focus.target;
}

struct surface *keyboard_focus(struct seat *seat)
{
	return seat->keyboard.away ? NULL : keyboard_holder(seat);
}

static struct seat_client *focus_client(struct seat *seat)
{
	struct surface *surface = keyboard_focus(seat);
	return surface ? seat_client_find(seat, wl_resource_get_client(surface->resource)) : NULL;
}

bool keyboard_owner_is_virtual(const struct keyboard *keyboard)
{
	return keyboard->keymap_owner && keyboard->keymap_owner->is_virtual;
}

static void update_leds(struct seat *seat)
{
	static const struct {
		const char *name;
		unsigned led;
	} names[] = {
		{XKB_LED_NAME_NUM, INPUT_LED_NUM},
		{XKB_LED_NAME_CAPS, INPUT_LED_CAPS},
		{XKB_LED_NAME_SCROLL, INPUT_LED_SCROLL},
	};
	struct keyboard *keyboard = &seat->keyboard;
	struct backend *backend = seat->server->backend;
	unsigned leds = 0;
	for (size_t i = 0; i < array_length(names); i++)
		if (xkb_state_led_name_is_active(keyboard->state, names[i].name) > 0)
			leds |= names[i].led;
	if (keyboard->leds == leds || !backend || !backend->impl->set_leds)
		return;
	keyboard->leds = leds;
	backend->impl->set_leds(backend, leds);
}

// Reads the modifiers of the xkb state. True: they differ from those sent last.
static bool read_modifiers(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (!keyboard->state)
		return false;
	if (!keyboard_owner_is_virtual(keyboard)) // lamps show the user's locks
		update_leds(seat);
	uint32_t depressed = xkb_state_serialize_mods(keyboard->state, XKB_STATE_MODS_DEPRESSED);
	uint32_t latched = xkb_state_serialize_mods(keyboard->state, XKB_STATE_MODS_LATCHED);
	uint32_t locked = xkb_state_serialize_mods(keyboard->state, XKB_STATE_MODS_LOCKED);
	uint32_t group = xkb_state_serialize_layout(keyboard->state, XKB_STATE_LAYOUT_EFFECTIVE);
	bool changed = depressed != keyboard->depressed || latched != keyboard->latched ||
		locked != keyboard->locked || group != keyboard->group;
	keyboard->depressed = depressed;
	keyboard->latched = latched;
	keyboard->locked = locked;
	keyboard->group = group;
	return changed;
}

void keyboard_apply_host_modifiers(struct keyboard *keyboard)
{
	struct xkb_state *state = keyboard->state;
	keyboard->host.pending = false;
	if (!keyboard->host.known || !state)
		return;
	uint32_t depressed = keyboard->host.depressed, latched = keyboard->host.latched,
		 locked = keyboard->host.locked;
	if (keyboard->host.map)
		xkb_state_update_mask(
			state, depressed, latched, locked, 0, 0, keyboard->host.group);
	else
		xkb_state_update_mask(state, depressed, latched, locked,
			xkb_state_serialize_layout(state, XKB_STATE_LAYOUT_DEPRESSED),
			xkb_state_serialize_layout(state, XKB_STATE_LAYOUT_LATCHED),
			xkb_state_serialize_layout(state, XKB_STATE_LAYOUT_LOCKED));
}

void keyboard_init(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	const struct config *config = seat->server->config;
	keyboard->keymap_fd = -1;
	wl_list_init(&keyboard->devices);
	keyboard->repeat_rate = config ? config->keyboard.repeat_rate : DEFAULT_RATE;
	keyboard->repeat_delay = config ? config->keyboard.repeat_delay : DEFAULT_DELAY;
	keyboard->context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
}

struct keyboard *keyboard_ready(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard->ready)
		return keyboard;
	keyboard->ready = true;
	struct xkb_keymap *keymap = keyboard_compile_keymap(seat);
	if (!keymap) {
		log_error("no keyboard map can be compiled; is xkb-data installed?");
		return keyboard;
	}
	keyboard->configured = keymap;
	if (!keyboard_use_keymap(seat, keymap, NULL))
		return keyboard;
	keyboard_apply_host_modifiers(keyboard);
	const struct config *config = seat->server->config;
	if (config && config->keyboard.numlock && !keyboard->host.known) {
		xkb_mod_index_t index = xkb_keymap_mod_get_index(keymap, XKB_MOD_NAME_NUM);
		if (index != XKB_MOD_INVALID)
			xkb_state_update_mask(keyboard->state, 0, 0, 1u << index, 0, 0, 0);
	}
	read_modifiers(seat); // every client binds a keyboard after this
	return keyboard;
}

void keyboard_finish(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	weak_clear(&keyboard->focus);
	keyboard_finish_devices(seat);
	xkb_state_unref(keyboard->state);
	xkb_keymap_unref(keyboard->keymap);
	xkb_keymap_unref(keyboard->configured);
	xkb_context_unref(keyboard->context);
	xkb_keymap_unref(keyboard->text.keymap);
	xkb_context_unref(keyboard->text.context);
	free(keyboard->text.last);
	if (keyboard->turn.end)
		wl_event_source_remove(keyboard->turn.end);
	free(keyboard->host.map);
	if (keyboard->keymap_fd >= 0)
		close_fd(&keyboard->keymap_fd);
}

void keyboard_set_host_modifiers(
	struct seat *seat, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct keyboard *keyboard = &seat->keyboard;
	keyboard->host.known = true;
	keyboard->host.depressed = depressed;
	keyboard->host.latched = latched;
	keyboard->host.locked = locked;
	keyboard->host.group = group;
	keyboard->host.pending = keyboard->keymap_owner;
	if (!keyboard->ready || keyboard->host.pending)
		return;
	keyboard_apply_host_modifiers(keyboard);
	keyboard_send_modifiers(seat);
}

// Focus

static void send_modifiers_to(struct seat *seat, struct wl_resource *resource, uint32_t serial)
{
	const struct keyboard *keyboard = &seat->keyboard;
	wl_keyboard_send_modifiers(resource, serial, keyboard->depressed, keyboard->latched,
		keyboard->locked, keyboard->group);
}

static void send_enter(
	struct seat *seat, struct wl_resource *resource, struct surface *surface, uint32_t serial)
{
	struct keyboard *keyboard = &seat->keyboard;
	struct wl_array keys;
	wl_array_init(&keys);
	for (unsigned i = 0; i < keyboard->n_keys; i++) {
		uint32_t *key = keyboard->keys[i].swallowed ? NULL // of the shell's bindings
							    : wl_array_add(&keys, sizeof(*key));
		if (key)
			*key = keyboard->keys[i].code;
	}
	wl_keyboard_send_enter(resource, serial, surface->resource, &keys);
	wl_array_release(&keys);
	send_modifiers_to(seat, resource, serial);
}

void keyboard_bind(struct seat *seat, struct wl_resource *resource)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	keyboard_send_keymap(seat, resource);
	if (wl_resource_get_version(resource) >= WL_KEYBOARD_REPEAT_INFO_SINCE_VERSION)
		wl_keyboard_send_repeat_info(
			resource, keyboard->repeat_rate, keyboard->repeat_delay);
	struct surface *surface = keyboard_focus(seat);
	struct wl_client *client = wl_resource_get_client(resource);
	if (surface && wl_resource_get_client(surface->resource) == client)
		send_enter(seat, resource, surface, seat_serial(seat, client, SERIAL_ENTER));
}

static void send_leave_to_focus(struct seat *seat)
{
	struct surface *surface = keyboard_focus(seat);
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat, client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->keyboards)
		wl_keyboard_send_leave(resource, serial, surface->resource);
}

// Sends enter after the focus or "away" changed.
static void enter_focus(struct seat *seat)
{
	struct surface *surface = keyboard_focus(seat);
	// Listeners first: wl_data_device.selection precedes wl_keyboard.enter. They may switch the
	// layout, too.
	seat->keyboard.entering = surface;
	wl_signal_emit_mutable(&seat->events.keyboard_focus, seat);
	seat->keyboard.entering = false;
	if (!surface || keyboard_focus(seat) != surface)
		return;
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat, client->client, SERIAL_ENTER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->keyboards)
		send_enter(seat, resource, surface, serial);
	if (seat->key_filter)
		seat->key_filter->impl->entered(seat->key_filter);
}

void keyboard_set_focus(struct seat *seat, struct surface *surface)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard_holder(seat) == surface || (surface && !scene_reaches(surface->node)))
		return;
	send_leave_to_focus(seat);
	weak_set(&keyboard->focus, surface, surface ? &surface->events.destroyed : NULL);
	enter_focus(seat);
}

// Releases all pressed keys as input events.
static void keyboard_release_all(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	while (keyboard->n_keys) {
		const struct input_event event = {
			.type = INPUT_KEY,
			.time_us = clock_now_ns(seat->server->clock) / NSEC_PER_USEC,
			.key = {keyboard->keys[keyboard->n_keys - 1].code, false},
		};
		seat_input(seat, &event);
	}
}

void keyboard_set_away(struct seat *seat, bool away)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard->away == away)
		return;
	if (away)
		send_leave_to_focus(seat);
	keyboard->away = away;
	if (away)
		keyboard_release_all(seat);
	enter_focus(seat);
}

// Keys

struct pressed_key *keyboard_find_key(struct keyboard *keyboard, uint32_t code)
{
	for (unsigned i = 0; i < keyboard->n_keys; i++)
		if (keyboard->keys[i].code == code)
			return &keyboard->keys[i];
	return NULL;
}

void keyboard_update(
	struct seat *seat, const struct input_device *device, uint32_t code, bool pressed)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	struct pressed_key *key = keyboard_find_key(keyboard, code);
	bool in_state = keyboard_owner_is_virtual(keyboard) ==
		(pressed ? device && device->is_virtual : key && key->is_virtual);
	if (pressed) {
		keyboard->keys[keyboard->n_keys++] = (struct pressed_key){
			.code = code, .is_virtual = device && device->is_virtual};
	} else if (key) {
		const struct pressed_key *end = &keyboard->keys[keyboard->n_keys--];
		memmove(key, key + 1, (size_t)(end - (key + 1)) * sizeof(*key));
	}
	if (keyboard->state && in_state)
		xkb_state_update_key(
			keyboard->state, code + EVDEV_OFFSET, pressed ? XKB_KEY_DOWN : XKB_KEY_UP);
}

void keyboard_send_key(struct seat *seat, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat, client->client, pressed ? SERIAL_KEY : SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->keyboards)
		wl_keyboard_send_key(resource, serial, time_ms, code, pressed);
}

static void send_modifiers_to_focus(struct seat *seat)
{
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat, client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->keyboards)
		send_modifiers_to(seat, resource, serial);
}

void keyboard_send_modifiers(struct seat *seat)
{
	seat->keyboard.modifiers_unsent = false;
	if (!read_modifiers(seat))
		return;
	if (!seat->keyboard.entering)
		send_modifiers_to_focus(seat);
	if (seat->key_filter)
		seat->key_filter->impl->modifiers(seat->key_filter);
	struct shell *shell = seat->server->shell;
	if (shell && shell->impl->modifiers)
		shell->impl->modifiers(shell);
}

bool keyboard_switches_vt(struct seat *seat, uint32_t code)
{
	struct xkb_state *state = seat->keyboard.state;
	struct backend *backend = seat->server->backend;
	xkb_keysym_t symbol = state ? xkb_state_key_get_one_sym(state, code + EVDEV_OFFSET) : 0;
	if (!backend->impl->switch_vt || symbol < XKB_KEY_XF86Switch_VT_1 ||
		symbol > XKB_KEY_XF86Switch_VT_12)
		return false;
	return backend->impl->switch_vt(backend, (int)(symbol - XKB_KEY_XF86Switch_VT_1) + 1);
}

uint32_t keyboard_modifiers(struct seat *seat)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} names[] = {
		{XKB_MOD_NAME_SHIFT, MOD_SHIFT},
		{XKB_MOD_NAME_CTRL, MOD_CTRL},
		{XKB_MOD_NAME_ALT, MOD_ALT},
		{XKB_MOD_NAME_LOGO, MOD_SUPER},
	};
	uint32_t bits = 0;
	for (size_t i = 0; seat->keyboard.state && i < array_length(names); i++)
		if (xkb_state_mod_name_is_active(
			    seat->keyboard.state, names[i].name, XKB_STATE_MODS_EFFECTIVE) > 0)
			bits |= names[i].bit;
	return bits;
}
