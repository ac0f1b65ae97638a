// SPDX-License-Identifier: MIT
// wp_fractional_scale_manager_v1: sends the preferred scale of a surface when its object is
// created; changes are sent by surface_set_preferred.
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "fractional-scale-v1-protocol.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

static const struct wp_fractional_scale_v1_interface scale_impl = {
	.destroy = wire_handle_destroy,
};

static void on_scale_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (surface)
		surface->fractional_scale = NULL;
}

static void handle_get_fractional_scale(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->fractional_scale) {
		wl_resource_post_error(resource,
			WP_FRACTIONAL_SCALE_MANAGER_V1_ERROR_FRACTIONAL_SCALE_EXISTS,
			"wl_surface@%u already has a fractional scale",
			wl_resource_get_id(surface_resource));
		return;
	}
	struct wl_resource *scale = wire_create(client, &wp_fractional_scale_v1_interface,
		wl_resource_get_version(resource), id, &scale_impl, surface, on_scale_destroyed);
	if (!scale)
		return;
	surface->fractional_scale = scale;
	surface->sent_scale = 0;
	// Before the surface is placed, guess the first output, so that the first frame is sharp.
	struct output *output = output_first(surface->server);
	double value = surface->preferred_scale > 0 ? surface->preferred_scale
		: output                            ? output->scale
						    : 1;
	surface_send_fractional_scale(surface, value);
}

static const struct wp_fractional_scale_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_fractional_scale = handle_get_fractional_scale,
};

bool fractional_scale_create(struct server *server)
{
	return wire_global(
		server, &wp_fractional_scale_manager_v1_interface, 1, &manager_impl, NULL);
}
