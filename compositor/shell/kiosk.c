// SPDX-License-Identifier: MIT
// The kiosk: every window fills its output, dialogs are in the middle above their parents, and there
// is nothing to move, decorate or minimise.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/popup.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/surface.h"
#include "compositor/shell/layers.h"
#include "compositor/shell/place.h"

struct kiosk_window {
	struct window *window;
	struct node *backdrop; // of those that fill an output
	struct wl_listener destroyed;
};

static void on_destroy(struct shell *shell)
{
	free(shell);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct kiosk_window *kiosk = wl_container_of(listener, kiosk, destroyed);
	wl_list_remove(&kiosk->destroyed.link);
	kiosk->window->shell_data = NULL;
	free(kiosk);
}

static struct kiosk_window *kiosk_window(struct window *window)
{
	if (window->shell_data)
		return window->shell_data;
	struct kiosk_window *kiosk = xcalloc(1, sizeof(*kiosk));
	kiosk->window = window;
	kiosk->destroyed.notify = on_window_destroyed;
	wl_signal_add(&window->events.destroyed, &kiosk->destroyed);
	window->shell_data = kiosk;
	return kiosk;
}

// Where it belongs: where it was, with its parent, by a rule, with the active one, the first.
static struct output *find_output(struct window *window)
{
	struct server *server = window->server;
	struct output *output = window->output;
	if (window->parent && window->parent->output)
		output = window->parent->output;
	if (!output || !output->enabled) {
		const struct rule *rule = rule_for(server->config, window);
		output = rule ? output_by_name(server, rule->output) : NULL;
	}
	if ((!output || !output->enabled) && server->shell && server->shell->active)
		output = server->shell->active->output;
	if (!output || !output->enabled)
		output = output_first(server);
	if (output)
		window_set_output(window, output);
	return output;
}

static bool is_dialog(const struct window *window)
{
	return window->parent;
}

static void ask_size(struct window *window)
{
	struct output *output = find_output(window);
	if (!output)
		return;
	const struct box *area = &output->usable;
	window_set_bounds(window, area->width, area->height);
	bool was_full = window_has(window, WINDOW_FULLSCREEN);
	window_set_state(window, WINDOW_FULLSCREEN, !is_dialog(window));
	if (!is_dialog(window))
		window_set_size(window, area->width, area->height);
	else if (was_full)
		window_set_size(window, 0, 0);
}

static void place_dialog(struct window *window, struct output *output)
{
	struct kiosk_window *kiosk = kiosk_window(window);
	struct box around = window->parent->mapped ? window_box(window->parent) : output->usable;
	struct box box = place_centered(window->geometry.width, window->geometry.height, &around);
	box = place_inside(&box, &output->usable);
	node_destroy(kiosk->backdrop);
	kiosk->backdrop = NULL;
	if (window->x != box.x || window->y != box.y)
		window_move(window, box.x, box.y);
}

// By what was drawn. The black behind it reaches under panels, too.
static void place(struct window *window)
{
	struct kiosk_window *kiosk = kiosk_window(window);
	struct output *output = find_output(window);
	if (!output || !window->mapped)
		return;
	if (is_dialog(window)) {
		place_dialog(window, output);
		return;
	}
	place_fullscreen(window, &output->usable, &output->box, &kiosk->backdrop);
}

static void on_window_added(struct shell *shell, struct window *window)
{
	kiosk_window(window);
	ask_size(window);
}

static void on_window_mapped(struct shell *shell, struct window *window)
{
	place(window);
	popup_grab_dismiss(shell->server->seat); // menus of its own client would stay
	shell_activate(shell, window);
}

static void on_window_unmapped(struct shell *shell, struct window *window)
{
	struct kiosk_window *kiosk = window->shell_data;
	if (kiosk) {
		node_destroy(kiosk->backdrop);
		kiosk->backdrop = NULL;
	}
	shell_activate_next(shell, window);
}

static void on_window_committed(struct shell *shell, struct window *window)
{
	place(window);
}

static void on_window_changed(struct shell *shell, struct window *window)
{
	ask_size(window); // perhaps it has a parent now, or none
	if (!window->mapped)
		return;
	place(window);
	if (window->parent && shell->active == window)
		window_raise(window);
}

static void on_window_request(struct shell *shell, struct window *window, enum window_request what,
	const struct window_detail *detail)
{
	switch (what) {
	case REQUEST_FULLSCREEN:
		if (!detail->on || !detail->output || !detail->output->enabled || is_dialog(window))
			break;
		window_set_output(window, detail->output);
		ask_size(window);
		place(window);
		break;
	case REQUEST_ACTIVATE:
		shell_activate(shell, window);
		break;
	case REQUEST_DECORATION:
		// Where the client lets us, nobody draws a title bar.
		window_set_decorated(window, detail->on);
		break;
	default:
		break;
	}
}

static void arrange(struct shell *shell)
{
	struct window *window;
	wl_list_for_each(window, &shell->server->windows, link) {
		if (!window->added)
			continue;
		ask_size(window);
		place(window);
	}
}

static void on_layer_changed(struct shell *shell, struct layer_surface *layer)
{
	if (layers_changed(shell, layer))
		arrange(shell);
}

static void on_layout_changed(struct shell *shell)
{
	layers_arrange(shell);
	arrange(shell);
}

static void on_press(struct shell *shell, struct node *node)
{
	if (!node || !node->surface)
		return;
	struct surface *surface = surface_root(node->surface);
	while (surface->popup && surface->popup->parent)
		surface = surface_root(surface->popup->parent);
	if (surface->window && surface->window != shell->active)
		shell_activate(shell, surface->window);
	else if (surface->window && shell->layer.target)
		shell_activate(shell, surface->window); // takes the keyboard back
	else if (surface->layer)
		shell_activate_layer(shell, surface->layer);
}

static bool on_button(struct shell *shell, struct node *node, uint32_t code, bool pressed)
{
	struct seat *seat = shell->server->seat;
	if (pressed && seat->pointer.n_buttons <= 1 &&
		(!seat_grab_top(seat) || popup_grab_top(seat)))
		on_press(shell, node);
	return false;
}

static void on_touch_down(struct shell *shell, struct node *node, double x, double y)
{
	struct seat *seat = shell->server->seat;
	if (wl_list_empty(&seat->touch_points) && (!seat_grab_top(seat) || popup_grab_top(seat)))
		on_press(shell, node);
}

static const struct shell_impl kiosk_impl = {
	.name = "kiosk",
	.lacks = SHELL_LACKS_MENU | SHELL_LACKS_MAXIMIZE | SHELL_LACKS_MINIMIZE,
	.destroy = on_destroy,
	.window_added = on_window_added,
	.window_mapped = on_window_mapped,
	.window_unmapped = on_window_unmapped,
	.window_committed = on_window_committed,
	.window_changed = on_window_changed,
	.window_request = on_window_request,
	.layer_changed = on_layer_changed,
	.layout_changed = on_layout_changed,
	.button = on_button,
	.touch_down = on_touch_down,
};

struct shell *kiosk_shell_create(struct server *server)
{
	struct shell *shell = xcalloc(1, sizeof(*shell));
	shell->impl = &kiosk_impl;
	shell->server = server;
	return shell;
}
