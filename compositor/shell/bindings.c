// SPDX-License-Identifier: MIT
// Key bindings: finds the binding of a key and runs its action. Defaults are in config/config.c.
#include "compositor/shell/bindings.h"
#include <errno.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/lock/lock_command.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/switcher.h"
#include "compositor/window/activation.h"
#include "compositor/window/window.h"

#define EVDEV_OFFSET 8 // from evdev codes to xkb key codes

struct action {
	const char *name;
	// view: of the active window; NULL if needs_window is false.
	void (*run)(struct desktop *desktop, struct desktop_window *view,
		const struct binding *binding);
	bool needs_window;
	bool safe; // also while the session is locked
};

static void do_close(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	window_close(view->window);
}

static void do_maximize(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	desktop_window_maximize(view, !window_has(view->window, WINDOW_MAXIMIZED));
}

static void do_fullscreen(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	desktop_window_fullscreen(view, !window_has(view->window, WINDOW_FULLSCREEN), NULL);
}

static void do_minimize(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	desktop_window_minimize(view, true);
}

static void toggle_snap(struct desktop_window *view, unsigned state, enum snap_zone zone)
{
	desktop_window_snap(view, window_has(view->window, state) ? SNAP_NONE : zone, NULL);
}

static void do_snap_left(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	toggle_snap(view, WINDOW_TILED_LEFT, SNAP_LEFT);
}

static void do_snap_right(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	toggle_snap(view, WINDOW_TILED_RIGHT, SNAP_RIGHT);
}

static void do_restore(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	if (window_has(view->window, WINDOW_FULLSCREEN))
		desktop_window_fullscreen(view, false, NULL);
	else
		desktop_window_snap(view, SNAP_NONE, NULL);
}

static void do_switch_next(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	switcher_step(desktop, 1, binding->modifiers);
}

static void do_switch_prev(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	switcher_step(desktop, -1, binding->modifiers);
}

static void do_exec(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	struct children *children = desktop->shell.server->children;
	if (!children || !binding->argument)
		return;
	const char *const argv[] = {"/bin/sh", "-c", binding->argument, NULL};
	char token[sizeof("XDG_ACTIVATION_TOKEN=") + ACTIVATION_TOKEN_SIZE] =
		"XDG_ACTIVATION_TOKEN=";
	activation_token(desktop->shell.server->activation, token + strlen(token));
	const char *const env[] = {token, NULL}; // its window may take the focus
	if (child_spawn(children, argv, env, NULL, NULL))
		attention_launched(desktop);
	else
		log_errno("cannot start \"%s\"", binding->argument);
}

static void do_quit(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	struct server *server = desktop->shell.server;
	if (server->exit)
		server->exit(server->exit_data, 0);
}

static void do_lock(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	lock_command_start(desktop->shell.server);
}

static const struct action *action_find(const char *name)
{
	static const struct action actions[] = {
		{"close", do_close, true, false},
		{"maximize", do_maximize, true, false},
		{"fullscreen", do_fullscreen, true, false},
		{"minimize", do_minimize, true, false},
		{"snap-left", do_snap_left, true, false},
		{"snap-right", do_snap_right, true, false},
		{"restore", do_restore, true, false},
		{"switch-next", do_switch_next, false, false},
		{"switch-prev", do_switch_prev, false, false},
		{"lock", do_lock, false, true},
		{"exec", do_exec, false, false},
		{"quit", do_quit, false, false},
	};
	for (size_t i = 0; i < array_length(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

// The key produces the symbol with the current modifiers, or without modifiers in any layout.
// Bindings so work by the labels of the keys while another alphabet is active.
static bool key_gives_symbol(struct keyboard *keyboard, xkb_keycode_t key, xkb_keysym_t symbol)
{
	if (xkb_keysym_to_lower(xkb_state_key_get_one_sym(keyboard->state, key)) == symbol)
		return true;
	xkb_layout_index_t layouts = xkb_keymap_num_layouts_for_key(keyboard->keymap, key);
	for (xkb_layout_index_t layout = 0; layout < layouts; layout++) {
		const xkb_keysym_t *syms;
		int n = xkb_keymap_key_get_syms_by_level(keyboard->keymap, key, layout, 0, &syms);
		for (int i = 0; i < n; i++)
			if (xkb_keysym_to_lower(syms[i]) == symbol)
				return true;
	}
	return false;
}

static const struct binding *binding_find(const struct config *config, struct keyboard *keyboard,
	xkb_keycode_t key, uint32_t modifiers)
{
	for (size_t i = 0; i < config->n_bindings; i++) {
		const struct binding *binding = &config->bindings[i];
		if (binding->modifiers == modifiers &&
			key_gives_symbol(keyboard, key, binding->keysym))
			return binding;
	}
	return NULL;
}

static bool symbol_is_modifier(xkb_keysym_t symbol)
{
	return (symbol >= XKB_KEY_Shift_L && symbol <= XKB_KEY_Hyper_R) ||
		(symbol >= XKB_KEY_ISO_Lock && symbol <= XKB_KEY_ISO_Level5_Lock) ||
		symbol == XKB_KEY_Mode_switch || symbol == XKB_KEY_Num_Lock;
}

bool bindings_locked_key(struct desktop *desktop, uint32_t code, bool pressed)
{
	struct server *server = desktop->shell.server;
	struct keyboard *keyboard = keyboard_ready(server->seat);
	if (!pressed || !keyboard->state)
		return false;
	const struct binding *binding = binding_find(
		server->config, keyboard, code + EVDEV_OFFSET, keyboard_modifiers(server->seat));
	const struct action *action =
		binding && binding->action ? action_find(binding->action) : NULL;
	if (!action || !action->safe)
		return false;
	action->run(desktop, NULL, binding);
	return true;
}

bool bindings_key(struct desktop *desktop, uint32_t code, bool pressed)
{
	struct server *server = desktop->shell.server;
	struct keyboard *keyboard = keyboard_ready(server->seat);
	if (!keyboard->state) {
		if (pressed)
			attention_key(desktop, keyboard_focus(server->seat));
		return false;
	}
	xkb_keycode_t key = code + EVDEV_OFFSET;
	uint32_t modifiers = keyboard_modifiers(server->seat);
	const struct binding *binding = pressed && server->config
		? binding_find(server->config, keyboard, key, modifiers)
		: NULL;
	const struct action *action =
		binding && binding->action ? action_find(binding->action) : NULL;
	bool switches = action && (action->run == do_switch_next || action->run == do_switch_prev);
	if (desktop->switcher && !switches)
		return switcher_key(desktop, xkb_state_key_get_one_sym(keyboard->state, key),
			modifiers, pressed);
	if (!action) {
		xkb_keysym_t symbol = xkb_state_key_get_one_sym(keyboard->state, key);
		if (pressed && !symbol_is_modifier(symbol))
			attention_key(desktop, keyboard_focus(server->seat));
		return false;
	}
	struct window *window = desktop->shell.active;
	if (window && action->run != do_exec)
		attention_key(desktop, window->surface);
	if (!action->needs_window)
		action->run(desktop, NULL, binding);
	else if (window && window->shell_data)
		action->run(desktop, window->shell_data, binding);
	return true;
}
