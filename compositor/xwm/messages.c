// SPDX-License-Identifier: MIT
// Messages of programs and pagers to the window manager. Any X client can send any of them with any
// content.
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/xwm/xwm.h"

// Source of a request
#define BY_PAGER 2

#define ICONIC_STATE 3
#define NORMAL_STATE 1

// Directions of _NET_WM_MOVERESIZE
enum {
	MOVERESIZE_MOVE = 8,
	MOVERESIZE_SIZE_KEYBOARD,
	MOVERESIZE_MOVE_KEYBOARD,
	MOVERESIZE_CANCEL,
};

void messages_send_protocol(
	struct xwindow *window, xcb_atom_t protocol, uint32_t time, uint32_t data2, uint32_t data3)
{
	struct xwm *xwm = window->xwm;
	xcb_client_message_event_t event = {
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = window->id,
		.type = xwm->atoms.WM_PROTOCOLS,
		.data.data32 = {protocol, time, data2, data3},
	};
	xcb_send_event(xwm->xcb, false, window->id, XCB_EVENT_MASK_NO_EVENT, (const char *)&event);
	xwm->written = true;
}

// A later than b; times of the server wrap around.
static bool is_later(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

// Pagers act for the user. A program may only pass its own focus on, or use a later action of the
// user than the one that made the present window active.
static void on_activate(struct xwindow *window, const uint32_t *data)
{
	struct window *shown = window->window;
	const struct xwindow *active = window->xwm->focus.window;
	const struct window *holder = shown->server->shell ? shown->server->shell->active : NULL;
	bool may = data[0] == BY_PAGER || !holder || active == window;
	if (!may && active) {
		uint32_t mask = ~xcb_get_setup(window->xwm->xcb)->resource_id_mask;
		may = ((active->id ^ window->id) & mask) == 0 ||
			(data[1] && active->has_user_time &&
				is_later(data[1], active->user_time)) ||
			(data[1] && !active->has_user_time);
	}
	window_request(shown, may ? REQUEST_ACTIVATE : REQUEST_ATTENTION, NULL);
}

static void on_move_resize(struct xwindow *window, const uint32_t *data)
{
	static const unsigned edges[] = {EDGE_TOP | EDGE_LEFT, EDGE_TOP, EDGE_TOP | EDGE_RIGHT,
		EDGE_RIGHT, EDGE_BOTTOM | EDGE_RIGHT, EDGE_BOTTOM, EDGE_BOTTOM | EDGE_LEFT,
		EDGE_LEFT};
	struct xwm *xwm = window->xwm;
	struct seat *seat = xwm->server->seat;
	const struct surface *pressed = pointer_focus(seat);
	if (!pressed || wl_resource_get_client(pressed->resource) != xwm->client ||
		!seat->pointer.n_buttons)
		return;
	struct window_detail detail = {.seat = seat, .serial = seat->pointer.press_serial};
	if (data[2] == MOVERESIZE_MOVE) {
		window_request(window->window, REQUEST_MOVE, &detail);
	} else if (data[2] < array_length(edges)) {
		detail.edges = edges[data[2]];
		window_request(window->window, REQUEST_RESIZE, &detail);
	}
}

// x, y, width and height follow; bits 8 to 11 of the first word say which of them count.
static void on_place(struct xwindow *window, const uint32_t *data)
{
	unsigned mask = data[0] >> 8 & 0xf; // the same order as in ConfigureWindow
	const struct box box = {(int)CLAMP((int32_t)data[1], -HINTS_MAX_SIDE, HINTS_MAX_SIDE),
		(int)CLAMP((int32_t)data[2], -HINTS_MAX_SIDE, HINTS_MAX_SIDE),
		(int)MIN(data[3], HINTS_MAX_SIDE), (int)MIN(data[4], HINTS_MAX_SIDE)};
	place_request(window, mask, &box);
}

static void on_change_state(struct xwindow *window, uint32_t state)
{
	if (state == ICONIC_STATE || state == NORMAL_STATE)
		window_request(window->window, REQUEST_MINIMIZE,
			&(struct window_detail){.on = state == ICONIC_STATE});
}

// Messages about windows that the shell has.
static void on_shown_message(
	struct xwindow *window, const xcb_client_message_event_t *event, const uint32_t *data)
{
	const struct xwm_atoms *atoms = &window->xwm->atoms;
	if (event->type == atoms->_NET_ACTIVE_WINDOW)
		on_activate(window, data);
	else if (event->type == atoms->_NET_CLOSE_WINDOW)
		window_close(window->window);
	else if (event->type == atoms->WM_CHANGE_STATE)
		on_change_state(window, data[0]);
	else if (event->type == atoms->_NET_WM_MOVERESIZE)
		on_move_resize(window, data);
	else if (event->type == atoms->_NET_MOVERESIZE_WINDOW)
		on_place(window, data);
	else
		log_debug("X message of type %u is not handled", event->type);
}

void messages_event(struct xwm *xwm, const xcb_client_message_event_t *event)
{
	const struct xwm_atoms *atoms = &xwm->atoms;
	const uint32_t *data = event->data.data32;
	if (event->format != 32 || !xwm->ready)
		return;
	if (event->type == atoms->WM_PROTOCOLS) {
		struct xwindow *pinged = xwindow_find(xwm, data[2]);
		if (data[0] == atoms->_NET_WM_PING && event->window == xwm->root && pinged)
			manage_pong(pinged, data[1]);
		return;
	}
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window || window->override_redirect)
		return;
	if (event->type == atoms->_NET_WM_STATE)
		states_request(window, data[0], data[1], data[2]);
	else if (event->type == atoms->_NET_REQUEST_FRAME_EXTENTS)
		states_push_frame(window); // before it is mapped
	else if (window->window)
		on_shown_message(window, event, data);
}
