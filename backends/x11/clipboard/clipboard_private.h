// SPDX-License-Identifier: MIT
// State and functions that the files of the clipboard share. Private to them; others use
// clipboard.h.
//
//   clipboard.c  dispatches events; syncs, windows and atoms
//   claim.c      makes the selections of Oriel's clients X selections
//   offer.c      offers the selections of X clients to Oriel's clients
//   incoming.c   transfers from a property of an X client to the pipe of a client of ours
//   outgoing.c   transfers from the pipe of a client of ours to a property of an X client
//   multiple.c   requests for the target MULTIPLE
//   targets.c    X targets and MIME types; pure
//   encoding.c   text encodings; pure
//
// Nothing here blocks on the server. Code that needs a reply starts a sync and continues when that
// completes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "backends/x11/clipboard/encoding.h"
#include "backends/x11/clipboard/targets.h"
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"

struct claim;
struct multiple;
struct offer_query;
struct x11;
struct x11_clipboard;
struct x11_source;

#define CLIPBOARD_CHUNK (256 << 10)              // bytes of a transfer that are in memory
#define CLIPBOARD_TRANSFERS 32                   // limit in each direction
#define CLIPBOARD_TIMEOUT_NS (30 * NSEC_PER_SEC) // of a transfer, without progress
#define CLIPBOARD_TARGETS_NS (5 * NSEC_PER_SEC)  // for an owner to answer a TARGETS request

#define CLIPBOARD_ATOMS(X) \
	X(ATOM_PAIR, "ATOM_PAIR") \
	X(COMPOUND_TEXT, "COMPOUND_TEXT") \
	X(MULTIPLE, "MULTIPLE") \
	X(TEXT, "TEXT") \
	X(DATA, "_ORIEL_SELECTION") \
	X(SYNC, "_ORIEL_SYNC")

struct clipboard_atoms {
#define CLIPBOARD_ATOM(name, text) xcb_atom_t name;
	CLIPBOARD_ATOMS(CLIPBOARD_ATOM)
#undef CLIPBOARD_ATOM
};

// A callback when the server has processed all requests before it, as wl_display.sync.
struct sync {
	void (*ready)(struct sync *sync, xcb_timestamp_t now);
	unsigned sequence;   // of the request that the server answers with an event
	struct wl_list link; // x11_clipboard.syncs; next is NULL: not active
};

// A target that the source of our client can be converted to.
struct claim_target {
	xcb_atom_t atom;
	const char *mime; // of the source, borrowed
	enum encoding encoding;
};

// One of the two selections.
struct selection {
	struct x11_clipboard *clipboard;
	bool primary;
	xcb_atom_t atom;

	// Owned by a client of ours.
	struct weak source; // struct data_source *
	struct claim_target *targets;
	size_t n_targets;    // 0 until their atoms are known
	struct claim *claim; // the ownership is being acquired
	bool owned;          // we own the X selection
	xcb_timestamp_t since;

	// Owned by an X client.
	xcb_window_t owner; // NONE, or another client's
	xcb_timestamp_t owner_since;
	struct offer_query *query;  // reads the owner's targets
	struct x11_source *offered; // owned by the core
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

struct x11_clipboard {
	struct x11 *x11;
	xcb_window_t window; // owns our selections, receives the events of syncs
	struct clipboard_atoms atoms;
	size_t chunk_size; // CLIPBOARD_CHUNK, or what fits into a request
	struct selection selections[2];
	struct wl_list syncs;   // sync.link
	struct wl_list watched; // watched.link
	struct cached_atom *atom_cache;
	size_t n_cached, cache_capacity;
	struct wl_list incoming; // incoming.link
	struct wl_list outgoing; // outgoing.link
	struct wl_list multiple; // multiple.link
	size_t n_incoming, n_outgoing, n_multiple;
	// At startup: reads the present owners.
	struct sync start;
	xcb_get_selection_owner_cookie_t owners[2];
};

// A SelectionRequest for one of our selections.
struct request {
	struct selection *selection;
	xcb_window_t requestor;
	xcb_atom_t target, property;
	xcb_timestamp_t time;
};

// clipboard.c

// NULL: it is neither CLIPBOARD nor PRIMARY.
struct selection *clipboard_find_selection(struct x11_clipboard *clipboard, xcb_atom_t atom);
// Calls sync->ready from the event loop when the replies to all earlier requests have arrived.
void sync_start(struct x11_clipboard *clipboard, struct sync *sync);
// Does nothing if it is not active; a zeroed one is allowed.
void sync_cancel(struct sync *sync);
// Creates an unmapped window for properties. The caller destroys it, which also signals to owners
// that a transfer has ended.
xcb_window_t clipboard_create_window(struct x11_clipboard *clipboard);
// True: a window of this connection, or a root window. Requests may name any window, and the event
// masks of these must not be changed.
bool clipboard_is_own(const struct x11_clipboard *clipboard, xcb_window_t window);
// Selects property events and the destruction of another client's window. Each call needs one of
// clipboard_unwatch.
void clipboard_watch(struct x11_clipboard *clipboard, xcb_window_t window);
// Undoes one clipboard_watch; allowed for windows that are destroyed.
void clipboard_unwatch(struct x11_clipboard *clipboard, xcb_window_t window);

// claim.c

// Acquires the X selection for the source; NULL: releases it if we own it.
void claim_set(struct selection *selection, struct data_source *source);
// Drops the source and a pending claim; the X selection is not changed.
void claim_finish(struct selection *selection);
// Frees the cache of atoms.
void claim_finish_atoms(struct x11_clipboard *clipboard);

// offer.c

// Asks the selection's owner for its targets and offers them to the core; replaces a pending query.
void offer_start(struct selection *selection);
// Cancels a pending query.
void offer_cancel(struct selection *selection);
// Cancels a pending query and withdraws the source that the core has.
void offer_withdraw(struct selection *selection);
// True: the source was created here, from an X selection.
bool offer_owns(const struct data_source *source);
// Handles the reply to a TARGETS request. False: the event is for another part.
bool offer_event(struct selection *selection, const xcb_selection_notify_event_t *event);

// incoming.c

// Asks the owner to convert the selection to target and writes the data to fd, which it takes over.
void incoming_start(struct selection *selection, xcb_atom_t target, int fd);
// Handles SelectionNotify. False: the event is for another part.
bool incoming_notify(struct x11_clipboard *clipboard, const xcb_selection_notify_event_t *event);
// Handles PropertyNotify. False: the event is for another part.
bool incoming_property(struct x11_clipboard *clipboard, const xcb_property_notify_event_t *event);
// Ends transfers whose owner's window is destroyed, as soon as the data that arrived is written.
void incoming_window_destroyed(struct x11_clipboard *clipboard, xcb_window_t owner);
// Ends all transfers.
void incoming_destroy_all(struct x11_clipboard *clipboard);

// outgoing.c

enum outgoing_result {
	OUTGOING_REFUSED,
	OUTGOING_DONE,    // the property is written
	OUTGOING_STARTED, // the requestor, or multiple, gets the result later
};
// Handles SelectionRequest and replies with SelectionNotify, at once or when data is ready.
void outgoing_request(struct x11_clipboard *clipboard, const xcb_selection_request_event_t *event);
// Converts the selection for a request. multiple: the request is its pair number index; NULL: it is
// a request of its own.
enum outgoing_result outgoing_convert(struct x11_clipboard *clipboard,
	const struct request *request, struct multiple *multiple, size_t index);
// Sends SelectionNotify; done false: the conversion is refused.
void outgoing_answer(struct x11_clipboard *clipboard, const struct request *request, bool done);
// Handles PropertyNotify. False: the event is for another part.
bool outgoing_property(struct x11_clipboard *clipboard, const xcb_property_notify_event_t *event);
// Ends transfers to a window that is destroyed.
void outgoing_window_destroyed(struct x11_clipboard *clipboard, xcb_window_t requestor);
// Ends all transfers.
void outgoing_destroy_all(struct x11_clipboard *clipboard);

// multiple.c

// Starts to convert the pairs of a MULTIPLE request. Returns OUTGOING_STARTED or OUTGOING_REFUSED.
enum outgoing_result multiple_start(struct x11_clipboard *clipboard, const struct request *request);
// Reports the result of pair index, whose conversion had returned OUTGOING_STARTED.
void multiple_target_done(struct multiple *multiple, size_t index, bool done);
// Ends all requests without a reply.
void multiple_destroy_all(struct x11_clipboard *clipboard);
