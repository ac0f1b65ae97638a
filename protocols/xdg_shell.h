// SPDX-License-Identifier: MIT
// Between the files of xdg_shell only: what xdg_wm_base, xdg_surface, its two roles and positioners
// share.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/surface/surface.h"
#include "compositor/window/positioner.h"
#include "compositor/window/window.h"

struct popup;
struct server;

struct xdg_wm_base {
	struct server *server;
	struct wl_resource *resource;
	struct wl_list surfaces; // xdg_surface.link
};

// A configure that was sent and not acknowledged yet, or acknowledged and not committed yet.
struct xdg_configure {
	uint32_t serial;
	bool stale;                  // from before the surface was unmapped
	bool committed;              // a commit carries its ack
	struct window_config config; // of toplevels
	struct box box;              // of popups
	struct wl_list link;         // xdg_surface.sent or acked, oldest first
};

struct xdg_surface {
	struct server *server;
	struct xdg_wm_base *wm; // NULL: destroyed first, as when the client disconnects
	struct wl_resource *resource;
	struct surface *surface;  // NULL: destroyed first
	struct wl_resource *role; // xdg_toplevel or xdg_popup; NULL: none, or destroyed
	struct window *window;    // when role is an xdg_toplevel
	struct popup *popup;      // when role is an xdg_popup
	bool constructed;         // has, or had, a role object
	bool initialized;         // the initial commit came (popups)
	bool configured;          // and a configure was acknowledged: buffers are allowed
	// Last requested by the client; copied as a whole to surface->pending.
	__typeof__(((struct surface_state *)0)->xdg) state;
	struct wl_list sent, acked; // xdg_configure.link
	unsigned n_sent;
	bool capabilities_sent; // toplevels
	int bounds_width, bounds_height;
	bool repositioned; // popups: the next configure answers a reposition
	bool held;         // popups: a configure is held back until others are acknowledged
	uint32_t token;    // popups: of that reposition
	struct wl_listener surface_destroyed;
	struct wl_list link; // xdg_wm_base.surfaces
};

// xdg_shell.c

// get_toplevel, get_popup: gives the surface the role and creates the role object without user
// data. False: there is no role to go on with, because an error was posted, or the surface is
// destroyed and the object inert.
bool xdg_surface_create_role(struct xdg_surface *xdg, const struct surface_role *role,
	struct wl_client *client, uint32_t id, const struct wl_interface *interface,
	const void *impl, wl_resource_destroy_func_t on_destroyed);

// Destroys window or popup when the role object is destroyed. The xdg_surface is as before it had
// one. Does nothing without a role.
void xdg_surface_drop_role(struct xdg_surface *xdg);

// Sends xdg_surface.configure, the end of a configure sequence, and keeps config or box of what
// until it is acknowledged. Returns its serial; 0: too many are unacknowledged, no_memory was
// posted.
uint32_t xdg_surface_configure(struct xdg_surface *xdg, const struct xdg_configure *what);

// Makes the changed xdg->state part of the surface's pending state.
void xdg_surface_state_changed(struct xdg_surface *xdg);

// Posts an error of enum xdg_wm_base_error, unless the xdg_wm_base is destroyed.
void xdg_surface_post_wm_error(struct xdg_surface *xdg, uint32_t code, const char *text);

// The serial allows to start a move, a resize or a window menu on this wl_seat: it is of a press
// that the surface's client got.
bool xdg_surface_serial_valid(struct xdg_surface *xdg, struct wl_resource *seat, uint32_t serial);

// Functions of both surface roles (struct surface_role).

// wl_surface.attach. False: there is no role object yet, an error was posted.
bool xdg_surface_attach(struct surface *surface, struct buffer *buffer);
// Checks a commit. False: an error was posted.
bool xdg_surface_precommit(struct surface *surface, struct surface_state *pending);
// Applies a commit: acknowledged configures, limits, and mapping of window or popup.
void xdg_surface_commit(struct surface *surface, unsigned set);
// The surface is being destroyed: drops the role while all of the surface still exists.
void xdg_surface_gone(struct surface *surface);

// xdg_toplevel.c

// get_toplevel: creates the xdg_toplevel and its window. Errors are posted.
void xdg_toplevel_create(struct xdg_surface *xdg, struct wl_client *client, uint32_t id);
// Checks the size limits at a commit. False: an error was posted.
bool xdg_toplevel_precommit(struct xdg_surface *xdg);
extern const struct surface_role xdg_toplevel_role;

// xdg_popup.c

// get_popup: creates the xdg_popup. parent NULL: another protocol, such as layer-shell, sets it
// before the first commit. Copies positioner. Errors are posted.
void xdg_popup_create(struct xdg_surface *xdg, struct wl_client *client, uint32_t id,
	struct xdg_surface *parent, const struct positioner *positioner);
// Checks a commit: a popup needs a parent. False: an error was posted.
bool xdg_popup_precommit(struct xdg_surface *xdg);
// Applies a commit: the first one sends a configure, later ones map or unmap.
void xdg_popup_commit(struct xdg_surface *xdg);
// ack_configure: sends the configure that was held back, if there is one.
void xdg_popup_acked(struct xdg_surface *xdg);
extern const struct surface_role xdg_popup_role;

// xdg_positioner.c

// create_positioner: creates the object, with no rules set.
void xdg_positioner_create(struct wl_client *client, int version, uint32_t id);
// Rules of an xdg_positioner, valid until its next request. NULL: it has no size or no anchor
// rectangle.
const struct positioner *xdg_positioner_complete(struct wl_resource *resource);
