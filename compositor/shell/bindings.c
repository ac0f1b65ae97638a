// SPDX-License-Identifier: MIT
// Keys of the compositor's own: which binding a key means, and what it does.
#include <errno.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/activation.h"
#include "compositor/core/child.h"
#include "compositor/core/config.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/shell/desktop.h"

#define EVDEV_OFFSET 8 // xkb counts keys from here

struct action {
	const char *name;
	// window is the active one, NULL where needs_window is false.
	void (*run)(
		struct desktop *desktop, struct managed *managed, const struct binding *binding);
	bool needs_window;
};

static void do_close(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	window_close(managed->window);
}

static void do_maximize(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	managed_maximize(managed, !window_has(managed->window, WINDOW_MAXIMIZED));
}

static void do_fullscreen(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	managed_fullscreen(managed, !window_has(managed->window, WINDOW_FULLSCREEN), NULL);
}

static void do_minimize(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	managed_minimize(managed, true);
}

static void snap(struct managed *managed, unsigned state, enum snap_zone zone)
{
	if (!(managed->window->wanted.states & FIXED))
		managed_update_output(managed);
	managed_snap(managed, window_has(managed->window, state) ? SNAP_NONE : zone);
}

static void do_snap_left(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	snap(managed, WINDOW_TILED_LEFT, SNAP_LEFT);
}

static void do_snap_right(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	snap(managed, WINDOW_TILED_RIGHT, SNAP_RIGHT);
}

static void do_restore(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	if (window_has(managed->window, WINDOW_FULLSCREEN))
		managed_fullscreen(managed, false, NULL);
	else
		managed_snap(managed, SNAP_NONE);
}

static void do_switch_next(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	switcher_step(desktop, 1, binding->modifiers);
}

static void do_switch_prev(
	struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	switcher_step(desktop, -1, binding->modifiers);
}

static void do_exec(struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	struct children *children = desktop->shell.server->children;
	if (!children || !binding->argument)
		return;
	const char *const argv[] = {"/bin/sh", "-c", binding->argument, NULL};
	char token[sizeof("XDG_ACTIVATION_TOKEN=") + ACTIVATION_TOKEN_SIZE] =
		"XDG_ACTIVATION_TOKEN=";
	activation_token(desktop->shell.server->activation, token + strlen(token));
	const char *const env[] = {token, NULL}; // the user wants to see its window
	if (!child_spawn(children, argv, env, NULL, NULL))
		log_errno("\"%s\" cannot be started", binding->argument);
}

static void do_quit(struct desktop *desktop, struct managed *managed, const struct binding *binding)
{
	struct server *server = desktop->shell.server;
	if (server->exit)
		server->exit(server->exit_data, 0);
}

static const struct action *find_action(const char *name)
{
	static const struct action actions[] = {
		{"close", do_close, true},
		{"maximize", do_maximize, true},
		{"fullscreen", do_fullscreen, true},
		{"minimize", do_minimize, true},
		{"snap-left", do_snap_left, true},
		{"snap-right", do_snap_right, true},
		{"restore", do_restore, true},
		{"switch-next", do_switch_next, false},
		{"switch-prev", do_switch_prev, false},
		{"exec", do_exec, false},
		{"quit", do_quit, false},
	};
	for (size_t i = 0; i < array_length(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

// The key gives that symbol in some layout without modifiers, or with those that are down: bindings
// name what is printed on the key, and work while another alphabet is active.
static bool gives(struct keyboard *keyboard, xkb_keycode_t key, xkb_keysym_t wanted)
{
	if (xkb_keysym_to_lower(xkb_state_key_get_one_sym(keyboard->state, key)) == wanted)
		return true;
	xkb_layout_index_t layouts = xkb_keymap_num_layouts_for_key(keyboard->keymap, key);
	for (xkb_layout_index_t layout = 0; layout < layouts; layout++) {
		const xkb_keysym_t *syms;
		int n = xkb_keymap_key_get_syms_by_level(keyboard->keymap, key, layout, 0, &syms);
		for (int i = 0; i < n; i++)
			if (xkb_keysym_to_lower(syms[i]) == wanted)
				return true;
	}
	return false;
}

static const struct binding *find_binding(const struct config *config, struct keyboard *keyboard,
	xkb_keycode_t key, uint32_t modifiers)
{
	for (size_t i = 0; i < config->n_bindings; i++) {
		const struct binding *binding = &config->bindings[i];
		if (binding->modifiers == modifiers && gives(keyboard, key, binding->keysym))
			return binding;
	}
	return NULL;
}

bool bindings_key(struct desktop *desktop, uint32_t code, bool pressed)
{
	struct server *server = desktop->shell.server;
	struct keyboard *keyboard = keyboard_ready(server->seat);
	if (!keyboard->state)
		return false;
	xkb_keycode_t key = code + EVDEV_OFFSET;
	uint32_t modifiers = keyboard_modifiers(server->seat);
	const struct binding *binding = pressed && server->config
		? find_binding(server->config, keyboard, key, modifiers)
		: NULL;
	const struct action *action =
		binding && binding->action ? find_action(binding->action) : NULL;
	bool switches = action && (action->run == do_switch_next || action->run == do_switch_prev);
	if (desktop->switcher && !switches)
		return switcher_key(desktop, xkb_state_key_get_one_sym(keyboard->state, key),
			modifiers, pressed);
	if (!action)
		return false;
	struct window *window = desktop->shell.active;
	if (!action->needs_window)
		action->run(desktop, NULL, binding);
	else if (window && window->shell_data)
		action->run(desktop, window->shell_data, binding);
	return true;
}
