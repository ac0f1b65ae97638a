// SPDX-License-Identifier: MIT
// States and places of windows. A window that gets a size from the shell moves when the client has
// drawn for it, so that no frame shows the old picture at the new place.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/place.h"

static void on_destroyed(struct wl_listener *listener, void *data)
{
	struct managed *managed = wl_container_of(listener, managed, destroyed);
	struct desktop *desktop = managed->desktop;
	if (desktop->hovered == managed->decor)
		desktop->hovered = NULL;
	decor_destroy(managed->decor);
	wl_list_remove(&managed->destroyed.link);
	managed->window->shell_data = NULL;
	free(managed);
}

struct managed *managed_get(struct desktop *desktop, struct window *window)
{
	if (window->shell_data)
		return window->shell_data;
	struct managed *managed = xcalloc(1, sizeof(*managed));
	managed->desktop = desktop;
	managed->window = window;
	managed->decor = decor_create(window, desktop->font);
	managed->destroyed.notify = on_destroyed;
	wl_signal_add(&window->events.destroyed, &managed->destroyed);
	window->shell_data = managed;
	return managed;
}

static struct extents extents_of(const struct window *window, unsigned states)
{
	return decor_extents(window->wanted.decorated, states);
}

struct extents managed_extents(const struct managed *managed)
{
	return extents_of(managed->window, managed->window->wanted.states);
}

struct box managed_box(const struct managed *managed)
{
	struct box box = window_box(managed->window);
	struct extents extents = extents_of(managed->window, managed->shown);
	return box_with(&box, &extents);
}

struct output *managed_output(struct managed *managed)
{
	struct window *window = managed->window;
	struct server *server = window->server;
	if (window->output && window->output->enabled)
		return window->output;
	struct output *output = NULL;
	if (window->parent)
		output = window->parent->output;
	if (!output && window->mapped) {
		struct box box = window_box(window);
		output = output_for_box(server, &box);
	}
	if (!output && server->shell && server->shell->active)
		output = server->shell->active->output;
	if (!output || !output->enabled)
		output = output_nearest(server, server->seat->pointer.x, server->seat->pointer.y);
	if (output)
		window_set_output(window, output);
	return output;
}

void managed_update_output(struct managed *managed)
{
	struct box box = window_box(managed->window);
	struct output *output = output_for_box(managed->window->server, &box);
	if (output) {
		window_set_output(managed->window, output);
		managed->screen = output->box;
	}
	decor_update(managed->decor, managed->shown);
}

void managed_set_bounds(struct managed *managed)
{
	struct output *output = managed_output(managed);
	if (!output)
		return;
	struct extents extents = decor_extents(managed->window->wanted.decorated, 0);
	struct box bounds = box_without(&output->usable, &extents);
	window_set_bounds(managed->window, bounds.width, bounds.height);
}

// The newest pixels are an answer to what is wanted now.
static bool is_answered(const struct window *window)
{
	const struct window_config *current = &window->current, *wanted = &window->wanted;
	return (current->states & FIXED) == (wanted->states & FIXED) &&
		(!wanted->width || current->width == wanted->width) &&
		(!wanted->height || current->height == wanted->height);
}

static void move_to_goal(struct managed *managed)
{
	if (!managed->has_goal || !managed->window->mapped || !is_answered(managed->window))
		return;
	managed->has_goal = false;
	window_move(managed->window, managed->goal_x, managed->goal_y);
}

static void set_goal(struct managed *managed, const struct box *box)
{
	managed->has_goal = true;
	managed->goal_x = box->x;
	managed->goal_y = box->y;
	window_set_size(managed->window, box->width, box->height);
	move_to_goal(managed);
}

static enum snap_zone zone_of(unsigned states)
{
	if (states & WINDOW_MAXIMIZED)
		return SNAP_MAXIMIZE;
	if (states & WINDOW_TILED_LEFT)
		return SNAP_LEFT;
	return states & WINDOW_TILED_RIGHT ? SNAP_RIGHT : SNAP_NONE;
}

static void show_fullscreen(struct managed *managed)
{
	struct output *output = managed_output(managed);
	if (managed->shown & WINDOW_FULLSCREEN && output) {
		place_fullscreen(managed->window, &output->box, &output->box, &managed->backdrop);
		return;
	}
	node_destroy(managed->backdrop);
	managed->backdrop = NULL;
}

// Size and place by the states that are wanted.
static void arrange(struct managed *managed)
{
	struct window *window = managed->window;
	struct output *output = managed_output(managed);
	unsigned states = window->wanted.states;
	if (!output)
		return;
	managed->screen = output->box;
	if (states & WINDOW_FULLSCREEN) {
		managed->has_goal = false;
		window_set_size(window, output->box.width, output->box.height);
		if (window->mapped)
			show_fullscreen(managed);
	} else if (states & FIXED) {
		struct extents extents = managed_extents(managed);
		struct box box = snap_box(&output->usable, zone_of(states));
		box = box_without(&box, &extents);
		set_goal(managed, &box);
	} else if (!box_empty(&window->restore)) {
		struct extents extents = managed_extents(managed);
		struct box box = box_with(&window->restore, &extents);
		output = output_for_box(window->server, &box);
		box = place_inside(&box, &output->usable);
		box = box_without(&box, &extents);
		window->restore = (struct box){0};
		set_goal(managed, &box);
	} else if (!managed->placed) {
		window_set_size(window, 0, 0);
	}
}

static void set_fixed(struct managed *managed, unsigned clear, unsigned set)
{
	struct window *window = managed->window;
	unsigned states = (window->wanted.states & ~clear) | set;
	if (((states ^ window->wanted.states) & FIXED) == 0) {
		arrange(managed);
		return;
	}
	bool floats = !(window->wanted.states & FIXED);
	if (floats && window->mapped && managed->placed && box_empty(&window->restore))
		window->restore = window_box(window);
	window_set_state(window, clear & ~set, false);
	window_set_state(window, set, true);
	arrange(managed);
}

// A script may have put a window onto another output.
static void find_own_output(struct managed *managed)
{
	struct window *window = managed->window;
	if (window->mapped && managed->placed && !(window->wanted.states & FIXED))
		managed_update_output(managed);
}

void managed_maximize(struct managed *managed, bool on)
{
	find_own_output(managed);
	set_fixed(managed, TILED | WINDOW_MAXIMIZED, on ? WINDOW_MAXIMIZED : 0);
}

void managed_snap(struct managed *managed, enum snap_zone zone)
{
	static const unsigned states[] = {
		[SNAP_NONE] = 0,
		[SNAP_LEFT] = WINDOW_TILED_LEFT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM,
		[SNAP_RIGHT] = WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM,
		[SNAP_MAXIMIZE] = WINDOW_MAXIMIZED,
	};
	set_fixed(managed, TILED | WINDOW_MAXIMIZED, states[zone]);
}

void managed_fullscreen(struct managed *managed, bool on, struct output *output)
{
	find_own_output(managed);
	if (on && output && output->enabled)
		window_set_output(managed->window, output);
	set_fixed(managed, WINDOW_FULLSCREEN, on ? WINDOW_FULLSCREEN : 0);
	if (!on && managed->window->mapped && !(managed->window->wanted.states & FIXED) &&
		managed->has_goal) {
		// It goes back to where it came from.
		struct box box = {managed->goal_x, managed->goal_y, managed->window->wanted.width,
			managed->window->wanted.height};
		output = output_for_box(managed->window->server, &box);
		if (output)
			window_set_output(managed->window, output);
	}
}

static bool is_ancestor(const struct window *ancestor, const struct window *window)
{
	for (; window; window = window->parent)
		if (window == ancestor)
			return true;
	return false;
}

void managed_minimize(struct managed *managed, bool on)
{
	struct window *window = managed->window, *other;
	struct shell *shell = &managed->desktop->shell;
	// Its dialogs come and go with it.
	wl_list_for_each(other, &shell->server->windows, link) {
		if (other->added && is_ancestor(window, other))
			window_set_state(other, WINDOW_MINIMIZED, on);
	}
	if (!on)
		shell_activate(shell, window);
	else if (shell->active && window_has(shell->active, WINDOW_MINIMIZED))
		shell_activate_next(shell, shell->active);
	desktop_restack(managed->desktop);
}

// First placement

static struct box find_place(struct managed *managed, struct output *output, const struct box *size)
{
	struct window *window = managed->window, *other;
	struct server *server = window->server;
	const struct config *config = server->config;
	const struct box *area = &output->usable;
	const struct rule *rule = rule_for(config, window);
	if (rule && rule->has_position)
		return (struct box){output->box.x + rule->x, output->box.y + rule->y, size->width,
			size->height};
	if (window->parent && window->parent->mapped && window->parent->shell_data) {
		struct box around = managed_box(window->parent->shell_data);
		return place_centered(size->width, size->height, &around);
	}
	if (!box_empty(&managed->last)) {
		struct extents extents = managed_extents(managed);
		struct box last = box_with(&managed->last, &extents);
		return (struct box){last.x, last.y, size->width, size->height};
	}
	const char *how = config && config->desktop.placement ? config->desktop.placement : "";
	if (strcmp(how, "center") == 0)
		return place_centered(size->width, size->height, area);
	if (strcmp(how, "pointer") == 0) {
		struct box pointer = {
			(int)server->seat->pointer.x, (int)server->seat->pointer.y, 0, 0};
		return place_centered(size->width, size->height, &pointer);
	}
	struct box *taken = NULL;
	size_t count = 0, capacity = 0;
	wl_list_for_each(other, &server->windows, link) {
		if (other == window || !other->mapped || !other->shell_data ||
			window_has(other, WINDOW_MINIMIZED) || other->output != output)
			continue;
		array_reserve(taken, count, capacity);
		taken[count++] = managed_box(other->shell_data);
	}
	struct box box = place_cascade(size->width, size->height, area, taken, count);
	free(taken);
	return box;
}

// A window that comes back finds its place again.
void managed_remember(struct managed *managed)
{
	struct window *window = managed->window;
	if (!box_empty(&window->restore))
		managed->last = window->restore;
	else if (managed->placed && !(window->wanted.states & FIXED))
		managed->last = window_box(window);
}

static void place_floating(struct managed *managed)
{
	struct window *window = managed->window;
	struct output *output = managed_output(managed);
	if (!output)
		return;
	struct extents extents = managed_extents(managed);
	struct box box = box_with(
		&(struct box){0, 0, window->geometry.width, window->geometry.height}, &extents);
	box = find_place(managed, output, &box);
	box = place_inside(&box, &output->usable);
	managed->placed = true;
	managed->screen = output->box;
	window_move(window, box.x + extents.left, box.y + extents.top);
}

void managed_place_first(struct managed *managed)
{
	struct window *window = managed->window;
	managed->placed = managed->has_goal = false;
	managed->shown = window->current.states;
	if (window->wanted.states & FIXED)
		arrange(managed);
	else
		place_floating(managed);
	show_fullscreen(managed);
	decor_update(managed->decor, managed->shown);
}

void managed_committed(struct managed *managed)
{
	struct window *window = managed->window;
	unsigned changed = (managed->shown ^ window->current.states) & FIXED;
	managed->shown = window->current.states;
	move_to_goal(managed);
	if (!managed->placed && !((window->wanted.states | managed->shown) & FIXED))
		place_floating(managed);
	show_fullscreen(managed);
	decor_update(managed->decor, managed->shown);
	if (changed)
		desktop_restack(managed->desktop);
}

void managed_rearrange(struct managed *managed)
{
	struct window *window = managed->window;
	struct output *output = managed_output(managed);
	managed_set_bounds(managed);
	if (!output)
		return;
	struct box from = managed->screen;
	arrange(managed);
	managed->screen = output->box;
	if (!window->mapped)
		return;
	if (box_empty(&from))
		from = output->box;
	if (!box_empty(&window->restore))
		window->restore = place_moved(&window->restore, &from, &output->box);
	bool floats = !((window->wanted.states | managed->shown) & FIXED);
	if (floats && !managed->placed)
		place_floating(managed);
	else if (floats && !managed->has_goal) {
		struct extents extents = managed_extents(managed);
		struct box old = managed_box(managed);
		struct box box = place_moved(&old, &from, &output->box);
		// A panel does not come to lie on a title bar.
		bool moves = !box_equal(&from, &output->box) || box.y < output->usable.y;
		if (moves && box_contains_box(&output->box, &box))
			box = place_inside(&box, &output->usable);
		if (!box_equal(&box, &old))
			window_move(window, box.x + extents.left, box.y + extents.top);
	}
	decor_update(managed->decor, managed->shown);
}

// Stacking of fullscreen windows

static struct window *root_of(struct window *window)
{
	while (window->parent)
		window = window->parent;
	return window;
}

static bool shows_fullscreen(const struct window *window)
{
	const struct managed *managed = window->shell_data;
	return managed && managed->shown & WINDOW_FULLSCREEN;
}

// The window was focused last of all that its output shows, or belongs to the one that was.
static bool is_in_front(struct window *fullscreen)
{
	struct window *window;
	wl_list_for_each(window, &fullscreen->server->windows, link) {
		if (window->mapped && window->output == fullscreen->output &&
			!window_has(window, WINDOW_MINIMIZED))
			return root_of(window) == root_of(fullscreen);
	}
	return false;
}

void desktop_restack(struct desktop *desktop)
{
	struct server *server = desktop->shell.server;
	struct node **layers = server->scene->layers;
	struct window *window, *first = NULL;
	bool moved = false;
	wl_list_for_each_reverse(window, &server->windows, link) {
		if (!window->mapped)
			continue;
		struct window *fullscreen = window;
		while (fullscreen && !shows_fullscreen(fullscreen))
			fullscreen = fullscreen->parent;
		struct node *layer = layers[fullscreen && is_in_front(fullscreen) ? SCENE_FULLSCREEN
										  : SCENE_WINDOWS];
		first = window;
		if (window->tree->parent == layer)
			continue;
		node_set_parent(window->tree, layer);
		moved = true;
	}
	if (moved && first)
		window_raise(first);
}
