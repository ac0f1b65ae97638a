// SPDX-License-Identifier: MIT
// wl_compositor: creates wl_surface and wl_region objects. Requests of a wl_surface are checked and
// stored in surface->pending, which the core applies at commit.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/config/config.h"
#include "compositor/server.h"
#include "compositor/surface/client_buffer.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

#define COMPOSITOR_VERSION 6

// wl_region

struct client_region {
	region region; // first: requests of other objects use the resource's data as a region
	struct budget *budget;
	size_t charged; // bytes of BUDGET_STATE
};

static void charge_region(struct client_region *changed)
{
	budget_change(
		changed->budget, BUDGET_STATE, &changed->charged, region_size(&changed->region));
}

static void handle_region_add(struct wl_client *client, struct wl_resource *resource, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
	struct client_region *into = wl_resource_get_user_data(resource);
	if (width <= 0 || height <= 0)
		return;
	region_add_box(&into->region, &(struct box){x, y, width, height});
	charge_region(into);
}

static void handle_region_subtract(struct wl_client *client, struct wl_resource *resource,
	int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct client_region *from = wl_resource_get_user_data(resource);
	if (width <= 0 || height <= 0)
		return;
	region hole;
	pixman_region32_init(&hole);
	region_add_box(&hole, &(struct box){x, y, width, height});
	pixman_region32_subtract(&from->region, &from->region, &hole);
	pixman_region32_fini(&hole);
	region_limit(&from->region);
	charge_region(from);
}

static const struct wl_region_interface region_impl = {
	.destroy = wire_handle_destroy,
	.add = handle_region_add,
	.subtract = handle_region_subtract,
};

static void on_region_destroyed(struct wl_resource *resource)
{
	struct client_region *ended = wl_resource_get_user_data(resource);
	budget_give(ended->budget, BUDGET_STATE, ended->charged);
	pixman_region32_fini(&ended->region);
	free(ended);
}

// wl_surface

static void handle_surface_destroy(struct wl_client *client, struct wl_resource *resource)
{
	struct surface *surface = surface_from_resource(resource);
	if (surface->role && surface->role_object && surface->role->defunct_is_error &&
		wl_resource_get_version(resource) >= 6) {
		wl_resource_post_error(resource, WL_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT,
			"wl_surface destroyed before its %s", surface->role->name);
		return;
	}
	wl_resource_destroy(resource);
}

static void handle_attach(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *buffer_resource, int32_t x, int32_t y)
{
	struct surface *surface = surface_from_resource(resource);
	struct surface_state *pending = &surface->pending;
	struct buffer *buffer = NULL;
	if (buffer_resource) {
		buffer = buffer_from_resource(buffer_resource);
		if (!buffer) {
			wl_resource_post_error(buffer_resource, WL_DISPLAY_ERROR_INVALID_OBJECT,
				"the wl_buffer is of unknown kind");
			return;
		}
	}
	if (wl_resource_get_version(resource) >= WL_SURFACE_OFFSET_SINCE_VERSION) {
		if (x != 0 || y != 0) {
			wl_resource_post_error(resource, WL_SURFACE_ERROR_INVALID_OFFSET,
				"attach with an offset: since version 5 use wl_surface.offset");
			return;
		}
	} else {
		pending->dx = x;
		pending->dy = y;
		pending->set |= SURFACE_OFFSET;
	}
	if (surface->role && surface->role->attach && !surface->role->attach(surface, buffer))
		return;
	if (buffer)
		buffer_lock(buffer);
	if (pending->buffer)
		buffer_unlock_unused(pending->buffer);
	pending->buffer = buffer;
	pending->set |= SURFACE_BUFFER;
}

static void handle_offset(
	struct wl_client *client, struct wl_resource *resource, int32_t x, int32_t y)
{
	struct surface *surface = surface_from_resource(resource);
	surface->pending.dx = x;
	surface->pending.dy = y;
	surface->pending.set |= SURFACE_OFFSET;
}

static void add_damage(struct surface *surface, region *damage, int32_t x, int32_t y, int32_t width,
	int32_t height)
{
	if (width <= 0 || height <= 0)
		return;
	surface->pending.set |= SURFACE_DAMAGE;
	region_add_box(damage, &(struct box){x, y, width, height});
	if (region_size(damage))
		surface_charge(surface);
}

static void handle_damage(struct wl_client *client, struct wl_resource *resource, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
	struct surface *surface = surface_from_resource(resource);
	add_damage(surface, &surface->pending.damage_surface, x, y, width, height);
}

static void handle_damage_buffer(struct wl_client *client, struct wl_resource *resource, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
	struct surface *surface = surface_from_resource(resource);
	add_damage(surface, &surface->pending.damage_buffer, x, y, width, height);
}

static void on_callback_destroyed(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
}

static void handle_frame(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct surface *surface = surface_from_resource(resource);
	struct wl_resource *callback = wire_create(
		client, &wl_callback_interface, 1, id, NULL, NULL, on_callback_destroyed);
	if (!callback)
		return;
	wl_list_insert(surface->pending.callbacks.prev, wl_resource_get_link(callback));
	surface->pending.set |= SURFACE_FRAME;
}

static void handle_set_opaque_region(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *region_resource)
{
	struct surface *surface = surface_from_resource(resource);
	if (region_resource)
		pixman_region32_copy(
			&surface->pending.opaque, wl_resource_get_user_data(region_resource));
	else
		pixman_region32_clear(&surface->pending.opaque);
	surface->pending.set |= SURFACE_OPAQUE;
	surface_charge(surface);
}

static void handle_set_input_region(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *region_resource)
{
	struct surface *surface = surface_from_resource(resource);
	if (region_resource) {
		pixman_region32_copy(
			&surface->pending.input, wl_resource_get_user_data(region_resource));
	} else {
		pixman_region32_fini(&surface->pending.input);
		region_init_infinite(&surface->pending.input);
	}
	surface->pending.set |= SURFACE_INPUT;
	surface_charge(surface);
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource)
{
	surface_commit(surface_from_resource(resource));
}

static void handle_set_buffer_transform(
	struct wl_client *client, struct wl_resource *resource, int32_t transform)
{
	struct surface *surface = surface_from_resource(resource);
	if (transform < TRANSFORM_NORMAL || transform > TRANSFORM_FLIPPED_270) {
		wl_resource_post_error(resource, WL_SURFACE_ERROR_INVALID_TRANSFORM,
			"invalid transform %d", transform);
		return;
	}
	surface->pending.transform = (enum transform)transform;
	surface->pending.set |= SURFACE_TRANSFORM;
}

static void handle_set_buffer_scale(
	struct wl_client *client, struct wl_resource *resource, int32_t scale)
{
	struct surface *surface = surface_from_resource(resource);
	if (scale <= 0) {
		wl_resource_post_error(
			resource, WL_SURFACE_ERROR_INVALID_SCALE, "invalid scale %d", scale);
		return;
	}
	surface->pending.scale = scale;
	surface->pending.set |= SURFACE_SCALE;
}

static const struct wl_surface_interface surface_impl = {
	.destroy = handle_surface_destroy,
	.attach = handle_attach,
	.damage = handle_damage,
	.frame = handle_frame,
	.set_opaque_region = handle_set_opaque_region,
	.set_input_region = handle_set_input_region,
	.commit = handle_commit,
	.set_buffer_transform = handle_set_buffer_transform,
	.set_buffer_scale = handle_set_buffer_scale,
	.damage_buffer = handle_damage_buffer,
	.offset = handle_offset,
};

static void on_surface_destroyed(struct wl_resource *resource)
{
	surface_destroy(surface_from_resource(resource));
}

// wl_compositor

static void handle_create_surface(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct wl_resource *surface = wl_resource_create(
		client, &wl_surface_interface, wl_resource_get_version(resource), id);
	if (!surface) {
		wl_client_post_no_memory(client);
		return;
	}
	wl_resource_set_implementation(surface, &surface_impl,
		surface_create(wl_resource_get_user_data(resource), surface), on_surface_destroyed);
}

static void handle_create_region(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct wl_resource *region_resource =
		wl_resource_create(client, &wl_region_interface, 1, id);
	if (!region_resource) {
		wl_client_post_no_memory(client);
		return;
	}
	struct client_region *created = xcalloc(1, sizeof(*created));
	pixman_region32_init(&created->region);
	created->budget = budget_of(client);
	wl_resource_set_implementation(region_resource, &region_impl, created, on_region_destroyed);
}

static const struct wl_compositor_interface compositor_impl = {
	.create_surface = handle_create_surface,
	.create_region = handle_create_region,
};

bool wl_compositor_create(struct server *server)
{
	// Version 6 adds wl_surface.preferred_buffer_scale and preferred_buffer_transform.
	int version = server->config->compatibility.preferred_scale ? COMPOSITOR_VERSION : 5;
	return wire_global(server, &wl_compositor_interface, version, &compositor_impl, NULL);
}
