// SPDX-License-Identifier: MIT
// Shares CLIPBOARD and PRIMARY between the X server's clients and Oriel's, and dispatches the
// events.
//
// XFixes reports the owner of a selection. The selection of an X client becomes a data source: its
// targets are read at once, its data when a client pastes. For a source that is set here, Oriel
// becomes the owner of the X selection.
#include "compositor/xclipboard/xclipboard.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include "compositor/base/log.h"
#include "compositor/xclipboard/xclipboard_private.h"

static const char *const atom_names[] = {
#define CLIPBOARD_ATOM(name, text) text,
	CLIPBOARD_ATOMS(CLIPBOARD_ATOM)
#undef CLIPBOARD_ATOM
};

struct selection *clipboard_find_selection(struct xclipboard *clipboard, xcb_atom_t atom)
{
	for (size_t i = 0; clipboard->started && i < array_length(clipboard->selections); i++)
		if (clipboard->selections[i].atom == atom)
			return &clipboard->selections[i];
	return NULL;
}

// Events

static void on_owner(struct xclipboard *clipboard, const xcb_xfixes_selection_notify_event_t *event)
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
	else if (!selection->claim && !selection->claim_due) // a claim of ours is newer
		offer_start(selection);
}

static bool on_property(struct xclipboard *clipboard, const xcb_generic_event_t *generic)
{
	const xcb_property_notify_event_t *event = (const xcb_property_notify_event_t *)generic;
	if (event->window == clipboard->window) {
		sync_event(clipboard, event, generic->full_sequence);
		return true;
	}
	if (incoming_property(clipboard, event))
		return true;
	outgoing_property(clipboard, event);
	return false;
}

static bool on_converted(struct xclipboard *clipboard, const xcb_selection_notify_event_t *event)
{
	for (size_t i = 0; i < array_length(clipboard->selections); i++)
		if (offer_event(&clipboard->selections[i], event))
			return true;
	return incoming_notify(clipboard, event);
}

static bool on_window_destroyed(struct xclipboard *clipboard, xcb_window_t window)
{
	if (!clipboard_forget_window(clipboard, window))
		return false;
	// After that: no requests about it are sent any more.
	incoming_window_destroyed(clipboard, window);
	outgoing_window_destroyed(clipboard, window);
	return true;
}

// Requests about other clients' windows fail when these are destroyed.
static bool on_error(struct xclipboard *clipboard, const xcb_generic_error_t *error)
{
	return error->error_code == XCB_WINDOW &&
		on_window_destroyed(clipboard, error->resource_id);
}

bool xclipboard_event(struct xclipboard *clipboard, xcb_generic_event_t *event)
{
	if (!clipboard)
		return false;
	if (event->response_type == 0)
		return on_error(clipboard, (xcb_generic_error_t *)event);
	if (event->response_type == clipboard->xfixes_event + XCB_XFIXES_SELECTION_NOTIFY) {
		const xcb_xfixes_selection_notify_event_t *notify =
			(xcb_xfixes_selection_notify_event_t *)event;
		on_owner(clipboard, notify);
		return notify->window == clipboard->window;
	}
	// Only these two are accepted as synthetic events.
	switch (event->response_type) {
	case XCB_SELECTION_REQUEST:
	case XCB_SELECTION_REQUEST | 0x80:
		return convert_request(clipboard, (xcb_selection_request_event_t *)event);
	case XCB_SELECTION_NOTIFY:
	case XCB_SELECTION_NOTIFY | 0x80:
		return on_converted(clipboard, (xcb_selection_notify_event_t *)event);
	case XCB_SELECTION_CLEAR: // XFixes has reported it
		return ((const xcb_selection_clear_event_t *)event)->owner == clipboard->window;
	case XCB_PROPERTY_NOTIFY:
		return on_property(clipboard, event);
	case XCB_DESTROY_NOTIFY:
		on_window_destroyed(clipboard, ((xcb_destroy_notify_event_t *)event)->window);
		return false;
	default:
		return false;
	}
}

void xclipboard_set(struct xclipboard *clipboard, bool primary, struct data_source *source)
{
	claim_set(&clipboard->selections[primary], source);
	clipboard_note_queued(clipboard);
}

// Creation

static void on_owners(struct sync *sync, xcb_timestamp_t now)
{
	struct xclipboard *clipboard = wl_container_of(sync, clipboard, start);
	for (size_t i = 0; i < array_length(clipboard->selections); i++) {
		struct selection *selection = &clipboard->selections[i];
		xcb_get_selection_owner_reply_t *reply =
			xcb_get_selection_owner_reply(clipboard->xcb, clipboard->owners[i], NULL);
		clipboard->owners[i].sequence = 0;
		bool known = selection->owner || selection->owned || selection->claim;
		if (reply && reply->owner && !known) {
			selection->owner = reply->owner;
			selection->owner_since = now;
			offer_start(selection);
		}
		free(reply);
	}
}

static bool read_atoms(struct xclipboard *clipboard)
{
	bool good = true;
	for (size_t i = 0; i < CLIPBOARD_N_ATOMS; i++) {
		xcb_intern_atom_reply_t *reply =
			xcb_intern_atom_reply(clipboard->xcb, clipboard->atom_cookies[i], NULL);
		clipboard->atom_cookies[i].sequence = 0;
		((xcb_atom_t *)&clipboard->atoms)[i] = reply ? reply->atom : XCB_ATOM_NONE;
		good = good && reply && reply->atom;
		free(reply);
	}
	return good;
}

static void on_atoms(struct sync *sync, xcb_timestamp_t now)
{
	struct xclipboard *clipboard = wl_container_of(sync, clipboard, start);
	if (!read_atoms(clipboard)) {
		log_warn("the X server is out of memory: the clipboard is not shared");
		return;
	}
	clipboard->started = true;
	const xcb_atom_t atoms[] = {clipboard->atoms.CLIPBOARD, XCB_ATOM_PRIMARY};
	for (size_t i = 0; i < array_length(atoms); i++) {
		clipboard->selections[i].atom = atoms[i];
		xcb_xfixes_select_selection_input(clipboard->xcb, clipboard->window, atoms[i],
			XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
				XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
		clipboard->owners[i] = xcb_get_selection_owner(clipboard->xcb, atoms[i]);
	}
	sync->ready = on_owners;
	sync_start(clipboard, sync);
	for (size_t i = 0; i < array_length(clipboard->selections); i++)
		claim_resume(&clipboard->selections[i]);
}

struct xclipboard *xclipboard_create(const struct xclipboard_options *options)
{
	struct xclipboard *clipboard = xcalloc(1, sizeof(*clipboard));
	clipboard->xcb = options->xcb;
	clipboard->root = options->root;
	clipboard->xfixes_event = options->xfixes_event;
	clipboard->loop = options->loop;
	clipboard->clock = options->clock;
	clipboard->impl = options->impl;
	clipboard->impl_data = options->data;
	wl_list_init(&clipboard->syncs);
	wl_list_init(&clipboard->watched);
	wl_list_init(&clipboard->incoming);
	wl_list_init(&clipboard->outgoing);
	wl_list_init(&clipboard->multiple);
	// Less the header of a request, in units of 4 bytes. The limit without BIG-REQUESTS, as
	// asking for the other one would wait for the server.
	size_t request = (size_t)xcb_get_setup(clipboard->xcb)->maximum_request_length * 4;
	clipboard->chunk_size = MIN(options->chunk_size, MAX(request, 4096) - 64) & ~(size_t)3;
	clipboard->window = clipboard_create_window(clipboard);
	for (size_t i = 0; i < array_length(clipboard->selections); i++) {
		clipboard->selections[i].clipboard = clipboard;
		clipboard->selections[i].primary = i == 1;
		clipboard->selections[i].queried.ready = offer_queried;
	}
	for (size_t i = 0; i < CLIPBOARD_N_ATOMS; i++)
		clipboard->atom_cookies[i] = xcb_intern_atom(
			clipboard->xcb, false, (uint16_t)strlen(atom_names[i]), atom_names[i]);
	clipboard->landed.ready = clipboard_landed;
	clipboard->start.ready = on_atoms;
	sync_start(clipboard, &clipboard->start);
	return clipboard;
}

static void reply_discard(struct xclipboard *clipboard, unsigned sequence)
{
	if (sequence)
		xcb_discard_reply(clipboard->xcb, sequence);
}

void xclipboard_destroy(struct xclipboard *clipboard)
{
	if (!clipboard)
		return;
	incoming_destroy_all(clipboard);
	outgoing_destroy_all(clipboard);
	multiple_destroy_all(clipboard);
	for (size_t i = 0; i < array_length(clipboard->selections); i++) {
		offer_withdraw(&clipboard->selections[i]);
		sync_cancel(&clipboard->selections[i].queried);
		claim_finish(&clipboard->selections[i]);
		reply_discard(clipboard, clipboard->owners[i].sequence);
	}
	for (size_t i = 0; i < CLIPBOARD_N_ATOMS; i++)
		reply_discard(clipboard, clipboard->atom_cookies[i].sequence);
	claim_finish_atoms(clipboard);
	sync_cancel(&clipboard->start);
	sync_cancel(&clipboard->landed);
	clipboard_forget_windows(clipboard);
	xcb_destroy_window(clipboard->xcb, clipboard->window);
	free(clipboard);
}
