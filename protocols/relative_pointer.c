// SPDX-License-Identifier: MIT
// zwp_relative_pointer_manager_v1: creates relative pointers and adds them to the list of their
// seat_client. Their events are sent by compositor/seat/pointer.c.
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "protocols/protocols.h"
#include "relative-pointer-unstable-v1-protocol.h"
#include "wayland-protocol.h"

static const struct zwp_relative_pointer_v1_interface relative_pointer_impl = {
	.destroy = wire_handle_destroy,
};

static void on_relative_pointer_destroyed(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
}

static void handle_get_relative_pointer(struct wl_client *wl_client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *pointer)
{
	struct seat_client *client = wl_resource_get_user_data(pointer);
	struct wl_resource *relative = wire_create(wl_client, &zwp_relative_pointer_v1_interface,
		wl_resource_get_version(resource), id, &relative_pointer_impl, client,
		on_relative_pointer_destroyed);
	if (!relative)
		return;
	wl_list_init(wl_resource_get_link(relative));
	if (client)
		wl_list_insert(&client->relative_pointers, wl_resource_get_link(relative));
}

static const struct zwp_relative_pointer_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_relative_pointer = handle_get_relative_pointer,
};

bool relative_pointer_create(struct server *server)
{
	return wire_global(
		server, &zwp_relative_pointer_manager_v1_interface, 1, &manager_impl, NULL);
}
