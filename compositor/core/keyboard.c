// SPDX-License-Identifier: MIT
// The keyboard: map, modifiers, pressed keys, and the client that has it.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/config.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "wayland-protocol.h"

#define EVDEV_OFFSET 8 // xkb counts keys from here
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

// The map

static struct xkb_keymap *host_keymap(struct keyboard *keyboard)
{
	struct xkb_keymap *keymap = xkb_keymap_new_from_string(keyboard->context,
		keyboard->host.map, XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (keymap)
		return keymap;
	log_error("the host's keyboard map cannot be compiled; the configured one is used");
	replace_string(&keyboard->host.map, NULL);
	return NULL;
}

static struct xkb_keymap *configured_keymap(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	const struct config *config = seat->server->config;
	struct xkb_rule_names names = {0};
	if (config) {
		names.rules = config->keyboard.rules;
		names.model = config->keyboard.model;
		names.layout = config->keyboard.layout;
		names.variant = config->keyboard.variant;
		names.options = config->keyboard.options;
	}
	struct xkb_keymap *keymap =
		xkb_keymap_new_from_names(keyboard->context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (keymap)
		return keymap;
	log_error("the keyboard layout \"%s\" (variant \"%s\", options \"%s\") cannot be compiled; "
		  "the layout is us",
		names.layout ? names.layout : "", names.variant ? names.variant : "",
		names.options ? names.options : "");
	names = (struct xkb_rule_names){.layout = "us"};
	return xkb_keymap_new_from_names(keyboard->context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
}

static void send_keymap(struct seat *seat, struct wl_resource *resource)
{
	const struct keyboard *keyboard = &seat->keyboard;
	if (keyboard->keymap_fd >= 0) {
		wl_keyboard_send_keymap(resource, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1,
			keyboard->keymap_fd, (uint32_t)keyboard->keymap_size);
		return;
	}
	int fd = memfd_sized("oriel-no-keymap", 1);
	if (fd >= 0)
		wl_keyboard_send_keymap(resource, WL_KEYBOARD_KEYMAP_FORMAT_NO_KEYMAP, fd, 0);
	close_fd(&fd);
}

// Text of the map in a sealed file that all clients share.
static bool share_keymap(struct keyboard *keyboard, struct xkb_keymap *keymap)
{
	char *text = xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1);
	if (!text)
		return false;
	size_t size = strlen(text) + 1;
	int fd = memfd_sized("oriel-keymap", size);
	void *data = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_WRITE, MAP_SHARED, fd, 0);
	if (data != MAP_FAILED) {
		memcpy(data, text, size);
		munmap(data, size);
		close_fd(&keyboard->keymap_fd);
		keyboard->keymap_fd = fd;
		keyboard->keymap_size = size;
	} else {
		log_errno("no memory for a keyboard map");
		close_fd(&fd);
	}
	free(text);
	return data != MAP_FAILED;
}

// Without telling anybody.
static bool use_keymap(struct seat *seat, struct xkb_keymap *keymap)
{
	struct keyboard *keyboard = &seat->keyboard;
	struct xkb_state *state = xkb_state_new(keymap);
	if (!state || !share_keymap(keyboard, keymap)) {
		xkb_state_unref(state);
		return false;
	}
	if (keyboard->state) // locks such as Caps stay
		xkb_state_update_mask(state, 0, 0,
			xkb_state_serialize_mods(keyboard->state, XKB_STATE_MODS_LOCKED), 0, 0,
			xkb_state_serialize_layout(keyboard->state, XKB_STATE_LAYOUT_LOCKED));
	xkb_state_unref(keyboard->state);
	xkb_keymap_unref(keyboard->keymap);
	keyboard->keymap = xkb_keymap_ref(keymap);
	keyboard->state = state;
	for (unsigned i = 0; i < keyboard->n_keys; i++)
		xkb_state_update_key(state, keyboard->keys[i] + EVDEV_OFFSET, XKB_KEY_DOWN);
	return true;
}

bool keyboard_set_keymap(struct seat *seat, struct xkb_keymap *keymap, const void *owner)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	if (keymap == keyboard->keymap) {
		keyboard->keymap_owner = owner;
		return true;
	}
	if (!use_keymap(seat, keymap))
		return false;
	keyboard->keymap_owner = owner;
	struct seat_client *client;
	wl_list_for_each(client, &seat->clients, link) {
		struct wl_resource *resource;
		wl_resource_for_each(resource, &client->keyboards)
			send_keymap(seat, resource);
	}
	keyboard_send_modifiers(seat);
	wl_signal_emit_mutable(&seat->events.keymap, seat);
	return true;
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

// What the state is; true: it is not what clients were told.
static bool read_modifiers(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (!keyboard->state)
		return false;
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

// Until the next key of our own says more.
static void apply_host_modifiers(struct keyboard *keyboard)
{
	struct xkb_state *state = keyboard->state;
	if (!keyboard->host.told || !state)
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
	struct xkb_keymap *keymap = NULL;
	if (keyboard->context && keyboard->host.map)
		keymap = host_keymap(keyboard);
	if (keyboard->context && !keymap)
		keymap = configured_keymap(seat);
	if (!keymap) {
		log_error("no keyboard map can be compiled; is xkb-data installed?");
		return keyboard;
	}
	keyboard->configured = keymap;
	if (!use_keymap(seat, keymap))
		return keyboard;
	apply_host_modifiers(keyboard);
	const struct config *config = seat->server->config;
	if (config && config->keyboard.numlock && !keyboard->host.told) {
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
	free(keyboard->host.map);
	if (keyboard->keymap_fd >= 0)
		close_fd(&keyboard->keymap_fd);
}

void keyboard_restore_keymap(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard->keymap_owner && keyboard->configured)
		keyboard_set_keymap(seat, keyboard->configured, NULL);
}

void keyboard_set_host_keymap(struct seat *seat, const char *text)
{
	struct keyboard *keyboard = &seat->keyboard;
	const struct config *config = seat->server->config;
	if (config && config->keyboard.layout)
		return;
	replace_string(&keyboard->host.map, text);
	if (!keyboard->ready || !keyboard->context) // compiled when it is wanted
		return;
	struct xkb_keymap *keymap = host_keymap(keyboard);
	if (!keymap)
		return;
	xkb_keymap_unref(keyboard->configured);
	keyboard->configured = keymap;
	if (!keyboard->keymap_owner)
		keyboard_set_keymap(seat, keymap, NULL);
}

void keyboard_set_host_modifiers(
	struct seat *seat, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct keyboard *keyboard = &seat->keyboard;
	keyboard->host.told = true;
	keyboard->host.depressed = depressed;
	keyboard->host.latched = latched;
	keyboard->host.locked = locked;
	keyboard->host.group = group;
	if (!keyboard->ready)
		return;
	keyboard_restore_keymap(seat);
	apply_host_modifiers(keyboard);
	keyboard_send_modifiers(seat);
}

void keyboard_set_repeat(struct seat *seat, int rate, int delay_ms)
{
	seat->keyboard.repeat_rate = rate;
	seat->keyboard.repeat_delay = delay_ms;
	struct seat_client *client;
	wl_list_for_each(client, &seat->clients, link) {
		struct wl_resource *resource;
		wl_resource_for_each(resource, &client->keyboards) {
			if (wl_resource_get_version(resource) >=
				WL_KEYBOARD_REPEAT_INFO_SINCE_VERSION)
				wl_keyboard_send_repeat_info(resource, rate, delay_ms);
		}
	}
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
		bool hidden = false; // the shell's own keys are nobody else's business
		for (unsigned j = 0; j < keyboard->n_swallowed; j++)
			hidden = hidden || keyboard->swallowed[j] == keyboard->keys[i];
		uint32_t *key = hidden ? NULL : wl_array_add(&keys, sizeof(*key));
		if (key)
			*key = keyboard->keys[i];
	}
	wl_keyboard_send_enter(resource, serial, surface->resource, &keys);
	wl_array_release(&keys);
	send_modifiers_to(seat, resource, serial);
}

void keyboard_bind(struct seat *seat, struct wl_resource *resource)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	send_keymap(seat, resource);
	if (wl_resource_get_version(resource) >= WL_KEYBOARD_REPEAT_INFO_SINCE_VERSION)
		wl_keyboard_send_repeat_info(
			resource, keyboard->repeat_rate, keyboard->repeat_delay);
	struct surface *surface = keyboard_focus(seat);
	struct wl_client *client = wl_resource_get_client(resource);
	if (surface && wl_resource_get_client(surface->resource) == client)
		send_enter(seat, resource, surface, seat_serial(seat, client, SERIAL_ENTER));
}

static void leave(struct seat *seat)
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

// After the holder or its right to be told changed.
static void enter(struct seat *seat)
{
	struct surface *surface = keyboard_focus(seat);
	// Listeners first: a client learns of the clipboard before it gets the focus.
	wl_signal_emit_mutable(&seat->events.keyboard_focus, seat);
	if (!surface || keyboard_focus(seat) != surface)
		return;
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat, client->client, SERIAL_ENTER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->keyboards)
		send_enter(seat, resource, surface, serial);
}

void keyboard_set_focus(struct seat *seat, struct surface *surface)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard_holder(seat) == surface)
		return;
	leave(seat);
	weak_set(&keyboard->focus, surface, surface ? &surface->events.destroyed : NULL);
	enter(seat);
}

void keyboard_set_away(struct seat *seat, bool away)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard->away == away)
		return;
	if (away)
		leave(seat);
	keyboard->away = away;
	if (away)
		keyboard_release_all(seat);
	enter(seat);
}

// Keys

void keyboard_update(struct seat *seat, uint32_t code, bool pressed)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	if (pressed) {
		keyboard->keys[keyboard->n_keys++] = code;
	} else {
		for (unsigned i = 0; i < keyboard->n_keys; i++) {
			if (keyboard->keys[i] != code)
				continue;
			memmove(&keyboard->keys[i], &keyboard->keys[i + 1],
				(keyboard->n_keys - i - 1) * sizeof(*keyboard->keys));
			keyboard->n_keys--;
			break;
		}
	}
	if (keyboard->state)
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

void keyboard_send_modifiers(struct seat *seat)
{
	if (!read_modifiers(seat))
		return;
	struct seat_client *client = focus_client(seat);
	if (!client)
		return;
	uint32_t serial = seat_serial(seat, client->client, SERIAL_OTHER);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &client->keyboards)
		send_modifiers_to(seat, resource, serial);
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

void keyboard_release_all(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	while (keyboard->n_keys) {
		const struct input_event event = {
			.type = INPUT_KEY,
			.time_us = clock_now_ns(seat->server->clock) / NSEC_PER_USEC,
			.key = {keyboard->keys[keyboard->n_keys - 1], false},
		};
		seat_input(seat, &event);
	}
}
