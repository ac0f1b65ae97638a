// SPDX-License-Identifier: MIT
// Destruction orders of selections, drags and captures.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/window/window.h"
#include "tests/hostile/order.h"
#include "ext-data-control-v1-client-protocol.h"
#include "ext-image-capture-source-v1-client-protocol.h"
#include "ext-image-copy-capture-v1-client-protocol.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"

// Events of selections and presses

struct received {
	struct wl_data_offer *offer;
	struct zwp_primary_selection_offer_v1 *primary;
	uint32_t serial; // of the press
};

static void on_offer(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	struct received *received = data;
	if (received->offer)
		wl_data_offer_destroy(received->offer);
	received->offer = offer;
}

static void on_enter(void *data, struct wl_data_device *device, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y, struct wl_data_offer *offer)
{
}

static void on_leave(void *data, struct wl_data_device *device)
{
}

static void on_motion(
	void *data, struct wl_data_device *device, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
}

static const struct wl_data_device_listener device_listener = {
	.data_offer = on_offer,
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.drop = on_leave,
	.selection = on_selection,
};

static void on_pointer_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_pointer_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
}

static void on_pointer_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_pointer_button(void *data, struct wl_pointer *pointer, uint32_t serial,
	uint32_t time, uint32_t button, uint32_t state)
{
	((struct received *)data)->serial = serial;
}

static void on_pointer_frame(void *data, struct wl_pointer *pointer)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_pointer_enter,
	.leave = on_pointer_leave,
	.motion = on_pointer_motion,
	.button = on_pointer_button,
	.frame = on_pointer_frame,
};

static struct client_window *press_on_window(
	struct order *order, struct wl_pointer *pointer, struct received *received)
{
	struct fixture *fixture = order->rig->fixture;
	wl_pointer_add_listener(pointer, &pointer_listener, received);
	struct client_window *window =
		client_window_create(order->rig->attacker, 300, 300, 0xffff0000);
	window->auto_ack = false;
	window_raise(window->window);
	fixture_frames(fixture, 1);
	struct box box = window_box(window->window);
	fixture_move(fixture, box.x + 100, box.y + 100);
	fixture_button(fixture, BTN_LEFT, true);
	check(received->serial != 0);
	return window;
}

struct data_setting {
	struct received received;
	struct client_window *window;
};

// A selection whose owner has the offer, too

static void create_selection(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct data_setting *setting = xcalloc(1, sizeof(*setting));
	order->data = setting;
	struct wl_data_device_manager *manager =
		client_bind(client, &wl_data_device_manager_interface, 3);
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(manager, client->seat);
	wl_data_device_add_listener(device, &device_listener, &setting->received);
	struct wl_pointer *pointer = wl_seat_get_pointer(client->seat);
	setting->window = press_on_window(order, pointer, &setting->received);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(manager);
	wl_data_source_offer(source, "text/plain");
	wl_data_device_set_selection(device, source, setting->received.serial);
	fixture_button(order->rig->fixture, BTN_LEFT, false);
	check(setting->received.offer != NULL);
	order_add(order, source, wl_data_source_destroy);
	order_add(order, setting->received.offer, wl_data_offer_destroy);
	order_add(order, device, wl_data_device_release);
	order_add(order, manager, wl_data_device_manager_destroy);
	order_add(order, pointer, wl_pointer_release);
	setting->received.offer = NULL;
}

static void destroy_data(struct order *order)
{
	struct data_setting *setting = order->data;
	if (setting->received.offer)
		wl_data_offer_destroy(setting->received.offer);
	client_window_destroy(setting->window);
	free(setting);
}

TEST(selection)
{
	check_every_order(5, create_selection, destroy_data, NULL);
}

// A drag over the window of its own client

static void create_drag(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct fixture *fixture = order->rig->fixture;
	struct data_setting *setting = xcalloc(1, sizeof(*setting));
	order->data = setting;
	struct wl_data_device_manager *manager =
		client_bind(client, &wl_data_device_manager_interface, 3);
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(manager, client->seat);
	wl_data_device_add_listener(device, &device_listener, &setting->received);
	struct wl_pointer *pointer = wl_seat_get_pointer(client->seat);
	setting->window = press_on_window(order, pointer, &setting->received);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(manager);
	wl_data_source_offer(source, "text/plain");
	wl_data_source_set_actions(source, WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY);
	struct wl_surface *icon = wl_compositor_create_surface(client->compositor);
	struct wl_buffer *buffer = client_buffer(client, 16, 16, 0xff00ff00);
	wl_data_device_start_drag(
		device, source, setting->window->surface, icon, setting->received.serial);
	wl_surface_attach(icon, buffer, 0, 0);
	wl_surface_commit(icon);
	wl_buffer_destroy(buffer);
	fixture_pump(fixture);
	struct box box = window_box(setting->window->window);
	fixture_move(fixture, box.x + 120, box.y + 120);
	fixture_frames(fixture, 1);
	check(setting->received.offer != NULL);
	order_add(order, source, wl_data_source_destroy);
	order_add(order, setting->received.offer, wl_data_offer_destroy);
	order_add(order, device, wl_data_device_release);
	order_add(order, icon, wl_surface_destroy);
	order_add(order, setting->window->toplevel, xdg_toplevel_destroy);
	wl_data_device_manager_destroy(manager);
	wl_pointer_release(pointer);
	setting->received.offer = NULL;
}

static void destroy_drag(struct order *order)
{
	struct data_setting *setting = order->data;
	struct client_window *window = setting->window;
	if (setting->received.offer)
		wl_data_offer_destroy(setting->received.offer);
	fixture_button(order->rig->fixture, BTN_LEFT, false);
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_destroy(window->surface);
	wl_buffer_destroy(window->buffer);
	free(window);
	free(setting);
}

TEST(drag)
{
	check_every_order(5, create_drag, destroy_drag, NULL);
}

// Data control: both devices get the offer of what one of them sets

static void on_control_offer(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
}

static void on_control_selection(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	if (offer)
		ext_data_control_offer_v1_destroy(offer);
}

static void on_control_finished(void *data, struct ext_data_control_device_v1 *device)
{
}

static const struct ext_data_control_device_v1_listener control_listener = {
	.data_offer = on_control_offer,
	.selection = on_control_selection,
	.finished = on_control_finished,
	.primary_selection = on_control_selection,
};

static void create_control(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct ext_data_control_manager_v1 *manager =
		client_bind(client, &ext_data_control_manager_v1_interface, 1);
	struct ext_data_control_device_v1 *devices[2];
	struct ext_data_control_source_v1 *source =
		ext_data_control_manager_v1_create_data_source(manager);
	ext_data_control_source_v1_offer(source, "text/plain");
	for (int i = 0; i < 2; i++) {
		devices[i] = ext_data_control_manager_v1_get_data_device(manager, client->seat);
		ext_data_control_device_v1_add_listener(devices[i], &control_listener, NULL);
	}
	ext_data_control_device_v1_set_selection(devices[0], source);
	order_add(order, source, ext_data_control_source_v1_destroy);
	order_add(order, devices[0], ext_data_control_device_v1_destroy);
	order_add(order, devices[1], ext_data_control_device_v1_destroy);
	order_add(order, manager, ext_data_control_manager_v1_destroy);
}

TEST(data_control)
{
	check_every_order(4, create_control, NULL, NULL);
}

// Captures

static void create_copy(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct ext_output_image_capture_source_manager_v1 *sources =
		client_bind(client, &ext_output_image_capture_source_manager_v1_interface, 1);
	struct ext_image_copy_capture_manager_v1 *manager =
		client_bind(client, &ext_image_copy_capture_manager_v1_interface, 1);
	struct client_output *output = wl_container_of(client->outputs.next, output, link);
	struct ext_image_capture_source_v1 *source =
		ext_output_image_capture_source_manager_v1_create_source(sources, output->output);
	struct ext_image_copy_capture_session_v1 *session =
		ext_image_copy_capture_manager_v1_create_session(manager, source, 0);
	fixture_pump(order->rig->fixture);
	struct ext_image_copy_capture_frame_v1 *frame =
		ext_image_copy_capture_session_v1_create_frame(session);
	struct wl_buffer *buffer = client_buffer(client, 1280, 720, 0);
	ext_image_copy_capture_frame_v1_attach_buffer(frame, buffer);
	ext_image_copy_capture_frame_v1_capture(frame);
	order_add(order, source, ext_image_capture_source_v1_destroy);
	order_add(order, session, ext_image_copy_capture_session_v1_destroy);
	order_add(order, frame, ext_image_copy_capture_frame_v1_destroy);
	order_add(order, buffer, wl_buffer_destroy);
	order_add(order, manager, ext_image_copy_capture_manager_v1_destroy);
	ext_output_image_capture_source_manager_v1_destroy(sources);
}

TEST(copy_capture)
{
	check_every_order(5, create_copy, NULL, NULL);
}

static void create_cursor_copy(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct ext_output_image_capture_source_manager_v1 *sources =
		client_bind(client, &ext_output_image_capture_source_manager_v1_interface, 1);
	struct ext_image_copy_capture_manager_v1 *manager =
		client_bind(client, &ext_image_copy_capture_manager_v1_interface, 1);
	struct client_output *output = wl_container_of(client->outputs.next, output, link);
	struct wl_pointer *pointer = wl_seat_get_pointer(client->seat);
	struct ext_image_capture_source_v1 *source =
		ext_output_image_capture_source_manager_v1_create_source(sources, output->output);
	struct ext_image_copy_capture_cursor_session_v1 *cursor =
		ext_image_copy_capture_manager_v1_create_pointer_cursor_session(
			manager, source, pointer);
	struct ext_image_copy_capture_session_v1 *session =
		ext_image_copy_capture_cursor_session_v1_get_capture_session(cursor);
	struct ext_image_copy_capture_frame_v1 *frame =
		ext_image_copy_capture_session_v1_create_frame(session);
	order_add(order, source, ext_image_capture_source_v1_destroy);
	order_add(order, cursor, ext_image_copy_capture_cursor_session_v1_destroy);
	order_add(order, session, ext_image_copy_capture_session_v1_destroy);
	order_add(order, frame, ext_image_copy_capture_frame_v1_destroy);
	order_add(order, pointer, wl_pointer_release);
	ext_output_image_capture_source_manager_v1_destroy(sources);
	ext_image_copy_capture_manager_v1_destroy(manager);
}

TEST(cursor_capture)
{
	check_every_order(5, create_cursor_copy, NULL, NULL);
}

static void create_screencopy(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct zwlr_screencopy_manager_v1 *manager =
		client_bind(client, &zwlr_screencopy_manager_v1_interface, 3);
	struct client_output *output = wl_container_of(client->outputs.next, output, link);
	struct zwlr_screencopy_frame_v1 *frames[2];
	struct wl_buffer *buffer =
		client_buffer_format(client, 1280, 720, WL_SHM_FORMAT_XRGB8888, 0);
	for (int i = 0; i < 2; i++)
		frames[i] = zwlr_screencopy_manager_v1_capture_output(manager, 1, output->output);
	fixture_pump(order->rig->fixture);
	for (int i = 0; i < 2; i++)
		zwlr_screencopy_frame_v1_copy_with_damage(frames[i], buffer);
	order_add(order, frames[0], zwlr_screencopy_frame_v1_destroy);
	order_add(order, frames[1], zwlr_screencopy_frame_v1_destroy);
	order_add(order, manager, zwlr_screencopy_manager_v1_destroy);
	order_add(order, buffer, wl_buffer_destroy);
}

TEST(screencopy)
{
	check_every_order(4, create_screencopy, NULL, NULL);
}
