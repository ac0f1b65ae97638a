// SPDX-License-Identifier: MIT
// A popup: a surface placed against its parent (a window, a popup or a layer surface), perhaps with
// an explicit grab. The grab chain lives here; the wire is xdg_shell's.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>
#include "compositor/core/positioner.h"

struct layer_surface;
struct node;
struct popup;
struct seat;
struct server;
struct surface;

struct popup_impl {
	void (*configure)(struct popup *popup, const struct box *box); // from the parent's geometry
	void (*done)(struct popup *popup); // dismissed; the client destroys it
};

struct popup {
	const struct popup_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct surface *surface, *parent; // parent NULL: not given yet (layer-shell), or gone
	struct positioner positioner;
	struct box box;      // placed and sent last, from the parent's window geometry
	struct box current;  // the one in the last commit; set by the protocol
	struct box geometry; // window geometry in surface coordinates
	struct node *tree;   // holds surface->tree and the popups above it
	bool mapped, grabbing, dismissed;
	uint32_t grab_serial;
	struct wl_list link;      // parent surface.popups
	struct wl_list grab_link; // seat.popup_grabs, topmost first
	struct wl_signal destroyed;
};

struct popup *popup_create(struct server *server, struct surface *surface, struct surface *parent,
	const struct positioner *positioner, const struct popup_impl *impl, void *data);
void popup_destroy(struct popup *popup);
struct popup *popup_from_surface(struct surface *surface); // NULL: it is none
// Of an xdg_popup, whose user data it is; NULL when that is inert.
struct popup *popup_from_resource(struct wl_resource *resource);
void popup_set_parent(struct popup *popup, struct surface *parent);
// Computes the box inside the output (or the parent's) and sends configure; also the first time.
// positioner NULL: the one it has.
void popup_reposition(struct popup *popup, const struct positioner *positioner);
void popup_update_parent_moved(struct popup *popup); // reactive ones are placed again
void popup_commit(struct popup *popup);              // with current set: maps, unmaps, places
// False: the serial or parent does not allow it: the caller dismisses or posts invalid_grab.
bool popup_grab(struct popup *popup, struct seat *seat, uint32_t serial);
bool popup_is_topmost(struct popup *popup); // no mapped child popups
void popup_dismiss(struct popup *popup);    // with its children, topmost first
void popup_dismiss_all(struct server *server);
// Popups whose root parent is this surface.
void popups_dismiss_of(struct surface *root);
// The parent's role object goes: its popups are dismissed, leave the scene and lose their parent.
void popups_orphan(struct surface *parent);
// The newest of the popups with a grab, NULL: there is none.
struct popup *popup_grab_top(struct seat *seat);
// Whose popups get all input now, nothing else being above them; NULL: nobody's.
struct wl_client *popup_grab_client(struct seat *seat);
void popup_grab_dismiss(struct seat *seat); // all that have a grab, newest first
