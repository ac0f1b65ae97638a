// SPDX-License-Identifier: MIT
// MULTIPLE: a list of targets and properties, all to be converted before the requestor hears of it.
// Those that cannot be are struck out of the list.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "backends/x11/clipboard.h"
#include "backends/x11/x11.h"

#define MANY_MAX 8   // such requests at a time
#define PAIRS_MAX 32 // of one

struct many {
	struct x11_clipboard *clipboard;
	struct request request;
	struct tick tick;
	xcb_get_property_cookie_t list; // sequence 0: it has come
	struct {
		xcb_atom_t target, property;
	} pairs[PAIRS_MAX];
	size_t n, pending;
	struct wl_list link; // x11_clipboard.many
};

static void destroy(struct many *many)
{
	if (many->list.sequence)
		xcb_discard_reply(many->clipboard->x11->xcb, many->list.sequence);
	tick_cancel(&many->tick);
	wl_list_remove(&many->link);
	many->clipboard->n_many--;
	free(many);
}

static void finish_one(struct many *many)
{
	if (--many->pending > 0)
		return;
	struct x11_clipboard *clipboard = many->clipboard;
	xcb_change_property(clipboard->x11->xcb, XCB_PROP_MODE_REPLACE, many->request.requestor,
		many->request.property, clipboard->atoms.ATOM_PAIR, 32, (uint32_t)many->n * 2,
		many->pairs);
	out_answer(clipboard, &many->request, true);
	destroy(many);
}

void many_settled(struct many *many, size_t index, bool done)
{
	if (!done)
		many->pairs[index].property = XCB_ATOM_NONE;
	finish_one(many);
}

static bool take_list(struct many *many)
{
	xcb_get_property_reply_t *reply =
		xcb_get_property_reply(many->clipboard->x11->xcb, many->list, NULL);
	many->list.sequence = 0;
	bool good = reply && reply->format == 32 && reply->bytes_after == 0 &&
		reply->value_len > 0 && reply->value_len % 2 == 0 &&
		reply->value_len <= 2 * PAIRS_MAX;
	if (good) {
		many->n = reply->value_len / 2;
		memcpy(many->pairs, xcb_get_property_value(reply), many->n * sizeof(*many->pairs));
	}
	free(reply);
	return good;
}

static void on_ready(struct tick *tick, xcb_timestamp_t now)
{
	struct many *many = wl_container_of(tick, many, tick);
	if (!take_list(many)) {
		out_answer(many->clipboard, &many->request, false);
		destroy(many);
		return;
	}
	many->pending = 1; // this loop
	for (size_t i = 0; i < many->n; i++) {
		struct request request = many->request;
		request.target = many->pairs[i].target;
		request.property = many->pairs[i].property;
		enum out_result result = out_convert(many->clipboard, &request, many, i);
		if (result == OUT_STARTED)
			many->pending++;
		else if (result == OUT_REFUSED)
			many->pairs[i].property = XCB_ATOM_NONE;
	}
	finish_one(many);
}

enum out_result many_start(struct x11_clipboard *clipboard, const struct request *request)
{
	if (!request->property || clipboard->n_many >= MANY_MAX)
		return OUT_REFUSED;
	struct many *many = xcalloc(1, sizeof(*many));
	many->clipboard = clipboard;
	many->request = *request;
	many->list = xcb_get_property(clipboard->x11->xcb, false, request->requestor,
		request->property, XCB_GET_PROPERTY_TYPE_ANY, 0, 2 * PAIRS_MAX);
	many->tick.ready = on_ready;
	clipboard->n_many++;
	wl_list_insert(&clipboard->many, &many->link);
	tick_start(clipboard, &many->tick);
	return OUT_STARTED;
}

void many_destroy_all(struct x11_clipboard *clipboard)
{
	struct many *many, *tmp;
	wl_list_for_each_safe(many, tmp, &clipboard->many, link)
		destroy(many);
}
