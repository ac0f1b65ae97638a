// SPDX-License-Identifier: MIT
// Places of the desktop's floating windows: the first one, those that moves and scripts choose, and
// the way back to them after outputs and panels changed.
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/shell/decoration.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/desktop_window_private.h"
#include "compositor/window/window.h"

#define MAX_CASCADED 256 // windows that a new one avoids, those that had the focus last

// The size that a floating window has, or will have when it has drawn the pending one.
static void floating_size(const struct desktop_window *view, int *width, int *height)
{
	const struct window *window = view->window;
	bool drawn = window_has_drawn_pending(window);
	*width = drawn || !window->pending.width ? window->geometry.width : window->pending.width;
	*height =
		drawn || !window->pending.height ? window->geometry.height : window->pending.height;
}

static void desktop_window_set_place(
	struct desktop_window *view, struct output *output, const struct box *box)
{
	view->placed = true;
	view->shrunk = false;
	home_set(&view->floating, output, box);
	window_set_output(view->window, output);
}

void desktop_window_moved(struct desktop_window *view)
{
	struct box box = window_box(view->window);
	struct output *output = output_for_box(view->window->server, &box);
	if (output) {
		floating_size(view, &box.width, &box.height);
		desktop_window_set_place(view, output, &box);
	}
	decoration_update(view->decoration, view->current_states);
}

// The place that its box has on the output now; no larger than the usable area, if the client
// allows that.
static struct box floating_box(
	struct desktop_window *view, const struct box *own, const struct output *output)
{
	struct extents extents = desktop_window_extents_for(view, own->width);
	struct box frame = box_add_extents(own, &extents);
	struct box box = home_place(&view->floating, &frame, output);
	box = box_subtract_extents(&box, &extents);
	if (box.width != own->width || box.height != own->height)
		window_constrain_size(view->window, &box.width, &box.height);
	return box;
}

void desktop_window_arrange_floating(struct desktop_window *view)
{
	struct window *window = view->window;
	struct output *output = desktop_window_output(view);
	if (!output || window_has(window, WINDOW_RESIZING))
		return;
	// Else it has a size that is not its own, or has not drawn its own yet.
	bool own_size = window->mapped && !view->shrunk && !view->has_pending_position &&
		window_has_drawn_pending(window);
	struct box own = view->floating.box;
	if (own_size) {
		own.width = window->geometry.width;
		own.height = window->geometry.height;
	}
	struct box box = floating_box(view, &own, output);
	view->shrunk = box.width != own.width || box.height != own.height;
	view->floating.box = own;
	if (!own_size || view->shrunk)
		desktop_window_set_box(view, &box);
	else if (box.x != window->x || box.y != window->y)
		window_move(window, box.x, box.y);
}

// Scripts

void desktop_window_move_to(struct desktop_window *view, int x, int y)
{
	struct window *window = view->window;
	bool fixed = window->pending.states & FIXED;
	struct box box = {x, y, view->floating.box.width, view->floating.box.height};
	if (!fixed || !view->placed)
		floating_size(view, &box.width, &box.height);
	struct output *output = output_for_box(window->server, &box);
	if (!output)
		return;
	desktop_window_set_place(view, output, &box);
	view->placed_by_program = true;
	if (fixed)
		desktop_window_set_fixed(view, FIXED, 0, NULL);
	// Exactly there, even if that is outside.
	view->pending_x = x;
	view->pending_y = y;
	if (!view->has_pending_position)
		window_move(window, x, y);
	decoration_update(view->decoration, view->current_states);
}

void desktop_window_resize_to(struct desktop_window *view, int width, int height)
{
	struct window *window = view->window;
	struct box box = window_box(window);
	window_constrain_size(window, &width, &height);
	box.width = width;
	box.height = height;
	struct output *output = output_for_box(window->server, &box);
	if (!output)
		return;
	desktop_window_set_place(view, output, &box);
	if (window->pending.states & FIXED)
		desktop_window_set_fixed(view, FIXED, 0, NULL);
	view->shrunk = false;
	window_set_size(window, width, height);
}

// The first place

static struct box place_cascaded(
	struct desktop_window *view, struct output *output, const struct box *size)
{
	struct window *window = view->window, *other;
	struct box taken[MAX_CASCADED];
	size_t count = 0;
	wl_list_for_each(other, &window->server->windows, link) {
		if (count == array_length(taken))
			break;
		if (other == window || !other->mapped || !other->shell_data ||
			window_has(other, WINDOW_MINIMIZED) || other->output != output)
			continue;
		taken[count++] = desktop_window_box(other->shell_data);
	}
	return place_cascade(size->width, size->height, &output->usable, taken, count);
}

static struct box choose_position(
	struct desktop_window *view, struct output *output, const struct box *size)
{
	struct window *window = view->window;
	struct server *server = window->server;
	const struct config *config = server->config;
	const struct box *area = &output->usable;
	const struct rule *rule = rule_for(config, window);
	if (rule && rule->has_position) {
		view->placed_by_program = true;
		return (struct box){output->box.x + rule->x, output->box.y + rule->y, size->width,
			size->height};
	}
	if (window->parent && window->parent->mapped && window->parent->shell_data) {
		struct box around = desktop_window_box(window->parent->shell_data);
		return place_centered(size->width, size->height, &around);
	}
	if (view->floating.output) { // of its last mapping
		struct box last = view->floating.box;
		last.width = window->geometry.width;
		last.height = window->geometry.height;
		struct extents extents = desktop_window_extents(view);
		last = box_add_extents(&last, &extents);
		return home_place(&view->floating, &last, output);
	}
	const char *how = config && config->desktop.placement ? config->desktop.placement : "";
	if (strcmp(how, "center") == 0)
		return place_centered(size->width, size->height, area);
	if (strcmp(how, "pointer") == 0) {
		struct box pointer = {
			(int)server->seat->pointer.x, (int)server->seat->pointer.y, 0, 0};
		return place_centered(size->width, size->height, &pointer);
	}
	return place_cascaded(view, output, size);
}

void desktop_window_place_floating(struct desktop_window *view)
{
	struct window *window = view->window;
	struct output *output = desktop_window_output(view);
	if (!output)
		return;
	struct extents extents = desktop_window_extents(view);
	struct box size = window->geometry;
	size = box_add_extents(&size, &extents);
	struct box box = choose_position(view, output, &size);
	// Windows as large as the screen leave no room for their title bar.
	box.width = MIN(size.width, output->usable.width);
	box.height = MIN(size.height, output->usable.height);
	if (box.width != size.width || box.height != size.height) {
		box = box_subtract_extents(&box, &extents);
		window_constrain_size(window, &box.width, &box.height);
		if (box.width != window->geometry.width || box.height != window->geometry.height)
			window_set_size(window, box.width, box.height);
		box = box_add_extents(&box, &extents);
	}
	box = place_inside(&box, &output->usable);
	box = box_subtract_extents(&box, &extents);
	window_move(window, box.x, box.y);
	desktop_window_set_place(view, output, &box);
}
