// SPDX-License-Identifier: MIT
// Both selections, both ways: events of the X server to those whose they are.
//
// XFixes tells who owns a selection. An owner among X's clients becomes a source for Oriel's, whose
// list of types is asked for at once and whose data when somebody pastes. What one of Oriel's
// clients sets is claimed in X, and never what came from there.
#include "backends/x11/clipboard.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include "backends/x11/x11.h"
#include "compositor/base/log.h"

struct bridge *clipboard_bridge(struct x11_clipboard *clipboard, xcb_atom_t selection)
{
	for (size_t i = 0; i < array_length(clipboard->bridges); i++)
		if (clipboard->bridges[i].atom == selection)
			return &clipboard->bridges[i];
	return NULL;
}

// Ticks

void tick_start(struct x11_clipboard *clipboard, struct tick *tick)
{
	struct x11 *x11 = clipboard->x11;
	tick->sequence = xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, clipboard->window,
		clipboard->atoms.TICK, XCB_ATOM_INTEGER, 32, 0, NULL)
				 .sequence;
	wl_list_insert(clipboard->ticks.prev, &tick->link);
}

void tick_cancel(struct tick *tick)
{
	if (!tick->link.next)
		return;
	wl_list_remove(&tick->link);
	tick->link = (struct wl_list){0};
}

static void on_tick(
	struct x11_clipboard *clipboard, const xcb_generic_event_t *event, xcb_timestamp_t now)
{
	while (!wl_list_empty(&clipboard->ticks)) {
		struct tick *tick = wl_container_of(clipboard->ticks.next, tick, link);
		if ((int32_t)(event->full_sequence - tick->sequence) < 0)
			break; // somebody else wrote the property
		tick_cancel(tick);
		tick->ready(tick, now);
	}
}

// Windows

xcb_window_t clipboard_window(struct x11_clipboard *clipboard)
{
	struct x11 *x11 = clipboard->x11;
	xcb_window_t window = xcb_generate_id(x11->xcb);
	const uint32_t values[] = {true, XCB_EVENT_MASK_PROPERTY_CHANGE};
	xcb_create_window(x11->xcb, 0, window, x11->root->root, -1, -1, 1, 1, 0,
		XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
		XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
	return window;
}

bool clipboard_is_own(const struct x11_clipboard *clipboard, xcb_window_t window)
{
	const xcb_setup_t *setup = xcb_get_setup(clipboard->x11->xcb);
	if ((window & ~setup->resource_id_mask) == setup->resource_id_base)
		return true;
	xcb_screen_iterator_t roots = xcb_setup_roots_iterator(setup);
	for (; roots.rem; xcb_screen_next(&roots))
		if (roots.data->root == window)
			return true;
	return false;
}

static void select_events(const struct x11 *x11, xcb_window_t window, uint32_t mask)
{
	xcb_change_window_attributes(x11->xcb, window, XCB_CW_EVENT_MASK, &mask);
}

static struct watched *find_watched(struct x11_clipboard *clipboard, xcb_window_t window)
{
	struct watched *watched;
	wl_list_for_each(watched, &clipboard->watched, link) {
		if (watched->window == window)
			return watched;
	}
	return NULL;
}

static void forget(struct watched *watched)
{
	wl_list_remove(&watched->link);
	free(watched);
}

void clipboard_watch(struct x11_clipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched) {
		if (window == XCB_WINDOW_NONE || clipboard_is_own(clipboard, window))
			return;
		watched = xcalloc(1, sizeof(*watched));
		watched->window = window;
		wl_list_insert(&clipboard->watched, &watched->link);
		select_events(clipboard->x11, window,
			XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY);
	}
	watched->users++;
}

void clipboard_unwatch(struct x11_clipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched || --watched->users > 0)
		return;
	select_events(clipboard->x11, window, 0);
	forget(watched);
}

static bool on_window_gone(struct x11_clipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched)
		return false;
	forget(watched); // nothing is to be told to it any more
	in_window_gone(clipboard, window);
	out_window_gone(clipboard, window);
	return true;
}

// Events

static void on_owner(
	struct x11_clipboard *clipboard, const xcb_xfixes_selection_notify_event_t *event)
{
	struct bridge *bridge = clipboard_bridge(clipboard, event->selection);
	if (!bridge)
		return;
	bridge->owned = event->owner == clipboard->window;
	if (bridge->owned) {
		bridge->since = event->selection_timestamp;
		bridge->owner = XCB_WINDOW_NONE;
		offer_cancel(bridge);
		return;
	}
	bridge->owner = event->owner;
	bridge->owner_since = event->selection_timestamp;
	if (bridge->owner == XCB_WINDOW_NONE)
		offer_withdraw(bridge);
	else if (!bridge->claim) // else that one is newer
		offer_start(bridge);
}

static bool on_property(struct x11_clipboard *clipboard, const xcb_generic_event_t *generic)
{
	const xcb_property_notify_event_t *event = (const xcb_property_notify_event_t *)generic;
	if (event->window == clipboard->window) {
		if (event->atom == clipboard->atoms.TICK && event->state == XCB_PROPERTY_NEW_VALUE)
			on_tick(clipboard, generic, event->time);
		return true;
	}
	return in_property(clipboard, event) || out_property(clipboard, event);
}

static bool on_converted(struct x11_clipboard *clipboard, const xcb_selection_notify_event_t *event)
{
	for (size_t i = 0; i < array_length(clipboard->bridges); i++)
		if (offer_event(&clipboard->bridges[i], event))
			return true;
	return in_notify(clipboard, event);
}

// What is done to windows of others fails when these are gone, and only this part does so.
static bool on_error(struct x11_clipboard *clipboard, const xcb_generic_error_t *error)
{
	if (error->error_code != XCB_WINDOW)
		return false;
	return on_window_gone(clipboard, error->resource_id) ||
		!clipboard_is_own(clipboard, error->resource_id);
}

bool x11_clipboard_event(struct x11_clipboard *clipboard, xcb_generic_event_t *event)
{
	if (!clipboard)
		return false;
	if (event->response_type == 0)
		return on_error(clipboard, (xcb_generic_error_t *)event);
	if (event->response_type ==
		clipboard->x11->has.xfixes_event + XCB_XFIXES_SELECTION_NOTIFY) {
		on_owner(clipboard, (xcb_xfixes_selection_notify_event_t *)event);
		return true;
	}
	// Only SelectionNotify and SelectionRequest are for other clients to send.
	switch (event->response_type) {
	case XCB_SELECTION_REQUEST:
	case XCB_SELECTION_REQUEST | 0x80:
		out_request(clipboard, (xcb_selection_request_event_t *)event);
		return true;
	case XCB_SELECTION_NOTIFY:
	case XCB_SELECTION_NOTIFY | 0x80:
		return on_converted(clipboard, (xcb_selection_notify_event_t *)event);
	case XCB_SELECTION_CLEAR:
		return true; // XFixes has told
	case XCB_PROPERTY_NOTIFY:
		return on_property(clipboard, event);
	case XCB_DESTROY_NOTIFY:
		return on_window_gone(clipboard, ((xcb_destroy_notify_event_t *)event)->window);
	default:
		return false;
	}
}

void x11_clipboard_set(struct backend *backend, bool primary, struct data_source *source)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	if (x11->clipboard && !x11->lost)
		claim_set(&x11->clipboard->bridges[primary],
			source && offer_is(source) ? NULL : source);
}

// Creation

static void on_start(struct tick *tick, xcb_timestamp_t now)
{
	struct x11_clipboard *clipboard = wl_container_of(tick, clipboard, start);
	for (size_t i = 0; i < array_length(clipboard->bridges); i++) {
		struct bridge *bridge = &clipboard->bridges[i];
		xcb_get_selection_owner_reply_t *reply = xcb_get_selection_owner_reply(
			clipboard->x11->xcb, clipboard->owners[i], NULL);
		bool heard = bridge->owner || bridge->owned || bridge->claim;
		if (reply && reply->owner && !heard) {
			bridge->owner = reply->owner;
			bridge->owner_since = now;
			offer_start(bridge);
		}
		free(reply);
	}
}

static void intern(struct x11_clipboard *clipboard)
{
	static const char *const names[] = {
#define CLIPBOARD_ATOM(name, text) text,
		CLIPBOARD_ATOMS(CLIPBOARD_ATOM)
#undef CLIPBOARD_ATOM
	};
	xcb_intern_atom_cookie_t cookies[array_length(names)];
	for (size_t i = 0; i < array_length(names); i++)
		cookies[i] = xcb_intern_atom(
			clipboard->x11->xcb, false, (uint16_t)strlen(names[i]), names[i]);
	for (size_t i = 0; i < array_length(names); i++) {
		xcb_intern_atom_reply_t *reply =
			xcb_intern_atom_reply(clipboard->x11->xcb, cookies[i], NULL);
		((xcb_atom_t *)&clipboard->atoms)[i] = reply ? reply->atom : XCB_ATOM_NONE;
		free(reply);
	}
}

struct x11_clipboard *x11_clipboard_create(struct x11 *x11)
{
	if (!x11->has.xfixes_event) {
		log_warn("the X server lacks XFixes: its clipboard is not shared");
		return NULL;
	}
	if (clock_is_virtual(x11->clock)) {
		log_info("in virtual time the clipboard is not shared: the X server has its own");
		return NULL;
	}
	struct x11_clipboard *clipboard = xcalloc(1, sizeof(*clipboard));
	clipboard->x11 = x11;
	wl_list_init(&clipboard->ticks);
	wl_list_init(&clipboard->watched);
	wl_list_init(&clipboard->in);
	wl_list_init(&clipboard->out);
	wl_list_init(&clipboard->many);
	intern(clipboard);
	// Without what stands before the data in a request; whole units.
	size_t request = (size_t)xcb_get_maximum_request_length(x11->xcb) * 4;
	clipboard->chunk = MIN(CLIPBOARD_CHUNK, request - 64) & ~(size_t)3;
	clipboard->window = clipboard_window(clipboard);
	const xcb_atom_t selections[] = {x11->atoms.CLIPBOARD, XCB_ATOM_PRIMARY};
	for (size_t i = 0; i < array_length(selections); i++) {
		clipboard->bridges[i].clipboard = clipboard;
		clipboard->bridges[i].primary = i == 1;
		clipboard->bridges[i].atom = selections[i];
		xcb_xfixes_select_selection_input(x11->xcb, clipboard->window, selections[i],
			XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
		clipboard->owners[i] = xcb_get_selection_owner(x11->xcb, selections[i]);
	}
	clipboard->start.ready = on_start;
	tick_start(clipboard, &clipboard->start);
	return clipboard;
}

void x11_clipboard_destroy(struct x11_clipboard *clipboard)
{
	if (!clipboard)
		return;
	clipboard->x11->clipboard = NULL; // the core may tell of selections that go now
	in_destroy_all(clipboard);
	out_destroy_all(clipboard);
	many_destroy_all(clipboard);
	for (size_t i = 0; i < array_length(clipboard->bridges); i++) {
		offer_withdraw(&clipboard->bridges[i]);
		claim_finish(&clipboard->bridges[i]);
	}
	claim_finish_known(clipboard);
	tick_cancel(&clipboard->start);
	struct watched *watched, *tmp;
	wl_list_for_each_safe(watched, tmp, &clipboard->watched, link)
		forget(watched);
	xcb_destroy_window(clipboard->x11->xcb, clipboard->window);
	free(clipboard);
}
