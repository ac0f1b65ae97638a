// SPDX-License-Identifier: MIT
// zwp_pointer_gestures_v1: creates swipe, pinch and hold objects and adds them to the lists of
// their seat_client. Their events are sent by compositor/seat/gesture.c, which also sets their user
// data.
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "pointer-gestures-unstable-v1-protocol.h"
#include "protocols/protocols.h"

static const struct zwp_pointer_gesture_swipe_v1_interface swipe_impl = {
	.destroy = wire_handle_destroy,
};

static const struct zwp_pointer_gesture_pinch_v1_interface pinch_impl = {
	.destroy = wire_handle_destroy,
};

static const struct zwp_pointer_gesture_hold_v1_interface hold_impl = {
	.destroy = wire_handle_destroy,
};

static void on_gesture_destroyed(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
}

static void create_gesture(struct wl_resource *manager, uint32_t id, struct wl_resource *pointer,
	enum input_gesture kind, const struct wl_interface *interface, const void *impl)
{
	struct seat_client *client = wl_resource_get_user_data(pointer);
	struct wl_resource *resource = wire_create(wl_resource_get_client(manager), interface,
		wl_resource_get_version(manager), id, impl, NULL, on_gesture_destroyed);
	if (!resource)
		return;
	wl_list_init(wl_resource_get_link(resource));
	if (client)
		wl_list_insert(&client->gestures[kind], wl_resource_get_link(resource));
}

static void handle_get_swipe(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *pointer)
{
	create_gesture(resource, id, pointer, INPUT_GESTURE_SWIPE,
		&zwp_pointer_gesture_swipe_v1_interface, &swipe_impl);
}

static void handle_get_pinch(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *pointer)
{
	create_gesture(resource, id, pointer, INPUT_GESTURE_PINCH,
		&zwp_pointer_gesture_pinch_v1_interface, &pinch_impl);
}

static void handle_get_hold(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *pointer)
{
	create_gesture(resource, id, pointer, INPUT_GESTURE_HOLD,
		&zwp_pointer_gesture_hold_v1_interface, &hold_impl);
}

static const struct zwp_pointer_gestures_v1_interface gestures_impl = {
	.get_swipe_gesture = handle_get_swipe,
	.get_pinch_gesture = handle_get_pinch,
	.release = wire_handle_destroy,
	.get_hold_gesture = handle_get_hold,
};

bool pointer_gestures_create(struct server *server)
{
	return wire_global(server, &zwp_pointer_gestures_v1_interface, 3, &gestures_impl, NULL);
}
