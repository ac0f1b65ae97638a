// SPDX-License-Identifier: MIT
// zwp_idle_inhibit_manager_v1: a surface that keeps the screen awake, as long as somebody can see it.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/idle.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/wire.h"
#include "idle-inhibit-unstable-v1-protocol.h"
#include "protocols/protocols.h"

struct inhibitor {
	struct server *server;
	struct surface *surface; // NULL once it is gone
	bool counts;
	struct wl_listener mapped, frame_done, destroyed;
};

static void update(struct inhibitor *inhibitor)
{
	const struct surface *surface = inhibitor->surface;
	bool counts = surface && surface->mapped && surface->outputs;
	if (counts == inhibitor->counts)
		return;
	inhibitor->counts = counts;
	idle_inhibit(inhibitor->server->idle, counts ? 1 : -1);
}

static void on_mapped(struct wl_listener *listener, void *data)
{
	struct inhibitor *inhibitor = wl_container_of(listener, inhibitor, mapped);
	update(inhibitor);
}

// Which outputs show it is found out when they are drawn.
static void on_frame_done(struct wl_listener *listener, void *data)
{
	struct inhibitor *inhibitor = wl_container_of(listener, inhibitor, frame_done);
	update(inhibitor);
}

static void let_go(struct inhibitor *inhibitor)
{
	if (!inhibitor->surface)
		return;
	inhibitor->surface = NULL;
	wl_list_remove(&inhibitor->mapped.link);
	wl_list_remove(&inhibitor->frame_done.link);
	wl_list_remove(&inhibitor->destroyed.link);
	update(inhibitor);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct inhibitor *inhibitor = wl_container_of(listener, inhibitor, destroyed);
	let_go(inhibitor);
}

static void on_inhibitor_destroyed(struct wl_resource *resource)
{
	struct inhibitor *inhibitor = wl_resource_get_user_data(resource);
	let_go(inhibitor);
	free(inhibitor);
}

static const struct zwp_idle_inhibitor_v1_interface inhibitor_impl = {
	.destroy = wire_handle_destroy,
};

static void handle_create_inhibitor(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface)
{
	struct inhibitor *inhibitor = xcalloc(1, sizeof(*inhibitor));
	if (!wire_create(client, &zwp_idle_inhibitor_v1_interface,
		    wl_resource_get_version(resource), id, &inhibitor_impl, inhibitor,
		    on_inhibitor_destroyed)) {
		free(inhibitor);
		return;
	}
	inhibitor->server = wl_resource_get_user_data(resource);
	inhibitor->surface = surface_from_resource(surface);
	inhibitor->mapped.notify = on_mapped;
	wl_signal_add(&inhibitor->surface->events.mapped, &inhibitor->mapped);
	inhibitor->frame_done.notify = on_frame_done;
	wl_signal_add(&inhibitor->server->events.frame_done, &inhibitor->frame_done);
	inhibitor->destroyed.notify = on_surface_destroyed;
	wl_signal_add(&inhibitor->surface->events.destroyed, &inhibitor->destroyed);
	update(inhibitor);
}

static const struct zwp_idle_inhibit_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.create_inhibitor = handle_create_inhibitor,
};

bool idle_inhibit_create(struct server *server)
{
	return wire_global(server, &zwp_idle_inhibit_manager_v1_interface, 1, &manager_impl, NULL);
}
