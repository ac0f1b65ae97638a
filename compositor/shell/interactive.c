// SPDX-License-Identifier: MIT
// Interactive moves and resizes of windows, and presses of title bar buttons, by pointer or touch.
// Each is a grab of the seat; at most one is active.
#include "compositor/shell/interactive.h"
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/interactive_private.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"

#define DOUBLE_CLICK_NS (400 * NSEC_PER_MSEC)
// Logical pixels.
#define DOUBLE_CLICK_SLOP 6 // maximum distance between the two clicks
#define MIN_SIDE 48         // smaller windows are hard to find

static struct interactive *interactive_from(struct grab *grab)
{
	return wl_container_of(grab, (struct interactive *)NULL, grab);
}

static struct server *interactive_server(const struct interactive *interactive)
{
	return interactive->desktop->shell.server;
}

// Resizing

static void resize_update(struct interactive *interactive)
{
	struct window *window = interactive->view->window;
	int dx = (int)lround(interactive->x - interactive->start_x),
	    dy = (int)lround(interactive->y - interactive->start_y);
	int width = interactive->start.width, height = interactive->start.height;
	if (interactive->edges & EDGE_LEFT)
		width -= dx;
	else if (interactive->edges & EDGE_RIGHT)
		width += dx;
	if (interactive->edges & EDGE_TOP)
		height -= dy;
	else if (interactive->edges & EDGE_BOTTOM)
		height += dy;
	// Keep the title bar below the top of the usable area.
	if (interactive->edges & EDGE_TOP && window->pending.decorated && window->output) {
		struct extents extents = desktop_window_extents(interactive->view);
		int top = window->output->usable.y + extents.top;
		height =
			MIN(height, MAX(interactive->start.y + interactive->start.height - top, 1));
	}
	width = MAX(width, MIN(MIN_SIDE, interactive->start.width));
	height = MAX(height, MIN(MIN_SIDE, interactive->start.height));
	window_constrain_size(window, &width, &height);
	interactive->moved = true;
	window_set_size(window, width, height);
}

// Buttons of the title bar

static bool button_is_hovered(struct interactive *interactive)
{
	double sx, sy;
	unsigned edges;
	struct node *node = scene_at(
		interactive_server(interactive)->scene, interactive->x, interactive->y, &sx, &sy);
	struct decoration *decoration = node ? decoration_from_node(node) : NULL;
	return decoration && decoration == interactive->view->decoration &&
		decoration_part_at(decoration, node, sx, sy, &edges) == interactive->part;
}

static void button_update(struct interactive *interactive)
{
	bool over = button_is_hovered(interactive);
	decoration_set_hover(
		interactive->view->decoration, over ? interactive->part : PART_NONE, over);
}

static void button_finish(struct interactive *interactive)
{
	struct desktop_window *view = interactive->view;
	struct window *window = view->window;
	decoration_set_hover(view->decoration, PART_NONE, false);
	if (!button_is_hovered(interactive))
		return;
	if (interactive->part == PART_CLOSE)
		window_close(window);
	else if (interactive->part == PART_MAXIMIZE)
		desktop_window_maximize(view, !window_has(window, WINDOW_MAXIMIZED));
	else if (interactive->part == PART_MINIMIZE)
		desktop_window_minimize(view, true);
}

// Begin and end

// Frees it after its grab left the stack.
static void interactive_destroy(struct interactive *interactive)
{
	struct desktop *desktop = interactive->desktop;
	desktop->interactive = NULL;
	node_destroy(interactive->preview);
	if (interactive->kind == INTERACTIVE_RESIZE)
		window_set_state(interactive->view->window, WINDOW_RESIZING, false);
	decoration_set_hover(interactive->view->decoration, PART_NONE, false);
	cursor_override(desktop->shell.server->seat->cursor, NULL);
	free(interactive);
}

void interactive_end(struct desktop *desktop)
{
	struct interactive *interactive = desktop->interactive;
	if (!interactive)
		return;
	struct seat *seat = desktop->shell.server->seat;
	seat_grab_remove(&interactive->grab);
	interactive_destroy(interactive);
	seat_refocus(seat);
}

void interactive_window_gone(struct desktop *desktop, struct window *window)
{
	if (desktop->interactive && desktop->interactive->view->window == window)
		interactive_end(desktop);
}

static void interactive_finish(struct interactive *interactive)
{
	// Both may unmap the window, which ends the grab.
	struct desktop *desktop = interactive->desktop;
	if (interactive->kind == INTERACTIVE_MOVE)
		interactive_move_finish(interactive);
	else if (interactive->kind == INTERACTIVE_BUTTON)
		button_finish(interactive);
	if (desktop->interactive == interactive)
		interactive_end(desktop);
}

static void interactive_undo(struct interactive *interactive)
{
	struct window *window = interactive->view->window;
	if (interactive->moved && interactive->kind == INTERACTIVE_MOVE) {
		window_move(window, interactive->start.x, interactive->start.y);
		desktop_window_moved(interactive->view);
	} else if (interactive->moved && interactive->kind == INTERACTIVE_RESIZE) {
		window_set_size(window, interactive->start.width, interactive->start.height);
	}
	interactive_end(interactive->desktop);
}

static void interactive_update(struct interactive *interactive, double x, double y)
{
	interactive->x = x;
	interactive->y = y;
	if (interactive->kind == INTERACTIVE_MOVE)
		interactive_move_update(interactive);
	else if (interactive->kind == INTERACTIVE_RESIZE)
		resize_update(interactive);
	else
		button_update(interactive);
}

static void on_motion(struct grab *grab, uint32_t time_ms)
{
	interactive_update(interactive_from(grab), grab->seat->pointer.x, grab->seat->pointer.y);
}

static void on_button(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	if (!pressed && !grab->seat->pointer.n_buttons)
		interactive_finish(interactive_from(grab));
}

static void on_axis(struct grab *grab, const struct input_event *event)
{
}

static void on_frame(struct grab *grab)
{
}

static void on_key(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	if (pressed && code == KEY_ESC)
		interactive_undo(interactive_from(grab));
	else
		keyboard_send_key(grab->seat, time_ms, code, pressed);
}

static void on_refocus(struct grab *grab)
{
	pointer_set_focus(grab->seat, NULL, 0, 0);
}

static void on_cancel(struct grab *grab)
{
	interactive_destroy(interactive_from(grab));
}

static void on_touch(struct grab *grab, const struct input_event *event, double x, double y)
{
	struct interactive *interactive = interactive_from(grab);
	if (event->type == INPUT_TOUCH_DOWN && !interactive->has_point) {
		interactive->has_point = true;
		interactive->touch_id = event->touch.id;
		interactive->x = interactive->start_x = x;
		interactive->y = interactive->start_y = y;
		return;
	}
	if (event->type == INPUT_TOUCH_CANCEL) {
		interactive_undo(interactive);
		return;
	}
	if (!interactive->has_point || event->touch.id != interactive->touch_id)
		return;
	if (event->type == INPUT_TOUCH_MOTION)
		interactive_update(interactive, x, y);
	else if (event->type == INPUT_TOUCH_UP)
		interactive_finish(interactive);
}

static const struct grab_impl pointer_impl = {
	.name = "interactive",
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_frame,
	.key = on_key,
	.refocus = on_refocus,
	.cancel = on_cancel,
};

static const struct grab_impl touch_impl = {
	.name = "interactive touch",
	.key = on_key,
	.touch = on_touch,
	.cancel = on_cancel,
};

static struct interactive *interactive_begin(
	struct desktop_window *view, enum interactive_kind kind, bool by_touch)
{
	struct desktop *desktop = view->desktop;
	struct seat *seat = desktop->shell.server->seat;
	interactive_end(desktop);
	struct interactive *interactive = xcalloc(1, sizeof(*interactive));
	interactive->desktop = desktop;
	interactive->view = view;
	interactive->kind = kind;
	interactive->start = window_box(view->window);
	interactive->x = interactive->start_x = seat->pointer.x;
	interactive->y = interactive->start_y = seat->pointer.y;
	desktop->interactive = interactive;
	view->has_pending_position = false;
	seat_grab_push(seat, &interactive->grab, by_touch ? &touch_impl : &pointer_impl);
	if (!by_touch)
		pointer_set_focus(seat, NULL, 0, 0);
	return interactive;
}

void interactive_move(struct desktop_window *view, bool by_touch)
{
	struct server *server = view->window->server;
	if (window_has(view->window, WINDOW_FULLSCREEN))
		return;
	interactive_begin(view, INTERACTIVE_MOVE, by_touch);
	if (!by_touch)
		cursor_override(server->seat->cursor, "grabbing");
}

void interactive_resize(struct desktop_window *view, unsigned edges, bool by_touch)
{
	struct window *window = view->window;
	if (!edges || window_has(window, WINDOW_FULLSCREEN) || window_has(window, WINDOW_MAXIMIZED))
		return;
	struct interactive *interactive = interactive_begin(view, INTERACTIVE_RESIZE, by_touch);
	interactive->edges = edges;
	// The tiled size becomes its floating size.
	window_set_state(window, TILED, false);
	window->resize_edges = edges;
	window_set_state(window, WINDOW_RESIZING, true);
	window_set_size(window, interactive->start.width, interactive->start.height);
	desktop_window_moved(view);
	if (!by_touch)
		cursor_override(window->server->seat->cursor, decoration_cursor(edges));
}

// Also remembers this press for the next call.
static bool is_double_click(struct desktop_window *view)
{
	struct desktop *desktop = view->desktop;
	const struct pointer *pointer = &desktop->shell.server->seat->pointer;
	uint64_t now = clock_now_ns(desktop->shell.server->clock);
	bool twice = desktop->last_press.window_id == view->window->id &&
		now - desktop->last_press.time_ns < DOUBLE_CLICK_NS &&
		hypot(pointer->x - desktop->last_press.x, pointer->y - desktop->last_press.y) <
			DOUBLE_CLICK_SLOP;
	desktop->last_press.window_id = twice ? 0 : view->window->id;
	desktop->last_press.time_ns = now;
	desktop->last_press.x = pointer->x;
	desktop->last_press.y = pointer->y;
	return twice;
}

void interactive_button(struct desktop_window *view, enum decoration_part part, bool by_touch)
{
	if (part == PART_TITLE) {
		if (is_double_click(view))
			desktop_window_maximize(view, !window_has(view->window, WINDOW_MAXIMIZED));
		else
			interactive_move(view, by_touch);
		return;
	}
	struct interactive *interactive = interactive_begin(view, INTERACTIVE_BUTTON, by_touch);
	interactive->part = part;
	decoration_set_hover(view->decoration, part, true);
}

bool interactive_for_client(
	struct desktop_window *view, uint32_t serial, bool resize, unsigned edges)
{
	struct window *window = view->window;
	struct seat *seat = window->server->seat;
	struct touch_point *point, *found = NULL;
	tablets_press_becomes_pointer(seat->tablets, serial);
	wl_list_for_each(point, &seat->touch_points, link) {
		struct surface *surface = point->surface.target;
		if (point->serial == serial && surface && window_from_surface(surface) == window)
			found = point;
	}
	struct surface *focus = pointer_focus(seat);
	bool pressed = seat->pointer.n_buttons && focus &&
		wl_resource_get_client(focus->resource) ==
			wl_resource_get_client(window->surface->resource);
	if (view->desktop->interactive || seat->drag || (!found && !pressed))
		return false;
	int32_t id = found ? found->id : 0;
	double x = found ? found->x : 0, y = found ? found->y : 0;
	if (found)
		touch_send_cancel(seat); // destroys the point
	if (resize)
		interactive_resize(view, edges, found);
	else
		interactive_move(view, found);
	struct interactive *interactive = view->desktop->interactive;
	if (interactive && found) {
		interactive->has_point = true;
		interactive->touch_id = id;
		interactive->x = interactive->start_x = x;
		interactive->y = interactive->start_y = y;
	}
	return interactive;
}
