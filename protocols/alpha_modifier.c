// SPDX-License-Identifier: MIT
// wp_alpha_modifier_v1: a factor for the opacity of a surface, without its subsurfaces. It is part
// of surface->pending.
#include "alpha-modifier-v1-protocol.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"

static void surface_set_alpha(struct surface *surface, float alpha)
{
	surface->pending.alpha = alpha;
	surface->pending.set |= SURFACE_ALPHA;
}

static void handle_set_multiplier(
	struct wl_client *client, struct wl_resource *resource, uint32_t factor)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (surface)
		surface_set_alpha(surface, (float)((double)factor / UINT32_MAX));
	else
		wl_resource_post_error(resource, WP_ALPHA_MODIFIER_SURFACE_V1_ERROR_NO_SURFACE,
			"the surface of this alpha modifier was destroyed");
}

static const struct wp_alpha_modifier_surface_v1_interface modifier_impl = {
	.destroy = wire_handle_destroy,
	.set_multiplier = handle_set_multiplier,
};

static void on_modifier_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (!surface)
		return;
	surface->alpha_modifier = NULL;
	surface_set_alpha(surface, 1);
}

static void handle_get_surface(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->alpha_modifier) {
		wl_resource_post_error(resource, WP_ALPHA_MODIFIER_V1_ERROR_ALREADY_CONSTRUCTED,
			"wl_surface@%u already has an alpha modifier",
			wl_resource_get_id(surface_resource));
		return;
	}
	surface->alpha_modifier = wire_create(client, &wp_alpha_modifier_surface_v1_interface,
		wl_resource_get_version(resource), id, &modifier_impl, surface,
		on_modifier_destroyed);
}

static const struct wp_alpha_modifier_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_surface = handle_get_surface,
};

bool alpha_modifier_create(struct server *server)
{
	return wire_global(server, &wp_alpha_modifier_v1_interface, 1, &manager_impl, NULL);
}
