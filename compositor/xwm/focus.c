// SPDX-License-Identifier: MIT
// The X focus follows the focus of the keyboard, which the shell decides on. A program gets it in
// one of four ways, by its hints: not at all, by the server, by the server and a message, or by a
// message after which it takes the focus itself, perhaps on a window inside.
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/xwm/xwm.h"

#define RETURNED_MAX 10 // times per second that the focus is taken back from a program

static void on_take_time(struct ask *ask)
{
	struct xwm *xwm = wl_container_of(ask, xwm, focus.take);
	struct xwindow *window = xwm->focus.window;
	xwm->focus.taking = false;
	if (window && window->protocols & HAS_TAKE_FOCUS)
		messages_send_protocol(window, xwm->atoms.WM_TAKE_FOCUS, xwm->time, 0, 0);
}

// WM_TAKE_FOCUS needs the time of the server: an older one is ignored, none would race.
static void send_take_focus(struct xwm *xwm)
{
	if (xwm->focus.taking)
		return;
	xwm->focus.taking = true;
	const xcb_void_cookie_t last = xcb_no_operation(xwm->xcb);
	ask_send(xwm, &xwm->focus.take, last.sequence, on_take_time);
}

static void on_set(struct ask *ask)
{
}

// The question is for scripts, whose keys wait until nothing is asked.
static void set_input_focus(struct xwm *xwm, xcb_window_t id)
{
	xwm->focus.sequence =
		xcb_set_input_focus(xwm->xcb, XCB_INPUT_FOCUS_POINTER_ROOT, id, XCB_CURRENT_TIME)
			.sequence;
	ask_cancel(&xwm->focus.set);
	ask_send(xwm, &xwm->focus.set, xwm->focus.sequence, on_set);
}

static void tell_active(struct xwm *xwm, xcb_window_t id)
{
	if (id == xwm->focus.sent_active)
		return;
	xwm->focus.sent_active = id;
	xcb_change_property(xwm->xcb, XCB_PROP_MODE_REPLACE, xwm->root,
		xwm->atoms._NET_ACTIVE_WINDOW, XCB_ATOM_WINDOW, 32, 1, &id);
	xwm->written = true;
}

void focus_push(struct xwm *xwm)
{
	xwm->focus.due = false;
	struct xwindow *window = xwm->focus.window;
	tell_active(xwm, window ? window->id : XCB_NONE);
	if (!window && xwm->focus.ours)
		return; // a menu got it, whose program has the focus
	if (!window || !manage_takes_focus(window)) {
		set_input_focus(xwm, xwm->no_focus);
		return;
	}
	if (window->hints.input)
		set_input_focus(xwm, window->id);
	if (window->protocols & HAS_TAKE_FOCUS)
		send_take_focus(xwm);
}

static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct xwm *xwm = wl_container_of(listener, xwm, keyboard_focus);
	struct surface *surface = keyboard_holder(xwm->server->seat);
	bool ours = surface && wl_resource_get_client(surface->resource) == xwm->client;
	struct window *shown = ours ? window_from_surface(surface) : NULL;
	struct xwindow *window = shown && shown->x11 ? shown->data : NULL;
	if (ours == xwm->focus.ours && window == xwm->focus.window)
		return;
	xwm->focus.ours = ours;
	xwm->focus.window = window;
	xwm->focus.due = true;
	if (!xwm->ready)
		return;
	// At once, before wl_keyboard.enter arrives.
	if (xwm_can_write(xwm)) {
		focus_push(xwm);
		xwm_flush(xwm);
	}
	xwm_schedule(xwm);
}

void focus_forget(struct xwindow *window)
{
	struct xwm *xwm = window->xwm;
	if (xwm->focus.window != window)
		return;
	xwm->focus.window = NULL;
	xwm->focus.due = true;
	xwm_schedule(xwm);
}

// Programs move the focus by themselves

// The two windows were created by the same client of the X server.
static bool same_client(const struct xwm *xwm, const struct xwindow *a, const struct xwindow *b)
{
	return ((a->id ^ b->id) & ~xcb_get_setup(xwm->xcb)->resource_id_mask) == 0;
}

static bool may_return(struct xwm *xwm)
{
	uint64_t now = clock_now_ns(xwm->server->clock);
	if (now - xwm->focus.since_ns >= NSEC_PER_SEC) {
		xwm->focus.since_ns = now;
		xwm->focus.returned = 0;
	}
	return xwm->focus.returned++ < RETURNED_MAX;
}

static void on_focus_in(struct xwm *xwm, const xcb_focus_in_event_t *event)
{
	if (event->mode == XCB_NOTIFY_MODE_GRAB || event->mode == XCB_NOTIFY_MODE_UNGRAB)
		return;
	if (event->detail == XCB_NOTIFY_DETAIL_POINTER ||
		event->detail == XCB_NOTIFY_DETAIL_POINTER_ROOT ||
		event->detail == XCB_NOTIFY_DETAIL_NONE)
		return;
	struct xwindow *window = xwindow_find(xwm, event->event);
	struct xwindow *active = xwm->focus.window;
	if (!window || window == active || xwm->focus.due)
		return;
	bool shown = window->window && window->window->mapped;
	if (active && same_client(xwm, window, active)) {
		if (shown && manage_takes_focus(window))
			window_request(window->window, REQUEST_ACTIVATE, NULL);
		return; // an unmanaged one may keep it
	}
	if (window->override_redirect && xwm->focus.ours && !active)
		return;
	if (!may_return(xwm))
		return;
	xwm->focus.due = true;
	xwm_schedule(xwm);
}

bool focus_event(struct xwm *xwm, const xcb_generic_event_t *event)
{
	if (event->response_type != XCB_FOCUS_IN)
		return false;
	// Those from before our last request are obsolete.
	if ((int32_t)(event->full_sequence - (uint32_t)xwm->focus.sequence) >= 0)
		on_focus_in(xwm, (const xcb_focus_in_event_t *)event);
	return true;
}

void focus_init(struct xwm *xwm)
{
	xwm->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&xwm->server->seat->events.keyboard_focus, &xwm->keyboard_focus);
}

void focus_finish(struct xwm *xwm)
{
	ask_cancel(&xwm->focus.take);
	ask_cancel(&xwm->focus.set);
	wl_list_remove(&xwm->keyboard_focus.link);
}
