// SPDX-License-Identifier: MIT
// The floating desktop: implements shell_impl with overlapping windows, title bars and key
// bindings.
#include "compositor/shell/desktop.h"
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/shortcuts.h"
#include "compositor/server.h"
#include "compositor/shell/bell.h"
#include "compositor/shell/bindings.h"
#include "compositor/shell/decoration.h"
#include "compositor/shell/desktop_stack.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/font.h"
#include "compositor/shell/interactive.h"
#include "compositor/shell/layers.h"
#include "compositor/shell/lock_notice.h"
#include "compositor/shell/notice.h"
#include "compositor/shell/shells.h"
#include "compositor/shell/switcher.h"
#include "compositor/shell/wallpaper.h"
#include "compositor/surface/surface.h"
#include "compositor/window/focus.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

static void on_destroy(struct shell *shell)
{
	struct desktop *desktop = desktop_from(shell);
	interactive_end(desktop);
	switcher_close(desktop, false);
	notice_close(desktop);
	bindings_finish(desktop);
	bell_destroy(desktop->bell);
	lock_notice_destroy(desktop->lock_notice);
	attention_finish(&desktop->attention);
	weak_clear(&desktop->shown_active);
	if (desktop->restack)
		wl_event_source_remove(desktop->restack);
	wallpaper_destroy(desktop->wallpaper);
	font_destroy(desktop->font);
	free(desktop);
}

// Windows

static void desktop_window_apply_rule(struct desktop_window *view)
{
	struct window *window = view->window;
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
		desktop_window_maximize(view, true);
	if (rule->fullscreen > 0)
		desktop_window_fullscreen(view, true, NULL);
}

static void on_window_added(struct shell *shell, struct window *window)
{
	struct desktop_window *view = desktop_window_get(desktop_from(shell), window);
	struct output *output = home_find(&view->floating, shell->server); // of its last mapping
	if (output)
		window_set_output(window, output);
	desktop_window_apply_rule(view);
	desktop_window_set_bounds(view);
}

static void window_set_urgent(struct desktop_window *view)
{
	struct window *window = view->window;
	if (window == view->desktop->shell.active || window_has(window, WINDOW_URGENT))
		return;
	window_set_state(window, WINDOW_URGENT, true);
	decoration_update(view->decoration, view->current_states);
	notice_show(view->desktop, window); // the window may be covered, or have no title bar
}

static void on_bell(struct shell *shell, struct window *window)
{
	struct desktop *desktop = desktop_from(shell);
	if (bell_ring(desktop->bell, window) && attention_marks(desktop))
		window_set_urgent(desktop_window_get(desktop, window));
}

// The user pressed the window. One that a modal dialog blocks shows which.
static void desktop_activate(struct desktop *desktop, struct window *window)
{
	struct window *blocker = window_blocker(window);
	shell_activate(&desktop->shell, window);
	if (blocker)
		bell_flash(desktop->bell, blocker);
}

// A new window that does not get the focus.
static void window_stays_back(struct desktop_window *view)
{
	struct desktop *desktop = view->desktop;
	if (view->window->focus == WINDOW_FOCUS_ALWAYS &&
		!attention_expects(desktop, view->window)) {
		window_set_urgent(view);
		if (desktop->shell.active)
			window_raise(desktop->shell.active);
	}
	desktop_restack(desktop);
}

static void on_window_mapped(struct shell *shell, struct window *window)
{
	struct desktop *desktop = desktop_from(shell);
	struct desktop_window *view = desktop_window_get(desktop, window);
	view->was_active = false;
	view->parent = window->parent;
	desktop_window_place_first(view);
	if (window_has(window, WINDOW_MINIMIZED))
		return;
	if (!attention_allows_window(desktop, window)) {
		window_stays_back(view);
		return;
	}
	popup_grab_dismiss(shell->server->seat); // a menu of the same client would keep its grab
	shell_activate(shell, window);
}

static void on_window_unmapped(struct shell *shell, struct window *window)
{
	struct desktop *desktop = desktop_from(shell);
	struct desktop_window *view = window->shell_data;
	interactive_window_gone(desktop, window);
	notice_close_for(desktop, window);
	switcher_window_gone(desktop, window);
	shell_activate_next(shell, window);
	if (view) {
		desktop_window_remember(view);
		decoration_update(view->decoration, 0);
		node_destroy(view->backdrop);
		view->backdrop = NULL;
	}
	node_set_parent(window->tree, shell->server->scene->layers[SCENE_WINDOWS]);
	desktop_restack_later(desktop); // others may go with it
}

static void on_window_committed(struct shell *shell, struct window *window)
{
	if (window->shell_data)
		desktop_window_committed(window->shell_data);
}

static void on_window_changed(struct shell *shell, struct window *window)
{
	struct desktop_window *view = window->shell_data;
	if (!view || !window->mapped)
		return;
	decoration_update(view->decoration, view->current_states);
	if (window->modal && shell->active && window_blocker(shell->active))
		shell_activate(shell, shell->active);
	if (view->parent == window->parent)
		return;
	view->parent = window->parent;
	if (window->parent && shell->active == window)
		window_raise(window);
	desktop_restack(desktop_from(shell));
}

static void desktop_window_set_decorated(struct desktop_window *view, bool on)
{
	struct window *window = view->window;
	const struct rule *rule = rule_for(window->server->config, window);
	if (rule && rule->decorated >= 0)
		on = rule->decorated;
	if (on == window->pending.decorated)
		return;
	window_set_decorated(window, on);
	desktop_window_set_bounds(view);
	if (window->pending.states & FIXED)
		desktop_window_rearrange(view);
}

static void on_window_request(struct shell *shell, struct window *window, enum window_request what,
	const struct window_detail *detail)
{
	struct desktop_window *view = desktop_window_get(desktop_from(shell), window);
	switch (what) {
	case REQUEST_MAXIMIZE:
		desktop_window_maximize(view, detail->on);
		break;
	case REQUEST_FULLSCREEN:
		desktop_window_fullscreen(view, detail->on, detail->output);
		break;
	case REQUEST_MINIMIZE:
		desktop_window_minimize(view, detail->on);
		break;
	case REQUEST_ACTIVATE:
		if (detail->by_token && !attention_allows_token(view->desktop, window, detail))
			window_set_urgent(view);
		else if (window_has(window, WINDOW_MINIMIZED))
			desktop_window_minimize(view, false);
		else
			shell_activate(shell, window);
		break;
	case REQUEST_ATTENTION:
		if (attention_marks(view->desktop))
			window_set_urgent(view);
		break;
	case REQUEST_MOVE:
		interactive_for_client(view, detail->serial, false, 0);
		break;
	case REQUEST_RESIZE:
		interactive_for_client(view, detail->serial, true, detail->edges);
		break;
	case REQUEST_PLACE:
		desktop_window_move_to(view, detail->x, detail->y);
		break;
	case REQUEST_SIZE:
		desktop_window_resize_to(view, detail->width, detail->height);
		break;
	case REQUEST_DECORATION:
		desktop_window_set_decorated(view, detail->on);
		break;
	case REQUEST_MENU:
	case REQUEST_RECTANGLE:
		break;
	}
}

// Layers and outputs

static void desktop_rearrange_windows(struct shell *shell)
{
	struct window *window, *tmp;
	wl_list_for_each_safe(window, tmp, &shell->server->windows, link) {
		if (window->shell_data && window->added)
			desktop_window_rearrange(window->shell_data);
	}
	desktop_restack(desktop_from(shell));
}

static void on_layer_changed(struct shell *shell, struct layer_surface *layer)
{
	bool may_focus = layer->appeared && attention_allows_layer(desktop_from(shell), layer);
	if (layers_changed(shell, layer, may_focus))
		desktop_rearrange_windows(shell);
}

static void on_layer_activated(
	struct shell *shell, struct layer_surface *layer, uint64_t act, const void *owner)
{
	if (attention_allows_layer_token(desktop_from(shell), layer, act, owner))
		shell_activate_layer(shell, layer);
}

static void on_layout_changed(struct shell *shell)
{
	struct desktop *desktop = desktop_from(shell);
	interactive_end(desktop);
	switcher_close(desktop, false);
	notice_close(desktop);
	lock_notice_update(desktop->lock_notice);
	wallpaper_update(desktop->wallpaper);
	layers_arrange(shell);
	desktop_rearrange_windows(shell);
}

// Input

static bool decoration_pressed(
	struct desktop *desktop, struct node *node, double x, double y, uint32_t code, bool touch)
{
	struct decoration *decoration = decoration_from_node(node);
	struct window *window = decoration_window(decoration);
	unsigned edges = 0;
	enum decoration_part part = decoration_part_at(decoration, node, x, y, &edges);
	popup_dismiss_all(window->server);
	desktop_activate(desktop, window);
	if (code != BTN_LEFT)
		return true;
	if (part == PART_EDGE)
		interactive_resize(window->shell_data, edges, touch);
	else if (part != PART_NONE)
		interactive_button(window->shell_data, part, touch);
	return true;
}

// Super with the left button moves a window, with the right button it resizes the nearest corner.
static bool window_pressed_with_super(struct desktop *desktop, struct window *window, uint32_t code)
{
	struct seat *seat = window->server->seat;
	if (keyboard_modifiers(seat) != MOD_SUPER || (code != BTN_LEFT && code != BTN_RIGHT) ||
		(window == desktop->shell.active && shortcuts_inhibited(seat)))
		return false;
	popup_dismiss_all(window->server);
	desktop_activate(desktop, window);
	if (code == BTN_LEFT) {
		interactive_move(window->shell_data, false);
		return true;
	}
	struct box box = window_box(window);
	unsigned edges = seat->pointer.x < box.x + box.width / 2 ? EDGE_LEFT : EDGE_RIGHT;
	edges |= seat->pointer.y < box.y + box.height / 2 ? EDGE_TOP : EDGE_BOTTOM;
	interactive_resize(window->shell_data, edges, false);
	return true;
}

static void surface_activate(struct shell *shell, struct surface *surface)
{
	struct popup *popup = popup_grab_top(shell->server->seat);
	struct surface *root = popup_root_surface(surface);
	// A press inside a menu that has the keyboard changes nothing.
	if (popup && root != surface_root(surface) && root == popup_root_surface(popup->surface))
		return;
	if (root->window)
		desktop_activate(desktop_from(shell), root->window);
	else if (root->layer)
		shell_activate_layer(shell, root->layer);
}

// The pointer, a finger or a pen pressed a node, or NULL.
static void desktop_note_press(struct desktop *desktop, struct node *node)
{
	struct decoration *decoration = node ? decoration_from_node(node) : NULL;
	if (decoration)
		attention_press(desktop, decoration_window(decoration)->surface);
	else if (node && node->surface)
		attention_press(desktop, node->surface);
}

static bool on_button(struct shell *shell, struct node *node, uint32_t code, bool pressed)
{
	struct desktop *desktop = desktop_from(shell);
	struct seat *seat = shell->server->seat;
	if (!pressed)
		return false;
	if (notice_press(desktop, node))
		return true;
	desktop_note_press(desktop, node);
	if (seat->pointer.n_buttons > 1)
		return false;
	if (desktop->switcher)
		return switcher_button(desktop, node);
	if (seat_grab_top(seat) && !popup_grab_top(seat))
		return false; // a drag in progress
	if (bindings_button(desktop, code))
		return true;
	if (!node)
		return false;
	struct decoration *decoration = decoration_from_node(node);
	struct window *window =
		decoration ? decoration_window(decoration) : window_from_surface(node->surface);
	if (window && window->shell_data && window_pressed_with_super(desktop, window, code))
		return true;
	if (decoration) {
		int x, y;
		node_position(node, &x, &y);
		return decoration_pressed(
			desktop, node, seat->pointer.x - x, seat->pointer.y - y, code, false);
	}
	if (node->surface)
		surface_activate(shell, node->surface);
	return false;
}

static bool on_axis(struct shell *shell, const struct input_event *event)
{
	return bindings_wheel(desktop_from(shell), event);
}

static void on_touch_down(struct shell *shell, struct node *node, double x, double y)
{
	struct desktop *desktop = desktop_from(shell);
	struct seat *seat = shell->server->seat;
	if (notice_press(desktop, node))
		return;
	desktop_note_press(desktop, node);
	if (desktop->switcher) {
		switcher_button(desktop, node);
		return;
	}
	if (!node || !wl_list_empty(&seat->touch_points) ||
		(seat_grab_top(seat) && !popup_grab_top(seat)))
		return;
	if (decoration_from_node(node))
		decoration_pressed(desktop, node, x, y, BTN_LEFT, true);
	else if (node->surface)
		surface_activate(shell, node->surface);
}

static void on_hover(struct shell *shell, struct node *node, double x, double y)
{
	struct desktop *desktop = desktop_from(shell);
	struct decoration *decoration = node ? decoration_from_node(node) : NULL;
	struct cursor *cursor = shell->server->seat->cursor;
	if (desktop->interactive)
		return;
	if (desktop->hovered && desktop->hovered != decoration)
		decoration_set_hover(desktop->hovered, PART_NONE, false);
	if (!decoration) {
		if (desktop->hovered)
			cursor_override(cursor, NULL);
		desktop->hovered = NULL;
		return;
	}
	unsigned edges = 0;
	enum decoration_part part = decoration_part_at(decoration, node, x, y, &edges);
	desktop->hovered = decoration;
	decoration_set_hover(decoration, part, false);
	cursor_override(cursor, part == PART_EDGE ? decoration_cursor(edges) : "default");
}

static bool on_key(struct shell *shell, uint32_t code, bool pressed)
{
	return bindings_key(desktop_from(shell), code, pressed);
}

static bool on_locked_key(struct shell *shell, uint32_t code, bool pressed)
{
	return bindings_locked_key(desktop_from(shell), code, pressed);
}

static void on_locked(struct shell *shell)
{
	switcher_close(desktop_from(shell), false);
}

static void on_modifiers(struct shell *shell)
{
	switcher_modifiers(desktop_from(shell), keyboard_modifiers(shell->server->seat));
}

static void on_activated(struct shell *shell)
{
	struct desktop *desktop = desktop_from(shell);
	if (shell->active)
		notice_close_for(desktop, shell->active);
	struct window *windows[] = {desktop->shown_active.target, shell->active};
	for (size_t i = 0; i < array_length(windows); i++) {
		struct desktop_window *view = windows[i] ? windows[i]->shell_data : NULL;
		if (view && windows[i] == shell->active)
			view->was_active = true;
		if (view && windows[i]->mapped)
			decoration_update(view->decoration, view->current_states);
	}
	weak_set(&desktop->shown_active, shell->active,
		shell->active ? &shell->active->events.destroyed : NULL);
	desktop_restack(desktop);
}

static void on_shortcuts_changed(struct shell *shell, struct surface *surface)
{
	struct desktop_window *view = surface->window ? surface->window->shell_data : NULL;
	if (view && view->window->mapped)
		decoration_update(view->decoration, view->current_states);
}

static void on_launched(struct shell *shell)
{
	attention_launched(desktop_from(shell));
}

static void on_frame(bool decorated, unsigned states, int width, int frame[4])
{
	struct extents extents = decoration_extents(decorated, states, width);
	frame[0] = extents.left;
	frame[1] = extents.right;
	frame[2] = extents.top;
	frame[3] = extents.bottom;
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
	.layer_activated = on_layer_activated,
	.layout_changed = on_layout_changed,
	.key = on_key,
	.locked_key = on_locked_key,
	.locked = on_locked,
	.modifiers = on_modifiers,
	.button = on_button,
	.axis = on_axis,
	.touch_down = on_touch_down,
	.hover = on_hover,
	.launched = on_launched,
	.bell = on_bell,
	.activated = on_activated,
	.frame = on_frame,
	.shortcuts_changed = on_shortcuts_changed,
};

struct shell *desktop_shell_create(struct server *server)
{
	struct desktop *desktop = xcalloc(1, sizeof(*desktop));
	desktop->shell.impl = &desktop_impl;
	desktop->shell.server = server;
	font_load_func *load = server->plain_text ? NULL : font_load_system;
	desktop->font = font_create(server->workers, server->load_font ? server->load_font : load);
	desktop->wallpaper = wallpaper_create(server);
	bindings_init(desktop);
	desktop->bell = bell_create(desktop);
	desktop->lock_notice = lock_notice_create(desktop);
	return &desktop->shell;
}
