// SPDX-License-Identifier: MIT
// wl_data_offer, and how a drag reaches the surfaces of clients.
//
// A client may have several devices, so one visit of a drag to it makes several offers. What they
// negotiate belongs to the visit; it is finished when one of them finishes it and has failed when
// all are destroyed without that.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/core/backlog.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/wire.h"
#include "protocols/wl_data_device.h"
#include "wayland-protocol.h"

#define ACTIONS \
	(WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY | WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE | \
		WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK)

struct visit {
	struct wl_client *client; // only while drag
	struct drag *drag;        // NULL once it left or dropped
	struct weak source; // struct data_source *, while requests on offers still mean something
	struct wl_list offers; // offer.link
	bool legacy;           // a client that knows nothing of actions: always willing to copy
	bool dropped, accepted, finished;
	bool asked; // dropped with the action ask
	uint32_t action;
	bool waiting; // the client does not read: the newest motion waits
	uint32_t time_ms;
	double x, y;
};

struct offer {
	struct wl_resource *resource;
	struct weak source;  // of the clipboard: struct data_source *
	struct visit *visit; // of a drag; NULL: the clipboard
	struct wl_list link; // visit.offers
};

static bool has_actions(const struct wl_resource *offer)
{
	return wl_resource_get_version((struct wl_resource *)offer) >=
		WL_DATA_OFFER_ACTION_SINCE_VERSION;
}

static uint32_t source_actions(const struct data_source *source)
{
	return source->has_actions ? source->actions : WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY;
}

// The last that the source hears of a drop.
static void conclude(struct visit *visit, bool success)
{
	struct data_source *source = visit->source.target;
	weak_clear(&visit->source);
	visit->finished = true;
	if (!source)
		return;
	if (success && source->impl->finished)
		source->impl->finished(source);
	else
		source->impl->cancelled(source);
}

static void free_when_over(struct visit *visit)
{
	if (visit->drag || !wl_list_empty(&visit->offers))
		return;
	// Old clients have no way to say that they are done but this.
	if (visit->dropped && !visit->finished)
		conclude(visit, visit->legacy);
	weak_clear(&visit->source);
	free(visit);
}

// Requests

static void send_action(struct visit *visit, uint32_t action)
{
	if (visit->action == action)
		return;
	visit->action = action;
	drag_set_action(visit->drag, action);
	struct offer *offer;
	wl_list_for_each(offer, &visit->offers, link) {
		if (has_actions(offer->resource))
			wl_data_offer_send_action(offer->resource, action);
	}
}

static struct data_source *source_of(const struct offer *offer)
{
	return offer->visit ? offer->visit->source.target : offer->source.target;
}

static void handle_accept(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial, const char *mime)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	struct visit *visit = offer->visit;
	struct data_source *source = source_of(offer);
	if (!visit || !source)
		return;
	if (mime && !data_source_has(source, mime))
		mime = NULL;
	visit->accepted = mime || visit->legacy;
	if (!visit->drag)
		return;
	drag_accept(visit->drag, mime);
	visit->drag->accepted = visit->accepted;
}

static void handle_receive(
	struct wl_client *client, struct wl_resource *resource, const char *mime, int32_t fd)
{
	data_source_send(source_of(wl_resource_get_user_data(resource)), mime, fd);
}

static void handle_finish(struct wl_client *client, struct wl_resource *resource)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	struct visit *visit = offer->visit;
	if (!visit || visit->finished) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_FINISH,
			visit ? "it is finished already" : "the clipboard is no drag");
		return;
	}
	struct data_source *source = source_of(offer);
	if (!source)
		return; // it is over without the target having done anything wrong
	bool final = visit->action == WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY ||
		visit->action == WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE;
	if (!visit->dropped || !visit->accepted || !final) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_FINISH,
			!visit->dropped           ? "nothing was dropped"
				: visit->accepted ? "the action is not settled"
						  : "no type was accepted");
		return;
	}
	if (visit->asked && source->impl->action)
		source->impl->action(source, visit->action);
	conclude(visit, true);
}

static void handle_set_actions(struct wl_client *client, struct wl_resource *resource,
	uint32_t offered, uint32_t preferred)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	struct visit *visit = offer->visit;
	if (offered & ~(uint32_t)ACTIONS) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_ACTION_MASK,
			"0x%x has unknown actions", offered);
		return;
	}
	if ((preferred & (preferred - 1)) || (preferred & ~offered)) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_ACTION,
			"0x%x is not one of the actions 0x%x", preferred, offered);
		return;
	}
	if (!visit) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_OFFER,
			"the clipboard has no actions");
		return;
	}
	struct data_source *source = source_of(offer);
	if (!source || (visit->dropped && !visit->asked))
		return;
	uint32_t action = drag_choose_action(source_actions(source), offered, preferred);
	if (visit->drag) {
		send_action(visit, action);
		return;
	}
	if (preferred & ~source_actions(source)) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_ACTION,
			"the source does not offer the action 0x%x", preferred);
		return;
	}
	visit->action = action; // the source hears of it with finish
}

static const struct wl_data_offer_interface offer_impl = {
	.accept = handle_accept,
	.receive = handle_receive,
	.destroy = wire_handle_destroy,
	.finish = handle_finish,
	.set_actions = handle_set_actions,
};

static void on_offer_destroyed(struct wl_resource *resource)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	weak_clear(&offer->source);
	wl_list_remove(&offer->link);
	struct visit *visit = offer->visit;
	free(offer);
	if (!visit)
		return;
	if (visit->drag && wl_list_empty(&visit->offers)) { // nobody is left to take it
		visit->accepted = false;
		drag_accept(visit->drag, NULL);
		send_action(visit, 0);
	}
	free_when_over(visit);
}

static struct offer *create(struct data_device *device, struct data_source *source)
{
	struct offer *offer = xcalloc(1, sizeof(*offer));
	wl_list_init(&offer->link);
	offer->resource = wire_create(wl_resource_get_client(device->resource),
		&wl_data_offer_interface, wl_resource_get_version(device->resource), 0, &offer_impl,
		offer, on_offer_destroyed);
	if (!offer->resource) {
		free(offer);
		return NULL;
	}
	wl_data_device_send_data_offer(device->resource, offer->resource);
	for (size_t i = 0; i < source->n_mimes; i++)
		wl_data_offer_send_offer(offer->resource, source->mimes[i]);
	return offer;
}

struct wl_resource *data_offer_create(struct data_device *device, struct data_source *source)
{
	struct offer *offer = create(device, source);
	if (!offer)
		return NULL;
	weak_set(&offer->source, source, &source->destroyed);
	return offer->resource;
}

// The sink

static struct data_devices *devices_of(const struct drag *drag)
{
	return wl_container_of(drag->sink, (struct data_devices *)NULL, sink);
}

static struct offer *create_drag_offer(struct data_device *device, struct visit *visit)
{
	struct offer *offer = create(device, visit->drag->source);
	if (!offer)
		return NULL;
	offer->visit = visit;
	wl_list_insert(visit->offers.prev, &offer->link);
	if (has_actions(offer->resource))
		wl_data_offer_send_source_actions(
			offer->resource, source_actions(visit->drag->source));
	else
		visit->legacy = true;
	return offer;
}

static void on_enter(struct drag *drag, struct surface *surface, double x, double y)
{
	struct wl_client *client = wl_resource_get_client(surface->resource);
	struct visit *visit = xcalloc(1, sizeof(*visit));
	visit->client = client;
	visit->drag = drag;
	wl_list_init(&visit->offers);
	if (drag->source)
		weak_set(&visit->source, drag->source, &drag->source->destroyed);
	drag->sink_data = visit;
	uint32_t serial = seat_serial(drag->seat, client, SERIAL_ENTER);
	struct data_device *device;
	wl_list_for_each(device, &devices_of(drag)->devices, link) {
		if (wl_resource_get_client(device->resource) != client)
			continue;
		struct offer *offer = drag->source ? create_drag_offer(device, visit) : NULL;
		if (drag->source && !offer)
			continue;
		wl_data_device_send_enter(device->resource, serial, surface->resource,
			wl_fixed_from_double(x), wl_fixed_from_double(y),
			offer ? offer->resource : NULL);
	}
	if (!visit->legacy)
		return;
	visit->accepted = drag->accepted = true;
	send_action(visit,
		drag_choose_action(
			source_actions(drag->source), WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY, 0));
}

static void send_motion(struct visit *visit)
{
	struct data_device *device;
	wl_list_for_each(device, &devices_of(visit->drag)->devices, link) {
		if (wl_resource_get_client(device->resource) == visit->client)
			wl_data_device_send_motion(device->resource, visit->time_ms,
				wl_fixed_from_double(visit->x), wl_fixed_from_double(visit->y));
	}
}

static void on_drained(struct wl_client *client, void *data)
{
	struct visit *visit = data;
	visit->waiting = false;
	if (client)
		send_motion(visit);
}

static void stop_waiting(struct visit *visit)
{
	if (visit->waiting)
		backlog_forget(visit->client, visit);
	visit->waiting = false;
}

static void on_motion(struct drag *drag, uint32_t time_ms, double x, double y)
{
	struct visit *visit = drag->sink_data;
	visit->time_ms = time_ms;
	visit->x = x;
	visit->y = y;
	if (visit->waiting)
		return;
	if (!backlog_late(visit->client)) {
		send_motion(visit);
		return;
	}
	visit->waiting = true;
	backlog_when_drained(visit->client, on_drained, visit);
}

static void on_leave(struct drag *drag)
{
	struct visit *visit = drag->sink_data;
	stop_waiting(visit);
	struct data_device *device;
	wl_list_for_each(device, &devices_of(drag)->devices, link) {
		if (wl_resource_get_client(device->resource) == visit->client)
			wl_data_device_send_leave(device->resource);
	}
	weak_clear(&visit->source); // its offers are void
	visit->drag = drag->sink_data = NULL;
	free_when_over(visit);
}

static void on_drop(struct drag *drag)
{
	struct visit *visit = drag->sink_data;
	if (visit->waiting)
		send_motion(visit); // the drop is where the pointer is
	stop_waiting(visit);
	struct data_device *device;
	wl_list_for_each(device, &devices_of(drag)->devices, link) {
		if (wl_resource_get_client(device->resource) == visit->client)
			wl_data_device_send_drop(device->resource);
	}
	visit->dropped = true;
	visit->asked = visit->action == WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK;
	visit->drag = drag->sink_data = NULL;
	free_when_over(visit);
}

const struct drag_sink data_offer_sink = {
	.enter = on_enter,
	.motion = on_motion,
	.leave = on_leave,
	.drop = on_drop,
};
