// SPDX-License-Identifier: MIT
// wl_data_device_manager: sources, devices, who hears of the clipboard, and who may start a drag.
#include "protocols/wl_data_device.h"
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/core/backlog.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/tablet.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

#define VERSION 3
#define ACTIONS \
	(WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY | WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE | \
		WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK)

// Sources

enum use {
	UNUSED,
	USED_SELECTION,
	USED_DRAG,
};

struct client_source {
	struct data_source base;
	struct wl_resource *resource;
	enum use use;
	bool cancelled; // offers that are left get nothing from it any more
};

static struct client_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct client_source *)NULL, base);
}

static bool knows_actions(const struct client_source *source)
{
	return wl_resource_get_version(source->resource) >= WL_DATA_SOURCE_ACTION_SINCE_VERSION;
}

static void source_send(struct data_source *base, const char *mime, int fd)
{
	struct client_source *source = source_from(base);
	if (!source->cancelled)
		wl_data_source_send_send(source->resource, mime, fd);
	close(fd);
}

static void source_cancelled(struct data_source *base)
{
	struct client_source *source = source_from(base);
	if (source->cancelled)
		return;
	source->cancelled = true;
	// Before version 3 the end of a drag was no reason for it.
	if (source->use != USED_DRAG || knows_actions(source))
		wl_data_source_send_cancelled(source->resource);
}

static void source_target(struct data_source *base, const char *mime)
{
	wl_data_source_send_target(source_from(base)->resource, mime);
}

static void source_action(struct data_source *base, uint32_t action)
{
	struct client_source *source = source_from(base);
	if (knows_actions(source))
		wl_data_source_send_action(source->resource, action);
}

static void source_drop_performed(struct data_source *base)
{
	struct client_source *source = source_from(base);
	if (knows_actions(source))
		wl_data_source_send_dnd_drop_performed(source->resource);
}

static void source_finished(struct data_source *base)
{
	struct client_source *source = source_from(base);
	source->cancelled = true;
	if (knows_actions(source))
		wl_data_source_send_dnd_finished(source->resource);
}

static const struct data_source_impl source_impl = {
	.send = source_send,
	.cancelled = source_cancelled,
	.target = source_target,
	.action = source_action,
	.drop_performed = source_drop_performed,
	.finished = source_finished,
};

static void handle_offer(struct wl_client *client, struct wl_resource *resource, const char *mime)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	data_source_offer(&source->base, mime);
}

static void handle_set_actions(
	struct wl_client *client, struct wl_resource *resource, uint32_t actions)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	if (actions & ~(uint32_t)ACTIONS) {
		wl_resource_post_error(resource, WL_DATA_SOURCE_ERROR_INVALID_ACTION_MASK,
			"0x%x has unknown actions", actions);
		return;
	}
	if (source->base.has_actions || source->use != UNUSED) {
		wl_resource_post_error(resource, WL_DATA_SOURCE_ERROR_INVALID_SOURCE,
			source->use != UNUSED ? "the source is in use already"
					      : "the source has its actions already");
		return;
	}
	source->base.actions = actions;
	source->base.has_actions = true;
}

static const struct wl_data_source_interface source_interface = {
	.offer = handle_offer,
	.destroy = wire_handle_destroy,
	.set_actions = handle_set_actions,
};

static void on_source_destroyed(struct wl_resource *resource)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	data_source_finish(&source->base);
	free(source);
}

static void handle_create_data_source(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct client_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &source_impl);
	source->resource =
		wire_create(client, &wl_data_source_interface, wl_resource_get_version(resource),
			id, &source_interface, source, on_source_destroyed);
	if (!source->resource)
		free(source);
}

// Each source serves once. NULL gives NULL; false: an error was posted.
static bool take_source(struct wl_resource *device, struct wl_resource *resource, enum use use,
	struct client_source **source)
{
	*source = resource ? wl_resource_get_user_data(resource) : NULL;
	if (!*source)
		return true;
	if ((*source)->use != UNUSED) {
		wl_resource_post_error(device, WL_DATA_DEVICE_ERROR_USED_SOURCE,
			"wl_data_source@%u was used before", wl_resource_get_id(resource));
		return false;
	}
	if (use == USED_SELECTION && (*source)->base.has_actions) {
		wl_resource_post_error(resource, WL_DATA_SOURCE_ERROR_INVALID_SOURCE,
			"a source with actions is for drags");
		return false;
	}
	(*source)->use = use;
	return true;
}

// The clipboard

static void send_selection(struct data_device *device)
{
	struct data_source *source = device->all->server->seat->clipboard.source;
	struct wl_resource *offer = source ? data_offer_create(device, source) : NULL;
	if (offer || !source)
		wl_data_device_send_selection(device->resource, offer);
}

static bool has_keyboard(const struct data_device *device)
{
	struct surface *surface = keyboard_focus(device->all->server->seat);
	return surface &&
		wl_resource_get_client(surface->resource) ==
		wl_resource_get_client(device->resource);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct data_device *device = data;
	device->waiting = false;
	if (client && has_keyboard(device))
		send_selection(device);
}

// A client that does not read gets only the newest one, once it does.
static bool waits(struct data_device *device)
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
	struct data_devices *all = wl_container_of(listener, all, keyboard_focus);
	struct data_device *device;
	wl_list_for_each(device, &all->devices, link) {
		bool focused = has_keyboard(device);
		bool is_new = focused && !device->focused;
		device->focused = focused;
		if (is_new)
			send_selection(device);
	}
}

static void on_clipboard_changed(struct wl_listener *listener, void *data)
{
	struct data_devices *all = wl_container_of(listener, all, clipboard_changed);
	struct data_device *device;
	wl_list_for_each(device, &all->devices, link) {
		if (has_keyboard(device) && !waits(device))
			send_selection(device);
	}
}

static void handle_set_selection(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *source_resource, uint32_t serial)
{
	struct data_device *device = wl_resource_get_user_data(resource);
	struct client_source *source;
	if (!take_source(resource, source_resource, USED_SELECTION, &source) || !device)
		return;
	struct server *server = device->all->server;
	if (server->wlcs_quirks && !serial)
		serial = server_next_serial(server);
	else if (!seat_serial_valid(server->seat, client, serial, seat_serial_any)) {
		if (source)
			source_cancelled(&source->base);
		return;
	}
	selection_set(&server->seat->clipboard, source ? &source->base : NULL, serial);
}

// Drags

static bool is_button(enum seat_serial kind)
{
	return kind == SERIAL_BUTTON;
}

static bool same_tree(struct surface *surface, struct surface *origin)
{
	return surface && surface_root(surface) == surface_root(origin);
}

// Finds the press of the implicit grab on origin that the serial names.
static bool find_press(struct seat *seat, struct wl_client *client, struct surface *origin,
	uint32_t serial, int32_t *touch_id)
{
	const struct pointer *pointer = &seat->pointer;
	*touch_id = -1;
	tablets_press_becomes_pointer(seat->tablets, serial);
	bool pressed = serial == pointer->press_serial ||
		((int32_t)(serial - pointer->press_serial) > 0 &&
			seat_serial_valid(seat, client, serial, is_button));
	if (serial && pointer->n_buttons && pressed && same_tree(pointer_focus(seat), origin))
		return true;
	const struct touch_point *point;
	wl_list_for_each(point, &seat->touch_points, link) {
		if (point->serial == serial && same_tree(point->surface.target, origin)) {
			*touch_id = point->id;
			return true;
		}
	}
	return false;
}

static void handle_start_drag(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *source_resource, struct wl_resource *origin,
	struct wl_resource *icon_resource, uint32_t serial)
{
	struct data_device *device = wl_resource_get_user_data(resource);
	struct surface *icon = surface_from_resource(icon_resource);
	struct client_source *source;
	if (icon && icon->role != &drag_icon_role &&
		!surface_set_role(icon, &drag_icon_role, NULL, resource, WL_DATA_DEVICE_ERROR_ROLE))
		return;
	if (!take_source(resource, source_resource, USED_DRAG, &source) || !device)
		return;
	struct data_devices *all = device->all;
	struct seat *seat = all->server->seat;
	int32_t touch_id;
	if (!find_press(seat, client, surface_from_resource(origin), serial, &touch_id) ||
		!drag_start(
			seat, source ? &source->base : NULL, client, icon, &all->sink, touch_id)) {
		if (source)
			source_cancelled(&source->base);
	}
}

// Devices

static const struct wl_data_device_interface device_impl = {
	.start_drag = handle_start_drag,
	.set_selection = handle_set_selection,
	.release = wire_handle_destroy,
};

static void on_device_destroyed(struct wl_resource *resource)
{
	struct data_device *device = wl_resource_get_user_data(resource);
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
	struct wl_resource *device_resource = wire_create(client, &wl_data_device_interface,
		wl_resource_get_version(resource), id, &device_impl, NULL, on_device_destroyed);
	if (!device_resource || !seat_from_resource(seat_resource))
		return;
	struct data_devices *all = wl_resource_get_user_data(resource);
	struct data_device *device = xcalloc(1, sizeof(*device));
	device->all = all;
	device->resource = device_resource;
	wl_resource_set_user_data(device_resource, device);
	wl_list_insert(all->devices.prev, &device->link);
	device->focused = has_keyboard(device);
	if (device->focused)
		send_selection(device);
}

// The global

static const struct wl_data_device_manager_interface manager_impl = {
	.create_data_source = handle_create_data_source,
	.get_data_device = handle_get_data_device,
};

static void bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &wl_data_device_manager_interface, (int)version, id, &manager_impl,
		data, NULL);
}

// The last clients are gone by then.
static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct data_devices *all = wl_container_of(listener, all, server_destroyed);
	struct seat *seat = all->server->seat;
	if (seat->drag && seat->drag->sink == &all->sink)
		drag_cancel(seat);
	seat->drag_sink = NULL;
	wl_list_remove(&all->keyboard_focus.link);
	wl_list_remove(&all->clipboard_changed.link);
	wl_list_remove(&all->server_destroyed.link);
	free(all);
}

bool wl_data_device_create(struct server *server)
{
	struct data_devices *all = xcalloc(1, sizeof(*all));
	if (!wl_global_create(
		    server->display, &wl_data_device_manager_interface, VERSION, all, bind)) {
		free(all);
		return false;
	}
	struct seat *seat = server->seat;
	all->server = server;
	all->sink = data_offer_sink;
	wl_list_init(&all->devices);
	all->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&seat->events.keyboard_focus, &all->keyboard_focus);
	all->clipboard_changed.notify = on_clipboard_changed;
	wl_signal_add(&seat->clipboard.changed, &all->clipboard_changed);
	all->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &all->server_destroyed);
	seat->drag_sink = &all->sink;
	return true;
}
