// SPDX-License-Identifier: MIT
// Outputs removed while objects refer to them, and captures that fail.
#include <stdlib.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/output/output.h"
#include "compositor/window/window.h"
#include "tests/hostile/hostile_rig.h"
#include "ext-image-capture-source-v1-client-protocol.h"
#include "ext-image-copy-capture-v1-client-protocol.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"
#include "xdg-output-unstable-v1-client-protocol.h"

static void add_screen(struct hostile_rig *rig)
{
	struct backend *backend = rig->fixture->server->backend;
	check(backend->impl->add_screen(backend, NULL, 640, 480, 60000) != NULL);
	fixture_frames(rig->fixture, 1);
}

static void remove_screens(struct hostile_rig *rig, int left)
{
	struct server *server = rig->fixture->server;
	while (wl_list_length(&server->outputs) > left) {
		struct output *output = wl_container_of(server->outputs.prev, output, link);
		check(server->backend->impl->remove_screen(output->screen));
	}
	fixture_frames(rig->fixture, 1);
}

static struct wl_output *last_output(struct client *client)
{
	struct client_output *output = wl_container_of(client->outputs.prev, output, link);
	return output->output;
}

static void on_layer_configure(void *data, struct zwlr_layer_surface_v1 *layer, uint32_t serial,
	uint32_t width, uint32_t height)
{
	zwlr_layer_surface_v1_ack_configure(layer, serial);
}

static void on_layer_closed(void *data, struct zwlr_layer_surface_v1 *layer)
{
	*(int *)data += 1;
}

static const struct zwlr_layer_surface_v1_listener layer_listener = {
	.configure = on_layer_configure,
	.closed = on_layer_closed,
};

// Removes, repeatedly, an output that has every kind of object on it.
TEST_F(hostile_rig, unplugged_in_a_loop)
{
	for (int i = 0; i < 12; i++) {
		struct client *client = hostile_rig_connect(rig);
		add_screen(rig);
		struct zwlr_layer_shell_v1 *shell =
			client_bind(client, &zwlr_layer_shell_v1_interface, 5);
		struct zwlr_screencopy_manager_v1 *manager =
			client_bind(client, &zwlr_screencopy_manager_v1_interface, 3);
		int closed = 0;
		struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
		struct zwlr_layer_surface_v1 *layer = zwlr_layer_shell_v1_get_layer_surface(shell,
			surface, last_output(client), ZWLR_LAYER_SHELL_V1_LAYER_TOP, "panel");
		zwlr_layer_surface_v1_add_listener(layer, &layer_listener, &closed);
		zwlr_layer_surface_v1_set_size(layer, 50, 50);
		wl_surface_commit(surface);
		fixture_pump(rig->fixture);
		struct wl_buffer *buffer = client_buffer(client, 50, 50, 0xff00ff00);
		wl_surface_attach(surface, buffer, 0, 0);
		wl_surface_commit(surface);
		struct client_window *window = client_window_create(client, 90, 90, 0xffff0000);
		xdg_toplevel_set_fullscreen(window->toplevel, last_output(client));
		fixture_frames(rig->fixture, 2);
		fixture_move(rig->fixture, 1400, 100);
		struct zwlr_screencopy_frame_v1 *frame =
			zwlr_screencopy_manager_v1_capture_output(manager, 1, last_output(client));
		struct wl_buffer *picture =
			client_buffer_format(client, 640, 480, WL_SHM_FORMAT_XRGB8888, 0);
		zwlr_screencopy_frame_v1_copy_with_damage(frame, picture);
		if (i % 2)
			fixture_frames(rig->fixture, 1);
		wl_display_flush(client->display);
		remove_screens(rig, i % 3 ? 1 : 0);
		check_eq(closed, 1);
		if (!(i % 3))
			add_screen(rig);
		fixture_frames(rig->fixture, 2);
		check_no_error(client);
		wl_buffer_destroy(picture);
		zwlr_screencopy_frame_v1_destroy(frame);
		zwlr_screencopy_manager_v1_destroy(manager);
		zwlr_layer_surface_v1_destroy(layer);
		wl_surface_destroy(surface);
		wl_buffer_destroy(buffer);
		zwlr_layer_shell_v1_destroy(shell);
		client_window_destroy(window);
	}
}

// Binding the output, and requests that refer to it, race with its removal.
TEST_F(hostile_rig, bound_while_it_goes)
{
	struct client *client = rig->attacker;
	struct zxdg_output_manager_v1 *manager =
		client_bind(client, &zxdg_output_manager_v1_interface, 3);
	for (int i = 0; i < 10; i++) {
		add_screen(rig);
		struct client_output *output = wl_container_of(client->outputs.prev, output, link);
		struct wl_output *late =
			wl_registry_bind(client->registry, output->name, &wl_output_interface, 4);
		struct zxdg_output_v1 *xdg_output =
			zxdg_output_manager_v1_get_xdg_output(manager, late);
		struct client_window *window = client_window_create_bare(client, 50, 50);
		xdg_toplevel_set_fullscreen(window->toplevel, late);
		struct server *server = rig->fixture->server;
		struct output *last = wl_container_of(server->outputs.prev, last, link);
		check(server->backend->impl->remove_screen(
			last->screen)); // the requests above are still unread
		check_no_error(client);
		xdg_toplevel_set_fullscreen(window->toplevel, late);
		struct zxdg_output_v1 *inert = zxdg_output_manager_v1_get_xdg_output(manager, late);
		check_no_error(client);
		zxdg_output_v1_destroy(inert);
		zxdg_output_v1_destroy(xdg_output);
		wl_output_release(late);
		client_window_destroy(window);
	}
	zxdg_output_manager_v1_destroy(manager);
}

// Without any output, windows, popups and pointers keep working.
TEST_F(hostile_rig, no_screen)
{
	struct client *client = rig->attacker;
	remove_screens(rig, 0);
	struct client_window *window = client_window_create(client, 90, 90, 0xffff0000);
	xdg_toplevel_set_maximized(window->toplevel);
	fixture_move(rig->fixture, 100, 100);
	fixture_click(rig->fixture, 1e6, -1e6);
	xdg_toplevel_set_fullscreen(window->toplevel, NULL);
	fixture_frames(rig->fixture, 3);
	check(surface_gets_frame(
		client, window->surface, 90)); // hidden surfaces get callbacks, too
	check_no_error(client);
	client_window_destroy(window);
	struct backend *backend = rig->fixture->server->backend;
	check(backend->impl->add_screen(backend, NULL, 1280, 720, 60000) != NULL);
	fixture_frames(rig->fixture, 2);
}

// Captures into buffers of the wrong size, or destroyed before they finish

static const struct target {
	int width, height;
} targets[] = {
	{1, 1},
	{1279, 720},
	{1280, 721},
};

TEST_FP(hostile_rig, screencopy_target, struct target, targets)
{
	struct client *client = rig->attacker;
	struct zwlr_screencopy_manager_v1 *manager =
		client_bind(client, &zwlr_screencopy_manager_v1_interface, 3);
	struct zwlr_screencopy_frame_v1 *frame =
		zwlr_screencopy_manager_v1_capture_output(manager, 0, last_output(client));
	struct wl_buffer *buffer = client_buffer_format(
		client, param->width, param->height, WL_SHM_FORMAT_XRGB8888, 0);
	zwlr_screencopy_frame_v1_copy(frame, buffer);
	check_client_error(
		client, "zwlr_screencopy_frame_v1", ZWLR_SCREENCOPY_FRAME_V1_ERROR_INVALID_BUFFER);
	zwlr_screencopy_frame_v1_destroy(frame);
	zwlr_screencopy_manager_v1_destroy(manager);
	wl_buffer_destroy(buffer);
}

TEST_F(hostile_rig, screencopy_twice)
{
	struct client *client = rig->attacker;
	struct zwlr_screencopy_manager_v1 *manager =
		client_bind(client, &zwlr_screencopy_manager_v1_interface, 3);
	struct zwlr_screencopy_frame_v1 *frame =
		zwlr_screencopy_manager_v1_capture_output(manager, 0, last_output(client));
	struct wl_buffer *buffer =
		client_buffer_format(client, 1280, 720, WL_SHM_FORMAT_XRGB8888, 0);
	zwlr_screencopy_frame_v1_copy(frame, buffer);
	zwlr_screencopy_frame_v1_copy(frame, buffer);
	check_client_error(
		client, "zwlr_screencopy_frame_v1", ZWLR_SCREENCOPY_FRAME_V1_ERROR_ALREADY_USED);
	zwlr_screencopy_frame_v1_destroy(frame);
	zwlr_screencopy_manager_v1_destroy(manager);
	wl_buffer_destroy(buffer);
}

static const struct box regions[] = {{0, 0, 0, 0}, {-100, -100, 10, 10}, {5, 5, -1, -1},
	{INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX},
	{1279, 719, INT32_MAX, INT32_MAX}};

TEST_FP(hostile_rig, screencopy_region, struct box, regions)
{
	struct client *client = rig->attacker;
	struct zwlr_screencopy_manager_v1 *manager =
		client_bind(client, &zwlr_screencopy_manager_v1_interface, 3);
	struct zwlr_screencopy_frame_v1 *frame = zwlr_screencopy_manager_v1_capture_output_region(
		manager, 0, last_output(client), param->x, param->y, param->width, param->height);
	fixture_frames(rig->fixture, 1);
	check_no_error(client);
	zwlr_screencopy_frame_v1_destroy(frame);
	zwlr_screencopy_manager_v1_destroy(manager);
}

TEST_F(hostile_rig, picture_shrinks_below_the_capture)
{
	struct client *client = rig->attacker;
	struct zwlr_screencopy_manager_v1 *manager =
		client_bind(client, &zwlr_screencopy_manager_v1_interface, 3);
	size_t size = 1280 * 720 * 4;
	struct shm_file file = shm_file_create(client, size, size);
	struct wl_buffer *buffer = shm_file_buffer(&file, 1280, 720);
	struct zwlr_screencopy_frame_v1 *frame =
		zwlr_screencopy_manager_v1_capture_output(manager, 1, last_output(client));
	check_no_error(client);
	zwlr_screencopy_frame_v1_copy(frame, buffer);
	check(ftruncate(file.fd, 5000) == 0);
	fixture_frames(rig->fixture, 2);
	check_client_error(client, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	zwlr_screencopy_frame_v1_destroy(frame);
	zwlr_screencopy_manager_v1_destroy(manager);
	wl_buffer_destroy(buffer);
	shm_file_destroy(&file);
}

// Hundreds of sessions whose frames are never destroyed, and invalid damage.
TEST_F(hostile_rig, sessions_without_end)
{
	struct client *client = rig->attacker;
	struct ext_output_image_capture_source_manager_v1 *sources =
		client_bind(client, &ext_output_image_capture_source_manager_v1_interface, 1);
	struct ext_image_copy_capture_manager_v1 *manager =
		client_bind(client, &ext_image_copy_capture_manager_v1_interface, 1);
	struct ext_image_capture_source_v1 *source =
		ext_output_image_capture_source_manager_v1_create_source(
			sources, last_output(client));
	struct wl_buffer *buffer = client_buffer(client, 1280, 720, 0);
	enum { COUNT = 200 };
	struct ext_image_copy_capture_session_v1 *sessions[COUNT];
	struct ext_image_copy_capture_frame_v1 *frames[COUNT];
	for (int i = 0; i < COUNT; i++) {
		sessions[i] = ext_image_copy_capture_manager_v1_create_session(manager, source, 0);
		frames[i] = ext_image_copy_capture_session_v1_create_frame(sessions[i]);
		ext_image_copy_capture_frame_v1_attach_buffer(frames[i], buffer);
		ext_image_copy_capture_frame_v1_damage_buffer(
			frames[i], INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX);
		if (i % 16 == 0)
			fixture_pump(rig->fixture);
	}
	for (int i = 0; i < 5; i++)
		ext_image_copy_capture_frame_v1_capture(frames[i]);
	ext_image_copy_capture_session_v1_destroy(sessions[0]); // with a frame pending
	fixture_frames(rig->fixture, 2);
	check_no_error(client);
	hostile_rig_check(rig);
	for (int i = 0; i < COUNT; i++) {
		ext_image_copy_capture_frame_v1_destroy(frames[i]);
		if (i)
			ext_image_copy_capture_session_v1_destroy(sessions[i]);
	}
	ext_image_capture_source_v1_destroy(source);
	ext_image_copy_capture_manager_v1_destroy(manager);
	ext_output_image_capture_source_manager_v1_destroy(sources);
	wl_buffer_destroy(buffer);
}
