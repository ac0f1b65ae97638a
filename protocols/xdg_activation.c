// SPDX-License-Identifier: MIT
// xdg_activation_v1: clients create tokens and pass them to other clients, which activate a window
// with them. compositor/window/activation.c decides which tokens are valid.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/activation.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "xdg-activation-v1-protocol.h"

struct token_request {
	struct server *server;
	struct seat *seat; // NULL: set_serial was not called, or its seat is inert
	uint32_t serial;
	bool committed;
};

// NULL: the token was committed, an error was posted.
static struct token_request *get_uncommitted(struct wl_resource *resource)
{
	struct token_request *request = wl_resource_get_user_data(resource);
	if (!request->committed)
		return request;
	wl_resource_post_error(resource, XDG_ACTIVATION_TOKEN_V1_ERROR_ALREADY_USED,
		"this token was committed before");
	return NULL;
}

static void handle_set_serial(struct wl_client *client, struct wl_resource *resource,
	uint32_t serial, struct wl_resource *seat)
{
	struct token_request *request = get_uncommitted(resource);
	if (!request)
		return;
	request->seat = seat_from_resource(seat);
	request->serial = serial;
}

// Application id and surface are ignored: the serial alone proves user interaction.
static void handle_set_app_id(
	struct wl_client *client, struct wl_resource *resource, const char *app_id)
{
	get_uncommitted(resource);
}

static void handle_set_surface(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *surface)
{
	get_uncommitted(resource);
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource)
{
	struct token_request *request = get_uncommitted(resource);
	if (!request)
		return;
	request->committed = true;
	char token[ACTIVATION_TOKEN_SIZE];
	activation_token_for(
		request->server->activation, client, request->seat, request->serial, token);
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
	struct token_request *request = xcalloc(1, sizeof(*request));
	request->server = wl_resource_get_user_data(resource);
	if (!wire_create(client, &xdg_activation_token_v1_interface,
		    wl_resource_get_version(resource), id, &token_impl, request,
		    on_token_destroyed))
		free(request);
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
