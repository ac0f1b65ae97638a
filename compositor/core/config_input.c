// SPDX-License-Identifier: MIT
// What the configuration says of an input device: all sections that fit it, the later over the
// earlier, key by key.
#include <fnmatch.h>
#include <string.h>
#include "compositor/core/config.h"

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

static bool fits(const struct input_rule *rule, const struct input_device *device)
{
	return (device->kind && strcmp(rule->name, device->kind) == 0) ||
		(device->name && fnmatch(rule->name, device->name, 0) == 0);
}

static void say(int *into, int value)
{
	if (value >= 0)
		*into = value;
}

static void merge(struct input_settings *into, const struct input_rule *rule)
{
	const struct input_settings *from = &rule->settings;
	say(&into->enabled, from->enabled);
	say(&into->tap, from->tap);
	say(&into->tap_drag, from->tap_drag);
	say(&into->drag_lock, from->drag_lock);
	say(&into->tap_middle, from->tap_middle);
	say(&into->natural_scroll, from->natural_scroll);
	say(&into->left_handed, from->left_handed);
	say(&into->middle_emulation, from->middle_emulation);
	say(&into->disable_while_typing, from->disable_while_typing);
	say(&into->click_method, from->click_method);
	say(&into->scroll_method, from->scroll_method);
	say(&into->scroll_button, from->scroll_button);
	say(&into->scroll_button_lock, from->scroll_button_lock);
	say(&into->flat, from->flat);
	say(&into->rotation, from->rotation);
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
		if (fits(&config->inputs[i], device))
			merge(&settings, &config->inputs[i]);
	return settings;
}

static bool take(char **into, char *name)
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
		if (!fits(&config->inputs[i], device))
			continue;
		// Another layout has variants of its own.
		if (from->layout)
			names->variant = NULL;
		bool said = take(&names->rules, from->rules);
		said = take(&names->model, from->model) || said;
		said = take(&names->layout, from->layout) || said;
		said = take(&names->variant, from->variant) || said;
		said = take(&names->options, from->options) || said;
		any = any || said;
	}
	return any;
}
