// SPDX-License-Identifier: MIT
// wl_fixes: destroys wl_registry objects, for which wl_registry has no request.
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

// libwayland has checked that it is a wl_registry, and removes it from its list when destroyed.
static void handle_destroy_registry(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *registry)
{
	wl_resource_destroy(registry);
}

static const struct wl_fixes_interface fixes_impl = {
	.destroy = wire_handle_destroy,
	.destroy_registry = handle_destroy_registry,
};

bool wl_fixes_create(struct server *server)
{
	// Version 2 needs the names of removed globals, which libwayland 1.21 does not expose.
	return wire_global(server, &wl_fixes_interface, 1, &fixes_impl, NULL);
}
