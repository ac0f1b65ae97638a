// SPDX-License-Identifier: MIT
// zwp_idle_inhibit_manager_v1: surfaces that keep the session from going idle while a frame
// shows them or one of their subsurfaces: minimised and wholly covered ones do not.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/idle.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "idle-inhibit-unstable-v1-protocol.h"
#include "protocols/protocols.h"

struct inhibitor {
	struct server *server;
	struct surface *surface; // NULL: destroyed
	bool active;             // counted by idle_inhibit
	struct wl_listener visible, destroyed;
};

static void inhibitor_update(struct inhibitor *inhibitor)
{
	const struct surface *surface = inhibitor->surface;
	bool active = surface && surface->n_visible;
	if (active == inhibitor->active)
		return;
	inhibitor->active = active;
	idle_inhibit(inhibitor->server->idle, active ? 1 : -1);
}

static void on_visible(struct wl_listener *listener, void *data)
{
	struct inhibitor *inhibitor = wl_container_of(listener, inhibitor, visible);
	inhibitor_update(inhibitor);
}

static void inhibitor_leave_surface(struct inhibitor *inhibitor)
{
	if (!inhibitor->surface)
		return;
	inhibitor->surface = NULL;
	wl_list_remove(&inhibitor->visible.link);
	wl_list_remove(&inhibitor->destroyed.link);
	inhibitor_update(inhibitor);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct inhibitor *inhibitor = wl_container_of(listener, inhibitor, destroyed);
	inhibitor_leave_surface(inhibitor);
}

static void on_inhibitor_destroyed(struct wl_resource *resource)
{
	struct inhibitor *inhibitor = wl_resource_get_user_data(resource);
	inhibitor_leave_surface(inhibitor);
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
	inhibitor->visible.notify = on_visible;
	wl_signal_add(&inhibitor->surface->events.visible, &inhibitor->visible);
	inhibitor->destroyed.notify = on_surface_destroyed;
	wl_signal_add(&inhibitor->surface->events.destroyed, &inhibitor->destroyed);
	inhibitor_update(inhibitor);
}

static const struct zwp_idle_inhibit_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.create_inhibitor = handle_create_inhibitor,
};

bool idle_inhibit_create(struct server *server)
{
	return wire_global(server, &zwp_idle_inhibit_manager_v1_interface, 1, &manager_impl, NULL);
}
