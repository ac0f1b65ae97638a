// SPDX-License-Identifier: MIT
// wl_buffer of any kind of memory: the resource is the producer of the buffer.
#pragma once
#include "compositor/base/buffer.h"

struct client_buffer {
	struct buffer base;
	struct wl_resource *resource; // NULL once the client destroyed it
};

// Creates the wl_buffer for a buffer that buffer_init was called on. The resource drops the buffer
// when destroyed, and sends wl_buffer.release when its last lock is released. False: no_memory was
// posted.
bool client_buffer_create_resource(
	struct client_buffer *buffer, struct wl_client *client, int version, uint32_t id);
// The buffer of a wl_buffer; NULL: it was not created by client_buffer_create_resource.
struct buffer *buffer_from_resource(struct wl_resource *resource);
