// SPDX-License-Identifier: MIT
// The data of Oriel's clients into properties of X's: what fits into one piece at once, more of it
// in increments. A piece waits in the property, another one here; until the first was read and
// deleted nothing more is taken from the client's pipe.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "backends/x11/clipboard.h"
#include "backends/x11/x11.h"
#include "compositor/base/log.h"

struct transfer_out {
	struct x11_clipboard *clipboard;
	struct request request;
	struct many *many; // NULL: alone, or that one knows already
	size_t index;
	xcb_atom_t type;
	struct text text;
	int fd; // -1: the client has written all
	struct wl_event_source *reader;
	char *piece; // owned, clipboard->chunk bytes
	size_t used;
	bool settled;     // the requestor knows that it gets data
	bool incremental; // piece by piece
	bool held;        // the property has one that was not deleted yet
	struct timer timer;
	uint64_t progress_ns;
	struct wl_list link; // x11_clipboard.out
};

void out_answer(struct x11_clipboard *clipboard, const struct request *request, bool done)
{
	const xcb_selection_notify_event_t event = {
		.response_type = XCB_SELECTION_NOTIFY,
		.time = request->time,
		.requestor = request->requestor,
		.selection = request->bridge->atom,
		.target = request->target,
		.property = done ? request->property : XCB_ATOM_NONE,
	};
	char wire[32] = {0};
	_Static_assert(sizeof(event) <= sizeof(wire), "an event");
	*(xcb_selection_notify_event_t *)wire = event;
	xcb_send_event(clipboard->x11->xcb, false, request->requestor, 0, wire);
}

static void settle(struct transfer_out *transfer, bool done)
{
	if (transfer->settled)
		return;
	transfer->settled = true;
	if (transfer->many)
		many_settled(transfer->many, transfer->index, done);
	else
		out_answer(transfer->clipboard, &transfer->request, done);
	transfer->many = NULL;
}

static void stop_reading(struct transfer_out *transfer)
{
	if (transfer->reader)
		wl_event_source_remove(transfer->reader);
	transfer->reader = NULL;
}

static void destroy(struct transfer_out *transfer)
{
	wl_list_remove(&transfer->link);
	transfer->clipboard->n_out--;
	settle(transfer, false);
	stop_reading(transfer);
	close_fd(&transfer->fd);
	timer_finish(&transfer->timer);
	clipboard_unwatch(transfer->clipboard, transfer->request.requestor);
	free(transfer->piece);
	free(transfer);
}

static void progress(struct transfer_out *transfer)
{
	transfer->progress_ns = clock_now_ns(transfer->clipboard->x11->clock);
}

static void on_timer(void *data)
{
	struct transfer_out *transfer = data;
	uint64_t due = transfer->progress_ns + CLIPBOARD_PATIENCE_NS;
	if (clock_now_ns(transfer->clipboard->x11->clock) < due) {
		timer_set(&transfer->timer, due);
		return;
	}
	log_debug("a paste into X, window 0x%x, has stopped: %s", transfer->request.requestor,
		transfer->held ? "it does not go on" : "the client does not write");
	destroy(transfer);
}

// From the client

static size_t room(const struct transfer_out *transfer)
{
	size_t left = transfer->clipboard->chunk - transfer->used;
	if (transfer->text.form == TEXT_UTF8)
		return left;
	return left < 64 ? 0 : TEXT_FITS(left);
}

static void end_of_data(struct transfer_out *transfer)
{
	stop_reading(transfer);
	close_fd(&transfer->fd);
	transfer->used += text_encode_end(&transfer->text, transfer->piece + transfer->used);
}

// Until the piece is full, the client's data end or it has no more yet.
static void fill(struct transfer_out *transfer)
{
	char raw[4096];
	bool coded = transfer->text.form != TEXT_UTF8;
	size_t space;
	while (transfer->fd >= 0 && (space = room(transfer)) > 0) {
		char *end = transfer->piece + transfer->used;
		ssize_t n = read(
			transfer->fd, coded ? raw : end, coded ? MIN(space, sizeof(raw)) : space);
		if (n > 0) {
			transfer->used += coded ? text_encode(&transfer->text, raw, (size_t)n, end)
						: (size_t)n;
			if (!transfer->held)
				progress(transfer);
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			break;
		} else {
			end_of_data(transfer);
		}
	}
}

static int on_readable(int fd, uint32_t mask, void *data);

// A descriptor that nobody wants to read from now would go on waking us.
static bool update_reader(struct transfer_out *transfer)
{
	if (transfer->fd < 0 || room(transfer) == 0)
		stop_reading(transfer);
	else if (!transfer->reader)
		transfer->reader = wl_event_loop_add_fd(transfer->clipboard->x11->loop,
			transfer->fd, WL_EVENT_READABLE, on_readable, transfer);
	else
		return true;
	return transfer->reader || transfer->fd < 0 || room(transfer) == 0;
}

// To the requestor

static void put(struct transfer_out *transfer, xcb_atom_t type, uint8_t format, const void *data,
	size_t count)
{
	const struct request *request = &transfer->request;
	xcb_change_property(transfer->clipboard->x11->xcb, XCB_PROP_MODE_REPLACE,
		request->requestor, request->property, type, format, (uint32_t)count, data);
}

// False: it is over.
static bool advance(struct transfer_out *transfer)
{
	bool ended = transfer->fd < 0;
	if (transfer->held)
		return true;
	if (!transfer->incremental && ended) {
		put(transfer, transfer->type, 8, transfer->piece, transfer->used);
		settle(transfer, true);
		return false;
	}
	if (!transfer->incremental) {
		if (room(transfer) > 0)
			return true; // it may fit still
		const uint32_t at_least = (uint32_t)transfer->used;
		transfer->incremental = transfer->held = true;
		put(transfer, transfer->clipboard->x11->atoms.INCR, 32, &at_least, 1);
		settle(transfer, true);
		return true;
	}
	if (transfer->used == 0 && !ended)
		return true;
	put(transfer, transfer->type, 8, transfer->piece, transfer->used);
	if (transfer->used == 0)
		return false; // an empty one is the end
	transfer->used = 0;
	transfer->held = true;
	return true;
}

static void go_on(struct transfer_out *transfer)
{
	fill(transfer);
	if (!advance(transfer)) {
		destroy(transfer);
		return;
	}
	if (transfer->held)
		fill(transfer); // the next one, while that one is read
	if (!update_reader(transfer))
		destroy(transfer);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	go_on(data);
	return 0;
}

bool out_property(struct x11_clipboard *clipboard, const xcb_property_notify_event_t *event)
{
	bool known = false;
	struct transfer_out *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->out, link) {
		if (transfer->request.requestor != event->window)
			continue;
		known = true;
		if (transfer->request.property != event->atom || !transfer->held ||
			event->state != XCB_PROPERTY_DELETE)
			continue;
		transfer->held = false;
		progress(transfer);
		go_on(transfer);
		break; // a property has one transfer
	}
	return known;
}

void out_window_gone(struct x11_clipboard *clipboard, xcb_window_t requestor)
{
	struct transfer_out *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->out, link) {
		if (transfer->request.requestor == requestor)
			destroy(transfer);
	}
}

void out_destroy_all(struct x11_clipboard *clipboard)
{
	struct transfer_out *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &clipboard->out, link)
		destroy(transfer);
}

// Requests

static enum out_result start(struct x11_clipboard *clipboard, const struct request *request,
	const struct claim_target *target, struct many *many, size_t index)
{
	struct transfer_out *other, *tmp;
	wl_list_for_each_safe(other, tmp, &clipboard->out, link) {
		// It has given up the first one.
		if (other->request.requestor == request->requestor &&
			other->request.property == request->property)
			destroy(other);
	}
	int ends[2];
	char *piece = malloc(clipboard->chunk);
	if (clipboard->n_out >= CLIPBOARD_TRANSFERS || !piece || pipe2(ends, O_CLOEXEC) < 0) {
		log_warn("a paste into X is refused: there are too many, or too few descriptors");
		free(piece);
		return OUT_REFUSED;
	}
	set_nonblock(ends[0]);
	fcntl(ends[0], F_SETPIPE_SZ, (int)clipboard->chunk); // fewer turns; less will do as well
	struct transfer_out *transfer = xcalloc(1, sizeof(*transfer));
	transfer->clipboard = clipboard;
	transfer->request = *request;
	transfer->many = many;
	transfer->index = index;
	transfer->type = target->atom == clipboard->atoms.TEXT ? clipboard->atoms.COMPOUND_TEXT
							       : target->atom;
	transfer->text.form = target->form;
	transfer->fd = ends[0];
	transfer->piece = piece;
	clipboard->n_out++;
	wl_list_insert(&clipboard->out, &transfer->link);
	clipboard_watch(clipboard, request->requestor);
	timer_init(&transfer->timer, clipboard->x11->clock, on_timer, transfer);
	progress(transfer);
	timer_set(&transfer->timer, transfer->progress_ns + CLIPBOARD_PATIENCE_NS);
	data_source_send(request->bridge->source.target, target->mime, ends[1]);
	if (!update_reader(transfer)) {
		transfer->settled = true; // by what is returned
		destroy(transfer);
		return OUT_REFUSED;
	}
	return OUT_STARTED;
}

static void put_targets(struct x11_clipboard *clipboard, const struct request *request)
{
	const struct bridge *bridge = request->bridge;
	const struct x11 *x11 = clipboard->x11;
	xcb_atom_t *atoms = xcalloc(bridge->n_targets + 3, sizeof(*atoms));
	uint32_t n = 0;
	atoms[n++] = x11->atoms.TARGETS;
	atoms[n++] = x11->atoms.TIMESTAMP;
	atoms[n++] = clipboard->atoms.MULTIPLE;
	for (size_t i = 0; i < bridge->n_targets; i++)
		atoms[n++] = bridge->targets[i].atom;
	xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, request->requestor, request->property,
		XCB_ATOM_ATOM, 32, n, atoms);
	free(atoms);
}

enum out_result out_convert(struct x11_clipboard *clipboard, const struct request *request,
	struct many *many, size_t index)
{
	const struct bridge *bridge = request->bridge;
	struct x11 *x11 = clipboard->x11;
	if (!bridge->owned || !bridge->source.target || bridge->n_targets == 0 ||
		request->property == XCB_ATOM_NONE)
		return OUT_REFUSED;
	if (request->target == x11->atoms.TARGETS) {
		put_targets(clipboard, request);
		return OUT_DONE;
	}
	if (request->target == x11->atoms.TIMESTAMP) {
		xcb_change_property(x11->xcb, XCB_PROP_MODE_REPLACE, request->requestor,
			request->property, XCB_ATOM_INTEGER, 32, 1, &bridge->since);
		return OUT_DONE;
	}
	for (size_t i = 0; i < bridge->n_targets; i++)
		if (bridge->targets[i].atom == request->target)
			return start(clipboard, request, &bridge->targets[i], many, index);
	return OUT_REFUSED;
}

void out_request(struct x11_clipboard *clipboard, const xcb_selection_request_event_t *event)
{
	struct request request = {
		.bridge = clipboard_bridge(clipboard, event->selection),
		.requestor = event->requestor,
		.target = event->target,
		.property = event->property,
		.time = event->time,
	};
	if (!request.bridge || clipboard_is_own(clipboard, event->requestor))
		return;
	bool old = event->time != XCB_CURRENT_TIME &&
		(int32_t)(event->time - request.bridge->since) < 0;
	enum out_result result = OUT_REFUSED;
	if (old || event->owner != clipboard->window)
		result = OUT_REFUSED;
	else if (event->target == clipboard->atoms.MULTIPLE)
		result = many_start(clipboard, &request);
	else {
		if (!request.property) // as requestors of old times have it
			request.property = event->target;
		result = out_convert(clipboard, &request, NULL, 0);
	}
	if (result != OUT_STARTED)
		out_answer(clipboard, &request, result == OUT_DONE);
}
