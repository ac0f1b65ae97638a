// SPDX-License-Identifier: MIT
// The scene tree: creation, order, and setters, which raise revisions and request frames.
#include "compositor/scene/scene.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene_sink.h"
#include "compositor/server.h"

// A node moved, came or went: pointer focus and overlapped outputs may change.
static void structure_changed(struct node *node)
{
	struct scene *scene = node->scene;
	scene->changed = true;
	scene->moved = true;
	scene->version++;
	scene->shape++;
	scene->sink->request_frame(scene->server, SCENE_ALL_OUTPUTS);
}

static void node_changed(struct node *node)
{
	node->revision++;
	structure_changed(node);
}

static struct node *node_new(struct scene *scene, enum node_type type)
{
	struct node *node = xcalloc(1, sizeof(*node));
	node->scene = scene;
	node->type = type;
	node->id = ++scene->server->next_node_id;
	node->alpha = 1;
	wl_list_init(&node->children);
	wl_list_init(&node->link);
	pixman_region32_init(&node->opaque);
	wl_signal_init(&node->destroyed);
	return node;
}

struct scene *scene_create(struct server *server, const struct scene_sink *sink)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	scene->server = server;
	scene->sink = sink;
	wl_signal_init(&scene->events.changed);
	scene->root = node_new(scene, NODE_TREE);
	for (int i = 0; i < SCENE_LAYERS; i++)
		scene->layers[i] = node_create(scene->root, NODE_TREE);
	return scene;
}

void scene_destroy(struct scene *scene)
{
	if (!scene)
		return;
	node_destroy(scene->root);
	free(scene);
}

void scene_set_locked(struct scene *scene, bool locked)
{
	for (int i = 0; i < SCENE_LAYERS; i++)
		node_set_hidden(scene->layers[i], locked && i != SCENE_LOCK && i != SCENE_CURSOR);
}

bool scene_reaches(const struct node *node)
{
	const struct scene *scene = node->scene;
	while (scene->server->locked && node && node != scene->layers[SCENE_LOCK])
		node = node->parent;
	return node;
}

void scene_notify_changed(struct scene *scene)
{
	if (!scene->changed)
		return;
	scene->changed = false;
	wl_signal_emit_mutable(&scene->events.changed, scene);
}

struct node *node_create(struct node *parent, enum node_type type)
{
	struct node *node = node_new(parent->scene, type);
	node->parent = parent;
	wl_list_insert(parent->children.prev, &node->link);
	structure_changed(node);
	return node;
}

void node_destroy(struct node *node)
{
	if (!node)
		return;
	structure_changed(node);
	struct node *child, *tmp;
	wl_list_for_each_safe(child, tmp, &node->children, link)
		node_destroy(child);
	wl_signal_emit_mutable(&node->destroyed, node);
	wl_list_remove(&node->link);
	pixman_region32_fini(&node->opaque);
	free(node);
}

void node_set_position(struct node *node, int x, int y)
{
	if (node->x == x && node->y == y)
		return;
	node->x = x;
	node->y = y;
	structure_changed(node); // lists hold positions, so no new revision
}

void node_set_hidden(struct node *node, bool hidden)
{
	if (node->hidden == hidden)
		return;
	node->hidden = hidden;
	structure_changed(node);
}

void node_set_parent(struct node *node, struct node *parent)
{
	assert(node->scene == parent->scene);
	if (node->parent == parent && parent->children.prev == &node->link)
		return;
	wl_list_remove(&node->link);
	node->parent = parent;
	wl_list_insert(parent->children.prev, &node->link);
	structure_changed(node);
}

static void node_move_after(struct node *node, struct wl_list *before)
{
	if (before == &node->link || node->link.prev == before)
		return;
	wl_list_remove(&node->link);
	wl_list_insert(before, &node->link);
	structure_changed(node);
}

void node_raise(struct node *node)
{
	node_move_after(node, node->parent->children.prev);
}

void node_lower(struct node *node)
{
	node_move_after(node, &node->parent->children);
}

void node_place_above(struct node *node, struct node *sibling)
{
	assert(node->parent == sibling->parent);
	node_move_after(node, &sibling->link);
}

void node_place_below(struct node *node, struct node *sibling)
{
	assert(node->parent == sibling->parent);
	if (node != sibling)
		node_move_after(node, sibling->link.prev);
}

void node_set_size(struct node *node, int width, int height)
{
	if (node->width == width && node->height == height)
		return;
	node->width = width;
	node->height = height;
	structure_changed(node);
}

void node_set_color(struct node *node, const float color[4])
{
	if (memcmp(node->color, color, sizeof(node->color)) == 0)
		return;
	memcpy(node->color, color, sizeof(node->color));
	node_changed(node);
}

void node_set_alpha(struct node *node, float alpha)
{
	if (node->alpha == alpha)
		return;
	node->alpha = alpha;
	node_changed(node);
}

void node_set_content(struct node *node, struct content *content)
{
	if (node->content == content)
		return;
	node->content = content;
	node_changed(node);
}

void node_set_source(struct node *node, const struct fbox *src, enum transform transform)
{
	if (memcmp(&node->src, src, sizeof(*src)) == 0 && node->transform == transform)
		return;
	node->src = *src;
	node->transform = transform;
	node_changed(node);
}

void node_set_opaque(struct node *node, const region *opaque)
{
	if (pixman_region32_equal(&node->opaque, (region *)opaque))
		return;
	// A correct opaque region does not change the picture; the revision repaints in case it was
	// wrong.
	pixman_region32_copy(&node->opaque, (region *)opaque);
	node->revision++;
	node->scene->version++;
	node->scene->shape++;
	node->scene->sink->request_frame(node->scene->server, SCENE_ALL_OUTPUTS);
}

void node_content_changed(struct node *node)
{
	node->scene->version++;
	if (node->content_shape != node->content->shape) {
		node->content_shape = node->content->shape;
		node->scene->shape++;
	}
	node_wants_frame(node);
}

void node_wants_frame(struct node *node)
{
	struct scene *scene = node->scene;
	// While something moved, node->outputs is not up to date.
	unsigned outputs = scene->moved ? SCENE_ALL_OUTPUTS : node->outputs;
	if (outputs)
		scene->sink->request_frame(scene->server, outputs);
}

bool node_position(const struct node *node, int *x, int *y)
{
	*x = *y = 0;
	const struct node *root = node->scene->root;
	bool shown = true;
	for (; node != root; node = node->parent) {
		if (!node)
			return false;
		shown = shown && !node->hidden;
		*x += node->x;
		*y += node->y;
	}
	return shown;
}

bool node_visible(const struct node *node)
{
	int x, y;
	return node->outputs && node_position(node, &x, &y);
}
