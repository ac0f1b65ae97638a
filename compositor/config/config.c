// SPDX-License-Identifier: MIT
// The configuration: defaults, the file's location, look-ups of rules.
#include "compositor/config/config.h"
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/base/log.h"
#include "compositor/config/config_parse.h"

#define MAX_BYTES (256 << 10) // of the file

struct config *config_create_default(void)
{
	struct config *config = xcalloc(1, sizeof(*config));
	config->clipboard.keep = true;
	config->clipboard.keep_primary = true;
	config->clipboard.keep_limit = 32;
	config->session.environment = true;
	config->session.autostart = true;
	config->xwayland.terminate = 10;
	config->compatibility.preferred_scale = true;
	config->limits.objects = 65536;
	config->limits.descriptors = 2048;
	config->limits.state = 64;
	config->keyboard.repeat_rate = 25;
	config->keyboard.repeat_delay = 600;
	config->keyboard.compose = true;
	config->keyboard.unicode_input = true;
	const float color[4] = {0x2b / 255.0f, 0x3a / 255.0f, 0x4a / 255.0f, 1};
	memcpy(config->desktop.color, color, sizeof(color));
	config->desktop.image_mode = xstrdup("fill");
	config->desktop.decorations = true;
	config->desktop.placement = xstrdup("cascade");
	config->desktop.snap_distance = 12;
	config_bind_defaults(config);
	return config;
}

void config_destroy(struct config *config)
{
	if (!config)
		return;
	char *strings[] = {config->path, config->keyboard.rules, config->keyboard.model,
		config->keyboard.layout, config->keyboard.variant, config->keyboard.options,
		config->cursor.theme, config->idle.lock_command, config->desktop.image,
		config->desktop.image_mode, config->desktop.placement, config->session.bell};
	for (size_t i = 0; i < array_length(strings); i++)
		free(strings[i]);
	for (size_t i = 0; i < config->n_bindings; i++) {
		free(config->bindings[i].action);
		free(config->bindings[i].argument);
	}
	for (size_t i = 0; i < config->n_rules; i++) {
		free(config->rules[i].app_id);
		free(config->rules[i].title);
		free(config->rules[i].tag);
		free(config->rules[i].output);
	}
	for (size_t i = 0; i < config->n_outputs; i++)
		free(config->outputs[i].name);
	for (size_t i = 0; i < config->n_allow; i++) {
		free(config->allow[i].interface);
		free(config->allow[i].app_id);
	}
	for (size_t i = 0; i < config->n_inputs; i++) {
		struct input_rule *rule = &config->inputs[i];
		char *names[] = {rule->name, rule->output, rule->keymap.rules, rule->keymap.model,
			rule->keymap.layout, rule->keymap.variant, rule->keymap.options};
		for (size_t j = 0; j < array_length(names); j++)
			free(names[j]);
	}
	free(config->inputs);
	free(config->bindings);
	free(config->rules);
	free(config->outputs);
	free(config->allow);
	free(config);
}

const struct output_rule *config_output(const struct config *config, const char *name)
{
	// The last match wins, as everywhere in the file.
	for (size_t i = config->n_outputs; i-- > 0;)
		if (fnmatch(config->outputs[i].name, name, 0) == 0)
			return &config->outputs[i];
	return NULL;
}

static char *default_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (config && *config == '/')
		return xasprintf("%s/oriel/oriel.ini", config);
	return home && *home ? xasprintf("%s/.config/oriel/oriel.ini", home) : NULL;
}

struct config *config_load(const char *path)
{
	struct config *config = config_create_default();
	config->path = path ? xstrdup(path) : default_path();
	size_t size = 0;
	char *error = NULL, *text = NULL;
	errno = ENOENT;
	if (config->path)
		text = file_read_at_start(config->path, MAX_BYTES, &size, &error);
	FILE *file = text ? fmemopen(text, size, "r") : NULL;
	if (file) {
		config_parse(config, file, config->path);
		fclose(file);
		free(text);
		return config;
	}
	bool absent = !text && (errno == ENOENT || errno == ENOTDIR);
	if (path || !absent)
		log_error("cannot read the configuration: %s", error ? error : strerror(errno));
	free(error);
	free(text);
	if (path) {
		config_destroy(config);
		return NULL;
	}
	replace_string(&config->path, NULL);
	return config;
}
