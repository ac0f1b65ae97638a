// SPDX-License-Identifier: MIT
// Life of a surface, its role, mapping, and what it tells its client about outputs.
#include "compositor/core/surface.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/commit.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "fractional-scale-v1-protocol.h"
#include "wayland-protocol.h"

struct surface *surface_create(struct server *server, struct wl_resource *resource)
{
	struct surface *surface = xcalloc(1, sizeof(*surface));
	surface->server = server;
	surface->resource = resource;
	surface_state_init(&surface->pending);
	surface_state_init(&surface->current);
	content_init(&surface->content, server);
	wl_list_init(&surface->queue);
	wl_list_init(&surface->commits);
	wl_list_init(&surface->subsurfaces);
	wl_list_init(&surface->popups);
	wl_signal_init(&surface->events.destroyed);
	wl_signal_init(&surface->events.committed);
	wl_signal_init(&surface->events.mapped);
	wl_list_insert(server->surfaces.prev, &surface->link);
	// Until a role places it, the tree waits hidden where nothing is drawn.
	surface->tree = node_create(server->scene->layers[SCENE_WINDOWS], NODE_TREE);
	node_set_hidden(surface->tree, true);
	surface->node = node_create(surface->tree, NODE_CONTENT);
	surface->node->surface = surface;
	surface->node->content = &surface->content;
	wl_signal_emit_mutable(&server->events.surface_created, surface);
	return surface;
}

void surface_destroy(struct surface *surface)
{
	surface_set_mapped(surface, false);
	if (surface->role && surface->role_object && surface->role->destroyed)
		surface->role->destroyed(surface);
	wl_signal_emit_mutable(&surface->events.destroyed, surface);
	struct wl_resource *const extensions[] = {
		surface->viewport, surface->fractional_scale, surface->fifo};
	for (size_t i = 0; i < array_length(extensions); i++)
		if (extensions[i]) // inert from now on
			wl_resource_set_user_data(extensions[i], NULL);
	surface_orphan_children(surface);
	if (surface->subsurface)
		subsurface_surface_gone(surface->subsurface);

	surface_drop_commits(surface);
	node_destroy(surface->tree);
	content_finish(&surface->content);
	surface_state_finish(&surface->pending);
	surface_state_finish(&surface->current);
	free(surface->children);
	wl_list_remove(&surface->link);
	surface_refocus(surface->server);
	free(surface);
}

struct surface *surface_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

bool surface_set_role(struct surface *surface, const struct surface_role *role, void *object,
	struct wl_resource *error_resource, uint32_t error_code)
{
	if (surface->role && surface->role != role) {
		wl_resource_post_error(error_resource, error_code,
			"wl_surface@%u already has the role %s",
			wl_resource_get_id(surface->resource), surface->role->name);
		return false;
	}
	if (surface->role_object && surface->role_object != object) {
		wl_resource_post_error(error_resource, error_code,
			"wl_surface@%u already has an object for its role %s",
			wl_resource_get_id(surface->resource), role->name);
		return false;
	}
	surface->role = role;
	surface->role_object = object;
	return true;
}

bool surface_set_mapped(struct surface *surface, bool mapped)
{
	if (surface->mapped == mapped)
		return false;
	surface->mapped = mapped;
	node_set_hidden(surface->tree, !mapped);
	wl_signal_emit_mutable(&surface->events.mapped, surface);
	struct subsurface *subsurface, *tmp;
	wl_list_for_each_safe(subsurface, tmp, &surface->subsurfaces, link)
		subsurface_update_mapped(subsurface);
	if (!mapped) {
		surface_clear_fifo_barrier(surface);
		surface_update_outputs(surface, 0);
	}
	return true;
}

struct surface *surface_root(struct surface *surface)
{
	while (surface->subsurface && surface->subsurface->parent)
		surface = surface->subsurface->parent;
	return surface;
}

bool surface_takes_input(const struct surface *surface, double x, double y)
{
	return x >= 0 && y >= 0 && x < surface->width && y < surface->height &&
		region_contains(&surface->current.input, x, y);
}

static void for_each_at(struct surface *surface, int x, int y,
	void (*callback)(struct surface *surface, int x, int y, void *data), void *data)
{
	bool self = false;
	for (size_t i = 0; i < surface->current.n_children; i++) {
		const struct surface_child *child = &surface->current.children[i];
		if (!child->subsurface) {
			callback(surface, x, y, data);
			self = true;
		} else if (child->subsurface->surface) {
			for_each_at(child->subsurface->surface, x + child->x, y + child->y,
				callback, data);
		}
	}
	if (!self)
		callback(surface, x, y, data);
}

void surface_for_each(struct surface *surface,
	void (*callback)(struct surface *surface, int x, int y, void *data), void *data)
{
	for_each_at(surface, 0, 0, callback, data);
}

static void add_extents(struct surface *surface, int x, int y, void *data)
{
	struct box *extents = data;
	if (!surface->has_buffer || surface->width <= 0)
		return;
	struct box box = {x, y, surface->width, surface->height};
	if (box_empty(extents)) {
		*extents = box;
		return;
	}
	int right = MAX(extents->x + extents->width, box.x + box.width);
	int bottom = MAX(extents->y + extents->height, box.y + box.height);
	extents->x = MIN(extents->x, box.x);
	extents->y = MIN(extents->y, box.y);
	extents->width = right - extents->x;
	extents->height = bottom - extents->y;
}

struct box surface_extents(const struct surface *surface)
{
	struct box extents = {0};
	for_each_at((struct surface *)surface, 0, 0, add_extents, &extents);
	return extents;
}

void surface_send_frame_done(struct surface *surface, uint32_t time_ms)
{
	struct wl_resource *callback, *tmp;
	wl_resource_for_each_safe(callback, tmp, &surface->current.callbacks) {
		wl_callback_send_done(callback, time_ms);
		wl_resource_destroy(callback);
	}
	surface->hidden_since_ns = 0;
}

void surface_set_preferred(struct surface *surface, double scale, enum transform transform)
{
	bool scale_changed = surface->preferred_scale != scale;
	surface->preferred_scale = scale;
	if (scale_changed && surface->fractional_scale)
		wp_fractional_scale_v1_send_preferred_scale(
			surface->fractional_scale, (uint32_t)lround(scale * 120));
	if (wl_resource_get_version(surface->resource) >=
		WL_SURFACE_PREFERRED_BUFFER_SCALE_SINCE_VERSION) {
		if (scale_changed)
			wl_surface_send_preferred_buffer_scale(
				surface->resource, (int32_t)ceil(scale - 1e-6));
		if (scale_changed || surface->preferred_transform != transform)
			wl_surface_send_preferred_buffer_transform(surface->resource, transform);
	}
	surface->preferred_transform = transform;
	struct subsurface *subsurface;
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (subsurface->surface)
			surface_set_preferred(subsurface->surface, scale, transform);
	}
}

void surface_update_outputs(struct surface *surface, unsigned outputs)
{
	unsigned changed = surface->outputs ^ outputs;
	surface->outputs = outputs;
	struct wl_client *client = wl_resource_get_client(surface->resource);
	struct output *best = NULL, *output;
	wl_list_for_each(output, &surface->server->outputs, link) {
		unsigned bit = 1u << output->index;
		if ((outputs & bit) && (!best || output->scale > best->scale))
			best = output;
		if (!(changed & bit))
			continue;
		struct wl_resource *resource;
		wl_resource_for_each(resource, &output->resources) {
			if (wl_resource_get_client(resource) != client)
				continue;
			if (outputs & bit)
				wl_surface_send_enter(surface->resource, resource);
			else
				wl_surface_send_leave(surface->resource, resource);
		}
	}
	if (best)
		surface_set_preferred(surface, best->scale, best->transform);
}
