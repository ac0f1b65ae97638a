// SPDX-License-Identifier: MIT
// Keyboards of the seat that have a map of their own, by the configuration: it is compiled with their
// first key, and holds until another one types.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/config.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"

struct keyboard_device {
	const struct input_device *device;
	struct keymap_names names; // the configuration's
	struct xkb_keymap *keymap;
	bool compiled;
	struct wl_list link; // keyboard.devices
};

static struct keyboard_device *find(struct seat *seat, const struct input_device *device)
{
	struct keyboard_device *own;
	wl_list_for_each(own, &seat->keyboard.devices, link) {
		if (own->device == device)
			return own;
	}
	return NULL;
}

static void destroy(struct keyboard_device *own)
{
	wl_list_remove(&own->link);
	xkb_keymap_unref(own->keymap);
	free(own);
}

void keyboard_add_device(struct seat *seat, const struct input_device *device)
{
	struct keymap_names names;
	if (!device || device->type != INPUT_KEYBOARD || find(seat, device) ||
		!config_input_keymap(seat->server->config, device, &names))
		return;
	struct keyboard_device *own = xcalloc(1, sizeof(*own));
	own->device = device;
	own->names = names;
	wl_list_insert(&seat->keyboard.devices, &own->link);
}

void keyboard_remove_device(struct seat *seat, const struct input_device *device)
{
	struct keyboard_device *own = find(seat, device);
	if (!own)
		return;
	if (seat->keyboard.keymap_owner == device)
		keyboard_restore_keymap(seat);
	destroy(own);
}

static void compile(struct seat *seat, struct keyboard_device *own)
{
	const struct xkb_rule_names names = {own->names.rules, own->names.model, own->names.layout,
		own->names.variant, own->names.options};
	own->compiled = true;
	own->keymap = xkb_keymap_new_from_names(
		seat->keyboard.context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (!own->keymap)
		log_error("%s: its keyboard layout cannot be compiled; it has that of all others",
			own->device->name ? own->device->name : "a keyboard");
}

void keyboard_use_device(struct seat *seat, const struct input_device *device)
{
	if (!device || device == seat->keyboard.keymap_owner)
		return;
	struct keyboard_device *own = find(seat, device);
	if (own && !own->compiled && keyboard_ready(seat)->keymap)
		compile(seat, own);
	if (!own || !own->keymap || !keyboard_set_keymap(seat, own->keymap, device))
		keyboard_restore_keymap(seat);
}

void keyboard_finish_devices(struct seat *seat)
{
	struct keyboard_device *own, *tmp;
	wl_list_for_each_safe(own, tmp, &seat->keyboard.devices, link)
		destroy(own);
}
