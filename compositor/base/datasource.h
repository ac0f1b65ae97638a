// SPDX-License-Identifier: MIT
// Sources of a clipboard, primary selection or drag: MIME types and a way to get the data.
// Implemented by clients, the X server, scripts and VM hosts.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct data_source;

struct data_source_impl {
	bool ends_with_owner; // a client's: a copy of a selection is kept (seat/selection_keeper.h)
	// Writes the data of that type into fd, now or later, and closes it.
	void (*send)(struct data_source *source, const char *mime, int fd);
	// Replaced by another source; the owner destroys it when it likes.
	void (*cancelled)(struct data_source *source);
	// Drags only; NULL otherwise. mime NULL: not accepted.
	void (*target)(struct data_source *source, const char *mime);
	void (*action)(struct data_source *source, uint32_t action);
	void (*drop_performed)(struct data_source *source);
	void (*finished)(struct data_source *source);
};

// What moves with a drag of the source: a window (xdg_toplevel_drag_v1). x, y: layout.
struct drag_follower {
	void (*moved)(struct drag_follower *follower, double x, double y);
	void (*ended)(struct drag_follower *follower); // by a drop or without one
};

struct data_source {
	const struct data_source_impl *impl;
	struct drag_follower *follower; // or NULL
	bool used;                      // as a selection or by a drag, once and for all
	char **mimes;                   // owned
	size_t n_mimes, mimes_capacity, mime_bytes;
	uint32_t actions; // of a drag: wl_data_device_manager.dnd_action bits the source offers
	bool has_actions; // set_actions was called
	struct wl_signal destroyed;
};

// Initialises a source without types.
void data_source_init(struct data_source *source, const struct data_source_impl *impl);
// Emits destroyed and frees the types.
void data_source_finish(struct data_source *source);
// Adds a type. Duplicates, overlong types and types beyond a limit are ignored.
void data_source_offer(struct data_source *source, const char *mime);
// The source offers that type.
bool data_source_has(const struct data_source *source, const char *mime);

// Requests the data into fd, which is closed in any case. Without that type, or source NULL
// (destroyed), the reader gets nothing.
void data_source_send(struct data_source *source, const char *mime, int fd);

// A source of the given data (copied), freed when cancelled or finished. Never NULL; without memory
// for the data (logged) readers get nothing.
struct data_source *data_source_create_static(struct wl_event_loop *loop, const char *const *mimes,
	size_t n_mimes, const void *data, size_t size);
