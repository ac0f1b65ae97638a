// SPDX-License-Identifier: MIT
// Keyboards of the user. A configured keymap of its own is compiled with the first key of a
// keyboard, and in effect until the next key of another keyboard.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"

struct keyboard_device {
	const struct input_device *device;
	bool has_names;
	struct keymap_names names; // the configuration's, if has_names
	struct xkb_keymap *keymap;
	bool compiled;
	struct wl_list link; // keyboard.devices
};

static struct keyboard_device *find_device(struct seat *seat, const struct input_device *device)
{
	struct keyboard_device *own;
	wl_list_for_each(own, &seat->keyboard.devices, link) {
		if (own->device == device)
			return own;
	}
	return NULL;
}

static void destroy_device(struct keyboard_device *own)
{
	wl_list_remove(&own->link);
	xkb_keymap_unref(own->keymap);
	free(own);
}

void keyboard_add_device(struct seat *seat, const struct input_device *device)
{
	if (!device || device->type != INPUT_KEYBOARD || find_device(seat, device))
		return;
	struct keyboard_device *own = xcalloc(1, sizeof(*own));
	own->device = device;
	own->has_names = config_input_keymap(seat->server->config, device, &own->names);
	wl_list_insert(seat->keyboard.devices.prev, &own->link);
}

void keyboard_remove_device(struct seat *seat, const struct input_device *device)
{
	struct keyboard_device *own = find_device(seat, device);
	if (!own)
		return;
	keyboard_device_gone(seat, device);
	destroy_device(own);
}

static void compile_device_keymap(struct seat *seat, struct keyboard_device *own)
{
	const struct xkb_rule_names names = {own->names.rules, own->names.model, own->names.layout,
		own->names.variant, own->names.options};
	if (own->compiled || !own->has_names)
		return;
	own->compiled = true;
	own->keymap = xkb_keymap_new_from_names(
		seat->keyboard.context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (!own->keymap)
		log_error("%s: cannot compile its keyboard layout; using the common one",
			own->device->name ? own->device->name : "a keyboard");
}

void keyboard_use_device(struct seat *seat, const struct input_device *device)
{
	if (device == seat->keyboard.keymap_owner)
		return;
	struct keyboard_device *own = device ? find_device(seat, device) : NULL;
	if (own && keyboard_ready(seat)->configured)
		compile_device_keymap(seat, own);
	if (!own || !own->keymap || !keyboard_set_keymap(seat, own->keymap, device))
		keyboard_restore_keymap(seat);
}

struct keyboard_facts keyboard_common(struct seat *seat)
{
	const struct keyboard *keyboard = keyboard_ready(seat);
	const struct config *config = seat->server->config;
	struct keyboard_facts common = {.name = seat->name, .keymap = keyboard->configured};
	if (config && !keyboard->host.map) {
		common.layouts = config->keyboard.layout;
		common.options = config->keyboard.options;
	}
	return common;
}

void keyboard_for_each(
	struct seat *seat, void (*each)(const struct keyboard_facts *facts, void *data), void *data)
{
	const struct keyboard *keyboard = keyboard_ready(seat);
	const struct keyboard_facts common = keyboard_common(seat);
	each(&common, data);
	struct keyboard_device *own;
	wl_list_for_each(own, &seat->keyboard.devices, link) {
		struct keyboard_facts facts = common;
		facts.name = own->device->name ? own->device->name : "";
		if (keyboard->configured)
			compile_device_keymap(seat, own);
		if (own->keymap) {
			facts.keymap = own->keymap;
			facts.layouts = own->names.layout;
			facts.options = own->names.options;
		}
		each(&facts, data);
	}
}

void keyboard_finish_devices(struct seat *seat)
{
	struct keyboard_device *own, *tmp;
	wl_list_for_each_safe(own, tmp, &seat->keyboard.devices, link)
		destroy_device(own);
}
