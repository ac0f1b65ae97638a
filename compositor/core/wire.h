// SPDX-License-Identifier: MIT
// What every protocol file needs: resources that are made or the client hears no_memory, the common
// destroy request, and globals whose bind does nothing special.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct server;

// NULL: the client was told that there is no memory.
struct wl_resource *wire_create(struct wl_client *client, const struct wl_interface *interface,
	int version, uint32_t id, const void *implementation, void *data,
	wl_resource_destroy_func_t on_destroyed);

// For every `destroy` and `release` request that does no more.
void wire_handle_destroy(struct wl_client *client, struct wl_resource *resource);

// A global whose resources have the server as user data. on_bound (may be NULL) sends first events.
bool wire_global(struct server *server, const struct wl_interface *interface, int version,
	const void *implementation, void (*on_bound)(struct wl_resource *resource));
