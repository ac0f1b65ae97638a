// SPDX-License-Identifier: MIT
// wp_cursor_shape_v1, and the themes that its shapes are loaded from.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compositor/base/base.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/harness/test.h"
#include "tests/proto/cursor_rig.h"
#include "cursor-shape-v1-client-protocol.h"

static struct wp_cursor_shape_device_v1 *shape_device(struct cursor_rig *rig, uint32_t version)
{
	struct wp_cursor_shape_manager_v1 *manager = cursor_rig_keep(
		rig, client_bind(rig->client, &wp_cursor_shape_manager_v1_interface, version));
	check(manager != NULL);
	return cursor_rig_keep(rig, wp_cursor_shape_manager_v1_get_pointer(manager, rig->pointer));
}

TEST_F(cursor_rig, shapes)
{
	check_eq(client_has(rig->client, "wp_cursor_shape_manager_v1"), 2);
	struct wp_cursor_shape_device_v1 *device = shape_device(rig, 2);
	wp_cursor_shape_device_v1_set_shape(
		device, rig->enter_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT);
	fixture_pump(rig->fixture);
	check(cursor_rig_shows(rig, "text"));
	// All of version 2.
	for (uint32_t shape = 1; shape <= 36; shape++) {
		wp_cursor_shape_device_v1_set_shape(device, rig->enter_serial, shape);
		fixture_frames(rig->fixture, 1);
	}
	check(cursor_rig_shows(rig, "all-resize"));
	// A surface instead, and back.
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	fixture_pump(rig->fixture);
	check(cursor_surface(rig->cursor) != NULL);
	wp_cursor_shape_device_v1_set_shape(
		device, rig->enter_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_GRAB);
	fixture_pump(rig->fixture);
	check(cursor_surface(rig->cursor) == NULL);
	check(cursor_rig_shows(rig, "grab"));
	// An old serial.
	wp_cursor_shape_device_v1_set_shape(
		device, rig->enter_serial - 1, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_WAIT);
	fixture_pump(rig->fixture);
	check(cursor_rig_shows(rig, "grab"));
	// The pointer may be destroyed before its device.
	cursor_rig_release(rig, rig->pointer);
	cursor_rig_release(rig, device);
	wl_pointer_release(rig->pointer);
	wp_cursor_shape_device_v1_set_shape(
		device, rig->enter_serial, WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_WAIT);
	wp_cursor_shape_device_v1_destroy(device);
	check_no_error(rig->client);
}

static const struct bad_shape {
	uint32_t version, shape;
} bad_shapes[] = {{2, 0}, {2, 37}, {2, UINT32_MAX}, {1, 35}, {1, 36}};

TEST_FP(cursor_rig, bad_shape_is_an_error, struct bad_shape, bad_shapes)
{
	struct wp_cursor_shape_device_v1 *device = shape_device(rig, param->version);
	wp_cursor_shape_device_v1_set_shape(device, rig->enter_serial, param->shape);
	check_client_error(rig->client, "wp_cursor_shape_device_v1",
		WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE);
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
	struct cursor_rig themed = {0}, *rig = &themed;
	cursor_rig_init_with(rig,
		&(struct server_options){
			.virtual_clock = true,
			.width = 1280,
			.height = 720,
			.outputs = 1,
			.shell = "kiosk",
		});
	int white = 0, black = 0;
	uint64_t repaints = rig->output->repaints;
	for (int i = 0; i < 150; i++) {
		int x, y;
		fixture_advance(rig->fixture, NSEC_PER_MSEC);
		uint32_t pixel = buffer_pixel(cursor_image(rig->cursor, 1, &x, &y), 0, 0);
		white += pixel == 0xffffffff;
		black += pixel == 0xff000000;
	}
	check_eq(white, 100);
	check_eq(black, 50);
	check_eq(rig->output->repaints, repaints);
	// A hidden cursor is not animated: no more timers.
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, NULL, 0, 0);
	fixture_frames(rig->fixture, 30);
	uint64_t frames = rig->output->frames;
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	check_eq(rig->output->frames, frames);
	cursor_rig_finish(rig);
}

TEST(theme_changes)
{
	write_theme();
	struct cursor_rig builtin = {0}, *rig = &builtin;
	cursor_rig_init(rig);
	check_eq(cursor_rig_plane(rig).width, 24);
	cursor_set_theme(rig->cursor, "t", 0);
	check_eq(cursor_rig_plane(rig).width, 4);
	check_eq(cursor_rig_capture(rig, 100, 50), 0xffffff);
	// The only size, 4, differs much from 96: the image is scaled.
	cursor_set_theme(rig->cursor, NULL, 96);
	check_eq(cursor_rig_plane(rig).width, 16);
	cursor_set_theme(rig->cursor, "builtin", 32);
	check_eq(cursor_rig_plane(rig).width, 32);
	cursor_set_theme(rig->cursor, "no such theme", 0);
	check_eq(cursor_rig_plane(rig).width, 32);
	cursor_rig_finish(rig);
}
