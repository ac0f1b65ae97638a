// SPDX-License-Identifier: MIT
// zwp_tablet_manager_v2: creates objects of all tablets, tools and pads for each tablet seat of a
// client. Their input events are sent by tablet.c, tablet_tool.c and tablet_pad.c of
// compositor/seat.
#include "compositor/seat/tablet.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/cursor.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "tablet-v2-protocol.h"

struct tablet_manager {
	struct server *server;
	struct wl_list seats; // wl_resource links of tablet seats
	uint32_t last_seat_id;
	struct wl_listener tablet_added, tool_added, pad_added, destroyed;
};

// User data of a zwp_tablet_seat_v2.
struct tablet_seat {
	struct wl_resource *resource;
	uint32_t id; // 0: inert
};

static void on_object_destroyed(struct wl_resource *resource)
{
	tablet_object_destroy(wl_resource_get_user_data(resource));
}

// Creates an object that an event introduces. NULL: out of memory, posted.
static struct wl_resource *create_object(const struct tablet_seat *seat,
	const struct wl_interface *interface, const void *impl, void *of, struct wl_list *list)
{
	struct wl_resource *resource = wire_create(wl_resource_get_client(seat->resource),
		interface, wl_resource_get_version(seat->resource), 0, impl, NULL,
		on_object_destroyed);
	if (resource)
		wl_resource_set_user_data(
			resource, tablet_object_create(resource, seat->id, of, list));
	return resource;
}

// Tablets

static const struct zwp_tablet_v2_interface tablet_impl = {
	.destroy = wire_handle_destroy,
};

static void send_tablet(const struct tablet_seat *seat, struct tablet *tablet)
{
	const struct input_tablet *info = tablet->device->tablet;
	struct wl_resource *resource = create_object(
		seat, &zwp_tablet_v2_interface, &tablet_impl, tablet, &tablet->objects);
	if (!resource)
		return;
	zwp_tablet_seat_v2_send_tablet_added(seat->resource, resource);
	if (tablet->device->name)
		zwp_tablet_v2_send_name(resource, tablet->device->name);
	if (info->vendor || info->product)
		zwp_tablet_v2_send_id(resource, info->vendor, info->product);
	if (info->path)
		zwp_tablet_v2_send_path(resource, info->path);
	if (info->bus && wl_resource_get_version(resource) >= ZWP_TABLET_V2_BUSTYPE_SINCE_VERSION)
		zwp_tablet_v2_send_bustype(resource, info->bus);
	zwp_tablet_v2_send_done(resource);
}

// Tools

static void handle_set_cursor(struct wl_client *client, struct wl_resource *resource,
	uint32_t serial, struct wl_resource *surface_resource, int32_t hotspot_x, int32_t hotspot_y)
{
	const struct tablet_object *object = wl_resource_get_user_data(resource);
	const struct tablet_tool *tool = object->of;
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface &&
		!surface_set_role(
			surface, &cursor_role, NULL, resource, ZWP_TABLET_TOOL_V2_ERROR_ROLE))
		return;
	if (tool && tablet_tool_has_cursor(tool, client, serial))
		cursor_set_surface(tool->tablets->seat->cursor, surface, hotspot_x, hotspot_y);
}

static const struct zwp_tablet_tool_v2_interface tool_impl = {
	.set_cursor = handle_set_cursor,
	.destroy = wire_handle_destroy,
};

static void send_capabilities(struct wl_resource *resource, unsigned axes)
{
	static const struct {
		unsigned axis;
		uint32_t capability;
	} known[] = {
		{TOOL_TILT, ZWP_TABLET_TOOL_V2_CAPABILITY_TILT},
		{TOOL_PRESSURE, ZWP_TABLET_TOOL_V2_CAPABILITY_PRESSURE},
		{TOOL_DISTANCE, ZWP_TABLET_TOOL_V2_CAPABILITY_DISTANCE},
		{TOOL_ROTATION, ZWP_TABLET_TOOL_V2_CAPABILITY_ROTATION},
		{TOOL_SLIDER, ZWP_TABLET_TOOL_V2_CAPABILITY_SLIDER},
		{TOOL_WHEEL, ZWP_TABLET_TOOL_V2_CAPABILITY_WHEEL},
	};
	for (size_t i = 0; i < array_length(known); i++)
		if (axes & known[i].axis)
			zwp_tablet_tool_v2_send_capability(resource, known[i].capability);
}

static void send_tool(const struct tablet_seat *seat, struct tablet_tool *tool)
{
	const struct input_tool *info = &tool->info;
	struct wl_resource *resource = create_object(
		seat, &zwp_tablet_tool_v2_interface, &tool_impl, tool, &tool->objects);
	if (!resource)
		return;
	zwp_tablet_seat_v2_send_tool_added(seat->resource, resource);
	zwp_tablet_tool_v2_send_type(resource, info->type);
	if (info->serial)
		zwp_tablet_tool_v2_send_hardware_serial(
			resource, (uint32_t)(info->serial >> 32), (uint32_t)info->serial);
	if (info->hardware_id)
		zwp_tablet_tool_v2_send_hardware_id_wacom(
			resource, (uint32_t)(info->hardware_id >> 32), (uint32_t)info->hardware_id);
	send_capabilities(resource, info->axes);
	zwp_tablet_tool_v2_send_done(resource);
}

// Pads. Descriptions of buttons, rings, strips and dials are accepted and ignored.

static void handle_pad_feedback(struct wl_client *client, struct wl_resource *resource,
	uint32_t button, const char *description, uint32_t serial)
{
}

static void handle_knob_feedback(struct wl_client *client, struct wl_resource *resource,
	const char *description, uint32_t serial)
{
}

static const struct zwp_tablet_pad_v2_interface pad_impl = {
	.set_feedback = handle_pad_feedback,
	.destroy = wire_handle_destroy,
};

static const struct zwp_tablet_pad_group_v2_interface group_impl = {
	.destroy = wire_handle_destroy,
};

static const struct zwp_tablet_pad_ring_v2_interface ring_impl = {
	.set_feedback = handle_knob_feedback,
	.destroy = wire_handle_destroy,
};

static const struct zwp_tablet_pad_strip_v2_interface strip_impl = {
	.set_feedback = handle_knob_feedback,
	.destroy = wire_handle_destroy,
};

static const struct zwp_tablet_pad_dial_v2_interface dial_impl = {
	.set_feedback = handle_knob_feedback,
	.destroy = wire_handle_destroy,
};

static void send_knobs(const struct tablet_seat *seat, struct wl_resource *group,
	struct pad_knob *knobs, unsigned count, const struct wl_interface *interface,
	const void *impl, void (*send)(struct wl_resource *group, struct wl_resource *knob))
{
	for (unsigned i = 0; i < count; i++) {
		struct wl_resource *resource =
			create_object(seat, interface, impl, &knobs[i], &knobs[i].objects);
		if (resource)
			send(group, resource);
	}
}

static void send_buttons(struct wl_resource *resource, uint64_t numbers)
{
	struct wl_array buttons;
	wl_array_init(&buttons);
	for (uint32_t i = 0; i < 64; i++) {
		uint32_t *button =
			numbers >> i & 1 ? wl_array_add(&buttons, sizeof(*button)) : NULL;
		if (button)
			*button = i;
	}
	zwp_tablet_pad_group_v2_send_buttons(resource, &buttons);
	wl_array_release(&buttons);
}

static void send_pad_group(
	const struct tablet_seat *seat, struct wl_resource *pad, struct pad_group *group)
{
	struct wl_resource *resource = create_object(
		seat, &zwp_tablet_pad_group_v2_interface, &group_impl, group, &group->objects);
	if (!resource)
		return;
	zwp_tablet_pad_v2_send_group(pad, resource);
	send_buttons(resource, group->info->buttons);
	send_knobs(seat, resource, group->rings, group->n_rings, &zwp_tablet_pad_ring_v2_interface,
		&ring_impl, zwp_tablet_pad_group_v2_send_ring);
	send_knobs(seat, resource, group->strips, group->n_strips,
		&zwp_tablet_pad_strip_v2_interface, &strip_impl,
		zwp_tablet_pad_group_v2_send_strip);
	if (wl_resource_get_version(resource) >= ZWP_TABLET_PAD_GROUP_V2_DIAL_SINCE_VERSION)
		send_knobs(seat, resource, group->dials, group->n_dials,
			&zwp_tablet_pad_dial_v2_interface, &dial_impl,
			zwp_tablet_pad_group_v2_send_dial);
	zwp_tablet_pad_group_v2_send_modes(resource, group->info->modes);
	zwp_tablet_pad_group_v2_send_done(resource);
}

static void send_pad(const struct tablet_seat *seat, struct tablet_pad *pad)
{
	const struct input_pad *info = pad->device->pad;
	struct wl_resource *resource =
		create_object(seat, &zwp_tablet_pad_v2_interface, &pad_impl, pad, &pad->objects);
	if (!resource)
		return;
	zwp_tablet_seat_v2_send_pad_added(seat->resource, resource);
	if (info->path)
		zwp_tablet_pad_v2_send_path(resource, info->path);
	if (info->buttons)
		zwp_tablet_pad_v2_send_buttons(resource, info->buttons);
	for (unsigned i = 0; i < pad->n_groups; i++)
		send_pad_group(seat, resource, &pad->groups[i]);
	zwp_tablet_pad_v2_send_done(resource);
}

// Seats

static const struct zwp_tablet_seat_v2_interface seat_impl = {
	.destroy = wire_handle_destroy,
};

static void on_seat_destroyed(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
	free(wl_resource_get_user_data(resource));
}

static void handle_get_tablet_seat(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *wl_seat)
{
	struct tablet_manager *manager = wl_resource_get_user_data(resource);
	struct tablet_seat *seat = xcalloc(1, sizeof(*seat));
	seat->resource = wire_create(client, &zwp_tablet_seat_v2_interface,
		wl_resource_get_version(resource), id, &seat_impl, seat, on_seat_destroyed);
	if (!seat->resource) {
		free(seat);
		return;
	}
	wl_list_init(wl_resource_get_link(seat->resource));
	if (!manager || !seat_from_resource(wl_seat))
		return;
	seat->id = ++manager->last_seat_id;
	wl_list_insert(&manager->seats, wl_resource_get_link(seat->resource));
	struct tablets *tablets = manager->server->seat->tablets;
	struct tablet *tablet;
	wl_list_for_each(tablet, &tablets->tablets, link)
		send_tablet(seat, tablet);
	struct tablet_tool *tool;
	wl_list_for_each(tool, &tablets->tools, link)
		send_tool(seat, tool);
	struct tablet_pad *pad;
	wl_list_for_each(pad, &tablets->pads, link) {
		send_pad(seat, pad);
		tablet_pad_refocus(pad);
	}
}

static const struct zwp_tablet_manager_v2_interface manager_impl = {
	.get_tablet_seat = handle_get_tablet_seat,
	.destroy = wire_handle_destroy,
};

// Devices that are added later

static void on_tablet_added(struct wl_listener *listener, void *data)
{
	struct tablet_manager *manager = wl_container_of(listener, manager, tablet_added);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &manager->seats)
		send_tablet(wl_resource_get_user_data(resource), data);
}

static void on_tool_added(struct wl_listener *listener, void *data)
{
	struct tablet_manager *manager = wl_container_of(listener, manager, tool_added);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &manager->seats)
		send_tool(wl_resource_get_user_data(resource), data);
}

static void on_pad_added(struct wl_listener *listener, void *data)
{
	struct tablet_manager *manager = wl_container_of(listener, manager, pad_added);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &manager->seats)
		send_pad(wl_resource_get_user_data(resource), data);
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &zwp_tablet_manager_v2_interface, (int)version, id, &manager_impl, data,
		NULL);
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct tablet_manager *manager = wl_container_of(listener, manager, destroyed);
	wl_list_remove(&manager->tablet_added.link);
	wl_list_remove(&manager->tool_added.link);
	wl_list_remove(&manager->pad_added.link);
	wl_list_remove(&manager->destroyed.link);
	free(manager); // all clients are destroyed by now
}

bool tablet_create(struct server *server)
{
	struct tablet_manager *manager = xcalloc(1, sizeof(*manager));
	struct tablets *tablets = server->seat->tablets;
	manager->server = server;
	wl_list_init(&manager->seats);
	manager->tablet_added.notify = on_tablet_added;
	wl_signal_add(&tablets->events.tablet_added, &manager->tablet_added);
	manager->tool_added.notify = on_tool_added;
	wl_signal_add(&tablets->events.tool_added, &manager->tool_added);
	manager->pad_added.notify = on_pad_added;
	wl_signal_add(&tablets->events.pad_added, &manager->pad_added);
	manager->destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &manager->destroyed);
	return wl_global_create(server->display, &zwp_tablet_manager_v2_interface, 2, manager,
		       on_bind) != NULL;
}
