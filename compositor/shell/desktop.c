// SPDX-License-Identifier: MIT
// The floating desktop: what happens on events and wishes. The work is done in the files beside it.
#include "compositor/shell/desktop.h"
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/cursor.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/popup.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/shell/font.h"
#include "compositor/shell/layers.h"
#include "compositor/shell/wallpaper.h"

static void on_destroy(struct shell *shell)
{
	struct desktop *desktop = desktop_from(shell);
	hold_end(desktop);
	switcher_close(desktop, false);
	wallpaper_destroy(desktop->wallpaper);
	font_destroy(desktop->font);
	free(desktop);
}

// Windows

static void apply_rule(struct managed *managed)
{
	struct window *window = managed->window;
	struct server *server = window->server;
	const struct rule *rule = rule_for(server->config, window);
	if (!rule)
		return;
	struct output *output = output_by_name(server, rule->output);
	if (output && output->enabled)
		window_set_output(window, output);
	if (rule->decorated >= 0)
		window_set_decorated(window, rule->decorated);
	if (rule->has_size)
		window_set_size(window, rule->width, rule->height);
	if (rule->maximized > 0)
		managed_maximize(managed, true);
	if (rule->fullscreen > 0)
		managed_fullscreen(managed, true, NULL);
}

static void on_window_added(struct shell *shell, struct window *window)
{
	struct managed *managed = managed_get(desktop_from(shell), window);
	managed->placed = managed->has_goal = false;
	managed->shown = 0;
	if (!box_empty(&managed->last))
		window_set_output(window, output_for_box(shell->server, &managed->last));
	apply_rule(managed);
	managed_set_bounds(managed);
}

static void on_window_mapped(struct shell *shell, struct window *window)
{
	struct managed *managed = managed_get(desktop_from(shell), window);
	managed->parent = window->parent;
	managed_place_first(managed);
	if (window_has(window, WINDOW_MINIMIZED))
		return;
	popup_grab_dismiss(shell->server->seat); // menus of its own client would stay
	shell_activate(shell, window);
}

static void on_window_unmapped(struct shell *shell, struct window *window)
{
	struct desktop *desktop = desktop_from(shell);
	struct managed *managed = window->shell_data;
	hold_window_gone(desktop, window);
	switcher_window_gone(desktop, window);
	shell_activate_next(shell, window);
	if (managed) {
		managed_remember(managed);
		managed->shown = 0;
		decor_update(managed->decor, 0);
		node_destroy(managed->backdrop);
		managed->backdrop = NULL;
	}
	node_set_parent(window->tree, shell->server->scene->layers[SCENE_WINDOWS]);
	desktop_restack(desktop);
}

static void on_window_committed(struct shell *shell, struct window *window)
{
	if (window->shell_data)
		managed_committed(window->shell_data);
}

static void on_window_changed(struct shell *shell, struct window *window)
{
	struct managed *managed = window->shell_data;
	if (!managed || !window->mapped)
		return;
	decor_update(managed->decor, managed->shown);
	if (managed->parent == window->parent)
		return;
	managed->parent = window->parent;
	if (window->parent && shell->active == window)
		window_raise(window);
	desktop_restack(desktop_from(shell));
}

static void set_decorated(struct managed *managed, bool on)
{
	struct window *window = managed->window;
	const struct rule *rule = rule_for(window->server->config, window);
	if (rule && rule->decorated >= 0)
		on = rule->decorated;
	if (on == window->wanted.decorated)
		return;
	window_set_decorated(window, on);
	managed_set_bounds(managed);
	if (window->wanted.states & FIXED)
		managed_rearrange(managed);
}

static void on_window_request(struct shell *shell, struct window *window, enum window_request what,
	const struct window_detail *detail)
{
	struct managed *managed = managed_get(desktop_from(shell), window);
	switch (what) {
	case REQUEST_MAXIMIZE:
		managed_maximize(managed, detail->on);
		break;
	case REQUEST_FULLSCREEN:
		managed_fullscreen(managed, detail->on, detail->output);
		break;
	case REQUEST_MINIMIZE:
		managed_minimize(managed, detail->on);
		break;
	case REQUEST_ACTIVATE:
		if (window_has(window, WINDOW_MINIMIZED))
			managed_minimize(managed, false);
		else
			shell_activate(shell, window);
		break;
	case REQUEST_MOVE:
		hold_for_client(managed, detail->serial, false, 0);
		break;
	case REQUEST_RESIZE:
		hold_for_client(managed, detail->serial, true, detail->edges);
		break;
	case REQUEST_DECORATION:
		set_decorated(managed, detail->on);
		break;
	case REQUEST_MENU:
	case REQUEST_RECTANGLE:
		break;
	}
}

// Layers and outputs

static void rearrange_windows(struct shell *shell)
{
	struct window *window, *tmp;
	wl_list_for_each_safe(window, tmp, &shell->server->windows, link) {
		if (window->shell_data && window->added)
			managed_rearrange(window->shell_data);
	}
	desktop_restack(desktop_from(shell));
}

static void on_layer_changed(struct shell *shell, struct layer_surface *layer)
{
	if (layers_changed(shell, layer))
		rearrange_windows(shell);
}

static void on_layout_changed(struct shell *shell)
{
	struct desktop *desktop = desktop_from(shell);
	hold_end(desktop);
	switcher_close(desktop, false);
	wallpaper_update(desktop->wallpaper);
	layers_arrange(shell);
	rearrange_windows(shell);
}

// Input

// What a press on that surface raises: the window or layer surface at the root of its popups.
static struct surface *owner_of(struct surface *surface)
{
	surface = surface_root(surface);
	while (surface->popup && surface->popup->parent)
		surface = surface_root(surface->popup->parent);
	return surface;
}

static bool pressed_on_frame(
	struct desktop *desktop, struct node *node, double x, double y, uint32_t code, bool touch)
{
	struct decor *decor = decor_from_node(node);
	struct window *window = decor_window(decor);
	unsigned edges = 0;
	enum decor_part part = decor_part_at(decor, node, x, y, &edges);
	popup_dismiss_all(window->server);
	shell_activate(&desktop->shell, window);
	if (code != BTN_LEFT)
		return true;
	if (part == PART_EDGE)
		hold_resize(window->shell_data, edges, touch);
	else if (part != PART_NONE)
		hold_button(window->shell_data, part, touch);
	return true;
}

// Super with a button moves and resizes whatever is under the pointer.
static bool pressed_with_super(struct desktop *desktop, struct window *window, uint32_t code)
{
	struct seat *seat = window->server->seat;
	if (keyboard_modifiers(seat) != MOD_SUPER || (code != BTN_LEFT && code != BTN_RIGHT))
		return false;
	popup_dismiss_all(window->server);
	shell_activate(&desktop->shell, window);
	if (code == BTN_LEFT) {
		hold_move(window->shell_data, false);
		return true;
	}
	struct box box = window_box(window);
	unsigned edges = seat->pointer.x < box.x + box.width / 2 ? EDGE_LEFT : EDGE_RIGHT;
	edges |= seat->pointer.y < box.y + box.height / 2 ? EDGE_TOP : EDGE_BOTTOM;
	hold_resize(window->shell_data, edges, false);
	return true;
}

static void activate_surface(struct shell *shell, struct surface *surface)
{
	struct popup *popup = popup_grab_top(shell->server->seat);
	struct surface *owner = owner_of(surface);
	// Inside a menu that has the keyboard nothing changes.
	if (popup && owner != surface_root(surface) && owner == owner_of(popup->surface))
		return;
	if (owner->window)
		shell_activate(shell, owner->window);
	else if (owner->layer)
		shell_activate_layer(shell, owner->layer);
}

static bool on_button(struct shell *shell, struct node *node, uint32_t code, bool pressed)
{
	struct desktop *desktop = desktop_from(shell);
	struct seat *seat = shell->server->seat;
	if (!pressed || seat->pointer.n_buttons > 1)
		return false;
	if (desktop->switcher)
		return switcher_button(desktop, node);
	if (seat_grab_top(seat) && !popup_grab_top(seat))
		return false; // a drag in progress
	if (!node)
		return false;
	struct decor *decor = decor_from_node(node);
	struct window *window = decor ? decor_window(decor) : window_from_surface(node->surface);
	if (window && window->shell_data && pressed_with_super(desktop, window, code))
		return true;
	if (decor) {
		int x, y;
		node_position(node, &x, &y);
		return pressed_on_frame(
			desktop, node, seat->pointer.x - x, seat->pointer.y - y, code, false);
	}
	if (node->surface)
		activate_surface(shell, node->surface);
	return false;
}

static void on_touch_down(struct shell *shell, struct node *node, double x, double y)
{
	struct desktop *desktop = desktop_from(shell);
	struct seat *seat = shell->server->seat;
	if (desktop->switcher) {
		switcher_button(desktop, node);
		return;
	}
	if (!node || !wl_list_empty(&seat->touch_points) ||
		(seat_grab_top(seat) && !popup_grab_top(seat)))
		return;
	if (decor_from_node(node))
		pressed_on_frame(desktop, node, x, y, BTN_LEFT, true);
	else if (node->surface)
		activate_surface(shell, node->surface);
}

static void on_hover(struct shell *shell, struct node *node, double x, double y)
{
	struct desktop *desktop = desktop_from(shell);
	struct decor *decor = node ? decor_from_node(node) : NULL;
	struct cursor *cursor = shell->server->seat->cursor;
	if (desktop->hold)
		return;
	if (desktop->hovered && desktop->hovered != decor)
		decor_set_hover(desktop->hovered, PART_NONE, false);
	if (!decor) {
		if (desktop->hovered)
			cursor_override(cursor, NULL);
		desktop->hovered = NULL;
		return;
	}
	unsigned edges = 0;
	enum decor_part part = decor_part_at(decor, node, x, y, &edges);
	desktop->hovered = decor;
	decor_set_hover(decor, part, false);
	cursor_override(cursor, part == PART_EDGE ? edges_cursor(edges) : "default");
}

static bool on_key(struct shell *shell, uint32_t code, bool pressed)
{
	return bindings_key(desktop_from(shell), code, pressed);
}

static void on_activated(struct shell *shell)
{
	struct window *window;
	wl_list_for_each(window, &shell->server->windows, link) {
		struct managed *managed = window->shell_data;
		if (managed && window->mapped)
			decor_update(managed->decor, managed->shown);
	}
	desktop_restack(desktop_from(shell));
}

static const struct shell_impl desktop_impl = {
	.name = "desktop",
	.lacks = SHELL_LACKS_MENU,
	.destroy = on_destroy,
	.window_added = on_window_added,
	.window_mapped = on_window_mapped,
	.window_unmapped = on_window_unmapped,
	.window_committed = on_window_committed,
	.window_changed = on_window_changed,
	.window_request = on_window_request,
	.layer_changed = on_layer_changed,
	.layout_changed = on_layout_changed,
	.key = on_key,
	.button = on_button,
	.touch_down = on_touch_down,
	.hover = on_hover,
	.activated = on_activated,
};

struct shell *desktop_shell_create(struct server *server)
{
	struct desktop *desktop = xcalloc(1, sizeof(*desktop));
	desktop->shell.impl = &desktop_impl;
	desktop->shell.server = server;
	desktop->font = font_create(server->plain_text);
	desktop->wallpaper = wallpaper_create(server);
	return &desktop->shell;
}
