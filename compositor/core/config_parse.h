// SPDX-License-Identifier: MIT
// Between config.c, config_parse.c and config_value.c: how a file gets into the struct.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct config;

// Reads the file over what config has. path is for messages; faults are counted in config->errors.
void config_parse(struct config *config, FILE *file, const char *path);
// Sets or replaces what that key does; action NULL: nothing any more.
void config_bind(struct config *config, uint32_t modifiers, uint32_t keysym, const char *action,
	const char *argument);

// One key of a section; each kind of value has a function that sets it, false: not such a value.
struct key {
	const char *name;
	bool (*set)(const struct key *key, void *object, const char *value);
	size_t at; // of the field in the object
	int min, max;
	const char *const *choices; // NULL at the end
	const char *allowed;        // "a colour like #1d3a5f"; NULL: it follows from the others
};

bool config_set_int(const struct key *key, void *object, const char *value);
bool config_set_bool(const struct key *key, void *object, const char *value);
bool config_set_said_bool(const struct key *key, void *object, const char *value); // int, else -1
bool config_set_string(const struct key *key, void *object, const char *value);    // "": NULL
bool config_set_path(const struct key *key, void *object, const char *value);
bool config_set_choice(const struct key *key, void *object, const char *value);
bool config_set_color(const struct key *key, void *object, const char *value);
bool config_set_rule_position(const struct key *key, void *object, const char *value);
bool config_set_rule_size(const struct key *key, void *object, const char *value);
bool config_set_output_position(const struct key *key, void *object, const char *value);
bool config_set_mode(const struct key *key, void *object, const char *value);
bool config_set_scale(const struct key *key, void *object, const char *value);
// The place of the value in choices, plus min.
bool config_set_index(const struct key *key, void *object, const char *value);
bool config_set_enabled(const struct key *key, void *object, const char *value);
bool config_set_device_enabled(const struct key *key, void *object, const char *value);
bool config_set_speed(const struct key *key, void *object, const char *value);
bool config_set_scroll_speed(const struct key *key, void *object, const char *value);
bool config_set_calibration(const struct key *key, void *object, const char *value);

// NULL at the end.
extern const char *const config_actions[];
