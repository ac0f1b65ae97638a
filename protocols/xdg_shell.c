// SPDX-License-Identifier: MIT
// xdg_wm_base and xdg_surface: roles of a surface, window geometry, and configures with their acks.
// The roles are implemented in xdg_toplevel.c and xdg_popup.c.
#include "protocols/xdg_shell.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/popup.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "xdg-shell-protocol.h"

#define VERSION 7
// Unacknowledged configures per surface; beyond this the client gets no_memory.
#define MAX_SENT 4096

// NULL gives NULL.
static struct xdg_surface *xdg_surface_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

void xdg_surface_post_wm_error(struct xdg_surface *xdg, uint32_t code, const char *text)
{
	if (xdg->wm)
		wl_resource_post_error(xdg->wm->resource, code, "%s", text);
}

bool xdg_surface_serial_valid(
	struct xdg_surface *xdg, struct wl_resource *seat_resource, uint32_t serial)
{
	struct seat *seat = seat_from_resource(seat_resource);
	return seat &&
		seat_serial_valid(seat, wl_resource_get_client(xdg->resource), serial,
			xdg->server->wlcs_quirks ? seat_serial_any : seat_serial_is_press);
}

// Configures

static void configure_free(struct xdg_configure *configure)
{
	wl_list_remove(&configure->link);
	free(configure);
}

static void configures_free(struct wl_list *list)
{
	struct xdg_configure *configure, *tmp;
	wl_list_for_each_safe(configure, tmp, list, link)
		configure_free(configure);
}

uint32_t xdg_surface_configure(struct xdg_surface *xdg, const struct xdg_configure *what)
{
	if (xdg->n_sent >= MAX_SENT) {
		wl_resource_post_no_memory(xdg->resource);
		return 0;
	}
	struct xdg_configure *configure = xcalloc(1, sizeof(*configure));
	*configure = *what;
	configure->serial = server_next_serial(xdg->server);
	wl_list_insert(xdg->sent.prev, &configure->link);
	xdg->n_sent++;
	if (xdg->surface)
		xdg->surface->owed_ack = configure->serial;
	xdg_surface_send_configure(xdg->resource, configure->serial);
	return configure->serial;
}

void xdg_surface_state_changed(struct xdg_surface *xdg)
{
	if (!xdg->surface)
		return;
	xdg->surface->pending.xdg = xdg->state;
	xdg->surface->pending.set |= SURFACE_XDG;
}

// The surface was unmapped, or lost its role object: back to the state before the initial commit.
// An unmapped one keeps its window geometry, which no request unsets. Configures that were sent may
// still be acknowledged.
static void xdg_surface_reset(struct xdg_surface *xdg)
{
	__typeof__(xdg->state) fresh = {0};
	if (xdg->role) {
		fresh.has_geometry = xdg->state.has_geometry;
		fresh.geometry = xdg->state.geometry;
	}
	struct xdg_configure *configure;
	wl_list_for_each(configure, &xdg->sent, link)
		configure->stale = true;
	configures_free(&xdg->acked);
	if (xdg->surface)
		xdg->surface->owed_ack = 0;
	xdg->initialized = xdg->configured = xdg->held = xdg->repositioned = false;
	xdg->capabilities_sent = false;
	xdg->bounds_width = xdg->bounds_height = 0;
	xdg->state = fresh;
	if (xdg->surface)
		xdg->surface->current.xdg = xdg->state;
}

static void apply_acked(struct xdg_surface *xdg)
{
	uint32_t serial = xdg->surface->current.xdg.acked;
	struct xdg_configure *configure, *tmp;
	wl_list_for_each_safe(configure, tmp, &xdg->acked, link) {
		if ((int32_t)(serial - configure->serial) < 0)
			break;
		if (xdg->window)
			window_applied(xdg->window, configure->serial, &configure->config);
		if (xdg->popup)
			xdg->popup->current = configure->box;
		configure_free(configure);
	}
}

// Roles

bool xdg_surface_attach(struct surface *surface, struct buffer *buffer)
{
	struct xdg_surface *xdg = surface->xdg_surface;
	if (!xdg || xdg->role || !buffer)
		return true;
	wl_resource_post_error(xdg->resource, XDG_SURFACE_ERROR_UNCONFIGURED_BUFFER,
		"buffer attached to a surface without a role object");
	return false;
}

static void post_unconfigured(struct xdg_surface *xdg)
{
	wl_resource_post_error(xdg->resource, XDG_SURFACE_ERROR_UNCONFIGURED_BUFFER,
		"buffer committed before the first configure was acknowledged");
}

bool xdg_surface_precommit(struct surface *surface, struct surface_state *pending)
{
	struct xdg_surface *xdg = surface->xdg_surface;
	if (!xdg || (!xdg->role && xdg->constructed))
		return true;
	if (!xdg->role) {
		wl_resource_post_error(xdg->resource, XDG_SURFACE_ERROR_NOT_CONSTRUCTED,
			"committed without a role object");
		return false;
	}
	if (pending->set & SURFACE_BUFFER && pending->buffer && !xdg->configured &&
		!xdg->server->wlcs_quirks) {
		post_unconfigured(xdg);
		return false;
	}
	if (xdg->window && !xdg_toplevel_precommit(xdg))
		return false;
	if (xdg->popup && !xdg_popup_precommit(xdg))
		return false;
	struct xdg_configure *configure;
	wl_list_for_each(configure, &xdg->acked, link)
		configure->committed = true;
	return true;
}

void xdg_surface_commit(struct surface *surface, unsigned set)
{
	struct xdg_surface *xdg = surface->xdg_surface;
	if (!xdg || !xdg->role)
		return;
	// A queued commit: an earlier one may have unmapped the surface.
	if (surface->has_buffer && !xdg->configured && !xdg->server->wlcs_quirks) {
		post_unconfigured(xdg);
		return;
	}
	apply_acked(xdg);
	bool was_mapped;
	if (xdg->window) {
		const __typeof__(xdg->state) *state = &surface->current.xdg;
		window_set_limits(xdg->window, state->min_width, state->min_height,
			state->max_width, state->max_height);
		was_mapped = xdg->window->mapped;
		window_commit(xdg->window);
	} else {
		was_mapped = xdg->popup->mapped;
		xdg_popup_commit(xdg);
	}
	if (was_mapped && !surface->has_buffer)
		xdg_surface_reset(xdg);
}

// Temporary role of a surface that has an xdg_surface but no role object yet, to check its attach
// and commit requests.
static const struct surface_role unassigned_role = {
	.name = "xdg_surface",
	.strict_size = true,
	.attach = xdg_surface_attach,
	.precommit = xdg_surface_precommit,
};

static bool take_role(struct xdg_surface *xdg, const struct surface_role *role)
{
	struct surface *surface = xdg->surface;
	if (xdg->role) {
		wl_resource_post_error(xdg->resource, XDG_SURFACE_ERROR_ALREADY_CONSTRUCTED,
			"the xdg_surface already has a role object");
		return false;
	}
	if (window_has_content(surface)) {
		post_unconfigured(xdg);
		return false;
	}
	if (surface->role == &unassigned_role)
		surface->role = NULL;
	if (!surface_set_role(surface, role, xdg, xdg->wm ? xdg->wm->resource : xdg->resource,
		    XDG_WM_BASE_ERROR_ROLE))
		return false;
	xdg->constructed = true;
	return true;
}

bool xdg_surface_create_role(struct xdg_surface *xdg, const struct surface_role *role,
	struct wl_client *client, uint32_t id, const struct wl_interface *interface,
	const void *impl, wl_resource_destroy_func_t on_destroyed)
{
	// Without a surface the object is created all the same, but inert.
	if (xdg->surface && !take_role(xdg, role))
		return false;
	struct wl_resource *resource = wire_create(client, interface,
		wl_resource_get_version(xdg->resource), id, impl, NULL, on_destroyed);
	if (!xdg->surface)
		return false;
	if (!resource) {
		xdg->surface->role_object = NULL;
		return false;
	}
	xdg->role = resource;
	return true;
}

void xdg_surface_drop_role(struct xdg_surface *xdg)
{
	if (xdg->role)
		wl_resource_set_user_data(xdg->role, NULL);
	xdg->role = NULL;
	struct window *window = xdg->window;
	struct popup *popup = xdg->popup;
	xdg->window = NULL;
	xdg->popup = NULL;
	window_destroy(window);
	popup_destroy(popup);
	xdg_surface_reset(xdg);
	if (xdg->surface && (window || popup))
		xdg->surface->role_object = NULL;
}

// xdg_surface

static bool check_constructed(struct xdg_surface *xdg)
{
	if (xdg->role)
		return true;
	if (!xdg->constructed)
		wl_resource_post_error(xdg->resource, XDG_SURFACE_ERROR_NOT_CONSTRUCTED,
			"the xdg_surface has no role object yet");
	return false;
}

static void handle_surface_destroy(struct wl_client *client, struct wl_resource *resource)
{
	struct xdg_surface *xdg = xdg_surface_from_resource(resource);
	if (xdg->role)
		wl_resource_post_error(resource, XDG_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT,
			"xdg_surface destroyed before its role object");
	else
		wl_resource_destroy(resource);
}

static void handle_get_toplevel(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	xdg_toplevel_create(xdg_surface_from_resource(resource), client, id);
}

static void handle_get_popup(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *parent_resource, struct wl_resource *positioner_resource)
{
	struct xdg_surface *xdg = xdg_surface_from_resource(resource);
	struct xdg_surface *parent = xdg_surface_from_resource(parent_resource);
	const struct positioner *positioner = xdg_positioner_complete(positioner_resource);
	if (!positioner)
		xdg_surface_post_wm_error(xdg, XDG_WM_BASE_ERROR_INVALID_POSITIONER,
			"the positioner lacks a size or an anchor rectangle");
	else if (parent && (parent == xdg || !parent->role))
		xdg_surface_post_wm_error(xdg, XDG_WM_BASE_ERROR_INVALID_POPUP_PARENT,
			"the parent has no role object");
	else
		xdg_popup_create(xdg, client, id, parent, positioner);
}

static void handle_set_window_geometry(struct wl_client *client, struct wl_resource *resource,
	int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct xdg_surface *xdg = xdg_surface_from_resource(resource);
	if (!check_constructed(xdg))
		return;
	if (width <= 0 || height <= 0) {
		wl_resource_post_error(resource, XDG_SURFACE_ERROR_INVALID_SIZE,
			"the window geometry must not be empty");
		return;
	}
	xdg->state.has_geometry = true;
	xdg->state.geometry = (struct box){x, y, width, height};
	xdg_surface_state_changed(xdg);
}

static struct xdg_configure *find_sent_configure(struct xdg_surface *xdg, uint32_t serial)
{
	struct xdg_configure *configure;
	wl_list_for_each(configure, &xdg->sent, link) {
		if (configure->serial == serial)
			return configure;
	}
	return NULL;
}

static void handle_ack_configure(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct xdg_surface *xdg = xdg_surface_from_resource(resource);
	if (!check_constructed(xdg))
		return;
	struct xdg_configure *acked = find_sent_configure(xdg, serial), *configure, *tmp;
	if (!acked) {
		wl_resource_post_error(resource, XDG_SURFACE_ERROR_INVALID_SERIAL,
			"serial %u belongs to no unacknowledged configure", serial);
		return;
	}
	if (xdg->surface && xdg->surface->owed_ack == serial)
		xdg->surface->owed_ack = 0;
	// It acknowledges all earlier configures as well.
	wl_list_for_each_safe(configure, tmp, &xdg->sent, link) {
		if (configure == acked)
			break;
		configure_free(configure);
		xdg->n_sent--;
	}
	xdg->n_sent--;
	if (acked->stale) {
		configure_free(acked);
		return;
	}
	// Of several acks before a commit only the last one counts.
	wl_list_for_each_safe(configure, tmp, &xdg->acked, link) {
		if (!configure->committed)
			configure_free(configure);
	}
	wl_list_remove(&acked->link);
	wl_list_insert(xdg->acked.prev, &acked->link);
	xdg->configured = true;
	xdg->state.acked = serial;
	xdg_surface_state_changed(xdg);
	if (xdg->window)
		window_acked(xdg->window, serial, &acked->config);
	if (xdg->popup)
		xdg_popup_acked(xdg);
}

static const struct xdg_surface_interface surface_impl = {
	.destroy = handle_surface_destroy,
	.get_toplevel = handle_get_toplevel,
	.get_popup = handle_get_popup,
	.set_window_geometry = handle_set_window_geometry,
	.ack_configure = handle_ack_configure,
};

static void leave_surface(struct xdg_surface *xdg)
{
	struct surface *surface = xdg->surface;
	xdg_surface_drop_role(xdg);
	if (!surface)
		return;
	if (surface->role == &unassigned_role)
		surface->role = NULL;
	surface->xdg_surface = NULL;
	wl_list_remove(&xdg->surface_destroyed.link);
	xdg->surface = NULL;
}

void xdg_surface_gone(struct surface *surface)
{
	leave_surface(surface->xdg_surface);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct xdg_surface *xdg = wl_container_of(listener, xdg, surface_destroyed);
	leave_surface(xdg);
}

static void on_xdg_surface_destroyed(struct wl_resource *resource)
{
	struct xdg_surface *xdg = xdg_surface_from_resource(resource);
	leave_surface(xdg);
	configures_free(&xdg->sent);
	configures_free(&xdg->acked);
	wl_list_remove(&xdg->link);
	free(xdg);
}

// xdg_wm_base

static void handle_destroy(struct wl_client *client, struct wl_resource *resource)
{
	struct xdg_wm_base *wm = wl_resource_get_user_data(resource);
	if (wl_list_empty(&wm->surfaces))
		wl_resource_destroy(resource);
	else
		wl_resource_post_error(resource, XDG_WM_BASE_ERROR_DEFUNCT_SURFACES,
			"xdg_wm_base destroyed before its surfaces");
}

static void handle_create_positioner(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	xdg_positioner_create(client, wl_resource_get_version(resource), id);
}

static void handle_get_xdg_surface(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource)
{
	struct xdg_wm_base *wm = wl_resource_get_user_data(resource);
	struct surface *surface = surface_from_resource(surface_resource);
	bool foreign_role = surface->role && surface->role != &xdg_toplevel_role &&
		surface->role != &xdg_popup_role;
	if (foreign_role || surface->xdg_surface) {
		wl_resource_post_error(resource, XDG_WM_BASE_ERROR_ROLE,
			"wl_surface@%u already has the role %s",
			wl_resource_get_id(surface_resource), surface->role->name);
		return;
	}
	if (window_has_content(surface)) {
		wl_resource_post_error(resource, XDG_WM_BASE_ERROR_INVALID_SURFACE_STATE,
			"wl_surface@%u already has a buffer", wl_resource_get_id(surface_resource));
		return;
	}
	struct xdg_surface *xdg = xcalloc(1, sizeof(*xdg));
	xdg->resource =
		wire_create(client, &xdg_surface_interface, wl_resource_get_version(resource), id,
			&surface_impl, xdg, on_xdg_surface_destroyed);
	if (!xdg->resource) {
		free(xdg);
		return;
	}
	xdg->server = wm->server;
	xdg->wm = wm;
	wl_list_insert(&wm->surfaces, &xdg->link);
	wl_list_init(&xdg->sent);
	wl_list_init(&xdg->acked);
	xdg->surface = surface;
	surface->xdg_surface = xdg;
	if (!surface->role)
		surface->role = &unassigned_role;
	xdg->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &xdg->surface_destroyed);
}

static void handle_pong(struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct xdg_wm_base *wm = wl_resource_get_user_data(resource);
	struct xdg_surface *xdg;
	wl_list_for_each(xdg, &wm->surfaces, link) {
		if (xdg->window)
			window_pong(xdg->window, serial);
	}
}

static const struct xdg_wm_base_interface wm_base_impl = {
	.destroy = handle_destroy,
	.create_positioner = handle_create_positioner,
	.get_xdg_surface = handle_get_xdg_surface,
	.pong = handle_pong,
};

static void on_wm_base_destroyed(struct wl_resource *resource)
{
	struct xdg_wm_base *wm = wl_resource_get_user_data(resource);
	struct xdg_surface *xdg, *tmp;
	wl_list_for_each_safe(xdg, tmp, &wm->surfaces, link) {
		xdg->wm = NULL;
		wl_list_remove(&xdg->link);
		wl_list_init(&xdg->link);
	}
	free(wm);
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct xdg_wm_base *wm = xcalloc(1, sizeof(*wm));
	wm->server = data;
	wl_list_init(&wm->surfaces);
	wm->resource = wire_create(client, &xdg_wm_base_interface, (int)version, id, &wm_base_impl,
		wm, on_wm_base_destroyed);
	if (!wm->resource)
		free(wm);
}

bool xdg_shell_create(struct server *server)
{
	return wl_global_create(server->display, &xdg_wm_base_interface, VERSION, server, on_bind);
}
