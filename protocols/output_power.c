// SPDX-License-Identifier: MIT
// zwlr_output_power_manager_v1: powers outputs off and on. A powered-off output keeps its place in
// the layout.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wlr-output-power-management-unstable-v1-protocol.h"

struct power {
	struct wl_resource *resource;
	struct output *output; // NULL: removed
	struct wl_listener destroyed, changed;
};

static void send_mode(const struct power *power)
{
	zwlr_output_power_v1_send_mode(power->resource,
		power->output->powered_off ? ZWLR_OUTPUT_POWER_V1_MODE_OFF
					   : ZWLR_OUTPUT_POWER_V1_MODE_ON);
}

static void on_changed(struct wl_listener *listener, void *data)
{
	struct power *power = wl_container_of(listener, power, changed);
	send_mode(power);
}

static void power_leave_output(struct power *power)
{
	if (!power->output)
		return;
	wl_list_remove(&power->destroyed.link);
	wl_list_remove(&power->changed.link);
	power->output = NULL;
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct power *power = wl_container_of(listener, power, destroyed);
	power_leave_output(power);
	zwlr_output_power_v1_send_failed(power->resource);
}

static void handle_set_mode(struct wl_client *client, struct wl_resource *resource, uint32_t mode)
{
	struct power *power = wl_resource_get_user_data(resource);
	if (mode > ZWLR_OUTPUT_POWER_V1_MODE_ON) {
		wl_resource_post_error(resource, ZWLR_OUTPUT_POWER_V1_ERROR_INVALID_MODE,
			"invalid power mode %u", mode);
		return;
	}
	if (!power->output || output_set_power(power->output, mode == ZWLR_OUTPUT_POWER_V1_MODE_ON))
		return;
	power_leave_output(power);
	zwlr_output_power_v1_send_failed(resource);
}

static const struct zwlr_output_power_v1_interface power_impl = {
	.set_mode = handle_set_mode,
	.destroy = wire_handle_destroy,
};

static void on_power_destroyed(struct wl_resource *resource)
{
	struct power *power = wl_resource_get_user_data(resource);
	power_leave_output(power);
	free(power);
}

static void handle_get_output_power(struct wl_client *client, struct wl_resource *manager,
	uint32_t id, struct wl_resource *output_resource)
{
	struct power *power = xcalloc(1, sizeof(*power));
	power->resource = wire_create(client, &zwlr_output_power_v1_interface,
		wl_resource_get_version(manager), id, &power_impl, power, on_power_destroyed);
	if (!power->resource) {
		free(power);
		return;
	}
	power->output = output_from_resource(output_resource);
	if (!power->output || !power->output->screen->backend->impl->set_power) {
		power->output = NULL;
		zwlr_output_power_v1_send_failed(power->resource);
		return;
	}
	power->destroyed.notify = on_output_destroyed;
	wl_signal_add(&power->output->events.destroyed, &power->destroyed);
	power->changed.notify = on_changed;
	wl_signal_add(&power->output->events.power, &power->changed);
	send_mode(power);
}

static const struct zwlr_output_power_manager_v1_interface manager_impl = {
	.get_output_power = handle_get_output_power,
	.destroy = wire_handle_destroy,
};

bool output_power_create(struct server *server)
{
	return wire_global(server, &zwlr_output_power_manager_v1_interface, 1, &manager_impl, NULL);
}
