// SPDX-License-Identifier: MIT
// Cursor surfaces that are too large, set without pointer focus, or destroyed while shown.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/window/window.h"
#include "tests/hostile/order.h"
#include "cursor-shape-v1-client-protocol.h"

struct mouse {
	struct wl_pointer *pointer;
	uint32_t serial; // of its enter
};

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	((struct mouse *)data)->serial = serial;
}

static void on_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
}

static void on_frame(void *data, struct wl_pointer *pointer)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.button = on_button,
	.frame = on_frame,
};

static void mouse_take(struct mouse *mouse, struct client *client)
{
	mouse->pointer = wl_seat_get_pointer(client->seat);
	mouse->serial = 0;
	wl_pointer_add_listener(mouse->pointer, &pointer_listener, mouse);
}

// A client with the pointer on its window, after wl_pointer.enter.
static struct client_window *mouse_enter(struct mouse *mouse, struct client *client)
{
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	mouse_take(mouse, client);
	window_raise(window->window);
	fixture_frames(client->fixture, 1);
	struct box box = window_box(window->window);
	fixture_move(client->fixture, box.x + 50, box.y + 50);
	check(mouse->serial != 0);
	return window;
}

static const struct picture {
	int width, height, hot_x, hot_y, scale;
} pictures[] = {
	{4096, 4096, 0, 0, 1},
	{32767, 1, 0, 0, 1},
	{1, 32767, 16000, 16000, 1},
	{16, 16, INT32_MAX, INT32_MAX, 1},
	{16, 16, INT32_MIN, INT32_MIN, 1},
	{16, 16, INT32_MAX, INT32_MIN, 2},
	{17, 13, 3, 3, 5}, // not divisible by the scale, which is allowed for cursors
	{1, 1, 0, 0, INT32_MAX},
};

TEST_FP(hostile_rig, picture, struct picture, pictures)
{
	struct client *client = rig->attacker;
	struct mouse mouse;
	struct client_window *window = mouse_enter(&mouse, client);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, param->width, param->height, 0xff00ff00);
	wl_pointer_set_cursor(mouse.pointer, mouse.serial, surface, param->hot_x, param->hot_y);
	wl_surface_set_buffer_scale(surface, param->scale);
	for (int i = 0; i < 3; i++) {
		wl_surface_attach(surface, buffer, 0, 0);
		wl_surface_offset(surface, INT32_MAX, INT32_MIN);
		wl_surface_damage(surface, 0, 0, INT32_MAX, INT32_MAX);
		wl_surface_commit(surface);
		fixture_frames(rig->fixture, 1);
		fixture_move(rig->fixture, 640 + i, 360);
	}
	if (client_error(client, NULL) >= 0)
		check_client_error(client, "wl_surface", WL_SURFACE_ERROR_INVALID_SIZE);
	wl_buffer_destroy(buffer);
	wl_surface_destroy(surface);
	wl_pointer_release(mouse.pointer);
	client_window_destroy(window);
}

// Only the client with pointer focus sets the cursor.
TEST_F(hostile_rig, of_a_client_without_the_pointer)
{
	struct client *client = rig->attacker;
	struct mouse mine, theirs;
	mouse_take(&theirs, rig->neighbour);
	window_raise(rig->window->window);
	struct box box = window_box(rig->window->window);
	mouse_take(&mine, client);
	fixture_move(rig->fixture, box.x + 5, box.y + 5);
	check(theirs.serial != 0 && mine.serial == 0);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, 64, 64, 0xffff00ff);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	struct wp_cursor_shape_manager_v1 *shapes =
		client_bind(client, &wp_cursor_shape_manager_v1_interface, 1);
	struct wp_cursor_shape_device_v1 *device =
		wp_cursor_shape_manager_v1_get_pointer(shapes, mine.pointer);
	const uint32_t serials[] = {theirs.serial, 0, theirs.serial + 100, UINT32_MAX};
	for (size_t i = 0; i < array_length(serials); i++) {
		wl_pointer_set_cursor(mine.pointer, serials[i], surface, 0, 0);
		wp_cursor_shape_device_v1_set_shape(
			device, serials[i], WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_GRAB);
		fixture_frames(rig->fixture, 1);
	}
	check_no_error(client);
	wp_cursor_shape_device_v1_destroy(device);
	wp_cursor_shape_manager_v1_destroy(shapes);
	wl_buffer_destroy(buffer);
	wl_surface_destroy(surface);
	wl_pointer_release(mine.pointer);
	wl_pointer_release(theirs.pointer);
}

TEST_F(hostile_rig, shape_that_is_none)
{
	static const uint32_t shapes[] = {0, 1000, UINT32_MAX};
	for (size_t i = 0; i < array_length(shapes); i++) {
		struct client *client = hostile_rig_connect(rig);
		struct wl_pointer *pointer = wl_seat_get_pointer(client->seat);
		struct wp_cursor_shape_manager_v1 *manager =
			client_bind(client, &wp_cursor_shape_manager_v1_interface, 1);
		struct wp_cursor_shape_device_v1 *device =
			wp_cursor_shape_manager_v1_get_pointer(manager, pointer);
		wp_cursor_shape_device_v1_set_shape(device, 1, shapes[i]);
		check_client_error(client, "wp_cursor_shape_device_v1",
			WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE);
		wp_cursor_shape_device_v1_destroy(device);
		wp_cursor_shape_manager_v1_destroy(manager);
		wl_pointer_release(pointer);
	}
}

TEST_F(hostile_rig, window_as_cursor)
{
	struct mouse mouse;
	struct client_window *window = mouse_enter(&mouse, rig->attacker);
	wl_pointer_set_cursor(mouse.pointer, mouse.serial, window->surface, 0, 0);
	check_client_error(rig->attacker, "wl_pointer", WL_POINTER_ERROR_ROLE);
	wl_pointer_release(mouse.pointer);
	client_window_destroy(window);
}

// A cursor with damage in every frame, and one with subsurfaces.
TEST_F(hostile_rig, cursor_with_subsurfaces)
{
	struct client *client = rig->attacker;
	struct mouse mouse;
	struct client_window *window = mouse_enter(&mouse, client);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct wl_surface *child = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, 24, 24, 0xff00ff00);
	wl_pointer_set_cursor(mouse.pointer, mouse.serial, surface, 3, 3);
	struct wl_subsurface *subsurface =
		wl_subcompositor_get_subsurface(client->subcompositor, child, surface);
	wl_subsurface_set_position(subsurface, 500, 500);
	for (int i = 0; i < 20; i++) {
		wl_surface_attach(child, buffer, 0, 0);
		wl_surface_commit(child);
		wl_surface_attach(surface, i % 3 ? buffer : NULL, 0, 0);
		wl_surface_commit(surface);
		fixture_frames(rig->fixture, 1);
	}
	check_no_error(client);
	wl_surface_destroy(surface);
	fixture_move(rig->fixture, 640, 360);
	fixture_frames(rig->fixture, 1);
	wl_subsurface_destroy(subsurface);
	wl_surface_destroy(child);
	wl_buffer_destroy(buffer);
	wl_pointer_release(mouse.pointer);
	client_window_destroy(window);
}

// Destroy orders

struct shown {
	struct mouse mouse;
	struct client_window *window;
};

static void create_cursor(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct shown *shown = xcalloc(1, sizeof(*shown));
	order->data = shown;
	shown->window = mouse_enter(&shown->mouse, client);
	shown->window->auto_ack = false;
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, 24, 24, 0xff00ff00);
	wl_pointer_set_cursor(shown->mouse.pointer, shown->mouse.serial, surface, 3, 3);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	fixture_frames(order->rig->fixture, 1);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_callback_destroy(wl_surface_frame(surface));
	wl_surface_commit(surface);
	order_add(order, surface, wl_surface_destroy);
	order_add(order, buffer, wl_buffer_destroy);
	order_add(order, shown->mouse.pointer, wl_pointer_release);
	order_add(order, shown->window->toplevel, xdg_toplevel_destroy);
}

static void destroy_cursor(struct order *order)
{
	struct shown *shown = order->data;
	struct client_window *window = shown->window;
	fixture_move(order->rig->fixture, 600, 300);
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_destroy(window->surface);
	wl_buffer_destroy(window->buffer);
	free(window);
	free(shown);
}

TEST(orders)
{
	check_every_order(4, create_cursor, destroy_cursor, NULL);
}
