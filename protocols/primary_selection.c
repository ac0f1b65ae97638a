// SPDX-License-Identifier: MIT
// zwp_primary_selection_device_manager_v1: what is selected, for the middle button. As the
// clipboard's, without drags.
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/core/backlog.h"
#include "compositor/core/seat.h"
#include "compositor/core/selection.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/wire.h"
#include "primary-selection-unstable-v1-protocol.h"
#include "protocols/protocols.h"

struct primary_devices {
	struct server *server;
	struct wl_list devices; // primary_device.link
	struct wl_listener keyboard_focus, primary_changed, server_destroyed;
};

struct primary_device {
	struct primary_devices *all;
	struct wl_resource *resource;
	bool focused; // its client has the keyboard and knows the selection
	bool waiting; // to hear of a change
	struct wl_list link;
};

// Sources

struct client_source {
	struct data_source base;
	struct wl_resource *resource;
	bool cancelled; // offers that are left get nothing from it any more
};

static struct client_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct client_source *)NULL, base);
}

static void source_send(struct data_source *base, const char *mime, int fd)
{
	struct client_source *source = source_from(base);
	if (!source->cancelled)
		zwp_primary_selection_source_v1_send_send(source->resource, mime, fd);
	close(fd);
}

static void source_cancelled(struct data_source *base)
{
	struct client_source *source = source_from(base);
	if (!source->cancelled)
		zwp_primary_selection_source_v1_send_cancelled(source->resource);
	source->cancelled = true;
}

static const struct data_source_impl source_impl = {
	.send = source_send,
	.cancelled = source_cancelled,
};

static void handle_offer(struct wl_client *client, struct wl_resource *resource, const char *mime)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	data_source_offer(&source->base, mime);
}

static const struct zwp_primary_selection_source_v1_interface source_interface = {
	.offer = handle_offer,
	.destroy = wire_handle_destroy,
};

static void on_source_destroyed(struct wl_resource *resource)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	data_source_finish(&source->base);
	free(source);
}

static void handle_create_source(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct client_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &source_impl);
	source->resource = wire_create(client, &zwp_primary_selection_source_v1_interface,
		wl_resource_get_version(resource), id, &source_interface, source,
		on_source_destroyed);
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

static const struct zwp_primary_selection_offer_v1_interface offer_impl = {
	.receive = handle_receive,
	.destroy = wire_handle_destroy,
};

static void on_offer_destroyed(struct wl_resource *resource)
{
	struct weak *source = wl_resource_get_user_data(resource);
	weak_clear(source);
	free(source);
}

static struct wl_resource *create_offer(struct primary_device *device, struct data_source *source)
{
	struct weak *weak = xcalloc(1, sizeof(*weak));
	struct wl_resource *offer = wire_create(wl_resource_get_client(device->resource),
		&zwp_primary_selection_offer_v1_interface,
		wl_resource_get_version(device->resource), 0, &offer_impl, weak,
		on_offer_destroyed);
	if (!offer) {
		free(weak);
		return NULL;
	}
	weak_set(weak, source, &source->destroyed);
	zwp_primary_selection_device_v1_send_data_offer(device->resource, offer);
	for (size_t i = 0; i < source->n_mimes; i++)
		zwp_primary_selection_offer_v1_send_offer(offer, source->mimes[i]);
	return offer;
}

// Devices

static void send_selection(struct primary_device *device)
{
	struct data_source *source = device->all->server->seat->primary.source;
	struct wl_resource *offer = source ? create_offer(device, source) : NULL;
	if (offer || !source)
		zwp_primary_selection_device_v1_send_selection(device->resource, offer);
}

static bool has_keyboard(const struct primary_device *device)
{
	struct surface *surface = keyboard_focus(device->all->server->seat);
	return surface &&
		wl_resource_get_client(surface->resource) ==
		wl_resource_get_client(device->resource);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct primary_device *device = data;
	device->waiting = false;
	if (client && has_keyboard(device))
		send_selection(device);
}

// A client that does not read gets only the newest one, once it does.
static bool waits(struct primary_device *device)
{
	struct wl_client *client = wl_resource_get_client(device->resource);
	if (!device->waiting && backlog_late(client)) {
		device->waiting = true;
		backlog_when_drained(client, on_drained, device);
	}
	return device->waiting;
}

static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct primary_devices *all = wl_container_of(listener, all, keyboard_focus);
	struct primary_device *device;
	wl_list_for_each(device, &all->devices, link) {
		bool focused = has_keyboard(device);
		bool is_new = focused && !device->focused;
		device->focused = focused;
		if (is_new)
			send_selection(device);
	}
}

static void on_primary_changed(struct wl_listener *listener, void *data)
{
	struct primary_devices *all = wl_container_of(listener, all, primary_changed);
	struct primary_device *device;
	wl_list_for_each(device, &all->devices, link) {
		if (has_keyboard(device) && !waits(device))
			send_selection(device);
	}
}

static void handle_set_selection(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *source_resource, uint32_t serial)
{
	struct primary_device *device = wl_resource_get_user_data(resource);
	struct client_source *source =
		source_resource ? wl_resource_get_user_data(source_resource) : NULL;
	if (!device)
		return;
	struct server *server = device->all->server;
	struct selection *primary = &server->seat->primary;
	if (server->wlcs_quirks && !serial) {
		serial = server_next_serial(server);
	} else if (!seat_serial_valid(server->seat, client, serial, seat_serial_any)) {
		if (source && primary->source != &source->base)
			source_cancelled(&source->base);
		return;
	}
	// A source that was told that it is over stays so; the protocol has no error for it.
	if (!source || !source->cancelled)
		selection_set(primary, source ? &source->base : NULL, serial);
}

static const struct zwp_primary_selection_device_v1_interface device_impl = {
	.set_selection = handle_set_selection,
	.destroy = wire_handle_destroy,
};

static void on_device_destroyed(struct wl_resource *resource)
{
	struct primary_device *device = wl_resource_get_user_data(resource);
	if (!device)
		return;
	if (device->waiting)
		backlog_forget(wl_resource_get_client(resource), device);
	wl_list_remove(&device->link);
	free(device);
}

static void handle_get_device(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *seat_resource)
{
	struct wl_resource *device_resource = wire_create(client,
		&zwp_primary_selection_device_v1_interface, wl_resource_get_version(resource), id,
		&device_impl, NULL, on_device_destroyed);
	if (!device_resource || !seat_from_resource(seat_resource))
		return;
	struct primary_devices *all = wl_resource_get_user_data(resource);
	struct primary_device *device = xcalloc(1, sizeof(*device));
	device->all = all;
	device->resource = device_resource;
	wl_resource_set_user_data(device_resource, device);
	wl_list_insert(all->devices.prev, &device->link);
	device->focused = has_keyboard(device);
	if (device->focused)
		send_selection(device);
}

// The global

static const struct zwp_primary_selection_device_manager_v1_interface manager_impl = {
	.create_source = handle_create_source,
	.get_device = handle_get_device,
	.destroy = wire_handle_destroy,
};

static void bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &zwp_primary_selection_device_manager_v1_interface, (int)version, id,
		&manager_impl, data, NULL);
}

// The last clients are gone by then.
static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct primary_devices *all = wl_container_of(listener, all, server_destroyed);
	wl_list_remove(&all->keyboard_focus.link);
	wl_list_remove(&all->primary_changed.link);
	wl_list_remove(&all->server_destroyed.link);
	free(all);
}

bool primary_selection_create(struct server *server)
{
	struct primary_devices *all = xcalloc(1, sizeof(*all));
	if (!wl_global_create(server->display, &zwp_primary_selection_device_manager_v1_interface,
		    1, all, bind)) {
		free(all);
		return false;
	}
	struct seat *seat = server->seat;
	all->server = server;
	wl_list_init(&all->devices);
	all->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&seat->events.keyboard_focus, &all->keyboard_focus);
	all->primary_changed.notify = on_primary_changed;
	wl_signal_add(&seat->primary.changed, &all->primary_changed);
	all->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &all->server_destroyed);
	return true;
}
