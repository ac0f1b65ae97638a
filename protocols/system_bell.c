// SPDX-License-Identifier: MIT
// xdg_system_bell_v1: a client asks for the attention of the user, as terminals do for BEL. The
// shell decides how.
#include "compositor/client/wire.h"
#include "compositor/policy.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "xdg-system-bell-v1-protocol.h"

static void handle_ring(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *surface)
{
	const struct server *server = wl_resource_get_user_data(resource);
	struct shell *shell = server->shell;
	if (!shell || !shell->impl->bell)
		return;
	// Without a surface, the active window rings if it is the client's: no client flashes the
	// windows of others.
	struct window *window = shell->active;
	if (surface)
		window = popup_root_surface(surface_from_resource(surface))->window;
	bool own = window && window->mapped &&
		wl_resource_get_client(window->surface->resource) == client;
	shell->impl->bell(shell, own ? window : NULL);
}

static const struct xdg_system_bell_v1_interface bell_impl = {
	.destroy = wire_handle_destroy,
	.ring = handle_ring,
};

bool system_bell_create(struct server *server)
{
	return wire_global(server, &xdg_system_bell_v1_interface, 1, &bell_impl, NULL);
}
