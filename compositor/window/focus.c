// SPDX-License-Identifier: MIT
// Activation of windows and keyboard focus, common to all shells.
#include "compositor/window/focus.h"
#include "compositor/client/budget.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

void shell_destroy(struct shell *shell)
{
	if (!shell)
		return;
	weak_clear(&shell->layer);
	shell->impl->destroy(shell);
}

// The newest surface with exclusive keyboard interactivity in the highest layer above windows,
// where the protocol guarantees it the focus. NULL: none.
static struct layer_surface *exclusive_layer_surface(struct server *server)
{
	struct layer_surface *layer, *best = NULL;
	wl_list_for_each(layer, &server->layers, link) {
		if (!layer->mapped || layer->closed || layer->current.layer < LAYER_TOP ||
			layer->current.keyboard != LAYER_KEYBOARD_EXCLUSIVE)
			continue;
		if (!best || layer->current.layer >= best->current.layer)
			best = layer;
	}
	return best;
}

static struct surface *shell_keyboard_target(struct shell *shell)
{
	struct layer_surface *layer = exclusive_layer_surface(shell->server);
	if (layer)
		return layer->surface;
	layer = shell->layer.target;
	if (layer && layer->mapped && !layer->closed &&
		layer->current.keyboard != LAYER_KEYBOARD_NONE)
		return layer->surface;
	weak_clear(&shell->layer);
	return shell->active ? shell->active->surface : NULL;
}

void shell_update_keyboard(struct shell *shell)
{
	struct seat *seat = shell->server->seat;
	if (shell->server->locked)
		return; // the locker has the focus; called again when it unlocks
	struct surface *target = shell_keyboard_target(shell);
	struct popup *popup = popup_grab_top(seat);
	// A popup with a grab keeps the focus within its client.
	if (popup && target &&
		wl_resource_get_client(popup->surface->resource) ==
			wl_resource_get_client(target->resource))
		return;
	keyboard_set_focus(seat, target);
}

static void shell_set_active(struct shell *shell, struct window *window)
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
	struct window *blocker = window ? window_blocker(window) : NULL;
	if (blocker)
		window = blocker;
	if (window && window->focus == WINDOW_FOCUS_NEVER) {
		window_raise(window);
		return;
	}
	weak_clear(&shell->layer);
	if (window) {
		wl_list_remove(&window->link);
		wl_list_insert(&shell->server->windows, &window->link);
		if (window->parent) {
			wl_list_remove(&window->sibling);
			wl_list_insert(&window->parent->children, &window->sibling);
		}
		window_set_state(window, WINDOW_MINIMIZED | WINDOW_URGENT, false);
		window_raise(window);
	}
	shell_set_active(shell, window);
	if (shell->impl->activated)
		shell->impl->activated(shell);
	shell_update_keyboard(shell);
}

void shell_activate_layer(struct shell *shell, struct layer_surface *layer)
{
	if (!layer->mapped || layer->closed || layer->current.keyboard == LAYER_KEYBOARD_NONE)
		return;
	weak_set(&shell->layer, layer, &layer->events.destroyed);
	shell_update_keyboard(shell);
}

// The windows of a client that is being destroyed follow each other: each would get the focus, only
// to lose it.
static bool window_is_candidate(const struct window *window, const struct window *gone)
{
	return window != gone && window->surface->budget->client && window->mapped &&
		window->focus != WINDOW_FOCUS_NEVER && !window_has(window, WINDOW_MINIMIZED);
}

void shell_activate_next(struct shell *shell, struct window *gone)
{
	if (shell->active != gone)
		return;
	struct window *window, *next = NULL;
	// After a dialog, its parent.
	if (gone && gone->parent && window_is_candidate(gone->parent, gone))
		next = gone->parent;
	wl_list_for_each(window, &shell->server->windows, link) {
		if (next)
			break;
		if (window_is_candidate(window, gone))
			next = window;
	}
	struct layer_surface *layer = shell->layer.target;
	shell_activate(shell, next);
	if (layer)
		shell_activate_layer(shell, layer);
}
