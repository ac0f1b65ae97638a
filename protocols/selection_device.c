// SPDX-License-Identifier: MIT
// Sends the selections of the seat to the devices of any selection protocol. A client that does not
// drain its socket gets one offer when it does, of the newest selection.
#include "protocols/selection_device.h"
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/client/backlog.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/resources.h"

// Sources

static struct selection_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct selection_source *)NULL, base);
}

static void source_send(struct data_source *base, const char *mime, int fd)
{
	struct selection_source *source = source_from(base);
	if (!source->cancelled)
		source->protocol->send_send(source->resource, mime, fd);
	close(fd);
}

static void source_cancelled(struct data_source *base)
{
	struct selection_source *source = source_from(base);
	if (!source->cancelled)
		source->protocol->send_cancelled(source->resource);
	source->cancelled = true;
}

static const struct data_source_impl source_impl = {
	.ends_with_owner = true,
	.send = source_send,
	.cancelled = source_cancelled,
};

static void on_source_destroyed(struct wl_resource *resource)
{
	struct selection_source *source = wl_resource_get_user_data(resource);
	data_source_finish(&source->base);
	source_charge_finish(&source->charge);
	free(source);
}

void selection_source_offer(struct wl_client *client, struct data_source *source,
	struct source_charge *charge, const char *mime)
{
	data_source_offer(source, mime);
	charge->budget = budget_of(client);
	budget_change(charge->budget, BUDGET_STATE, &charge->bytes,
		source->mime_bytes + source->mimes_capacity * sizeof(*source->mimes));
}

void source_charge_finish(struct source_charge *charge)
{
	budget_give(charge->budget, BUDGET_STATE, charge->bytes);
}

void selection_handle_create_source(
	struct wl_client *client, struct wl_resource *manager, uint32_t id)
{
	const struct selection_devices *all = wl_resource_get_user_data(manager);
	const struct selection_protocol *protocol = all->protocol;
	struct selection_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &source_impl);
	source->protocol = protocol;
	// A manager may have more versions than the interfaces of its objects.
	int version = MIN(wl_resource_get_version(manager), protocol->source->version);
	source->resource = wire_create(client, protocol->source, version, id, protocol->source_impl,
		source, on_source_destroyed);
	if (!source->resource)
		free(source);
}

// Offers

struct selection_offer {
	struct server *server;
	struct weak source; // struct data_source *
};

static bool has_keyboard_focus(const struct server *server, const struct wl_client *client)
{
	const struct surface *surface = keyboard_focus(server->seat);
	return surface && wl_resource_get_client(surface->resource) == client;
}

bool selection_may_be_read(const struct server *server, const struct wl_client *client)
{
	return !server->locked || has_keyboard_focus(server, client);
}

void selection_handle_receive(
	struct wl_client *client, struct wl_resource *resource, const char *mime, int32_t fd)
{
	const struct selection_offer *offer = wl_resource_get_user_data(resource);
	if (selection_may_be_read(offer->server, client))
		data_source_send(offer->source.target, mime, fd);
	else
		close(fd);
}

static void on_offer_destroyed(struct wl_resource *resource)
{
	struct selection_offer *offer = wl_resource_get_user_data(resource);
	weak_clear(&offer->source);
	free(offer);
}

struct wl_resource *selection_offer_create(
	struct selection_device *device, struct data_source *source)
{
	const struct selection_protocol *protocol = device->all->protocol;
	struct selection_offer *self = xcalloc(1, sizeof(*self));
	int version = MIN(wl_resource_get_version(device->resource), protocol->offer->version);
	struct wl_resource *offer = wire_create(wl_resource_get_client(device->resource),
		protocol->offer, version, 0, protocol->offer_impl, self, on_offer_destroyed);
	if (!offer) {
		free(self);
		return NULL;
	}
	self->server = device->all->server;
	weak_set(&self->source, source, &source->destroyed);
	protocol->send_data_offer(device->resource, offer);
	for (size_t i = 0; i < source->n_mimes; i++)
		protocol->send_offer(offer, source->mimes[i]);
	return offer;
}

// Devices

static void send_selection(struct selection_device *device, const struct selection *selection,
	void (*send)(struct wl_resource *device, struct wl_resource *offer))
{
	struct data_source *source = selection->source;
	struct wl_resource *offer =
		source ? device->all->protocol->create_offer(device, source) : NULL;
	if (offer || !source)
		send(device->resource, offer);
}

static void send_clipboard(struct selection_device *device)
{
	const struct selection_protocol *protocol = device->all->protocol;
	if (protocol->send_clipboard)
		send_selection(
			device, &device->all->server->seat->clipboard, protocol->send_clipboard);
}

static void send_primary(struct selection_device *device)
{
	const struct selection_protocol *protocol = device->all->protocol;
	if (protocol->send_primary &&
		wl_resource_get_version(device->resource) >= protocol->primary_since)
		send_selection(device, &device->all->server->seat->primary, protocol->send_primary);
}

static bool device_has_focus(const struct selection_device *device)
{
	return has_keyboard_focus(device->all->server, wl_resource_get_client(device->resource));
}

static bool may_see_selection(const struct selection_device *device)
{
	bool needs_focus = device->all->protocol->needs_focus || device->all->server->locked;
	return !needs_focus || device_has_focus(device);
}

static void send_all(struct selection_device *device)
{
	send_clipboard(device);
	send_primary(device);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct selection_device *device = data;
	device->waiting = false;
	if (client && may_see_selection(device))
		send_all(device);
}

// True while the client does not drain its socket. The newest selection is sent once it has.
static bool wait_until_drained(struct selection_device *device)
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
	struct selection_devices *all = wl_container_of(listener, all, keyboard_focus);
	struct selection_device *device;
	wl_list_for_each(device, &all->devices, link) {
		bool focused = device_has_focus(device);
		bool is_new = focused && !device->focused;
		device->focused = focused;
		if (is_new)
			send_all(device);
	}
}

// Those that need the focus get the selections with it.
static void on_lock_changed(struct wl_listener *listener, void *data)
{
	struct selection_devices *all = wl_container_of(listener, all, lock_changed);
	struct selection_device *device;
	if (all->server->locked || all->protocol->needs_focus)
		return;
	wl_list_for_each(device, &all->devices, link) {
		if (device->missed && !wait_until_drained(device))
			send_all(device);
		device->missed = false;
	}
}

static void on_clipboard_changed(struct wl_listener *listener, void *data)
{
	struct selection_devices *all = wl_container_of(listener, all, clipboard_changed);
	struct selection_device *device;
	wl_list_for_each(device, &all->devices, link) {
		device->missed = device->missed || all->server->locked;
		if (may_see_selection(device) && !wait_until_drained(device))
			send_clipboard(device);
	}
}

static void on_primary_changed(struct wl_listener *listener, void *data)
{
	struct selection_devices *all = wl_container_of(listener, all, primary_changed);
	struct selection_device *device;
	wl_list_for_each(device, &all->devices, link) {
		device->missed = device->missed || all->server->locked;
		if (may_see_selection(device) && !wait_until_drained(device))
			send_primary(device);
	}
}

static void on_device_destroyed(struct wl_resource *resource)
{
	struct selection_device *device = wl_resource_get_user_data(resource);
	if (!device)
		return;
	if (device->waiting)
		backlog_forget(wl_resource_get_client(resource), device);
	wl_list_remove(&device->link);
	free(device);
}

void selection_handle_get_device(struct wl_client *client, struct wl_resource *manager, uint32_t id,
	struct wl_resource *seat)
{
	struct selection_devices *all = wl_resource_get_user_data(manager);
	const struct selection_protocol *protocol = all->protocol;
	struct wl_resource *resource =
		wire_create(client, protocol->device, wl_resource_get_version(manager), id,
			protocol->device_impl, NULL, on_device_destroyed);
	if (!resource)
		return;
	if (!seat_from_resource(seat)) {
		if (protocol->send_finished)
			protocol->send_finished(resource);
		return;
	}
	struct selection_device *device = xcalloc(1, sizeof(*device));
	device->all = all;
	device->resource = resource;
	wl_resource_set_user_data(resource, device);
	wl_list_insert(all->devices.prev, &device->link);
	device->focused = device_has_focus(device);
	device->missed = all->server->locked;
	if (may_see_selection(device))
		send_all(device);
}

// All clients are destroyed by now.
static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct selection_devices *all = wl_container_of(listener, all, server_destroyed);
	wl_list_remove(&all->keyboard_focus.link);
	wl_list_remove(&all->clipboard_changed.link);
	wl_list_remove(&all->primary_changed.link);
	wl_list_remove(&all->lock_changed.link);
	wl_list_remove(&all->server_destroyed.link);
	free(all);
}

static void listener_add(struct wl_signal *signal, struct wl_listener *listener,
	wl_notify_func_t notify, bool wanted)
{
	listener->notify = notify;
	wl_list_init(&listener->link);
	if (wanted)
		wl_signal_add(signal, listener);
}

struct selection_devices *selection_devices_create(
	struct server *server, const struct selection_protocol *protocol)
{
	struct selection_devices *all = xcalloc(1, sizeof(*all));
	struct seat *seat = server->seat;
	all->server = server;
	all->protocol = protocol;
	wl_list_init(&all->devices);
	listener_add(&seat->events.keyboard_focus, &all->keyboard_focus, on_keyboard_focus,
		protocol->needs_focus);
	listener_add(&seat->clipboard.changed, &all->clipboard_changed, on_clipboard_changed,
		protocol->send_clipboard != NULL);
	listener_add(&seat->primary.changed, &all->primary_changed, on_primary_changed,
		protocol->send_primary != NULL);
	listener_add(&server->events.lock_changed, &all->lock_changed, on_lock_changed, true);
	listener_add(&server->events.destroyed, &all->server_destroyed, on_server_destroyed, true);
	return all;
}
