// SPDX-License-Identifier: MIT
// zxdg_decoration_manager_v1: negotiates client-side or server-side decorations of an xdg_toplevel.
// The client states a preference, the shell decides, and the mode is sent with the window's
// configures.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/config/config.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "xdg-decoration-unstable-v1-protocol.h"

#define VERSION 2

struct decoration {
	struct wl_resource *resource;
	struct window *window; // NULL: destroyed
	bool answer_due;       // send the mode even if it is unchanged
	uint32_t mode;         // sent last, 0: none yet
	struct wl_listener window_destroyed, window_configure, window_unmapped, toplevel_destroyed;
};

static void on_window_configure(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, window_configure);
	const struct window_config *config = data;
	uint32_t mode = config->decorated ? ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE
					  : ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE;
	if (mode == decoration->mode && !decoration->answer_due)
		return;
	decoration->mode = mode;
	decoration->answer_due = false;
	zxdg_toplevel_decoration_v1_send_configure(decoration->resource, mode);
}

static void on_window_unmapped(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, window_unmapped);
	decoration->answer_due = true; // mapping starts over
}

static void decoration_leave_window(struct decoration *decoration)
{
	if (!decoration->window)
		return;
	decoration->window->decoration = NULL;
	decoration->window = NULL;
	wl_list_remove(&decoration->window_destroyed.link);
	wl_list_remove(&decoration->window_configure.link);
	wl_list_remove(&decoration->window_unmapped.link);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, window_destroyed);
	decoration_leave_window(decoration);
}

static void on_toplevel_destroyed(struct wl_listener *listener, void *data)
{
	struct decoration *decoration = wl_container_of(listener, decoration, toplevel_destroyed);
	wl_list_remove(&decoration->toplevel_destroyed.link);
	wl_list_init(&decoration->toplevel_destroyed.link);
	wl_resource_post_error(decoration->resource, ZXDG_TOPLEVEL_DECORATION_V1_ERROR_ORPHANED,
		"the xdg_toplevel was destroyed before its decoration");
}

static void request_decoration(struct decoration *decoration, bool server_side)
{
	struct window *window = decoration->window;
	if (!window)
		return;
	decoration->answer_due = true;
	window_request(window, REQUEST_DECORATION, &(struct window_detail){.on = server_side});
	window_force_configure(window);
}

static bool default_server_side(const struct server *server)
{
	return server->config && server->config->desktop.decorations;
}

static void request_default(struct decoration *decoration)
{
	if (decoration->window)
		request_decoration(decoration, default_server_side(decoration->window->server));
}

static void handle_set_mode(struct wl_client *client, struct wl_resource *resource, uint32_t mode)
{
	if (mode != ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE &&
		mode != ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE) {
		wl_resource_post_error(resource, ZXDG_TOPLEVEL_DECORATION_V1_ERROR_INVALID_MODE,
			"invalid decoration mode %u", mode);
		return;
	}
	request_decoration(wl_resource_get_user_data(resource),
		mode == ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
}

static void handle_unset_mode(struct wl_client *client, struct wl_resource *resource)
{
	request_default(wl_resource_get_user_data(resource));
}

static const struct zxdg_toplevel_decoration_v1_interface decoration_impl = {
	.destroy = wire_handle_destroy,
	.set_mode = handle_set_mode,
	.unset_mode = handle_unset_mode,
};

static void on_decoration_destroyed(struct wl_resource *resource)
{
	struct decoration *decoration = wl_resource_get_user_data(resource);
	struct window *window = decoration->window;
	decoration_leave_window(decoration);
	wl_list_remove(&decoration->toplevel_destroyed.link);
	free(decoration);
	// Without this object the client draws its decorations itself.
	if (window)
		window_request(window, REQUEST_DECORATION, &(struct window_detail){.on = false});
}

static void decoration_set_window(struct decoration *decoration, struct window *window)
{
	decoration->window = window;
	window->decoration = decoration;
	decoration->window_destroyed.notify = on_window_destroyed;
	wl_signal_add(&window->events.destroyed, &decoration->window_destroyed);
	decoration->window_configure.notify = on_window_configure;
	wl_signal_add(&window->events.configure, &decoration->window_configure);
	decoration->window_unmapped.notify = on_window_unmapped;
	wl_signal_add(&window->events.unmapped, &decoration->window_unmapped);
}

static void handle_get_toplevel_decoration(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *toplevel)
{
	struct decoration *decoration = xcalloc(1, sizeof(*decoration));
	wl_list_init(&decoration->toplevel_destroyed.link);
	int version = wl_resource_get_version(resource);
	decoration->resource = wire_create(client, &zxdg_toplevel_decoration_v1_interface, version,
		id, &decoration_impl, decoration, on_decoration_destroyed);
	if (!decoration->resource) {
		free(decoration);
		return;
	}
	struct window *window = window_from_resource(toplevel);
	if (!window)
		return;
	if (window->decoration) {
		wl_resource_post_error(decoration->resource,
			ZXDG_TOPLEVEL_DECORATION_V1_ERROR_ALREADY_CONSTRUCTED,
			"the xdg_toplevel already has a decoration");
		return;
	}
	if (version < 2 && window_has_content(window->surface)) {
		wl_resource_post_error(decoration->resource,
			ZXDG_TOPLEVEL_DECORATION_V1_ERROR_UNCONFIGURED_BUFFER,
			"the xdg_toplevel already has a buffer");
		return;
	}
	decoration_set_window(decoration, window);
	decoration->toplevel_destroyed.notify = on_toplevel_destroyed;
	wl_resource_add_destroy_listener(toplevel, &decoration->toplevel_destroyed);
	request_default(decoration);
}

static const struct zxdg_decoration_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_toplevel_decoration = handle_get_toplevel_decoration,
};

bool xdg_decoration_create(struct server *server)
{
	return wire_global(
		server, &zxdg_decoration_manager_v1_interface, VERSION, &manager_impl, NULL);
}
