// SPDX-License-Identifier: MIT
// Syncs: each writes a property of our own window. The event of that arrives after the replies to
// all requests before it, so reading these does not block. It also has the server's time.
//
// A sync also bounds what is in transit to the server: a write would block when the socket is full.
#include "compositor/xclipboard/xclipboard_private.h"

#define SYNC_PROPERTY XCB_ATOM_INTEGER // any predefined atom: the first sync gets the others

void sync_start(struct xclipboard *clipboard, struct sync *sync)
{
	sync->sequence = xcb_change_property(clipboard->xcb, XCB_PROP_MODE_REPLACE,
		clipboard->window, SYNC_PROPERTY, XCB_ATOM_INTEGER, 32, 0, NULL)
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

bool sync_is_active(const struct sync *sync)
{
	return sync->link.next;
}

void sync_event(
	struct xclipboard *clipboard, const xcb_property_notify_event_t *event, unsigned sequence)
{
	if (event->atom != SYNC_PROPERTY || event->state != XCB_PROPERTY_NEW_VALUE)
		return;
	while (!wl_list_empty(&clipboard->syncs)) {
		struct sync *sync = wl_container_of(clipboard->syncs.next, sync, link);
		if ((int32_t)(sequence - sync->sequence) < 0)
			break; // another client wrote the property
		sync_cancel(sync);
		sync->ready(sync, event->time);
	}
}

bool xclipboard_is_busy(const struct xclipboard *clipboard)
{
	return !wl_list_empty(&clipboard->syncs);
}

// Data in transit

void clipboard_note_sent(struct xclipboard *clipboard, size_t bytes)
{
	clipboard->transit += bytes;
	if (sync_is_active(&clipboard->landed))
		return;
	clipboard->landing = clipboard->transit;
	sync_start(clipboard, &clipboard->landed);
}

bool clipboard_is_full(const struct xclipboard *clipboard)
{
	return clipboard->transit >= clipboard->chunk_size ||
		(clipboard->impl->has_room && !clipboard->impl->has_room(clipboard->impl_data));
}

void clipboard_note_queued(struct xclipboard *clipboard)
{
	if (clipboard->impl->queued)
		clipboard->impl->queued(clipboard->impl_data);
}

void xclipboard_resume(struct xclipboard *clipboard)
{
	if (!clipboard)
		return;
	for (size_t i = 0; i < array_length(clipboard->selections); i++)
		claim_resume(&clipboard->selections[i]);
	multiple_resume(clipboard);
	convert_resume(clipboard);
	outgoing_resume(clipboard);
}

void clipboard_landed(struct sync *sync, xcb_timestamp_t now)
{
	struct xclipboard *clipboard = wl_container_of(sync, clipboard, landed);
	clipboard->transit -= clipboard->landing;
	if (clipboard->transit > 0)
		clipboard_note_sent(clipboard, 0);
	xclipboard_resume(clipboard);
}
