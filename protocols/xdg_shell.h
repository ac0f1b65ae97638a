// SPDX-License-Identifier: MIT
// Between the files of xdg_shell only: what xdg_surface, its two roles and positioners share.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/core/positioner.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"

struct popup;
struct server;

struct xdg_wm_base {
	struct server *server;
	struct wl_resource *resource;
	struct wl_list surfaces; // xdg_surface.link
};

// One that was sent and not acknowledged yet, or acknowledged and not committed yet.
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
	struct xdg_wm_base *wm; // NULL: it went first, as the client does
	struct wl_resource *resource;
	struct surface *surface;  // NULL: it went first
	struct wl_resource *role; // xdg_toplevel or xdg_popup; NULL: none, or gone
	struct window *window;    // when role is an xdg_toplevel
	struct popup *popup;      // when role is an xdg_popup
	bool constructed;         // it had a role object at some time
	bool initialized;         // the initial commit came (popups)
	bool configured;          // and a configure was acknowledged: buffers are welcome
	// What the client asked for last; goes whole into surface->pending.
	__typeof__(((struct surface_state *)0)->xdg) state;
	struct wl_list sent, acked; // xdg_configure.link
	unsigned n_sent;
	bool capabilities_sent; // toplevels
	int bounds_width, bounds_height;
	bool repositioned; // popups: the next configure answers a reposition
	bool held;         // popups: one is not sent until others are acknowledged
	uint32_t token;
	struct wl_listener surface_destroyed;
	struct wl_list link; // xdg_wm_base.surfaces
};

// xdg_shell.c
struct xdg_surface *xdg_surface_from_resource(struct wl_resource *resource);
// Gives the surface its role; false: an error was posted.
bool xdg_surface_take_role(struct xdg_surface *xdg, const struct surface_role *role);
// The role object goes: window or popup is destroyed, the xdg_surface is as new.
void xdg_surface_drop_role(struct xdg_surface *xdg);
// Ends a configure sequence; what carries config or box. 0: the client was given up.
uint32_t xdg_surface_configure(struct xdg_surface *xdg, const struct xdg_configure *what);
void xdg_surface_state_changed(struct xdg_surface *xdg); // state goes into surface->pending
void xdg_surface_post_wm_error(struct xdg_surface *xdg, uint32_t code, const char *text);
// A surface whose serial allows to start moves, menus, grabs.
bool xdg_surface_serial_valid(struct xdg_surface *xdg, struct wl_resource *seat, uint32_t serial);

// xdg_toplevel.c
void xdg_toplevel_create(struct xdg_surface *xdg, struct wl_client *client, uint32_t id);
bool xdg_toplevel_precommit(struct xdg_surface *xdg);
extern const struct surface_role xdg_toplevel_role;

// xdg_popup.c
void xdg_popup_create(struct xdg_surface *xdg, struct wl_client *client, uint32_t id,
	struct xdg_surface *parent, const struct positioner *positioner);
bool xdg_popup_precommit(struct xdg_surface *xdg);
void xdg_popup_commit(struct xdg_surface *xdg);
void xdg_popup_acked(struct xdg_surface *xdg);
extern const struct surface_role xdg_popup_role;

// For both roles.
bool xdg_surface_attach(struct surface *surface, struct buffer *buffer);
bool xdg_surface_precommit(struct surface *surface, struct surface_state *pending);
void xdg_surface_commit(struct surface *surface, unsigned set);
void xdg_surface_gone(struct surface *surface);

// xdg_positioner.c
void xdg_positioner_create(struct wl_client *client, int version, uint32_t id);
// NULL: it lacks its size or anchor rectangle.
const struct positioner *xdg_positioner_complete(struct wl_resource *resource);
