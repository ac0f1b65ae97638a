// SPDX-License-Identifier: MIT
// Subsurfaces: stack and position are state of the parent; while synchronised, their commits are
// applied with the parent's.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/commit.h"

#define MAX_OFFSET (1 << 20) // logical pixels from the parent

static void on_commit(struct surface *surface, unsigned set)
{
	if (surface->subsurface && (set & SURFACE_BUFFER))
		subsurface_update_mapped(surface->subsurface);
}

const struct surface_role subsurface_role = {
	.name = "wl_subsurface",
	.commit = on_commit,
	.strict_size = true,
};

bool surface_effectively_synced(const struct surface *surface)
{
	for (; surface->subsurface && surface->subsurface->parent;
		surface = surface->subsurface->parent)
		if (surface->subsurface->synced)
			return true;
	return false;
}

void subsurface_update_mapped(struct subsurface *subsurface)
{
	struct surface *surface = subsurface->surface;
	if (!surface)
		return;
	// Mapped by the parent's commit that places it.
	bool placed = surface->tree->parent && subsurface->parent &&
		surface->tree->parent == subsurface->parent->tree;
	surface_set_mapped(surface, placed && surface->has_buffer && subsurface->parent->mapped);
}

static void insert_child(struct surface *parent, size_t at, struct surface_child child)
{
	parent->children =
		xrealloc(parent->children, parent->n_children + 1, sizeof(*parent->children));
	memmove(&parent->children[at + 1], &parent->children[at],
		(parent->n_children - at) * sizeof(*parent->children));
	parent->children[at] = child;
	parent->n_children++;
	parent->pending.set |= SURFACE_CHILDREN;
}

static void remove_child(
	struct surface_child *children, size_t *n_children, const struct subsurface *subsurface)
{
	for (size_t i = 0; i < *n_children; i++) {
		if (children[i].subsurface != subsurface)
			continue;
		memmove(&children[i], &children[i + 1], (*n_children - i - 1) * sizeof(*children));
		(*n_children)--;
		return;
	}
}

static struct surface_child *find_child(struct surface *parent, const struct subsurface *subsurface)
{
	for (size_t i = 0; i < parent->n_children; i++)
		if (parent->children[i].subsurface == subsurface)
			return &parent->children[i];
	return NULL;
}

void surface_snapshot_children(struct surface *surface, struct surface_state *state)
{
	free(state->children);
	state->n_children = surface->n_children;
	state->children = xcalloc(MAX(surface->n_children, 1), sizeof(*state->children));
	if (surface->n_children)
		memcpy(state->children, surface->children,
			surface->n_children * sizeof(*state->children));
}

void surface_apply_children(struct surface *surface)
{
	const struct surface_state *state = &surface->current;
	struct node *below = NULL;
	for (size_t i = 0; i < state->n_children; i++) {
		struct subsurface *subsurface = state->children[i].subsurface;
		struct surface *child = subsurface ? subsurface->surface : NULL;
		if (subsurface && !child)
			continue;
		struct node *node = child ? child->tree : surface->node;
		if (child) {
			if (node->parent != surface->tree)
				node_set_parent(node, surface->tree);
			node_set_position(node, state->children[i].x, state->children[i].y);
		}
		if (below)
			node_place_above(node, below);
		else
			node_lower(node);
		below = node;
		if (child)
			subsurface_update_mapped(subsurface);
	}
}

struct subsurface *subsurface_create(
	struct surface *surface, struct surface *parent, struct wl_resource *resource)
{
	struct subsurface *subsurface = xcalloc(1, sizeof(*subsurface));
	subsurface->resource = resource;
	subsurface->surface = surface;
	subsurface->parent = parent;
	subsurface->synced = true;
	surface->subsurface = subsurface;
	wl_list_insert(parent->subsurfaces.prev, &subsurface->link);
	if (!parent->n_children)
		insert_child(parent, 0, (struct surface_child){0});
	insert_child(parent, parent->n_children, (struct surface_child){.subsurface = subsurface});
	if (parent->preferred_scale > 0)
		surface_set_preferred(
			surface, parent->preferred_scale, parent->preferred_transform);
	return subsurface;
}

// Leaves the parent at once; pending state of the parent is dropped as well.
static void detach_from_parent(struct subsurface *subsurface)
{
	struct surface *parent = subsurface->parent;
	if (!parent)
		return;
	if (subsurface->surface)
		surface_count_visible(parent, -(int)subsurface->surface->n_visible);
	subsurface->parent = NULL;
	wl_list_remove(&subsurface->link);
	wl_list_init(&subsurface->link);
	remove_child(parent->children, &parent->n_children, subsurface);
	remove_child(parent->pending.children, &parent->pending.n_children, subsurface);
	remove_child(parent->current.children, &parent->current.n_children, subsurface);
	struct surface_commit *commit;
	wl_list_for_each(commit, &parent->commits, own_link)
		remove_child(commit->state.children, &commit->state.n_children, subsurface);

	struct surface *surface = subsurface->surface;
	if (!surface)
		return;
	// Its commits that wait for the parent are discarded.
	surface_drop_commits(surface);
	surface_set_mapped(surface, false);
	node_set_hidden(surface->tree, true);
	node_set_parent(surface->tree, surface->server->scene->layers[SCENE_WINDOWS]);
}

void subsurface_destroy(struct subsurface *subsurface)
{
	struct surface *parent = subsurface->parent;
	detach_from_parent(subsurface);
	if (parent) // its commits may have waited for those
		surface_advance(parent);
	if (subsurface->surface) {
		subsurface->surface->subsurface = NULL;
		subsurface->surface->role_object = NULL;
		scene_notify_changed(subsurface->surface->server->scene);
	}
	free(subsurface);
}

void subsurface_surface_gone(struct subsurface *subsurface)
{
	struct surface *parent = subsurface->parent;
	detach_from_parent(subsurface);
	subsurface->surface->subsurface = NULL;
	subsurface->surface = NULL;
	if (parent)
		surface_advance(parent);
	if (!subsurface->resource)
		free(subsurface);
}

void surface_orphan_children(struct surface *parent)
{
	struct subsurface *subsurface, *tmp;
	wl_list_for_each_safe(subsurface, tmp, &parent->subsurfaces, link)
		detach_from_parent(subsurface);
}

void subsurface_set_position(struct subsurface *subsurface, int x, int y)
{
	if (!subsurface->parent)
		return;
	struct surface_child *child = find_child(subsurface->parent, subsurface);
	// Sums of a whole tree of offsets do not overflow.
	child->x = CLAMP(x, -MAX_OFFSET, MAX_OFFSET);
	child->y = CLAMP(y, -MAX_OFFSET, MAX_OFFSET);
	subsurface->parent->pending.set |= SURFACE_CHILDREN;
}

bool subsurface_place(struct subsurface *subsurface, struct surface *sibling, bool above)
{
	struct surface *parent = subsurface->parent;
	if (!parent)
		return true;
	if (sibling == subsurface->surface ||
		(sibling != parent &&
			(!sibling->subsurface || sibling->subsurface->parent != parent)))
		return false;
	struct surface_child child = *find_child(parent, subsurface);
	remove_child(parent->children, &parent->n_children, subsurface);
	struct surface_child *beside =
		find_child(parent, sibling == parent ? NULL : sibling->subsurface);
	insert_child(parent, (size_t)(beside - parent->children) + (above ? 1 : 0), child);
	return true;
}

void subsurface_set_sync(struct subsurface *subsurface, bool sync)
{
	bool was = subsurface->synced;
	subsurface->synced = sync;
	struct surface *surface = subsurface->surface;
	if (was && !sync && surface && !surface_effectively_synced(surface)) {
		surface_flush_cached(surface);
		scene_notify_changed(surface->server->scene);
	}
}
