// SPDX-License-Identifier: MIT
// Pads of tablets: they follow keyboard focus, for clients that have the tablet they belong to.
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/geom.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "tablet-v2-protocol.h"

#define FULL 65535 // range of a strip on the wire

// Groups, rings, strips and dials

static unsigned make_knobs(struct pad_group *group, uint32_t numbers, struct pad_knob **into)
{
	unsigned count = (unsigned)__builtin_popcount(numbers), n = 0;
	if (!count)
		return 0;
	*into = xcalloc(count, sizeof(**into));
	for (unsigned i = 0; i < 32; i++) {
		if (!(numbers >> i & 1))
			continue;
		(*into)[n].group = group;
		(*into)[n].number = i;
		wl_list_init(&(*into)[n].objects);
		n++;
	}
	return count;
}

static void free_knobs(struct pad_knob *knobs, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		tablet_objects_orphan(&knobs[i].objects);
	free(knobs);
}

struct tablet_pad *tablet_pad_create(struct tablets *tablets, const struct input_device *device)
{
	struct tablet_pad *pad = xcalloc(1, sizeof(*pad));
	pad->tablets = tablets;
	pad->device = device;
	wl_list_init(&pad->objects);
	pad->n_groups = device->pad->n_groups;
	pad->groups = pad->n_groups ? xcalloc(pad->n_groups, sizeof(*pad->groups)) : NULL;
	for (unsigned i = 0; i < pad->n_groups; i++) {
		struct pad_group *group = &pad->groups[i];
		group->pad = pad;
		group->info = &device->pad->groups[i];
		wl_list_init(&group->objects);
		group->n_rings = make_knobs(group, group->info->rings, &group->rings);
		group->n_strips = make_knobs(group, group->info->strips, &group->strips);
		group->n_dials = make_knobs(group, group->info->dials, &group->dials);
	}
	wl_list_insert(tablets->pads.prev, &pad->link);
	return pad;
}

void tablet_pad_destroy(struct tablet_pad *pad)
{
	for (unsigned i = 0; i < pad->n_groups; i++) {
		struct pad_group *group = &pad->groups[i];
		free_knobs(group->rings, group->n_rings);
		free_knobs(group->strips, group->n_strips);
		free_knobs(group->dials, group->n_dials);
		tablet_objects_orphan(&group->objects);
	}
	tablet_objects_orphan(&pad->objects);
	weak_clear(&pad->surface);
	wl_list_remove(&pad->link);
	free(pad->groups);
	free(pad);
}

// Focus

// The tablet of the same physical device, else the first.
static struct tablet *paired_tablet(const struct tablet_pad *pad)
{
	struct tablets *tablets = pad->tablets;
	struct tablet *tablet;
	wl_list_for_each(tablet, &tablets->tablets, link) {
		if (pad->device->hardware && tablet->device->hardware == pad->device->hardware)
			return tablet;
	}
	return wl_list_empty(&tablets->tablets)
		? NULL
		: wl_container_of(tablets->tablets.next, tablet, link);
}

static void send_mode(struct pad_group *group, struct wl_client *client, uint32_t seat_id)
{
	uint32_t time_ms = clock_now_ms(group->pad->tablets->seat->server->clock);
	struct tablet_object *object;
	wl_list_for_each(object, &group->objects, link) {
		if (wl_resource_get_client(object->resource) == client &&
			(!seat_id || object->seat_id == seat_id))
			zwp_tablet_pad_group_v2_send_mode_switch(
				object->resource, time_ms, group->mode_serial, group->mode);
	}
}

static void pad_enter(struct tablet_pad *pad, struct surface *surface)
{
	struct wl_client *client = wl_resource_get_client(surface->resource);
	struct seat *seat = pad->tablets->seat;
	struct tablet *tablet = paired_tablet(pad);
	uint32_t serial = 0;
	struct tablet_object *object;
	wl_list_for_each(object, &pad->objects, link) {
		if (object->in || !tablet || wl_resource_get_client(object->resource) != client)
			continue;
		struct tablet_object *tablet_object =
			tablet_object_find(&tablet->objects, client, object->seat_id);
		if (!tablet_object)
			continue;
		if (!serial)
			serial = seat_serial(seat, client, SERIAL_OTHER);
		object->in = true;
		zwp_tablet_pad_v2_send_enter(
			object->resource, serial, tablet_object->resource, surface->resource);
		for (unsigned i = 0; i < pad->n_groups; i++) {
			pad->groups[i].mode_serial = serial;
			send_mode(&pad->groups[i], client, object->seat_id);
		}
	}
}

static void pad_leave(struct tablet_pad *pad)
{
	struct surface *surface = pad->surface.target;
	struct seat *seat = pad->tablets->seat;
	struct tablet_object *object;
	uint32_t serial = 0;
	wl_list_for_each(object, &pad->objects, link) {
		if (!object->in)
			continue;
		object->in = false;
		if (!surface) // destroyed, which its client requested
			continue;
		if (!serial)
			serial = server_next_serial(seat->server);
		zwp_tablet_pad_v2_send_leave(object->resource, serial, surface->resource);
	}
	weak_clear(&pad->surface);
}

void tablet_pad_refocus(struct tablet_pad *pad)
{
	struct surface *surface = keyboard_focus(pad->tablets->seat);
	if (pad->surface.target != surface || !surface || !paired_tablet(pad))
		pad_leave(pad);
	if (!surface)
		return;
	weak_set(&pad->surface, surface, &surface->events.destroyed);
	pad_enter(pad, surface);
}

// Input

static bool is_in(const struct tablet_pad *pad, const struct tablet_object *part)
{
	struct tablet_object *object;
	wl_list_for_each(object, &pad->objects, link) {
		if (object->in && object->seat_id == part->seat_id)
			return true;
	}
	return false;
}

static void update_mode(struct tablet_pad *pad, const struct input_event *event)
{
	struct surface *surface = pad->surface.target;
	struct pad_group *group =
		event->pad.group < pad->n_groups ? &pad->groups[event->pad.group] : NULL;
	if (!group || event->pad.mode == group->mode || event->pad.mode >= group->info->modes)
		return;
	group->mode = event->pad.mode;
	if (!surface)
		return;
	struct wl_client *client = wl_resource_get_client(surface->resource);
	group->mode_serial = seat_serial(pad->tablets->seat, client, SERIAL_OTHER);
	struct tablet_object *object;
	wl_list_for_each(object, &group->objects, link)
		if (is_in(pad, object))
			zwp_tablet_pad_group_v2_send_mode_switch(object->resource,
				(uint32_t)(event->time_us / 1000), group->mode_serial, group->mode);
}

static void send_button(struct tablet_pad *pad, const struct input_event *event)
{
	struct tablet_object *object;
	wl_list_for_each(object, &pad->objects, link)
		if (object->in)
			zwp_tablet_pad_v2_send_button(object->resource,
				(uint32_t)(event->time_us / 1000), event->pad.number,
				event->pad.pressed ? ZWP_TABLET_PAD_V2_BUTTON_STATE_PRESSED
						   : ZWP_TABLET_PAD_V2_BUTTON_STATE_RELEASED);
}

static void send_ring(struct wl_resource *resource, const struct input_event *event)
{
	if (event->pad.finger)
		zwp_tablet_pad_ring_v2_send_source(resource, ZWP_TABLET_PAD_RING_V2_SOURCE_FINGER);
	if (event->pad.value < 0)
		zwp_tablet_pad_ring_v2_send_stop(resource);
	else
		zwp_tablet_pad_ring_v2_send_angle(
			resource, fixed_from_double(fmod(event->pad.value, 360)));
	zwp_tablet_pad_ring_v2_send_frame(resource, (uint32_t)(event->time_us / 1000));
}

static void send_strip(struct wl_resource *resource, const struct input_event *event)
{
	if (event->pad.finger)
		zwp_tablet_pad_strip_v2_send_source(
			resource, ZWP_TABLET_PAD_STRIP_V2_SOURCE_FINGER);
	if (event->pad.value < 0)
		zwp_tablet_pad_strip_v2_send_stop(resource);
	else
		zwp_tablet_pad_strip_v2_send_position(
			resource, (uint32_t)lround(MIN(event->pad.value, 1) * FULL));
	zwp_tablet_pad_strip_v2_send_frame(resource, (uint32_t)(event->time_us / 1000));
}

static void send_dial(struct wl_resource *resource, const struct input_event *event)
{
	zwp_tablet_pad_dial_v2_send_delta(
		resource, (int32_t)lround(CLAMP(event->pad.value, -1e6, 1e6)));
	zwp_tablet_pad_dial_v2_send_frame(resource, (uint32_t)(event->time_us / 1000));
}

static void send_knob(struct tablet_pad *pad, struct pad_knob *knobs, unsigned count,
	const struct input_event *event,
	void (*send)(struct wl_resource *resource, const struct input_event *event))
{
	for (unsigned i = 0; i < count; i++) {
		struct tablet_object *object;
		if (knobs[i].number != event->pad.number)
			continue;
		wl_list_for_each(object, &knobs[i].objects, link)
			if (is_in(pad, object))
				send(object->resource, event);
	}
}

void tablet_pad_input(struct tablet_pad *pad, const struct input_event *event)
{
	if (!isfinite(event->pad.value))
		return;
	update_mode(pad, event);
	if (event->type == INPUT_PAD_BUTTON && event->pad.number < pad->device->pad->buttons)
		send_button(pad, event);
	for (unsigned i = 0; i < pad->n_groups; i++) {
		struct pad_group *group = &pad->groups[i];
		if (event->type == INPUT_PAD_RING)
			send_knob(pad, group->rings, group->n_rings, event, send_ring);
		else if (event->type == INPUT_PAD_STRIP)
			send_knob(pad, group->strips, group->n_strips, event, send_strip);
		else if (event->type == INPUT_PAD_DIAL)
			send_knob(pad, group->dials, group->n_dials, event, send_dial);
	}
}
