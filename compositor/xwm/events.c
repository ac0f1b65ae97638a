// SPDX-License-Identifier: MIT
// Reads the events of the X server and writes requests, each as far as the socket allows.
#include <poll.h>
#include <stdlib.h>
#include <xcb/xcbext.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/server.h"
#include "compositor/xwm/xwm.h"

#define ROUNDS 4          // of events that writing found, before others get their turn
#define PUSHED_AT_ONCE 64 // windows, between two looks at the socket

bool xwm_can_write(struct xwm *xwm)
{
	if (xwm->failed || !xwm->xcb)
		return false;
	// A writable stream socket takes at least a third of its buffer, which is far more than
	// what is written before the next look.
	struct pollfd pollfd = {.fd = xcb_get_file_descriptor(xwm->xcb), .events = POLLOUT};
	bool room = poll(&pollfd, 1, 0) == 1 && pollfd.revents & (POLLOUT | POLLERR | POLLHUP);
	if (room == !xwm->blocked)
		return room;
	xwm->blocked = !room;
	// Without room, events are not read either, as they cause requests.
	if (xwm->source)
		wl_event_source_fd_update(
			xwm->source, room ? WL_EVENT_READABLE : WL_EVENT_WRITABLE);
	return room;
}

void xwm_flush(struct xwm *xwm)
{
	xwm->written = false;
	if (!xwm->failed && xcb_flush(xwm->xcb) <= 0)
		xwm_fail(xwm, NULL);
}

static void update_time(struct xwm *xwm, const xcb_generic_event_t *event)
{
	if (event->response_type == XCB_PROPERTY_NOTIFY)
		xwm->time = ((const xcb_property_notify_event_t *)event)->time;
}

static void on_error(struct xwm *xwm, const xcb_generic_error_t *error)
{
	if (!xwm->ready && error->full_sequence == (uint32_t)xwm->redirect) {
		xwm_fail(xwm, "another window manager has the screen");
		return;
	}
	// Windows end at any time, so this is nothing unusual.
	log_debug("X error %u for request %u.%u, resource 0x%x", error->error_code,
		error->major_code, error->minor_code, error->resource_id);
}

static void dispatch_event(struct xwm *xwm, xcb_generic_event_t *event)
{
	ask_arrived(xwm, event->full_sequence);
	if (xwm->failed)
		return;
	if (clip_event(xwm, event))
		return;
	switch (event->response_type) {
	case 0:
		on_error(xwm, (xcb_generic_error_t *)event);
		return;
	case XCB_CLIENT_MESSAGE: // by the server: not sent by a program
		associate_message(xwm, (xcb_client_message_event_t *)event);
		return;
	case XCB_CLIENT_MESSAGE | 0x80:
		messages_event(xwm, (xcb_client_message_event_t *)event);
		return;
	case XCB_PROPERTY_NOTIFY:
		properties_event(xwm, (xcb_property_notify_event_t *)event);
		return;
	}
	if (!xwindow_event(xwm, event) && !place_event(xwm, event))
		focus_event(xwm, event);
}

// Handles the events that xcb has. Returns whether there were any.
static bool dispatch_queued(struct xwm *xwm, xcb_generic_event_t *event)
{
	bool any = event;
	for (; event; event = xwm->failed ? NULL : xcb_poll_for_queued_event(xwm->xcb)) {
		update_time(xwm, event);
		dispatch_event(xwm, event);
		free(event);
	}
	return any;
}

// Writes what is due. False: the socket has no room for all.
static bool write_due(struct xwm *xwm)
{
	if (!xwm_can_write(xwm))
		return false;
	unsigned count = 0;
	while (!wl_list_empty(&xwm->due)) {
		struct xwindow *window = wl_container_of(xwm->due.next, window, due_link);
		wl_list_remove(&window->due_link);
		wl_list_init(&window->due_link);
		place_push(window);
		states_push(window);
		manage_push(window);
		if (++count % PUSHED_AT_ONCE)
			continue;
		xwm_flush(xwm);
		if (!xwm_can_write(xwm))
			return false;
	}
	if (xwm->stack.due && xwm->ready)
		stack_push(xwm);
	if (xwm->focus.due && xwm->ready)
		focus_push(xwm);
	clip_push(xwm);
	ask_tick(xwm);
	if (xwm->written)
		xwm_flush(xwm);
	return true;
}

static int on_again(void *data);

// Handles events and writes what they cause, until neither is left or it is others' turn.
static void xwm_turn(struct xwm *xwm, xcb_generic_event_t *first)
{
	dispatch_queued(xwm, first);
	for (int i = 0; i < ROUNDS && !xwm->failed; i++) {
		if (!write_due(xwm))
			break;
		// Writing may have read events.
		xcb_generic_event_t *event =
			xwm->failed ? NULL : xcb_poll_for_queued_event(xwm->xcb);
		if (!event)
			return;
		dispatch_queued(xwm, event);
	}
	if (xwm->failed || xwm->blocked)
		return; // on_io continues
	if (!xwm->again)
		xwm->again = wl_event_loop_add_timer(xwm->server->loop, on_again, xwm);
	if (xwm->again)
		wl_event_source_timer_update(xwm->again, 1);
}

static int on_again(void *data)
{
	struct xwm *xwm = data;
	xwm_turn(xwm, xwm->failed ? NULL : xcb_poll_for_queued_event(xwm->xcb));
	return 0;
}

static int on_io(int fd, uint32_t mask, void *data)
{
	struct xwm *xwm = data;
	if (xwm->blocked && !xwm_can_write(xwm))
		return 0;
	// At most one read, so that a flood of events does not keep others waiting.
	xcb_generic_event_t *event = xcb_poll_for_event(xwm->xcb);
	if (xcb_connection_has_error(xwm->xcb)) {
		free(event);
		xwm_fail(xwm, NULL);
		return 0;
	}
	xwm_turn(xwm, event);
	return 0;
}

static void on_push(void *data)
{
	struct xwm *xwm = data;
	xwm->push = NULL;
	xwm_turn(xwm, NULL);
}

void xwm_schedule(struct xwm *xwm)
{
	if (!xwm->push && xwm->xcb && !xwm->failed && !xwm->blocked)
		xwm->push = xadd_idle(xwm->server->loop, on_push, xwm);
}

void xwindow_schedule(struct xwindow *window)
{
	if (wl_list_empty(&window->due_link))
		wl_list_insert(window->xwm->due.prev, &window->due_link);
	xwm_schedule(window->xwm);
}

void xwm_connected(struct xwm *xwm)
{
	int fd = xcb_get_file_descriptor(xwm->xcb);
	xwm->root = xcb_setup_roots_iterator(xcb_get_setup(xwm->xcb)).data->root;
	xwm->source = wl_event_loop_add_fd(xwm->server->loop, fd, WL_EVENT_READABLE, on_io, xwm);
	setup_start(xwm);
}

void events_finish(struct xwm *xwm)
{
	if (xwm->source)
		wl_event_source_remove(xwm->source);
	if (xwm->push)
		wl_event_source_remove(xwm->push);
	if (xwm->again)
		wl_event_source_remove(xwm->again);
	xwm->source = xwm->push = xwm->again = NULL;
}
