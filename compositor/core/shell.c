// SPDX-License-Identifier: MIT
// What all shells share: which window is active, and who has the keyboard.
#include "compositor/core/shell.h"
#include "compositor/core/layer.h"
#include "compositor/core/popup.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"

enum { KEYBOARD_NONE, KEYBOARD_EXCLUSIVE };
enum { LAYER_TOP = 2 }; // from here on up exclusive means exclusive

void shell_destroy(struct shell *shell)
{
	if (!shell)
		return;
	weak_clear(&shell->layer);
	shell->impl->destroy(shell);
}

// The newest of the highest layer; NULL: nobody insists.
static struct layer_surface *exclusive_layer(struct server *server)
{
	struct layer_surface *layer, *best = NULL;
	wl_list_for_each(layer, &server->layers, link) {
		if (!layer->mapped || layer->closed || layer->current.layer < LAYER_TOP ||
			layer->current.keyboard != KEYBOARD_EXCLUSIVE)
			continue;
		if (!best || layer->current.layer >= best->current.layer)
			best = layer;
	}
	return best;
}

static struct surface *keyboard_target(struct shell *shell)
{
	struct layer_surface *layer = exclusive_layer(shell->server);
	if (layer)
		return layer->surface;
	layer = shell->layer.target;
	if (layer && layer->mapped && !layer->closed && layer->current.keyboard != KEYBOARD_NONE)
		return layer->surface;
	weak_clear(&shell->layer);
	return shell->active ? shell->active->surface : NULL;
}

void shell_update_keyboard(struct shell *shell)
{
	struct seat *seat = shell->server->seat;
	struct surface *target = keyboard_target(shell);
	struct popup *popup = popup_grab_top(seat);
	// A client's menu keeps the keyboard while the client has it.
	if (popup && target &&
		wl_resource_get_client(popup->surface->resource) ==
			wl_resource_get_client(target->resource))
		return;
	keyboard_set_focus(seat, target);
}

static void set_active(struct shell *shell, struct window *window)
{
	struct window *old = shell->active;
	if (old == window)
		return;
	shell->active = window;
	if (old)
		window_set_state(old, WINDOW_ACTIVATED, false);
	if (window)
		window_set_state(window, WINDOW_ACTIVATED, true);
}

void shell_activate(struct shell *shell, struct window *window)
{
	if (window && !window->mapped)
		return;
	weak_clear(&shell->layer);
	if (window) {
		wl_list_remove(&window->link);
		wl_list_insert(&shell->server->windows, &window->link);
		window_set_state(window, WINDOW_MINIMIZED, false);
		window_raise(window);
	}
	set_active(shell, window);
	if (shell->impl->activated)
		shell->impl->activated(shell);
	shell_update_keyboard(shell);
}

void shell_activate_layer(struct shell *shell, struct layer_surface *layer)
{
	if (!layer->mapped || layer->closed || layer->current.keyboard == KEYBOARD_NONE)
		return;
	weak_set(&shell->layer, layer, &layer->events.destroyed);
	shell_update_keyboard(shell);
}

static bool is_candidate(const struct window *window, const struct window *gone)
{
	return window != gone && window->mapped && !window_has(window, WINDOW_MINIMIZED);
}

void shell_activate_next(struct shell *shell, struct window *gone)
{
	if (shell->active != gone)
		return;
	struct window *window, *next = NULL;
	// A dialog gives back to its parent.
	if (gone && gone->parent && is_candidate(gone->parent, gone))
		next = gone->parent;
	wl_list_for_each(window, &shell->server->windows, link) {
		if (!next && is_candidate(window, gone))
			next = window;
	}
	struct layer_surface *layer = shell->layer.target;
	shell_activate(shell, next);
	if (layer)
		shell_activate_layer(shell, layer);
}
