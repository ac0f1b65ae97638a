// SPDX-License-Identifier: MIT
// Transfers selection data of Oriel's clients to properties of X clients: at once if it fits into
// one chunk, else incrementally (INCR). While one chunk waits in the property and a second one
// here, nothing is read from the client's pipe.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/log.h"
#include "compositor/xclipboard/xclipboard_private.h"

struct outgoing {
	struct xclipboard *clipboard;
	struct request request;
	struct multiple *multiple; // to report the result to; NULL: none, or reported
	size_t index;
	xcb_atom_t type;
	struct encoding_state conversion;
	int fd; // -1: the client has written all data
	struct wl_event_source *reader;
	char *chunk; // owned, clipboard->chunk_size bytes
	size_t used;
	bool replied;     // SelectionNotify was sent
	bool incremental; // INCR
	bool unread;      // the requestor has not deleted the property yet
	bool waits;       // for data in transit
	struct timer timer;
	uint64_t progress_ns;
	struct wl_list link; // xclipboard.outgoing
};

static void outgoing_reply(struct outgoing *transfer, bool done)
{
	if (transfer->replied)
		return;
	transfer->replied = true;
	if (transfer->multiple)
		multiple_target_done(transfer->multiple, transfer->index, done);
	else
		convert_answer(transfer->clipboard, &transfer->request, done);
	transfer->multiple = NULL;
}

static void outgoing_stop_reading(struct outgoing *transfer)
{
	if (transfer->reader)
		wl_event_source_remove(transfer->reader);
	transfer->reader = NULL;
}

static void outgoing_destroy(struct outgoing *transfer)
{
	wl_list_remove(&transfer->link);
	transfer->clipboard->n_outgoing--;
	outgoing_reply(transfer, false);
	outgoing_stop_reading(transfer);
	close_fd(&transfer->fd);
	timer_finish(&transfer->timer);
	clipboard_unwatch(transfer->clipboard, transfer->request.requestor);
	free(transfer->chunk);
	free(transfer);
}

static void outgoing_note_progress(struct outgoing *transfer)
{
	transfer->progress_ns = clock_now_ns(transfer->clipboard->clock);
}

static void on_timeout(void *data)
{
	struct outgoing *transfer = data;
	uint64_t due = transfer->progress_ns + CLIPBOARD_TIMEOUT_NS;
	if (clock_now_ns(transfer->clipboard->clock) < due) {
		timer_set(&transfer->timer, due);
		return;
	}
	log_debug("a paste into X, window 0x%x, timed out: %s", transfer->request.requestor,
		transfer->unread ? "it does not read the property" : "the client does not write");
	clipboard_note_queued(transfer->clipboard);
	outgoing_destroy(transfer);
}

// From the client

static size_t outgoing_room(const struct outgoing *transfer)
{
	size_t left = transfer->clipboard->chunk_size - transfer->used;
	if (transfer->conversion.encoding == ENCODING_UTF8)
		return left;
	return left < 64 ? 0 : ENCODING_MAX_INPUT(left);
}

static void outgoing_end_data(struct outgoing *transfer)
{
	outgoing_stop_reading(transfer);
	close_fd(&transfer->fd);
	transfer->used +=
		encoding_encode_end(&transfer->conversion, transfer->chunk + transfer->used);
}

// Reads until the chunk is full, the pipe is empty or the data ends.
static void outgoing_fill(struct outgoing *transfer)
{
	char raw[4096];
	bool coded = transfer->conversion.encoding != ENCODING_UTF8;
	size_t space;
	while (transfer->fd >= 0 && (space = outgoing_room(transfer)) > 0) {
		char *end = transfer->chunk + transfer->used;
		ssize_t n = read(
			transfer->fd, coded ? raw : end, coded ? MIN(space, sizeof(raw)) : space);
		if (n > 0) {
			transfer->used += coded
				? encoding_encode(&transfer->conversion, raw, (size_t)n, end)
				: (size_t)n;
			if (!transfer->unread)
				outgoing_note_progress(transfer);
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			break;
		} else {
			outgoing_end_data(transfer);
		}
	}
}

static int on_readable(int fd, uint32_t mask, void *data);

// Watches the pipe only while there is room: a readable descriptor would wake us in a loop.
static bool outgoing_update_reader(struct outgoing *transfer)
{
	if (transfer->fd < 0 || outgoing_room(transfer) == 0)
		outgoing_stop_reading(transfer);
	else if (!transfer->reader)
		transfer->reader = wl_event_loop_add_fd(transfer->clipboard->loop, transfer->fd,
			WL_EVENT_READABLE, on_readable, transfer);
	else
		return true;
	return transfer->reader || transfer->fd < 0 || outgoing_room(transfer) == 0;
}

// To the requestor

static void outgoing_put(
	struct outgoing *transfer, xcb_atom_t type, uint8_t format, const void *data, size_t count)
{
	const struct request *request = &transfer->request;
	xcb_change_property(transfer->clipboard->xcb, XCB_PROP_MODE_REPLACE, request->requestor,
		request->property, type, format, (uint32_t)count, data);
}

static void outgoing_put_chunk(struct outgoing *transfer)
{
	struct xclipboard *clipboard = transfer->clipboard;
	outgoing_put(transfer, transfer->type, 8, transfer->chunk, transfer->used);
	clipboard_note_sent(clipboard, transfer->used);
	// Behind those that have waited longer
	wl_list_remove(&transfer->link);
	wl_list_insert(clipboard->outgoing.prev, &transfer->link);
}

// Writes the property if the requestor is ready for it. False: the transfer is complete.
static bool outgoing_advance(struct outgoing *transfer)
{
	bool ended = transfer->fd < 0;
	if (transfer->unread)
		return true;
	transfer->waits = clipboard_is_full(transfer->clipboard);
	if (transfer->waits)
		return true;
	if (!transfer->incremental && ended) {
		outgoing_put_chunk(transfer);
		outgoing_reply(transfer, true);
		return false;
	}
	if (!transfer->incremental) {
		if (outgoing_room(transfer) > 0)
			return true; // all of it may still fit
		const uint32_t at_least = (uint32_t)transfer->used;
		transfer->incremental = transfer->unread = true;
		outgoing_put(transfer, transfer->clipboard->atoms.INCR, 32, &at_least, 1);
		outgoing_reply(transfer, true);
		return true;
	}
	if (transfer->used == 0 && !ended)
		return true;
	outgoing_put_chunk(transfer);
	if (transfer->used == 0)
		return false; // an empty property ends the transfer
	transfer->used = 0;
	transfer->unread = true;
	return true;
}

static void outgoing_continue(struct outgoing *transfer)
{
	outgoing_fill(transfer);
	if (!outgoing_advance(transfer)) {
		outgoing_destroy(transfer);
		return;
	}
	if (transfer->unread)
		outgoing_fill(transfer); // reads ahead by one chunk
	if (!outgoing_update_reader(transfer))
		outgoing_destroy(transfer);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	clipboard_note_queued(((const struct outgoing *)data)->clipboard);
	outgoing_continue(data);
	return 0;
}

void outgoing_resume(struct xclipboard *clipboard)
{
	struct outgoing *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->outgoing, link) {
		if (clipboard_is_full(clipboard))
			break;
		if (transfer->waits)
			outgoing_continue(transfer);
	}
}

void outgoing_property(struct xclipboard *clipboard, const xcb_property_notify_event_t *event)
{
	struct outgoing *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->outgoing, link) {
		if (transfer->request.requestor != event->window ||
			transfer->request.property != event->atom || !transfer->unread ||
			event->state != XCB_PROPERTY_DELETE)
			continue;
		transfer->unread = false;
		outgoing_note_progress(transfer);
		outgoing_continue(transfer);
		break; // one transfer per property
	}
}

void outgoing_window_destroyed(struct xclipboard *clipboard, xcb_window_t requestor)
{
	struct outgoing *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->outgoing, link) {
		if (transfer->request.requestor == requestor)
			outgoing_destroy(transfer);
	}
}

void outgoing_destroy_all(struct xclipboard *clipboard)
{
	struct outgoing *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->outgoing, link)
		outgoing_destroy(transfer);
}

// Requests

bool outgoing_start(struct xclipboard *clipboard, const struct request *request,
	const struct claim_target *target, struct multiple *multiple, size_t index)
{
	struct outgoing *other, *tmp;
	wl_list_for_each_safe(other, tmp, &clipboard->outgoing, link) {
		// A new request for the same property abandons the earlier one.
		if (other->request.requestor == request->requestor &&
			other->request.property == request->property)
			outgoing_destroy(other);
	}
	int ends[2];
	char *chunk = malloc(clipboard->chunk_size);
	if (clipboard->n_outgoing >= CLIPBOARD_TRANSFERS || !chunk || pipe2(ends, O_CLOEXEC) < 0) {
		log_debug("a paste into X is refused: too many transfers, or out of memory or "
			  "file descriptors");
		free(chunk);
		return false;
	}
	set_nonblock(ends[0]);
	fcntl(ends[0], F_SETPIPE_SZ,
		(int)clipboard->chunk_size); // for fewer wake-ups; may fail
	struct outgoing *transfer = xcalloc(1, sizeof(*transfer));
	transfer->clipboard = clipboard;
	transfer->request = *request;
	transfer->multiple = multiple;
	transfer->index = index;
	transfer->type = target->atom == clipboard->atoms.TEXT ? clipboard->atoms.COMPOUND_TEXT
							       : target->atom;
	transfer->conversion.encoding = target->encoding;
	transfer->fd = ends[0];
	transfer->chunk = chunk;
	clipboard->n_outgoing++;
	wl_list_insert(&clipboard->outgoing, &transfer->link);
	clipboard_watch(clipboard, request->requestor);
	timer_init(&transfer->timer, clipboard->clock, on_timeout, transfer);
	outgoing_note_progress(transfer);
	timer_set(&transfer->timer, transfer->progress_ns + CLIPBOARD_TIMEOUT_NS);
	data_source_send(request->selection->source.target, target->mime, ends[1]);
	if (!outgoing_update_reader(transfer)) {
		transfer->replied = true; // the caller does
		outgoing_destroy(transfer);
		return false;
	}
	return true;
}
