// SPDX-License-Identifier: MIT
// ext_data_control_manager_v1 and zwlr_data_control_manager_v1: clipboard managers read and set
// both selections without keyboard focus. The two protocols differ only in names and numbers of
// versions, so both use the same requests here, and devices, sources and offers are those of
// selection_device.c.
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"
#include "ext-data-control-v1-protocol.h"
#include "protocols/protocols.h"
#include "protocols/selection_device.h"
#include "wlr-data-control-unstable-v1-protocol.h"

static void handle_offer(struct wl_client *client, struct wl_resource *resource, const char *mime)
{
	struct selection_source *source = wl_resource_get_user_data(resource);
	if (source->used) {
		wl_resource_post_error(resource, EXT_DATA_CONTROL_SOURCE_V1_ERROR_INVALID_OFFER,
			"the source is already in use");
		return;
	}
	selection_source_offer(client, &source->base, &source->charge, mime);
}

static void set_selection(
	struct wl_resource *resource, struct wl_resource *source_resource, bool primary)
{
	struct selection_device *device = wl_resource_get_user_data(resource);
	struct selection_source *source =
		source_resource ? wl_resource_get_user_data(source_resource) : NULL;
	if (source && source->used) {
		wl_resource_post_error(resource, EXT_DATA_CONTROL_DEVICE_V1_ERROR_USED_SOURCE,
			"%s@%u was used before", wl_resource_get_class(source_resource),
			wl_resource_get_id(source_resource));
		return;
	}
	if (source)
		source->used = true;
	if (!device)
		return;
	struct server *server = device->all->server;
	selection_set(primary ? &server->seat->primary : &server->seat->clipboard,
		source ? &source->base : NULL, server_next_serial(server));
}

static void handle_set_selection(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *source)
{
	set_selection(resource, source, false);
}

static void handle_set_primary_selection(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *source)
{
	set_selection(resource, source, true);
}

// ext_data_control_manager_v1

static const struct ext_data_control_source_v1_interface ext_source_impl = {
	.offer = handle_offer,
	.destroy = wire_handle_destroy,
};

static const struct ext_data_control_device_v1_interface ext_device_impl = {
	.set_selection = handle_set_selection,
	.destroy = wire_handle_destroy,
	.set_primary_selection = handle_set_primary_selection,
};

static const struct ext_data_control_offer_v1_interface ext_offer_impl = {
	.receive = selection_handle_receive,
	.destroy = wire_handle_destroy,
};

static const struct ext_data_control_manager_v1_interface ext_manager_impl = {
	.create_data_source = selection_handle_create_source,
	.get_data_device = selection_handle_get_device,
	.destroy = wire_handle_destroy,
};

static const struct selection_protocol ext_protocol = {
	.device = &ext_data_control_device_v1_interface,
	.source = &ext_data_control_source_v1_interface,
	.offer = &ext_data_control_offer_v1_interface,
	.device_impl = &ext_device_impl,
	.source_impl = &ext_source_impl,
	.offer_impl = &ext_offer_impl,
	.create_offer = selection_offer_create,
	.send_clipboard = ext_data_control_device_v1_send_selection,
	.send_primary = ext_data_control_device_v1_send_primary_selection,
	.primary_since = 1,
	.send_finished = ext_data_control_device_v1_send_finished,
	.send_data_offer = ext_data_control_device_v1_send_data_offer,
	.send_offer = ext_data_control_offer_v1_send_offer,
	.send_send = ext_data_control_source_v1_send_send,
	.send_cancelled = ext_data_control_source_v1_send_cancelled,
};

// zwlr_data_control_manager_v1

static const struct zwlr_data_control_source_v1_interface wlr_source_impl = {
	.offer = handle_offer,
	.destroy = wire_handle_destroy,
};

static const struct zwlr_data_control_device_v1_interface wlr_device_impl = {
	.set_selection = handle_set_selection,
	.destroy = wire_handle_destroy,
	.set_primary_selection = handle_set_primary_selection,
};

static const struct zwlr_data_control_offer_v1_interface wlr_offer_impl = {
	.receive = selection_handle_receive,
	.destroy = wire_handle_destroy,
};

static const struct zwlr_data_control_manager_v1_interface wlr_manager_impl = {
	.create_data_source = selection_handle_create_source,
	.get_data_device = selection_handle_get_device,
	.destroy = wire_handle_destroy,
};

static const struct selection_protocol wlr_protocol = {
	.device = &zwlr_data_control_device_v1_interface,
	.source = &zwlr_data_control_source_v1_interface,
	.offer = &zwlr_data_control_offer_v1_interface,
	.device_impl = &wlr_device_impl,
	.source_impl = &wlr_source_impl,
	.offer_impl = &wlr_offer_impl,
	.create_offer = selection_offer_create,
	.send_clipboard = zwlr_data_control_device_v1_send_selection,
	.send_primary = zwlr_data_control_device_v1_send_primary_selection,
	.primary_since = ZWLR_DATA_CONTROL_DEVICE_V1_PRIMARY_SELECTION_SINCE_VERSION,
	.send_finished = zwlr_data_control_device_v1_send_finished,
	.send_data_offer = zwlr_data_control_device_v1_send_data_offer,
	.send_offer = zwlr_data_control_offer_v1_send_offer,
	.send_send = zwlr_data_control_source_v1_send_send,
	.send_cancelled = zwlr_data_control_source_v1_send_cancelled,
};

// The globals

static void on_bind_ext(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &ext_data_control_manager_v1_interface, (int)version, id,
		&ext_manager_impl, data, NULL);
}

static void on_bind_wlr(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &zwlr_data_control_manager_v1_interface, (int)version, id,
		&wlr_manager_impl, data, NULL);
}

bool data_control_create(struct server *server)
{
	struct wl_display *display = server->display;
	return wl_global_create(display, &ext_data_control_manager_v1_interface, 1,
		       selection_devices_create(server, &ext_protocol), on_bind_ext) &&
		wl_global_create(display, &zwlr_data_control_manager_v1_interface, 2,
			selection_devices_create(server, &wlr_protocol), on_bind_wlr);
}
