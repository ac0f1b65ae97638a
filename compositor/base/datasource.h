// SPDX-License-Identifier: MIT
// What owns a clipboard, a primary selection or a drag: a list of mime types and a way to get the
// bytes. A client, the X server, a script or the host may stand behind it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct data_source;

struct data_source_impl {
	// Writes the data of that type into fd, now or later, and closes it. Takes the fd.
	void (*send)(struct data_source *source, const char *mime, int fd);
	// Another source took its place; the owner destroys it in its own time.
	void (*cancelled)(struct data_source *source);
	// Drags only; NULL otherwise. mime NULL: not accepted.
	void (*target)(struct data_source *source, const char *mime);
	void (*action)(struct data_source *source, uint32_t action);
	void (*drop_performed)(struct data_source *source);
	void (*finished)(struct data_source *source);
};

struct data_source {
	const struct data_source_impl *impl;
	char **mimes; // owned
	size_t n_mimes, mimes_capacity, mime_bytes;
	uint32_t actions; // of a drag: wl_data_device_manager.dnd_action bits the source offers
	bool has_actions; // set_actions was called
	struct wl_signal destroyed;
};

void data_source_init(struct data_source *source, const struct data_source_impl *impl);
void data_source_finish(struct data_source *source); // emits destroyed, frees the types
// Ignores what is offered already, types that are too long, and all beyond a sane number.
void data_source_offer(struct data_source *source, const char *mime);
bool data_source_has(const struct data_source *source, const char *mime);

// Has it sent where it offers that type; otherwise the reader gets nothing. source NULL: it is
// gone. Takes the fd.
void data_source_send(struct data_source *source, const char *mime, int fd);

// A source that holds bytes itself: destroyed by its cancelled and finished.
struct data_source *data_source_create_static(struct wl_event_loop *loop, const char *const *mimes,
	size_t n_mimes, const void *data, size_t size);
