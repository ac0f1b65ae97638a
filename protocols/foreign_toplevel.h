// SPDX-License-Identifier: MIT
// Between the two files of foreign toplevels only: entries (one per window) and handles (one per
// entry and list of a client).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct output;
struct server;
struct window;

// Properties of a window, as bits.
enum toplevel_change {
	CHANGED_TITLE = 1 << 0,
	CHANGED_APP_ID = 1 << 1,
	CHANGED_STATE = 1 << 2,
	CHANGED_OUTPUT = 1 << 3,
	CHANGED_PARENT = 1 << 4,
	CHANGED_IDENTIFIER = 1 << 5,
	CHANGED_EXT = CHANGED_IDENTIFIER | CHANGED_TITLE | CHANGED_APP_ID,
	CHANGED_WLR =
		CHANGED_TITLE | CHANGED_APP_ID | CHANGED_STATE | CHANGED_OUTPUT | CHANGED_PARENT,
};

struct lists {
	struct server *server;
	struct wl_list ext, wlr; // resource links of lists and managers that have not stopped
	struct wl_list entries;  // entry.link
	uintptr_t origins; // lists and managers created so far; each has its number as user data
	struct wl_listener window_added, output_removed, server_destroyed;
	struct wl_listener display_destroyed;
};

// A window, from when it is first mapped until it is destroyed.
struct entry {
	struct lists *lists;
	struct window *window;
	struct wl_list handles; // handle.link; empty while the window is not mapped
	// As of the last event.
	char *title, *app_id; // owned
	unsigned states;
	struct output *output; // only compared, never dereferenced
	struct window *parent; // only compared, never dereferenced
	bool mapped;
	struct wl_listener changed, destroyed;
	struct wl_list link; // lists.entries
};

struct handle {
	struct wl_resource *resource;
	struct entry *entry; // NULL: the window was closed
	uintptr_t origin;    // number of its list or manager
	bool ext;
	unsigned changes;    // not sent yet (enum toplevel_change)
	unsigned outputs;    // bit by output.index: output_enter was sent
	bool waiting;        // for the client to drain its socket
	struct wl_list link; // entry.handles
};

// Sends toplevel: creates a handle of the entry's window for the client of origin, which is a list
// (ext) or a manager. Properties are sent by the next flush. Out of memory: posted.
void foreign_handle_create(struct entry *entry, struct wl_resource *origin, bool ext);
// Sends changed properties and done, once the client has drained its socket.
void foreign_handle_flush(struct handle *handle);
// Sends closed. The handle stays inert until its client destroys it.
void foreign_handle_close(struct handle *handle);
// Sends output_enter or output_leave for each wl_output of the client. Handles of managers only.
void foreign_handle_send_output(struct handle *handle, struct output *output, bool enter);
