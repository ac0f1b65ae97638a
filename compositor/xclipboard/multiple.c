// SPDX-License-Identifier: MIT
// Handles requests for the target MULTIPLE: a list of pairs of target and property, all converted
// before the requestor gets its SelectionNotify. The property of a refused pair is set to None.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "compositor/xclipboard/xclipboard_private.h"

#define MULTIPLE_MAX 8 // concurrent requests
#define PAIRS_MAX 32   // per request

struct multiple {
	struct xclipboard *clipboard;
	struct request request;
	struct sync sync;
	xcb_get_property_cookie_t list; // sequence 0: the reply was read
	struct {
		xcb_atom_t target, property;
	} pairs[PAIRS_MAX];
	size_t n, pending;
	bool waits;          // for data in transit
	struct wl_list link; // xclipboard.multiple
};

static void multiple_destroy(struct multiple *multiple)
{
	if (multiple->list.sequence)
		xcb_discard_reply(multiple->clipboard->xcb, multiple->list.sequence);
	sync_cancel(&multiple->sync);
	wl_list_remove(&multiple->link);
	multiple->clipboard->n_multiple--;
	free(multiple);
}

static void multiple_finish_target(struct multiple *multiple)
{
	if (--multiple->pending > 0)
		return;
	struct xclipboard *clipboard = multiple->clipboard;
	xcb_change_property(clipboard->xcb, XCB_PROP_MODE_REPLACE, multiple->request.requestor,
		multiple->request.property, clipboard->atoms.ATOM_PAIR, 32,
		(uint32_t)multiple->n * 2, multiple->pairs);
	convert_answer(clipboard, &multiple->request, true);
	multiple_destroy(multiple);
}

void multiple_target_done(struct multiple *multiple, size_t index, bool done)
{
	if (!done)
		multiple->pairs[index].property = XCB_ATOM_NONE;
	multiple_finish_target(multiple);
}

static bool multiple_read_list(struct multiple *multiple)
{
	xcb_get_property_reply_t *reply =
		xcb_get_property_reply(multiple->clipboard->xcb, multiple->list, NULL);
	multiple->list.sequence = 0;
	bool good = reply && reply->format == 32 && reply->bytes_after == 0 &&
		reply->value_len > 0 && reply->value_len % 2 == 0 &&
		reply->value_len <= 2 * PAIRS_MAX;
	if (good) {
		multiple->n = reply->value_len / 2;
		memcpy(multiple->pairs, xcb_get_property_value(reply),
			multiple->n * sizeof(*multiple->pairs));
	}
	free(reply);
	return good;
}

static void multiple_convert(struct multiple *multiple)
{
	multiple->waits = clipboard_is_full(multiple->clipboard);
	if (multiple->waits)
		return;
	multiple->pending = 1; // so that the request cannot complete inside of this loop
	for (size_t i = 0; i < multiple->n; i++) {
		struct request request = multiple->request;
		request.target = multiple->pairs[i].target;
		request.property = multiple->pairs[i].property;
		enum convert_result result =
			convert_target(multiple->clipboard, &request, multiple, i);
		if (result == CONVERT_STARTED)
			multiple->pending++;
		else if (result == CONVERT_REFUSED)
			multiple->pairs[i].property = XCB_ATOM_NONE;
	}
	multiple_finish_target(multiple);
}

static void on_list(struct sync *sync, xcb_timestamp_t now)
{
	struct multiple *multiple = wl_container_of(sync, multiple, sync);
	if (multiple_read_list(multiple)) {
		multiple_convert(multiple);
		return;
	}
	convert_answer(multiple->clipboard, &multiple->request, false);
	multiple_destroy(multiple);
}

void multiple_resume(struct xclipboard *clipboard)
{
	struct multiple *multiple, *tmp;
	wl_list_for_each_safe(multiple, tmp, &clipboard->multiple, link)
		if (multiple->waits)
			multiple_convert(multiple);
}

enum convert_result multiple_start(struct xclipboard *clipboard, const struct request *request)
{
	if (!request->property || clipboard->n_multiple >= MULTIPLE_MAX)
		return CONVERT_REFUSED;
	struct multiple *multiple = xcalloc(1, sizeof(*multiple));
	multiple->clipboard = clipboard;
	multiple->request = *request;
	multiple->list = xcb_get_property(clipboard->xcb, false, request->requestor,
		request->property, XCB_GET_PROPERTY_TYPE_ANY, 0, 2 * PAIRS_MAX);
	multiple->sync.ready = on_list;
	clipboard->n_multiple++;
	wl_list_insert(&clipboard->multiple, &multiple->link);
	sync_start(clipboard, &multiple->sync);
	return CONVERT_STARTED;
}

void multiple_destroy_all(struct xclipboard *clipboard)
{
	struct multiple *multiple, *tmp;
	wl_list_for_each_safe(multiple, tmp, &clipboard->multiple, link)
		multiple_destroy(multiple);
}
