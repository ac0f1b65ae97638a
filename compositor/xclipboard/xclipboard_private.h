// SPDX-License-Identifier: MIT
// State and functions that the files of the clipboard share. Private to them; others use
// xclipboard.h.
//
//   xclipboard.c  creation; dispatches events
//   sync.c        syncs: callbacks when the server has processed what was sent
//   watch.c       windows of this connection, and events of other clients' windows
//   claim.c       makes the selections of Oriel's clients X selections
//   offer.c       offers the selections of X clients to Oriel's clients
//   incoming.c    transfers from a property of an X client to the pipe of a client of ours
//   outgoing.c    transfers from the pipe of a client of ours to a property of an X client
//   convert.c     requests for a selection of ours
//   multiple.c    requests for the target MULTIPLE
//   targets.c     X targets and MIME types; pure
//   encoding.c    text encodings; pure
//
// Nothing here blocks on the server. Code that needs a reply starts a sync and continues when that
// completes. A write to a server that does not read would block as well: claims and queries wait
// for the sync of the previous one, answers and data for what is in transit, so what is sent to a
// server that does not process it has a bound.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"
#include "compositor/xclipboard/encoding.h"
#include "compositor/xclipboard/targets.h"
#include "compositor/xclipboard/xclipboard.h"

struct claim;
struct multiple;
struct offer_query;
struct offered_source;

#define CLIPBOARD_TRANSFERS 32                   // limit in each direction
#define CLIPBOARD_REQUESTS 64                    // that wait; more are refused
#define CLIPBOARD_TIMEOUT_NS (30 * NSEC_PER_SEC) // of a transfer, without progress
#define CLIPBOARD_TARGETS_NS (5 * NSEC_PER_SEC)  // for an owner to answer a TARGETS request

#define CLIPBOARD_ATOMS(X) \
	X(CLIPBOARD, "CLIPBOARD") \
	X(ATOM_PAIR, "ATOM_PAIR") \
	X(COMPOUND_TEXT, "COMPOUND_TEXT") \
	X(INCR, "INCR") \
	X(MULTIPLE, "MULTIPLE") \
	X(TARGETS, "TARGETS") \
	X(TEXT, "TEXT") \
	X(TIMESTAMP, "TIMESTAMP") \
	X(UTF8_STRING, "UTF8_STRING") \
	X(DATA, "_ORIEL_SELECTION")

struct clipboard_atoms {
#define CLIPBOARD_ATOM(name, text) xcb_atom_t name;
	CLIPBOARD_ATOMS(CLIPBOARD_ATOM)
#undef CLIPBOARD_ATOM
};
#define CLIPBOARD_N_ATOMS (sizeof(struct clipboard_atoms) / sizeof(xcb_atom_t))

// A callback when the server has processed all requests before it, as wl_display.sync.
struct sync {
	void (*ready)(struct sync *sync, xcb_timestamp_t now);
	unsigned sequence;   // of the request that the server answers with an event
	struct wl_list link; // xclipboard.syncs; next is NULL: not active
};

// A target that the source of our client can be converted to.
struct claim_target {
	xcb_atom_t atom;
	const char *mime; // of the source, borrowed
	enum encoding encoding;
};

// One of the two selections.
struct selection {
	struct xclipboard *clipboard;
	bool primary;
	xcb_atom_t atom;

	// Owned by a client of ours.
	struct weak source; // struct data_source *
	struct claim_target *targets;
	size_t n_targets;    // 0 until their atoms are known
	bool claim_due;      // source is to be claimed, after the claim that is in progress
	struct claim *claim; // the ownership is being acquired
	bool owned;          // we own the X selection
	xcb_timestamp_t since;

	// Owned by an X client.
	xcb_window_t owner; // NONE, or another client's
	xcb_timestamp_t owner_since;
	struct offer_query *query;      // reads the owner's targets
	struct sync queried;            // active: the server has not processed the last query
	bool query_again;               // then
	struct offered_source *offered; // owned by the core
};

// A window of another client whose events are selected.
struct watched {
	xcb_window_t window;
	unsigned users;
	struct wl_list link;
};

// The atom of a MIME type that a client of ours has offered.
struct cached_atom {
	char *name; // owned
	xcb_atom_t atom;
};

struct xclipboard {
	xcb_connection_t *xcb;
	xcb_window_t root;
	uint8_t xfixes_event;
	struct wl_event_loop *loop;
	struct clock *clock;
	const struct xclipboard_impl *impl;
	void *impl_data;
	xcb_window_t window; // owns our selections, receives the events of syncs
	struct clipboard_atoms atoms;
	bool started;      // the atoms are known, events of selections are selected
	size_t chunk_size; // at most what fits into a request
	struct selection selections[2];
	struct wl_list syncs;   // sync.link
	struct wl_list watched; // watched.link
	struct cached_atom *atom_cache;
	size_t n_cached, cache_capacity;
	struct wl_list incoming; // incoming.link
	struct wl_list outgoing; // outgoing.link
	struct wl_list multiple; // multiple.link
	size_t n_incoming, n_outgoing, n_multiple;
	// Answers and data that the server may not have processed, in bytes; those that it has
	// when landed completes; and requests that wait for that.
	size_t transit, landing;
	struct sync landed;
	xcb_selection_request_event_t requests[CLIPBOARD_REQUESTS];
	size_t n_requests;
	// At startup: reads the atoms, then the present owners.
	struct sync start;
	xcb_intern_atom_cookie_t atom_cookies[CLIPBOARD_N_ATOMS];
	xcb_get_selection_owner_cookie_t owners[2]; // sequence 0: none, or read
};

// A SelectionRequest for one of our selections.
struct request {
	struct selection *selection;
	xcb_window_t requestor;
	xcb_atom_t target, property;
	xcb_timestamp_t time;
};

// xclipboard.c

// NULL: it is neither CLIPBOARD nor PRIMARY.
struct selection *clipboard_find_selection(struct xclipboard *clipboard, xcb_atom_t atom);

// sync.c

// Calls sync->ready from the event loop when the replies to all earlier requests have arrived.
void sync_start(struct xclipboard *clipboard, struct sync *sync);
// Does nothing if it is not active; a zeroed one is allowed.
void sync_cancel(struct sync *sync);
// Started, and neither completed nor cancelled. A zeroed one is not.
bool sync_is_active(const struct sync *sync);
// Completes syncs on a PropertyNotify of clipboard->window.
void sync_event(
	struct xclipboard *clipboard, const xcb_property_notify_event_t *event, unsigned sequence);
// Counts bytes of answers and data that were sent.
void clipboard_note_sent(struct xclipboard *clipboard, size_t bytes);
// So many are in transit, or the socket so full, that no more should be sent until
// xclipboard_resume.
bool clipboard_is_full(const struct xclipboard *clipboard);
// Requests were made outside of xclipboard_event.
void clipboard_note_queued(struct xclipboard *clipboard);
// clipboard->landed has completed: continues what waits for that.
void clipboard_landed(struct sync *sync, xcb_timestamp_t now);

// watch.c

// Creates an unmapped window for properties. The caller destroys it, which also signals to owners
// that a transfer has ended.
xcb_window_t clipboard_create_window(struct xclipboard *clipboard);
// True: a window of this connection, or a root window. Requests may name any window, and the event
// masks of these must not be changed.
bool clipboard_is_own(const struct xclipboard *clipboard, xcb_window_t window);
// Selects property events and the destruction of another client's window. Each call needs one of
// clipboard_unwatch.
void clipboard_watch(struct xclipboard *clipboard, xcb_window_t window);
// Undoes one clipboard_watch; allowed for windows that are destroyed.
void clipboard_unwatch(struct xclipboard *clipboard, xcb_window_t window);
// The window was destroyed: its watches have ended. False: it was not watched.
bool clipboard_forget_window(struct xclipboard *clipboard, xcb_window_t window);
// Ends all watches without a request.
void clipboard_forget_windows(struct xclipboard *clipboard);

// claim.c

// Acquires the X selection for the source; NULL: releases it if we own it.
void claim_set(struct selection *selection, struct data_source *source);
// Starts the claim that is due, if it is possible now.
void claim_resume(struct selection *selection);
// Drops the source and a pending claim; the X selection is not changed.
void claim_finish(struct selection *selection);
// Frees the cache of atoms.
void claim_finish_atoms(struct xclipboard *clipboard);

// offer.c

// Asks the selection's owner for its targets and offers them to the core; replaces a pending query.
void offer_start(struct selection *selection);
// selection->queried has completed: starts the query that waited for it.
void offer_queried(struct sync *sync, xcb_timestamp_t now);
// Cancels a pending query.
void offer_cancel(struct selection *selection);
// Cancels a pending query and withdraws the source that the core has.
void offer_withdraw(struct selection *selection);
// Handles the reply to a TARGETS request. False: the event is for another part.
bool offer_event(struct selection *selection, const xcb_selection_notify_event_t *event);

// incoming.c

// Asks the owner to convert the selection to target and writes the data to fd, which it takes over.
void incoming_start(struct selection *selection, xcb_atom_t target, int fd);
// Handles SelectionNotify. False: the event is for another part.
bool incoming_notify(struct xclipboard *clipboard, const xcb_selection_notify_event_t *event);
// Handles PropertyNotify. False: the event is for another part.
bool incoming_property(struct xclipboard *clipboard, const xcb_property_notify_event_t *event);
// Ends transfers whose owner's window is destroyed, as soon as the data that arrived is written.
void incoming_window_destroyed(struct xclipboard *clipboard, xcb_window_t owner);
// Ends all transfers.
void incoming_destroy_all(struct xclipboard *clipboard);

// convert.c

enum convert_result {
	CONVERT_REFUSED,
	CONVERT_DONE,    // the property is written
	CONVERT_STARTED, // the requestor, or multiple, gets the result later
};
// Handles SelectionRequest and replies with SelectionNotify, at once or when data is ready. False:
// the event is for another part.
bool convert_request(struct xclipboard *clipboard, const xcb_selection_request_event_t *event);
// Handles the requests that wait for data in transit.
void convert_resume(struct xclipboard *clipboard);
// Converts the selection for a request. multiple: the request is its pair number index; NULL: it is
// a request of its own.
enum convert_result convert_target(struct xclipboard *clipboard, const struct request *request,
	struct multiple *multiple, size_t index);
// Sends SelectionNotify; done false: the conversion is refused.
void convert_answer(struct xclipboard *clipboard, const struct request *request, bool done);

// outgoing.c

// Starts a transfer of that target, and abandons one to the same property. False: refused.
// multiple and index as for convert_target.
bool outgoing_start(struct xclipboard *clipboard, const struct request *request,
	const struct claim_target *target, struct multiple *multiple, size_t index);
// Continues the transfers that wait for data in transit.
void outgoing_resume(struct xclipboard *clipboard);
// Handles PropertyNotify of windows that may be other parts' as well.
void outgoing_property(struct xclipboard *clipboard, const xcb_property_notify_event_t *event);
// Ends transfers to a window that is destroyed.
void outgoing_window_destroyed(struct xclipboard *clipboard, xcb_window_t requestor);
// Ends all transfers.
void outgoing_destroy_all(struct xclipboard *clipboard);

// multiple.c

// Starts to convert the pairs of a MULTIPLE request. Returns CONVERT_STARTED or CONVERT_REFUSED.
enum convert_result multiple_start(struct xclipboard *clipboard, const struct request *request);
// Converts the pairs of requests that wait for data in transit.
void multiple_resume(struct xclipboard *clipboard);
// Reports the result of pair index, whose conversion had returned CONVERT_STARTED.
void multiple_target_done(struct multiple *multiple, size_t index, bool done);
// Ends all requests without a reply.
void multiple_destroy_all(struct xclipboard *clipboard);
