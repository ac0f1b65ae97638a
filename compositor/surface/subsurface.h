// SPDX-License-Identifier: MIT
// Subsurfaces: the role, and the requests of wl_subsurface.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct surface;
struct surface_commit;
struct surface_role;

struct subsurface {
	struct wl_resource *resource;     // NULL once wl_subsurface was destroyed
	struct surface *surface, *parent; // either becomes NULL with its object: inert
	bool synced;
	struct surface_commit *cached; // commit that waits for the parent's
	struct wl_list link;           // parent surface.subsurfaces
};

// wl_subcompositor.get_subsurface, after the protocol has ruled out loops and set the role. Never
// NULL; owned by the resource.
struct subsurface *subsurface_create(
	struct surface *surface, struct surface *parent, struct wl_resource *resource);
// wl_subsurface.destroy: the surface is unmapped and leaves its parent.
void subsurface_destroy(struct subsurface *subsurface);
// wl_subsurface.set_position: relative to the parent, logical; clamped. In effect with the parent's
// next commit.
void subsurface_set_position(struct subsurface *subsurface, int x, int y);
// wl_subsurface.place_above and place_below. False: sibling is neither the parent nor a sibling.
bool subsurface_place(struct subsurface *subsurface, struct surface *sibling, bool above);
// wl_subsurface.set_sync and set_desync. Desynchronising applies cached state.
void subsurface_set_sync(struct subsurface *subsurface, bool sync);
extern const struct surface_role subsurface_role;
