// SPDX-License-Identifier: MIT
// Popups of windows, layer surfaces and popups, and their explicit grabs. protocols/xdg_popup.c has
// their requests and events.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>
#include "compositor/window/positioner.h"

struct node;
struct popup;
struct seat;
struct server;
struct surface;

struct popup_impl {
	// Sends xdg_popup.configure. box is relative to the parent's window geometry, logical.
	void (*configure)(struct popup *popup, const struct box *box);
	void (*done)(struct popup *popup); // sends xdg_popup.popup_done
};

struct popup {
	const struct popup_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct surface *surface, *parent; // parent NULL: not set yet (layer-shell), or destroyed
	struct positioner positioner;
	struct box box;      // of the last configure, relative to the parent's window geometry
	struct box current;  // of the last commit, likewise; set by the protocol
	struct box geometry; // own window geometry, surface coordinates
	struct node *tree;   // contains surface->tree and child popups; NULL: no parent
	bool mapped;
	bool grabbing;  // in the chain of popups with an explicit grab
	bool dismissed; // popup_done was sent
	uint32_t grab_serial;
	struct wl_list link;      // parent surface.popups
	struct wl_list grab_link; // seat.popup_grabs, topmost first
	struct wl_signal destroyed;
};

// For a surface without a role object. parent may be NULL (see popup_set_parent). The positioner is
// copied. Never NULL; dismissed at once if popups are nested too deep.
struct popup *popup_create(struct server *server, struct surface *surface, struct surface *parent,
	const struct positioner *positioner, const struct popup_impl *impl, void *data);
// Unmaps it and dismisses its child popups. NULL is allowed.
void popup_destroy(struct popup *popup);
// The popup of a surface. NULL: none; surface may be NULL.
struct popup *popup_from_surface(struct surface *surface);
// The surface of the window or layer surface that the surface belongs to, through its subsurfaces
// and popups; the surface of the last popup if that has no parent.
struct surface *popup_root_surface(struct surface *surface);
// The popup of an xdg_popup. NULL: the resource is inert, or NULL.
struct popup *popup_from_resource(struct wl_resource *resource);
// Implements zwlr_layer_surface_v1.get_popup: sets the parent of a popup created without one.
void popup_set_parent(struct popup *popup, struct surface *parent);
// Places the popup inside the output of its anchor and sends xdg_popup.configure, also for the
// first time. positioner (copied) replaces the current one; NULL keeps it.
void popup_reposition(struct popup *popup, const struct positioner *positioner);
// After the parent moved: repositions the popup if it is reactive, and its child popups.
void popup_update_parent_moved(struct popup *popup);
// After each applied commit, with current set: maps, unmaps, moves.
void popup_commit(struct popup *popup);
// Implements xdg_popup.grab: adds the popup to the grab chain. False: the serial or the parent does
// not allow it; the caller dismisses the popup or posts an error.
bool popup_grab(struct popup *popup, struct seat *seat, uint32_t serial);
// It has no mapped child popups.
bool popup_is_topmost(struct popup *popup);
// Unmaps the popup, dismisses its child popups first, and sends xdg_popup.popup_done once.
void popup_dismiss(struct popup *popup);
// Dismisses the popups of all windows and layer surfaces.
void popup_dismiss_all(struct server *server);
// Dismisses the child popups of a surface.
void popups_dismiss_of(struct surface *root);
// Before the role object of the parent is destroyed: dismisses its popups, removes them from the
// scene and clears their parent.
void popups_orphan(struct surface *parent);
// The newest popup of the grab chain. NULL: no popup has a grab.
struct popup *popup_grab_top(struct seat *seat);
// Dismisses the grab chain, newest popup first.
void popup_grab_dismiss(struct seat *seat);
