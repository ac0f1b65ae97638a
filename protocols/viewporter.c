// SPDX-License-Identifier: MIT
// wp_viewporter: crops and scales the contents of a surface. The state is part of surface->pending;
// the commit checks it against the buffer.
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "viewporter-protocol.h"
#include "wayland-protocol.h"

// NULL: the surface was destroyed, no_surface was posted.
static struct surface *get_surface(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (!surface)
		wl_resource_post_error(resource, WP_VIEWPORT_ERROR_NO_SURFACE,
			"the surface of this viewport was destroyed");
	return surface;
}

static void handle_set_source(struct wl_client *client, struct wl_resource *resource,
	wl_fixed_t x_fixed, wl_fixed_t y_fixed, wl_fixed_t width_fixed, wl_fixed_t height_fixed)
{
	struct surface *surface = get_surface(resource);
	if (!surface)
		return;
	double x = wl_fixed_to_double(x_fixed), y = wl_fixed_to_double(y_fixed);
	double width = wl_fixed_to_double(width_fixed), height = wl_fixed_to_double(height_fixed);
	bool unset = x == -1 && y == -1 && width == -1 && height == -1;
	if (!unset && (x < 0 || y < 0 || width <= 0 || height <= 0)) {
		wl_resource_post_error(resource, WP_VIEWPORT_ERROR_BAD_VALUE,
			"invalid source %gx%g at %g,%g", width, height, x, y);
		return;
	}
	surface->pending.viewport.has_src = !unset;
	surface->pending.viewport.src = (struct fbox){x, y, width, height};
	surface->pending.set |= SURFACE_VIEWPORT;
}

static void handle_set_destination(
	struct wl_client *client, struct wl_resource *resource, int32_t width, int32_t height)
{
	struct surface *surface = get_surface(resource);
	if (!surface)
		return;
	bool unset = width == -1 && height == -1;
	if (!unset && (width <= 0 || height <= 0)) {
		wl_resource_post_error(resource, WP_VIEWPORT_ERROR_BAD_VALUE,
			"invalid destination %dx%d", width, height);
		return;
	}
	surface->pending.viewport.has_dst = !unset;
	surface->pending.viewport.width = width;
	surface->pending.viewport.height = height;
	surface->pending.set |= SURFACE_VIEWPORT;
}

static const struct wp_viewport_interface viewport_impl = {
	.destroy = wire_handle_destroy,
	.set_source = handle_set_source,
	.set_destination = handle_set_destination,
};

static void on_viewport_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (!surface)
		return;
	surface->viewport = NULL;
	surface->pending.viewport.has_src = surface->pending.viewport.has_dst = false;
	surface->pending.set |= SURFACE_VIEWPORT;
}

static void handle_get_viewport(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->viewport) {
		wl_resource_post_error(resource, WP_VIEWPORTER_ERROR_VIEWPORT_EXISTS,
			"wl_surface@%u already has a viewport",
			wl_resource_get_id(surface_resource));
		return;
	}
	struct wl_resource *viewport =
		wire_create(client, &wp_viewport_interface, wl_resource_get_version(resource), id,
			&viewport_impl, surface, on_viewport_destroyed);
	if (!viewport)
		return;
	surface->viewport = viewport;
}

static const struct wp_viewporter_interface viewporter_impl = {
	.destroy = wire_handle_destroy,
	.get_viewport = handle_get_viewport,
};

bool viewporter_create(struct server *server)
{
	return wire_global(server, &wp_viewporter_interface, 1, &viewporter_impl, NULL);
}
