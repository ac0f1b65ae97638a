// SPDX-License-Identifier: MIT
// Between surface.c, subsurface.c and commit.c only: how commits and subsurfaces hang together.
#pragma once
#include "compositor/core/surface.h"

void surface_commit_free(struct surface_commit *commit); // with its children; discards
// All that the surface has queued, cached or in a parent's.
void surface_drop_commits(struct surface *surface);
// Applies what can be applied now, of the surface and of those above it that waited for it.
void surface_advance(struct surface *surface);
// Applies or queues what a subsurface had cached, and its own children's.
void surface_flush_cached(struct surface *surface);
// Looks again what the pointer is over, if the scene changed. Also for windows, popups and layers.
void surface_refocus(struct server *server);

// The parent dies: its subsurfaces become inert and unmapped.
void surface_orphan_children(struct surface *parent);
void subsurface_surface_gone(struct subsurface *subsurface);
void subsurface_update_mapped(struct subsurface *subsurface);
// Puts the scene nodes of the children in the applied order and place.
void surface_apply_children(struct surface *surface);
// A copy of the requested stack, for a commit that changes it.
void surface_snapshot_children(struct surface *surface, struct surface_state *state);
