// SPDX-License-Identifier: MIT
// Which outputs show which node, for frame requests and for wl_surface.enter and leave.
#include "compositor/output/overlap.h"
#include "compositor/output/output.h"
#include "compositor/output/visibility.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "wayland-protocol.h"

static void send_enter_leave(struct surface *surface, const struct output *output, bool enter)
{
	struct wl_client *client = wl_resource_get_client(surface->resource);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &output->resources) {
		if (wl_resource_get_client(resource) != client)
			continue;
		if (enter)
			wl_surface_send_enter(surface->resource, resource);
		else
			wl_surface_send_leave(surface->resource, resource);
	}
}

static void surface_set_outputs(struct surface *surface, unsigned outputs)
{
	unsigned changed = surface->outputs ^ outputs;
	surface->outputs = outputs;
	const struct output *best = NULL, *output;
	wl_list_for_each(output, &surface->server->outputs, link) {
		unsigned bit = 1u << output->index;
		if ((outputs & bit) && (!best || output->scale > best->scale))
			best = output;
		if (changed & bit)
			send_enter_leave(surface, output, outputs & bit);
	}
	// Subsurfaces have what their parent has, even where one of them is on other outputs.
	if (best && !surface->subsurface)
		surface_set_preferred(surface, best->scale, best->transform);
}

void surface_leave_outputs(struct surface *surface)
{
	surface_set_outputs(surface, 0);
	surface_clear_visibility(surface);
}

// Outputs that the surface is about to be on; 0: those that show it.
static unsigned expected_outputs(struct surface *surface)
{
	unsigned expected = surface_root(surface)->expected_outputs, enabled = 0;
	if (!expected)
		return 0;
	const struct output *output;
	wl_list_for_each(output, &surface->server->outputs, link) {
		if (output->enabled)
			enabled |= 1u << output->index;
	}
	return expected & enabled;
}

static unsigned overlapped_outputs(const struct server *server, const struct box *box)
{
	unsigned outputs = 0;
	const struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled && box_intersect(&(struct box){0}, box, &output->box))
			outputs |= 1u << output->index;
	}
	return outputs;
}

// x, y: layout position of the node.
static void node_update_outputs(struct node *node, int x, int y, bool shown)
{
	shown = shown && !node->hidden;
	if (node->type != NODE_TREE) {
		struct box box = {x, y, node->width, node->height};
		node->outputs = shown ? overlapped_outputs(node->scene->server, &box) : 0;
		if (node->surface) {
			unsigned expected = node->outputs ? expected_outputs(node->surface) : 0;
			surface_set_outputs(node->surface, expected ? expected : node->outputs);
		}
	}
	struct node *child;
	wl_list_for_each(child, &node->children, link)
		node_update_outputs(child, x + child->x, y + child->y, shown);
}

void node_update_overlap(struct node *node)
{
	int x = 0, y = 0;
	bool shown = node_position(node, &x, &y);
	node_update_outputs(node, x, y, shown);
}

void outputs_update_overlap(struct scene *scene)
{
	if (!scene->moved)
		return;
	scene->moved = false;
	node_update_outputs(scene->root, 0, 0, true);
}
