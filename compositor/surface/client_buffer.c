// SPDX-License-Identifier: MIT
#include "compositor/surface/client_buffer.h"
#include "compositor/client/wire.h"
#include "wayland-protocol.h"

static const struct wl_buffer_interface buffer_impl = {
	.destroy = wire_handle_destroy,
};

static void on_resource_destroyed(struct wl_resource *resource)
{
	struct client_buffer *buffer = wl_resource_get_user_data(resource);
	buffer->resource = NULL;
	buffer_drop(&buffer->base);
}

static void on_released(struct buffer *base, void *data)
{
	struct client_buffer *buffer = data;
	if (buffer->resource)
		wl_buffer_send_release(buffer->resource);
}

bool client_buffer_create_resource(
	struct client_buffer *buffer, struct wl_client *client, int version, uint32_t id)
{
	buffer->resource = wire_create(client, &wl_buffer_interface, version, id, &buffer_impl,
		buffer, on_resource_destroyed);
	buffer->base.released = on_released;
	buffer->base.released_data = buffer;
	return buffer->resource != NULL;
}

struct buffer *buffer_from_resource(struct wl_resource *resource)
{
	if (!resource || !wl_resource_instance_of(resource, &wl_buffer_interface, &buffer_impl))
		return NULL;
	struct client_buffer *buffer = wl_resource_get_user_data(resource);
	return &buffer->base;
}
