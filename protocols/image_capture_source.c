// SPDX-License-Identifier: MIT
// ext_output_image_capture_source_manager_v1 and the same for foreign toplevels: create
// ext_image_capture_source_v1 objects, which name an output or a toplevel for capture protocols.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "ext-image-capture-source-v1-protocol.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"

static const struct ext_image_capture_source_v1_interface source_impl = {
	.destroy = wire_handle_destroy,
};

const struct capture_source *capture_source_from_resource(struct wl_resource *resource)
{
	return wl_resource_get_user_data(resource);
}

static void on_source_destroyed(struct wl_resource *resource)
{
	struct capture_source *source = wl_resource_get_user_data(resource);
	weak_clear(&source->output);
	weak_clear(&source->window);
	free(source);
}

static void create_source(
	struct wl_resource *manager, uint32_t id, struct output *output, struct window *window)
{
	struct capture_source *source = xcalloc(1, sizeof(*source));
	if (!wire_create(wl_resource_get_client(manager), &ext_image_capture_source_v1_interface,
		    wl_resource_get_version(manager), id, &source_impl, source,
		    on_source_destroyed)) {
		free(source);
		return;
	}
	if (output)
		weak_set(&source->output, output, &output->events.destroyed);
	if (window)
		weak_set(&source->window, window, &window->events.destroyed);
}

static void handle_output_source(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *output)
{
	create_source(resource, id, output_from_resource(output), NULL);
}

static void handle_toplevel_source(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *handle)
{
	create_source(resource, id, NULL, window_from_handle(handle));
}

static const struct ext_output_image_capture_source_manager_v1_interface output_manager_impl = {
	.create_source = handle_output_source,
	.destroy = wire_handle_destroy,
};

static const struct ext_foreign_toplevel_image_capture_source_manager_v1_interface
	toplevel_manager_impl = {
		.create_source = handle_toplevel_source,
		.destroy = wire_handle_destroy,
};

bool image_capture_source_create(struct server *server)
{
	return wire_global(server, &ext_output_image_capture_source_manager_v1_interface, 1,
		       &output_manager_impl, NULL) &&
		wire_global(server, &ext_foreign_toplevel_image_capture_source_manager_v1_interface,
			1, &toplevel_manager_impl, NULL);
}
