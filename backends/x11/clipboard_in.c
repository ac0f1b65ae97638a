// SPDX-License-Identifier: MIT
// X's data into the pipes of Oriel's clients, in pieces: the next one is fetched when the pipe has
// taken the last one, and the owner goes on when its property was read to the end. Each transfer has
// a window of its own, so that late answers go nowhere.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <xcb/xcbext.h>
#include "backends/x11/clipboard.h"
#include "backends/x11/x11.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe.h"

enum state {
	CONVERTING, // the owner has been asked
	READING,    // a reply is to come
	WRITING,    // to the pipe
	WAITING,    // for the next property of an incremental transfer
};

struct transfer_in {
	struct x11_clipboard *clipboard;
	xcb_window_t window, owner;
	enum state state;
	bool is_text; // of an encoding that the property's type tells
	bool begun, incremental, owner_gone;
	int fd;
	struct wl_event_source *writer;
	struct tick tick;
	xcb_get_property_cookie_t cookie;
	// The piece that is being written, in piece or where it was decoded to.
	xcb_get_property_reply_t *piece;
	char *decoded;
	size_t size, done;
	uint32_t offset; // of the piece in the property, in units of 4 bytes
	struct text text;
	struct timer timer;
	uint64_t progress_ns;
	struct wl_list link; // x11_clipboard.in
};

static void drop_piece(struct transfer_in *transfer)
{
	free(transfer->piece);
	free(transfer->decoded);
	transfer->piece = NULL;
	transfer->decoded = NULL;
}

static void stop_writing(struct transfer_in *transfer)
{
	if (transfer->writer)
		wl_event_source_remove(transfer->writer);
	transfer->writer = NULL;
}

static void destroy(struct transfer_in *transfer)
{
	xcb_connection_t *xcb = transfer->clipboard->x11->xcb;
	if (transfer->state == READING)
		xcb_discard_reply(xcb, transfer->cookie.sequence);
	tick_cancel(&transfer->tick);
	stop_writing(transfer);
	close_fd(&transfer->fd);
	drop_piece(transfer);
	timer_finish(&transfer->timer);
	xcb_destroy_window(xcb, transfer->window);
	clipboard_unwatch(transfer->clipboard, transfer->owner);
	transfer->clipboard->n_in--;
	wl_list_remove(&transfer->link);
	free(transfer);
}

static void progress(struct transfer_in *transfer)
{
	transfer->progress_ns = clock_now_ns(transfer->clipboard->x11->clock);
}

static void on_timer(void *data)
{
	struct transfer_in *transfer = data;
	uint64_t due = transfer->progress_ns + CLIPBOARD_PATIENCE_NS;
	if (clock_now_ns(transfer->clipboard->x11->clock) < due) {
		timer_set(&transfer->timer, due);
		return;
	}
	log_debug("a paste from X has stopped: %s",
		transfer->state == WRITING ? "its client does not read"
					   : "the owner of the selection does not answer");
	destroy(transfer);
}

static void fetch(struct transfer_in *transfer)
{
	struct x11_clipboard *clipboard = transfer->clipboard;
	transfer->state = READING;
	transfer->cookie = xcb_get_property(clipboard->x11->xcb, false, transfer->window,
		clipboard->atoms.DATA, XCB_GET_PROPERTY_TYPE_ANY, transfer->offset,
		(uint32_t)(clipboard->chunk / 4));
	tick_start(clipboard, &transfer->tick);
}

// The property was read: the owner may go on.
static void next_property(struct transfer_in *transfer)
{
	xcb_delete_property(
		transfer->clipboard->x11->xcb, transfer->window, transfer->clipboard->atoms.DATA);
	transfer->offset = 0;
	transfer->state = WAITING;
	if (!transfer->incremental || transfer->owner_gone)
		destroy(transfer);
}

static int on_writable(int fd, uint32_t mask, void *data);

static void write_piece(struct transfer_in *transfer)
{
	const char *bytes =
		transfer->decoded ? transfer->decoded : xcb_get_property_value(transfer->piece);
	while (transfer->done < transfer->size) {
		ssize_t written = pipe_write(
			transfer->fd, bytes + transfer->done, transfer->size - transfer->done);
		if (written > 0) {
			transfer->done += (size_t)written;
			progress(transfer);
		} else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (!transfer->writer)
				transfer->writer = wl_event_loop_add_fd(
					transfer->clipboard->x11->loop, transfer->fd,
					WL_EVENT_WRITABLE, on_writable, transfer);
			if (!transfer->writer)
				destroy(transfer);
			return;
		} else if (written == 0 || errno != EINTR) {
			destroy(transfer);
			return;
		}
	}
	stop_writing(transfer); // a pipe that nobody reads would wake us for ever
	bool more = transfer->piece->bytes_after > 0;
	drop_piece(transfer);
	if (more) {
		transfer->offset += (uint32_t)(transfer->clipboard->chunk / 4);
		fetch(transfer);
	} else {
		next_property(transfer);
	}
}

static int on_writable(int fd, uint32_t mask, void *data)
{
	write_piece(data);
	return 0;
}

static bool decode(struct transfer_in *transfer)
{
	if (transfer->text.form == TEXT_UTF8)
		return true;
	transfer->decoded = malloc(TEXT_ROOM(transfer->size));
	if (!transfer->decoded)
		return false;
	transfer->size = text_decode(&transfer->text, xcb_get_property_value(transfer->piece),
		transfer->size, transfer->decoded);
	return true;
}

static void on_ready(struct tick *tick, xcb_timestamp_t now)
{
	struct transfer_in *transfer = wl_container_of(tick, transfer, tick);
	struct x11_clipboard *clipboard = transfer->clipboard;
	xcb_get_property_reply_t *piece =
		xcb_get_property_reply(clipboard->x11->xcb, transfer->cookie, NULL);
	transfer->state = WRITING;
	transfer->piece = piece;
	progress(transfer);
	if (piece && piece->type == clipboard->x11->atoms.INCR && !transfer->incremental) {
		drop_piece(transfer);
		transfer->incremental = true;
		next_property(transfer); // which makes the owner begin
		return;
	}
	if (!piece || piece->format != 8 || piece->type == clipboard->x11->atoms.INCR) {
		log_debug("the owner of a selection sends what is no data");
		destroy(transfer);
		return;
	}
	if (!transfer->begun && transfer->is_text) {
		if (piece->type == XCB_ATOM_STRING)
			transfer->text.form = TEXT_LATIN1;
		else if (piece->type == clipboard->atoms.COMPOUND_TEXT)
			transfer->text.form = TEXT_COMPOUND;
	}
	transfer->begun = true;
	transfer->size = (size_t)xcb_get_property_value_length(piece);
	transfer->done = 0;
	if (transfer->size == 0 && transfer->offset == 0)
		transfer->incremental = false; // the end
	if (!decode(transfer)) {
		destroy(transfer);
		return;
	}
	write_piece(transfer);
}

// The server's time is the owner's, or later.
static xcb_timestamp_t latest(xcb_timestamp_t a, xcb_timestamp_t b)
{
	return (int32_t)(a - b) < 0 ? b : a;
}

void in_start(struct bridge *bridge, xcb_atom_t target, int fd)
{
	struct x11_clipboard *clipboard = bridge->clipboard;
	struct x11 *x11 = clipboard->x11;
	if (clipboard->n_in >= CLIPBOARD_TRANSFERS || !pipe_take(&fd)) {
		close_fd(&fd);
		return;
	}
	struct transfer_in *transfer = xcalloc(1, sizeof(*transfer));
	transfer->clipboard = clipboard;
	transfer->fd = fd;
	transfer->is_text = target == x11->atoms.UTF8_STRING || target == XCB_ATOM_STRING ||
		target == clipboard->atoms.COMPOUND_TEXT || target == clipboard->atoms.TEXT;
	transfer->tick.ready = on_ready;
	transfer->owner = bridge->owner;
	transfer->window = clipboard_window(clipboard);
	clipboard_watch(clipboard, transfer->owner);
	clipboard->n_in++;
	wl_list_insert(&clipboard->in, &transfer->link);
	timer_init(&transfer->timer, x11->clock, on_timer, transfer);
	progress(transfer);
	timer_set(&transfer->timer, transfer->progress_ns + CLIPBOARD_PATIENCE_NS);
	xcb_convert_selection(x11->xcb, transfer->window, bridge->atom, target,
		clipboard->atoms.DATA, latest(x11->time, bridge->owner_since));
}

static struct transfer_in *find(struct x11_clipboard *clipboard, xcb_window_t window)
{
	struct transfer_in *transfer;
	wl_list_for_each(transfer, &clipboard->in, link) {
		if (transfer->window == window)
			return transfer;
	}
	return NULL;
}

bool in_notify(struct x11_clipboard *clipboard, const xcb_selection_notify_event_t *event)
{
	struct transfer_in *transfer = find(clipboard, event->requestor);
	if (!transfer)
		return false;
	if (transfer->state != CONVERTING)
		return true;
	if (event->property == XCB_ATOM_NONE)
		destroy(transfer);
	else
		fetch(transfer);
	return true;
}

bool in_property(struct x11_clipboard *clipboard, const xcb_property_notify_event_t *event)
{
	struct transfer_in *transfer = find(clipboard, event->window);
	if (!transfer)
		return false;
	if (transfer->state == WAITING && event->state == XCB_PROPERTY_NEW_VALUE &&
		event->atom == clipboard->atoms.DATA)
		fetch(transfer);
	return true;
}

void in_window_gone(struct x11_clipboard *clipboard, xcb_window_t owner)
{
	struct transfer_in *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->in, link) {
		if (transfer->owner != owner)
			continue;
		transfer->owner_gone = true;
		if (transfer->state == CONVERTING || transfer->state == WAITING)
			destroy(transfer); // what has come may be read to its end
	}
}

void in_destroy_all(struct x11_clipboard *clipboard)
{
	struct transfer_in *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->in, link)
		destroy(transfer);
}
