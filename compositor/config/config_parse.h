// SPDX-License-Identifier: MIT
// Private to config.c, config_parse.c and config_value.c: the parser and its value types.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct binding;
struct config;

// Reads the file into config, over its values. path is for messages; counts faults in
// config->errors.
void config_parse(struct config *config, FILE *file, const char *path);
// Sets the action of a binding whose other members are those of trigger. action NULL removes it.
void config_bind(struct config *config, const struct binding *trigger, const char *action,
	const char *argument);
// Adds the default bindings, without those for programs that are not installed.
void config_bind_defaults(struct config *config);

// A key of a section. set parses the value into the object; false: not a valid value.
struct key {
	const char *name;
	bool (*set)(const struct key *key, void *object, const char *value);
	size_t at; // offset of the field in the object
	int min, max;
	const char *const *choices; // NULL-terminated
	const char *allowed; // for messages: "a colour like #1d3a5f"; NULL: derived from the others
};

// The following implement key.set. False: not a valid value.

// int, min to max.
bool config_set_int(const struct key *key, void *object, const char *value);
// bool: yes or no.
bool config_set_bool(const struct key *key, void *object, const char *value);
// int: 1 or 0; -1 when not set.
bool config_set_said_bool(const struct key *key, void *object, const char *value);
// Owned string; "" sets NULL.
bool config_set_string(const struct key *key, void *object, const char *value);
// Owned path, ~ expanded.
bool config_set_path(const struct key *key, void *object, const char *value);
// Owned string, one of choices.
bool config_set_choice(const struct key *key, void *object, const char *value);
// float[4], from #rgb or #rrggbb.
bool config_set_color(const struct key *key, void *object, const char *value);
// X,Y of a window rule, layout.
bool config_set_rule_position(const struct key *key, void *object, const char *value);
// WIDTHxHEIGHT of a window rule, logical.
bool config_set_rule_size(const struct key *key, void *object, const char *value);
// X,Y of an output, layout.
bool config_set_output_position(const struct key *key, void *object, const char *value);
// WIDTHxHEIGHT[@HZ] of an output.
bool config_set_mode(const struct key *key, void *object, const char *value);
// Scale of an output.
bool config_set_scale(const struct key *key, void *object, const char *value);
// int: index of the value in choices, plus min.
bool config_set_index(const struct key *key, void *object, const char *value);
// Inverted bool: output_rule.off.
bool config_set_enabled(const struct key *key, void *object, const char *value);
// input_settings.enabled: yes, no or without-mouse.
bool config_set_device_enabled(const struct key *key, void *object, const char *value);
// Pointer speed, -1 to 1.
bool config_set_speed(const struct key *key, void *object, const char *value);
// Scroll factor.
bool config_set_scroll_speed(const struct key *key, void *object, const char *value);
// Six numbers: the first two rows of libinput's matrix.
bool config_set_calibration(const struct key *key, void *object, const char *value);
