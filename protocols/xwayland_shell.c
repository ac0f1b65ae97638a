// SPDX-License-Identifier: MIT
// xwayland_shell_v1: Xwayland gives each surface the serial of its X window. The window manager
// gets the same serial in an X event, in either order, and pairs the two.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/surface/xwayland_role.h"
#include "protocols/protocols.h"
#include "xwayland-shell-v1-protocol.h"

// Of a client with the global; serials grow, so one number shows whether another is new.
struct serials {
	uint64_t last;
	struct wl_listener client_destroyed;
};

struct xwayland_surface {
	struct weak surface; // struct surface *
	bool has_serial;
};

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct serials *serials = wl_container_of(listener, serials, client_destroyed);
	wl_list_remove(&serials->client_destroyed.link);
	free(serials);
}

static struct serials *find_serials(struct wl_client *client)
{
	struct wl_listener *listener = wl_client_get_destroy_listener(client, on_client_destroyed);
	struct serials *serials;
	return listener ? wl_container_of(listener, serials, client_destroyed) : NULL;
}

// xwayland_surface_v1

static void handle_set_serial(
	struct wl_client *client, struct wl_resource *resource, uint32_t low, uint32_t high)
{
	struct xwayland_surface *object = wl_resource_get_user_data(resource);
	struct surface *surface = object->surface.target;
	struct serials *serials = find_serials(client);
	uint64_t serial = (uint64_t)high << 32 | low;
	if (!surface)
		return;
	if (object->has_serial && !(surface->pending.set & SURFACE_XWAYLAND)) {
		wl_resource_post_error(resource, XWAYLAND_SURFACE_V1_ERROR_ALREADY_ASSOCIATED,
			"wl_surface@%u already has the serial of an X window",
			wl_resource_get_id(surface->resource));
		return;
	}
	if (serial <= serials->last) { // the first one is above 0
		wl_resource_post_error(resource, XWAYLAND_SURFACE_V1_ERROR_INVALID_SERIAL,
			"serial %llu is not above all earlier ones", (unsigned long long)serial);
		return;
	}
	serials->last = serial;
	object->has_serial = true;
	surface->pending.xwayland_serial = serial;
	surface->pending.set |= SURFACE_XWAYLAND;
}

static const struct xwayland_surface_v1_interface surface_impl = {
	.set_serial = handle_set_serial,
	.destroy = wire_handle_destroy,
};

static void on_surface_resource_destroyed(struct wl_resource *resource)
{
	struct xwayland_surface *object = wl_resource_get_user_data(resource);
	weak_clear(&object->surface);
	free(object);
}

// xwayland_shell_v1

static void handle_get_xwayland_surface(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->role) { // this one, too
		wl_resource_post_error(resource, XWAYLAND_SHELL_V1_ERROR_ROLE,
			"wl_surface@%u already has the role %s",
			wl_resource_get_id(surface_resource), surface->role->name);
		return;
	}
	struct xwayland_surface *object = xcalloc(1, sizeof(*object));
	if (!wire_create(client, &xwayland_surface_v1_interface, wl_resource_get_version(resource),
		    id, &surface_impl, object, on_surface_resource_destroyed)) {
		free(object);
		return;
	}
	weak_set(&object->surface, surface, &surface->events.destroyed);
	surface_set_role(surface, &xwayland_role, NULL, resource, XWAYLAND_SHELL_V1_ERROR_ROLE);
}

static const struct xwayland_shell_v1_interface shell_impl = {
	.destroy = wire_handle_destroy,
	.get_xwayland_surface = handle_get_xwayland_surface,
};

static void on_bound(struct wl_resource *resource)
{
	struct wl_client *client = wl_resource_get_client(resource);
	if (find_serials(client))
		return;
	struct serials *serials = xcalloc(1, sizeof(*serials));
	serials->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(client, &serials->client_destroyed);
}

bool xwayland_shell_create(struct server *server)
{
	return wire_global(server, &xwayland_shell_v1_interface, 1, &shell_impl, on_bound);
}
