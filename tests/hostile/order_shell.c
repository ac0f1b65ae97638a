// SPDX-License-Identifier: MIT
// Destruction orders of windows, popups, layers, subsurfaces and extension objects of surfaces.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "tests/hostile/order.h"
#include "fifo-v1-client-protocol.h"
#include "fractional-scale-v1-client-protocol.h"
#include "idle-inhibit-unstable-v1-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "presentation-time-client-protocol.h"
#include "viewporter-client-protocol.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "xdg-activation-v1-client-protocol.h"
#include "xdg-decoration-unstable-v1-client-protocol.h"

// The objects of a window

static void create_window(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct client_window *window = client_window_create_bare(client, 50, 40);
	order->data = window;
	struct zxdg_decoration_manager_v1 *manager =
		client_bind(client, &zxdg_decoration_manager_v1_interface, 1);
	struct zxdg_toplevel_decoration_v1 *decoration =
		zxdg_decoration_manager_v1_get_toplevel_decoration(manager, window->toplevel);
	window->auto_ack = true;
	fixture_frames(order->rig->fixture, 2);
	order_add(order, window->surface, wl_surface_destroy);
	order_add(order, window->xdg_surface, xdg_surface_destroy);
	order_add(order, window->toplevel, xdg_toplevel_destroy);
	order_add(order, window->buffer, wl_buffer_destroy);
	order_add(order, decoration, zxdg_toplevel_decoration_v1_destroy);
	zxdg_decoration_manager_v1_destroy(manager);
	window->auto_ack = false;
}

static void destroy_data(struct order *order)
{
	free(order->data);
}

static const struct order_rule window_rules[] = {
	{0, 2, "wl_surface", WL_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{1, 2, "xdg_surface", XDG_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{2, 4, "zxdg_toplevel_decoration_v1", ZXDG_TOPLEVEL_DECORATION_V1_ERROR_ORPHANED, 0},
	{0},
};

TEST(window)
{
	check_every_order(5, create_window, destroy_data, window_rules);
}

// Extensions of a surface

static void create_extensions(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct wp_viewporter *viewporter = client_bind(client, &wp_viewporter_interface, 1);
	struct wp_fractional_scale_manager_v1 *scales =
		client_bind(client, &wp_fractional_scale_manager_v1_interface, 1);
	struct wp_fifo_manager_v1 *fifos = client_bind(client, &wp_fifo_manager_v1_interface, 1);
	struct zwp_idle_inhibit_manager_v1 *inhibits =
		client_bind(client, &zwp_idle_inhibit_manager_v1_interface, 1);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct wp_viewport *viewport = wp_viewporter_get_viewport(viewporter, surface);
	struct wp_fifo_v1 *fifo = wp_fifo_manager_v1_get_fifo(fifos, surface);
	wp_viewport_set_destination(viewport, 30, 20);
	wp_fifo_v1_set_barrier(fifo);
	order_add(order, surface, wl_surface_destroy);
	order_add(order, viewport, wp_viewport_destroy);
	order_add(order, wp_fractional_scale_manager_v1_get_fractional_scale(scales, surface),
		wp_fractional_scale_v1_destroy);
	order_add(order, fifo, wp_fifo_v1_destroy);
	order_add(order, zwp_idle_inhibit_manager_v1_create_inhibitor(inhibits, surface),
		zwp_idle_inhibitor_v1_destroy);
	wl_surface_commit(surface);
	wp_fifo_v1_wait_barrier(fifo);
	wl_surface_commit(surface); // is queued
	wp_viewporter_destroy(viewporter);
	wp_fractional_scale_manager_v1_destroy(scales);
	wp_fifo_manager_v1_destroy(fifos);
	zwp_idle_inhibit_manager_v1_destroy(inhibits);
}

TEST(extensions)
{
	check_every_order(5, create_extensions, NULL, NULL);
}

// Subsurfaces: two below one parent, one of them with a child; all cached until the parent commits

static void create_subsurfaces(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct client_window *window = client_window_create(client, 50, 40, 0xffff0000);
	order->data = window;
	window->auto_ack = false;
	struct wl_surface *parents[] = {window->surface, NULL, window->surface};
	struct wl_buffer *buffer = client_buffer(client, 20, 20, 0xff00ff00);
	struct wl_surface *last = NULL;
	for (int i = 0; i < 3; i++) {
		struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
		struct wl_subsurface *subsurface = wl_subcompositor_get_subsurface(
			client->subcompositor, surface, parents[i] ? parents[i] : last);
		wl_surface_attach(surface, buffer, 0, 0);
		wl_surface_commit(surface);
		wl_surface_commit(parents[i] ? parents[i] : last);
		order_add(order, surface, wl_surface_destroy);
		order_add(order, subsurface, wl_subsurface_destroy);
		last = surface;
	}
	wl_surface_commit(window->surface);
	fixture_frames(order->rig->fixture, 1);
	for (int i = 0; i < order->n; i += 2) {
		wl_surface_damage(order->objects[i].proxy, 0, 0, 10, 10);
		wl_surface_commit(order->objects[i].proxy);
	}
	wl_buffer_destroy(buffer);
	// The other objects of the window are freed with the connection.
}

static void destroy_window(struct order *order)
{
	client_window_destroy(order->data);
}

TEST(subsurfaces)
{
	check_every_order(6, create_subsurfaces, destroy_window, NULL);
}

// A parent destroyed before its subsurfaces

static void create_parent(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct wl_surface *surfaces[3];
	for (int i = 0; i < 3; i++) {
		surfaces[i] = wl_compositor_create_surface(client->compositor);
		order_add(order, surfaces[i], wl_surface_destroy);
	}
	for (int i = 1; i < 3; i++)
		order_add(order,
			wl_subcompositor_get_subsurface(
				client->subcompositor, surfaces[i], surfaces[i - 1]),
			wl_subsurface_destroy);
	for (int i = 2; i >= 0; i--)
		wl_surface_commit(surfaces[i]);
}

TEST(subsurface_parents)
{
	check_every_order(5, create_parent, NULL, NULL);
}

// Layers

static void on_layer_configure(void *data, struct zwlr_layer_surface_v1 *layer, uint32_t serial,
	uint32_t width, uint32_t height)
{
	zwlr_layer_surface_v1_ack_configure(layer, serial);
}

static void on_layer_closed(void *data, struct zwlr_layer_surface_v1 *layer)
{
}

static const struct zwlr_layer_surface_v1_listener layer_listener = {
	.configure = on_layer_configure,
	.closed = on_layer_closed,
};

static void create_layer(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct zwlr_layer_shell_v1 *shell = client_bind(client, &zwlr_layer_shell_v1_interface, 5);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct zwlr_layer_surface_v1 *layer = zwlr_layer_shell_v1_get_layer_surface(
		shell, surface, NULL, ZWLR_LAYER_SHELL_V1_LAYER_TOP, "panel");
	zwlr_layer_surface_v1_add_listener(layer, &layer_listener, NULL);
	zwlr_layer_surface_v1_set_size(layer, 100, 20);
	zwlr_layer_surface_v1_set_anchor(layer, ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP);
	zwlr_layer_surface_v1_set_exclusive_zone(layer, 20);
	wl_surface_commit(surface);
	fixture_pump(order->rig->fixture);
	struct wl_buffer *buffer = client_buffer(client, 100, 20, 0xff00ff00);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	fixture_frames(order->rig->fixture, 1);
	order_add(order, surface, wl_surface_destroy);
	order_add(order, layer, zwlr_layer_surface_v1_destroy);
	order_add(order, shell, zwlr_layer_shell_v1_destroy);
	order_add(order, buffer, wl_buffer_destroy);
}

static const struct order_rule layer_rules[] = {
	{0, 1, "wl_surface", WL_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{0},
};

TEST(layer)
{
	check_every_order(4, create_layer, NULL, layer_rules);
}

// Constraints

static void create_constraints(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	order->data = window;
	window->auto_ack = false;
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(client, &zwp_pointer_constraints_v1_interface, 1);
	struct wl_pointer *pointer = wl_seat_get_pointer(client->seat);
	struct wl_region *region = wl_compositor_create_region(client->compositor);
	wl_region_add(region, 0, 0, 100, 100);
	struct zwp_locked_pointer_v1 *locked = zwp_pointer_constraints_v1_lock_pointer(constraints,
		window->surface, pointer, region, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_locked_pointer_v1_set_cursor_position_hint(
		locked, wl_fixed_from_int(-100000), wl_fixed_from_int(8000000));
	wl_surface_commit(window->surface);
	fixture_pump(order->rig->fixture);
	fixture_click(order->rig->fixture, 640, 400);
	order_add(order, locked, zwp_locked_pointer_v1_destroy);
	order_add(order, pointer, wl_pointer_release);
	order_add(order, region, wl_region_destroy);
	order_add(order, constraints, zwp_pointer_constraints_v1_destroy);
	order_add(order, window->toplevel, xdg_toplevel_destroy);
}

static void destroy_constraints(struct order *order)
{
	struct client_window *window = order->data;
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_destroy(window->surface);
	wl_buffer_destroy(window->buffer);
	fixture_move(order->rig->fixture, 600, 300);
	free(window);
}

TEST(constraints)
{
	check_every_order(5, create_constraints, destroy_constraints, NULL);
}

// Activation

static void on_token(void *data, struct xdg_activation_token_v1 *token, const char *text)
{
}

static const struct xdg_activation_token_v1_listener token_listener = {.done = on_token};

static void create_activation(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct client_window *window = client_window_create(client, 50, 40, 0xffff0000);
	order->data = window;
	window->auto_ack = false;
	struct xdg_activation_v1 *activation = client_bind(client, &xdg_activation_v1_interface, 1);
	struct xdg_activation_token_v1 *tokens[2];
	for (int i = 0; i < 2; i++) {
		tokens[i] = xdg_activation_v1_get_activation_token(activation);
		xdg_activation_token_v1_add_listener(tokens[i], &token_listener, NULL);
		xdg_activation_token_v1_set_surface(tokens[i], window->surface);
		xdg_activation_token_v1_set_serial(tokens[i], 7, client->seat);
	}
	xdg_activation_token_v1_commit(tokens[0]);
	order_add(order, activation, xdg_activation_v1_destroy);
	order_add(order, tokens[0], xdg_activation_token_v1_destroy);
	order_add(order, tokens[1], xdg_activation_token_v1_destroy);
	order_add(order, window->toplevel, xdg_toplevel_destroy);
	order_add(order, window->buffer, wl_buffer_destroy);
}

static void destroy_activation(struct order *order)
{
	struct client_window *window = order->data;
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_destroy(window->surface);
	free(window);
}

TEST(activation)
{
	check_every_order(5, create_activation, destroy_activation, NULL);
}
