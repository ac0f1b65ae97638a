// SPDX-License-Identifier: MIT
// Interactive moves: attraction to edges, the preview of the snap zone under the pointer, and
// restoring the size of maximised and tiled windows that are dragged away.
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/interactive_private.h"

// Logical pixels.
#define CLICK_SLOP 3             // a press on the title bar that moves less is a click
#define TEAR_OFF 12              // a maximised or tiled window moves only after this
#define SNAP_DISTANCE_DEFAULT 12 // without a configuration

static void move_show_preview(struct interactive *interactive, struct output *output)
{
	if (interactive->zone == SNAP_NONE || !output) {
		node_destroy(interactive->preview);
		interactive->preview = NULL;
		return;
	}
	struct node *tree = interactive->view->window->tree;
	if (!interactive->preview) {
		interactive->preview = node_create(tree->parent, NODE_RECT);
		node_set_color(interactive->preview, (const float[4]){0.1f, 0.15f, 0.23f, 0.3f});
		node_place_below(interactive->preview, tree);
	}
	struct box box = snap_box(&output->usable, interactive->zone);
	node_set_position(interactive->preview, box.x, box.y);
	node_set_size(interactive->preview, box.width, box.height);
}

// Layout boxes of the enabled outputs, or their usable areas. The caller frees the array.
static struct box *outputs_collect(struct server *server, bool usable, size_t *count)
{
	struct box *boxes = NULL;
	size_t capacity = 0;
	struct output *output;
	*count = 0;
	wl_list_for_each(output, &server->outputs, link) {
		if (!output->enabled)
			continue;
		array_reserve(boxes, *count, capacity);
		boxes[(*count)++] = usable ? output->usable : output->box;
	}
	return boxes;
}

static void move_find_zone(struct interactive *interactive)
{
	struct output *output =
		output_at(interactive->desktop->shell.server, interactive->x, interactive->y);
	size_t count;
	struct box *boxes = outputs_collect(interactive->desktop->shell.server, false, &count);
	interactive->zone = output
		? snap_zone(&output->box, boxes, count, interactive->x, interactive->y)
		: SNAP_NONE;
	free(boxes);
	move_show_preview(interactive, output);
}

// The box (with its frame) moved to edges of outputs and windows nearby.
static struct box move_attract(struct interactive *interactive, const struct box *box)
{
	struct server *server = interactive->desktop->shell.server;
	int distance =
		server->config ? server->config->desktop.snap_distance : SNAP_DISTANCE_DEFAULT;
	if (distance <= 0 || interactive->view->placed_by_program)
		return *box;
	size_t n_areas, n_windows = 0, capacity = 0;
	struct box *areas = outputs_collect(server, true, &n_areas), *windows = NULL;
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (window == interactive->view->window || !window->mapped || !window->shell_data ||
			window_has(window, WINDOW_MINIMIZED) ||
			window_has(window, WINDOW_FULLSCREEN))
			continue;
		array_reserve(windows, n_windows, capacity);
		windows[n_windows++] = desktop_window_box(window->shell_data);
	}
	struct box snapped = snap_move(box, areas, n_areas, windows, n_windows, distance);
	free(areas);
	free(windows);
	return snapped;
}

// Restores the floating size of a maximised or tiled window, with the pointer at the same part of
// its width. False: the pointer has not moved far enough yet.
static bool move_tear_off(struct interactive *interactive)
{
	struct desktop_window *view = interactive->view;
	struct window *window = view->window;
	if (!window_has(window, WINDOW_MAXIMIZED) && !(window->pending.states & TILED))
		return true;
	if (hypot(interactive->x - interactive->start_x, interactive->y - interactive->start_y) <
		TEAR_OFF)
		return false;
	struct box own = view->placed ? view->floating.box : window->geometry;
	double part =
		(interactive->start_x - interactive->start.x) / MAX(interactive->start.width, 1);
	own.x = (int)(interactive->start_x - part * own.width);
	own.y = interactive->start.y;
	if (window->output) {
		home_set(&view->floating, window->output, &own);
		view->placed = true;
	}
	interactive->start = own;
	desktop_window_snap(view, SNAP_NONE, NULL);
	view->has_pending_position = false; // it follows the pointer instead
	return true;
}

void interactive_move_update(struct interactive *interactive)
{
	double dx = interactive->x - interactive->start_x,
	       dy = interactive->y - interactive->start_y;
	if (!interactive->moved && hypot(dx, dy) < CLICK_SLOP)
		return;
	if (!move_tear_off(interactive))
		return;
	interactive->moved = true;
	struct desktop_window *view = interactive->view;
	struct extents extents = desktop_window_extents(view);
	struct box box = {interactive->start.x + (int)lround(dx),
		interactive->start.y + (int)lround(dy), view->window->geometry.width,
		view->window->geometry.height};
	box = box_add_extents(&box, &extents);
	box = move_attract(interactive, &box);
	window_move(view->window, box.x + extents.left, box.y + extents.top);
	desktop_window_moved(view);
	move_find_zone(interactive);
}

void interactive_move_finish(struct interactive *interactive)
{
	if (!interactive->moved)
		return;
	struct desktop_window *view = interactive->view;
	if (interactive->zone == SNAP_NONE)
		return;
	// Unsnapping restores the position before the move.
	struct server *server = interactive->desktop->shell.server;
	struct output *output = output_at(server, interactive->x, interactive->y),
		      *from = output_for_box(server, &interactive->start);
	desktop_window_snap(view, interactive->zone, output);
	if (from)
		home_set(&view->floating, from, &interactive->start);
}
