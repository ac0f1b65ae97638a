// SPDX-License-Identifier: MIT
// The kiosk: each window fills its output, dialogs are centred above their parents. Windows cannot
// be moved or minimised and have no title bars.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/shell/home.h"
#include "compositor/shell/layers.h"
#include "compositor/shell/place.h"
#include "compositor/shell/shells.h"
#include "compositor/surface/surface.h"
#include "compositor/window/focus.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

struct kiosk_window {
	struct window *window;
	struct home home;      // the output to which it and its dialogs return
	struct node *backdrop; // black, behind a window that fills its output; or NULL
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
	home_finish(&kiosk->home);
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

// The enabled output that a window belongs to, which dialogs share with their parent: the one it
// was on first or was moved to by a request, if it is there; else the one it is on, by a rule, of
// the active window, the first. Assigns it. NULL: none is enabled.
static struct output *kiosk_find_output(struct window *window)
{
	struct server *server = window->server;
	struct window *root = window_root(window);
	struct kiosk_window *kiosk = kiosk_window(root);
	struct output *output = home_find(&kiosk->home, server);
	if (!output)
		output = root->output;
	if (!output || !output->enabled) {
		const struct rule *rule = rule_for(server->config, window);
		output = rule ? output_by_name(server, rule->output) : NULL;
	}
	if ((!output || !output->enabled) && server->shell && server->shell->active)
		output = server->shell->active->output;
	if (!output || !output->enabled)
		output = output_first(server);
	if (output && !kiosk->home.output)
		home_set(&kiosk->home, output, NULL);
	if (output)
		window_set_output(window, output);
	return output;
}

static bool is_dialog(const struct window *window)
{
	return window->parent;
}

static void kiosk_configure_window(struct window *window)
{
	struct output *output = kiosk_find_output(window);
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

static void kiosk_place_dialog(struct window *window, struct output *output)
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

// Positions a window by its current size. The backdrop also covers the area of panels.
static void kiosk_place_window(struct window *window)
{
	struct kiosk_window *kiosk = kiosk_window(window);
	struct output *output = kiosk_find_output(window);
	if (!output || !window->mapped)
		return;
	if (is_dialog(window)) {
		kiosk_place_dialog(window, output);
		return;
	}
	place_fullscreen(window, &output->usable, &output->box, &kiosk->backdrop);
}

static void on_window_added(struct shell *shell, struct window *window)
{
	kiosk_window(window);
	kiosk_configure_window(window);
}

static void on_window_mapped(struct shell *shell, struct window *window)
{
	kiosk_place_window(window);
	popup_grab_dismiss(shell->server->seat); // a menu of the same client would keep its grab
	shell_activate(shell, window);
}

static void on_window_unmapped(struct shell *shell, struct window *window)
{
	struct kiosk_window *kiosk = window->shell_data;
	if (kiosk) {
		node_destroy(kiosk->backdrop);
		kiosk->backdrop = NULL;
		home_finish(&kiosk->home);
	}
	shell_activate_next(shell, window);
}

static void on_window_committed(struct shell *shell, struct window *window)
{
	kiosk_place_window(window);
}

static void on_window_changed(struct shell *shell, struct window *window)
{
	kiosk_configure_window(window); // the parent may have changed
	if (!window->mapped)
		return;
	kiosk_place_window(window);
	if (window->parent && shell->active == window)
		window_raise(window);
}

static void kiosk_resize_window(struct window *window, int width, int height)
{
	window_constrain_size(window, &width, &height);
	window_set_size(window, width, height);
}

static void on_window_request(struct shell *shell, struct window *window, enum window_request what,
	const struct window_detail *detail)
{
	switch (what) {
	case REQUEST_FULLSCREEN:
		if (!detail->on || !detail->output || !detail->output->enabled || is_dialog(window))
			break;
		home_set(&kiosk_window(window)->home, detail->output, NULL);
		kiosk_configure_window(window);
		kiosk_place_window(window);
		break;
	case REQUEST_ACTIVATE:
		shell_activate(shell, window);
		break;
	case REQUEST_PLACE: // until its next commit
		window_move(window, detail->x, detail->y);
		break;
	case REQUEST_SIZE:
		kiosk_resize_window(window, detail->width, detail->height);
		break;
	case REQUEST_DECORATION:
		// In server-side mode neither the client nor the kiosk draws a title bar.
		window_set_decorated(window, detail->on);
		break;
	default:
		break;
	}
}

static void kiosk_arrange(struct shell *shell)
{
	struct window *window;
	wl_list_for_each(window, &shell->server->windows, link) {
		if (!window->added)
			continue;
		kiosk_configure_window(window);
		kiosk_place_window(window);
	}
}

static void on_layer_changed(struct shell *shell, struct layer_surface *layer)
{
	if (layers_changed(shell, layer, true))
		kiosk_arrange(shell);
}

static void on_layout_changed(struct shell *shell)
{
	layers_arrange(shell);
	kiosk_arrange(shell);
}

static void on_press(struct shell *shell, struct node *node)
{
	if (!node || !node->surface)
		return;
	struct surface *surface = popup_root_surface(node->surface);
	if (surface->window && surface->window != shell->active)
		shell_activate(shell, surface->window);
	else if (surface->window && shell->layer.target)
		shell_activate(shell, surface->window); // takes the focus back
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
