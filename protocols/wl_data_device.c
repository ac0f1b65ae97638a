// SPDX-License-Identifier: MIT
// wl_data_device_manager: sources of clients, and the requests to set the clipboard and to start a
// drag. Events of the clipboard are sent by selection_device.c, those of drags by wl_data_offer.c.
#include "protocols/wl_data_device.h"
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
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
	struct source_charge charge;
	struct wl_resource *resource;
	enum use use;
	bool cancelled; // or finished; offers that remain send nothing
};

static struct client_source *source_from(struct data_source *base)
{
	return wl_container_of(base, (struct client_source *)NULL, base);
}

struct data_source *data_source_from_resource(struct wl_resource *resource)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	return &source->base;
}

static bool supports_actions(const struct client_source *source)
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
	// Before version 3 cancelled is not sent for drags.
	if (source->use != USED_DRAG || supports_actions(source))
		wl_data_source_send_cancelled(source->resource);
}

static void source_target(struct data_source *base, const char *mime)
{
	wl_data_source_send_target(source_from(base)->resource, mime);
}

static void source_action(struct data_source *base, uint32_t action)
{
	struct client_source *source = source_from(base);
	if (supports_actions(source))
		wl_data_source_send_action(source->resource, action);
}

static void source_drop_performed(struct data_source *base)
{
	struct client_source *source = source_from(base);
	if (supports_actions(source))
		wl_data_source_send_dnd_drop_performed(source->resource);
}

static void source_finished(struct data_source *base)
{
	struct client_source *source = source_from(base);
	source->cancelled = true;
	if (supports_actions(source))
		wl_data_source_send_dnd_finished(source->resource);
}

static const struct data_source_impl source_impl = {
	.ends_with_owner = true,
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
	selection_source_offer(client, &source->base, &source->charge, mime);
}

static void handle_set_actions(
	struct wl_client *client, struct wl_resource *resource, uint32_t actions)
{
	struct client_source *source = wl_resource_get_user_data(resource);
	if (actions & ~(uint32_t)ACTIONS) {
		wl_resource_post_error(resource, WL_DATA_SOURCE_ERROR_INVALID_ACTION_MASK,
			"unknown actions in 0x%x", actions);
		return;
	}
	if (source->base.has_actions || source->use != UNUSED) {
		wl_resource_post_error(resource, WL_DATA_SOURCE_ERROR_INVALID_SOURCE,
			source->use != UNUSED ? "the source is already in use"
					      : "the actions of the source are already set");
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
	source_charge_finish(&source->charge);
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

// Each source can be used once. NULL gives NULL. False: an error was posted.
static bool source_use(struct wl_resource *device, struct wl_resource *resource, enum use use,
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
			"a source with actions can only be dragged");
		return false;
	}
	(*source)->use = use;
	(*source)->base.used = true;
	return true;
}

// The clipboard

static void handle_set_selection(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *source_resource, uint32_t serial)
{
	struct selection_device *device = wl_resource_get_user_data(resource);
	struct client_source *source;
	if (!source_use(resource, source_resource, USED_SELECTION, &source) || !device)
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

// Finds the press with this serial that has its implicit grab on origin or a subsurface of its
// tree. touch_id: -1 for a button.
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
	struct selection_device *device = wl_resource_get_user_data(resource);
	struct surface *icon = surface_from_resource(icon_resource);
	struct client_source *source;
	if (icon && icon->role != &drag_icon_role &&
		!surface_set_role(icon, &drag_icon_role, NULL, resource, WL_DATA_DEVICE_ERROR_ROLE))
		return;
	if (!source_use(resource, source_resource, USED_DRAG, &source) || !device)
		return;
	struct seat *seat = device->all->server->seat;
	int32_t touch_id;
	if (!find_press(seat, client, surface_from_resource(origin), serial, &touch_id) ||
		!drag_start(seat, source ? &source->base : NULL, client, icon, seat->drag_sink,
			touch_id)) {
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

static const struct selection_protocol protocol = {
	.needs_focus = true,
	.device = &wl_data_device_interface,
	.device_impl = &device_impl,
	.create_offer = data_offer_create,
	.send_clipboard = wl_data_device_send_selection,
};

// The global

static const struct wl_data_device_manager_interface manager_impl = {
	.create_data_source = handle_create_data_source,
	.get_data_device = selection_handle_get_device,
};

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &wl_data_device_manager_interface, (int)version, id, &manager_impl,
		data, NULL);
}

// All clients are destroyed by now; a drag that a script started may still be in progress.
static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct data_device_manager *manager = wl_container_of(listener, manager, server_destroyed);
	struct seat *seat = manager->seat;
	if (seat->drag && seat->drag->sink == &manager->sink)
		drag_cancel(seat);
	seat->drag_sink = NULL;
	wl_list_remove(&manager->server_destroyed.link);
	free(manager);
}

bool wl_data_device_create(struct server *server)
{
	struct data_device_manager *manager = xcalloc(1, sizeof(*manager));
	manager->seat = server->seat;
	manager->sink = data_offer_sink;
	// Before the devices have their own listener: cancelling a drag walks their list.
	manager->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &manager->server_destroyed);
	manager->devices = selection_devices_create(server, &protocol);
	server->seat->drag_sink = &manager->sink;
	return wl_global_create(server->display, &wl_data_device_manager_interface, VERSION,
		       manager->devices, on_bind) != NULL;
}
