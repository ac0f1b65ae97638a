// SPDX-License-Identifier: MIT
// zwp_keyboard_shortcuts_inhibit_manager_v1: surfaces that get all keys, as viewers of virtual
// machines need. The user ends it by a binding, inhibit-toggle; without one, none becomes active.
#include "compositor/client/wire.h"
#include "compositor/config/config.h"
#include "compositor/policy.h"
#include "compositor/seat/shortcuts.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "keyboard-shortcuts-inhibit-unstable-v1-protocol.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"

static const struct zwp_keyboard_shortcuts_inhibitor_v1_interface inhibitor_impl = {
	.destroy = wire_handle_destroy,
};

static void on_inhibitor_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (!surface)
		return;
	struct shell *shell = surface->server->shell;
	surface->shortcuts_inhibitor = NULL;
	surface->inhibits_shortcuts = false;
	if (shell && shell->impl->shortcuts_changed)
		shell->impl->shortcuts_changed(shell, surface);
}

static void handle_inhibit_shortcuts(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource, struct wl_resource *seat_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	const struct config *config = surface->server->config;
	if (surface->shortcuts_inhibitor) { // there is one seat
		wl_resource_post_error(resource,
			ZWP_KEYBOARD_SHORTCUTS_INHIBIT_MANAGER_V1_ERROR_ALREADY_INHIBITED,
			"wl_surface@%u already inhibits the shortcuts of the seat",
			wl_resource_get_id(surface_resource));
		return;
	}
	bool inert = !seat_from_resource(seat_resource);
	struct wl_resource *inhibitor = wire_create(client,
		&zwp_keyboard_shortcuts_inhibitor_v1_interface, wl_resource_get_version(resource),
		id, &inhibitor_impl, inert ? NULL : surface, on_inhibitor_destroyed);
	if (!inhibitor || inert)
		return;
	surface->shortcuts_inhibitor = inhibitor;
	if (config && config_binding(config, "inhibit-toggle"))
		shortcuts_set_inhibited(surface, true);
}

static const struct zwp_keyboard_shortcuts_inhibit_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.inhibit_shortcuts = handle_inhibit_shortcuts,
};

bool shortcuts_inhibit_create(struct server *server)
{
	return wire_global(server, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1,
		&manager_impl, NULL);
}
