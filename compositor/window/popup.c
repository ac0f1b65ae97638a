// SPDX-License-Identifier: MIT
// Popups: placement, mapping on commits, dismissal. A dismissed popup stays an object until its
// client destroys it, but is never mapped again.
#include "compositor/window/popup.h"
#include <assert.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup_grab.h"
#include "compositor/window/window.h"

// Limit of nested popups, because the scene and dismissal recurse.
#define MAX_DEPTH 64

// Parent node for popups of a surface. Its origin is that of the window geometry. NULL: none.
static struct node *surface_popups_node(const struct surface *parent)
{
	if (parent->window)
		return parent->window->popups;
	if (parent->layer)
		return parent->layer->popups;
	return parent->popup ? parent->popup->tree : NULL;
}

static int popup_depth(const struct surface *parent)
{
	int count = 0;
	for (; parent && parent->popup; parent = parent->popup->parent)
		count++;
	return count;
}

static void popup_attach(struct popup *popup)
{
	struct node *above = popup->parent ? surface_popups_node(popup->parent) : NULL;
	if (popup->tree || !above)
		return;
	popup->tree = node_create(above, NODE_TREE);
	node_set_hidden(popup->tree, true);
	node_set_parent(popup->surface->tree, popup->tree);
}

// Takes the surface out of the tree and destroys the tree, after those of its child popups.
static void popup_detach(struct popup *popup)
{
	struct popup *child;
	wl_list_for_each(child, &popup->surface->popups, link)
		popup_detach(child);
	if (!popup->tree)
		return;
	struct surface *surface = popup->surface;
	node_set_hidden(surface->tree, true);
	node_set_parent(surface->tree, popup->server->scene->layers[SCENE_WINDOWS]);
	node_destroy(popup->tree);
	popup->tree = NULL;
}

struct popup *popup_create(struct server *server, struct surface *surface, struct surface *parent,
	const struct positioner *positioner, const struct popup_impl *impl, void *data)
{
	assert(!surface->popup);
	struct popup *popup = xcalloc(1, sizeof(*popup));
	popup->impl = impl;
	popup->data = data;
	popup->server = server;
	popup->surface = surface;
	popup->positioner = *positioner;
	wl_list_init(&popup->link);
	wl_list_init(&popup->grab_link);
	wl_signal_init(&popup->destroyed);
	surface->popup = popup;
	if (parent)
		popup_set_parent(popup, parent);
	return popup;
}

void popup_set_parent(struct popup *popup, struct surface *parent)
{
	assert(!popup->parent);
	if (popup_depth(parent) >= MAX_DEPTH) {
		popup_dismiss(popup);
		return;
	}
	popup->parent = parent;
	wl_list_insert(&parent->popups, &popup->link);
	popup_attach(popup);
}

static void popup_unmap(struct popup *popup)
{
	popups_dismiss_of(popup->surface);
	popup_grab_leave(popup);
	if (!popup->mapped)
		return;
	popup->mapped = false;
	surface_set_mapped(popup->surface, false);
	if (popup->tree)
		node_set_hidden(popup->tree, true);
	scene_notify_changed(popup->server->scene);
}

void popup_destroy(struct popup *popup)
{
	if (!popup)
		return;
	popup_unmap(popup);
	popups_orphan(popup->surface);
	wl_signal_emit_mutable(&popup->destroyed, popup);
	popup_detach(popup);
	wl_list_remove(&popup->link);
	popup->surface->popup = NULL;
	scene_notify_changed(popup->server->scene);
	free(popup);
}

struct popup *popup_from_surface(struct surface *surface)
{
	return surface ? surface->popup : NULL;
}

struct surface *popup_root_surface(struct surface *surface)
{
	surface = surface_root(surface);
	while (surface->popup && surface->popup->parent)
		surface = surface_root(surface->popup->parent);
	return surface;
}

struct popup *popup_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

// The output of the anchor rectangle, relative to the parent's window geometry. False: none.
static bool popup_find_bounds(const struct popup *popup, struct box *bounds)
{
	const struct node *node = surface_popups_node(popup->parent);
	int x, y;
	if (!node)
		return false;
	node_position(node, &x, &y);
	const struct box *rect = &popup->positioner.anchor_rect;
	const int far = 1 << 28; // keeps sums within an int
	struct box anchor = {
		CLAMP(rect->x, -far, far) + CLAMP(x, -far, far),
		CLAMP(rect->y, -far, far) + CLAMP(y, -far, far),
		CLAMP(rect->width, 1, far),
		CLAMP(rect->height, 1, far),
	};
	struct output *output = output_for_box(popup->server, &anchor);
	if (!output)
		return false;
	*bounds = output->box;
	bounds->x -= x;
	bounds->y -= y;
	return true;
}

static struct box popup_place(const struct popup *popup)
{
	struct box bounds;
	if (popup->parent && popup_find_bounds(popup, &bounds))
		return positioner_constrain(&popup->positioner, &bounds);
	return positioner_place(&popup->positioner);
}

void popup_reposition(struct popup *popup, const struct positioner *positioner)
{
	if (positioner)
		popup->positioner = *positioner;
	popup->box = popup_place(popup);
	// Before it is shown, it gets what its parent has.
	const struct surface *parent = popup->parent;
	if (!popup->mapped && parent && parent->preferred_scale > 0)
		surface_set_preferred(
			popup->surface, parent->preferred_scale, parent->preferred_transform);
	popup->impl->configure(popup, &popup->box);
}

void popup_update_parent_moved(struct popup *popup)
{
	if (popup->mapped && popup->positioner.reactive) {
		struct box box = popup_place(popup);
		if (!box_equal(&box, &popup->box))
			popup_reposition(popup, NULL);
	}
	struct popup *child;
	wl_list_for_each(child, &popup->surface->popups, link)
		popup_update_parent_moved(child);
}

void popup_commit(struct popup *popup)
{
	struct surface *surface = popup->surface;
	if (!surface->has_buffer) {
		if (popup->mapped)
			popup_unmap(popup);
		return;
	}
	if (popup->dismissed)
		return;
	if (!popup->parent || !popup->parent->mapped) {
		popup_dismiss(popup);
		return;
	}
	popup_attach(popup);
	popup->geometry = window_geometry(surface);
	node_set_position(surface->tree, -popup->geometry.x, -popup->geometry.y);
	bool moved = popup->tree->x != popup->current.x || popup->tree->y != popup->current.y;
	node_set_position(popup->tree, popup->current.x, popup->current.y);
	if (!popup->mapped) {
		popup->mapped = true;
		surface_set_mapped(surface, true);
		node_set_hidden(popup->tree, false);
		node_raise(popup->tree);
		popup_grab_mapped(popup);
	} else if (moved) {
		struct popup *child;
		wl_list_for_each(child, &surface->popups, link)
			popup_update_parent_moved(child);
	}
}

bool popup_is_topmost(struct popup *popup)
{
	struct popup *child;
	wl_list_for_each(child, &popup->surface->popups, link) {
		if (child->mapped)
			return false;
	}
	return true;
}

void popup_dismiss(struct popup *popup)
{
	if (popup->dismissed)
		return;
	popup->dismissed = true;
	popup_unmap(popup);
	popup->impl->done(popup);
}

void popups_dismiss_of(struct surface *root)
{
	struct popup *popup, *tmp;
	wl_list_for_each_safe(popup, tmp, &root->popups, link)
		popup_dismiss(popup);
}

void popups_orphan(struct surface *parent)
{
	struct popup *popup, *tmp;
	wl_list_for_each_safe(popup, tmp, &parent->popups, link) {
		popup_dismiss(popup);
		popup_detach(popup);
		wl_list_remove(&popup->link);
		wl_list_init(&popup->link);
		popup->parent = NULL;
	}
}

void popup_dismiss_all(struct server *server)
{
	struct window *window;
	wl_list_for_each(window, &server->windows, link)
		popups_dismiss_of(window->surface);
	struct layer_surface *layer;
	wl_list_for_each(layer, &server->layers, link)
		popups_dismiss_of(layer->surface);
}
