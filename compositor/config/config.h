// SPDX-License-Identifier: MIT
// The configuration (oriel.ini). Everything has a default. A faulty line is reported with file,
// line and key, and only that key keeps its default.
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
	CURSOR_HARDWARE, // a hardware plane, where available
	CURSOR_SOFTWARE,
	CURSOR_NONE,
};

enum focus_new {           // new windows that take the keyboard focus
	FOCUS_NEW_DEFAULT, // sessions: smart, others: always
	FOCUS_NEW_SMART,   // those that the user asked for
	FOCUS_NEW_ALWAYS,
	FOCUS_NEW_NEVER,
};

enum xwayland_enabled { // an X display for X programs
	XWAYLAND_AUTO,  // sessions: where Xwayland is installed, `oriel run`: no
	XWAYLAND_YES,   // the same, and an error where it is not installed
	XWAYLAND_NO,
};

enum wheel { // directions of a mouse wheel
	WHEEL_UP,
	WHEEL_DOWN,
	WHEEL_LEFT,
	WHEEL_RIGHT,
};

struct binding {
	uint32_t modifiers; // enum modifier
	enum trigger {
		TRIGGER_KEY,    // code: xkb symbol, lower case
		TRIGGER_BUTTON, // code: evdev button of the pointer
		TRIGGER_WHEEL,  // code: enum wheel
	} trigger;
	uint32_t code;
	bool repeat;    // while the key is held, as keys repeat
	bool release;   // acts on the release, if nothing else was pressed meanwhile
	bool locked;    // also works while the session is locked
	char *action;   // "close", "maximize", "snap-left", "exec", ...; owned
	char *argument; // of exec; owned, may be NULL
};

struct rule { // for windows with matching properties (fnmatch patterns; NULL: any)
	char *app_id, *title, *tag;
	bool has_position, has_size;
	int x, y, width, height;
	char *output;
	int maximized, fullscreen, decorated; // -1: not set
};

struct output_rule {
	char *name;                     // fnmatch
	int width, height, refresh_mhz; // 0: not set
	bool has_position;
	int x, y;
	double scale;  // 0: not set
	int transform; // -1: not set
	bool off, vrr;
};

struct keymap_names { // xkb rule names; owned; NULL: not set
	char *rules, *model, *layout, *variant, *options;
};

struct input_rule {
	char *name; // kind of device, or fnmatch pattern of its name
	struct input_settings settings;
	char *output; // owned; settings.output
	struct keymap_names keymap;
};

struct config {
	char *path; // of the file, or NULL
	struct {
		char *rules, *model, *layout, *variant, *options; // xkb; NULL: default
		int repeat_rate, repeat_delay;
		bool numlock;
		bool layout_per_window;
		bool compose;       // dead keys and Compose, for text input
		bool unicode_input; // Ctrl+Shift+U, the same
	} keyboard;
	struct {
		bool keep, keep_primary; // after the owner ended
		int keep_limit;          // MiB of each
	} clipboard;
	struct {                  // desktop session
		bool environment; // exported to D-Bus and systemd
		bool autostart;
		char *bell; // command of xdg_system_bell_v1, for sh; owned, NULL: none
	} session;
	struct {
		int dim, screens_off, lock; // after seconds; 0: never
		bool lock_on_lid;
		char *lock_command; // owned; NULL: one that is installed
	} idle;
	struct {
		int enabled;   // enum xwayland_enabled
		int terminate; // seconds without X programs after which Xwayland ends; 0: never
	} xwayland;
	struct {
		bool preferred_scale; // wl_compositor has these events of surfaces
	} compatibility;
	struct { // of one client
		int objects, descriptors;
		int buffers; // MiB; 0: half of the memory
		int state;   // MiB
	} limits;
	struct {
		char *theme; // NULL: XCURSOR_THEME
		int size;    // 0: XCURSOR_SIZE
		int plane;   // enum cursor_plane
	} cursor;
	struct {
		float color[4];   // wallpaper
		char *image;      // PNG; owned, may be NULL
		char *image_mode; // "fill", "fit", "stretch", "center", "tile"
		bool decorations; // server-side, where clients agree
		char *placement;  // "cascade", "center", "pointer"
		int snap_distance;
		int focus_new; // enum focus_new
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
	int errors; // number of reported lines
};

extern const struct input_settings input_settings_none; // nothing is set

// The defaults. Never NULL.
struct config *config_create_default(void);
// Reads a file. path NULL: $XDG_CONFIG_HOME/oriel/oriel.ini if it exists, else the defaults. NULL:
// the named file cannot be read (logged). Faulty lines are logged as "FILE:LINE: KEY: what is
// wrong" and counted in errors.
struct config *config_load(const char *path);
// NULL is allowed.
void config_destroy(struct config *config);
// The rule of an output by name, the last one that matches; NULL: none.
const struct output_rule *config_output(const struct config *config, const char *name);
// The settings of all rules that match the device, later ones override. Strings are borrowed.
struct input_settings config_input(const struct config *config, const struct input_device *device);
// The device's own keymap, names borrowed. False: it uses the common one.
bool config_input_keymap(
	const struct config *config, const struct input_device *device, struct keymap_names *names);
// Parses "Super+Shift+q", "Super+wheel-up" or "XF86AudioRaiseVolume+repeat+locked" into all members
// but action and argument, which become NULL. False: not a binding.
bool binding_parse(const char *text, struct binding *binding);
// The reverse: "Super+Shift+q". The caller frees it.
char *binding_describe(const struct binding *binding);
// The first binding with that action; NULL: none.
const struct binding *config_binding(const struct config *config, const char *action);
