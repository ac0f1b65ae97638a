// SPDX-License-Identifier: MIT
// zwp_primary_selection_device_manager_v1: the selection that a middle click pastes. Devices,
// sources and offers are those of selection_device.c; here is who may set the selection.
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"
#include "primary-selection-unstable-v1-protocol.h"
#include "protocols/protocols.h"
#include "protocols/selection_device.h"

static void handle_offer(struct wl_client *client, struct wl_resource *resource, const char *mime)
{
	struct selection_source *source = wl_resource_get_user_data(resource);
	selection_source_offer(client, &source->base, &source->charge, mime);
}

static const struct zwp_primary_selection_source_v1_interface source_impl = {
	.offer = handle_offer,
	.destroy = wire_handle_destroy,
};

static const struct zwp_primary_selection_offer_v1_interface offer_impl = {
	.receive = selection_handle_receive,
	.destroy = wire_handle_destroy,
};

static void handle_set_selection(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *source_resource, uint32_t serial)
{
	struct selection_device *device = wl_resource_get_user_data(resource);
	struct selection_source *source =
		source_resource ? wl_resource_get_user_data(source_resource) : NULL;
	if (!device)
		return;
	struct server *server = device->all->server;
	struct selection *primary = &server->seat->primary;
	if (server->wlcs_quirks && !serial) {
		serial = server_next_serial(server);
	} else if (!seat_serial_valid(server->seat, client, serial, seat_serial_any)) {
		if (source && primary->source != &source->base)
			source->base.impl->cancelled(&source->base);
		return;
	}
	// A cancelled source cannot be set again; the protocol has no error for it.
	if (!source || !source->cancelled)
		selection_set(primary, source ? &source->base : NULL, serial);
}

static const struct zwp_primary_selection_device_v1_interface device_impl = {
	.set_selection = handle_set_selection,
	.destroy = wire_handle_destroy,
};

static const struct selection_protocol protocol = {
	.needs_focus = true,
	.device = &zwp_primary_selection_device_v1_interface,
	.source = &zwp_primary_selection_source_v1_interface,
	.offer = &zwp_primary_selection_offer_v1_interface,
	.device_impl = &device_impl,
	.source_impl = &source_impl,
	.offer_impl = &offer_impl,
	.create_offer = selection_offer_create,
	.send_primary = zwp_primary_selection_device_v1_send_selection,
	.primary_since = 1,
	.send_data_offer = zwp_primary_selection_device_v1_send_data_offer,
	.send_offer = zwp_primary_selection_offer_v1_send_offer,
	.send_send = zwp_primary_selection_source_v1_send_send,
	.send_cancelled = zwp_primary_selection_source_v1_send_cancelled,
};

static const struct zwp_primary_selection_device_manager_v1_interface manager_impl = {
	.create_source = selection_handle_create_source,
	.get_device = selection_handle_get_device,
	.destroy = wire_handle_destroy,
};

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &zwp_primary_selection_device_manager_v1_interface, (int)version, id,
		&manager_impl, data, NULL);
}

bool primary_selection_create(struct server *server)
{
	struct selection_devices *all = selection_devices_create(server, &protocol);
	return wl_global_create(server->display, &zwp_primary_selection_device_manager_v1_interface,
		       1, all, on_bind) != NULL;
}
