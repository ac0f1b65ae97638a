// SPDX-License-Identifier: MIT
// The INI file: everything has a default; a wrong key is reported (file, line, key) and only that
// key falls back.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/input.h"

enum modifier {
	MOD_SHIFT = 1 << 0,
	MOD_CTRL = 1 << 1,
	MOD_ALT = 1 << 2,
	MOD_SUPER = 1 << 3,
};

enum cursor_plane {
	CURSOR_HARDWARE, // where there is such a plane
	CURSOR_SOFTWARE,
	CURSOR_NONE,
};

struct binding {
	uint32_t modifiers; // enum modifier
	uint32_t keysym;    // xkb, lower case
	char *action;       // "close", "maximize", "snap-left", "exec", ...; owned
	char *argument;     // of exec; owned, may be NULL
};

struct rule { // for windows whose app_id and title match (fnmatch patterns; NULL: any)
	char *app_id, *title;
	bool has_position, has_size;
	int x, y, width, height;
	char *output;
	int maximized, fullscreen, decorated; // -1: not said
};

struct output_rule {
	char *name;                     // fnmatch
	int width, height, refresh_mhz; // 0: not said
	bool has_position;
	int x, y;
	double scale;  // 0: not said
	int transform; // -1: not said
	bool off, vrr;
};

struct keymap_names { // as xkeyboard-config has them; owned, NULL: not said
	char *rules, *model, *layout, *variant, *options;
};

struct input_rule {
	char *name; // the kind of device, or a pattern of its name
	struct input_settings settings;
	char *output; // owned: of settings
	struct keymap_names keymap;
};

struct config {
	char *path; // where it came from, or NULL
	struct {
		char *rules, *model, *layout, *variant, *options; // xkb; NULL: default
		int repeat_rate, repeat_delay;
		bool numlock;
	} keyboard;
	struct {                  // of a desktop
		bool environment; // is told to D-Bus and systemd
		bool autostart;
	} session;
	struct {
		char *theme; // NULL: XCURSOR_THEME
		int size;    // 0: XCURSOR_SIZE
		int plane;   // enum cursor_plane
	} cursor;
	struct {
		float color[4];   // wallpaper
		char *image;      // PNG; owned, may be NULL
		char *image_mode; // "fill", "fit", "stretch", "center", "tile"
		bool decorations; // the server draws title bars where clients agree
		char *placement;  // "cascade", "center", "pointer"
		int snap_distance;
	} desktop;
	struct binding *bindings;
	size_t n_bindings, bindings_capacity;
	struct rule *rules;
	size_t n_rules, rules_capacity;
	struct output_rule *outputs;
	size_t n_outputs, outputs_capacity;
	struct input_rule *inputs;
	size_t n_inputs, inputs_capacity;
	struct {
		char *interface, *app_id;
	} * allow; // for sandboxed clients
	size_t n_allow, allow_capacity;
	int errors; // lines that were reported
};

extern const struct input_settings input_settings_none; // nothing was said

struct config *config_create_default(void);
// path NULL: $XDG_CONFIG_HOME/oriel/oriel.ini where it exists, else the defaults. A named file that
// cannot be read is NULL with a message. Each faulty line is reported through log_error as
// "FILE:LINE: KEY: what is wrong".
struct config *config_load(const char *path);
void config_destroy(struct config *config);
const struct output_rule *config_output(const struct config *config, const char *name); // or NULL
// What all rules that fit the device say together, later ones first; its strings are config's.
struct input_settings config_input(const struct config *config, const struct input_device *device);
// The names of a map of its own, borrowed; false: it has none.
bool config_input_keymap(
	const struct config *config, const struct input_device *device, struct keymap_names *names);
// "Super+Shift+q"; false: not understood.
bool binding_parse(const char *text, uint32_t *modifiers, uint32_t *keysym);
