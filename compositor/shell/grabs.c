// SPDX-License-Identifier: MIT
// What the pointer or a finger does with a window while it is held down: moves, resizes, buttons of
// the title bar. One at a time.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/cursor.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/tablet.h"
#include "compositor/shell/desktop.h"

#define DOUBLE_CLICK_NS (400 * NSEC_PER_MSEC)
#define DOUBLE_CLICK_SLOP 6 // pixels between the two
#define TEAR_OFF 12         // pixels that a maximised window resists
#define CLICK_SLOP 3        // pixels that a click on the title bar may wander
#define MIN_SIDE 48         // nobody resizes a window until it is lost
#define SNAP_FALLBACK 12    // where there is no configuration

enum hold_kind {
	HOLD_MOVE,
	HOLD_RESIZE,
	HOLD_BUTTON,
};

struct hold {
	struct grab grab;
	struct desktop *desktop;
	struct managed *managed;
	enum hold_kind kind;
	bool by_touch, has_point; // has_point: start and touch_id are known
	int32_t touch_id;
	double x, y, start_x, start_y;
	struct box start; // window geometry when it began
	bool moved;
	unsigned edges;       // of a resize
	enum decor_part part; // of a button
	enum snap_zone zone;
	struct node *preview;
};

static struct hold *hold_from(struct grab *grab)
{
	return wl_container_of(grab, (struct hold *)NULL, grab);
}

static struct server *server_of(const struct hold *hold)
{
	return hold->desktop->shell.server;
}

// Moving

static void show_preview(struct hold *hold, struct output *output)
{
	if (hold->zone == SNAP_NONE || !output) {
		node_destroy(hold->preview);
		hold->preview = NULL;
		return;
	}
	struct node *tree = hold->managed->window->tree;
	if (!hold->preview) {
		hold->preview = node_create(tree->parent, NODE_RECT);
		node_set_color(hold->preview, (const float[4]){0.1f, 0.15f, 0.23f, 0.3f});
		node_place_below(hold->preview, tree);
	}
	struct box box = snap_box(&output->usable, hold->zone);
	node_set_position(hold->preview, box.x, box.y);
	node_set_size(hold->preview, box.width, box.height);
}

static struct box *collect_outputs(struct server *server, bool usable, size_t *count)
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

static void find_zone(struct hold *hold)
{
	struct output *output = output_at(server_of(hold), hold->x, hold->y);
	size_t count;
	struct box *boxes = collect_outputs(server_of(hold), false, &count);
	hold->zone = output ? snap_zone(&output->box, boxes, count, hold->x, hold->y) : SNAP_NONE;
	free(boxes);
	show_preview(hold, output);
}

static struct box attract(struct hold *hold, const struct box *box)
{
	struct server *server = server_of(hold);
	int distance = server->config ? server->config->desktop.snap_distance : SNAP_FALLBACK;
	if (distance <= 0)
		return *box;
	size_t n_areas, n_windows = 0, capacity = 0;
	struct box *areas = collect_outputs(server, true, &n_areas), *windows = NULL;
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (window == hold->managed->window || !window->mapped || !window->shell_data ||
			window_has(window, WINDOW_MINIMIZED) ||
			window_has(window, WINDOW_FULLSCREEN))
			continue;
		array_reserve(windows, n_windows, capacity);
		windows[n_windows++] = managed_box(window->shell_data);
	}
	struct box snapped = snap_move(box, areas, n_areas, windows, n_windows, distance);
	free(areas);
	free(windows);
	return snapped;
}

// A maximised or tiled window that is pulled away gets its own size back, under the pointer.
static bool tear_off(struct hold *hold)
{
	struct managed *managed = hold->managed;
	struct window *window = managed->window;
	if (!window_has(window, WINDOW_MAXIMIZED) && !(window->wanted.states & TILED))
		return true;
	if (hypot(hold->x - hold->start_x, hold->y - hold->start_y) < TEAR_OFF)
		return false;
	struct box own = box_empty(&window->restore) ? window->geometry : window->restore;
	double part = (hold->start_x - hold->start.x) / MAX(hold->start.width, 1);
	own.x = (int)(hold->start_x - part * own.width);
	own.y = hold->start.y;
	window->restore = own;
	managed->placed = true;
	hold->start = own;
	managed_snap(managed, SNAP_NONE);
	managed->has_goal = false; // the pointer says where
	return true;
}

static void move(struct hold *hold)
{
	double dx = hold->x - hold->start_x, dy = hold->y - hold->start_y;
	if (!hold->moved && hypot(dx, dy) < CLICK_SLOP)
		return;
	if (!tear_off(hold))
		return;
	hold->moved = true;
	struct managed *managed = hold->managed;
	struct extents extents = managed_extents(managed);
	struct box box = {hold->start.x + (int)lround(dx), hold->start.y + (int)lround(dy),
		managed->window->geometry.width, managed->window->geometry.height};
	box = box_with(&box, &extents);
	box = attract(hold, &box);
	window_move(managed->window, box.x + extents.left, box.y + extents.top);
	managed_update_output(managed);
	find_zone(hold);
}

static void finish_move(struct hold *hold)
{
	if (!hold->moved)
		return;
	struct managed *managed = hold->managed;
	if (hold->zone == SNAP_NONE) {
		managed_update_output(managed);
		return;
	}
	// Where it was before the move is where it goes back to.
	struct output *output = output_at(server_of(hold), hold->x, hold->y);
	managed->window->restore = hold->start;
	if (output)
		window_set_output(managed->window, output);
	managed_snap(managed, hold->zone);
}

// Resizing

static void resize(struct hold *hold)
{
	struct window *window = hold->managed->window;
	int dx = (int)lround(hold->x - hold->start_x), dy = (int)lround(hold->y - hold->start_y);
	int width = hold->start.width, height = hold->start.height;
	if (hold->edges & EDGE_LEFT)
		width -= dx;
	else if (hold->edges & EDGE_RIGHT)
		width += dx;
	if (hold->edges & EDGE_TOP)
		height -= dy;
	else if (hold->edges & EDGE_BOTTOM)
		height += dy;
	// A title bar stays on its output.
	if (hold->edges & EDGE_TOP && window->wanted.decorated && window->output) {
		struct extents extents = managed_extents(hold->managed);
		int top = window->output->usable.y + extents.top;
		height = MIN(height, MAX(hold->start.y + hold->start.height - top, 1));
	}
	width = MAX(width, MIN(MIN_SIDE, hold->start.width));
	height = MAX(height, MIN(MIN_SIDE, hold->start.height));
	window_constrain_size(window, &width, &height);
	hold->moved = true;
	window_set_size(window, width, height);
}

// Buttons of the title bar

static bool is_over_part(struct hold *hold)
{
	double sx, sy;
	unsigned edges;
	struct node *node = scene_at(server_of(hold)->scene, hold->x, hold->y, &sx, &sy);
	struct decor *decor = node ? decor_from_node(node) : NULL;
	return decor && decor == hold->managed->decor &&
		decor_part_at(decor, node, sx, sy, &edges) == hold->part;
}

static void press_motion(struct hold *hold)
{
	bool over = is_over_part(hold);
	decor_set_hover(hold->managed->decor, over ? hold->part : PART_NONE, over);
}

static void click(struct hold *hold)
{
	struct managed *managed = hold->managed;
	struct window *window = managed->window;
	decor_set_hover(managed->decor, PART_NONE, false);
	if (!is_over_part(hold))
		return;
	if (hold->part == PART_CLOSE)
		window_close(window);
	else if (hold->part == PART_MAXIMIZE)
		managed_maximize(managed, !window_has(window, WINDOW_MAXIMIZED));
	else if (hold->part == PART_MINIMIZE)
		managed_minimize(managed, true);
}

// Their life

static void discard(struct hold *hold)
{
	struct desktop *desktop = hold->desktop;
	desktop->hold = NULL;
	node_destroy(hold->preview);
	if (hold->kind == HOLD_RESIZE)
		window_set_state(hold->managed->window, WINDOW_RESIZING, false);
	decor_set_hover(hold->managed->decor, PART_NONE, false);
	cursor_override(desktop->shell.server->seat->cursor, NULL);
	free(hold);
}

void hold_end(struct desktop *desktop)
{
	struct hold *hold = desktop->hold;
	if (!hold)
		return;
	struct seat *seat = desktop->shell.server->seat;
	seat_grab_remove(&hold->grab);
	discard(hold);
	seat_refocus(seat);
}

void hold_window_gone(struct desktop *desktop, struct window *window)
{
	if (desktop->hold && desktop->hold->managed->window == window)
		hold_end(desktop);
}

static void finish(struct hold *hold)
{
	// What follows may take the window away, which ends the hold.
	struct desktop *desktop = hold->desktop;
	if (hold->kind == HOLD_MOVE)
		finish_move(hold);
	else if (hold->kind == HOLD_BUTTON)
		click(hold);
	if (desktop->hold == hold)
		hold_end(desktop);
}

static void undo(struct hold *hold)
{
	struct window *window = hold->managed->window;
	if (hold->moved && hold->kind == HOLD_MOVE)
		window_move(window, hold->start.x, hold->start.y);
	else if (hold->moved && hold->kind == HOLD_RESIZE)
		window_set_size(window, hold->start.width, hold->start.height);
	hold_end(hold->desktop);
}

static void go_on(struct hold *hold, double x, double y)
{
	hold->x = x;
	hold->y = y;
	if (hold->kind == HOLD_MOVE)
		move(hold);
	else if (hold->kind == HOLD_RESIZE)
		resize(hold);
	else
		press_motion(hold);
}

static void on_motion(struct grab *grab, uint32_t time_ms)
{
	go_on(hold_from(grab), grab->seat->pointer.x, grab->seat->pointer.y);
}

static void on_button(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	if (!pressed && !grab->seat->pointer.n_buttons)
		finish(hold_from(grab));
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
		undo(hold_from(grab));
	else
		keyboard_send_key(grab->seat, time_ms, code, pressed);
}

static void on_refocus(struct grab *grab)
{
	pointer_set_focus(grab->seat, NULL, 0, 0);
}

static void on_cancel(struct grab *grab)
{
	discard(hold_from(grab));
}

static void on_touch(struct grab *grab, const struct input_event *event, double x, double y)
{
	struct hold *hold = hold_from(grab);
	if (event->type == INPUT_TOUCH_DOWN && !hold->has_point) {
		hold->has_point = true;
		hold->touch_id = event->touch.id;
		hold->x = hold->start_x = x;
		hold->y = hold->start_y = y;
		return;
	}
	if (event->type == INPUT_TOUCH_CANCEL) {
		undo(hold);
		return;
	}
	if (!hold->has_point || event->touch.id != hold->touch_id)
		return;
	if (event->type == INPUT_TOUCH_MOTION)
		go_on(hold, x, y);
	else if (event->type == INPUT_TOUCH_UP)
		finish(hold);
}

static const struct grab_impl pointer_impl = {
	.name = "hold",
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_frame,
	.key = on_key,
	.refocus = on_refocus,
	.cancel = on_cancel,
};

static const struct grab_impl touch_impl = {
	.name = "touch hold",
	.key = on_key,
	.touch = on_touch,
	.cancel = on_cancel,
};

static struct hold *begin(struct managed *managed, enum hold_kind kind, bool by_touch)
{
	struct desktop *desktop = managed->desktop;
	struct seat *seat = desktop->shell.server->seat;
	hold_end(desktop);
	struct hold *hold = xcalloc(1, sizeof(*hold));
	hold->desktop = desktop;
	hold->managed = managed;
	hold->kind = kind;
	hold->by_touch = by_touch;
	hold->start = window_box(managed->window);
	hold->x = hold->start_x = seat->pointer.x;
	hold->y = hold->start_y = seat->pointer.y;
	desktop->hold = hold;
	managed->has_goal = false;
	seat_grab_push(seat, &hold->grab, by_touch ? &touch_impl : &pointer_impl);
	if (!by_touch)
		pointer_set_focus(seat, NULL, 0, 0);
	return hold;
}

void hold_move(struct managed *managed, bool by_touch)
{
	struct server *server = managed->window->server;
	if (window_has(managed->window, WINDOW_FULLSCREEN))
		return;
	begin(managed, HOLD_MOVE, by_touch);
	if (!by_touch)
		cursor_override(server->seat->cursor, "grabbing");
}

void hold_resize(struct managed *managed, unsigned edges, bool by_touch)
{
	struct window *window = managed->window;
	if (!edges || window_has(window, WINDOW_FULLSCREEN) || window_has(window, WINDOW_MAXIMIZED))
		return;
	struct hold *hold = begin(managed, HOLD_RESIZE, by_touch);
	hold->edges = edges;
	if (window->wanted.states & TILED) {
		// It keeps the size it has, as its own.
		window_set_state(window, TILED, false);
		window->restore = (struct box){0};
	}
	managed->placed = true;
	window->resize_edges = edges;
	window_set_state(window, WINDOW_RESIZING, true);
	window_set_size(window, hold->start.width, hold->start.height);
	if (!by_touch)
		cursor_override(window->server->seat->cursor, edges_cursor(edges));
}

static bool is_double_click(struct managed *managed)
{
	struct desktop *desktop = managed->desktop;
	const struct pointer *pointer = &desktop->shell.server->seat->pointer;
	uint64_t now = clock_now_ns(desktop->shell.server->clock);
	bool twice = desktop->last_press.window_id == managed->window->id &&
		now - desktop->last_press.time_ns < DOUBLE_CLICK_NS &&
		hypot(pointer->x - desktop->last_press.x, pointer->y - desktop->last_press.y) <
			DOUBLE_CLICK_SLOP;
	desktop->last_press.window_id = twice ? 0 : managed->window->id;
	desktop->last_press.time_ns = now;
	desktop->last_press.x = pointer->x;
	desktop->last_press.y = pointer->y;
	return twice;
}

void hold_button(struct managed *managed, enum decor_part part, bool by_touch)
{
	if (part == PART_TITLE) {
		if (is_double_click(managed))
			managed_maximize(managed, !window_has(managed->window, WINDOW_MAXIMIZED));
		else
			hold_move(managed, by_touch);
		return;
	}
	struct hold *hold = begin(managed, HOLD_BUTTON, by_touch);
	hold->part = part;
	decor_set_hover(managed->decor, part, true);
}

bool hold_for_client(struct managed *managed, uint32_t serial, bool resize_it, unsigned edges)
{
	struct window *window = managed->window;
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
	if (managed->desktop->hold || seat->drag || (!found && !pressed))
		return false;
	int32_t id = found ? found->id : 0;
	double x = found ? found->x : 0, y = found ? found->y : 0;
	if (found)
		touch_send_cancel(seat); // frees the point
	if (resize_it)
		hold_resize(managed, edges, found);
	else
		hold_move(managed, found);
	struct hold *hold = managed->desktop->hold;
	if (hold && found) {
		hold->has_point = true;
		hold->touch_id = id;
		hold->x = hold->start_x = x;
		hold->y = hold->start_y = y;
	}
	return hold;
}
