// SPDX-License-Identifier: MIT
// Bindings: finds the one of a key, a button or the wheel and runs its action. Defaults are in
// config/binding.c.
#include "compositor/shell/bindings.h"
#include <errno.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/input.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/lock/lock_command.h"
#include "compositor/seat/constraint.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/shortcuts.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/switcher.h"
#include "compositor/surface/surface.h"
#include "compositor/window/activation.h"
#include "compositor/window/window.h"

#define MAX_NOTCHES 8 // of the wheel in one event

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

// Takes the shortcuts and the pointer back from the focused window, or returns the shortcuts.
static void do_inhibit_toggle(
	struct desktop *desktop, struct desktop_window *view, const struct binding *binding)
{
	struct seat *seat = desktop->shell.server->seat;
	struct surface *focus = keyboard_focus(seat);
	seat->pointer.unconstrained = !seat->pointer.unconstrained;
	if (focus && focus->shortcuts_inhibitor) {
		seat->pointer.unconstrained = focus->inhibits_shortcuts;
		shortcuts_set_inhibited(focus, !focus->inhibits_shortcuts);
	}
	if (seat->pointer.unconstrained)
		pointer_constrain(seat, NULL);
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
		{"inhibit-toggle", do_inhibit_toggle, false, false},
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

static const struct binding *binding_of_key(struct desktop *desktop, struct keyboard *keyboard,
	xkb_keycode_t key, uint32_t modifiers, bool release)
{
	const struct config *config = desktop->shell.server->config;
	for (size_t i = 0; config && i < config->n_bindings; i++) {
		const struct binding *binding = &config->bindings[i];
		if (binding->trigger == TRIGGER_KEY && binding->modifiers == modifiers &&
			binding->release == release &&
			key_gives_symbol(keyboard, key, binding->code))
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

// inhibit-toggle has an effect; else its key is one like others.
static bool can_toggle(struct seat *seat)
{
	const struct surface *focus = keyboard_focus(seat);
	return (focus && focus->shortcuts_inhibitor) || seat->pointer.constraint ||
		seat->pointer.unconstrained;
}

// The bit of a modifier's own key, which is set when that key is pressed.
static uint32_t modifier_of_symbol(xkb_keysym_t symbol)
{
	switch (symbol) {
	case XKB_KEY_Shift_L:
	case XKB_KEY_Shift_R:
		return MOD_SHIFT;
	case XKB_KEY_Control_L:
	case XKB_KEY_Control_R:
		return MOD_CTRL;
	case XKB_KEY_Alt_L:
	case XKB_KEY_Alt_R:
	case XKB_KEY_Meta_L:
	case XKB_KEY_Meta_R:
		return MOD_ALT;
	case XKB_KEY_Super_L:
	case XKB_KEY_Super_R:
		return MOD_SUPER;
	default:
		return 0;
	}
}

static void action_run(
	struct desktop *desktop, const struct action *action, const struct binding *binding)
{
	struct window *window = desktop->shell.active;
	if (window && action->run != do_exec && action->run != do_inhibit_toggle)
		attention_key(desktop, window->surface);
	if (!action->needs_window)
		action->run(desktop, NULL, binding);
	else if (window && window->shell_data)
		action->run(desktop, window->shell_data, binding);
}

// The action of the binding, unless the focused window gets what was pressed. NULL gives NULL.
static const struct action *action_of(struct desktop *desktop, const struct binding *binding)
{
	struct seat *seat = desktop->shell.server->seat;
	const struct action *action =
		binding && binding->action ? action_find(binding->action) : NULL;
	bool toggles = action && action->run == do_inhibit_toggle;
	return (toggles ? can_toggle(seat) : !shortcuts_inhibited(seat)) ? action : NULL;
}

// Repeats

static bool key_is_pressed(const struct keyboard *keyboard, uint32_t code)
{
	for (unsigned i = 0; i < keyboard->n_keys; i++)
		if (keyboard->keys[i].code == code)
			return true;
	return false;
}

static void bindings_stop(struct bindings *bindings)
{
	timer_cancel(&bindings->timer);
	bindings->repeating = bindings->releasing = NULL;
}

static void bindings_repeat(struct desktop *desktop, uint64_t delay_ns)
{
	struct clock *clock = desktop->shell.server->clock;
	timer_set(&desktop->bindings.timer, clock_now_ns(clock) + delay_ns);
}

static void on_repeat(void *data)
{
	struct desktop *desktop = data;
	struct bindings *bindings = &desktop->bindings;
	struct seat *seat = desktop->shell.server->seat;
	const struct binding *binding = bindings->repeating;
	const struct action *action = action_of(desktop, binding);
	if (!action || seat->server->locked ||
		!key_is_pressed(&seat->keyboard, bindings->repeat_code) ||
		keyboard_modifiers(seat) != binding->modifiers) {
		bindings_stop(bindings);
		return;
	}
	bindings_repeat(desktop, NSEC_PER_SEC / (uint64_t)seat->keyboard.repeat_rate);
	action_run(desktop, action, binding);
}

void bindings_init(struct desktop *desktop)
{
	timer_init(&desktop->bindings.timer, desktop->shell.server->clock, on_repeat, desktop);
}

void bindings_finish(struct desktop *desktop)
{
	timer_finish(&desktop->bindings.timer);
}

// Keys

// A press that only its release acts on. True: consumed; keys of modifiers are the client's, too.
static bool bindings_await_release(struct desktop *desktop, struct keyboard *keyboard,
	uint32_t code, uint32_t modifiers, bool is_modifier)
{
	const struct binding *binding =
		binding_of_key(desktop, keyboard, code + EVDEV_OFFSET, modifiers, true);
	if (!action_of(desktop, binding))
		return false;
	desktop->bindings.releasing = binding;
	desktop->bindings.release_code = code;
	return !is_modifier;
}

static void bindings_key_released(struct desktop *desktop, uint32_t code)
{
	struct bindings *bindings = &desktop->bindings;
	const struct binding *binding = bindings->releasing;
	const struct action *action = action_of(desktop, binding);
	bool runs = action && bindings->release_code == code;
	if (runs || (bindings->repeating && bindings->repeat_code == code))
		bindings_stop(bindings);
	if (runs)
		action_run(desktop, action, binding);
}

bool bindings_locked_key(struct desktop *desktop, uint32_t code, bool pressed)
{
	struct server *server = desktop->shell.server;
	struct keyboard *keyboard = keyboard_ready(server->seat);
	if (!pressed || !keyboard->state)
		return false;
	const struct binding *binding = binding_of_key(
		desktop, keyboard, code + EVDEV_OFFSET, keyboard_modifiers(server->seat), false);
	const struct action *action = action_of(desktop, binding);
	if (!action || action->needs_window || !(action->safe || binding->locked))
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
	xkb_keysym_t symbol = xkb_state_key_get_one_sym(keyboard->state, key);
	uint32_t modifiers = keyboard_modifiers(server->seat);
	uint32_t others = modifiers & ~modifier_of_symbol(symbol);
	const struct binding *binding = NULL;
	if (pressed) {
		bindings_stop(&desktop->bindings);
		binding = binding_of_key(desktop, keyboard, key, others, false);
	} else {
		bindings_key_released(desktop, code);
	}
	const struct action *action = action_of(desktop, binding);
	bool switches = action && (action->run == do_switch_next || action->run == do_switch_prev);
	if (desktop->switcher && !switches)
		return switcher_key(desktop, symbol, modifiers, pressed);
	if (!pressed)
		return false; // the client gets it if it got the press
	if (!action) {
		bool is_modifier = symbol_is_modifier(symbol);
		if (bindings_await_release(desktop, keyboard, code, others, is_modifier))
			return true;
		if (!is_modifier)
			attention_key(desktop, keyboard_focus(server->seat));
		return false;
	}
	if (binding->repeat && keyboard->repeat_rate > 0) {
		desktop->bindings.repeating = binding;
		desktop->bindings.repeat_code = code;
		bindings_repeat(desktop, (uint64_t)keyboard->repeat_delay * NSEC_PER_MSEC);
	}
	action_run(desktop, action, binding);
	return true;
}

// Buttons and the wheel

static bool bindings_pointer(struct desktop *desktop, enum trigger trigger, uint32_t code)
{
	struct server *server = desktop->shell.server;
	const struct config *config = server->config;
	for (size_t i = 0; config && i < config->n_bindings; i++) {
		const struct binding *binding = &config->bindings[i];
		if (binding->trigger != trigger || binding->code != code ||
			binding->modifiers != keyboard_modifiers(server->seat))
			continue;
		const struct action *action = action_of(desktop, binding);
		if (action)
			action_run(desktop, action, binding);
		return action != NULL;
	}
	return false;
}

bool bindings_button(struct desktop *desktop, uint32_t code)
{
	bindings_stop(&desktop->bindings);
	return bindings_pointer(desktop, TRIGGER_BUTTON, code);
}

bool bindings_wheel(struct desktop *desktop, const struct input_event *event)
{
	struct bindings *bindings = &desktop->bindings;
	int *notches = &bindings->wheel[event->axis.horizontal];
	bool consumed = false;
	if (!event->axis.value120)
		return false;
	bindings->releasing = NULL;
	if ((*notches < 0) != (event->axis.value120 < 0))
		*notches = 0;
	*notches += CLAMP(event->axis.value120, -MAX_NOTCHES * 120, MAX_NOTCHES * 120);
	int sign = *notches < 0 ? -1 : 1;
	uint32_t code = event->axis.horizontal ? WHEEL_LEFT : WHEEL_UP;
	if (sign > 0)
		code++; // to the right, or down
	for (; *notches * sign >= 120; *notches -= sign * 120)
		consumed |= bindings_pointer(desktop, TRIGGER_WHEEL, code);
	return consumed;
}
