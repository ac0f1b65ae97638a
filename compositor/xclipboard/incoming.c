// SPDX-License-Identifier: MIT
// Transfers selection data of X clients to the pipes of Oriel's clients, in chunks: the next one is
// read when the last one is written, and the owner of an incremental transfer continues when its
// property was read to the end. Each transfer has a window of its own, so that late replies cannot
// reach another transfer.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <xcb/xcbext.h>
#include "compositor/base/log.h"
#include "compositor/base/pipe.h"
#include "compositor/xclipboard/xclipboard_private.h"

enum state {
	CONVERTING, // waiting for SelectionNotify
	READING,    // waiting for the reply to GetProperty
	WRITING,    // to the pipe
	WAITING,    // for the next property of an incremental transfer
};

struct incoming {
	struct xclipboard *clipboard;
	xcb_window_t window, owner;
	enum state state;
	bool is_text; // the type of the property is its encoding
	bool begun, incremental, owner_gone;
	int fd;
	struct wl_event_source *writer;
	struct sync sync;
	xcb_get_property_cookie_t cookie;
	// The chunk that is being written; decoded, if not NULL, replaces its value.
	xcb_get_property_reply_t *chunk;
	char *decoded;
	size_t size, done;
	uint32_t offset; // of the chunk in the property, in units of 4 bytes
	struct encoding_state conversion;
	struct timer timer;
	uint64_t progress_ns;
	struct wl_list link; // xclipboard.incoming
};

static void incoming_drop_chunk(struct incoming *transfer)
{
	free(transfer->chunk);
	free(transfer->decoded);
	transfer->chunk = NULL;
	transfer->decoded = NULL;
}

static void incoming_stop_writing(struct incoming *transfer)
{
	if (transfer->writer)
		wl_event_source_remove(transfer->writer);
	transfer->writer = NULL;
}

static void incoming_destroy(struct incoming *transfer)
{
	xcb_connection_t *xcb = transfer->clipboard->xcb;
	if (transfer->state == READING)
		xcb_discard_reply(xcb, transfer->cookie.sequence);
	sync_cancel(&transfer->sync);
	incoming_stop_writing(transfer);
	close_fd(&transfer->fd);
	incoming_drop_chunk(transfer);
	timer_finish(&transfer->timer);
	xcb_destroy_window(xcb, transfer->window);
	clipboard_unwatch(transfer->clipboard, transfer->owner);
	transfer->clipboard->n_incoming--;
	wl_list_remove(&transfer->link);
	free(transfer);
}

static void incoming_note_progress(struct incoming *transfer)
{
	transfer->progress_ns = clock_now_ns(transfer->clipboard->clock);
}

static void on_timeout(void *data)
{
	struct incoming *transfer = data;
	uint64_t due = transfer->progress_ns + CLIPBOARD_TIMEOUT_NS;
	if (clock_now_ns(transfer->clipboard->clock) < due) {
		timer_set(&transfer->timer, due);
		return;
	}
	log_debug("a paste from X timed out: %s",
		transfer->state == WRITING ? "the client does not read"
					   : "the selection's owner does not reply");
	clipboard_note_queued(transfer->clipboard);
	incoming_destroy(transfer);
}

static void incoming_fetch(struct incoming *transfer)
{
	struct xclipboard *clipboard = transfer->clipboard;
	transfer->state = READING;
	transfer->cookie = xcb_get_property(clipboard->xcb, false, transfer->window,
		clipboard->atoms.DATA, XCB_GET_PROPERTY_TYPE_ANY, transfer->offset,
		(uint32_t)(clipboard->chunk_size / 4));
	sync_start(clipboard, &transfer->sync);
}

// Deletes a property that was read, which makes the owner continue.
static void incoming_next_property(struct incoming *transfer)
{
	xcb_delete_property(
		transfer->clipboard->xcb, transfer->window, transfer->clipboard->atoms.DATA);
	transfer->offset = 0;
	transfer->state = WAITING;
	if (!transfer->incremental || transfer->owner_gone)
		incoming_destroy(transfer);
}

static int on_writable(int fd, uint32_t mask, void *data);

static void incoming_write(struct incoming *transfer)
{
	const char *bytes =
		transfer->decoded ? transfer->decoded : xcb_get_property_value(transfer->chunk);
	while (transfer->done < transfer->size) {
		ssize_t written = pipe_write(
			transfer->fd, bytes + transfer->done, transfer->size - transfer->done);
		if (written > 0) {
			transfer->done += (size_t)written;
			incoming_note_progress(transfer);
		} else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (!transfer->writer)
				transfer->writer = wl_event_loop_add_fd(transfer->clipboard->loop,
					transfer->fd, WL_EVENT_WRITABLE, on_writable, transfer);
			if (!transfer->writer)
				incoming_destroy(transfer);
			return;
		} else if (written == 0 || errno != EINTR) {
			incoming_destroy(transfer);
			return;
		}
	}
	incoming_stop_writing(transfer); // a writable pipe without data would wake us in a loop
	bool more = transfer->chunk->bytes_after > 0;
	incoming_drop_chunk(transfer);
	if (more) {
		transfer->offset += (uint32_t)(transfer->clipboard->chunk_size / 4);
		incoming_fetch(transfer);
	} else {
		incoming_next_property(transfer);
	}
}

static int on_writable(int fd, uint32_t mask, void *data)
{
	clipboard_note_queued(((const struct incoming *)data)->clipboard);
	incoming_write(data);
	return 0;
}

static bool incoming_decode(struct incoming *transfer)
{
	if (transfer->conversion.encoding == ENCODING_UTF8)
		return true;
	transfer->decoded = malloc(ENCODING_MAX_OUTPUT(transfer->size));
	if (!transfer->decoded)
		return false;
	transfer->size = encoding_decode(&transfer->conversion,
		xcb_get_property_value(transfer->chunk), transfer->size, transfer->decoded);
	return true;
}

static void on_property_read(struct sync *sync, xcb_timestamp_t now)
{
	struct incoming *transfer = wl_container_of(sync, transfer, sync);
	struct xclipboard *clipboard = transfer->clipboard;
	xcb_get_property_reply_t *chunk =
		xcb_get_property_reply(clipboard->xcb, transfer->cookie, NULL);
	transfer->state = WRITING;
	transfer->chunk = chunk;
	incoming_note_progress(transfer);
	if (chunk && chunk->type == clipboard->atoms.INCR && !transfer->incremental) {
		incoming_drop_chunk(transfer);
		transfer->incremental = true;
		incoming_next_property(transfer); // deleting INCR makes the owner begin
		return;
	}
	if (!chunk || chunk->format != 8 || chunk->type == clipboard->atoms.INCR) {
		log_debug("the selection's owner sent an invalid property");
		incoming_destroy(transfer);
		return;
	}
	if (!transfer->begun && transfer->is_text) {
		if (chunk->type == XCB_ATOM_STRING)
			transfer->conversion.encoding = ENCODING_LATIN1;
		else if (chunk->type == clipboard->atoms.COMPOUND_TEXT)
			transfer->conversion.encoding = ENCODING_COMPOUND;
	}
	transfer->begun = true;
	transfer->size = (size_t)xcb_get_property_value_length(chunk);
	transfer->done = 0;
	if (transfer->size == 0 && transfer->offset == 0)
		transfer->incremental = false; // an empty property ends the transfer
	if (!incoming_decode(transfer)) {
		incoming_destroy(transfer);
		return;
	}
	incoming_write(transfer);
}

void incoming_start(struct selection *selection, xcb_atom_t target, int fd)
{
	struct xclipboard *clipboard = selection->clipboard;
	if (clipboard->n_incoming >= CLIPBOARD_TRANSFERS || !pipe_take(&fd)) {
		close_fd(&fd);
		return;
	}
	struct incoming *transfer = xcalloc(1, sizeof(*transfer));
	transfer->clipboard = clipboard;
	transfer->fd = fd;
	transfer->is_text = target == clipboard->atoms.UTF8_STRING || target == XCB_ATOM_STRING ||
		target == clipboard->atoms.COMPOUND_TEXT || target == clipboard->atoms.TEXT;
	transfer->sync.ready = on_property_read;
	transfer->owner = selection->owner;
	transfer->window = clipboard_create_window(clipboard);
	clipboard_watch(clipboard, transfer->owner);
	clipboard->n_incoming++;
	wl_list_insert(&clipboard->incoming, &transfer->link);
	timer_init(&transfer->timer, clipboard->clock, on_timeout, transfer);
	incoming_note_progress(transfer);
	timer_set(&transfer->timer, transfer->progress_ns + CLIPBOARD_TIMEOUT_NS);
	// Owners refuse a conversion that is older than their acquisition.
	xcb_convert_selection(clipboard->xcb, transfer->window, selection->atom, target,
		clipboard->atoms.DATA, selection->owner_since);
	clipboard_note_queued(clipboard);
}

static struct incoming *incoming_find(struct xclipboard *clipboard, xcb_window_t window)
{
	struct incoming *transfer;
	wl_list_for_each(transfer, &clipboard->incoming, link) {
		if (transfer->window == window)
			return transfer;
	}
	return NULL;
}

bool incoming_notify(struct xclipboard *clipboard, const xcb_selection_notify_event_t *event)
{
	struct incoming *transfer = incoming_find(clipboard, event->requestor);
	if (!transfer)
		return false;
	if (transfer->state != CONVERTING)
		return true;
	if (event->property == XCB_ATOM_NONE)
		incoming_destroy(transfer);
	else
		incoming_fetch(transfer);
	return true;
}

bool incoming_property(struct xclipboard *clipboard, const xcb_property_notify_event_t *event)
{
	struct incoming *transfer = incoming_find(clipboard, event->window);
	if (!transfer)
		return false;
	if (transfer->state == WAITING && event->state == XCB_PROPERTY_NEW_VALUE &&
		event->atom == clipboard->atoms.DATA)
		incoming_fetch(transfer);
	return true;
}

void incoming_window_destroyed(struct xclipboard *clipboard, xcb_window_t owner)
{
	struct incoming *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->incoming, link) {
		if (transfer->owner != owner)
			continue;
		transfer->owner_gone = true;
		if (transfer->state == CONVERTING || transfer->state == WAITING)
			incoming_destroy(transfer); // else the data that arrived is written first
	}
}

void incoming_destroy_all(struct xclipboard *clipboard)
{
	struct incoming *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->incoming, link)
		incoming_destroy(transfer);
}
