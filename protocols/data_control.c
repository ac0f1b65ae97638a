// SPDX-License-Identifier: MIT
// ext_data_control_v1 and zwlr_data_control_unstable_v1: clipboard managers see and set both
// selections without focus. The two protocols differ in names only, so each object knows its twin.
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/core/backlog.h"
#include "compositor/core/seat.h"
#include "compositor/core/selection.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "ext-data-control-v1-protocol.h"
#include "protocols/protocols.h"
#include "wlr-data-control-unstable-v1-protocol.h"

struct twin {
	const struct wl_interface *source, *device, *offer;
	const void *source_impl, *device_impl, *offer_impl;
	int primary_since;
	void (*send_data_offer)(struct wl_resource *device, struct wl_resource *offer);
	void (*send_selection)(struct wl_resource *device, struct wl_resource *offer);
	void (*send_primary)(struct wl_resource *device, struct wl_resource *offer);
	void (*send_finished)(struct wl_resource *device);
	void (*send_offer)(struct wl_resource *offer, const char *mime);
	void (*send_send)(struct wl_resource *source, const char *mime, int32_t fd);
	void (*send_cancelled)(struct wl_resource *source);
};

// One for each of the two globals.
struct manager {
	struct server *server;
	const struct twin *twin;
	struct wl_list devices; // control_device.link
	struct wl_listener clipboard_changed, primary_changed, server_destroyed;
};

struct control_device {
	struct manager *manager;
	struct wl_resource *resource;
	bool waiting; // to hear of changes
	struct wl_list link;
};

struct control_source {
	struct data_source base;
	struct wl_resource *resource;
	const struct twin *twin;
	bool used, cancelled;
};

// Sources

static struct control_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct control_source *)NULL, base);
}

static void source_send(struct data_source *base, const char *mime, int fd)
{
	struct control_source *source = source_from(base);
	if (!source->cancelled)
		source->twin->send_send(source->resource, mime, fd);
	close(fd);
}

static void source_cancelled(struct data_source *base)
{
	struct control_source *source = source_from(base);
	if (!source->cancelled)
		source->twin->send_cancelled(source->resource);
	source->cancelled = true;
}

static const struct data_source_impl source_impl = {
	.send = source_send,
	.cancelled = source_cancelled,
};

static void handle_offer(struct wl_client *client, struct wl_resource *resource, const char *mime)
{
	struct control_source *source = wl_resource_get_user_data(resource);
	if (source->used) {
		wl_resource_post_error(resource, EXT_DATA_CONTROL_SOURCE_V1_ERROR_INVALID_OFFER,
			"the source is in use already");
		return;
	}
	data_source_offer(&source->base, mime);
}

static void on_source_destroyed(struct wl_resource *resource)
{
	struct control_source *source = wl_resource_get_user_data(resource);
	data_source_finish(&source->base);
	free(source);
}

static void handle_create_data_source(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	const struct manager *manager = wl_resource_get_user_data(resource);
	const struct twin *twin = manager->twin;
	struct control_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &source_impl);
	source->twin = twin;
	// A source has fewer versions than the manager that makes it.
	int version = MIN(wl_resource_get_version(resource), twin->source->version);
	source->resource = wire_create(
		client, twin->source, version, id, twin->source_impl, source, on_source_destroyed);
	if (!source->resource)
		free(source);
}

// Offers: their user data is a weak pointer to the source.

static void handle_receive(
	struct wl_client *client, struct wl_resource *resource, const char *mime, int32_t fd)
{
	struct weak *source = wl_resource_get_user_data(resource);
	data_source_send(source->target, mime, fd);
}

static void on_offer_destroyed(struct wl_resource *resource)
{
	struct weak *source = wl_resource_get_user_data(resource);
	weak_clear(source);
	free(source);
}

static struct wl_resource *create_offer(struct control_device *device, struct data_source *source)
{
	const struct twin *twin = device->manager->twin;
	struct weak *weak = xcalloc(1, sizeof(*weak));
	int version = MIN(wl_resource_get_version(device->resource), twin->offer->version);
	struct wl_resource *offer = wire_create(wl_resource_get_client(device->resource),
		twin->offer, version, 0, twin->offer_impl, weak, on_offer_destroyed);
	if (!offer) {
		free(weak);
		return NULL;
	}
	weak_set(weak, source, &source->destroyed);
	twin->send_data_offer(device->resource, offer);
	for (size_t i = 0; i < source->n_mimes; i++)
		twin->send_offer(offer, source->mimes[i]);
	return offer;
}

// Devices

static void send_selection(struct control_device *device)
{
	struct data_source *source = device->manager->server->seat->clipboard.source;
	struct wl_resource *offer = source ? create_offer(device, source) : NULL;
	if (offer || !source)
		device->manager->twin->send_selection(device->resource, offer);
}

static void send_primary(struct control_device *device)
{
	const struct twin *twin = device->manager->twin;
	if (wl_resource_get_version(device->resource) < twin->primary_since)
		return;
	struct data_source *source = device->manager->server->seat->primary.source;
	struct wl_resource *offer = source ? create_offer(device, source) : NULL;
	if (offer || !source)
		twin->send_primary(device->resource, offer);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct control_device *device = data;
	device->waiting = false;
	if (client) {
		send_selection(device);
		send_primary(device);
	}
}

// A client that does not read gets only the newest one, once it does.
static bool waits(struct control_device *device)
{
	struct wl_client *client = wl_resource_get_client(device->resource);
	if (!device->waiting && backlog_late(client)) {
		device->waiting = true;
		backlog_when_drained(client, on_drained, device);
	}
	return device->waiting;
}

static void on_clipboard_changed(struct wl_listener *listener, void *data)
{
	struct manager *manager = wl_container_of(listener, manager, clipboard_changed);
	struct control_device *device;
	wl_list_for_each(device, &manager->devices, link) {
		if (!waits(device))
			send_selection(device);
	}
}

static void on_primary_changed(struct wl_listener *listener, void *data)
{
	struct manager *manager = wl_container_of(listener, manager, primary_changed);
	struct control_device *device;
	wl_list_for_each(device, &manager->devices, link) {
		if (!waits(device))
			send_primary(device);
	}
}

static void set(struct wl_resource *resource, struct wl_resource *source_resource, bool primary)
{
	struct control_device *device = wl_resource_get_user_data(resource);
	struct control_source *source =
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
	struct server *server = device->manager->server;
	selection_set(primary ? &server->seat->primary : &server->seat->clipboard,
		source ? &source->base : NULL, server_next_serial(server));
}

static void handle_set_selection(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *source)
{
	set(resource, source, false);
}

static void handle_set_primary_selection(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *source)
{
	set(resource, source, true);
}

static void on_device_destroyed(struct wl_resource *resource)
{
	struct control_device *device = wl_resource_get_user_data(resource);
	if (!device)
		return;
	if (device->waiting)
		backlog_forget(wl_resource_get_client(resource), device);
	wl_list_remove(&device->link);
	free(device);
}

static void handle_get_data_device(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *seat_resource)
{
	struct manager *manager = wl_resource_get_user_data(resource);
	const struct twin *twin = manager->twin;
	struct wl_resource *device_resource =
		wire_create(client, twin->device, wl_resource_get_version(resource), id,
			twin->device_impl, NULL, on_device_destroyed);
	if (!device_resource)
		return;
	if (!seat_from_resource(seat_resource)) {
		twin->send_finished(device_resource);
		return;
	}
	struct control_device *device = xcalloc(1, sizeof(*device));
	device->manager = manager;
	device->resource = device_resource;
	wl_resource_set_user_data(device_resource, device);
	wl_list_insert(manager->devices.prev, &device->link);
	send_selection(device);
	send_primary(device);
}

// The twins

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
	.receive = handle_receive,
	.destroy = wire_handle_destroy,
};

static const struct ext_data_control_manager_v1_interface ext_manager_impl = {
	.create_data_source = handle_create_data_source,
	.get_data_device = handle_get_data_device,
	.destroy = wire_handle_destroy,
};

static const struct twin ext_twin = {
	.source = &ext_data_control_source_v1_interface,
	.device = &ext_data_control_device_v1_interface,
	.offer = &ext_data_control_offer_v1_interface,
	.source_impl = &ext_source_impl,
	.device_impl = &ext_device_impl,
	.offer_impl = &ext_offer_impl,
	.primary_since = 1,
	.send_data_offer = ext_data_control_device_v1_send_data_offer,
	.send_selection = ext_data_control_device_v1_send_selection,
	.send_primary = ext_data_control_device_v1_send_primary_selection,
	.send_finished = ext_data_control_device_v1_send_finished,
	.send_offer = ext_data_control_offer_v1_send_offer,
	.send_send = ext_data_control_source_v1_send_send,
	.send_cancelled = ext_data_control_source_v1_send_cancelled,
};

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
	.receive = handle_receive,
	.destroy = wire_handle_destroy,
};

static const struct zwlr_data_control_manager_v1_interface wlr_manager_impl = {
	.create_data_source = handle_create_data_source,
	.get_data_device = handle_get_data_device,
	.destroy = wire_handle_destroy,
};

static const struct twin wlr_twin = {
	.source = &zwlr_data_control_source_v1_interface,
	.device = &zwlr_data_control_device_v1_interface,
	.offer = &zwlr_data_control_offer_v1_interface,
	.source_impl = &wlr_source_impl,
	.device_impl = &wlr_device_impl,
	.offer_impl = &wlr_offer_impl,
	.primary_since = ZWLR_DATA_CONTROL_DEVICE_V1_PRIMARY_SELECTION_SINCE_VERSION,
	.send_data_offer = zwlr_data_control_device_v1_send_data_offer,
	.send_selection = zwlr_data_control_device_v1_send_selection,
	.send_primary = zwlr_data_control_device_v1_send_primary_selection,
	.send_finished = zwlr_data_control_device_v1_send_finished,
	.send_offer = zwlr_data_control_offer_v1_send_offer,
	.send_send = zwlr_data_control_source_v1_send_send,
	.send_cancelled = zwlr_data_control_source_v1_send_cancelled,
};

// The globals

static void bind_ext(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &ext_data_control_manager_v1_interface, (int)version, id,
		&ext_manager_impl, data, NULL);
}

static void bind_wlr(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &zwlr_data_control_manager_v1_interface, (int)version, id,
		&wlr_manager_impl, data, NULL);
}

// The last clients are gone by then.
static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct manager *manager = wl_container_of(listener, manager, server_destroyed);
	wl_list_remove(&manager->clipboard_changed.link);
	wl_list_remove(&manager->primary_changed.link);
	wl_list_remove(&manager->server_destroyed.link);
	free(manager);
}

static bool manager_create(struct server *server, const struct twin *twin,
	const struct wl_interface *interface, int version, wl_global_bind_func_t bind)
{
	struct manager *manager = xcalloc(1, sizeof(*manager));
	if (!wl_global_create(server->display, interface, version, manager, bind)) {
		free(manager);
		return false;
	}
	manager->server = server;
	manager->twin = twin;
	wl_list_init(&manager->devices);
	manager->clipboard_changed.notify = on_clipboard_changed;
	wl_signal_add(&server->seat->clipboard.changed, &manager->clipboard_changed);
	manager->primary_changed.notify = on_primary_changed;
	wl_signal_add(&server->seat->primary.changed, &manager->primary_changed);
	manager->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &manager->server_destroyed);
	return true;
}

bool data_control_create(struct server *server)
{
	return manager_create(
		       server, &ext_twin, &ext_data_control_manager_v1_interface, 1, bind_ext) &&
		manager_create(
			server, &wlr_twin, &zwlr_data_control_manager_v1_interface, 2, bind_wlr);
}
