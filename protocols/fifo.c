// SPDX-License-Identifier: MIT
// wp_fifo_manager_v1: commits that are applied only after the previous one was presented. They wait
// in the commit queue of compositor/surface/commit.c.
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "fifo-v1-protocol.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

static void set_pending_flag(struct wl_resource *resource, unsigned flag)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (surface)
		surface->pending.set |= flag;
	else
		wl_resource_post_error(resource, WP_FIFO_V1_ERROR_SURFACE_DESTROYED,
			"the surface of this fifo was destroyed");
}

static void handle_set_barrier(struct wl_client *client, struct wl_resource *resource)
{
	set_pending_flag(resource, SURFACE_FIFO_BARRIER);
}

static void handle_wait_barrier(struct wl_client *client, struct wl_resource *resource)
{
	set_pending_flag(resource, SURFACE_FIFO_WAIT);
}

static const struct wp_fifo_v1_interface fifo_impl = {
	.set_barrier = handle_set_barrier,
	.wait_barrier = handle_wait_barrier,
	.destroy = wire_handle_destroy,
};

static void on_fifo_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (surface)
		surface->fifo = NULL;
}

static void handle_get_fifo(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->fifo) {
		wl_resource_post_error(resource, WP_FIFO_MANAGER_V1_ERROR_ALREADY_EXISTS,
			"wl_surface@%u already has a fifo", wl_resource_get_id(surface_resource));
		return;
	}
	struct wl_resource *fifo = wire_create(client, &wp_fifo_v1_interface,
		wl_resource_get_version(resource), id, &fifo_impl, surface, on_fifo_destroyed);
	if (!fifo)
		return;
	surface->fifo = fifo;
}

static const struct wp_fifo_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_fifo = handle_get_fifo,
};

bool fifo_create(struct server *server)
{
	return wire_global(server, &wp_fifo_manager_v1_interface, 1, &manager_impl, NULL);
}
