// SPDX-License-Identifier: MIT
// xdg_activation_v1: hands the right to be activated from client to client. Which tokens work is
// decided in core.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/activation.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "xdg-activation-v1-protocol.h"

struct wish { // for a token
	struct server *server;
	struct seat *seat; // NULL: no serial was given
	uint32_t serial;
	bool committed;
};

// NULL with the error posted once it was committed.
static struct wish *open_wish(struct wl_resource *resource)
{
	struct wish *wish = wl_resource_get_user_data(resource);
	if (!wish->committed)
		return wish;
	wl_resource_post_error(resource, XDG_ACTIVATION_TOKEN_V1_ERROR_ALREADY_USED,
		"this token was committed before");
	return NULL;
}

static void handle_set_serial(struct wl_client *client, struct wl_resource *resource,
	uint32_t serial, struct wl_resource *seat)
{
	struct wish *wish = open_wish(resource);
	if (!wish)
		return;
	wish->seat = seat_from_resource(seat);
	wish->serial = serial;
}

// Neither says more of the user's attention than the serial does.
static void handle_set_app_id(
	struct wl_client *client, struct wl_resource *resource, const char *app_id)
{
	open_wish(resource);
}

static void handle_set_surface(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *surface)
{
	open_wish(resource);
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource)
{
	struct wish *wish = open_wish(resource);
	if (!wish)
		return;
	wish->committed = true;
	char token[ACTIVATION_TOKEN_SIZE];
	activation_token_for(wish->server->activation, client, wish->seat, wish->serial, token);
	xdg_activation_token_v1_send_done(resource, token);
}

static const struct xdg_activation_token_v1_interface token_impl = {
	.set_serial = handle_set_serial,
	.set_app_id = handle_set_app_id,
	.set_surface = handle_set_surface,
	.commit = handle_commit,
	.destroy = wire_handle_destroy,
};

static void on_token_destroyed(struct wl_resource *resource)
{
	free(wl_resource_get_user_data(resource));
}

static void handle_get_activation_token(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct wish *wish = xcalloc(1, sizeof(*wish));
	wish->server = wl_resource_get_user_data(resource);
	if (!wire_create(client, &xdg_activation_token_v1_interface,
		    wl_resource_get_version(resource), id, &token_impl, wish, on_token_destroyed))
		free(wish);
}

static void handle_activate(struct wl_client *client, struct wl_resource *resource,
	const char *token, struct wl_resource *surface)
{
	struct server *server = wl_resource_get_user_data(resource);
	activation_use(server->activation, token, surface_from_resource(surface));
}

static const struct xdg_activation_v1_interface activation_impl = {
	.destroy = wire_handle_destroy,
	.get_activation_token = handle_get_activation_token,
	.activate = handle_activate,
};

bool xdg_activation_create(struct server *server)
{
	return wire_global(server, &xdg_activation_v1_interface, 1, &activation_impl, NULL);
}
