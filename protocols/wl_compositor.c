// SPDX-License-Identifier: MIT
// wl_compositor, wl_surface and wl_region: requests become fields of surface->pending.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/client_buffer.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

#define COMPOSITOR_VERSION 6
// A region of more rectangles than this is made simpler: its bounds take the input.
#define MAX_REGION_RECTS 4096

// wl_region

static void handle_region_add(struct wl_client *client, struct wl_resource *resource, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
	region *into = wl_resource_get_user_data(resource);
	if (width > 0 && height > 0)
		region_add_box(into, &(struct box){x, y, width, height});
}

static void handle_region_subtract(struct wl_client *client, struct wl_resource *resource,
	int32_t x, int32_t y, int32_t width, int32_t height)
{
	region *from = wl_resource_get_user_data(resource);
	if (width <= 0 || height <= 0)
		return;
	region hole;
	pixman_region32_init(&hole);
	region_add_box(&hole, &(struct box){x, y, width, height});
	pixman_region32_subtract(from, from, &hole);
	pixman_region32_fini(&hole);
	if (pixman_region32_n_rects(from) > MAX_REGION_RECTS) {
		pixman_box32_t bounds = *pixman_region32_extents(from);
		pixman_region32_fini(from);
		pixman_region32_init_with_extents(from, &bounds);
	}
}

static const struct wl_region_interface region_impl = {
	.destroy = wire_handle_destroy,
	.add = handle_region_add,
	.subtract = handle_region_subtract,
};

static void on_region_destroyed(struct wl_resource *resource)
{
	region *data = wl_resource_get_user_data(resource);
	pixman_region32_fini(data);
	free(data);
}

// wl_surface

static void handle_surface_destroy(struct wl_client *client, struct wl_resource *resource)
{
	struct surface *surface = surface_from_resource(resource);
	if (surface->role && surface->role_object && surface->role->defunct_is_error &&
		wl_resource_get_version(resource) >= 6) {
		wl_resource_post_error(resource, WL_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT,
			"destroyed before its %s object", surface->role->name);
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
				"a buffer of unknown kind");
			return;
		}
	}
	if (wl_resource_get_version(resource) >= WL_SURFACE_OFFSET_SINCE_VERSION) {
		if (x != 0 || y != 0) {
			wl_resource_post_error(resource, WL_SURFACE_ERROR_INVALID_OFFSET,
				"since version 5 the offset has its own request");
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
	if (pixman_region32_n_rects(damage) > MAX_REGION_RECTS) {
		pixman_box32_t bounds = *pixman_region32_extents(damage);
		pixman_region32_fini(damage);
		pixman_region32_init_with_extents(damage, &bounds);
	}
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
			"there is no transform %d", transform);
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
			resource, WL_SURFACE_ERROR_INVALID_SCALE, "a scale of %d", scale);
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
	region *data = xcalloc(1, sizeof(*data));
	pixman_region32_init(data);
	wl_resource_set_implementation(region_resource, &region_impl, data, on_region_destroyed);
}

static const struct wl_compositor_interface compositor_impl = {
	.create_surface = handle_create_surface,
	.create_region = handle_create_region,
};

bool wl_compositor_create(struct server *server)
{
	return wire_global(
		server, &wl_compositor_interface, COMPOSITOR_VERSION, &compositor_impl, NULL);
}
