// SPDX-License-Identifier: MIT
// The life of X windows: all children of the root window, mapped or not.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/xwm/xwm.h"

static struct wl_list *bucket_of(struct xwm *xwm, xcb_window_t id)
{
	return &xwm->buckets[(id ^ id >> 16) % XWM_BUCKETS];
}

struct xwindow *xwindow_find(struct xwm *xwm, xcb_window_t id)
{
	struct xwindow *window;
	wl_list_for_each(window, bucket_of(xwm, id), bucket_link) {
		if (window->id == id)
			return window;
	}
	return NULL;
}

static void xwindow_create(
	struct xwm *xwm, xcb_window_t id, bool override_redirect, const struct box *box)
{
	if (id == xwm->check || id == xwm->no_focus || xwindow_find(xwm, id))
		return;
	struct xwindow *window = xcalloc(1, sizeof(*window));
	window->xwm = xwm;
	window->id = id;
	window->override_redirect = override_redirect;
	window->sent = window->wanted = *box;
	window->opacity = UINT32_MAX;
	const struct property none = {0};
	window->size = hints_size(&none);
	window->hints = hints_wm(&none);
	window->motif = hints_motif(&none);
	wl_list_insert(xwm->windows.prev, &window->link);
	wl_list_insert(bucket_of(xwm, id), &window->bucket_link);
	wl_list_init(&window->managed_link);
	wl_list_init(&window->due_link);
	const uint32_t events = XWINDOW_EVENTS;
	xcb_change_window_attributes(xwm->xcb, id, XCB_CW_EVENT_MASK, &events);
	xwm->written = true;
}

static void xwindow_destroy(struct xwindow *window)
{
	associate_end(window);
	focus_forget(window);
	properties_finish(window);
	wl_list_remove(&window->link);
	wl_list_remove(&window->bucket_link);
	wl_list_remove(&window->managed_link);
	wl_list_remove(&window->due_link);
	free(window);
}

void xwindow_destroy_all(struct xwm *xwm)
{
	struct xwindow *window, *tmp;
	wl_list_for_each_safe(window, tmp, &xwm->windows, link)
		xwindow_destroy(window);
}

// Mapping

static void on_map_request(struct xwm *xwm, const xcb_map_request_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window || window->wants_map)
		return;
	window->wants_map = true;
	properties_read_all(window);
}

void xwindow_map(struct xwindow *window)
{
	window->wants_map = false;
	place_before_map(window);
	window->place_due = window->notify_due = window->states_due = true;
	place_push(window);
	states_push(window);
	xcb_map_window(window->xwm->xcb, window->id);
	window->xwm->written = true;
}

static void on_map(struct xwm *xwm, const xcb_map_notify_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window || window->mapped)
		return;
	window->mapped = true;
	window->override_redirect = event->override_redirect;
	if (window->override_redirect)
		properties_read_all(window);
}

static void on_unmap(struct xwm *xwm, const xcb_unmap_notify_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window)
		return;
	// A program that withdraws a window sends one, too, as the window may not be mapped.
	bool sent = event->response_type & 0x80;
	if (sent)
		return;
	window->mapped = window->wants_map = false;
	associate_end(window);
	if (!window->override_redirect)
		states_withdraw(window);
}

static void on_reparent(struct xwm *xwm, const xcb_reparent_notify_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (event->parent == xwm->root) {
		const struct box box = {event->x, event->y, 1, 1};
		xwindow_create(xwm, event->window, event->override_redirect, &box);
	} else if (window) {
		xwindow_destroy(window); // a part of another window now
	}
}

bool xwindow_event(struct xwm *xwm, const xcb_generic_event_t *event)
{
	switch (event->response_type & 0x7f) {
	case XCB_CREATE_NOTIFY: {
		const xcb_create_notify_event_t *create = (const xcb_create_notify_event_t *)event;
		const struct box box = {create->x, create->y, create->width, create->height};
		if (create->parent == xwm->root)
			xwindow_create(xwm, create->window, create->override_redirect, &box);
		return true;
	}
	case XCB_DESTROY_NOTIFY: {
		struct xwindow *window =
			xwindow_find(xwm, ((const xcb_destroy_notify_event_t *)event)->window);
		if (window)
			xwindow_destroy(window);
		return true;
	}
	case XCB_MAP_REQUEST:
		on_map_request(xwm, (const xcb_map_request_event_t *)event);
		return true;
	case XCB_MAP_NOTIFY:
		on_map(xwm, (const xcb_map_notify_event_t *)event);
		return true;
	case XCB_UNMAP_NOTIFY:
		on_unmap(xwm, (const xcb_unmap_notify_event_t *)event);
		return true;
	case XCB_REPARENT_NOTIFY:
		on_reparent(xwm, (const xcb_reparent_notify_event_t *)event);
		return true;
	}
	return false;
}
