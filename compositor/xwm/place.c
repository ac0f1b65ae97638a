// SPDX-License-Identifier: MIT
// Sizes and positions of X windows: what programs ask for, and the answers. A program believes only
// these, so each request is answered, also a refused one.
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/xwm/xwm.h"

#define FAR 16383    // positions beyond it do not fit where X adds them up
#define REACHABLE 48 // pixels of a window that stay on an output

static const unsigned fixed = WINDOW_MAXIMIZED | WINDOW_FULLSCREEN | WINDOW_TILED_LEFT |
	WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM;

// Moves a position so that the window can be reached on some output.
static void keep_reachable(const struct xwindow *window, struct box *box)
{
	int frame[4];
	states_frame(window, frame);
	const struct output *output = output_for_box(window->xwm->server, box);
	if (!output)
		return;
	const struct box *area = &output->usable;
	box->x = CLAMP(box->x, area->x - box->width + REACHABLE,
		area->x + MAX(area->width - REACHABLE, 0));
	box->y = CLAMP(
		box->y, area->y + frame[2], area->y + MAX(area->height - REACHABLE, frame[2]));
}

// Where the content comes to lie for a position that the program asks for.
static void by_gravity(const struct xwindow *window, struct box *box)
{
	int frame[4];
	states_frame(window, frame);
	hints_by_gravity(&window->size, frame, &box->x, &box->y);
}

void place_before_map(struct xwindow *window)
{
	const struct size_hints *size = &window->size;
	window->asked_place = size->user_position ||
		(size->program_position && (window->wanted.x || window->wanted.y));
	if (!window->asked_place)
		return;
	by_gravity(window, &window->wanted);
	keep_reachable(window, &window->wanted);
	window->asked_x = window->wanted.x;
	window->asked_y = window->wanted.y;
}

static void place_shown(struct xwindow *window, int x, int y)
{
	window_request(window->window, REQUEST_PLACE,
		&(struct window_detail){.x = x + window->shadow[0], .y = y + window->shadow[2]});
}

void place_after_map(struct xwindow *window)
{
	if (window->asked_place && !(window->window->pending.states & fixed))
		place_shown(window, window->asked_x, window->asked_y);
	window->asked_place = false;
	place_follow(window);
}

void place_request(struct xwindow *window, unsigned mask, const struct box *asked)
{
	struct box box = window->wanted;
	if (mask & XCB_CONFIG_WINDOW_WIDTH)
		box.width = CLAMP(asked->width, 1, HINTS_MAX_SIDE);
	if (mask & XCB_CONFIG_WINDOW_HEIGHT)
		box.height = CLAMP(asked->height, 1, HINTS_MAX_SIDE);
	if (mask & XCB_CONFIG_WINDOW_X)
		box.x = asked->x;
	if (mask & XCB_CONFIG_WINDOW_Y)
		box.y = asked->y;
	struct window *shown = window->window;
	window->place_due = window->notify_due = true;
	xwindow_schedule(window);
	if (!shown || !shown->mapped) {
		window->wanted = box;
		return;
	}
	if (shown->pending.states & (fixed | WINDOW_RESIZING))
		return;
	// The next commit has this size, which the shell then adopts.
	window->wanted.width = box.width;
	window->wanted.height = box.height;
	if (!(mask & (XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y)))
		return;
	struct box placed = box;
	by_gravity(window, &placed);
	if (!(mask & XCB_CONFIG_WINDOW_X))
		placed.x = box.x;
	if (!(mask & XCB_CONFIG_WINDOW_Y))
		placed.y = box.y;
	keep_reachable(window, &placed);
	if (placed.x != window->wanted.x || placed.y != window->wanted.y)
		place_shown(window, placed.x, placed.y);
}

void place_follow(struct xwindow *window)
{
	const struct window *shown = window->window;
	if (!shown || !shown->mapped)
		return;
	int x = CLAMP(shown->x - shown->geometry.x, -FAR, FAR);
	int y = CLAMP(shown->y - shown->geometry.y, -FAR, FAR);
	if (x == window->wanted.x && y == window->wanted.y)
		return;
	window->wanted.x = x;
	window->wanted.y = y;
	window->place_due = true;
	xwindow_schedule(window);
}

static void send_notify(struct xwindow *window)
{
	const struct box *box = &window->sent;
	xcb_configure_notify_event_t event = {
		.response_type = XCB_CONFIGURE_NOTIFY,
		.event = window->id,
		.window = window->id,
		.x = (int16_t)box->x,
		.y = (int16_t)box->y,
		.width = (uint16_t)box->width,
		.height = (uint16_t)box->height,
	};
	xcb_send_event(window->xwm->xcb, false, window->id, XCB_EVENT_MASK_STRUCTURE_NOTIFY,
		(const char *)&event);
}

void place_push(struct xwindow *window)
{
	if (window->override_redirect) {
		window->place_due = window->notify_due = false;
		return;
	}
	const struct box *wanted = &window->wanted;
	if (window->place_due && (!window->mapped || !box_equal(wanted, &window->sent))) {
		const uint32_t values[] = {(uint32_t)wanted->x, (uint32_t)wanted->y,
			(uint32_t)wanted->width, (uint32_t)wanted->height, 0};
		xcb_configure_window(window->xwm->xcb, window->id,
			XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
				XCB_CONFIG_WINDOW_HEIGHT | XCB_CONFIG_WINDOW_BORDER_WIDTH,
			values);
		window->sent = *wanted;
		window->notify_due = true;
	}
	if (window->notify_due)
		send_notify(window);
	window->xwm->written |= window->place_due || window->notify_due;
	window->place_due = window->notify_due = false;
}

// Events

static void on_request(struct xwm *xwm, const xcb_configure_request_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window)
		return;
	const struct box box = {event->x, event->y, event->width, event->height};
	place_request(window, event->value_mask, &box);
	// A program raises a window of its own, as the active one is.
	const struct xwindow *active = xwm->focus.window;
	if (event->value_mask & XCB_CONFIG_WINDOW_STACK_MODE &&
		event->stack_mode == XCB_STACK_MODE_ABOVE && event->sibling == XCB_NONE &&
		window->window && window->window->mapped && active &&
		((active->id ^ window->id) & ~xcb_get_setup(xwm->xcb)->resource_id_mask) == 0)
		window_raise(window->window);
}

static void on_notify(struct xwm *xwm, const xcb_configure_notify_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window || !event->override_redirect)
		return;
	window->sent = window->wanted =
		(struct box){event->x, event->y, event->width, event->height};
	unmanaged_moved(window, event->above_sibling);
}

bool place_event(struct xwm *xwm, const xcb_generic_event_t *event)
{
	switch (event->response_type) { // not those that programs send
	case XCB_CONFIGURE_REQUEST:
		on_request(xwm, (const xcb_configure_request_event_t *)event);
		return true;
	case XCB_CONFIGURE_NOTIFY:
		on_notify(xwm, (const xcb_configure_notify_event_t *)event);
		return true;
	}
	return false;
}
