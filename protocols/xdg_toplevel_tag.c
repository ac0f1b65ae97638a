// SPDX-License-Identifier: MIT
// xdg_toplevel_tag_manager_v1: names of windows that stay the same in every language and run, which
// rules and scripts refer to.
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "xdg-toplevel-tag-v1-protocol.h"

static void handle_set_toplevel_tag(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *toplevel, const char *tag)
{
	struct window *window = window_from_resource(toplevel);
	if (window)
		window_set_tag(window, tag);
}

static void handle_set_toplevel_description(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *toplevel, const char *description)
{
	struct window *window = window_from_resource(toplevel);
	if (window)
		window_set_description(window, description);
}

static const struct xdg_toplevel_tag_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.set_toplevel_tag = handle_set_toplevel_tag,
	.set_toplevel_description = handle_set_toplevel_description,
};

bool xdg_toplevel_tag_create(struct server *server)
{
	return wire_global(server, &xdg_toplevel_tag_manager_v1_interface, 1, &manager_impl, NULL);
}
