// SPDX-License-Identifier: MIT
// Requests of X clients for a selection of ours: what describes the selection is answered at once,
// data by a transfer.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/log.h"
#include "compositor/xclipboard/xclipboard_private.h"

void convert_answer(struct xclipboard *clipboard, const struct request *request, bool done)
{
	const xcb_selection_notify_event_t event = {
		.response_type = XCB_SELECTION_NOTIFY,
		.time = request->time,
		.requestor = request->requestor,
		.selection = request->selection->atom,
		.target = request->target,
		.property = done ? request->property : XCB_ATOM_NONE,
	};
	char wire[32] = {0};
	_Static_assert(sizeof(event) <= sizeof(wire), "an event");
	*(xcb_selection_notify_event_t *)wire = event;
	xcb_send_event(clipboard->xcb, false, request->requestor, 0, wire);
	clipboard_note_sent(clipboard, sizeof(wire));
}

static void convert_to_targets(struct xclipboard *clipboard, const struct request *request)
{
	const struct selection *selection = request->selection;
	xcb_atom_t *atoms = xcalloc(selection->n_targets + 3, sizeof(*atoms));
	uint32_t n = 0;
	atoms[n++] = clipboard->atoms.TARGETS;
	atoms[n++] = clipboard->atoms.TIMESTAMP;
	atoms[n++] = clipboard->atoms.MULTIPLE;
	for (size_t i = 0; i < selection->n_targets; i++)
		atoms[n++] = selection->targets[i].atom;
	xcb_change_property(clipboard->xcb, XCB_PROP_MODE_REPLACE, request->requestor,
		request->property, XCB_ATOM_ATOM, 32, n, atoms);
	clipboard_note_sent(clipboard, n * sizeof(*atoms));
	free(atoms);
}

enum convert_result convert_target(struct xclipboard *clipboard, const struct request *request,
	struct multiple *multiple, size_t index)
{
	const struct selection *selection = request->selection;
	if (!selection->owned || !selection->source.target || selection->n_targets == 0 ||
		request->property == XCB_ATOM_NONE)
		return CONVERT_REFUSED;
	if (request->target == clipboard->atoms.TARGETS) {
		convert_to_targets(clipboard, request);
		return CONVERT_DONE;
	}
	if (request->target == clipboard->atoms.TIMESTAMP) {
		xcb_change_property(clipboard->xcb, XCB_PROP_MODE_REPLACE, request->requestor,
			request->property, XCB_ATOM_INTEGER, 32, 1, &selection->since);
		return CONVERT_DONE;
	}
	for (size_t i = 0; i < selection->n_targets; i++)
		if (selection->targets[i].atom == request->target)
			return outgoing_start(
				       clipboard, request, &selection->targets[i], multiple, index)
				? CONVERT_STARTED
				: CONVERT_REFUSED;
	return CONVERT_REFUSED;
}

static bool request_is_allowed(const struct xclipboard *clipboard, const struct request *request)
{
	const struct selection *selection = request->selection;
	if (clipboard->impl->readable && !clipboard->impl->readable(clipboard->impl_data)) {
		log_debug("X window 0x%x may not read the selection now", request->requestor);
		return false;
	}
	return request->time == XCB_CURRENT_TIME ||
		(int32_t)(request->time - selection->since) >= 0; // else for an earlier selection
}

static struct request request_of(
	struct xclipboard *clipboard, const xcb_selection_request_event_t *event)
{
	return (struct request){
		.selection = clipboard_find_selection(clipboard, event->selection),
		.requestor = event->requestor,
		.target = event->target,
		.property = event->property,
		.time = event->time,
	};
}

// In a flood of them: a requestor that got no answer would wait for ever.
static void convert_refuse(struct xclipboard *clipboard, const xcb_selection_request_event_t *event)
{
	const struct request request = request_of(clipboard, event);
	convert_answer(clipboard, &request, false);
}

static void convert(struct xclipboard *clipboard, const xcb_selection_request_event_t *event)
{
	struct request request = request_of(clipboard, event);
	enum convert_result result = CONVERT_REFUSED;
	if (!request_is_allowed(clipboard, &request)) {
		result = CONVERT_REFUSED;
	} else if (event->target == clipboard->atoms.MULTIPLE) {
		result = multiple_start(clipboard, &request);
	} else {
		if (!request.property) // obsolete requestors, see ICCCM 2.2
			request.property = event->target;
		result = convert_target(clipboard, &request, NULL, 0);
	}
	if (result != CONVERT_STARTED)
		convert_answer(clipboard, &request, result == CONVERT_DONE);
}

bool convert_request(struct xclipboard *clipboard, const xcb_selection_request_event_t *event)
{
	if (!clipboard_find_selection(clipboard, event->selection) ||
		event->owner != clipboard->window)
		return false;
	if (clipboard_is_own(clipboard, event->requestor))
		return true;
	if (!clipboard_is_full(clipboard))
		convert(clipboard, event);
	else if (clipboard->n_requests < CLIPBOARD_REQUESTS)
		clipboard->requests[clipboard->n_requests++] = *event;
	else
		convert_refuse(clipboard, event);
	return true;
}

void convert_resume(struct xclipboard *clipboard)
{
	size_t done = 0;
	while (done < clipboard->n_requests && !clipboard_is_full(clipboard))
		convert(clipboard, &clipboard->requests[done++]);
	clipboard->n_requests -= done;
	memmove(clipboard->requests, clipboard->requests + done,
		clipboard->n_requests * sizeof(*clipboard->requests));
}
