// SPDX-License-Identifier: MIT
// Which Wayland surface shows which X window. Xwayland makes a new surface for each mapping, and
// names it by a message on the X side: by its object id, or by a serial that the surface got
// through xwayland_shell_v1. The two sockets are read in any order.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/surface/xwayland_role.h"
#include "compositor/xwm/xwm.h"

// A surface whose serial came before the message about it.
struct stray {
	struct surface *surface;
	uint64_t serial;
	struct wl_listener destroyed;
	struct wl_list link; // xwm.strays
};

static void stray_free(struct stray *stray)
{
	wl_list_remove(&stray->destroyed.link);
	wl_list_remove(&stray->link);
	free(stray);
}

static void on_stray_destroyed(struct wl_listener *listener, void *data)
{
	struct stray *stray = wl_container_of(listener, stray, destroyed);
	stray_free(stray);
}

static void on_surface_committed(struct wl_listener *listener, void *data)
{
	struct xwindow *window = wl_container_of(listener, window, surface_committed);
	if (window->window)
		manage_committed(window);
	else
		unmanaged_committed(window);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct xwindow *window = wl_container_of(listener, window, surface_destroyed);
	associate_end(window);
}

static void forget_expected(struct xwindow *window)
{
	if (window->surface_id || window->serial)
		window->xwm->unpaired--;
	window->surface_id = 0;
	window->serial = 0;
}

void associate_end(struct xwindow *window)
{
	forget_expected(window);
	struct surface *surface = window->surface;
	if (!surface)
		return;
	manage_end(window);
	unmanaged_end(window);
	wl_list_remove(&window->surface_committed.link);
	wl_list_remove(&window->surface_destroyed.link);
	surface->role_object = NULL;
	window->surface = NULL;
}

static void pair_surface(struct xwindow *window, struct surface *surface)
{
	forget_expected(window);
	if (window->surface || surface->role_object ||
		(surface->role && surface->role != &xwayland_role)) {
		log_debug("X window 0x%x already has a surface", window->id);
		return;
	}
	surface->role = &xwayland_role;
	surface->role_object = window;
	window->surface = surface;
	window->surface_committed.notify = on_surface_committed;
	wl_signal_add(&surface->events.committed, &window->surface_committed);
	window->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &window->surface_destroyed);
	if (window->override_redirect)
		unmanaged_begin(window);
	else
		manage_begin(window);
}

// The surface with that id. NULL: there is none yet, or it is another object.
static struct surface *surface_by_id(struct xwm *xwm, uint32_t id)
{
	struct wl_resource *resource = wl_client_get_object(xwm->client, id);
	if (!resource || strcmp(wl_resource_get_class(resource), "wl_surface") != 0)
		return NULL;
	return surface_from_resource(resource);
}

void associate_message(struct xwm *xwm, const xcb_client_message_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (event->format != 32 || !window || !xwm->ready)
		return;
	const uint32_t *data = event->data.data32;
	if (event->type == xwm->atoms.WL_SURFACE_ID && data[0]) {
		struct surface *surface = surface_by_id(xwm, data[0]);
		forget_expected(window);
		if (surface) {
			pair_surface(window, surface);
			return;
		}
		window->surface_id = data[0];
		xwm->unpaired++;
	} else if (event->type == xwm->atoms.WL_SURFACE_SERIAL) {
		uint64_t serial = data[0] | (uint64_t)data[1] << 32;
		struct stray *stray;
		forget_expected(window);
		wl_list_for_each(stray, &xwm->strays, link) {
			if (stray->serial != serial)
				continue;
			struct surface *surface = stray->surface;
			stray_free(stray);
			pair_surface(window, surface);
			return;
		}
		window->serial = serial;
		xwm->unpaired += serial != 0;
	}
}

void associate_serial(struct xwm *xwm, struct surface *surface, uint64_t serial)
{
	struct xwindow *window;
	wl_list_for_each(window, &xwm->windows, link) {
		if (!xwm->unpaired)
			break;
		if (window->serial == serial) {
			pair_surface(window, surface);
			return;
		}
	}
	struct stray *stray = xcalloc(1, sizeof(*stray));
	stray->surface = surface;
	stray->serial = serial;
	stray->destroyed.notify = on_stray_destroyed;
	wl_signal_add(&surface->events.destroyed, &stray->destroyed);
	wl_list_insert(&xwm->strays, &stray->link);
}

static void on_surface_created(struct wl_listener *listener, void *data)
{
	struct xwm *xwm = wl_container_of(listener, xwm, surface_created);
	struct surface *surface = data;
	if (!xwm->unpaired || wl_resource_get_client(surface->resource) != xwm->client)
		return;
	uint32_t id = wl_resource_get_id(surface->resource);
	struct xwindow *window;
	wl_list_for_each(window, &xwm->windows, link) {
		if (window->surface_id == id) {
			pair_surface(window, surface);
			return;
		}
	}
}

void associate_init(struct xwm *xwm)
{
	xwm->surface_created.notify = on_surface_created;
	wl_signal_add(&xwm->server->events.surface_created, &xwm->surface_created);
}

void associate_finish(struct xwm *xwm)
{
	wl_list_remove(&xwm->surface_created.link);
	struct stray *stray, *tmp;
	wl_list_for_each_safe(stray, tmp, &xwm->strays, link)
		stray_free(stray);
}
