// SPDX-License-Identifier: MIT
// What X's owner of a selection has, as a source for Oriel's clients: its TARGETS are asked for when
// it becomes the owner, and their names. Data are asked for when a client wants them.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "backends/x11/clipboard.h"
#include "backends/x11/x11.h"
#include "compositor/base/log.h"

// Atoms that are looked at, and how many names, each of up to 64 KiB, are asked for at a time.
#define TARGETS_MAX 512
#define NAMES_MAX 64

struct offer_query {
	struct bridge *bridge;
	xcb_window_t window; // which the owner puts its answer on
	struct tick tick;
	struct timer timer;
	bool asked; // for the property; replies to come:
	xcb_get_property_cookie_t list;
	xcb_get_atom_name_cookie_t cookies[NAMES_MAX];
	size_t n_cookies, done; // of these; named before them
	xcb_atom_t atoms[TARGETS_MAX];
	char *names[TARGETS_MAX]; // owned, NULL: nothing that can be offered
	size_t n;
};

struct x11_source {
	struct data_source base;
	struct bridge *bridge;
	xcb_atom_t targets[TARGETS_MAX + TARGET_TEXTS]; // what to ask for, for base.mimes
};

// The source

static struct x11_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct x11_source *)NULL, base);
}

static void source_send(struct data_source *base, const char *mime, int fd)
{
	struct x11_source *source = source_from(base);
	for (size_t i = 0; i < base->n_mimes; i++) {
		if (strcmp(base->mimes[i], mime) == 0) {
			in_start(source->bridge, source->targets[i], fd);
			return;
		}
	}
	close_fd(&fd);
}

static void source_cancelled(struct data_source *base)
{
	struct x11_source *source = source_from(base);
	if (source->bridge->offered == source)
		source->bridge->offered = NULL;
	data_source_finish(base);
	free(source);
}

static const struct data_source_impl source_impl = {
	.send = source_send,
	.cancelled = source_cancelled,
};

bool offer_is(const struct data_source *source)
{
	return source->impl == &source_impl;
}

static struct x11_source *create_source(const struct offer_query *query)
{
	struct offered offered[TARGETS_MAX + TARGET_TEXTS];
	size_t n = targets_offered((const char *const *)query->names, query->n, offered);
	if (n == 0)
		return NULL;
	struct x11_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &source_impl);
	source->bridge = query->bridge;
	for (size_t i = 0; i < n; i++) {
		size_t place = source->base.n_mimes;
		data_source_offer(&source->base, offered[i].mime);
		if (source->base.n_mimes > place)
			source->targets[place] = query->atoms[offered[i].target];
	}
	return source;
}

void offer_withdraw(struct bridge *bridge)
{
	offer_cancel(bridge);
	struct x11_source *source = bridge->offered;
	if (source)
		source_cancelled(&source->base);
}

// The question

void offer_cancel(struct bridge *bridge)
{
	struct offer_query *query = bridge->query;
	if (!query)
		return;
	xcb_connection_t *xcb = bridge->clipboard->x11->xcb;
	if (query->asked && query->list.sequence)
		xcb_discard_reply(xcb, query->list.sequence);
	for (size_t i = 0; i < query->n_cookies; i++)
		xcb_discard_reply(xcb, query->cookies[i].sequence);
	for (size_t i = 0; i < query->n; i++)
		free(query->names[i]);
	tick_cancel(&query->tick);
	timer_finish(&query->timer);
	xcb_destroy_window(xcb, query->window);
	free(query);
	bridge->query = NULL;
}

// source NULL: whatever was there has been replaced by nothing that anybody could paste.
static void offer(struct bridge *bridge, struct x11_source *source)
{
	const struct backend *backend = &bridge->clipboard->x11->base;
	offer_cancel(bridge);
	bridge->offered = source; // the core cancels the last one
	backend->sink->selection(
		backend->sink_data, bridge->primary, source ? &source->base : NULL);
}

static void ask_names(struct offer_query *query)
{
	struct x11_clipboard *clipboard = query->bridge->clipboard;
	query->n_cookies = MIN(NAMES_MAX, query->n - query->done);
	if (query->n_cookies == 0) {
		offer(query->bridge, create_source(query));
		return;
	}
	for (size_t i = 0; i < query->n_cookies; i++)
		query->cookies[i] =
			xcb_get_atom_name(clipboard->x11->xcb, query->atoms[query->done + i]);
	tick_start(clipboard, &query->tick);
}

static void collect_names(struct offer_query *query)
{
	xcb_connection_t *xcb = query->bridge->clipboard->x11->xcb;
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

static void collect_targets(struct offer_query *query)
{
	struct x11_clipboard *clipboard = query->bridge->clipboard;
	xcb_get_property_reply_t *reply =
		xcb_get_property_reply(clipboard->x11->xcb, query->list, NULL);
	query->list.sequence = 0;
	// Some programs say that the type of targets is TARGETS.
	bool good = reply && reply->format == 32 &&
		(reply->type == XCB_ATOM_ATOM || reply->type == clipboard->x11->atoms.TARGETS);
	if (good) {
		query->n = MIN(TARGETS_MAX, reply->value_len);
		memcpy(query->atoms, xcb_get_property_value(reply), query->n * sizeof(xcb_atom_t));
		if (reply->bytes_after)
			log_debug("more than %d targets of a selection are not looked at",
				TARGETS_MAX);
	} else {
		log_debug("the owner of a selection does not say what it has");
	}
	free(reply);
	xcb_delete_property(clipboard->x11->xcb, query->window, clipboard->atoms.DATA);
}

static void on_ready(struct tick *tick, xcb_timestamp_t now)
{
	struct offer_query *query = wl_container_of(tick, query, tick);
	if (query->n_cookies)
		collect_names(query);
	else
		collect_targets(query);
	ask_names(query);
}

static void on_timer(void *data)
{
	struct offer_query *query = data;
	log_debug("the owner of a selection, window 0x%x, does not answer", query->bridge->owner);
	offer(query->bridge, NULL);
}

void offer_start(struct bridge *bridge)
{
	struct x11_clipboard *clipboard = bridge->clipboard;
	struct x11 *x11 = clipboard->x11;
	offer_cancel(bridge);
	struct offer_query *query = xcalloc(1, sizeof(*query));
	bridge->query = query;
	query->bridge = bridge;
	query->window = clipboard_window(clipboard);
	query->tick.ready = on_ready;
	timer_init(&query->timer, x11->clock, on_timer, query);
	timer_set(&query->timer, clock_now_ns(x11->clock) + CLIPBOARD_TARGETS_NS);
	xcb_convert_selection(x11->xcb, query->window, bridge->atom, x11->atoms.TARGETS,
		clipboard->atoms.DATA, bridge->owner_since);
}

bool offer_event(struct bridge *bridge, const xcb_selection_notify_event_t *event)
{
	struct offer_query *query = bridge->query;
	if (!query || event->requestor != query->window)
		return false;
	struct x11_clipboard *clipboard = bridge->clipboard;
	if (query->asked)
		return true;
	query->asked = true;
	if (event->property == XCB_ATOM_NONE) {
		offer(bridge, NULL);
		return true;
	}
	query->list = xcb_get_property(clipboard->x11->xcb, false, query->window,
		clipboard->atoms.DATA, XCB_GET_PROPERTY_TYPE_ANY, 0, TARGETS_MAX);
	tick_start(clipboard, &query->tick);
	return true;
}
