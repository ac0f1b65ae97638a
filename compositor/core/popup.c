// SPDX-License-Identifier: MIT
// Popups: where they are placed, when they are shown, and how they are dismissed. A popup that was
// dismissed stays an object until its client destroys it, but is never shown again.
#include "compositor/core/popup.h"
#include <assert.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/commit.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/popup_grab.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"

// Popups of popups: the scene and dismissal walk them by recursion. Nobody has so many.
#define MAX_DEPTH 64

// Where popups of that parent go in the scene; its origin is the parent's window geometry.
static struct node *popups_node(const struct surface *parent)
{
	if (parent->window)
		return parent->window->popups;
	if (parent->layer)
		return parent->layer->popups;
	return parent->popup ? parent->popup->tree : NULL;
}

static int depth(const struct surface *parent)
{
	int count = 0;
	for (; parent && parent->popup; parent = parent->popup->parent)
		count++;
	return count;
}

static void attach(struct popup *popup)
{
	struct node *above = popup->parent ? popups_node(popup->parent) : NULL;
	if (popup->tree || !above)
		return;
	popup->tree = node_create(above, NODE_TREE);
	node_set_hidden(popup->tree, true);
	node_set_parent(popup->surface->tree, popup->tree);
}

// Takes the surface out of the tree before the tree goes, and those above it first.
static void detach(struct popup *popup)
{
	struct popup *child;
	wl_list_for_each(child, &popup->surface->popups, link)
		detach(child);
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
	if (depth(parent) >= MAX_DEPTH) {
		popup_dismiss(popup);
		return;
	}
	popup->parent = parent;
	wl_list_insert(&parent->popups, &popup->link);
	attach(popup);
}

static void unmap(struct popup *popup)
{
	popups_dismiss_of(popup->surface);
	popup_grab_leave(popup);
	if (!popup->mapped)
		return;
	popup->mapped = false;
	surface_set_mapped(popup->surface, false);
	if (popup->tree)
		node_set_hidden(popup->tree, true);
	surface_refocus(popup->server);
}

void popup_destroy(struct popup *popup)
{
	if (!popup)
		return;
	unmap(popup);
	popups_orphan(popup->surface);
	wl_signal_emit_mutable(&popup->destroyed, popup);
	detach(popup);
	wl_list_remove(&popup->link);
	popup->surface->popup = NULL;
	surface_refocus(popup->server);
	free(popup);
}

struct popup *popup_from_surface(struct surface *surface)
{
	return surface ? surface->popup : NULL;
}

struct popup *popup_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

// The output that shows the anchor, from the parent's geometry; false: there is none.
static bool find_bounds(const struct popup *popup, struct box *bounds)
{
	const struct node *node = popups_node(popup->parent);
	int x, y;
	if (!node)
		return false;
	node_position(node, &x, &y);
	const struct box *rect = &popup->positioner.anchor_rect;
	const int far = 1 << 28; // sums stay within an int
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

static struct box place(const struct popup *popup)
{
	struct box bounds;
	if (popup->parent && find_bounds(popup, &bounds))
		return positioner_constrain(&popup->positioner, &bounds);
	return positioner_place(&popup->positioner);
}

void popup_reposition(struct popup *popup, const struct positioner *positioner)
{
	if (positioner)
		popup->positioner = *positioner;
	popup->box = place(popup);
	popup->impl->configure(popup, &popup->box);
}

void popup_update_parent_moved(struct popup *popup)
{
	if (popup->mapped && popup->positioner.reactive) {
		struct box box = place(popup);
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
			unmap(popup);
		return;
	}
	if (popup->dismissed)
		return;
	if (!popup->parent || !popup->parent->mapped) {
		popup_dismiss(popup);
		return;
	}
	attach(popup);
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
	unmap(popup);
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
		detach(popup);
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
