// SPDX-License-Identifier: MIT
// Private to surface.c, subsurface.c and commit.c: the commit queue, synchronisation of
// subsurfaces.
#pragma once
#include "compositor/surface/subsurface.h"
#include "compositor/surface/surface.h"

// Discards all commits of the surface: queued, cached or attached to a parent's.
void surface_drop_commits(struct surface *surface);
// Applies the commits that no longer wait, of the surface and of parents that waited for it.
void surface_advance(struct surface *surface);
// Applies or queues the cached commit of a subsurface and of its children.
void surface_flush_cached(struct surface *surface);

// The parent is destroyed: its subsurfaces become inert and unmapped.
void surface_orphan_children(struct surface *parent);
// The subsurface's wl_surface is destroyed: it becomes inert.
void subsurface_surface_gone(struct subsurface *subsurface);
// Maps or unmaps by its content, its parent and its placement.
void subsurface_update_mapped(struct subsurface *subsurface);
// Orders and positions the scene nodes of the children as applied.
void surface_apply_children(struct surface *surface);
// Copies the requested stack into the state of a commit that changes it.
void surface_snapshot_children(struct surface *surface, struct surface_state *state);
