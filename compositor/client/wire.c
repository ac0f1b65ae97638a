// SPDX-License-Identifier: MIT
#include "compositor/client/wire.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/server.h"

struct simple_global {
	struct server *server;
	const struct wl_interface *interface;
	const void *implementation;
	void (*on_bound)(struct wl_resource *resource);
	struct wl_listener display_destroyed;
};

struct wl_resource *wire_create(struct wl_client *client, const struct wl_interface *interface,
	int version, uint32_t id, const void *implementation, void *data,
	wl_resource_destroy_func_t on_destroyed)
{
	struct wl_resource *resource = wl_resource_create(client, interface, version, id);
	if (!resource) {
		wl_client_post_no_memory(client);
		return NULL;
	}
	wl_resource_set_implementation(resource, implementation, data, on_destroyed);
	return resource;
}

void wire_handle_destroy(struct wl_client *client, struct wl_resource *resource)
{
	wl_resource_destroy(resource);
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct simple_global *global = data;
	struct wl_resource *resource = wire_create(client, global->interface, (int)version, id,
		global->implementation, global->server, NULL);
	if (resource && global->on_bound)
		global->on_bound(resource);
}

static void on_display_destroyed(struct wl_listener *listener, void *data)
{
	struct simple_global *global = wl_container_of(listener, global, display_destroyed);
	wl_list_remove(&global->display_destroyed.link);
	free(global);
}

bool wire_global(struct server *server, const struct wl_interface *interface, int version,
	const void *implementation, void (*on_bound)(struct wl_resource *resource))
{
	struct simple_global *global = xcalloc(1, sizeof(*global));
	global->server = server;
	global->interface = interface;
	global->implementation = implementation;
	global->on_bound = on_bound;
	if (!wl_global_create(server->display, interface, version, global, on_bind)) {
		free(global);
		return false;
	}
	global->display_destroyed.notify = on_display_destroyed;
	wl_display_add_destroy_listener(server->display, &global->display_destroyed);
	return true;
}
