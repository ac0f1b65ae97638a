// SPDX-License-Identifier: MIT
// Reference-counted data, and its asynchronous transfer into pipes (pastes).
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct wl_event_loop;

struct bytes {
	unsigned refs;
	size_t size;
	char data[];
};

// Zeroed data with one reference. NULL: no memory.
struct bytes *bytes_create(size_t size);
// Changes the size of data with a single reference, which move; new bytes are not zeroed. False: no
// memory, nothing has changed.
bool bytes_resize(struct bytes **bytes, size_t size);
// NULL is allowed.
void bytes_unref(struct bytes *bytes);
// Writes the data from an offset into fd, without blocking, and closes fd. Holds a reference until
// done. While 64 readers of a loop keep it waiting, a further one ends the transfer that waits for
// longest.
void bytes_send(struct bytes *bytes, size_t from, struct wl_event_loop *loop, int fd);
