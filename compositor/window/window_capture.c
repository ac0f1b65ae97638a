// SPDX-License-Identifier: MIT
// Captures a window with its subsurfaces, and with its popups and decorations if asked to.
#include "compositor/window/window_capture.h"
#include "compositor/output/capture.h"
#include "compositor/scene/scene.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"

static void node_add_bounds(const struct node *node, int x, int y, struct box *bounds)
{
	if (node->hidden)
		return;
	if (node->type != NODE_TREE)
		box_extend(bounds, &(struct box){x, y, node->width, node->height});
	const struct node *child;
	wl_list_for_each(child, &node->children, link)
		node_add_bounds(child, x + child->x, y + child->y, bounds);
}

struct box window_capture_extents(struct window *window, bool popups)
{
	struct box bounds = {0};
	const struct node *node = popups ? window->tree : window->surface->tree;
	int x, y;
	node_position(node, &x, &y);
	node_add_bounds(node, x, y, &bounds);
	return bounds;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 29;
}

static uint64_t node_add_version(const struct node *node, uint64_t hash)
{
	hash = mix(mix(hash, node->id), node->revision);
	if (node->hidden)
		return hash;
	if (node->content)
		hash = mix(mix(hash, node->content->sequence), node->content->shape);
	const struct node *child;
	wl_list_for_each(child, &node->children, link) {
		hash = mix(mix(hash, (uint64_t)child->x), (uint64_t)child->y);
		hash = node_add_version(child, hash);
	}
	return hash;
}

uint64_t window_capture_version(const struct window *window)
{
	return node_add_version(window->surface->tree, 0);
}

bool window_capture(struct window *window, double scale, bool popups, struct buffer *target)
{
	struct box box = window_capture_extents(window, popups);
	struct node *root = popups ? window->tree : window->surface->tree;
	return capture_tree(root, &box, scale, target);
}
