// SPDX-License-Identifier: MIT
// wl_fixes: lets clients give registries back.
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

// libwayland has checked that it is a registry, and takes it from its list when it goes.
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
	// Version 2 answers confirmations of removed globals, whose numbers libwayland 1.21 keeps to
	// itself.
	return wire_global(server, &wl_fixes_interface, 1, &fixes_impl, NULL);
}
