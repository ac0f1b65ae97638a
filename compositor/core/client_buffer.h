// SPDX-License-Identifier: MIT
// wl_buffer, whatever memory stands behind it: the resource is the producer's end of a buffer.
#pragma once
#include "compositor/base/buffer.h"

struct client_buffer {
	struct buffer base;
	struct wl_resource *resource; // NULL once the client destroyed it
};

// NULL: no memory, the client was told. The caller has called buffer_init on base; afterwards the
// buffer is dropped when the resource goes and the client hears release when its locks end.
bool client_buffer_create_resource(
	struct client_buffer *buffer, struct wl_client *client, int version, uint32_t id);
// NULL: a wl_buffer that is not one of ours.
struct buffer *buffer_from_resource(struct wl_resource *resource);
