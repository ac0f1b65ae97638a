// SPDX-License-Identifier: MIT
// wp_single_pixel_buffer_manager_v1: creates a wl_buffer of one colour, which renderers fill
// without a texture.
#include <drm_fourcc.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/client_buffer.h"
#include "protocols/protocols.h"
#include "single-pixel-buffer-v1-protocol.h"

static void color_destroy(struct buffer *base)
{
	struct client_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	free(buffer);
}

static const struct buffer_impl color_impl = {
	.destroy = color_destroy,
};

static void handle_create(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	uint32_t r, uint32_t g, uint32_t b, uint32_t a)
{
	struct client_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &color_impl, 1, 1, DRM_FORMAT_ARGB8888);
	buffer->base.is_color = true;
	const uint32_t values[] = {r, g, b, a};
	for (int i = 0; i < 4; i++)
		buffer->base.color[i] = (float)((double)values[i] / UINT32_MAX);
	if (!client_buffer_create_resource(buffer, client, 1, id))
		free(buffer);
}

static const struct wp_single_pixel_buffer_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.create_u32_rgba_buffer = handle_create,
};

bool single_pixel_buffer_create(struct server *server)
{
	return wire_global(
		server, &wp_single_pixel_buffer_manager_v1_interface, 1, &manager_impl, NULL);
}
