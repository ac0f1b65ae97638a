// SPDX-License-Identifier: MIT
// Keymaps of the keyboard: compiled from the configuration or the host, shared with clients,
// replaced while a virtual keyboard or a device with a keymap of its own types.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "compositor/base/base.h"
#include "compositor/base/input.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/seat/keymap_text.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"
#include "wayland-protocol.h"

struct xkb_keymap *keyboard_compile_text(
	struct seat *seat, const char *text, size_t length, const char **fault)
{
	struct keyboard *keyboard = &seat->keyboard;
	length = strnlen(text, length);
	if (keyboard->text.keymap && keyboard->text.length == length &&
		memcmp(keyboard->text.last, text, length) == 0)
		return xkb_keymap_ref(keyboard->text.keymap);
	if (!keyboard->text.context)
		keyboard->text.context = keymap_text_context();
	struct xkb_keymap *keymap =
		keymap_text_compile(keyboard->text.context, text, length, fault);
	char *copy = keymap ? malloc(length + 1) : NULL;
	if (!copy)
		return keymap;
	memcpy(copy, text, length);
	free(keyboard->text.last);
	xkb_keymap_unref(keyboard->text.keymap);
	keyboard->text.last = copy;
	keyboard->text.length = length;
	keyboard->text.keymap = xkb_keymap_ref(keymap);
	return keymap;
}

bool keyboard_is_configured(struct seat *seat, const char *text, size_t length)
{
	struct xkb_keymap *keymap = keyboard_ready(seat)->configured;
	char *own = keymap ? xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1) : NULL;
	length = strnlen(text, length);
	bool same = own && strlen(own) == length && memcmp(own, text, length) == 0;
	free(own);
	return same;
}

static void on_turn_ended(void *data)
{
	struct keyboard *keyboard = data;
	keyboard->turn.end = NULL;
	keyboard->turn.count = 0;
}

unsigned keyboard_count_keymap(struct seat *seat, const struct wl_client *client)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (!keyboard->turn.end)
		keyboard->turn.end = xadd_idle(seat->server->loop, on_turn_ended, keyboard);
	if (keyboard->turn.client != client)
		keyboard->turn.count = 0;
	keyboard->turn.client = client;
	return ++keyboard->turn.count;
}

static struct xkb_keymap *compile_host_keymap(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	const char *fault;
	struct xkb_keymap *keymap =
		keyboard_compile_text(seat, keyboard->host.map, strlen(keyboard->host.map), &fault);
	if (keymap)
		return keymap;
	log_error("the host's keyboard map %s; the configured one is used", fault);
	replace_string(&keyboard->host.map, NULL);
	return NULL;
}

static struct xkb_keymap *compile_configured_keymap(struct seat *seat)
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

struct xkb_keymap *keyboard_compile_keymap(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	struct xkb_keymap *keymap = NULL;
	if (keyboard->host.map)
		keymap = compile_host_keymap(seat);
	if (keyboard->context && !keymap)
		keymap = compile_configured_keymap(seat);
	return keymap;
}

void keyboard_send_keymap(struct seat *seat, struct wl_resource *resource)
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

// The keymap as text in a file that all clients share.
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

static void keep_user_state(struct keyboard *keyboard)
{
	struct xkb_state *state = keyboard->state;
	if (!state || keyboard_owner_is_virtual(keyboard))
		return;
	keyboard->user.latched = xkb_state_serialize_mods(state, XKB_STATE_MODS_LATCHED);
	keyboard->user.locked = xkb_state_serialize_mods(state, XKB_STATE_MODS_LOCKED);
	keyboard->user.layout = xkb_state_serialize_layout(state, XKB_STATE_LAYOUT_LOCKED);
}

// Locks (Caps Lock) and layout are common to all keyboards of the user, a virtual device has its
// own.
static void start_state(struct keyboard *keyboard, struct xkb_state *state, bool is_virtual)
{
	if (!is_virtual)
		xkb_state_update_mask(state, 0, keyboard->user.latched, keyboard->user.locked, 0, 0,
			keyboard->user.layout);
	for (unsigned i = 0; i < keyboard->n_keys; i++)
		if (keyboard->keys[i].is_virtual == is_virtual)
			xkb_state_update_key(
				state, keyboard->keys[i].code + EVDEV_OFFSET, XKB_KEY_DOWN);
}

bool keyboard_use_keymap(
	struct seat *seat, struct xkb_keymap *keymap, const struct input_device *owner)
{
	struct keyboard *keyboard = &seat->keyboard;
	struct xkb_state *state = keymap ? xkb_state_new(keymap) : NULL;
	if (keymap && (!state || !share_keymap(keyboard, keymap))) {
		xkb_state_unref(state);
		return false;
	}
	if (!keymap)
		close_fd(&keyboard->keymap_fd);
	keep_user_state(keyboard);
	xkb_state_unref(keyboard->state);
	xkb_keymap_unref(keyboard->keymap);
	keyboard->keymap = keymap ? xkb_keymap_ref(keymap) : NULL;
	keyboard->state = state;
	keyboard->keymap_owner = owner;
	if (state)
		start_state(keyboard, state, keyboard_owner_is_virtual(keyboard));
	return true;
}

bool keyboard_set_keymap(
	struct seat *seat, struct xkb_keymap *keymap, const struct input_device *owner)
{
	struct keyboard *keyboard = keyboard_ready(seat);
	if (keymap == keyboard->keymap && owner == keyboard->keymap_owner)
		return true;
	bool same = keymap == keyboard->keymap;
	if (!keyboard_use_keymap(seat, keymap, owner))
		return false;
	if (!owner && keyboard->host.pending)
		keyboard_apply_host_modifiers(keyboard);
	struct seat_client *client;
	wl_list_for_each(client, &seat->clients, link) {
		struct wl_resource *resource;
		wl_resource_for_each(resource, &client->keyboards)
			if (!same)
				keyboard_send_keymap(seat, resource);
	}
	keyboard_send_modifiers(seat);
	wl_signal_emit_mutable(&seat->events.keymap, seat);
	return true;
}

void keyboard_restore_keymap(struct seat *seat)
{
	struct keyboard *keyboard = &seat->keyboard;
	if (keyboard->keymap_owner)
		keyboard_set_keymap(seat, keyboard->configured, NULL);
}

void keyboard_device_gone(struct seat *seat, const struct input_device *device)
{
	static const struct input_device gone = {.type = INPUT_KEYBOARD},
					 gone_virtual = {
						 .type = INPUT_KEYBOARD, .is_virtual = true};
	struct keyboard *keyboard = &seat->keyboard;
	if (!device || keyboard->keymap_owner != device)
		return;
	keyboard->keymap_owner = device->is_virtual ? &gone_virtual : &gone;
	if (!device->is_virtual || !keyboard->state)
		return;
	xkb_state_update_mask(keyboard->state, 0, 0, 0, 0, 0, 0);
	keyboard_send_modifiers(seat);
}

void keyboard_set_host_keymap(struct seat *seat, const char *text)
{
	struct keyboard *keyboard = &seat->keyboard;
	const struct config *config = seat->server->config;
	if (config && config->keyboard.layout)
		return;
	replace_string(&keyboard->host.map, text);
	if (!keyboard->ready) // compiled on first use
		return;
	struct xkb_keymap *keymap = compile_host_keymap(seat);
	if (!keymap)
		return;
	xkb_keymap_unref(keyboard->configured);
	keyboard->configured = keymap;
	if (!keyboard->keymap_owner)
		keyboard_set_keymap(seat, keymap, NULL);
}
