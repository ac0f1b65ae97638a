// SPDX-License-Identifier: MIT
// States, sizes and positions of the desktop's windows. A window whose size the shell sets is moved
// when the client has drawn that size, so that no frame shows the old content at the new position.
#include "compositor/shell/desktop_window.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/shell/decoration.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_stack.h"
#include "compositor/shell/desktop_window_private.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"

static void set_current_states(struct desktop_window *view, unsigned states)
{
	bool was = view->current_states & WINDOW_FULLSCREEN, is = states & WINDOW_FULLSCREEN;
	view->current_states = states;
	if (was != is)
		view->desktop->n_fullscreen += is ? 1 : -1;
}

static void on_destroyed(struct wl_listener *listener, void *data)
{
	struct desktop_window *view = wl_container_of(listener, view, destroyed);
	struct desktop *desktop = view->desktop;
	set_current_states(view, 0);
	if (desktop->hovered == view->decoration)
		desktop->hovered = NULL;
	decoration_destroy(view->decoration);
	home_finish(&view->floating);
	home_finish(&view->maximized);
	wl_list_remove(&view->destroyed.link);
	view->window->shell_data = NULL;
	free(view);
}

struct desktop_window *desktop_window_get(struct desktop *desktop, struct window *window)
{
	if (window->shell_data)
		return window->shell_data;
	struct desktop_window *view = xcalloc(1, sizeof(*view));
	view->desktop = desktop;
	view->window = window;
	view->decoration = decoration_create(window, desktop->font);
	view->destroyed.notify = on_destroyed;
	wl_signal_add(&window->events.destroyed, &view->destroyed);
	window->shell_data = view;
	return view;
}

const char *desktop_window_name(const struct window *window)
{
	if (window->title && *window->title)
		return window->title;
	return window->app_id && *window->app_id ? window->app_id : "(no title)";
}

struct extents desktop_window_extents_for(const struct desktop_window *view, int width)
{
	const struct window_config *pending = &view->window->pending;
	return decoration_extents(pending->decorated, pending->states, width);
}

struct extents desktop_window_extents(const struct desktop_window *view)
{
	return desktop_window_extents_for(view, view->window->geometry.width);
}

struct box desktop_window_box(const struct desktop_window *view)
{
	struct box box = window_box(view->window);
	struct extents extents = decoration_extents(
		view->window->pending.decorated, view->current_states, box.width);
	return box_add_extents(&box, &extents);
}

static struct output *output_if_enabled(struct output *output)
{
	return output && output->enabled ? output : NULL;
}

struct output *desktop_window_output(struct desktop_window *view)
{
	struct window *window = view->window;
	struct server *server = window->server;
	struct output *output = NULL;
	if (window->pending.states & FIXED)
		output = home_find(&view->maximized, server);
	else if (view->placed)
		output = home_find(&view->floating, server);
	if (!output)
		output = output_if_enabled(window->output);
	if (!output && window->parent)
		output = output_if_enabled(window->parent->output);
	if (!output && window->mapped) {
		struct box box = window_box(window);
		output = output_for_box(server, &box);
	}
	if (!output && server->shell && server->shell->active)
		output = output_if_enabled(server->shell->active->output);
	if (!output)
		output = output_nearest(server, server->seat->pointer.x, server->seat->pointer.y);
	if (output)
		window_set_output(window, output);
	return output;
}

void desktop_window_set_bounds(struct desktop_window *view)
{
	struct output *output = desktop_window_output(view);
	if (!output)
		return;
	struct extents extents =
		decoration_extents(view->window->pending.decorated, 0, output->usable.width);
	struct box bounds = box_subtract_extents(&output->usable, &extents);
	window_set_bounds(view->window, bounds.width, bounds.height);
}

// The size was configured, or the client chose it. pending 0: it may choose.
static bool size_is_drawn(int pending, int current, int actual)
{
	return !pending || current == pending || actual == pending;
}

bool window_has_drawn_pending(const struct window *window)
{
	const struct window_config *current = &window->current, *pending = &window->pending;
	return (current->states & FIXED) == (pending->states & FIXED) &&
		size_is_drawn(pending->width, current->width, window->geometry.width) &&
		size_is_drawn(pending->height, current->height, window->geometry.height);
}

static void apply_pending_position(struct desktop_window *view)
{
	if (!view->has_pending_position || !view->window->mapped ||
		!window_has_drawn_pending(view->window))
		return;
	view->has_pending_position = false;
	window_move(view->window, view->pending_x, view->pending_y);
}

void desktop_window_set_box(struct desktop_window *view, const struct box *box)
{
	view->has_pending_position = true;
	view->pending_x = box->x;
	view->pending_y = box->y;
	window_set_size(view->window, box->width, box->height);
	apply_pending_position(view);
}

static enum snap_zone snap_zone_of(unsigned states)
{
	if (states & WINDOW_MAXIMIZED)
		return SNAP_MAXIMIZE;
	if (states & WINDOW_TILED_LEFT)
		return SNAP_LEFT;
	return states & WINDOW_TILED_RIGHT ? SNAP_RIGHT : SNAP_NONE;
}

static void update_fullscreen(struct desktop_window *view)
{
	struct output *output = desktop_window_output(view);
	if (view->current_states & WINDOW_FULLSCREEN && output) {
		place_fullscreen(view->window, &output->box, &output->box, &view->backdrop);
		return;
	}
	node_destroy(view->backdrop);
	view->backdrop = NULL;
}

// Sets size and position by the pending states.
static void arrange_window(struct desktop_window *view)
{
	struct window *window = view->window;
	struct output *output = desktop_window_output(view);
	unsigned states = window->pending.states;
	if (!output)
		return;
	if (states & FIXED && !view->maximized.output)
		home_set(&view->maximized, output, NULL);
	if (states & WINDOW_FULLSCREEN) {
		view->has_pending_position = false;
		window_set_size(window, output->box.width, output->box.height);
		if (window->mapped)
			update_fullscreen(view);
	} else if (states & FIXED) {
		struct box box = snap_box(&output->usable, snap_zone_of(states));
		struct extents extents = desktop_window_extents_for(view, box.width);
		box = box_subtract_extents(&box, &extents);
		desktop_window_set_box(view, &box);
	} else if (view->placed) {
		desktop_window_arrange_floating(view);
	}
}

void desktop_window_set_fixed(
	struct desktop_window *view, unsigned clear, unsigned set, struct output *output)
{
	struct window *window = view->window;
	unsigned before = window->pending.states, states = (before & ~clear) | set;
	if (output)
		home_set(&view->maximized, output, NULL);
	if (((states ^ before) & FIXED) == 0) {
		arrange_window(view);
		return;
	}
	if (!(before & FIXED) && view->placed) {
		// It returns to the size that it has now, even if the client chose it.
		if (window->mapped && !view->shrunk && window_has_drawn_pending(window)) {
			view->floating.box.width = window->geometry.width;
			view->floating.box.height = window->geometry.height;
		}
		if (!output)
			home_set_like(&view->maximized, &view->floating);
	} else if (!(before & FIXED) && !output) {
		home_finish(&view->maximized);
	}
	window_set_state(window, clear & ~set, false);
	window_set_state(window, set, true);
	if (!(states & FIXED) && !view->placed)
		window_set_size(window, 0, 0);
	arrange_window(view);
}

void desktop_window_maximize(struct desktop_window *view, bool on)
{
	desktop_window_set_fixed(view, TILED | WINDOW_MAXIMIZED, on ? WINDOW_MAXIMIZED : 0, NULL);
}

void desktop_window_snap(struct desktop_window *view, enum snap_zone zone, struct output *output)
{
	static const unsigned states[] = {
		[SNAP_NONE] = 0,
		[SNAP_LEFT] = WINDOW_TILED_LEFT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM,
		[SNAP_RIGHT] = WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM,
		[SNAP_MAXIMIZE] = WINDOW_MAXIMIZED,
	};
	desktop_window_set_fixed(view, TILED | WINDOW_MAXIMIZED, states[zone], output);
}

void desktop_window_fullscreen(struct desktop_window *view, bool on, struct output *output)
{
	desktop_window_set_fixed(view, WINDOW_FULLSCREEN, on ? WINDOW_FULLSCREEN : 0,
		on ? output_if_enabled(output) : NULL);
}

static bool is_ancestor(const struct window *ancestor, const struct window *window)
{
	for (; window; window = window->parent)
		if (window == ancestor)
			return true;
	return false;
}

void desktop_window_minimize(struct desktop_window *view, bool on)
{
	struct window *window = view->window, *other;
	struct shell *shell = &view->desktop->shell;
	// With its dialogs.
	wl_list_for_each(other, &shell->server->windows, link) {
		if (other->added && is_ancestor(window, other))
			window_set_state(other, WINDOW_MINIMIZED, on);
	}
	if (!on)
		shell_activate(shell, window);
	else if (shell->active && window_has(shell->active, WINDOW_MINIMIZED))
		shell_activate_next(shell, shell->active);
	desktop_restack(view->desktop);
}

void desktop_window_remember(struct desktop_window *view)
{
	struct window *window = view->window;
	if (view->placed && !view->shrunk &&
		!((window->pending.states | view->current_states) & FIXED)) {
		view->floating.box.width = window->geometry.width;
		view->floating.box.height = window->geometry.height;
	}
	view->placed = view->shrunk = view->placed_by_program = view->has_pending_position = false;
	set_current_states(view, 0);
	home_finish(&view->maximized);
}

void desktop_window_place_first(struct desktop_window *view)
{
	struct window *window = view->window;
	set_current_states(view, window->current.states);
	if (window->pending.states & FIXED)
		arrange_window(view);
	else
		desktop_window_place_floating(view);
	update_fullscreen(view);
	decoration_update(view->decoration, view->current_states);
}

void desktop_window_committed(struct desktop_window *view)
{
	struct window *window = view->window;
	unsigned changed = (view->current_states ^ window->current.states) & FIXED;
	set_current_states(view, window->current.states);
	apply_pending_position(view);
	if (!view->placed && !((window->pending.states | view->current_states) & FIXED))
		desktop_window_place_floating(view);
	else if (window->resize_edges)
		desktop_window_moved(view);
	update_fullscreen(view);
	decoration_update(view->decoration, view->current_states);
	if (changed)
		desktop_restack(view->desktop);
}

void desktop_window_rearrange(struct desktop_window *view)
{
	struct window *window = view->window;
	desktop_window_set_bounds(view);
	if (!desktop_window_output(view))
		return;
	if (window->mapped && !view->placed &&
		!((window->pending.states | view->current_states) & FIXED))
		desktop_window_place_floating(view);
	else
		arrange_window(view);
	if (window->mapped)
		decoration_update(view->decoration, view->current_states);
}
