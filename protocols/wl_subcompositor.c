// SPDX-License-Identifier: MIT
// wl_subcompositor and wl_subsurface: checks parents and passes position, stacking order and
// synchronisation to the core, which applies them with the parent's commit.
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/subsurface.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

// Every walk over a tree of subsurfaces is recursive, so its depth is limited.
#define MAX_DEPTH 256

static void handle_set_position(
	struct wl_client *client, struct wl_resource *resource, int32_t x, int32_t y)
{
	subsurface_set_position(wl_resource_get_user_data(resource), x, y);
}

static void place_subsurface(struct wl_resource *resource, struct wl_resource *sibling, bool above)
{
	if (!subsurface_place(
		    wl_resource_get_user_data(resource), surface_from_resource(sibling), above))
		wl_resource_post_error(resource, WL_SUBSURFACE_ERROR_BAD_SURFACE,
			"wl_surface@%u is neither a sibling nor the parent",
			wl_resource_get_id(sibling));
}

static void handle_place_above(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *sibling)
{
	place_subsurface(resource, sibling, true);
}

static void handle_place_below(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *sibling)
{
	place_subsurface(resource, sibling, false);
}

static void handle_set_sync(struct wl_client *client, struct wl_resource *resource)
{
	subsurface_set_sync(wl_resource_get_user_data(resource), true);
}

static void handle_set_desync(struct wl_client *client, struct wl_resource *resource)
{
	subsurface_set_sync(wl_resource_get_user_data(resource), false);
}

static const struct wl_subsurface_interface subsurface_impl = {
	.destroy = wire_handle_destroy,
	.set_position = handle_set_position,
	.place_above = handle_place_above,
	.place_below = handle_place_below,
	.set_sync = handle_set_sync,
	.set_desync = handle_set_desync,
};

static void on_subsurface_destroyed(struct wl_resource *resource)
{
	subsurface_destroy(wl_resource_get_user_data(resource));
}

static unsigned subtree_height(const struct surface *surface)
{
	unsigned height = 0;
	const struct subsurface *child;
	wl_list_for_each(child, &surface->subsurfaces, link) {
		unsigned below = child->surface ? subtree_height(child->surface) + 1 : 0;
		height = below > height ? below : height;
	}
	return height;
}

static bool check_parent(
	struct wl_resource *resource, struct surface *surface, struct surface *parent)
{
	unsigned depth = subtree_height(surface) + 1;
	for (const struct surface *ancestor = parent; ancestor;
		ancestor = ancestor->subsurface ? ancestor->subsurface->parent : NULL) {
		if (ancestor == surface) {
			wl_resource_post_error(resource, WL_SUBCOMPOSITOR_ERROR_BAD_PARENT,
				"wl_surface@%u would be its own ancestor",
				wl_resource_get_id(surface->resource));
			return false;
		}
		depth++;
	}
	if (depth > MAX_DEPTH) {
		wl_resource_post_error(resource, WL_SUBCOMPOSITOR_ERROR_BAD_PARENT,
			"more than %d levels of subsurfaces", MAX_DEPTH);
		return false;
	}
	return true;
}

static void handle_get_subsurface(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource, struct wl_resource *parent_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	struct surface *parent = surface_from_resource(parent_resource);
	if (!check_parent(resource, surface, parent))
		return;
	if (surface->subsurface) {
		wl_resource_post_error(resource, WL_SUBCOMPOSITOR_ERROR_BAD_SURFACE,
			"wl_surface@%u is already a subsurface",
			wl_resource_get_id(surface_resource));
		return;
	}
	struct wl_resource *subsurface_resource = wl_resource_create(
		client, &wl_subsurface_interface, wl_resource_get_version(resource), id);
	if (!subsurface_resource) {
		wl_client_post_no_memory(client);
		return;
	}
	if (!surface_set_role(surface, &subsurface_role, subsurface_resource, resource,
		    WL_SUBCOMPOSITOR_ERROR_BAD_SURFACE)) {
		wl_resource_destroy(subsurface_resource);
		return;
	}
	wl_resource_set_implementation(subsurface_resource, &subsurface_impl,
		subsurface_create(surface, parent, subsurface_resource), on_subsurface_destroyed);
}

static const struct wl_subcompositor_interface subcompositor_impl = {
	.destroy = wire_handle_destroy,
	.get_subsurface = handle_get_subsurface,
};

bool wl_subcompositor_create(struct server *server)
{
	return wire_global(server, &wl_subcompositor_interface, 1, &subcompositor_impl, NULL);
}
