// SPDX-License-Identifier: MIT
// zxdg_output_manager_v1: logical position, logical size and name of outputs.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wayland-protocol.h"
#include "xdg-output-unstable-v1-protocol.h"

struct xdg_output {
	struct wl_resource *resource;
	struct output *output; // NULL: removed
	struct wl_listener changed, output_destroyed;
};

static const struct zxdg_output_v1_interface xdg_output_impl = {
	.destroy = wire_handle_destroy,
};

// Since version 3 wl_output.done ends the group. wl_output.c has sent its own done before, so a
// second one is sent here.
static void send_state(struct xdg_output *xdg_output)
{
	struct output *output = xdg_output->output;
	struct wl_resource *resource = xdg_output->resource;
	zxdg_output_v1_send_logical_position(resource, output->box.x, output->box.y);
	zxdg_output_v1_send_logical_size(resource, output->box.width, output->box.height);
	if (wl_resource_get_version(resource) < 3) {
		zxdg_output_v1_send_done(resource);
		return;
	}
	struct wl_resource *output_resource =
		output_resource_for(output, wl_resource_get_client(resource));
	if (output_resource && wl_resource_get_version(output_resource) >= 2)
		wl_output_send_done(output_resource);
}

static void xdg_output_leave_output(struct xdg_output *xdg_output)
{
	if (!xdg_output->output)
		return;
	wl_list_remove(&xdg_output->changed.link);
	wl_list_remove(&xdg_output->output_destroyed.link);
	xdg_output->output = NULL;
}

static void on_changed(struct wl_listener *listener, void *data)
{
	struct xdg_output *xdg_output = wl_container_of(listener, xdg_output, changed);
	send_state(xdg_output);
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct xdg_output *xdg_output = wl_container_of(listener, xdg_output, output_destroyed);
	xdg_output_leave_output(xdg_output);
}

static void on_xdg_output_destroyed(struct wl_resource *resource)
{
	struct xdg_output *xdg_output = wl_resource_get_user_data(resource);
	xdg_output_leave_output(xdg_output);
	free(xdg_output);
}

static void handle_get_xdg_output(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *output_resource)
{
	struct output *output = output_from_resource(output_resource);
	struct xdg_output *xdg_output = xcalloc(1, sizeof(*xdg_output));
	xdg_output->resource =
		wire_create(client, &zxdg_output_v1_interface, wl_resource_get_version(resource),
			id, &xdg_output_impl, xdg_output, on_xdg_output_destroyed);
	if (!xdg_output->resource) {
		free(xdg_output);
		return;
	}
	if (!output)
		return; // removed before the request arrived
	xdg_output->output = output;
	xdg_output->changed.notify = on_changed;
	wl_signal_add(&output->events.changed, &xdg_output->changed);
	xdg_output->output_destroyed.notify = on_output_destroyed;
	wl_signal_add(&output->events.destroyed, &xdg_output->output_destroyed);
	if (wl_resource_get_version(resource) >= ZXDG_OUTPUT_V1_NAME_SINCE_VERSION) {
		zxdg_output_v1_send_name(xdg_output->resource, output->name);
		zxdg_output_v1_send_description(xdg_output->resource, output->description);
	}
	send_state(xdg_output);
}

static const struct zxdg_output_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_xdg_output = handle_get_xdg_output,
};

bool xdg_output_create(struct server *server)
{
	return wire_global(server, &zxdg_output_manager_v1_interface, 3, &manager_impl, NULL);
}
