// SPDX-License-Identifier: MIT
// Surfaces: creation, role, mapping, preferred scale and transform.
#include "compositor/surface/surface.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/scene/scene.h"
#include "compositor/scene/scene_sink.h"
#include "compositor/server.h"
#include "compositor/surface/commit.h"
#include "fractional-scale-v1-protocol.h"
#include "wayland-protocol.h"

static bool node_accepts_input(const struct node *node, double x, double y)
{
	return surface_takes_input(node->surface, x, y);
}

struct surface *surface_create(struct server *server, struct wl_resource *resource)
{
	struct surface *surface = xcalloc(1, sizeof(*surface));
	surface->server = server;
	surface->resource = resource;
	surface->budget = budget_of(wl_resource_get_client(resource));
	surface_state_init(&surface->pending);
	surface_state_init(&surface->current);
	content_init(&surface->content, server);
	wl_list_init(&surface->queue);
	wl_list_init(&surface->commits);
	wl_list_init(&surface->subsurfaces);
	wl_list_init(&surface->popups);
	wl_list_init(&surface->wait_link);
	wl_signal_init(&surface->events.destroyed);
	wl_signal_init(&surface->events.committed);
	wl_signal_init(&surface->events.mapped);
	wl_signal_init(&surface->events.visible);
	wl_list_insert(server->surfaces.prev, &surface->link);
	surface_charge(surface);
	// Hidden until a role places it.
	surface->tree = node_create(server->scene->layers[SCENE_WINDOWS], NODE_TREE);
	node_set_hidden(surface->tree, true);
	surface->node = node_create(surface->tree, NODE_CONTENT);
	surface->node->surface = surface;
	surface->node->accepts_input = node_accepts_input;
	surface->node->content = &surface->content;
	wl_signal_emit_mutable(&server->events.surface_created, surface);
	return surface;
}

void surface_destroy(struct surface *surface)
{
	surface_set_mapped(surface, false);
	surface->server->scene->sink->leave_outputs(surface);
	if (surface->role && surface->role_object && surface->role->destroyed)
		surface->role->destroyed(surface);
	wl_signal_emit_mutable(&surface->events.destroyed, surface);
	struct wl_resource *const extensions[] = {surface->viewport, surface->fractional_scale,
		surface->fifo, surface->shortcuts_inhibitor, surface->content_type,
		surface->alpha_modifier, surface->commit_timer};
	for (size_t i = 0; i < array_length(extensions); i++)
		if (extensions[i]) // becomes inert
			wl_resource_set_user_data(extensions[i], NULL);
	surface_orphan_children(surface);
	if (surface->subsurface)
		subsurface_surface_gone(surface->subsurface);

	surface_drop_commits(surface);
	node_destroy(surface->tree);
	content_finish(&surface->content);
	surface_state_finish(&surface->pending);
	surface_state_finish(&surface->current);
	budget_give(surface->budget, BUDGET_BUFFERS, surface->charged_content);
	budget_give(surface->budget, BUDGET_STATE, surface->charged_state);
	free(surface->children);
	wl_list_remove(&surface->link);
	wl_list_remove(&surface->wait_link);
	scene_notify_changed(surface->server->scene);
	free(surface);
}

bool surface_charge(struct surface *surface)
{
	size_t size = sizeof(*surface) + surface_state_size(&surface->pending) +
		surface_state_size(&surface->current);
	return size == surface->charged_state ||
		budget_change(surface->budget, BUDGET_STATE, &surface->charged_state, size);
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
		surface->server->scene->sink->leave_outputs(surface);
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

static void for_each_child(struct surface *surface, int x, int y,
	void (*callback)(struct surface *surface, int x, int y, void *data), void *data)
{
	bool self = false;
	for (size_t i = 0; i < surface->current.n_children; i++) {
		const struct surface_child *child = &surface->current.children[i];
		if (!child->subsurface) {
			callback(surface, x, y, data);
			self = true;
		} else if (child->subsurface->surface) {
			for_each_child(child->subsurface->surface, x + child->x, y + child->y,
				callback, data);
		}
	}
	if (!self)
		callback(surface, x, y, data);
}

static void add_extents(struct surface *surface, int x, int y, void *data)
{
	if (surface->has_buffer)
		box_extend(data, &(struct box){x, y, surface->width, surface->height});
}

struct box surface_extents(const struct surface *surface)
{
	struct box extents = {0};
	for_each_child((struct surface *)surface, 0, 0, add_extents, &extents);
	return extents;
}

void surface_count_visible(struct surface *surface, int delta)
{
	while (surface && delta) {
		bool was = surface->n_visible > 0;
		surface->n_visible += (unsigned)delta;
		if (was != (surface->n_visible > 0))
			wl_signal_emit_mutable(&surface->events.visible, surface);
		surface = surface->subsurface ? surface->subsurface->parent : NULL;
	}
}

static void surface_stop_waiting(struct surface *surface)
{
	surface->waits_since_ns = 0;
	wl_list_remove(&surface->wait_link);
	wl_list_init(&surface->wait_link);
}

void surface_send_frame_done(struct surface *surface, uint32_t time_ms)
{
	struct wl_resource *callback, *tmp;
	wl_resource_for_each_safe(callback, tmp, &surface->current.callbacks) {
		wl_callback_send_done(callback, time_ms);
		wl_resource_destroy(callback);
	}
	surface_stop_waiting(surface);
}

static int buffer_scale(double scale)
{
	return (int)ceil(scale - 1e-6);
}

void surface_send_fractional_scale(struct surface *surface, double scale)
{
	uint32_t sent = (uint32_t)lround(scale * 120);
	if (!surface->fractional_scale || surface->sent_scale == sent)
		return;
	surface->sent_scale = sent;
	wp_fractional_scale_v1_send_preferred_scale(surface->fractional_scale, sent);
}

void surface_set_preferred(struct surface *surface, double scale, enum transform transform)
{
	double old = surface->preferred_scale;
	surface->preferred_scale = scale;
	surface_send_fractional_scale(surface, scale);
	// A surface begins with scale 1 and the normal transform. These are not sent, as programs
	// that bind a newer wl_compositor than they know cannot handle the events.
	if (wl_resource_get_version(surface->resource) >=
		WL_SURFACE_PREFERRED_BUFFER_SCALE_SINCE_VERSION) {
		if (buffer_scale(old > 0 ? old : 1) != buffer_scale(scale))
			wl_surface_send_preferred_buffer_scale(
				surface->resource, buffer_scale(scale));
		if (surface->preferred_transform != transform)
			wl_surface_send_preferred_buffer_transform(surface->resource, transform);
	}
	surface->preferred_transform = transform;
	struct subsurface *subsurface;
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (subsurface->surface)
			surface_set_preferred(subsurface->surface, scale, transform);
	}
}
