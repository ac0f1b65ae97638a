// SPDX-License-Identifier: MIT
// Bindings: the text that names them, the defaults, and those for programs that are installed.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/config/config.h"
#include "compositor/config/config_parse.h"

// share/oriel.ini documents these values.
static const struct {
	const char *key, *action, *argument;
	const char *program; // bound only if it is installed; NULL: always
} default_bindings[] = {
	{"Super+q", "close", NULL, NULL},
	{"Alt+F4", "close", NULL, NULL},
	{"Super+Up", "maximize", NULL, NULL},
	{"Super+Down", "restore", NULL, NULL},
	{"Super+Left", "snap-left", NULL, NULL},
	{"Super+Right", "snap-right", NULL, NULL},
	{"Super+f", "fullscreen", NULL, NULL},
	{"Super+h", "minimize", NULL, NULL},
	{"Alt+Tab+repeat", "switch-next", NULL, NULL},
	{"Alt+Shift+Tab+repeat", "switch-prev", NULL, NULL},
	{"Super+l", "lock", NULL, NULL},
	{"Super+Return", "exec", "foot", NULL},
	{"Super+Escape", "inhibit-toggle", NULL, NULL},
	{"XF86AudioRaiseVolume+repeat+locked", "exec",
		"wpctl set-mute @DEFAULT_AUDIO_SINK@ 0; "
		"wpctl set-volume -l 1.0 @DEFAULT_AUDIO_SINK@ 5%+",
		"wpctl"},
	{"XF86AudioLowerVolume+repeat+locked", "exec", "wpctl set-volume @DEFAULT_AUDIO_SINK@ 5%-",
		"wpctl"},
	{"XF86AudioMute+locked", "exec", "wpctl set-mute @DEFAULT_AUDIO_SINK@ toggle", "wpctl"},
	{"XF86AudioMicMute+locked", "exec", "wpctl set-mute @DEFAULT_AUDIO_SOURCE@ toggle",
		"wpctl"},
	{"XF86AudioPlay+locked", "exec", "playerctl play-pause", "playerctl"},
	{"XF86AudioPause+locked", "exec", "playerctl pause", "playerctl"},
	{"XF86AudioStop+locked", "exec", "playerctl stop", "playerctl"},
	{"XF86AudioNext+locked", "exec", "playerctl next", "playerctl"},
	{"XF86AudioPrev+locked", "exec", "playerctl previous", "playerctl"},
	{"XF86MonBrightnessUp+repeat+locked", "exec", "brightnessctl set 5%+", "brightnessctl"},
	{"XF86MonBrightnessDown+repeat+locked", "exec", "brightnessctl set 5%-", "brightnessctl"},
	{"Print", "exec", "cd \"$(xdg-user-dir PICTURES)\"; grim", "grim"},
};

static const struct word {
	const char *name;
	uint32_t value;
} modifier_names[] =
	{
		{"shift", MOD_SHIFT},
		{"ctrl", MOD_CTRL},
		{"control", MOD_CTRL},
		{"alt", MOD_ALT},
		{"super", MOD_SUPER},
		{"logo", MOD_SUPER},
},
  button_names[] =
	  {
		  {"mouse-left", BTN_LEFT},
		  {"mouse-middle", BTN_MIDDLE},
		  {"mouse-right", BTN_RIGHT},
		  {"mouse-side", BTN_SIDE},
		  {"mouse-extra", BTN_EXTRA},
		  {"mouse-forward", BTN_FORWARD},
		  {"mouse-back", BTN_BACK},
		  {"mouse-task", BTN_TASK},
},
  wheel_names[] = {
	  {"wheel-up", WHEEL_UP},
	  {"wheel-down", WHEEL_DOWN},
	  {"wheel-left", WHEEL_LEFT},
	  {"wheel-right", WHEEL_RIGHT},
};

static const struct word *word_find(const struct word *words, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

// Copies without surrounding space. False: too long.
static bool copy_trimmed(char *into, size_t size, const char *from, size_t length)
{
	while (length && (*from == ' ' || *from == '\t')) {
		from++;
		length--;
	}
	while (length && (from[length - 1] == ' ' || from[length - 1] == '\t'))
		length--;
	if (length >= size)
		return false;
	memcpy(into, from, length);
	into[length] = '\0';
	return true;
}

// False: it is no modifier, or a second time the same.
static bool take_modifier(struct binding *binding, const char *name)
{
	const struct word *word = word_find(modifier_names, array_length(modifier_names), name);
	if (!word || binding->modifiers & word->value)
		return false;
	binding->modifiers |= word->value;
	return true;
}

static bool take_trigger(struct binding *binding, const char *name)
{
	const struct word *button = word_find(button_names, array_length(button_names), name);
	const struct word *wheel = word_find(wheel_names, array_length(wheel_names), name);
	if (button || wheel) {
		binding->trigger = button ? TRIGGER_BUTTON : TRIGGER_WHEEL;
		binding->code = button ? button->value : wheel->value;
		return true;
	}
	xkb_keysym_t symbol = xkb_keysym_from_name(name, XKB_KEYSYM_NO_FLAGS);
	if (symbol == XKB_KEY_NoSymbol)
		symbol = xkb_keysym_from_name(name, XKB_KEYSYM_CASE_INSENSITIVE);
	binding->trigger = TRIGGER_KEY;
	binding->code = xkb_keysym_to_lower(symbol);
	return symbol != XKB_KEY_NoSymbol;
}

static bool take_flag(struct binding *binding, const char *name)
{
	bool *flag = NULL;
	if (strcasecmp(name, "repeat") == 0)
		flag = &binding->repeat;
	else if (strcasecmp(name, "release") == 0)
		flag = &binding->release;
	else if (strcasecmp(name, "locked") == 0)
		flag = &binding->locked;
	if (!flag || *flag)
		return false;
	*flag = true;
	return true;
}

// Only keys repeat and wait for their release; the plain buttons and the wheel are the programs'.
static bool binding_makes_sense(const struct binding *binding)
{
	if (binding->trigger == TRIGGER_KEY)
		return !binding->repeat || !binding->release;
	bool plain = binding->trigger == TRIGGER_WHEEL || binding->code == BTN_LEFT ||
		binding->code == BTN_RIGHT;
	return !binding->repeat && !binding->release && (binding->modifiers || !plain);
}

bool binding_parse(const char *text, struct binding *binding)
{
	char word[64];
	bool has_trigger = false;
	*binding = (struct binding){0};
	for (bool more = true; more;) {
		size_t length = strcspn(text, "+");
		if (!copy_trimmed(word, sizeof(word), text, length) || !*word)
			return false;
		more = text[length] == '+';
		text += length + more;
		if (has_trigger ? take_flag(binding, word) : take_modifier(binding, word))
			continue;
		if (has_trigger || !take_trigger(binding, word))
			return false;
		has_trigger = true;
	}
	return has_trigger && binding_makes_sense(binding);
}

char *binding_describe(const struct binding *binding)
{
	static const char *const names[] = {"Shift+", "Ctrl+", "Alt+", "Super+"}; // enum modifier
	const char *modifiers[array_length(names)];
	for (size_t i = 0; i < array_length(names); i++)
		modifiers[i] = binding->modifiers & 1u << i ? names[i] : "";
	char key[64] = "";
	if (binding->trigger == TRIGGER_KEY)
		xkb_keysym_get_name(binding->code, key, sizeof(key));
	return xasprintf("%s%s%s%s%s", modifiers[3], modifiers[1], modifiers[2], modifiers[0], key);
}

const struct binding *config_binding(const struct config *config, const char *action)
{
	for (size_t i = 0; i < config->n_bindings; i++)
		if (strcmp(config->bindings[i].action, action) == 0)
			return &config->bindings[i];
	return NULL;
}

// The binding that the other one replaces: both may exist if one acts on the release.
static struct binding *binding_like(struct config *config, const struct binding *other)
{
	for (size_t i = 0; i < config->n_bindings; i++) {
		struct binding *binding = &config->bindings[i];
		if (binding->modifiers == other->modifiers && binding->trigger == other->trigger &&
			binding->code == other->code && binding->release == other->release)
			return binding;
	}
	return NULL;
}

void config_bind(struct config *config, const struct binding *trigger, const char *action,
	const char *argument)
{
	struct binding *binding = binding_like(config, trigger);
	if (!action) {
		if (!binding)
			return;
		free(binding->action);
		free(binding->argument);
		*binding = config->bindings[--config->n_bindings];
		return;
	}
	if (!binding) {
		array_reserve(config->bindings, config->n_bindings, config->bindings_capacity);
		binding = &config->bindings[config->n_bindings++];
		*binding = *trigger;
		binding->action = binding->argument = NULL;
	}
	binding->repeat = trigger->repeat;
	binding->locked = trigger->locked;
	replace_string(&binding->action, action);
	replace_string(&binding->argument, argument);
}

void config_bind_defaults(struct config *config)
{
	for (size_t i = 0; i < array_length(default_bindings); i++) {
		const char *program = default_bindings[i].program;
		struct binding binding;
		if (program && !program_is_installed(program))
			continue;
		if (binding_parse(default_bindings[i].key, &binding))
			config_bind(config, &binding, default_bindings[i].action,
				default_bindings[i].argument);
	}
}
