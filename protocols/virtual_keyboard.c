// SPDX-License-Identifier: MIT
// zwp_virtual_keyboard_manager_v1: keyboards that clients drive, with keymaps of their own. A key
// of a virtual keyboard makes its keymap that of the seat; the next press on another keyboard
// restores the configured one. Modifiers and layout of a virtual keyboard are its own, and end with
// it.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/seat/keymap_text.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/text/method.h"
#include "protocols/protocols.h"
#include "virtual-keyboard-unstable-v1-protocol.h"
#include "wayland-protocol.h"

// Compiled for a client in one turn of the loop, at some milliseconds each. More than one takes
// several keyboards, or keys between the keymaps.
#define MAX_KEYMAPS 8
#define MAX_FILE (4u << 20) // may be larger than the text in it
#define MAX_CODE 4095       // no keymap has more

struct virtual_keyboard {
	struct server *server;
	struct input_device device; // its address is also the owner of the keymap
	struct wl_resource *resource;
	struct xkb_keymap *keymap;
	struct budget *budget; // of the client
	size_t charged;        // for the keymap, bytes
	struct {               // keymap that was set and not compiled yet
		int fd;        // -1: none
		uint32_t size; // of the text, bytes
		struct wl_event_source *compile_idle;
	} pending;
	uint32_t pressed[KEYBOARD_KEYS];
	unsigned n_pressed;
	struct { // of the modifiers request
		uint32_t depressed, latched, locked, group;
	} state;
};

// Reads instead of mapping, so that a file truncated meanwhile is only too short; at most a byte
// more than a keymap may have. The caller frees the text. NULL: not a regular file with a size.
static char *read_text(int fd, size_t *size)
{
	struct stat status;
	if (!*size || *size > MAX_FILE || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return NULL;
	*size = MIN(*size, KEYMAP_TEXT_MAX + 1);
	char *text = calloc(1, *size);
	for (size_t done = 0; text && done < *size;) {
		ssize_t n = pread(fd, text + done, *size - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return text;
}

// NULL: refused, for the reason in *fault.
static struct xkb_keymap *read_keymap(
	struct virtual_keyboard *keyboard, int fd, size_t size, const char **fault)
{
	struct seat *seat = keyboard->server->seat;
	char *text = read_text(fd, &size);
	*fault = "is not in a file that can be read";
	struct xkb_keymap *keymap = NULL;
	if (text && method_owns(keyboard->server->text, &keyboard->device) &&
		keyboard_is_configured(seat, text, size))
		keymap = xkb_keymap_ref(seat->keyboard.configured);
	else if (text)
		keymap = keyboard_compile_text(seat, text, size, fault);
	free(text);
	return keymap;
}

static void forget_pending(struct virtual_keyboard *keyboard)
{
	if (keyboard->pending.compile_idle)
		wl_event_source_remove(keyboard->pending.compile_idle);
	keyboard->pending.compile_idle = NULL;
	close_fd(&keyboard->pending.fd);
}

// Compiles the pending keymap, if any. False: an error was posted; or there is no seat any more.
static bool compile_pending(struct virtual_keyboard *keyboard)
{
	struct seat *seat = keyboard->server->seat;
	if (keyboard->pending.fd < 0)
		return true;
	if (!seat)
		return false;
	struct wl_client *client = wl_resource_get_client(keyboard->resource);
	if (keyboard_count_keymap(seat, client) > MAX_KEYMAPS) {
		forget_pending(keyboard);
		wl_client_post_no_memory(client);
		return false;
	}
	const char *fault;
	struct xkb_keymap *keymap =
		read_keymap(keyboard, keyboard->pending.fd, keyboard->pending.size, &fault);
	forget_pending(keyboard);
	if (!keymap) {
		wl_resource_post_error(keyboard->resource,
			ZWP_VIRTUAL_KEYBOARD_V1_ERROR_INVALID_KEYMAP_FORMAT, "the keymap %s",
			fault);
		return false;
	}
	if (!budget_change(keyboard->budget, BUDGET_STATE, &keyboard->charged,
		    keymap_text_memory(keymap))) {
		xkb_keymap_unref(keymap);
		return false;
	}
	if (seat->keyboard.keymap_owner == &keyboard->device)
		keyboard_set_keymap(seat, keymap, &keyboard->device);
	xkb_keymap_unref(keyboard->keymap);
	keyboard->keymap = keymap;
	return true;
}

// Of several keymaps in one turn of the loop only the last is compiled, unless keys come between.
static void on_compile_idle(void *data)
{
	struct virtual_keyboard *keyboard = data;
	keyboard->pending.compile_idle = NULL;
	compile_pending(keyboard);
}

static void handle_keymap(struct wl_client *client, struct wl_resource *resource, uint32_t format,
	int32_t fd, uint32_t size)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (format != WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1) {
		close(fd);
		wl_resource_post_error(resource,
			ZWP_VIRTUAL_KEYBOARD_V1_ERROR_INVALID_KEYMAP_FORMAT,
			"the format %u is not xkb_v1", format);
		return;
	}
	close_fd(&keyboard->pending.fd);
	keyboard->pending.fd = fd;
	keyboard->pending.size = size;
	if (!keyboard->pending.compile_idle)
		keyboard->pending.compile_idle =
			xadd_idle(keyboard->server->loop, on_compile_idle, keyboard);
}

static void apply_modifiers(struct virtual_keyboard *keyboard)
{
	struct seat *seat = keyboard->server->seat;
	if (!seat->keyboard.state || seat->keyboard.keymap_owner != &keyboard->device)
		return;
	xkb_state_update_mask(seat->keyboard.state, keyboard->state.depressed,
		keyboard->state.latched, keyboard->state.locked, 0, 0, keyboard->state.group);
	keyboard_send_modifiers(seat);
}

static void use_own_keymap(struct virtual_keyboard *keyboard)
{
	struct seat *seat = keyboard->server->seat;
	if (seat->keyboard.keymap_owner != &keyboard->device &&
		keyboard_set_keymap(seat, keyboard->keymap, &keyboard->device))
		apply_modifiers(keyboard);
}

// False: there is no keymap, an error was posted; or there is no seat any more.
static bool check_ready(struct wl_resource *resource)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (!compile_pending(keyboard))
		return false;
	if (!keyboard->keymap)
		wl_resource_post_error(
			resource, ZWP_VIRTUAL_KEYBOARD_V1_ERROR_NO_KEYMAP, "no keymap was set");
	return keyboard->keymap && keyboard->server->seat;
}

static void send_key(struct virtual_keyboard *keyboard, uint32_t code, bool pressed)
{
	const struct input_event event = {
		.type = INPUT_KEY,
		.device = &keyboard->device,
		.time_us = clock_now_ns(keyboard->server->clock) / NSEC_PER_USEC,
		.key = {code, pressed},
	};
	if (text_forward_key(keyboard->server->text, keyboard->device.client, keyboard->keymap,
		    code, pressed))
		return;
	if (pressed)
		use_own_keymap(keyboard);
	seat_input(keyboard->server->seat, &event);
}

// False: the key is not to be sent. A press that is not remembered would never be released.
static bool track_key(struct virtual_keyboard *keyboard, uint32_t code, bool pressed)
{
	for (unsigned i = 0; i < keyboard->n_pressed; i++) {
		if (keyboard->pressed[i] != code)
			continue;
		if (!pressed)
			keyboard->pressed[i] = keyboard->pressed[--keyboard->n_pressed];
		return !pressed;
	}
	if (pressed && keyboard->n_pressed < array_length(keyboard->pressed)) {
		keyboard->pressed[keyboard->n_pressed++] = code;
		return true;
	}
	return false;
}

static void handle_key(struct wl_client *client, struct wl_resource *resource, uint32_t time,
	uint32_t code, uint32_t state)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (!check_ready(resource) || code > MAX_CODE)
		return;
	bool pressed = state == WL_KEYBOARD_KEY_STATE_PRESSED;
	if (track_key(keyboard, code, pressed))
		send_key(keyboard, code, pressed);
}

static void handle_modifiers(struct wl_client *client, struct wl_resource *resource,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct virtual_keyboard *keyboard = wl_resource_get_user_data(resource);
	if (!check_ready(resource))
		return;
	keyboard->state.depressed = depressed;
	keyboard->state.latched = latched;
	keyboard->state.locked = locked;
	keyboard->state.group = group;
	if (text_forwards(keyboard->server->text, client, keyboard->keymap))
		return;
	// Without modifiers the keymap can wait for the first key.
	if (depressed || latched || locked || group)
		use_own_keymap(keyboard);
	apply_modifiers(keyboard);
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
		send_key(keyboard, keyboard->pressed[--keyboard->n_pressed], false);
	if (seat)
		keyboard_device_gone(seat, &keyboard->device);
	forget_pending(keyboard);
	xkb_keymap_unref(keyboard->keymap);
	budget_give(keyboard->budget, BUDGET_STATE, keyboard->charged);
	free(keyboard);
}

static void handle_create_virtual_keyboard(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat, uint32_t id)
{
	struct virtual_keyboard *keyboard = xcalloc(1, sizeof(*keyboard));
	keyboard->server = wl_resource_get_user_data(resource);
	keyboard->device.type = INPUT_KEYBOARD;
	keyboard->device.name = "virtual keyboard";
	keyboard->device.is_virtual = true;
	keyboard->device.client = client;
	keyboard->budget = budget_of(client);
	keyboard->pending.fd = -1;
	keyboard->resource = wire_create(client, &zwp_virtual_keyboard_v1_interface,
		wl_resource_get_version(resource), id, &keyboard_impl, keyboard,
		on_keyboard_destroyed);
	if (!keyboard->resource)
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
