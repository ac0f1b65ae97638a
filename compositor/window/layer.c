// SPDX-License-Identifier: MIT
// Layer surfaces: stacking layer, mapping on commits, closing when their output is removed. The
// shell chooses their position.
#include "compositor/window/layer.h"
#include <assert.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/output/overlap.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/popup.h"

static struct node *layer_parent_node(const struct layer_surface *layer)
{
	static const enum scene_layer layers[LAYERS] = {
		[LAYER_BACKGROUND] = SCENE_BACKGROUND,
		[LAYER_BOTTOM] = SCENE_BOTTOM,
		[LAYER_TOP] = SCENE_TOP,
		[LAYER_OVERLAY] = SCENE_OVERLAY,
	};
	return layer->server->scene->layers[layers[layer->current.layer]];
}

static void layer_notify_shell(struct layer_surface *layer)
{
	struct shell *shell = layer->server->shell;
	if (shell && shell->impl->layer_changed)
		shell->impl->layer_changed(shell, layer);
	layer->appeared = false;
}

static void on_output_removed(struct wl_listener *listener, void *data)
{
	struct layer_surface *layer = wl_container_of(listener, layer, output_removed);
	if (layer->output != data)
		return;
	layer->output = NULL;
	layer_surface_close(layer);
}

struct layer_surface *layer_surface_create(struct server *server, struct surface *surface,
	struct output *output, uint32_t layer_number, const char *namespace,
	const struct layer_surface_impl *impl)
{
	assert(!surface->layer && layer_number < LAYERS);
	struct layer_surface *layer = xcalloc(1, sizeof(*layer));
	layer->impl = impl;
	layer->server = server;
	layer->surface = surface;
	layer->output = output;
	layer->namespace = xstrdup(namespace);
	layer->current.layer = layer_number;
	wl_signal_init(&layer->events.destroyed);
	layer->output_removed.notify = on_output_removed;
	wl_signal_add(&server->events.output_removed, &layer->output_removed);
	wl_list_insert(server->layers.prev, &layer->link);
	surface->layer = layer;

	layer->tree = node_create(layer_parent_node(layer), NODE_TREE);
	node_set_hidden(layer->tree, true);
	node_set_parent(surface->tree, layer->tree);
	node_set_position(surface->tree, 0, 0);
	layer->popups = node_create(layer->tree, NODE_TREE);
	return layer;
}

static void layer_unmap(struct layer_surface *layer)
{
	popups_dismiss_of(layer->surface);
	if (!layer->mapped)
		return;
	layer->mapped = layer->appeared = false;
	surface_set_mapped(layer->surface, false);
	node_set_hidden(layer->tree, true);
}

void layer_surface_destroy(struct layer_surface *layer)
{
	if (!layer)
		return;
	struct server *server = layer->server;
	layer_unmap(layer);
	wl_list_remove(&layer->link); // the shell then arranges the others
	wl_list_init(&layer->link);
	layer_notify_shell(layer);
	wl_signal_emit_mutable(&layer->events.destroyed, layer);
	popups_orphan(layer->surface);
	wl_list_remove(&layer->output_removed.link);
	node_set_hidden(layer->surface->tree, true);
	node_set_parent(layer->surface->tree, server->scene->layers[SCENE_WINDOWS]);
	node_destroy(layer->tree);
	layer->surface->layer = NULL;
	free(layer->namespace);
	free(layer);
	scene_notify_changed(server->scene);
}

struct layer_surface *layer_surface_from_surface(struct surface *surface)
{
	return surface ? surface_root(surface)->layer : NULL;
}

void layer_surface_configure(struct layer_surface *layer, int width, int height)
{
	const struct output *output = layer->output;
	if (layer->mapped)
		node_update_overlap(layer->tree);
	else if (output)
		surface_set_preferred(layer->surface, output->scale, output->transform);
	layer->impl->configure(layer, width, height);
}

void layer_surface_close(struct layer_surface *layer)
{
	if (layer->closed)
		return;
	layer->closed = true;
	layer_unmap(layer);
	layer_notify_shell(layer);
	layer->impl->closed(layer);
	scene_notify_changed(layer->server->scene);
}

static void layer_move_popups(struct layer_surface *layer)
{
	struct popup *popup;
	wl_list_for_each(popup, &layer->surface->popups, link)
		popup_update_parent_moved(popup);
}

void layer_surface_commit(struct layer_surface *layer, bool changed)
{
	struct surface *surface = layer->surface;
	if (layer->closed)
		return;
	if (!layer->initial_commit_done)
		changed = layer->initial_commit_done = true;
	if (layer->tree->parent != layer_parent_node(layer))
		node_set_parent(layer->tree, layer_parent_node(layer));
	if (surface->has_buffer && !layer->mapped) {
		changed = layer->mapped = layer->appeared = true;
		surface_set_mapped(surface, true);
		node_set_hidden(layer->tree, false);
	} else if (!surface->has_buffer && layer->mapped) {
		layer_unmap(layer);
		changed = true;
		layer->initial_commit_done = false;
	}
	if (!changed)
		return;
	layer_notify_shell(layer);
	layer_move_popups(layer);
}
