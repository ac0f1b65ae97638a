// SPDX-License-Identifier: MIT
// org_kde_kwin_server_decoration_manager: negotiates client-side or server-side decorations, the
// only such protocol that GTK supports. Its objects belong to surfaces, which may become windows
// later.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/config/config.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "server-decoration-protocol.h"

enum {
	NONE = ORG_KDE_KWIN_SERVER_DECORATION_MODE_NONE,
	CLIENT = ORG_KDE_KWIN_SERVER_DECORATION_MODE_CLIENT,
	SERVER = ORG_KDE_KWIN_SERVER_DECORATION_MODE_SERVER,
};

struct decoration {
	struct wl_resource *resource;
	struct surface *surface; // NULL: destroyed
	struct window *window;   // of the surface; NULL: none yet, or destroyed
	bool requested;
	uint32_t requested_mode, mode; // last requested by the client, last sent
	struct wl_listener surface_destroyed, surface_committed;
	struct wl_listener window_destroyed, window_configure;
};

static uint32_t default_mode(struct server *server)
{
	return server->config && server->config->desktop.decorations ? SERVER : CLIENT;
}

static void send_mode(struct decoration *decoration, uint32_t mode)
{
	decoration->mode = mode;
	org_kde_kwin_server_decoration_send_mode(decoration->resource, mode);
}

// The mode to send for a window without server-side decorations.
static uint32_t undecorated_mode(const struct decoration *decoration)
{
	return decoration->requested_mode == NONE ? NONE : CLIENT;
}

static void on_window_configure(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, window_configure);
	const struct window_config *config = data;
	uint32_t mode = config->decorated ? SERVER : undecorated_mode(decoration);
	if (decoration->requested && mode != decoration->mode)
		send_mode(decoration, mode);
}

static void decoration_leave_window(struct decoration *decoration)
{
	if (!decoration->window)
		return;
	decoration->window = NULL;
	wl_list_remove(&decoration->window_destroyed.link);
	wl_list_remove(&decoration->window_configure.link);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, window_destroyed);
	decoration_leave_window(decoration);
}

static void decoration_find_window(struct decoration *decoration)
{
	struct window *window = decoration->surface->window;
	if (decoration->window || !window)
		return;
	decoration->window = window;
	decoration->window_destroyed.notify = on_window_destroyed;
	wl_signal_add(&window->events.destroyed, &decoration->window_destroyed);
	decoration->window_configure.notify = on_window_configure;
	wl_signal_add(&window->events.configure, &decoration->window_configure);
	if (decoration->requested)
		window_request(window, REQUEST_DECORATION,
			&(struct window_detail){.on = decoration->requested_mode == SERVER});
}

static void on_surface_committed(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, surface_committed);
	decoration_find_window(decoration);
}

static void decoration_leave_surface(struct decoration *decoration)
{
	decoration_leave_window(decoration);
	if (!decoration->surface)
		return;
	decoration->surface = NULL;
	wl_list_remove(&decoration->surface_destroyed.link);
	wl_list_remove(&decoration->surface_committed.link);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, surface_destroyed);
	decoration_leave_surface(decoration);
}

static void handle_request_mode(
	struct wl_client *client, struct wl_resource *resource, uint32_t requested)
{
	struct decoration *decoration = wl_resource_get_user_data(resource);
	if (!decoration->surface || requested > SERVER)
		return;
	bool repeated = decoration->requested && decoration->requested_mode == requested;
	decoration->requested = true;
	decoration->requested_mode = requested;
	decoration_find_window(decoration);
	uint32_t mode = requested;
	if (decoration->window) {
		window_request(decoration->window, REQUEST_DECORATION,
			&(struct window_detail){.on = requested == SERVER});
		if (decoration->window->added)
			mode = decoration->window->pending.decorated ? SERVER
								     : undecorated_mode(decoration);
	}
	// A client that repeats a refused request gets one answer, so that it cannot loop.
	if (!repeated || mode != decoration->mode || mode == requested)
		send_mode(decoration, mode);
}

static const struct org_kde_kwin_server_decoration_interface decoration_impl = {
	.release = wire_handle_destroy,
	.request_mode = handle_request_mode,
};

static void on_decoration_destroyed(struct wl_resource *resource)
{
	struct decoration *decoration = wl_resource_get_user_data(resource);
	struct window *window = decoration->requested ? decoration->window : NULL;
	decoration_leave_surface(decoration);
	free(decoration);
	if (window && !window->decoration)
		window_request(window, REQUEST_DECORATION, &(struct window_detail){.on = false});
}

static void handle_create(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface_resource)
{
	struct server *server = wl_resource_get_user_data(resource);
	struct surface *surface = surface_from_resource(surface_resource);
	struct decoration *decoration = xcalloc(1, sizeof(*decoration));
	decoration->resource = wire_create(client, &org_kde_kwin_server_decoration_interface,
		wl_resource_get_version(resource), id, &decoration_impl, decoration,
		on_decoration_destroyed);
	if (!decoration->resource) {
		free(decoration);
		return;
	}
	decoration->surface = surface;
	decoration->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &decoration->surface_destroyed);
	decoration->surface_committed.notify = on_surface_committed;
	wl_signal_add(&surface->events.committed, &decoration->surface_committed);
	decoration_find_window(decoration);
	send_mode(decoration, default_mode(server));
}

static const struct org_kde_kwin_server_decoration_manager_interface manager_impl = {
	.create = handle_create,
};

static void on_bound(struct wl_resource *resource)
{
	org_kde_kwin_server_decoration_manager_send_default_mode(
		resource, default_mode(wl_resource_get_user_data(resource)));
}

bool kde_decoration_create(struct server *server)
{
	return wire_global(server, &org_kde_kwin_server_decoration_manager_interface, 1,
		&manager_impl, on_bound);
}
