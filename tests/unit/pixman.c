// SPDX-License-Identifier: MIT
// The CPU renderer: draw lists into memory.
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/log.h"
#include "renderer/renderer.h"
#include "tests/harness/test.h"

#define SIDE 32

struct pixman_rig {
	struct renderer *renderer;
	struct buffer *target;
	struct draw draws[16];
	region visible[16];
	size_t n;
};

static void rig_init(struct pixman_rig *rig, int width, int height, int threads)
{
	*rig = (struct pixman_rig){0};
	rig->renderer = pixman_renderer_create(threads);
	rig->target = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(rig->renderer && rig->target);
	struct pixels pixels;
	buffer_begin_access(rig->target, &pixels);
	memset(pixels.data, 0x11, pixels.stride * (size_t)height);
	buffer_end_access(rig->target);
}

static void rig_finish(struct pixman_rig *rig)
{
	for (size_t i = 0; i < rig->n; i++) {
		pixman_region32_fini(&rig->visible[i]);
		if (rig->draws[i].texture)
			rig->renderer->impl->forget(rig->renderer, rig->draws[i].texture);
	}
	buffer_drop(rig->target);
	renderer_destroy(rig->renderer);
}

// Adds a draw below the others.
static struct draw *rig_add(struct pixman_rig *rig, int x, int y, int width, int height)
{
	struct draw *draw = &rig->draws[rig->n];
	*draw = (struct draw){
		.alpha = 1,
		.dst = {x, y, width, height},
		.visible = &rig->visible[rig->n],
	};
	pixman_region32_init_rect(&rig->visible[rig->n++], x, y, (unsigned)width, (unsigned)height);
	return draw;
}

static void set_color(struct draw *draw, float r, float g, float b, float a)
{
	memcpy(draw->color, (const float[4]){r, g, b, a}, sizeof(draw->color));
	draw->opaque = a >= 1;
}

static bool rig_draw(struct pixman_rig *rig, const struct box *part)
{
	region repaint;
	pixman_region32_init(&repaint);
	const struct box all = {0, 0, rig->target->width, rig->target->height};
	region_add_box(&repaint, part ? part : &all);
	int fence = 5;
	bool ok = rig->renderer->impl->draw(
		rig->renderer, rig->target, rig->draws, rig->n, &repaint, &fence);
	check_eq(fence, -1);
	pixman_region32_fini(&repaint);
	return ok;
}

static uint32_t read_pixel(struct buffer *buffer, int x, int y)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	uint32_t value;
	memcpy(&value, (char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4, 4);
	buffer_end_access(buffer);
	return value & 0xffffff;
}

TEST(colors)
{
	struct pixman_rig rig;
	rig_init(&rig, SIDE, SIDE, 1);
	set_color(rig_add(&rig, 8, 8, 4, 4), 0, 0.5f, 0, 0.5f);
	struct draw *faint = rig_add(&rig, 12, 8, 4, 4);
	set_color(faint, 1, 1, 1, 1);
	faint->alpha = 0.25f;
	faint->opaque = false;
	set_color(rig_add(&rig, 4, 4, 20, 20), 1, 0, 0, 1);
	check(rig_draw(&rig, NULL));
	check_eq(read_pixel(rig.target, 0, 0), 0); // uncovered: black
	check_eq(read_pixel(rig.target, 4, 4), 0xff0000);
	check_eq(read_pixel(rig.target, 23, 23), 0xff0000);
	check_eq(read_pixel(rig.target, 24, 23), 0);
	check_near(read_pixel(rig.target, 8, 8) >> 16, 0x7f, 1);
	check_near(read_pixel(rig.target, 8, 8) >> 8 & 0xff, 0x80, 1);
	check_near(read_pixel(rig.target, 12, 8) & 0xff, 0x40, 1);
	check_eq(read_pixel(rig.target, 12, 8) >> 16, 0xff);
	rig_finish(&rig);
}

TEST(only_what_is_asked_for)
{
	struct pixman_rig rig;
	rig_init(&rig, SIDE, SIDE, 1);
	set_color(rig_add(&rig, 0, 0, SIDE, SIDE), 0, 0, 1, 1);
	pixman_region32_fini(&rig.visible[0]);
	pixman_region32_init_rect(&rig.visible[0], 0, 0, 16, 16);
	check(rig_draw(&rig, &(struct box){10, 10, 100, 10}));
	check_eq(read_pixel(rig.target, 9, 10), 0x111111);
	check_eq(read_pixel(rig.target, 10, 9), 0x111111);
	check_eq(read_pixel(rig.target, 10, 10), 0xff);
	check_eq(read_pixel(rig.target, 15, 15), 0xff);
	check_eq(read_pixel(rig.target, 16, 15), 0x111111); // covered by an opaque draw above
	check_eq(read_pixel(rig.target, 15, 20), 0x111111);
	check(rig_draw(&rig, &(struct box){-50, -50, 20, 20}));
	rig_finish(&rig);
}

static struct texture *texture_from(
	struct pixman_rig *rig, struct buffer **buffer, int width, int height, uint32_t format)
{
	*buffer = buffer_create_memfd(width, height, format);
	struct pixels pixels;
	check(*buffer && buffer_begin_access(*buffer, &pixels));
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			uint32_t argb = 0xff000000 | (uint32_t)(x + 1) << 8 | (uint32_t)(y + 1);
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&argb, 4);
		}
	buffer_end_access(*buffer);
	struct texture *texture = NULL;
	check(rig->renderer->impl->import(rig->renderer, &texture, *buffer, NULL));
	check_eq(texture->width, width);
	check_eq(texture->height, height);
	return texture;
}

// Each pixel of an unscaled texture is where the transform places it.
TEST(unscaled_is_exact)
{
	for (enum transform t = TRANSFORM_NORMAL; t <= TRANSFORM_FLIPPED_270; t++) {
		struct pixman_rig rig;
		rig_init(&rig, SIDE, SIDE, 1);
		struct buffer *buffer;
		bool swaps = transform_swaps(t);
		struct draw *draw = rig_add(&rig, 3, 2, swaps ? 7 : 9, swaps ? 9 : 7);
		draw->texture = texture_from(&rig, &buffer, 13, 11, DRM_FORMAT_XRGB8888);
		draw->src = (struct fbox){2, 3, 9, 7};
		draw->transform = t;
		draw->opaque = true;
		check(rig_draw(&rig, NULL));
		for (int y = 0; y < 7; y++) {
			for (int x = 0; x < 9; x++) {
				struct box at = {x, y, 1, 1};
				at = box_transform(&at, t, 9, 7);
				check_eq(read_pixel(rig.target, 3 + at.x, 2 + at.y),
					(x + 2 + 1) << 8 | (y + 3 + 1));
			}
		}
		rig_finish(&rig);
		buffer_drop(buffer);
	}
}

TEST(edges_repeat_beyond_the_texture)
{
	struct pixman_rig rig;
	rig_init(&rig, SIDE, SIDE, 1);
	struct buffer *buffer;
	struct draw *draw = rig_add(&rig, 0, 0, 6, 5);
	draw->texture = texture_from(&rig, &buffer, 5, 4, DRM_FORMAT_ARGB8888);
	draw->src = (struct fbox){0, 0, 6, 5};
	check(rig_draw(&rig, NULL));
	check_eq(read_pixel(rig.target, 4, 3), 0x504);
	check_eq(read_pixel(rig.target, 5, 3), 0x504);
	check_eq(read_pixel(rig.target, 5, 4), 0x504);
	check_eq(read_pixel(rig.target, 0, 4), 0x104);
	rig_finish(&rig);
	buffer_drop(buffer);
}

TEST(nearest_or_smooth)
{
	for (int smooth = 0; smooth < 2; smooth++) {
		struct pixman_rig rig;
		rig_init(&rig, SIDE, SIDE, 1);
		struct buffer *buffer;
		struct draw *draw = rig_add(&rig, 0, 0, 32, 32);
		draw->texture = texture_from(&rig, &buffer, 8, 8, DRM_FORMAT_XRGB8888);
		draw->src = (struct fbox){2, 2, 4, 4};
		draw->nearest = !smooth;
		check(rig_draw(&rig, NULL));
		check_eq(read_pixel(rig.target, 0, 0), 0x303);
		check_eq(read_pixel(rig.target, 31, 31),
			0x606); // nothing is read outside of the crop
		for (int x = 0; x < 32 && !smooth; x++)
			check_eq(read_pixel(rig.target, x, 15) >> 8, x / 8 + 3);
		rig_finish(&rig);
		buffer_drop(buffer);
	}
}

// Frames drawn by several threads equal those drawn by one.
TEST(threads_draw_the_same)
{
	enum { WIDTH = 1500, HEIGHT = 1100 };
	uint32_t *first = NULL;
	for (int threads = 1; threads <= 4; threads += 3) {
		struct pixman_rig rig;
		rig_init(&rig, WIDTH, HEIGHT, threads);
		struct buffer *buffer;
		struct draw *draw = rig_add(&rig, -20, -30, WIDTH + 100, HEIGHT + 90);
		draw->texture = texture_from(&rig, &buffer, 250, 200, DRM_FORMAT_ARGB8888);
		draw->src = (struct fbox){1.5, 2.25, 240, 180};
		draw->transform = TRANSFORM_FLIPPED_180;
		draw->alpha = 0.6f;
		set_color(rig_add(&rig, 0, 0, WIDTH, HEIGHT), 0.2f, 0.4f, 0.6f, 1);
		check(rig_draw(&rig, NULL));
		struct pixels pixels;
		check(buffer_begin_access(rig.target, &pixels));
		size_t size = pixels.stride * HEIGHT;
		if (!first) {
			first = malloc(size);
			memcpy(first, pixels.data, size);
		} else {
			check(memcmp(first, pixels.data, size) == 0);
		}
		buffer_end_access(rig.target);
		rig_finish(&rig);
		buffer_drop(buffer);
	}
	free(first);
}

static void ignore_log(enum log_level level, const char *line, void *data)
{
	(*(int *)data)++;
}

static const struct refused_row {
	int width, height;
	uint32_t format;
	bool taken;
} refused_rows[] = {{32766, 1, DRM_FORMAT_XRGB8888, true}, {32767, 1, DRM_FORMAT_XRGB8888, false},
	{4, 4, DRM_FORMAT_ABGR16161616F, false}, {4, 4, DRM_FORMAT_RGB565, true},
	{4, 4, DRM_FORMAT_BGR888, true}};

TEST_P(takes, struct refused_row, refused_rows)
{
	struct renderer *renderer = pixman_renderer_create(1);
	struct buffer *buffer = buffer_create_memfd(param->width, param->height, param->format);
	struct texture *texture = NULL;
	int lines = 0;
	log_set_sink(ignore_log, &lines);
	check_eq(renderer->impl->import(renderer, &texture, buffer, NULL), param->taken);
	log_set_sink(NULL, NULL);
	check_eq(texture != NULL, param->taken);
	check_eq(lines, !param->taken);
	if (texture)
		renderer->impl->forget(renderer, texture);
	buffer_drop(buffer);
	renderer_destroy(renderer);
	renderer_destroy(NULL);
}

// Unaligned memory, as in a client's pool.
struct odd_buffer {
	struct buffer base;
	char data[1 + 8 * 4 * 4];
};

static bool odd_begin(struct buffer *buffer, struct pixels *into)
{
	struct odd_buffer *odd = wl_container_of(buffer, odd, base);
	*into = (struct pixels){odd->data + 1, 32, 8, 4, DRM_FORMAT_XRGB8888};
	return true;
}

static void odd_end(struct buffer *buffer)
{
}

static void odd_destroy(struct buffer *buffer)
{
	buffer_finish(buffer);
}

static const struct buffer_impl odd_impl = {
	.destroy = odd_destroy, .begin_access = odd_begin, .end_access = odd_end};

TEST(unaligned_memory_is_copied)
{
	struct pixman_rig rig;
	rig_init(&rig, SIDE, SIDE, 1);
	_Alignas(8) struct odd_buffer odd;
	buffer_init(&odd.base, &odd_impl, 8, 4, DRM_FORMAT_XRGB8888);
	memset(odd.data, 0x42, sizeof(odd.data));
	struct draw *draw = rig_add(&rig, 0, 0, 8, 4);
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, &odd.base, NULL));
	check(!draw->texture->holds);
	draw->src = (struct fbox){0, 0, 8, 4};
	memset(odd.data, 0x77, sizeof(odd.data));
	check(rig_draw(&rig, NULL));
	check_eq(read_pixel(rig.target, 7, 3), 0x424242);
	struct texture *texture = draw->texture;
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, &odd.base, NULL));
	check(draw->texture == texture);
	check(rig_draw(&rig, NULL));
	check_eq(read_pixel(rig.target, 7, 3), 0x777777);
	rig_finish(&rig);
	buffer_drop(&odd.base);
}

TEST(reads_back)
{
	struct pixman_rig rig;
	rig_init(&rig, SIDE, SIDE, 1);
	set_color(rig_add(&rig, 5, 5, 3, 3), 1, 0.5f, 0, 1);
	check(rig_draw(&rig, NULL));
	uint32_t copy[4 * 4];
	const struct pixels into = {copy, 16, 4, 4, DRM_FORMAT_ABGR8888};
	check(rig.renderer->impl->read(rig.renderer, rig.target, &(struct box){5, 5, 4, 4}, &into));
	check_eq(copy[0] & 0xffff00ff, 0xff0000ff);
	check_eq(copy[3], 0xff000000);
	rig_finish(&rig);
}
