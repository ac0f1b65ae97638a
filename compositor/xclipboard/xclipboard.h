// SPDX-License-Identifier: MIT
// CLIPBOARD and PRIMARY of an X server, shared with data sources of Oriel in both directions. It
// works on the connection of the X11 back end as well as on that of Xwayland's window manager, and
// never waits for the server.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "compositor/base/clock.h"

struct data_source;
struct wl_event_loop;
struct xclipboard;

// Implemented by the owner of the connection.
struct xclipboard_impl {
	// An X client has the selection. source becomes the callee's, who cancels the previous one.
	// NULL: nothing in it can be offered.
	void (*offered)(void *data, bool primary, struct data_source *source);
	// False: X clients are refused what Oriel's clients have selected. NULL: they never are.
	bool (*readable)(void *data);
	// The core events that are selected on another client's window for other purposes, and have
	// to stay so. NULL: none ever.
	uint32_t (*selected_events)(void *data, xcb_window_t window);
	// Requests were queued outside of xclipboard_event: flush the connection before the event
	// loop waits. NULL: that is done after each iteration anyway.
	void (*queued)(void *data);
	// The socket has room for a chunk. False: xclipboard_resume is called once it has. NULL: it
	// does not matter whether a write waits for the server.
	bool (*has_room)(void *data);
};

// All of it is borrowed and outlives the clipboard.
struct xclipboard_options {
	xcb_connection_t *xcb;
	xcb_window_t root;
	uint8_t xfixes_event; // first event of XFixes, whose version has been negotiated
	size_t chunk_size;    // bytes of a transfer that are in memory
	struct wl_event_loop *loop;
	struct clock *clock;
	const struct xclipboard_impl *impl;
	void *data; // of impl
};

// Never NULL. Selections are shared once the server has interned the atoms. All functions only
// queue requests.
struct xclipboard *xclipboard_create(const struct xclipboard_options *options);
// Ends all transfers, and withdraws the sources that were offered; meanwhile xclipboard_set must
// not be called. NULL is allowed.
void xclipboard_destroy(struct xclipboard *clipboard);
// Handles selection and property events, and errors about windows of other clients. False: the
// event may concern other parts, too. clipboard may be NULL.
bool xclipboard_event(struct xclipboard *clipboard, xcb_generic_event_t *event);
// The socket has room: continues what waited for it. clipboard may be NULL.
void xclipboard_resume(struct xclipboard *clipboard);
// Requests are unanswered.
bool xclipboard_is_busy(const struct xclipboard *clipboard);
// Makes the source (borrowed until it is destroyed or replaced) the X selection. NULL: gives the X
// selection up, if it is ours. Not to be called for a source that this clipboard has offered.
void xclipboard_set(struct xclipboard *clipboard, bool primary, struct data_source *source);
