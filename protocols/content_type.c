// SPDX-License-Identifier: MIT
// wp_content_type_manager_v1: what a surface shows, as a hint. It is part of surface->pending.
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "content-type-v1-protocol.h"
#include "protocols/protocols.h"

static void surface_set_content_type(struct surface *surface, uint32_t type)
{
	surface->pending.content_type = type;
	surface->pending.set |= SURFACE_CONTENT_TYPE;
}

// Other values than those of the enum are no error in the protocol; they mean nothing here.
static void handle_set_content_type(
	struct wl_client *client, struct wl_resource *resource, uint32_t type)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (surface)
		surface_set_content_type(surface,
			type <= WP_CONTENT_TYPE_V1_TYPE_GAME ? type : WP_CONTENT_TYPE_V1_TYPE_NONE);
}

static const struct wp_content_type_v1_interface content_type_impl = {
	.destroy = wire_handle_destroy,
	.set_content_type = handle_set_content_type,
};

static void on_content_type_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (!surface)
		return;
	surface->content_type = NULL;
	surface_set_content_type(surface, WP_CONTENT_TYPE_V1_TYPE_NONE);
}

static void handle_get_surface_content_type(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->content_type) {
		wl_resource_post_error(resource,
			WP_CONTENT_TYPE_MANAGER_V1_ERROR_ALREADY_CONSTRUCTED,
			"wl_surface@%u already has a content type",
			wl_resource_get_id(surface_resource));
		return;
	}
	surface->content_type = wire_create(client, &wp_content_type_v1_interface,
		wl_resource_get_version(resource), id, &content_type_impl, surface,
		on_content_type_destroyed);
}

static const struct wp_content_type_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_surface_content_type = handle_get_surface_content_type,
};

bool content_type_create(struct server *server)
{
	return wire_global(server, &wp_content_type_manager_v1_interface, 1, &manager_impl, NULL);
}
