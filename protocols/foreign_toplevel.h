// SPDX-License-Identifier: MIT
// What the two files of foreign toplevels share: lists of windows, and what each client has of them.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct output;
struct server;
struct window;

enum news {
	NEWS_TITLE = 1 << 0,
	NEWS_APP_ID = 1 << 1,
	NEWS_STATE = 1 << 2,
	NEWS_OUTPUT = 1 << 3,
	NEWS_PARENT = 1 << 4,
	NEWS_IDENTIFIER = 1 << 5,
	NEWS_EXT = NEWS_IDENTIFIER | NEWS_TITLE | NEWS_APP_ID,
	NEWS_WLR = NEWS_TITLE | NEWS_APP_ID | NEWS_STATE | NEWS_OUTPUT | NEWS_PARENT,
};

struct lists {
	struct server *server;
	struct wl_list ext, wlr; // resources of lists and managers that did not stop, by link
	struct wl_list entries;  // entry.link
	uintptr_t origins;       // made so far; each list and manager has its number as user data
	struct wl_listener window_added, output_removed, server_destroyed;
	struct wl_listener display_destroyed;
};

// A window, from its first mapping to its end.
struct entry {
	struct lists *lists;
	struct window *window;
	struct wl_list handles; // handle.link; empty while the window is not mapped
	// As told last.
	char *title, *app_id; // owned
	unsigned states;
	struct output *output; // only compared
	struct window *parent; // only compared
	bool mapped;
	struct wl_listener changed, destroyed;
	struct wl_list link; // lists.entries
};

struct handle {
	struct wl_resource *resource;
	struct entry *entry; // NULL: the window was closed
	uintptr_t origin;    // which list or manager it came from
	bool ext;
	unsigned news;       // enum news
	unsigned outputs;    // bits of the outputs it entered (output.index)
	bool waits;          // for the client to read
	struct wl_list link; // entry.handles
};

// A new handle on the entry's window for the client of a list (ext) or a manager; its news are told
// with the next flush.
void foreign_handle_create(struct entry *entry, struct wl_resource *origin, bool ext);
// Tells the news, now or once its client reads.
void foreign_handle_flush(struct handle *handle);
// The window was closed: the handle stays with its client and means nothing any more.
void foreign_handle_close(struct handle *handle);
// Tells its client by each of its wl_output objects. Of managers' handles only.
void foreign_handle_send_output(struct handle *handle, struct output *output, bool enter);
