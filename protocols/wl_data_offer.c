// SPDX-License-Identifier: MIT
// wl_data_offer: offers of the clipboard and of drags, and the events of a drag over surfaces.
//
// A drag that enters a surface starts a visit, which creates an offer for each wl_data_device of
// the client. The offers share what is negotiated. The visit succeeds when one of them finishes it,
// and fails when all are destroyed before.
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/geom.h"
#include "compositor/base/weak.h"
#include "compositor/client/backlog.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "protocols/wl_data_device.h"
#include "wayland-protocol.h"

#define ACTIONS \
	(WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY | WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE | \
		WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK)

struct visit {
	struct wl_client *client; // valid while drag is set
	struct drag *drag;        // NULL after leave or drop
	struct weak source;    // struct data_source *; NULL: requests of the offers have no effect
	struct wl_list offers; // offer.link
	bool legacy;           // a client without actions: always accepts copy
	bool dropped, accepted, finished;
	bool asked; // dropped with action ask
	uint32_t action;
	bool waiting; // motion is merged until the client drains its socket
	uint32_t time_ms;
	double x, y;
};

struct offer {
	struct server *server;
	struct wl_resource *resource;
	struct weak source;  // of a clipboard offer: struct data_source *
	struct visit *visit; // of a drag offer; NULL: of the clipboard
	struct wl_list link; // visit.offers
};

static bool offer_has_actions(const struct wl_resource *offer)
{
	return wl_resource_get_version((struct wl_resource *)offer) >=
		WL_DATA_OFFER_ACTION_SINCE_VERSION;
}

static uint32_t source_actions(const struct data_source *source)
{
	return source->has_actions ? source->actions : WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY;
}

// Sends the source the result of a drop.
static void visit_conclude(struct visit *visit, bool success)
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

static void visit_maybe_free(struct visit *visit)
{
	if (visit->drag || !wl_list_empty(&visit->offers))
		return;
	// Before version 3, destroying the offer is the only sign that the client has finished.
	if (visit->dropped && !visit->finished)
		visit_conclude(visit, visit->legacy);
	weak_clear(&visit->source);
	free(visit);
}

// Requests

static void visit_set_action(struct visit *visit, uint32_t action)
{
	if (visit->action == action)
		return;
	visit->action = action;
	drag_set_action(visit->drag, action);
	struct offer *offer;
	wl_list_for_each(offer, &visit->offers, link) {
		if (offer_has_actions(offer->resource))
			wl_data_offer_send_action(offer->resource, action);
	}
}

static struct data_source *offer_source(const struct offer *offer)
{
	return offer->visit ? offer->visit->source.target : offer->source.target;
}

static void handle_accept(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial, const char *mime)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	struct visit *visit = offer->visit;
	struct data_source *source = offer_source(offer);
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
	const struct offer *offer = wl_resource_get_user_data(resource);
	if (offer->visit || selection_may_be_read(offer->server, client))
		data_source_send(offer_source(offer), mime, fd);
	else
		close(fd);
}

static void handle_finish(struct wl_client *client, struct wl_resource *resource)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	struct visit *visit = offer->visit;
	if (!visit || visit->finished) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_FINISH,
			visit ? "the offer is already finished"
			      : "a clipboard offer cannot be finished");
		return;
	}
	struct data_source *source = offer_source(offer);
	if (!source)
		return; // cancelled, which is no error of the client
	bool final = visit->action == WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY ||
		visit->action == WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE;
	if (!visit->dropped || !visit->accepted || !final) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_FINISH,
			!visit->dropped           ? "nothing was dropped yet"
				: visit->accepted ? "no final action was negotiated"
						  : "no type was accepted");
		return;
	}
	if (visit->asked && source->impl->action)
		source->impl->action(source, visit->action);
	visit_conclude(visit, true);
}

static void handle_set_actions(struct wl_client *client, struct wl_resource *resource,
	uint32_t offered, uint32_t preferred)
{
	struct offer *offer = wl_resource_get_user_data(resource);
	struct visit *visit = offer->visit;
	if (offered & ~(uint32_t)ACTIONS) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_ACTION_MASK,
			"unknown actions in 0x%x", offered);
		return;
	}
	if ((preferred & (preferred - 1)) || (preferred & ~offered)) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_ACTION,
			"preferred action 0x%x is not one of 0x%x", preferred, offered);
		return;
	}
	if (!visit) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_OFFER,
			"a clipboard offer has no actions");
		return;
	}
	struct data_source *source = offer_source(offer);
	if (!source || (visit->dropped && !visit->asked))
		return;
	uint32_t action = drag_choose_action(source_actions(source), offered, preferred);
	if (visit->drag) {
		visit_set_action(visit, action);
		return;
	}
	if (preferred & ~source_actions(source)) {
		wl_resource_post_error(resource, WL_DATA_OFFER_ERROR_INVALID_ACTION,
			"the source does not offer the action 0x%x", preferred);
		return;
	}
	visit->action = action; // sent to the source with finish
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
	if (visit->drag && wl_list_empty(&visit->offers)) { // no offer remains
		visit->accepted = false;
		drag_accept(visit->drag, NULL);
		visit_set_action(visit, 0);
	}
	visit_maybe_free(visit);
}

static struct offer *offer_create(struct selection_device *device, struct data_source *source)
{
	struct offer *offer = xcalloc(1, sizeof(*offer));
	wl_list_init(&offer->link);
	offer->server = device->all->server;
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

struct wl_resource *data_offer_create(struct selection_device *device, struct data_source *source)
{
	struct offer *offer = offer_create(device, source);
	if (!offer)
		return NULL;
	weak_set(&offer->source, source, &source->destroyed);
	return offer->resource;
}

// The sink

static struct wl_list *drag_devices(const struct drag *drag)
{
	struct data_device_manager *manager =
		wl_container_of(drag->sink, (struct data_device_manager *)NULL, sink);
	return &manager->devices->devices;
}

static struct offer *create_drag_offer(struct selection_device *device, struct visit *visit)
{
	struct offer *offer = offer_create(device, visit->drag->source);
	if (!offer)
		return NULL;
	offer->visit = visit;
	wl_list_insert(visit->offers.prev, &offer->link);
	if (offer_has_actions(offer->resource))
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
	struct selection_device *device;
	wl_list_for_each(device, drag_devices(drag), link) {
		if (wl_resource_get_client(device->resource) != client)
			continue;
		struct offer *offer = drag->source ? create_drag_offer(device, visit) : NULL;
		if (drag->source && !offer)
			continue;
		wl_data_device_send_enter(device->resource, serial, surface->resource,
			fixed_from_double(x), fixed_from_double(y), offer ? offer->resource : NULL);
	}
	if (!visit->legacy)
		return;
	visit->accepted = drag->accepted = true;
	visit_set_action(visit,
		drag_choose_action(
			source_actions(drag->source), WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY, 0));
}

static void visit_send_motion(struct visit *visit)
{
	struct selection_device *device;
	wl_list_for_each(device, drag_devices(visit->drag), link) {
		if (wl_resource_get_client(device->resource) == visit->client)
			wl_data_device_send_motion(device->resource, visit->time_ms,
				fixed_from_double(visit->x), fixed_from_double(visit->y));
	}
}

static void on_drained(struct wl_client *client, void *data)
{
	struct visit *visit = data;
	visit->waiting = false;
	if (client)
		visit_send_motion(visit);
}

static void visit_stop_waiting(struct visit *visit)
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
		visit_send_motion(visit);
		return;
	}
	visit->waiting = true;
	backlog_when_drained(visit->client, on_drained, visit);
}

static void on_leave(struct drag *drag)
{
	struct visit *visit = drag->sink_data;
	visit_stop_waiting(visit);
	struct selection_device *device;
	wl_list_for_each(device, drag_devices(drag), link) {
		if (wl_resource_get_client(device->resource) == visit->client)
			wl_data_device_send_leave(device->resource);
	}
	weak_clear(&visit->source); // requests of its offers have no effect now
	visit->drag = drag->sink_data = NULL;
	visit_maybe_free(visit);
}

static void on_drop(struct drag *drag)
{
	struct visit *visit = drag->sink_data;
	if (visit->waiting)
		visit_send_motion(visit); // so that the drop happens at the latest position
	visit_stop_waiting(visit);
	struct selection_device *device;
	wl_list_for_each(device, drag_devices(drag), link) {
		if (wl_resource_get_client(device->resource) == visit->client)
			wl_data_device_send_drop(device->resource);
	}
	visit->dropped = true;
	visit->asked = visit->action == WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK;
	visit->drag = drag->sink_data = NULL;
	visit_maybe_free(visit);
}

const struct drag_sink data_offer_sink = {
	.enter = on_enter,
	.motion = on_motion,
	.leave = on_leave,
	.drop = on_drop,
};
