// SPDX-License-Identifier: MIT
// The pointer's image: wl_pointer.set_cursor, wp_cursor_shape_v1, planes, pictures and themes.
#include "compositor/core/cursor.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compositor/base/format.h"
#include "compositor/core/capture.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/surface.h"
#include "compositor/core/xcursor.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "cursor-shape-v1-client-protocol.h"

// A client with a window that fills the screen, and a pointer on it.
struct stage {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wl_pointer *pointer;
	uint32_t enter_serial;
	struct cursor *cursor;
	struct output *output;
	void *proxies[32]; // destroyed at the end
	size_t n_proxies;
};

static void *keep(struct stage *stage, void *proxy)
{
	check(proxy && stage->n_proxies < array_length(stage->proxies));
	return stage->proxies[stage->n_proxies++] = proxy;
}

// The test destroys it itself.
static void unkeep(struct stage *stage, const void *proxy)
{
	for (size_t i = 0; i < stage->n_proxies; i++)
		if (stage->proxies[i] == proxy)
			stage->proxies[i] = NULL;
}

static void destroy_surface(struct stage *stage, struct wl_surface *surface)
{
	unkeep(stage, surface);
	wl_surface_destroy(surface);
}

// The connection may have ended with an error: only this side's halves go.
static void forget_proxies(struct stage *stage)
{
	for (size_t i = 0; i < stage->n_proxies; i++)
		if (stage->proxies[i])
			wl_proxy_destroy(stage->proxies[i]);
}

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	((struct stage *)data)->enter_serial = serial;
}

static void on_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_frame(void *data, struct wl_pointer *pointer)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.frame = on_frame,
};

static void begin_with(struct stage *stage, const struct server_options *options)
{
	stage->fixture = fixture_create(options);
	stage->client = client_create(stage->fixture);
	stage->window = client_window_create(stage->client, 100, 100, 0xff202020);
	stage->pointer = keep(stage, wl_seat_get_pointer(stage->client->seat));
	wl_pointer_add_listener(stage->pointer, &pointer_listener, stage);
	stage->cursor = stage->fixture->server->seat->cursor;
	stage->output = output_first(stage->fixture->server);
	fixture_move(stage->fixture, 100, 50);
	fixture_frames(stage->fixture, 3);
	check(stage->enter_serial != 0);
}

static void begin(struct stage *stage)
{
	*stage = (struct stage){0};
	begin_with(stage,
		&(struct server_options){
			.virtual_clock = true,
			.width = 1280,
			.height = 720,
			.outputs = 1,
			.builtin_cursor = true,
			.shell = "kiosk",
		});
}

static void end(struct stage *stage)
{
	forget_proxies(stage);
	client_window_destroy(stage->window);
	fixture_destroy(stage->fixture);
}

// What the plane shows: its size, place and the pixel in its middle.
struct shown {
	bool shown;
	int x, y, width, height, hotspot_x, hotspot_y;
	uint32_t pixel;
	uint64_t sequence;
};

static uint32_t pixel_of(struct buffer *buffer, int x, int y)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	uint32_t pixel;
	memcpy(&pixel, (char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4, 4);
	buffer_end_access(buffer);
	return pixel;
}

static struct shown look(struct stage *stage)
{
	struct shown shown = {0};
	struct buffer *buffer;
	fixture_frames(stage->fixture, 2);
	shown.shown = cursor_plane_image(stage->cursor, stage->output, &buffer, &shown.x, &shown.y,
		&shown.hotspot_x, &shown.hotspot_y, &shown.sequence);
	check_eq(stage->output->cursor_on_plane, shown.shown);
	if (!shown.shown)
		return shown;
	shown.width = buffer->width;
	shown.height = buffer->height;
	shown.pixel = pixel_of(buffer, buffer->width / 2, buffer->height / 2);
	return shown;
}

static bool is_shape(struct stage *stage, const char *name)
{
	int x, y;
	struct buffer *buffer = cursor_image(stage->cursor, 1, &x, &y);
	struct xcursor *expected = xcursor_builtin(name, 24);
	struct pixels pixels;
	bool same = buffer && buffer->width == 24 && buffer->height == 24 &&
		x == expected->images->hotspot_x && y == expected->images->hotspot_y;
	if (same) {
		check(buffer_begin_access(buffer, &pixels));
		for (int row = 0; row < 24 && same; row++)
			same = memcmp((char *)pixels.data + (size_t)row * pixels.stride,
				       expected->images->pixels + row * 24, 24 * 4) == 0;
		buffer_end_access(buffer);
	}
	xcursor_destroy(expected);
	return same;
}

// A surface of one colour; the buffer goes with the client.
static struct wl_surface *cursor_of(struct stage *stage, int width, int height, uint32_t argb)
{
	struct wl_surface *surface =
		keep(stage, wl_compositor_create_surface(stage->client->compositor));
	wl_surface_attach(
		surface, keep(stage, client_buffer(stage->client, width, height, argb)), 0, 0);
	wl_surface_damage(surface, 0, 0, width, height);
	wl_surface_commit(surface);
	return surface;
}

// The colour at a point of a picture with the pointer in it.
static uint32_t captured(struct stage *stage, int x, int y)
{
	struct buffer *target = buffer_create_memfd(stage->output->screen->mode.width,
		stage->output->screen->mode.height, DRM_FORMAT_XRGB8888);
	check(capture_output(stage->output, NULL, true, target));
	uint32_t pixel = pixel_of(target, x, y) & 0xffffff;
	buffer_drop(target);
	return pixel;
}

TEST(arrow_is_the_default)
{
	struct stage stage;
	begin(&stage);
	check(is_shape(&stage, "default"));
	struct shown shown = look(&stage);
	check(shown.shown);
	check_eq(shown.x, 97);
	check_eq(shown.y, 48);
	check_eq(shown.hotspot_x, 3);
	check_eq(shown.width, 24);
	end(&stage);
}

TEST(surface_with_hotspot)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	struct shown shown = look(&stage);
	check(shown.shown);
	check_eq(shown.pixel, 0xff0000ff);
	check_eq(shown.x, 95);
	check_eq(shown.y, 46);
	check_eq(shown.width, 20);
	check_eq(shown.height, 10);
	check_eq(shown.hotspot_x, 5);
	check_eq(captured(&stage, 95, 46), 0x0000ff);
	check_eq(captured(&stage, 94, 46), 0x202020);
	check_eq(captured(&stage, 114, 55), 0x0000ff);
	check_eq(fixture_pixel(stage.fixture, 100, 50), 0x202020);

	// The attach offset moves the image, and by that the hotspot.
	wl_surface_offset(surface, 2, -1);
	wl_surface_commit(surface);
	shown = look(&stage);
	check_eq(shown.x, 97);
	check_eq(shown.y, 45);
	check_eq(shown.hotspot_x, 3);
	check_eq(shown.hotspot_y, 5);

	// New pixels of the same size.
	uint64_t sequence = shown.sequence;
	wl_surface_attach(
		surface, keep(&stage, client_buffer(stage.client, 20, 10, 0xff00ff00)), 0, 0);
	wl_surface_damage(surface, 0, 0, 20, 10);
	wl_surface_commit(surface);
	shown = look(&stage);
	check(shown.sequence != sequence);
	check_eq(shown.pixel, 0xff00ff00);
	check_eq(captured(&stage, 100, 50), 0x00ff00);
	check_no_error(stage.client);
	end(&stage);
}

TEST(pointer_can_be_hidden)
{
	struct stage stage;
	begin(&stage);
	check_eq(captured(&stage, 101, 56), 0);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, NULL, 0, 0);
	check(!look(&stage).shown);
	int x, y;
	check(cursor_image(stage.cursor, 1, &x, &y) == NULL);
	check_eq(captured(&stage, 101, 56), 0x202020);
	// A surface without content is the same.
	struct wl_surface *surface =
		keep(&stage, wl_compositor_create_surface(stage.client->compositor));
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	check(!look(&stage).shown);
	wl_surface_attach(
		surface, keep(&stage, client_buffer(stage.client, 4, 4, 0xffffffff)), 0, 0);
	wl_surface_commit(surface);
	check(look(&stage).shown);
	wl_surface_attach(surface, NULL, 0, 0);
	wl_surface_commit(surface);
	check(!look(&stage).shown);
	check_no_error(stage.client);
	end(&stage);
}

TEST(destroyed_surface)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	check(look(&stage).shown);
	check_eq(captured(&stage, 100, 50), 0x0000ff);
	destroy_surface(&stage, surface);
	check(!look(&stage).shown);
	check_eq(captured(&stage, 100, 50), 0x202020);
	// Not its turn any more, then destroyed.
	surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	struct wl_surface *other = cursor_of(&stage, 8, 8, 0xffff0000);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, other, 0, 0);
	fixture_pump(stage.fixture);
	destroy_surface(&stage, surface);
	check_eq(look(&stage).pixel, 0xffff0000);
	check_no_error(stage.client);
	end(&stage);
}

TEST(client_goes_with_its_cursor)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	check(look(&stage).shown);
	forget_proxies(&stage);
	client_window_destroy(stage.window);
	client_destroy(stage.client);
	fixture_frames(stage.fixture, 3);
	check(is_shape(&stage, "default"));
	fixture_destroy(stage.fixture);
}

TEST(focus_elsewhere_brings_the_arrow_back)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	fixture_pump(stage.fixture);
	check(cursor_surface(stage.cursor) != NULL);
	pointer_set_focus(stage.fixture->server->seat, NULL, 0, 0);
	check(cursor_surface(stage.cursor) == NULL);
	check(is_shape(&stage, "default"));
	// Who has no focus has no say.
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	fixture_pump(stage.fixture);
	check(cursor_surface(stage.cursor) == NULL);
	end(&stage);
}

TEST(old_serial_is_ignored)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial - 1, surface, 5, 4);
	fixture_pump(stage.fixture);
	check(cursor_surface(stage.cursor) == NULL);
	check(is_shape(&stage, "default"));
	check_no_error(stage.client);
	end(&stage);
}

TEST(surface_with_another_role_is_an_error)
{
	struct stage stage;
	begin(&stage);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, stage.window->surface, 0, 0);
	check_client_error(stage.client, "wl_pointer", WL_POINTER_ERROR_ROLE);
	end(&stage);
}

TEST(role_stays)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface =
		keep(&stage, wl_compositor_create_surface(stage.client->compositor));
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, NULL, 0, 0);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	check_no_error(stage.client);
	struct xdg_surface *xdg_surface =
		keep(&stage, xdg_wm_base_get_xdg_surface(stage.client->wm_base, surface));
	keep(&stage, xdg_surface_get_toplevel(xdg_surface));
	check_client_error(stage.client, "xdg_wm_base", XDG_WM_BASE_ERROR_ROLE);
	end(&stage);
}

TEST(hostile_hotspots_and_offsets)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	static const int values[] = {INT32_MIN, INT32_MAX, -1, 0};
	for (size_t i = 0; i < 4; i++) {
		wl_pointer_set_cursor(
			stage.pointer, stage.enter_serial, surface, values[i], values[i]);
		for (int j = 0; j < 4; j++) {
			wl_surface_offset(surface, values[i], values[j]);
			wl_surface_commit(surface);
			fixture_frames(stage.fixture, 1);
			captured(&stage, 0, 0);
		}
	}
	check_no_error(stage.client);
	end(&stage);
}

TEST(huge_surface_is_not_shown)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 2000, 3, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	check(!look(&stage).shown);
	check_eq(captured(&stage, 100, 50), 0x202020);
	// Too large for the plane only: it is drawn.
	surface = cursor_of(&stage, 300, 300, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	check(!look(&stage).shown);
	check_eq(captured(&stage, 100, 50), 0x0000ff);
	check_eq(captured(&stage, 399, 349), 0x0000ff);
	fixture_move(stage.fixture, 200, 200);
	fixture_frames(stage.fixture, 2);
	check_eq(captured(&stage, 100, 50), 0x202020);
	check_eq(captured(&stage, 200, 200), 0x0000ff);
	check_no_error(stage.client);
	end(&stage);
}

static void count(void *data, struct wl_callback *callback, uint32_t time)
{
	(*(int *)data)++;
	wl_callback_destroy(callback);
}
static const struct wl_callback_listener count_listener = {.done = count};

TEST(frame_callbacks_of_the_cursor)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	fixture_frames(stage.fixture, 3);
	int done = 0;
	for (int i = 1; i <= 3; i++) {
		wl_callback_add_listener(wl_surface_frame(surface), &count_listener, &done);
		wl_surface_commit(surface);
		fixture_frames(stage.fixture, 2);
		check_eq(done, i);
	}
	check_eq(client_surface(surface, stage.client)->outputs, 1);
	end(&stage);
}

TEST(motion_draws_nothing)
{
	struct stage stage;
	begin(&stage);
	fixture_frames(stage.fixture, 3);
	uint64_t frames = stage.output->frames, repaints = stage.output->repaints;
	for (int i = 0; i < 20; i++) {
		fixture_move(stage.fixture, 200 + 10 * i, 300);
		check_eq(stage.output->cursor_box.x, 197 + 10 * i);
	}
	check_eq(stage.output->frames, frames);
	check_eq(stage.output->repaints, repaints);
	// The scene was not touched; it is when a picture is taken.
	check_eq(captured(&stage, 391, 310), 0);
	check_eq(captured(&stage, 101, 56), 0x202020);
	fixture_frames(stage.fixture, 3);
	check_eq(stage.output->repaints, repaints);
	end(&stage);
}

TEST(scaled_and_turned_output)
{
	struct stage stage;
	begin(&stage);
	struct output_change change = output_change_none(stage.output);
	change.scale = 2;
	check(outputs_apply(stage.fixture->server, &change, 1, false));
	fixture_move(stage.fixture, 100, 50);
	struct shown shown = look(&stage);
	check(shown.shown);
	check_eq(shown.width, 48);
	check_eq(shown.x, 200 - 6);
	check_eq(shown.y, 100 - 4);
	change.transform = TRANSFORM_90;
	check(outputs_apply(stage.fixture->server, &change, 1, false));
	fixture_move(stage.fixture, 100, 50);
	shown = look(&stage);
	check(shown.shown);
	// The picture of 720x1280 is turned counter-clockwise into the screen's 1280x720.
	struct box box = {200 - 6, 100 - 4, 48, 48};
	box = box_transform(&box, TRANSFORM_90, 720, 1280);
	check_eq(shown.x, box.x);
	check_eq(shown.y, box.y);
	// A client's surface is turned with it.
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	shown = look(&stage);
	check_eq(shown.width, 20);
	check_eq(shown.height, 40);
	check_eq(shown.pixel, 0xff0000ff);
	end(&stage);
}

TEST(pointer_between_outputs)
{
	struct stage stage = {0};
	begin_with(&stage,
		&(struct server_options){
			.virtual_clock = true,
			.width = 640,
			.height = 480,
			.outputs = 2,
			.builtin_cursor = true,
			.shell = "kiosk",
		});
	struct output *second = wl_container_of(stage.output->link.next, second, link);
	struct wl_surface *surface = cursor_of(&stage, 20, 20, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 10, 10);
	fixture_frames(stage.fixture, 2);
	check(stage.output->cursor_on_plane && !second->cursor_on_plane);
	struct surface *server_side = client_surface(surface, stage.client);
	check_eq(server_side->outputs, 1);
	fixture_move(stage.fixture, 635, 50);
	fixture_frames(stage.fixture, 2);
	check(stage.output->cursor_on_plane && second->cursor_on_plane);
	check_eq(second->cursor_box.x, -15);
	check_eq(server_side->outputs, 3);
	end(&stage);
}

TEST(override_is_above)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	fixture_pump(stage.fixture);
	cursor_override(stage.cursor, "move");
	check(is_shape(&stage, "move"));
	check(cursor_surface(stage.cursor) == NULL);
	check_eq(look(&stage).width, 24);
	cursor_override(stage.cursor, NULL);
	check(cursor_surface(stage.cursor) != NULL);
	check_eq(look(&stage).width, 20);
	check_eq(captured(&stage, 100, 50), 0x0000ff);
	end(&stage);
}

TEST(subsurface_of_a_cursor_is_drawn)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	struct wl_surface *child = cursor_of(&stage, 4, 4, 0xff00ff00);
	struct wl_subsurface *subsurface = keep(&stage,
		wl_subcompositor_get_subsurface(stage.client->subcompositor, child, surface));
	wl_subsurface_set_position(subsurface, -4, 0);
	wl_subsurface_set_desync(subsurface);
	wl_surface_commit(child);
	wl_surface_commit(surface);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 0, 0);
	check(!look(&stage).shown);
	check_eq(captured(&stage, 97, 51), 0x00ff00);
	check_eq(captured(&stage, 101, 51), 0x0000ff);
	int x, y;
	struct buffer *image = cursor_image(stage.cursor, 1, &x, &y);
	check_eq(image->width, 24);
	check_eq(x, 4);
	check_eq(pixel_of(image, 0, 0), 0xff00ff00);
	check_eq(pixel_of(image, 0, 9), 0);
	check_no_error(stage.client);
	end(&stage);
}

TEST(hostile_subsurface_positions)
{
	struct stage stage;
	begin(&stage);
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	struct wl_surface *child = cursor_of(&stage, 4, 4, 0xff00ff00);
	struct wl_subsurface *subsurface = keep(&stage,
		wl_subcompositor_get_subsurface(stage.client->subcompositor, child, surface));
	wl_subsurface_set_desync(subsurface);
	wl_surface_commit(child);
	static const int values[] = {INT32_MIN, INT32_MAX, INT32_MIN + 100, 1 << 20, 5000};
	for (size_t i = 0; i < array_length(values); i++) {
		int x, y;
		wl_subsurface_set_position(subsurface, values[i], values[i]);
		wl_surface_commit(surface);
		wl_pointer_set_cursor(
			stage.pointer, stage.enter_serial, surface, values[i] / 2, values[i]);
		fixture_frames(stage.fixture, 2);
		captured(&stage, 0, 0);
		cursor_image(stage.cursor, 1.5, &x, &y);
	}
	check_no_error(stage.client);
	end(&stage);
}

// wp_cursor_shape_v1

static struct wp_cursor_shape_device_v1 *shape_device(struct stage *stage, uint32_t version)
{
	struct wp_cursor_shape_manager_v1 *manager = keep(
		stage, client_bind(stage->client, &wp_cursor_shape_manager_v1_interface, version));
	check(manager != NULL);
	return keep(stage, wp_cursor_shape_manager_v1_get_pointer(manager, stage->pointer));
}

TEST(shapes)
{
	struct stage stage;
	begin(&stage);
	check_eq(client_has(stage.client, "wp_cursor_shape_manager_v1"), 2);
	struct wp_cursor_shape_device_v1 *device = shape_device(&stage, 2);
	wp_cursor_shape_device_v1_set_shape(
		device, stage.enter_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT);
	fixture_pump(stage.fixture);
	check(is_shape(&stage, "text"));
	// Every one there is.
	for (uint32_t shape = 1; shape <= 36; shape++) {
		wp_cursor_shape_device_v1_set_shape(device, stage.enter_serial, shape);
		fixture_frames(stage.fixture, 1);
	}
	check(is_shape(&stage, "all-resize"));
	// A surface instead, and back.
	struct wl_surface *surface = cursor_of(&stage, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, surface, 5, 4);
	fixture_pump(stage.fixture);
	check(cursor_surface(stage.cursor) != NULL);
	wp_cursor_shape_device_v1_set_shape(
		device, stage.enter_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_GRAB);
	fixture_pump(stage.fixture);
	check(cursor_surface(stage.cursor) == NULL);
	check(is_shape(&stage, "grab"));
	// An old serial.
	wp_cursor_shape_device_v1_set_shape(
		device, stage.enter_serial - 1, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_WAIT);
	fixture_pump(stage.fixture);
	check(is_shape(&stage, "grab"));
	// The pointer may go before its device.
	unkeep(&stage, stage.pointer);
	unkeep(&stage, device);
	wl_pointer_release(stage.pointer);
	wp_cursor_shape_device_v1_set_shape(
		device, stage.enter_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_WAIT);
	wp_cursor_shape_device_v1_destroy(device);
	check_no_error(stage.client);
	end(&stage);
}

static const struct bad_shape {
	uint32_t version, shape;
} bad_shapes[] = {{2, 0}, {2, 37}, {2, UINT32_MAX}, {1, 35}, {1, 36}};

TEST_P(bad_shape_is_an_error, struct bad_shape, bad_shapes)
{
	struct stage stage;
	begin(&stage);
	struct wp_cursor_shape_device_v1 *device = shape_device(&stage, param->version);
	wp_cursor_shape_device_v1_set_shape(device, stage.enter_serial, param->shape);
	check_client_error(stage.client, "wp_cursor_shape_device_v1",
		WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE);
	end(&stage);
}

// Themes

static void put(FILE *file, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		fputc((int)(value >> (8 * i) & 0xff), file);
}

// Two images of 4x4, the first white for 100 ms, the second black for 50.
static void write_theme(void)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/t", test_dir());
	mkdir(path, 0700);
	strcat(path, "/cursors");
	mkdir(path, 0700);
	strcat(path, "/default");
	FILE *file = fopen(path, "w");
	check(file != NULL);
	const uint32_t image = 0xfffd0002, start = 16 + 2 * 12, size = 36 + 64;
	const uint32_t head[] = {
		0x72756358, 16, 0x10000, 2, image, 24, start, image, 24, start + size};
	for (size_t i = 0; i < array_length(head); i++)
		put(file, head[i]);
	for (uint32_t i = 0; i < 2; i++) {
		const uint32_t chunk[] = {36, image, 24, 1, 4, 4, 0, 0, i ? 50 : 100};
		for (size_t j = 0; j < array_length(chunk); j++)
			put(file, chunk[j]);
		for (int j = 0; j < 16; j++)
			put(file, i ? 0xff000000 : 0xffffffff);
	}
	fclose(file);
	setenv("XCURSOR_PATH", test_dir(), 1);
	setenv("XCURSOR_THEME", "t", 1);
	unsetenv("XCURSOR_SIZE");
}

TEST(animated_theme)
{
	write_theme();
	struct stage stage = {0};
	begin_with(&stage,
		&(struct server_options){
			.virtual_clock = true,
			.width = 1280,
			.height = 720,
			.outputs = 1,
			.shell = "kiosk",
		});
	int white = 0, black = 0;
	uint64_t repaints = stage.output->repaints;
	for (int i = 0; i < 150; i++) {
		int x, y;
		fixture_advance(stage.fixture, NSEC_PER_MSEC);
		uint32_t pixel = pixel_of(cursor_image(stage.cursor, 1, &x, &y), 0, 0);
		white += pixel == 0xffffffff;
		black += pixel == 0xff000000;
	}
	check_eq(white, 100);
	check_eq(black, 50);
	check_eq(stage.output->repaints, repaints);
	// Nobody sees it: no more timers.
	wl_pointer_set_cursor(stage.pointer, stage.enter_serial, NULL, 0, 0);
	fixture_frames(stage.fixture, 30);
	uint64_t frames = stage.output->frames;
	fixture_advance(stage.fixture, NSEC_PER_SEC);
	check_eq(stage.output->frames, frames);
	end(&stage);
}

TEST(theme_changes)
{
	write_theme();
	struct stage stage;
	begin(&stage);
	check_eq(look(&stage).width, 24);
	cursor_set_theme(stage.cursor, "t", 0);
	check_eq(look(&stage).width, 4);
	check_eq(captured(&stage, 100, 50), 0xffffff);
	// Its one size is far from what is wanted: it is scaled.
	cursor_set_theme(stage.cursor, NULL, 96);
	check_eq(look(&stage).width, 16);
	cursor_set_theme(stage.cursor, "builtin", 32);
	check_eq(look(&stage).width, 32);
	cursor_set_theme(stage.cursor, "no such theme", 0);
	check_eq(look(&stage).width, 32);
	end(&stage);
}

static bool refuse_cursor(struct screen *screen, const struct frame *frame, bool test_only)
{
	return !(frame->set & FRAME_CURSOR_IMAGE && frame->cursor.buffer);
}

// What the plane refuses is asked for once, and then drawn; another image may do.
TEST(refused_image_is_drawn)
{
	struct stage stage;
	begin(&stage);
	struct backend *backend = stage.fixture->server->backend;
	const struct backend_impl *accepting = backend->impl;
	struct backend_impl refusing = *accepting;
	refusing.present = refuse_cursor;
	backend->impl = &refusing;
	cursor_set_shape(stage.cursor, "crosshair");
	fixture_frames(stage.fixture, 4);
	check(!stage.output->cursor_on_plane);
	uint64_t refused = stage.output->cursor_refused, frames = stage.output->frames;
	check(refused);
	fixture_frames(stage.fixture, 10);
	check_eq(stage.output->frames, frames); // no second attempt, and no restlessness
	fixture_move(stage.fixture, 200, 100);
	fixture_frames(stage.fixture, 4);
	check_eq(stage.output->cursor_refused, refused);
	check(stage.output->seen.count > 1); // the pointer is one of the draws
	backend->impl = accepting;
	cursor_set_shape(stage.cursor, "text");
	fixture_frames(stage.fixture, 4);
	check(stage.output->cursor_on_plane);
	end(&stage);
}

struct counting_impl {
	struct backend_impl base;
	int moves;
};

static bool count_moves(struct screen *screen, const struct frame *frame, bool test_only)
{
	struct counting_impl *counting =
		wl_container_of((struct backend_impl *)screen->backend->impl, counting, base);
	counting->moves += !!(frame->set & FRAME_CURSOR_POSITION);
	return true;
}

TEST(motions_in_one_go_move_the_plane_once)
{
	struct stage stage;
	begin(&stage);
	struct server *server = stage.fixture->server;
	const struct backend_impl *usual = server->backend->impl;
	struct counting_impl counting = {.base = *usual};
	counting.base.present = count_moves;
	struct shown before = look(&stage);
	server->backend->impl = &counting.base;
	for (int i = 1; i <= 5; i++) {
		const double x = 300 + i, y = 200;
		seat_input(server->seat,
			&(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {x, y}});
		seat_input(server->seat, &(struct input_event){.type = INPUT_POINTER_FRAME});
	}
	check_eq(counting.moves, 0);
	fixture_pump(stage.fixture);
	check_eq(counting.moves, 1);
	check_eq(stage.output->cursor_box.x, 305 - before.hotspot_x);
	fixture_pump(stage.fixture);
	check_eq(counting.moves, 1);
	// One that is not told any more.
	seat_input(server->seat,
		&(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {100, 100}});
	server->backend->impl = usual;
	end(&stage);
}
