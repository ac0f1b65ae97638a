// SPDX-License-Identifier: MIT
// A block of memory that several share, and that goes into the pipes of programs at their own pace.
#pragma once
#include <stddef.h>

struct wl_event_loop;

struct bytes {
	unsigned refs;
	size_t size;
	char data[];
};

struct bytes *bytes_create(size_t size); // with one reference; zeroed; NULL: there is no memory
struct bytes *bytes_ref(struct bytes *bytes); // returns it
void bytes_unref(struct bytes *bytes);        // NULL is allowed
// Writes what begins at that offset, now and from the loop, and closes fd. Takes the fd, and keeps
// the bytes as long as it needs them.
void bytes_send(struct bytes *bytes, size_t from, struct wl_event_loop *loop, int fd);
