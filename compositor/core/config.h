// SPDX-License-Identifier: MIT
// The INI file: everything has a default; a wrong key is reported (file, line, key) and only that
// key falls back.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum modifier {
	MOD_SHIFT = 1 << 0,
	MOD_CTRL = 1 << 1,
	MOD_ALT = 1 << 2,
	MOD_SUPER = 1 << 3,
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
	bool off;
};

struct config {
	char *path; // where it came from, or NULL
	struct {
		char *rules, *model, *layout, *variant, *options; // xkb; NULL: default
		int repeat_rate, repeat_delay;
		bool numlock;
	} keyboard;
	struct {
		char *theme; // NULL: XCURSOR_THEME
		int size;    // 0: XCURSOR_SIZE
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
	struct {
		char *interface, *app_id;
	} * allow; // for sandboxed clients
	size_t n_allow, allow_capacity;
	int errors; // lines that were reported
};

struct config *config_create_default(void);
// path NULL: $XDG_CONFIG_HOME/oriel/oriel.ini where it exists, else the defaults. A named file that
// cannot be read is NULL with a message. Each faulty line is reported through log_error as
// "FILE:LINE: KEY: what is wrong".
struct config *config_load(const char *path);
void config_destroy(struct config *config);
const struct output_rule *config_output(const struct config *config, const char *name); // or NULL
// "Super+Shift+q"; false: not understood.
bool binding_parse(const char *text, uint32_t *modifiers, uint32_t *keysym);
