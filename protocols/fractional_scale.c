// SPDX-License-Identifier: MIT
// wp_fractional_scale_manager_v1: tells a surface the scale its pixels would best have. The value
// itself is sent by the core (surface_set_preferred).
#include <math.h>
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/wire.h"
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
	// Before it is placed, the first output is the best guess: the first frame is then crisp.
	struct output *output = output_first(surface->server);
	double value = surface->preferred_scale > 0 ? surface->preferred_scale
		: output                            ? output->scale
						    : 1;
	wp_fractional_scale_v1_send_preferred_scale(scale, (uint32_t)lround(value * 120));
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
