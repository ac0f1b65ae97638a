// SPDX-License-Identifier: MIT
// Shares CLIPBOARD and PRIMARY between the X server's clients and Oriel's, and dispatches the
// events.
//
// XFixes reports the owner of a selection. The selection of an X client becomes a data source of
// the core: its targets are read at once, its data when a client pastes. For a source that a client
// of ours sets, Oriel becomes the owner of the X selection; sources that came from X are not sent
// back.
#include "backends/x11/clipboard/clipboard.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include "backends/x11/clipboard/clipboard_private.h"
#include "backends/x11/x11.h"
#include "compositor/base/log.h"

struct selection *clipboard_find_selection(struct x11_clipboard *clipboard, xcb_atom_t atom)
{
	for (size_t i = 0; i < array_length(clipboard->selections); i++)
		if (clipboard->selections[i].atom == atom)
			return &clipboard->selections[i];
	return NULL;
}

// Syncs

void sync_start(struct x11_clipboard *clipboard, struct sync *sync)
{
	struct x11 *x11 = clipboard->x11;
	sync->sequence = xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, clipboard->window,
		clipboard->atoms.SYNC, XCB_ATOM_INTEGER, 32, 0, NULL)
				 .sequence;
	wl_list_insert(clipboard->syncs.prev, &sync->link);
}

void sync_cancel(struct sync *sync)
{
	if (!sync->link.next)
		return;
	wl_list_remove(&sync->link);
	sync->link = (struct wl_list){0};
}

static void on_sync(
	struct x11_clipboard *clipboard, const xcb_generic_event_t *event, xcb_timestamp_t now)
{
	while (!wl_list_empty(&clipboard->syncs)) {
		struct sync *sync = wl_container_of(clipboard->syncs.next, sync, link);
		if ((int32_t)(event->full_sequence - sync->sequence) < 0)
			break; // another client wrote the property
		sync_cancel(sync);
		sync->ready(sync, now);
	}
}

// Windows

xcb_window_t clipboard_create_window(struct x11_clipboard *clipboard)
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

static void unwatch_window(struct watched *watched)
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
	unwatch_window(watched);
}

static bool on_window_destroyed(struct x11_clipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched)
		return false;
	unwatch_window(watched); // first: no requests about it are sent any more
	incoming_window_destroyed(clipboard, window);
	outgoing_window_destroyed(clipboard, window);
	return true;
}

// Events

static void on_owner(
	struct x11_clipboard *clipboard, const xcb_xfixes_selection_notify_event_t *event)
{
	struct selection *selection = clipboard_find_selection(clipboard, event->selection);
	if (!selection)
		return;
	selection->owned = event->owner == clipboard->window;
	if (selection->owned) {
		selection->since = event->selection_timestamp;
		selection->owner = XCB_WINDOW_NONE;
		offer_cancel(selection);
		return;
	}
	selection->owner = event->owner;
	selection->owner_since = event->selection_timestamp;
	if (selection->owner == XCB_WINDOW_NONE)
		offer_withdraw(selection);
	else if (!selection->claim) // a pending claim is newer
		offer_start(selection);
}

static bool on_property(struct x11_clipboard *clipboard, const xcb_generic_event_t *generic)
{
	const xcb_property_notify_event_t *event = (const xcb_property_notify_event_t *)generic;
	if (event->window == clipboard->window) {
		if (event->atom == clipboard->atoms.SYNC && event->state == XCB_PROPERTY_NEW_VALUE)
			on_sync(clipboard, generic, event->time);
		return true;
	}
	return incoming_property(clipboard, event) || outgoing_property(clipboard, event);
}

static bool on_converted(struct x11_clipboard *clipboard, const xcb_selection_notify_event_t *event)
{
	for (size_t i = 0; i < array_length(clipboard->selections); i++)
		if (offer_event(&clipboard->selections[i], event))
			return true;
	return incoming_notify(clipboard, event);
}

// Requests about other clients' windows fail when these are destroyed; only this part makes some.
static bool on_error(struct x11_clipboard *clipboard, const xcb_generic_error_t *error)
{
	if (error->error_code != XCB_WINDOW)
		return false;
	return on_window_destroyed(clipboard, error->resource_id) ||
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
	// Only these two are accepted as synthetic events.
	switch (event->response_type) {
	case XCB_SELECTION_REQUEST:
	case XCB_SELECTION_REQUEST | 0x80:
		outgoing_request(clipboard, (xcb_selection_request_event_t *)event);
		return true;
	case XCB_SELECTION_NOTIFY:
	case XCB_SELECTION_NOTIFY | 0x80:
		return on_converted(clipboard, (xcb_selection_notify_event_t *)event);
	case XCB_SELECTION_CLEAR:
		return true; // XFixes has reported it
	case XCB_PROPERTY_NOTIFY:
		return on_property(clipboard, event);
	case XCB_DESTROY_NOTIFY:
		return on_window_destroyed(
			clipboard, ((xcb_destroy_notify_event_t *)event)->window);
	default:
		return false;
	}
}

void x11_clipboard_set(struct backend *backend, bool primary, struct data_source *source)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	if (x11->clipboard && !x11->lost)
		claim_set(&x11->clipboard->selections[primary],
			source && offer_owns(source) ? NULL : source);
}

// Creation

static void on_start(struct sync *sync, xcb_timestamp_t now)
{
	struct x11_clipboard *clipboard = wl_container_of(sync, clipboard, start);
	for (size_t i = 0; i < array_length(clipboard->selections); i++) {
		struct selection *selection = &clipboard->selections[i];
		xcb_get_selection_owner_reply_t *reply = xcb_get_selection_owner_reply(
			clipboard->x11->xcb, clipboard->owners[i], NULL);
		bool known = selection->owner || selection->owned || selection->claim;
		if (reply && reply->owner && !known) {
			selection->owner = reply->owner;
			selection->owner_since = now;
			offer_start(selection);
		}
		free(reply);
	}
}

static void intern_atoms(struct x11_clipboard *clipboard)
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
		log_warn("the X server lacks XFixes: the clipboard is not shared");
		return NULL;
	}
	if (clock_is_virtual(x11->clock)) {
		log_info("in virtual time the clipboard is not shared: X runs in real time");
		return NULL;
	}
	struct x11_clipboard *clipboard = xcalloc(1, sizeof(*clipboard));
	clipboard->x11 = x11;
	wl_list_init(&clipboard->syncs);
	wl_list_init(&clipboard->watched);
	wl_list_init(&clipboard->incoming);
	wl_list_init(&clipboard->outgoing);
	wl_list_init(&clipboard->multiple);
	intern_atoms(clipboard);
	// Less the header of a request, in units of 4 bytes.
	size_t request = (size_t)xcb_get_maximum_request_length(x11->xcb) * 4;
	clipboard->chunk_size = MIN(CLIPBOARD_CHUNK, request - 64) & ~(size_t)3;
	clipboard->window = clipboard_create_window(clipboard);
	const xcb_atom_t atoms[] = {x11->atoms.CLIPBOARD, XCB_ATOM_PRIMARY};
	for (size_t i = 0; i < array_length(atoms); i++) {
		clipboard->selections[i].clipboard = clipboard;
		clipboard->selections[i].primary = i == 1;
		clipboard->selections[i].atom = atoms[i];
		xcb_xfixes_select_selection_input(x11->xcb, clipboard->window, atoms[i],
			XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
		clipboard->owners[i] = xcb_get_selection_owner(x11->xcb, atoms[i]);
	}
	clipboard->start.ready = on_start;
	sync_start(clipboard, &clipboard->start);
	return clipboard;
}

void x11_clipboard_destroy(struct x11_clipboard *clipboard)
{
	if (!clipboard)
		return;
	clipboard->x11->clipboard = NULL; // the core may call x11_clipboard_set meanwhile
	incoming_destroy_all(clipboard);
	outgoing_destroy_all(clipboard);
	multiple_destroy_all(clipboard);
	for (size_t i = 0; i < array_length(clipboard->selections); i++) {
		offer_withdraw(&clipboard->selections[i]);
		claim_finish(&clipboard->selections[i]);
	}
	claim_finish_atoms(clipboard);
	sync_cancel(&clipboard->start);
	struct watched *watched, *tmp;
	wl_list_for_each_safe(watched, tmp, &clipboard->watched, link)
		unwatch_window(watched);
	xcb_destroy_window(clipboard->x11->xcb, clipboard->window);
	free(clipboard);
}
