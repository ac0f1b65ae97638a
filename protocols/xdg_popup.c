// SPDX-License-Identifier: MIT
// xdg_popup: requests of popups, and their configures. Placement, grabs and dismissal are
// implemented in compositor/window/popup.c.
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/popup.h"
#include "protocols/resources.h"
#include "protocols/xdg_shell.h"
#include "xdg-shell-protocol.h"

// Configures of a reactive popup that may be unacknowledged while its parent moves.
#define MAX_UNACKED 16

const struct surface_role xdg_popup_role = {
	.name = "xdg_popup",
	.defunct_is_error = true,
	.strict_size = true,
	.attach = xdg_surface_attach,
	.precommit = xdg_surface_precommit,
	.commit = xdg_surface_commit,
	.destroyed = xdg_surface_gone,
};

bool xdg_popup_precommit(struct xdg_surface *xdg)
{
	if (xdg->popup->parent || xdg->popup->dismissed)
		return true;
	xdg_surface_post_wm_error(
		xdg, XDG_WM_BASE_ERROR_INVALID_POPUP_PARENT, "committed without a parent");
	return false;
}

void xdg_popup_commit(struct xdg_surface *xdg)
{
	struct popup *popup = xdg->popup;
	if (!xdg->initialized) {
		xdg->initialized = true;
		popup_reposition(popup, NULL);
		if (!xdg->configured)
			popup->current =
				popup->box; // for clients that map without a configure (wlcs)
	}
	popup_commit(popup);
}

void xdg_popup_acked(struct xdg_surface *xdg)
{
	if (!xdg->held)
		return;
	xdg->held = false;
	popup_reposition(xdg->popup, NULL);
}

static void on_configure(struct popup *popup, const struct box *box)
{
	struct xdg_surface *xdg = popup->data;
	if (xdg->n_sent >= MAX_UNACKED && !xdg->repositioned) {
		xdg->held = true;
		return;
	}
	if (xdg->repositioned)
		xdg_popup_send_repositioned(xdg->role, xdg->token);
	xdg->repositioned = false;
	xdg_popup_send_configure(xdg->role, box->x, box->y, box->width, box->height);
	xdg_surface_configure(xdg, &(struct xdg_configure){.box = *box});
}

static void on_done(struct popup *popup)
{
	struct xdg_surface *xdg = popup->data;
	xdg_popup_send_popup_done(xdg->role);
}

static const struct popup_impl popup_impl = {
	.configure = on_configure,
	.done = on_done,
};

// Requests. The user data is the popup; NULL: its surface was destroyed.

static void handle_destroy(struct wl_client *client, struct wl_resource *resource)
{
	struct popup *popup = popup_from_resource(resource);
	if (popup && !popup_is_topmost(popup))
		xdg_surface_post_wm_error(popup->data, XDG_WM_BASE_ERROR_NOT_THE_TOPMOST_POPUP,
			"destroyed while it is not the topmost popup");
	else
		wl_resource_destroy(resource);
}

static void handle_grab(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat_resource, uint32_t serial)
{
	struct popup *popup = popup_from_resource(resource);
	if (!popup || popup->dismissed)
		return;
	struct seat *seat = seat_from_resource(seat_resource);
	struct popup *parent = popup->parent ? popup->parent->popup : NULL;
	if (popup->mapped || popup->grabbing) {
		wl_resource_post_error(resource, XDG_POPUP_ERROR_INVALID_GRAB,
			"grab of a popup that is mapped or already has a grab");
		return;
	}
	if (parent && !parent->dismissed && seat && parent != popup_grab_top(seat)) {
		wl_resource_post_error(resource, XDG_POPUP_ERROR_INVALID_GRAB,
			"the parent is not the topmost popup with a grab");
		return;
	}
	if (!seat || !popup_grab(popup, seat, serial))
		popup_dismiss(popup);
}

static void handle_reposition(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *positioner_resource, uint32_t token)
{
	struct popup *popup = popup_from_resource(resource);
	if (!popup)
		return;
	struct xdg_surface *xdg = popup->data;
	const struct positioner *positioner = xdg_positioner_complete(positioner_resource);
	if (!positioner) {
		xdg_surface_post_wm_error(xdg, XDG_WM_BASE_ERROR_INVALID_POSITIONER,
			"the positioner lacks a size or an anchor rectangle");
		return;
	}
	xdg->repositioned = true;
	xdg->token = token;
	if (xdg->initialized)
		popup_reposition(popup, positioner);
	else
		popup->positioner = *positioner;
}

static const struct xdg_popup_interface popup_interface = {
	.destroy = handle_destroy,
	.grab = handle_grab,
	.reposition = handle_reposition,
};

static void on_popup_destroyed(struct wl_resource *resource)
{
	struct popup *popup = popup_from_resource(resource);
	if (popup)
		xdg_surface_drop_role(popup->data);
}

void xdg_popup_create(struct xdg_surface *xdg, struct wl_client *client, uint32_t id,
	struct xdg_surface *parent, const struct positioner *positioner)
{
	if (!xdg_surface_create_role(xdg, &xdg_popup_role, client, id, &xdg_popup_interface,
		    &popup_interface, on_popup_destroyed))
		return;
	xdg->popup = popup_create(xdg->server, xdg->surface, parent ? parent->surface : NULL,
		positioner, &popup_impl, xdg);
	wl_resource_set_user_data(xdg->role, xdg->popup);
}
