// SPDX-License-Identifier: MIT
// xdg_toplevel_icon_manager_v1: icons from names and pictures, their limits, and the title bar.
#include <string.h>
#include "compositor/window/icon.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "tests/proto/desktop_rig.h"
#include "single-pixel-buffer-v1-client-protocol.h"
#include "xdg-toplevel-icon-v1-client-protocol.h"

struct icon_rig {
	struct desktop_rig desktop;
	struct client *client;
	struct client_window *window;
	struct xdg_toplevel_icon_manager_v1 *manager;
	int sizes[8], n_sizes, dones;
};

static void on_icon_size(void *data, struct xdg_toplevel_icon_manager_v1 *manager, int32_t size)
{
	struct icon_rig *rig = data;
	rig->sizes[rig->n_sizes++] = size;
}

static void on_done(void *data, struct xdg_toplevel_icon_manager_v1 *manager)
{
	((struct icon_rig *)data)->dones++;
}

static const struct xdg_toplevel_icon_manager_v1_listener listener = {
	.icon_size = on_icon_size,
	.done = on_done,
};

static void icon_rig_init(struct icon_rig *rig)
{
	desktop_rig_init(&rig->desktop);
	rig->client = rig->desktop.client;
	rig->manager = client_bind(rig->client, &xdg_toplevel_icon_manager_v1_interface, 1);
	check(rig->manager != NULL);
	xdg_toplevel_icon_manager_v1_add_listener(rig->manager, &listener, rig);
	rig->window = desktop_decorated_window(&rig->desktop, NULL, 300, 100);
	desktop_place(rig->window, 100, 200);
}

static void icon_rig_finish(struct icon_rig *rig)
{
	xdg_toplevel_icon_manager_v1_destroy(rig->manager);
	if (rig->window)
		client_window_destroy(rig->window);
	desktop_rig_finish(&rig->desktop);
}

static struct xdg_toplevel_icon_v1 *create_icon(struct icon_rig *rig)
{
	return xdg_toplevel_icon_manager_v1_create_icon(rig->manager);
}

static void set_icon(struct icon_rig *rig, struct xdg_toplevel_icon_v1 *icon)
{
	xdg_toplevel_icon_manager_v1_set_icon(rig->manager, rig->window->toplevel, icon);
	check_no_error(rig->client);
}

static void commit(struct icon_rig *rig)
{
	wl_surface_commit(rig->window->surface);
	check_no_error(rig->client);
	fixture_frames(rig->desktop.fixture, 3);
}

static uint32_t icon_pixel(struct icon_rig *rig) // of the title bar
{
	return fixture_pixel(rig->desktop.fixture, 100 - 1 + 14 + 8, 200 - 15);
}

TEST_F(icon_rig, sizes_are_sent)
{
	check_no_error(rig->client);
	check_eq(rig->n_sizes, 4);
	check_eq(rig->sizes[0], 16);
	check_eq(rig->sizes[3], 48);
	check_eq(rig->dones, 1);
}

TEST_F(icon_rig, title_bars_show_pictures)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	struct wl_buffer *small = client_buffer(rig->client, 16, 16, 0xff00ff00);
	struct wl_buffer *large = client_buffer(rig->client, 64, 64, 0xffff0000);
	xdg_toplevel_icon_v1_set_name(icon, "utilities-terminal");
	xdg_toplevel_icon_v1_add_buffer(icon, large, 2);
	xdg_toplevel_icon_v1_add_buffer(icon, small, 1);
	uint32_t before = icon_pixel(rig);
	set_icon(rig, icon);
	fixture_frames(rig->desktop.fixture, 2);
	check_eq(icon_pixel(rig), before); // not committed
	commit(rig);
	check_eq(icon_pixel(rig), 0x00ff00);
	check_str(rig->window->window->icon->name, "utilities-terminal");
	check_eq(window_icon_image(rig->window->window->icon, 17)->size, 64);
	check_eq(window_icon_image(rig->window->window->icon, 100)->size, 64);
	// The window keeps what its icon was.
	xdg_toplevel_icon_v1_destroy(icon);
	wl_buffer_destroy(small);
	wl_buffer_destroy(large);
	commit(rig);
	check_eq(icon_pixel(rig), 0x00ff00);
	set_icon(rig, NULL);
	commit(rig);
	check_eq(icon_pixel(rig), before);
	check(!rig->window->window->icon);
}

TEST_F(icon_rig, an_empty_icon_is_none)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	set_icon(rig, icon);
	commit(rig);
	check(!rig->window->window->icon);
	xdg_toplevel_icon_v1_destroy(icon);
}

// Pictures that are too many or too large are left out.
TEST_F(icon_rig, limits)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	struct wl_buffer *buffers[20];
	for (int i = 0; i < 20; i++) {
		buffers[i] = client_buffer(rig->client, i ? i : 600, i ? i : 600, 0xff00ff00);
		xdg_toplevel_icon_v1_add_buffer(icon, buffers[i], 1);
	}
	xdg_toplevel_icon_v1_add_buffer(icon, buffers[5], 1); // replaces
	set_icon(rig, icon);
	commit(rig);
	check_eq(rig->window->window->icon->n_images, ICON_IMAGES);
	xdg_toplevel_icon_v1_destroy(icon);
	for (int i = 0; i < 20; i++)
		wl_buffer_destroy(buffers[i]);
	check_no_error(rig->client);
}

static const struct picture {
	int width, height, scale;
} pictures[] = {{16, 17, 1}, {17, 16, 1}, {16, 16, 0}, {16, 16, -1}};

TEST_FP(icon_rig, invalid_pictures, struct picture, pictures)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	struct wl_buffer *buffer =
		client_buffer(rig->client, param->width, param->height, 0xff00ff00);
	xdg_toplevel_icon_v1_add_buffer(icon, buffer, param->scale);
	check_client_error(
		rig->client, "xdg_toplevel_icon_v1", XDG_TOPLEVEL_ICON_V1_ERROR_INVALID_BUFFER);
	wl_buffer_destroy(buffer);
	xdg_toplevel_icon_v1_destroy(icon);
}

TEST_F(icon_rig, only_shared_memory)
{
	struct wp_single_pixel_buffer_manager_v1 *pixels =
		client_bind(rig->client, &wp_single_pixel_buffer_manager_v1_interface, 1);
	struct wl_buffer *buffer = wp_single_pixel_buffer_manager_v1_create_u32_rgba_buffer(
		pixels, 0, 0, 0, UINT32_MAX);
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	xdg_toplevel_icon_v1_add_buffer(icon, buffer, 1);
	check_client_error(
		rig->client, "xdg_toplevel_icon_v1", XDG_TOPLEVEL_ICON_V1_ERROR_INVALID_BUFFER);
	xdg_toplevel_icon_v1_destroy(icon);
	wl_buffer_destroy(buffer);
	wp_single_pixel_buffer_manager_v1_destroy(pixels);
}

TEST_F(icon_rig, icons_in_use_do_not_change)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	xdg_toplevel_icon_v1_set_name(icon, "a");
	set_icon(rig, icon);
	xdg_toplevel_icon_v1_set_name(icon, "b");
	check_client_error(
		rig->client, "xdg_toplevel_icon_v1", XDG_TOPLEVEL_ICON_V1_ERROR_IMMUTABLE);
	xdg_toplevel_icon_v1_destroy(icon);
}

TEST_F(icon_rig, no_pictures_for_icons_in_use)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	struct wl_buffer *buffer = client_buffer(rig->client, 16, 16, 0xff00ff00);
	set_icon(rig, icon);
	xdg_toplevel_icon_v1_add_buffer(icon, buffer, 1);
	check_client_error(
		rig->client, "xdg_toplevel_icon_v1", XDG_TOPLEVEL_ICON_V1_ERROR_IMMUTABLE);
	wl_buffer_destroy(buffer);
	xdg_toplevel_icon_v1_destroy(icon);
}

TEST_F(icon_rig, buffers_live_as_long_as_the_icon)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	struct wl_buffer *buffer = client_buffer(rig->client, 16, 16, 0xff00ff00);
	xdg_toplevel_icon_v1_add_buffer(icon, buffer, 1);
	check_no_error(rig->client);
	wl_buffer_destroy(buffer);
	check_client_error(
		rig->client, "xdg_toplevel_icon_v1", XDG_TOPLEVEL_ICON_V1_ERROR_NO_BUFFER);
	xdg_toplevel_icon_v1_destroy(icon);
}

TEST_F(icon_rig, the_window_ends_first)
{
	struct xdg_toplevel_icon_v1 *icon = create_icon(rig);
	xdg_toplevel_icon_v1_set_name(icon, "a");
	set_icon(rig, icon);
	commit(rig);
	struct client_window *plain = client_window_create(rig->client, 50, 50, 0xff102030);
	xdg_toplevel_icon_manager_v1_set_icon(rig->manager, plain->toplevel, icon);
	check_no_error(rig->client); // not committed
	client_window_destroy(plain);
	xdg_toplevel_icon_v1_destroy(icon);
	check_no_error(rig->client);
}
