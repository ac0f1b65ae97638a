// SPDX-License-Identifier: MIT
// Offers the selection of an X client to Oriel's clients: converts it to TARGETS when its owner
// changes, reads the names of these atoms, and publishes a data source with the MIME types they
// stand for. Data is requested when a client receives it.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "compositor/base/log.h"
#include "compositor/xclipboard/xclipboard_private.h"

// Limits of atoms per offer, and of pending GetAtomName requests (a name can have 64 KiB).
#define TARGETS_MAX 512
#define NAMES_MAX 64

struct offer_query {
	struct selection *selection;
	xcb_window_t window; // requestor: its property gets the list
	struct sync sync;
	struct timer timer;
	bool answered; // SelectionNotify has arrived; pending replies:
	xcb_get_property_cookie_t list;
	xcb_get_atom_name_cookie_t cookies[NAMES_MAX];
	size_t n_cookies, done; // done: atoms before these, whose names were read
	xcb_atom_t atoms[TARGETS_MAX];
	char *names[TARGETS_MAX]; // owned; NULL: unknown or too long
	size_t n;
};

struct offered_source {
	struct data_source base;
	struct selection *selection;
	xcb_atom_t targets[TARGETS_MAX + TARGET_TEXTS]; // for each of base.mimes
};

// The data source

static struct offered_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct offered_source *)NULL, base);
}

static void source_send(struct data_source *base, const char *mime, int fd)
{
	struct offered_source *source = source_from(base);
	for (size_t i = 0; i < base->n_mimes; i++) {
		if (strcmp(base->mimes[i], mime) == 0) {
			incoming_start(source->selection, source->targets[i], fd);
			return;
		}
	}
	close_fd(&fd);
}

static void source_cancelled(struct data_source *base)
{
	struct offered_source *source = source_from(base);
	if (source->selection->offered == source)
		source->selection->offered = NULL;
	data_source_finish(base);
	free(source);
}

static const struct data_source_impl source_impl = {
	.send = source_send,
	.cancelled = source_cancelled,
};

static struct offered_source *source_create(const struct offer_query *query)
{
	struct offered offered[TARGETS_MAX + TARGET_TEXTS];
	size_t n = targets_offered((const char *const *)query->names, query->n, offered);
	if (n == 0)
		return NULL;
	struct offered_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &source_impl);
	source->selection = query->selection;
	for (size_t i = 0; i < n; i++) {
		size_t place = source->base.n_mimes;
		data_source_offer(&source->base, offered[i].mime);
		if (source->base.n_mimes > place)
			source->targets[place] = query->atoms[offered[i].target];
	}
	return source;
}

void offer_withdraw(struct selection *selection)
{
	offer_cancel(selection);
	struct offered_source *source = selection->offered;
	if (source)
		source_cancelled(&source->base);
}

// The query

void offer_cancel(struct selection *selection)
{
	struct offer_query *query = selection->query;
	selection->query_again = false;
	if (!query)
		return;
	xcb_connection_t *xcb = selection->clipboard->xcb;
	if (query->answered && query->list.sequence)
		xcb_discard_reply(xcb, query->list.sequence);
	for (size_t i = 0; i < query->n_cookies; i++)
		xcb_discard_reply(xcb, query->cookies[i].sequence);
	for (size_t i = 0; i < query->n; i++)
		free(query->names[i]);
	sync_cancel(&query->sync);
	timer_finish(&query->timer);
	xcb_destroy_window(xcb, query->window);
	free(query);
	selection->query = NULL;
}

// source NULL: the selection has an owner, but no target that can be offered.
static void offer_publish(struct selection *selection, struct offered_source *source)
{
	const struct xclipboard *clipboard = selection->clipboard;
	offer_cancel(selection);
	selection->offered = source; // the last one is cancelled
	clipboard->impl->offered(
		clipboard->impl_data, selection->primary, source ? &source->base : NULL);
}

static void query_request_names(struct offer_query *query)
{
	struct xclipboard *clipboard = query->selection->clipboard;
	query->n_cookies = MIN(NAMES_MAX, query->n - query->done);
	if (query->n_cookies == 0) {
		offer_publish(query->selection, source_create(query));
		return;
	}
	for (size_t i = 0; i < query->n_cookies; i++)
		query->cookies[i] =
			xcb_get_atom_name(clipboard->xcb, query->atoms[query->done + i]);
	sync_start(clipboard, &query->sync);
}

static void query_read_names(struct offer_query *query)
{
	xcb_connection_t *xcb = query->selection->clipboard->xcb;
	for (size_t i = 0; i < query->n_cookies; i++) {
		xcb_get_atom_name_reply_t *reply =
			xcb_get_atom_name_reply(xcb, query->cookies[i], NULL);
		if (reply && xcb_get_atom_name_name_length(reply) <= TARGET_NAME_MAX)
			query->names[query->done + i] = strndup(xcb_get_atom_name_name(reply),
				(size_t)xcb_get_atom_name_name_length(reply));
		free(reply);
	}
	query->done += query->n_cookies;
	query->n_cookies = 0;
}

static void query_read_targets(struct offer_query *query)
{
	struct xclipboard *clipboard = query->selection->clipboard;
	xcb_get_property_reply_t *reply = xcb_get_property_reply(clipboard->xcb, query->list, NULL);
	query->list.sequence = 0;
	// Some programs set the type to TARGETS instead of ATOM.
	bool good = reply && reply->format == 32 &&
		(reply->type == XCB_ATOM_ATOM || reply->type == clipboard->atoms.TARGETS);
	if (good) {
		query->n = MIN(TARGETS_MAX, reply->value_len);
		memcpy(query->atoms, xcb_get_property_value(reply), query->n * sizeof(xcb_atom_t));
		if (reply->bytes_after)
			log_debug("a selection has more than %d targets; the rest is ignored",
				TARGETS_MAX);
	} else {
		log_debug("the selection's owner does not convert to TARGETS");
	}
	free(reply);
	xcb_delete_property(clipboard->xcb, query->window, clipboard->atoms.DATA);
}

static void on_replies(struct sync *sync, xcb_timestamp_t now)
{
	struct offer_query *query = wl_container_of(sync, query, sync);
	if (query->n_cookies)
		query_read_names(query);
	else
		query_read_targets(query);
	query_request_names(query);
}

static void on_timeout(void *data)
{
	struct offer_query *query = data;
	log_debug("the selection's owner, window 0x%x, does not reply", query->selection->owner);
	clipboard_note_queued(query->selection->clipboard);
	offer_publish(query->selection, NULL);
}

static void query_begin(struct selection *selection)
{
	struct xclipboard *clipboard = selection->clipboard;
	struct offer_query *query = xcalloc(1, sizeof(*query));
	selection->query = query;
	query->selection = selection;
	query->window = clipboard_create_window(clipboard);
	query->sync.ready = on_replies;
	timer_init(&query->timer, clipboard->clock, on_timeout, query);
	timer_set(&query->timer, clock_now_ns(clipboard->clock) + CLIPBOARD_TARGETS_NS);
	xcb_convert_selection(clipboard->xcb, query->window, selection->atom,
		clipboard->atoms.TARGETS, clipboard->atoms.DATA, selection->owner_since);
	sync_start(clipboard, &selection->queried);
}

void offer_start(struct selection *selection)
{
	offer_cancel(selection);
	if (sync_is_active(&selection->queried))
		selection->query_again = true;
	else
		query_begin(selection);
}

void offer_queried(struct sync *sync, xcb_timestamp_t now)
{
	struct selection *selection = wl_container_of(sync, selection, queried);
	if (selection->query_again)
		offer_start(selection);
}

bool offer_event(struct selection *selection, const xcb_selection_notify_event_t *event)
{
	struct offer_query *query = selection->query;
	if (!query || event->requestor != query->window)
		return false;
	struct xclipboard *clipboard = selection->clipboard;
	if (query->answered)
		return true;
	query->answered = true;
	if (event->property == XCB_ATOM_NONE) {
		offer_publish(selection, NULL);
		return true;
	}
	query->list = xcb_get_property(clipboard->xcb, false, query->window, clipboard->atoms.DATA,
		XCB_GET_PROPERTY_TYPE_ANY, 0, TARGETS_MAX);
	sync_start(clipboard, &query->sync);
	return true;
}
