// SPDX-License-Identifier: MIT
// What the files of the clipboard share. Only they include it.
//
//   clipboard.c        events to whose they are; what all the others need
//   clipboard_claim.c  what Oriel's clients own, as X's selection
//   clipboard_offer.c  what X's owner has, as a source for Oriel's clients
//   clipboard_in.c     X's data into a client's pipe
//   clipboard_out.c    a client's data into a property of whoever asks in X
//   clipboard_many.c   several at once (MULTIPLE)
//   targets.c, text.c  names of types and encodings of text, pure
//
// Nothing here waits for the server. Who needs a reply has the server send an event behind it
// (a tick) and goes on when that came.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "backends/x11/targets.h"
#include "backends/x11/text.h"
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"

struct claim;
struct many;
struct offer_query;
struct x11;
struct x11_clipboard;
struct x11_source;

#define CLIPBOARD_CHUNK (256 << 10)               // bytes of a transfer that are in memory
#define CLIPBOARD_TRANSFERS 32                    // each way; more are refused
#define CLIPBOARD_PATIENCE_NS (30 * NSEC_PER_SEC) // without progress
#define CLIPBOARD_TARGETS_NS (5 * NSEC_PER_SEC)   // until an owner has said what it has

#define CLIPBOARD_ATOMS(X) \
	X(ATOM_PAIR, "ATOM_PAIR") \
	X(COMPOUND_TEXT, "COMPOUND_TEXT") \
	X(MULTIPLE, "MULTIPLE") \
	X(TEXT, "TEXT") \
	X(DATA, "_ORIEL_SELECTION") \
	X(TICK, "_ORIEL_TICK")

struct clipboard_atoms {
#define CLIPBOARD_ATOM(name, text) xcb_atom_t name;
	CLIPBOARD_ATOMS(CLIPBOARD_ATOM)
#undef CLIPBOARD_ATOM
};

// Somebody who goes on when the server has done all that it was asked before.
struct tick {
	void (*ready)(struct tick *tick, xcb_timestamp_t now);
	unsigned sequence;   // of the request
	struct wl_list link; // x11_clipboard.ticks; not in it: next is NULL
};

// What the source of Oriel's client can be asked for.
struct claim_target {
	xcb_atom_t atom;
	const char *mime; // the source's
	enum text_form form;
};

// Of one of the two selections.
struct bridge {
	struct x11_clipboard *clipboard;
	bool primary;
	xcb_atom_t atom;

	// What Oriel's clients own.
	struct weak source; // struct data_source *
	struct claim_target *targets;
	size_t n_targets;    // 0 until their atoms are known
	struct claim *claim; // under way: to own the selection
	bool owned;          // in X, by us
	xcb_timestamp_t since;

	// What X's clients own.
	xcb_window_t owner; // none, or not ours
	xcb_timestamp_t owner_since;
	struct offer_query *query;  // asks what it has
	struct x11_source *offered; // owned by the core
};

struct watched {
	xcb_window_t window;
	unsigned users;
	struct wl_list link;
};

// Atoms by name, of types that Oriel's clients have offered.
struct known_atom {
	char *name; // owned
	xcb_atom_t atom;
};

struct x11_clipboard {
	struct x11 *x11;
	xcb_window_t window; // owns our selections; ticks are its events
	struct clipboard_atoms atoms;
	size_t chunk; // CLIPBOARD_CHUNK, or what fits into a request
	struct bridge bridges[2];
	struct wl_list ticks;   // tick.link
	struct wl_list watched; // watched.link
	struct known_atom *known;
	size_t n_known, known_capacity;
	struct wl_list in;   // transfer_in.link
	struct wl_list out;  // transfer_out.link
	struct wl_list many; // many.link
	size_t n_in, n_out, n_many;
	// At the start: who owns what already.
	struct tick start;
	xcb_get_selection_owner_cookie_t owners[2];
};

// A request for one of our selections, as it came.
struct request {
	struct bridge *bridge;
	xcb_window_t requestor;
	xcb_atom_t target, property;
	xcb_timestamp_t time;
};

// clipboard.c
struct bridge *clipboard_bridge(struct x11_clipboard *clipboard, xcb_atom_t selection); // or NULL
// Calls ready from the loop, when the replies to all earlier requests have come.
void tick_start(struct x11_clipboard *clipboard, struct tick *tick);
void tick_cancel(struct tick *tick); // a zeroed one is allowed
// A window of ours that properties are put on; its destruction tells others to stop.
xcb_window_t clipboard_window(struct x11_clipboard *clipboard);
// One of this connection, or a root. Others may name any window as theirs, and the event masks of
// these are not for this part to change.
bool clipboard_is_own(const struct x11_clipboard *clipboard, xcb_window_t window);
// Hears of the end of another client's window, and of its properties. One call, one unwatch.
void clipboard_watch(struct x11_clipboard *clipboard, xcb_window_t window);
void clipboard_unwatch(struct x11_clipboard *clipboard, xcb_window_t window);

// clipboard_claim.c
// Makes the source the owner of X's selection; NULL: gives it up where we own it.
void claim_set(struct bridge *bridge, struct data_source *source);
void claim_finish(struct bridge *bridge);
void claim_finish_known(struct x11_clipboard *clipboard);

// clipboard_offer.c
// Asks the bridge's owner what it has and offers that to the core. Replaces what was asked before.
void offer_start(struct bridge *bridge);
void offer_cancel(struct bridge *bridge);        // the question
void offer_withdraw(struct bridge *bridge);      // what the core has, and the question
bool offer_is(const struct data_source *source); // it came from here
bool offer_event(struct bridge *bridge, const xcb_selection_notify_event_t *event);

// clipboard_in.c
// Has the owner convert to target, into fd. Takes the fd.
void in_start(struct bridge *bridge, xcb_atom_t target, int fd);
bool in_notify(struct x11_clipboard *clipboard, const xcb_selection_notify_event_t *event);
bool in_property(struct x11_clipboard *clipboard, const xcb_property_notify_event_t *event);
void in_window_gone(struct x11_clipboard *clipboard, xcb_window_t owner);
void in_destroy_all(struct x11_clipboard *clipboard);

// clipboard_out.c
enum out_result {
	OUT_REFUSED,
	OUT_DONE,    // the property has it
	OUT_STARTED, // whoever asked is told later: the requestor, or many
};
void out_request(struct x11_clipboard *clipboard, const xcb_selection_request_event_t *event);
// many NULL: alone; else this is its pair of that index.
enum out_result out_convert(struct x11_clipboard *clipboard, const struct request *request,
	struct many *many, size_t index);
void out_answer(struct x11_clipboard *clipboard, const struct request *request, bool done);
bool out_property(struct x11_clipboard *clipboard, const xcb_property_notify_event_t *event);
void out_window_gone(struct x11_clipboard *clipboard, xcb_window_t requestor);
void out_destroy_all(struct x11_clipboard *clipboard);

// clipboard_many.c
enum out_result many_start(struct x11_clipboard *clipboard, const struct request *request);
void many_settled(struct many *many, size_t index, bool done); // one that was OUT_STARTED
void many_destroy_all(struct x11_clipboard *clipboard);
