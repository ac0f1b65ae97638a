// SPDX-License-Identifier: MIT
// Helpers for protocol implementations: resources, the common destroy request, simple globals.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct server;

// Creates a resource. NULL: no_memory was posted.
struct wl_resource *wire_create(struct wl_client *client, const struct wl_interface *interface,
	int version, uint32_t id, const void *implementation, void *data,
	wl_resource_destroy_func_t on_destroyed);

// Implements destroy and release requests that only destroy the resource.
void wire_handle_destroy(struct wl_client *client, struct wl_resource *resource);

// Creates a global whose resources have the server as user data. on_bound, which sends the first
// events, may be NULL. False: out of memory.
bool wire_global(struct server *server, const struct wl_interface *interface, int version,
	const void *implementation, void (*on_bound)(struct wl_resource *resource));
