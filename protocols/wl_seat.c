// SPDX-License-Identifier: MIT
// wl_seat, wl_pointer, wl_keyboard and wl_touch: creates the objects, and sets cursors. Their
// events are sent by compositor/seat. All three capabilities are advertised from the start,
// whatever devices exist, so that clients need not handle capabilities that come and go.
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wayland-protocol.h"

// The user data of all objects is their seat_client; NULL once the client is being destroyed.

struct seat *seat_from_resource(struct wl_resource *resource)
{
	struct seat_client *client = resource ? wl_resource_get_user_data(resource) : NULL;
	return client ? client->seat : NULL;
}

static void on_object_destroyed(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
}

static struct wl_resource *create_device(struct wl_resource *seat_resource, uint32_t id,
	const struct wl_interface *interface, const void *impl)
{
	struct wl_resource *resource = wire_create(wl_resource_get_client(seat_resource), interface,
		wl_resource_get_version(seat_resource), id, impl,
		wl_resource_get_user_data(seat_resource), on_object_destroyed);
	if (resource)
		wl_list_init(wl_resource_get_link(resource));
	return resource;
}

static void handle_set_cursor(struct wl_client *wl_client, struct wl_resource *resource,
	uint32_t serial, struct wl_resource *surface_resource, int32_t hotspot_x, int32_t hotspot_y)
{
	struct seat *seat = seat_from_resource(resource);
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface &&
		!surface_set_role(surface, &cursor_role, NULL, resource, WL_POINTER_ERROR_ROLE))
		return;
	struct surface *focus = seat ? pointer_focus(seat) : NULL;
	if (!focus || wl_resource_get_client(focus->resource) != wl_client)
		return;
	// The serial is of an earlier enter, so the request came too late.
	if ((int32_t)(serial - seat->pointer.enter_serial) < 0)
		return;
	cursor_set_surface(seat->cursor, surface, hotspot_x, hotspot_y);
}

static const struct wl_pointer_interface pointer_impl = {
	.set_cursor = handle_set_cursor,
	.release = wire_handle_destroy,
};

static const struct wl_keyboard_interface keyboard_impl = {
	.release = wire_handle_destroy,
};

static const struct wl_touch_interface touch_impl = {
	.release = wire_handle_destroy,
};

static void handle_get_pointer(
	struct wl_client *wl_client, struct wl_resource *seat_resource, uint32_t id)
{
	struct seat_client *client = wl_resource_get_user_data(seat_resource);
	struct wl_resource *resource =
		create_device(seat_resource, id, &wl_pointer_interface, &pointer_impl);
	if (!resource || !client)
		return;
	wl_list_insert(&client->pointers, wl_resource_get_link(resource));
	pointer_bind(client->seat, resource);
}

static void handle_get_keyboard(
	struct wl_client *wl_client, struct wl_resource *seat_resource, uint32_t id)
{
	struct seat_client *client = wl_resource_get_user_data(seat_resource);
	struct wl_resource *resource =
		create_device(seat_resource, id, &wl_keyboard_interface, &keyboard_impl);
	if (!resource || !client)
		return;
	wl_list_insert(&client->keyboards, wl_resource_get_link(resource));
	keyboard_bind(client->seat, resource);
}

static void handle_get_touch(
	struct wl_client *wl_client, struct wl_resource *seat_resource, uint32_t id)
{
	struct seat_client *client = wl_resource_get_user_data(seat_resource);
	struct wl_resource *resource =
		create_device(seat_resource, id, &wl_touch_interface, &touch_impl);
	if (resource && client)
		wl_list_insert(&client->touches, wl_resource_get_link(resource));
}

static const struct wl_seat_interface seat_impl = {
	.get_pointer = handle_get_pointer,
	.get_keyboard = handle_get_keyboard,
	.get_touch = handle_get_touch,
	.release = wire_handle_destroy,
};

static void on_bind(struct wl_client *wl_client, void *data, uint32_t version, uint32_t id)
{
	struct server *server = data;
	struct seat_client *client = seat_client_get(server->seat, wl_client);
	struct wl_resource *resource = wire_create(wl_client, &wl_seat_interface, (int)version, id,
		&seat_impl, client, on_object_destroyed);
	if (!resource)
		return;
	wl_list_insert(&client->seats, wl_resource_get_link(resource));
	if (version >= WL_SEAT_NAME_SINCE_VERSION)
		wl_seat_send_name(resource, server->seat->name);
	wl_seat_send_capabilities(resource,
		WL_SEAT_CAPABILITY_POINTER | WL_SEAT_CAPABILITY_KEYBOARD |
			WL_SEAT_CAPABILITY_TOUCH);
}

bool wl_seat_create(struct server *server)
{
	return wl_global_create(server->display, &wl_seat_interface, 9, server, on_bind) != NULL;
}
