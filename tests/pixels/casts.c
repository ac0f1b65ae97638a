// SPDX-License-Identifier: MIT
// Pictures of casts: an output and a window, as sharing the screen captures them.
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/window/window.h"
#include "tests/harness/cast.h"
#include "tests/harness/test.h"

#define WIDTH 64
#define HEIGHT 48
#define SMALL 8

struct cast_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wl_surface *child; // a translucent square in the window, at 5,5
	struct wl_subsurface *subsurface;
	struct wl_buffer *small;
	struct cast cast;
};

static void cast_rig_init(struct cast_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	struct client *client = rig->client = client_create(rig->fixture);
	rig->window = client_window_create(client, WIDTH, HEIGHT, 0xff3060c0);
	rig->child = wl_compositor_create_surface(client->compositor);
	rig->subsurface = wl_subcompositor_get_subsurface(
		client->subcompositor, rig->child, rig->window->surface);
	rig->small = client_buffer(client, SMALL, SMALL, 0x80008000);
	wl_subsurface_set_position(rig->subsurface, 5, 5);
	wl_surface_attach(rig->child, rig->small, 0, 0);
	wl_surface_commit(rig->child);
	wl_surface_commit(rig->window->surface);
	fixture_frames(rig->fixture, 2);
}

static void cast_rig_finish(struct cast_rig *rig)
{
	check_no_error(rig->client);
	cast_end(&rig->cast);
	wl_subsurface_destroy(rig->subsurface);
	wl_surface_destroy(rig->child);
	wl_buffer_destroy(rig->small);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

// The first frame of the cast, whose pixels the caller frees.
static uint32_t *picture(struct cast_rig *rig)
{
	struct cast *cast = &rig->cast;
	size_t size = (size_t)cast->width * (size_t)cast->height * 4;
	int fd = memfd_sized("cast", size);
	struct wl_shm_pool *pool = wl_shm_create_pool(rig->client->shm, fd, (int32_t)size);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(
		pool, 0, cast->width, cast->height, cast->width * 4, WL_SHM_FORMAT_ARGB8888);
	cast_capture(cast, buffer);
	fixture_frames(rig->fixture, 1);
	check_eq(cast->ready, 1);
	uint32_t *pixels = xcalloc(1, size);
	check_eq(pread(fd, pixels, size, 0), (ssize_t)size);
	wl_buffer_destroy(buffer);
	wl_shm_pool_destroy(pool);
	close(fd);
	return pixels;
}

TEST_F(cast_rig, an_output_is_cast_as_it_is_shown)
{
	cast_begin(&rig->cast, rig->client, NULL, 0);
	uint32_t *pixels = picture(rig);
	const struct box box = window_box(rig->window->window);
	check_eq(rig->cast.width, 1280);
	check_eq(rig->cast.height, 720);
	for (int y = MAX(box.y - 30, 0); y < box.y + box.height + 10; y += 5)
		for (int x = MAX(box.x - 10, 0); x < box.x + box.width + 10; x += 7)
			check_eq(pixels[y * rig->cast.width + x] & 0xffffff,
				fixture_pixel(rig->fixture, x, y));
	free(pixels);
}

// Without title bar, background, and what covers it.
TEST_F(cast_rig, a_window_is_cast_alone)
{
	struct client_window *cover = client_window_create(rig->client, 300, 300, 0xffffffff);
	cast_begin(&rig->cast, rig->client, rig->window, 0);
	uint32_t *pixels = picture(rig);
	check_eq(rig->cast.width, WIDTH);
	check_eq(rig->cast.height, HEIGHT);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			bool inside = x >= 5 && x < 5 + SMALL && y >= 5 && y < 5 + SMALL;
			uint32_t pixel = pixels[y * WIDTH + x];
			if (!inside)
				check_eq(pixel, 0xff3060c0);
			else // half of it is the window's, within rounding
				check(pixel >> 24 == 0xff && (pixel >> 8 & 0xff) >= 0xae &&
					(pixel >> 8 & 0xff) <= 0xb1);
		}
	free(pixels);
	client_window_destroy(cover);
}
