// SPDX-License-Identifier: MIT
// Settings of input devices: merges all matching sections, later ones override, key by key.
#include <fnmatch.h>
#include <string.h>
#include "compositor/config/config.h"

const struct input_settings input_settings_none = {
	.enabled = -1,
	.tap = -1,
	.tap_drag = -1,
	.drag_lock = -1,
	.tap_middle = -1,
	.natural_scroll = -1,
	.left_handed = -1,
	.middle_emulation = -1,
	.disable_while_typing = -1,
	.click_method = -1,
	.scroll_method = -1,
	.scroll_button = -1,
	.scroll_button_lock = -1,
	.flat = -1,
	.rotation = -1,
};

static bool rule_matches(const struct input_rule *rule, const struct input_device *device)
{
	return (device->kind && strcmp(rule->name, device->kind) == 0) ||
		(device->name && fnmatch(rule->name, device->name, 0) == 0);
}

static void merge_int(int *into, int value)
{
	if (value >= 0)
		*into = value;
}

static void merge_settings(struct input_settings *into, const struct input_rule *rule)
{
	const struct input_settings *from = &rule->settings;
	merge_int(&into->enabled, from->enabled);
	merge_int(&into->tap, from->tap);
	merge_int(&into->tap_drag, from->tap_drag);
	merge_int(&into->drag_lock, from->drag_lock);
	merge_int(&into->tap_middle, from->tap_middle);
	merge_int(&into->natural_scroll, from->natural_scroll);
	merge_int(&into->left_handed, from->left_handed);
	merge_int(&into->middle_emulation, from->middle_emulation);
	merge_int(&into->disable_while_typing, from->disable_while_typing);
	merge_int(&into->click_method, from->click_method);
	merge_int(&into->scroll_method, from->scroll_method);
	merge_int(&into->scroll_button, from->scroll_button);
	merge_int(&into->scroll_button_lock, from->scroll_button_lock);
	merge_int(&into->flat, from->flat);
	merge_int(&into->rotation, from->rotation);
	if (from->has_speed) {
		into->has_speed = true;
		into->speed = from->speed;
	}
	if (from->scroll_speed > 0)
		into->scroll_speed = from->scroll_speed;
	if (from->has_calibration) {
		into->has_calibration = true;
		memcpy(into->calibration, from->calibration, sizeof(into->calibration));
	}
	if (rule->output)
		into->output = rule->output;
}

struct input_settings config_input(const struct config *config, const struct input_device *device)
{
	struct input_settings settings = input_settings_none;
	for (size_t i = 0; config && i < config->n_inputs; i++)
		if (rule_matches(&config->inputs[i], device))
			merge_settings(&settings, &config->inputs[i]);
	return settings;
}

static bool take_name(char **into, char *name)
{
	if (name)
		*into = name;
	return name;
}

bool config_input_keymap(
	const struct config *config, const struct input_device *device, struct keymap_names *names)
{
	bool any = false;
	if (!config)
		return false;
	*names = (struct keymap_names){config->keyboard.rules, config->keyboard.model,
		config->keyboard.layout, config->keyboard.variant, config->keyboard.options};
	for (size_t i = 0; i < config->n_inputs; i++) {
		const struct keymap_names *from = &config->inputs[i].keymap;
		if (!rule_matches(&config->inputs[i], device))
			continue;
		// A new layout resets the variant, which belongs to the old one.
		if (from->layout)
			names->variant = NULL;
		bool said = take_name(&names->rules, from->rules);
		said = take_name(&names->model, from->model) || said;
		said = take_name(&names->layout, from->layout) || said;
		said = take_name(&names->variant, from->variant) || said;
		said = take_name(&names->options, from->options) || said;
		any = any || said;
	}
	return any;
}
