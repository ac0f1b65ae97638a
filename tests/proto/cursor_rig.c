// SPDX-License-Identifier: MIT
#include "tests/proto/cursor_rig.h"
#include <string.h>
#include "compositor/base/buffer.h"
#include "compositor/cursor/xcursor.h"
#include "compositor/output/capture.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/harness/test.h"

void *cursor_rig_keep(struct cursor_rig *rig, void *proxy)
{
	check(proxy && rig->n_proxies < array_length(rig->proxies));
	return rig->proxies[rig->n_proxies++] = proxy;
}

void cursor_rig_release(struct cursor_rig *rig, const void *proxy)
{
	for (size_t i = 0; i < rig->n_proxies; i++)
		if (rig->proxies[i] == proxy)
			rig->proxies[i] = NULL;
}

void cursor_rig_destroy_surface(struct cursor_rig *rig, struct wl_surface *surface)
{
	cursor_rig_release(rig, surface);
	wl_surface_destroy(surface);
}

// Sends no requests: the connection may have ended with an error.
static void destroy_proxies(struct cursor_rig *rig)
{
	for (size_t i = 0; i < rig->n_proxies; i++)
		if (rig->proxies[i])
			wl_proxy_destroy(rig->proxies[i]);
}

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	((struct cursor_rig *)data)->enter_serial = serial;
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

void cursor_rig_init_with(struct cursor_rig *rig, const struct server_options *options)
{
	rig->fixture = fixture_create(options);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 100, 100, 0xff202020);
	rig->pointer = cursor_rig_keep(rig, wl_seat_get_pointer(rig->client->seat));
	wl_pointer_add_listener(rig->pointer, &pointer_listener, rig);
	rig->cursor = rig->fixture->server->seat->cursor;
	rig->output = output_first(rig->fixture->server);
	fixture_move(rig->fixture, 100, 50);
	fixture_frames(rig->fixture, 3);
	check(rig->enter_serial != 0);
}

void cursor_rig_init(struct cursor_rig *rig)
{
	cursor_rig_init_with(rig,
		&(struct server_options){
			.virtual_clock = true,
			.width = 1280,
			.height = 720,
			.outputs = 1,
			.builtin_cursor = true,
			.shell = "kiosk",
		});
}

static void destroy_client_objects(struct cursor_rig *rig)
{
	destroy_proxies(rig);
	client_window_destroy(rig->window);
}

void cursor_rig_disconnect(struct cursor_rig *rig)
{
	destroy_client_objects(rig);
	client_destroy(rig->client);
	rig->client = NULL;
}

void cursor_rig_finish(struct cursor_rig *rig)
{
	if (rig->client)
		destroy_client_objects(rig);
	fixture_destroy(rig->fixture);
}

uint32_t buffer_pixel(struct buffer *buffer, int x, int y)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	uint32_t pixel;
	memcpy(&pixel, (char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4, 4);
	buffer_end_access(buffer);
	return pixel;
}

struct plane_image cursor_rig_plane(struct cursor_rig *rig)
{
	struct plane_image shown = {0};
	struct buffer *buffer;
	fixture_frames(rig->fixture, 2);
	shown.shown = cursor_plane_image(rig->cursor, rig->output, &buffer, &shown.x, &shown.y,
		&shown.hotspot_x, &shown.hotspot_y, &shown.sequence);
	check_eq(rig->output->cursor_on_plane, shown.shown);
	if (!shown.shown)
		return shown;
	shown.width = buffer->width;
	shown.height = buffer->height;
	shown.pixel = buffer_pixel(buffer, buffer->width / 2, buffer->height / 2);
	return shown;
}

bool cursor_rig_shows(struct cursor_rig *rig, const char *shape)
{
	int x, y;
	struct buffer *buffer = cursor_image(rig->cursor, 1, &x, &y);
	struct xcursor *expected = xcursor_builtin(shape, 24);
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

struct wl_surface *cursor_rig_surface(struct cursor_rig *rig, int width, int height, uint32_t argb)
{
	struct wl_surface *surface =
		cursor_rig_keep(rig, wl_compositor_create_surface(rig->client->compositor));
	wl_surface_attach(surface,
		cursor_rig_keep(rig, client_buffer(rig->client, width, height, argb)), 0, 0);
	wl_surface_damage(surface, 0, 0, width, height);
	wl_surface_commit(surface);
	return surface;
}

uint32_t cursor_rig_capture(struct cursor_rig *rig, int x, int y)
{
	struct buffer *target = buffer_create_memfd(rig->output->screen->mode.width,
		rig->output->screen->mode.height, DRM_FORMAT_XRGB8888);
	check(capture_output(rig->output, NULL, true, target));
	uint32_t pixel = buffer_pixel(target, x, y) & 0xffffff;
	buffer_drop(target);
	return pixel;
}
