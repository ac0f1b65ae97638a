// SPDX-License-Identifier: MIT
// zwp_virtual_keyboard_v1: a client that is a keyboard with a map of its own. Its map is the seat's
// while it types; the next key of another keyboard brings the configured one back.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "virtual-keyboard-unstable-v1-protocol.h"
#include "wayland-protocol.h"

// Generous: the map of all layouts of the world is smaller.
#define MAX_KEYMAP (4u << 20)

struct virtual_keyboard {
	struct server *server;
	struct input_device device; // its address is the owner of the map, too
	struct xkb_keymap *keymap;
	uint32_t pressed[32];
	unsigned n_pressed;
};

// Reads instead of mapping: a file that shrinks meanwhile is then only too short.
static char *read_text(int fd, size_t size)
{
	struct stat status;
	if (!size || size > MAX_KEYMAP || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return NULL;
	char *text = calloc(1, size + 1);
	for (size_t done = 0; text && done < size;) {
		ssize_t n = pread(fd, text + done, size - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return text;
}

static void handle_keymap(struct wl_client *client, struct wl_resource *resource, uint32_t format,
	int32_t fd, uint32_t size)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	struct seat *seat = keyboard->server->seat;
	struct xkb_keymap *keymap = NULL;
	if (format == WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1 && seat && seat->keyboard.context) {
		char *text = read_text(fd, size);
		if (text)
			keymap = xkb_keymap_new_from_string(seat->keyboard.context, text,
				XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
		free(text);
	}
	close(fd);
	if (!keymap) {
		wl_resource_post_error(resource,
			ZWP_VIRTUAL_KEYBOARD_V1_ERROR_INVALID_KEYMAP_FORMAT,
			"this is no xkb v1 keymap (format %u, %u bytes)", format, size);
		return;
	}
	bool current = seat->keyboard.keymap_owner == &keyboard->device;
	if (current)
		keyboard_set_keymap(seat, keymap, &keyboard->device);
	xkb_keymap_unref(keyboard->keymap);
	keyboard->keymap = keymap;
}

static void use_own_keymap(struct virtual_keyboard *keyboard)
{
	struct seat *seat = keyboard->server->seat;
	if (seat->keyboard.keymap_owner != &keyboard->device)
		keyboard_set_keymap(seat, keyboard->keymap, &keyboard->device);
}

// False: the error was posted, or there is nobody to type for.
static bool ready(struct wl_resource *resource)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (!keyboard->keymap)
		wl_resource_post_error(resource, ZWP_VIRTUAL_KEYBOARD_V1_ERROR_NO_KEYMAP,
			"a keyboard types only after keymap");
	return keyboard->keymap && keyboard->server->seat;
}

static void press(struct virtual_keyboard *keyboard, uint32_t code, bool pressed)
{
	const struct input_event event = {
		.type = INPUT_KEY,
		.device = &keyboard->device,
		.time_us = clock_now_ns(keyboard->server->clock) / NSEC_PER_USEC,
		.key = {code, pressed},
	};
	use_own_keymap(keyboard);
	seat_input(keyboard->server->seat, &event);
}

static void remember(struct virtual_keyboard *keyboard, uint32_t code, bool pressed)
{
	for (unsigned i = 0; i < keyboard->n_pressed; i++) {
		if (keyboard->pressed[i] != code)
			continue;
		if (!pressed)
			keyboard->pressed[i] = keyboard->pressed[--keyboard->n_pressed];
		return;
	}
	if (pressed && keyboard->n_pressed < array_length(keyboard->pressed))
		keyboard->pressed[keyboard->n_pressed++] = code;
}

static void handle_key(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	uint32_t code, uint32_t state)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (!ready(resource))
		return;
	bool pressed = state == WL_KEYBOARD_KEY_STATE_PRESSED;
	remember(keyboard, code, pressed);
	press(keyboard, code, pressed);
}

static void handle_modifiers(struct wl_client *client, struct wl_resource *resource,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (!ready(resource))
		return;
	use_own_keymap(keyboard);
	struct seat *seat = keyboard->server->seat;
	if (!seat->keyboard.state)
		return;
	xkb_state_update_mask(seat->keyboard.state, depressed, latched, locked, 0, 0, group);
	keyboard_send_modifiers(seat);
}

static const struct zwp_virtual_keyboard_v1_interface keyboard_impl = {
	.keymap = handle_keymap,
	.key = handle_key,
	.modifiers = handle_modifiers,
	.destroy = wire_handle_destroy,
};

static void on_keyboard_destroyed(struct wl_resource *resource)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	struct seat *seat = keyboard->server->seat;
	while (seat && keyboard->n_pressed)
		press(keyboard, keyboard->pressed[--keyboard->n_pressed], false);
	if (seat && seat->keyboard.keymap_owner == &keyboard->device)
		keyboard_restore_keymap(seat);
	xkb_keymap_unref(keyboard->keymap);
	free(keyboard);
}

static void handle_create_virtual_keyboard(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat, uint32_t id)
{
	struct virtual_keyboard *keyboard = xcalloc(1, sizeof(*keyboard));
	keyboard->server = wl_resource_get_user_data(resource);
	keyboard->device.type = INPUT_KEYBOARD;
	keyboard->device.name = "virtual keyboard";
	if (!wire_create(client, &zwp_virtual_keyboard_v1_interface,
		    wl_resource_get_version(resource), id, &keyboard_impl, keyboard,
		    on_keyboard_destroyed))
		free(keyboard);
}

static const struct zwp_virtual_keyboard_manager_v1_interface manager_impl = {
	.create_virtual_keyboard = handle_create_virtual_keyboard,
};

bool virtual_keyboard_create(struct server *server)
{
	return wire_global(
		server, &zwp_virtual_keyboard_manager_v1_interface, 1, &manager_impl, NULL);
}
