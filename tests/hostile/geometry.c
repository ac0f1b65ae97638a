// SPDX-License-Identifier: MIT
// Sizes and positions that are huge, negative or invalid, in every request that has some.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/hostile/hostile_rig.h"
#include "viewporter-client-protocol.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"

static const struct box geometries[] = {
	{0, 0, INT32_MAX, INT32_MAX},
	{INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX},
	{INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX},
	{INT32_MAX, INT32_MIN, 1, 1},
	{-1, -1, INT32_MAX, 1},
	{1000000, 1000000, 10, 10},
};

TEST_FP(hostile_rig, window_geometry, struct box, geometries)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	xdg_surface_set_window_geometry(
		window->xdg_surface, param->x, param->y, param->width, param->height);
	client_window_draw(window, 64, 64, 0xff00ff00);
	fixture_frames(rig->fixture, 2);
	xdg_toplevel_set_maximized(window->toplevel);
	fixture_frames(rig->fixture, 2);
	xdg_toplevel_set_fullscreen(window->toplevel, NULL);
	fixture_frames(rig->fixture, 2);
	xdg_toplevel_unset_fullscreen(window->toplevel);
	fixture_click(rig->fixture, 640, 360);
	xdg_toplevel_unset_maximized(window->toplevel);
	fixture_frames(rig->fixture, 2);
	check_no_error(rig->attacker);
	struct box box = window_box(window->window);
	check(box.width >= 0 && box.height >= 0 && box.width < 1 << 24 && box.height < 1 << 24);
	client_window_destroy(window);
}

static const struct box no_geometries[] = {
	{0, 0, 0, 1}, {0, 0, 1, 0}, {0, 0, -1, 5}, {0, 0, 5, INT32_MIN}};

TEST_FP(hostile_rig, empty_window_geometry, struct box, no_geometries)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	xdg_surface_set_window_geometry(
		window->xdg_surface, param->x, param->y, param->width, param->height);
	check_client_error(rig->attacker, "xdg_surface", XDG_SURFACE_ERROR_INVALID_SIZE);
	client_window_destroy(window);
}

static const struct limits {
	int min_width, min_height, max_width, max_height;
	bool error;
} limits[] = {
	{-1, 0, 0, 0, true},
	{0, INT32_MIN, 0, 0, true},
	{0, 0, -1, 0, true},
	{100, 0, 50, 0, true},
	{0, INT32_MAX, 0, INT32_MAX - 1, true},
	{INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, false},
	{INT32_MAX, INT32_MAX, 0, 0, false},
	{1, 1, 1, 1, false},
};

TEST_FP(hostile_rig, size_limits, struct limits, limits)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create_bare(client, 64, 64);
	window->auto_ack = true;
	window->argb = 0xffff0000;
	xdg_toplevel_set_min_size(window->toplevel, param->min_width, param->min_height);
	xdg_toplevel_set_max_size(window->toplevel, param->max_width, param->max_height);
	wl_surface_commit(window->surface);
	fixture_pump(rig->fixture);
	if (param->error) {
		check_client_error(client, "xdg_toplevel", XDG_TOPLEVEL_ERROR_INVALID_SIZE);
	} else {
		fixture_frames(rig->fixture, 2);
		window->auto_ack = false; // the configured sizes are too large to allocate
		xdg_toplevel_set_maximized(window->toplevel);
		fixture_frames(rig->fixture, 2);
		xdg_toplevel_unset_maximized(window->toplevel);
		fixture_frames(rig->fixture, 2);
		check_no_error(client);
	}
	client_window_destroy(window);
}

// Positioners

static const struct placement {
	struct box anchor;
	int width, height, x, y;
	uint32_t corner;
} placements[] = {
	{{INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX}, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX,
		8},
	{{INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX}, INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN,
		5},
	{{INT32_MIN, INT32_MAX, 0, 0}, 1, 1, INT32_MIN, INT32_MAX, 6},
	{{0, 0, 1, 1}, INT32_MAX, INT32_MAX, 0, 0, 0},
	{{0, 0, INT32_MAX, 1}, 1, INT32_MAX, INT32_MAX, INT32_MIN, 7},
};

TEST_FP(hostile_rig, popup_place, struct placement, placements)
{
	struct client *client = rig->attacker;
	for (uint32_t adjustment = 0; adjustment < 64; adjustment += 7) {
		struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
		struct xdg_positioner *positioner = xdg_wm_base_create_positioner(client->wm_base);
		xdg_positioner_set_size(positioner, param->width, param->height);
		xdg_positioner_set_anchor_rect(positioner, param->anchor.x, param->anchor.y,
			param->anchor.width, param->anchor.height);
		xdg_positioner_set_offset(positioner, param->x, param->y);
		xdg_positioner_set_anchor(positioner, param->corner);
		xdg_positioner_set_gravity(positioner, param->corner);
		xdg_positioner_set_constraint_adjustment(positioner, adjustment);
		xdg_positioner_set_reactive(positioner);
		xdg_positioner_set_parent_size(positioner, INT32_MAX, INT32_MAX);
		xdg_positioner_set_parent_configure(positioner, UINT32_MAX);
		struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
		struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(client->wm_base, surface);
		struct xdg_popup *popup =
			xdg_surface_get_popup(xdg, window->xdg_surface, positioner);
		wl_surface_commit(surface);
		fixture_frames(rig->fixture, 1);
		xdg_popup_reposition(popup, positioner, 5);
		window_move(window->window, 500, 500);
		fixture_frames(rig->fixture, 1);
		check_no_error(client);
		xdg_popup_destroy(popup);
		xdg_surface_destroy(xdg);
		wl_surface_destroy(surface);
		xdg_positioner_destroy(positioner);
		client_window_destroy(window);
	}
}

static const int parts[] = {0, 1, 2, 3, 4, 5, 6};

TEST_FP(hostile_rig, positioner_input, int, parts)
{
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(rig->attacker->wm_base);
	switch (*param) {
	case 0:
		xdg_positioner_set_size(positioner, 0, 1);
		break;
	case 1:
		xdg_positioner_set_size(positioner, 1, INT32_MIN);
		break;
	case 2:
		xdg_positioner_set_anchor_rect(positioner, 0, 0, -1, 1);
		break;
	case 3:
		xdg_positioner_set_anchor_rect(positioner, 0, 0, 1, INT32_MIN);
		break;
	case 4:
		xdg_positioner_set_anchor(positioner, 9);
		break;
	case 5:
		xdg_positioner_set_gravity(positioner, UINT32_MAX);
		break;
	case 6:
		xdg_positioner_set_gravity(positioner, 9);
		break;
	}
	check_client_error(rig->attacker, "xdg_positioner", XDG_POSITIONER_ERROR_INVALID_INPUT);
	xdg_positioner_destroy(positioner);
}

// Surfaces

TEST_F(hostile_rig, damage_and_regions)
{
	static const int32_t numbers[] = {INT32_MIN, -1000000, -1, 0, 1, 1000000, INT32_MAX};
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	struct wl_region *region = wl_compositor_create_region(client->compositor);
	for (size_t i = 0; i < array_length(numbers) * array_length(numbers); i++) {
		int32_t a = numbers[i % array_length(numbers)];
		int32_t b = numbers[i / array_length(numbers)];
		wl_region_add(region, a, b, b, a);
		wl_region_subtract(region, b, a, a, b);
		wl_surface_damage(window->surface, a, b, b, a);
		wl_surface_damage_buffer(window->surface, b, b, a, a);
		wl_surface_offset(window->surface, a, b);
		wl_surface_set_input_region(window->surface, region);
		wl_surface_set_opaque_region(window->surface, region);
		wl_surface_commit(window->surface);
		if (i % 8 == 0)
			fixture_frames(rig->fixture, 1);
	}
	fixture_move(rig->fixture, 640, 360);
	check_no_error(client);
	wl_region_destroy(region);
	client_window_destroy(window);
}

TEST_F(hostile_rig, regions_of_many_parts)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	struct wl_region *region = wl_compositor_create_region(client->compositor);
	wl_region_add(region, 0, 0, INT32_MAX, INT32_MAX);
	for (int i = 0; i < 20000; i++) {
		wl_region_subtract(region, i % 200 * 2, i / 200 * 2, 1, 1);
		wl_surface_damage_buffer(window->surface, i % 200 * 2, i / 200 * 2, 1, 1);
		if (i % 50 == 0)
			fixture_pump(rig->fixture);
	}
	wl_surface_set_input_region(window->surface, region);
	wl_surface_set_opaque_region(window->surface, region);
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 2);
	check_no_error(client);
	wl_region_destroy(region);
	client_window_destroy(window);
}

TEST_F(hostile_rig, regions_of_many_added_parts)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	struct wl_region *region = wl_compositor_create_region(client->compositor);
	for (int i = 0; i < 20000; i++) {
		wl_region_add(region, i % 200 * 2, i / 200 * 2, 1, 1);
		if (i % 50 == 0)
			fixture_pump(rig->fixture);
	}
	wl_surface_set_input_region(window->surface, region);
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 2);
	check_no_error(client);
	check(pixman_region32_n_rects(&window->window->surface->current.input) <= REGION_MAX_RECTS);
	wl_region_destroy(region);
	client_window_destroy(window);
}

// The union of rows and columns is a grid of as many parts as their product.
TEST_F(hostile_rig, damage_in_rows_and_columns)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 2048, 2048, 0xffff0000);
	for (int i = 0; i < 1024; i++) {
		wl_surface_damage(window->surface, 0, i * 2, 2048, 1);
		wl_surface_damage_buffer(window->surface, i * 2, 0, 1, 2048);
		if (i % 50 == 0)
			fixture_pump(rig->fixture);
	}
	client_window_draw(window, 2048, 2048, 0xff00ff00);
	check_no_error(client);
	const struct content *content = &window->window->surface->content;
	for (int i = 0; i < CONTENT_LOG; i++)
		check(pixman_region32_n_rects((region *)&content->log[i].damage) <=
			REGION_MAX_RECTS);
	fixture_frames(rig->fixture, 2);
	client_window_destroy(window);
}

static const int32_t bad_scales[] = {0, -1, INT32_MIN};

TEST_FP(hostile_rig, buffer_scale, int32_t, bad_scales)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->attacker->compositor);
	wl_surface_set_buffer_scale(surface, *param);
	check_client_error(rig->attacker, "wl_surface", WL_SURFACE_ERROR_INVALID_SCALE);
	wl_surface_destroy(surface);
}

TEST_F(hostile_rig, buffer_scale_that_leaves_nothing)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	wl_surface_set_buffer_scale(window->surface, INT32_MAX);
	client_window_draw(window, 64, 64, 0xff00ff00);
	check_client_error(rig->attacker, "wl_surface", WL_SURFACE_ERROR_INVALID_SIZE);
	client_window_destroy(window);
}

static const int32_t bad_transforms[] = {-1, 8, INT32_MAX, INT32_MIN};

TEST_FP(hostile_rig, buffer_transform, int32_t, bad_transforms)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->attacker->compositor);
	wl_surface_set_buffer_transform(surface, *param);
	check_client_error(rig->attacker, "wl_surface", WL_SURFACE_ERROR_INVALID_TRANSFORM);
	wl_surface_destroy(surface);
}

// Viewports

static const struct view {
	wl_fixed_t x, y, width, height; // of the source; all 0: none
	int to_width, to_height;
	int code; // -1: allowed
} views[] = {
	{0, 0, 0, 0, INT32_MAX, INT32_MAX, -1},
	{0, 0, 0, 0, INT32_MAX, 1, -1},
	{0, 0, 1, 1, INT32_MAX, INT32_MAX, -1},
	{256 * 63, 0, 255, 1, 1, INT32_MAX, -1},
	{0, 0, 0, 0, 0, 1, WP_VIEWPORT_ERROR_BAD_VALUE},
	{0, 0, 0, 0, -1, 5, WP_VIEWPORT_ERROR_BAD_VALUE},
	{0, 0, 0, 0, 1, INT32_MIN, WP_VIEWPORT_ERROR_BAD_VALUE},
	{-1, 0, 256, 256, 10, 10, WP_VIEWPORT_ERROR_BAD_VALUE},
	{INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, 10, 10, WP_VIEWPORT_ERROR_BAD_VALUE},
	{0, 0, 256, -256, 10, 10, WP_VIEWPORT_ERROR_BAD_VALUE},
	{0, 0, INT32_MAX, INT32_MAX, 10, 10, WP_VIEWPORT_ERROR_OUT_OF_BUFFER},
	{256 * 64, 0, 1, 1, 10, 10, WP_VIEWPORT_ERROR_OUT_OF_BUFFER},
	{INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, 10, 10, WP_VIEWPORT_ERROR_OUT_OF_BUFFER},
	{0, 0, 128, 128, -1, -1, WP_VIEWPORT_ERROR_BAD_SIZE},
};

TEST_FP(hostile_rig, viewport, struct view, views)
{
	struct client *client = rig->attacker;
	struct wp_viewporter *viewporter = client_bind(client, &wp_viewporter_interface, 1);
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	struct wp_viewport *view = wp_viewporter_get_viewport(viewporter, window->surface);
	if (param->width)
		wp_viewport_set_source(view, param->x, param->y, param->width, param->height);
	wp_viewport_set_destination(view, param->to_width, param->to_height);
	wl_surface_damage(window->surface, 0, 0, INT32_MAX, INT32_MAX);
	client_window_draw(window, 64, 64, 0xff00ff00);
	fixture_frames(rig->fixture, 3);
	if (param->code >= 0) {
		check_client_error(client, "wp_viewport", param->code);
	} else {
		window->auto_ack = false; // its own size is too large to allocate
		fixture_click(rig->fixture, 640, 360);
		xdg_toplevel_set_fullscreen(window->toplevel, NULL);
		fixture_frames(rig->fixture, 3);
		check_no_error(client);
	}
	wp_viewport_destroy(view);
	wp_viewporter_destroy(viewporter);
	client_window_destroy(window);
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

static const struct strip {
	uint32_t anchor, width, height;
	int32_t zone, margin;
	int code; // -1: allowed
} strips[] = {
	{0, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, -1},
	{15, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, -1},
	{15, 0, 0, INT32_MAX, INT32_MIN, -1},
	{13, 0, 100, INT32_MAX, INT32_MAX, -1},
	{13, 0, 100, INT32_MIN, INT32_MIN, -1},
	{1, 10, 10, INT32_MAX, INT32_MIN, -1},
	{0, 0, 10, 0, 0, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SIZE},
	{1, 0, 10, 0, 0, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SIZE},
	{15, UINT32_MAX, 10, 0, 0, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SIZE},
	{16, 10, 10, 0, 0, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_ANCHOR},
};

TEST_FP(hostile_rig, layer, struct strip, strips)
{
	struct client *client = rig->attacker;
	struct zwlr_layer_shell_v1 *shell = client_bind(client, &zwlr_layer_shell_v1_interface, 5);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct zwlr_layer_surface_v1 *layer = zwlr_layer_shell_v1_get_layer_surface(
		shell, surface, NULL, ZWLR_LAYER_SHELL_V1_LAYER_BOTTOM, "strip");
	zwlr_layer_surface_v1_add_listener(layer, &layer_listener, NULL);
	zwlr_layer_surface_v1_set_size(layer, param->width, param->height);
	zwlr_layer_surface_v1_set_anchor(layer, param->anchor);
	zwlr_layer_surface_v1_set_exclusive_zone(layer, param->zone);
	zwlr_layer_surface_v1_set_margin(
		layer, param->margin, param->margin, param->margin, param->margin);
	wl_surface_commit(surface);
	fixture_pump(rig->fixture);
	struct wl_buffer *buffer = client_buffer(client, 16, 16, 0xff00ff00);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	fixture_frames(rig->fixture, 2);
	if (param->code >= 0)
		check_client_error(client, "zwlr_layer_surface_v1", param->code);
	else
		check_no_error(client);
	hostile_rig_check(rig); // with hardly any usable area left for windows
	zwlr_layer_surface_v1_destroy(layer);
	wl_surface_destroy(surface);
	wl_buffer_destroy(buffer);
	zwlr_layer_shell_v1_destroy(shell);
}
