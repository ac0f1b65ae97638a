// SPDX-License-Identifier: MIT
// The set of tablets, tools and pads of a seat, and the dispatch of their events.
#include "compositor/seat/tablet.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "tablet-v2-protocol.h"

// Objects

struct tablet_object *tablet_object_create(
	struct wl_resource *resource, uint32_t seat_id, void *of, struct wl_list *list)
{
	struct tablet_object *object = xcalloc(1, sizeof(*object));
	object->resource = resource;
	object->seat_id = seat_id;
	object->of = of;
	wl_list_insert(list->prev, &object->link);
	return object;
}

void tablet_object_destroy(struct tablet_object *object)
{
	if (!object)
		return;
	wl_list_remove(&object->link);
	free(object);
}

struct tablet_object *tablet_object_find(
	struct wl_list *list, struct wl_client *client, uint32_t seat_id)
{
	struct tablet_object *object;
	wl_list_for_each(object, list, link) {
		if (wl_resource_get_client(object->resource) == client &&
			(!seat_id || object->seat_id == seat_id))
			return object;
	}
	return NULL;
}

void tablet_objects_orphan(struct wl_list *list)
{
	struct tablet_object *object, *tmp;
	wl_list_for_each_safe(object, tmp, list, link) {
		wl_list_remove(&object->link);
		wl_list_init(&object->link);
		object->of = NULL;
		object->in = false;
	}
}

// Devices

static struct tablet *tablets_find(struct tablets *tablets, const struct input_device *device)
{
	struct tablet *tablet;
	wl_list_for_each(tablet, &tablets->tablets, link) {
		if (tablet->device == device)
			return tablet;
	}
	return NULL;
}

struct tablet_tool *tablets_find_tool(struct tablets *tablets, uint64_t id)
{
	struct tablet_tool *tool;
	wl_list_for_each(tool, &tablets->tools, link) {
		if (tool->info.id == id)
			return tool;
	}
	return NULL;
}

static struct tablet_pad *find_pad(struct tablets *tablets, const struct input_device *device)
{
	struct tablet_pad *pad;
	wl_list_for_each(pad, &tablets->pads, link) {
		if (pad->device == device)
			return pad;
	}
	return NULL;
}

static void refocus_pads(struct tablets *tablets)
{
	struct tablet_pad *pad;
	wl_list_for_each(pad, &tablets->pads, link)
		tablet_pad_refocus(pad);
}

static void add_tablet(struct tablets *tablets, const struct input_device *device)
{
	struct tablet *tablet = xcalloc(1, sizeof(*tablet));
	tablet->tablets = tablets;
	tablet->device = device;
	wl_list_init(&tablet->objects);
	wl_list_insert(tablets->tablets.prev, &tablet->link);
	wl_signal_emit_mutable(&tablets->events.tablet_added, tablet);
	refocus_pads(tablets);
}

static void free_tablet(struct tablet *tablet)
{
	tablet_objects_orphan(&tablet->objects);
	wl_list_remove(&tablet->link);
	free(tablet);
}

static void remove_tool(struct tablet_tool *tool)
{
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link)
		zwp_tablet_tool_v2_send_removed(object->resource);
	tablet_tool_destroy(tool);
}

static void remove_tablet(struct tablet *tablet)
{
	struct tablets *tablets = tablet->tablets;
	bool last = wl_list_length(&tablets->tablets) == 1;
	struct tablet_tool *tool, *tmp;
	wl_list_for_each_safe(tool, tmp, &tablets->tools, link) {
		bool here = tool->home == tablet;
		if (here)
			tablet_tool_leave(tool);
		if (here)
			tool->home = NULL;
		// Tools with a serial may be used on another tablet next.
		if (last || (here && !tool->info.serial))
			remove_tool(tool);
	}
	struct tablet_object *object;
	wl_list_for_each(object, &tablet->objects, link)
		zwp_tablet_v2_send_removed(object->resource);
	free_tablet(tablet);
	refocus_pads(tablets);
}

static void add_pad(struct tablets *tablets, const struct input_device *device)
{
	struct tablet_pad *pad = tablet_pad_create(tablets, device);
	wl_signal_emit_mutable(&tablets->events.pad_added, pad);
	tablet_pad_refocus(pad);
}

static void remove_pad(struct tablet_pad *pad)
{
	struct tablet_object *object;
	wl_list_for_each(object, &pad->objects, link)
		zwp_tablet_pad_v2_send_removed(object->resource);
	tablet_pad_destroy(pad);
}

void tablets_add_device(struct tablets *tablets, const struct input_device *device)
{
	if (!device)
		return;
	if (device->type == INPUT_TABLET && device->tablet && !tablets_find(tablets, device))
		add_tablet(tablets, device);
	else if (device->type == INPUT_PAD && device->pad && !find_pad(tablets, device))
		add_pad(tablets, device);
}

void tablets_remove_device(struct tablets *tablets, const struct input_device *device)
{
	struct tablet *tablet = tablets_find(tablets, device);
	struct tablet_pad *pad = find_pad(tablets, device);
	if (tablet)
		remove_tablet(tablet);
	if (pad)
		remove_pad(pad);
}

// Input

static struct tablet_tool *need_tool(struct tablets *tablets, const struct input_tool *info)
{
	struct tablet_tool *tool = tablets_find_tool(tablets, info->id);
	if (tool)
		return tool;
	tool = tablet_tool_create(tablets, info);
	wl_signal_emit_mutable(&tablets->events.tool_added, tool);
	return tool;
}

void tablets_input(struct tablets *tablets, const struct input_event *event)
{
	struct tablet *tablet = tablets_find(tablets, event->device);
	struct tablet_pad *pad = find_pad(tablets, event->device);
	if (event->type >= INPUT_PAD_BUTTON && pad)
		tablet_pad_input(pad, event);
	else if (event->type < INPUT_PAD_BUTTON && tablet && event->tool.tool)
		tablet_tool_input(need_tool(tablets, event->tool.tool), tablet, event);
}

static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct tablets *tablets = wl_container_of(listener, tablets, keyboard_focus);
	refocus_pads(tablets);
}

struct tablets *tablets_create(struct seat *seat)
{
	struct tablets *tablets = xcalloc(1, sizeof(*tablets));
	tablets->seat = seat;
	wl_list_init(&tablets->tablets);
	wl_list_init(&tablets->tools);
	wl_list_init(&tablets->pads);
	wl_signal_init(&tablets->events.tablet_added);
	wl_signal_init(&tablets->events.tool_added);
	wl_signal_init(&tablets->events.pad_added);
	tablets->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&seat->events.keyboard_focus, &tablets->keyboard_focus);
	return tablets;
}

void tablets_destroy(struct tablets *tablets)
{
	if (!tablets)
		return;
	struct tablet_tool *tool, *next_tool;
	wl_list_for_each_safe(tool, next_tool, &tablets->tools, link)
		tablet_tool_destroy(tool);
	struct tablet_pad *pad, *next_pad;
	wl_list_for_each_safe(pad, next_pad, &tablets->pads, link)
		tablet_pad_destroy(pad);
	struct tablet *tablet, *next_tablet;
	wl_list_for_each_safe(tablet, next_tablet, &tablets->tablets, link)
		free_tablet(tablet);
	wl_list_remove(&tablets->keyboard_focus.link);
	free(tablets);
}
