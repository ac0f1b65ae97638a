// SPDX-License-Identifier: MIT
// wp_pointer_warp_v1: a client moves the pointer within its surface that has the pointer focus.
// Other requests are ignored, as the protocol demands.
#include "compositor/client/wire.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "pointer-warp-v1-protocol.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"

static void handle_warp_pointer(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *surface_resource, struct wl_resource *pointer, wl_fixed_t x_fixed,
	wl_fixed_t y_fixed, uint32_t serial)
{
	struct surface *surface = surface_from_resource(surface_resource);
	struct seat *seat = seat_from_resource(pointer);
	double x = wl_fixed_to_double(x_fixed), y = wl_fixed_to_double(y_fixed);
	int node_x, node_y;
	if (!seat || pointer_focus(seat) != surface || serial != seat->pointer.enter_serial ||
		seat_grab_top(seat) || seat->pointer.constraint ||
		!surface_takes_input(surface, x, y) ||
		!node_position(surface->node, &node_x, &node_y))
		return;
	pointer_warp(seat, node_x + x, node_y + y);
}

static const struct wp_pointer_warp_v1_interface warp_impl = {
	.destroy = wire_handle_destroy,
	.warp_pointer = handle_warp_pointer,
};

bool pointer_warp_create(struct server *server)
{
	return wire_global(server, &wp_pointer_warp_v1_interface, 1, &warp_impl, NULL);
}
