// SPDX-License-Identifier: MIT
// The renderer on its own: lists of rectangles into memory.
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/renderer.h"
#include "tests/harness/test.h"

#define SIDE 32

struct easel {
	struct renderer *renderer;
	struct buffer *target;
	struct draw draws[16];
	region visible[16];
	size_t n;
};

static void easel_init(struct easel *easel, int width, int height, int threads)
{
	*easel = (struct easel){0};
	easel->renderer = pixman_renderer_create(threads);
	easel->target = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(easel->renderer && easel->target);
	struct pixels pixels;
	buffer_begin_access(easel->target, &pixels);
	memset(pixels.data, 0x11, pixels.stride * (size_t)height);
	buffer_end_access(easel->target);
}

static void easel_finish(struct easel *easel)
{
	for (size_t i = 0; i < easel->n; i++) {
		pixman_region32_fini(&easel->visible[i]);
		if (easel->draws[i].texture)
			easel->renderer->impl->forget(easel->renderer, easel->draws[i].texture);
	}
	buffer_drop(easel->target);
	renderer_destroy(easel->renderer);
}

// Below those that are there.
static struct draw *add(struct easel *easel, int x, int y, int width, int height)
{
	struct draw *draw = &easel->draws[easel->n];
	*draw = (struct draw){
		.alpha = 1,
		.dst = {x, y, width, height},
		.visible = &easel->visible[easel->n],
	};
	pixman_region32_init_rect(
		&easel->visible[easel->n++], x, y, (unsigned)width, (unsigned)height);
	return draw;
}

static void set_color(struct draw *draw, float r, float g, float b, float a)
{
	memcpy(draw->color, (const float[4]){r, g, b, a}, sizeof(draw->color));
	draw->opaque = a >= 1;
}

static bool easel_draw(struct easel *easel, const struct box *part)
{
	region repaint;
	pixman_region32_init(&repaint);
	const struct box all = {0, 0, easel->target->width, easel->target->height};
	region_add_box(&repaint, part ? part : &all);
	int fence = 5;
	bool ok = easel->renderer->impl->draw(
		easel->renderer, easel->target, easel->draws, easel->n, &repaint, &fence);
	check_eq(fence, -1);
	pixman_region32_fini(&repaint);
	return ok;
}

static uint32_t pixel(struct buffer *buffer, int x, int y)
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
	struct easel easel;
	easel_init(&easel, SIDE, SIDE, 1);
	set_color(add(&easel, 8, 8, 4, 4), 0, 0.5f, 0, 0.5f);
	struct draw *faint = add(&easel, 12, 8, 4, 4);
	set_color(faint, 1, 1, 1, 1);
	faint->alpha = 0.25f;
	faint->opaque = false;
	set_color(add(&easel, 4, 4, 20, 20), 1, 0, 0, 1);
	check(easel_draw(&easel, NULL));
	check_eq(pixel(easel.target, 0, 0), 0); // nothing there: black
	check_eq(pixel(easel.target, 4, 4), 0xff0000);
	check_eq(pixel(easel.target, 23, 23), 0xff0000);
	check_eq(pixel(easel.target, 24, 23), 0);
	check_near(pixel(easel.target, 8, 8) >> 16, 0x7f, 1);
	check_near(pixel(easel.target, 8, 8) >> 8 & 0xff, 0x80, 1);
	check_near(pixel(easel.target, 12, 8) & 0xff, 0x40, 1);
	check_eq(pixel(easel.target, 12, 8) >> 16, 0xff);
	easel_finish(&easel);
}

TEST(only_what_is_asked_for)
{
	struct easel easel;
	easel_init(&easel, SIDE, SIDE, 1);
	set_color(add(&easel, 0, 0, SIDE, SIDE), 0, 0, 1, 1);
	pixman_region32_fini(&easel.visible[0]);
	pixman_region32_init_rect(&easel.visible[0], 0, 0, 16, 16);
	check(easel_draw(&easel, &(struct box){10, 10, 100, 10}));
	check_eq(pixel(easel.target, 9, 10), 0x111111);
	check_eq(pixel(easel.target, 10, 9), 0x111111);
	check_eq(pixel(easel.target, 10, 10), 0xff);
	check_eq(pixel(easel.target, 15, 15), 0xff);
	check_eq(pixel(easel.target, 16, 15), 0x111111); // something above was to cover it
	check_eq(pixel(easel.target, 15, 20), 0x111111);
	check(easel_draw(&easel, &(struct box){-50, -50, 20, 20}));
	easel_finish(&easel);
}

static struct texture *texture_from(
	struct easel *easel, struct buffer **buffer, int width, int height, uint32_t format)
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
	check(easel->renderer->impl->import(easel->renderer, &texture, *buffer, NULL));
	check_eq(texture->width, width);
	check_eq(texture->height, height);
	return texture;
}

// Each pixel of an unscaled picture is where the transform says.
TEST(unscaled_is_exact)
{
	for (enum transform t = TRANSFORM_NORMAL; t <= TRANSFORM_FLIPPED_270; t++) {
		struct easel easel;
		easel_init(&easel, SIDE, SIDE, 1);
		struct buffer *buffer;
		bool swaps = transform_swaps(t);
		struct draw *draw = add(&easel, 3, 2, swaps ? 7 : 9, swaps ? 9 : 7);
		draw->texture = texture_from(&easel, &buffer, 13, 11, DRM_FORMAT_XRGB8888);
		draw->src = (struct fbox){2, 3, 9, 7};
		draw->transform = t;
		draw->opaque = true;
		check(easel_draw(&easel, NULL));
		for (int y = 0; y < 7; y++) {
			for (int x = 0; x < 9; x++) {
				struct box at = {x, y, 1, 1};
				at = box_transform(&at, t, 9, 7);
				check_eq(pixel(easel.target, 3 + at.x, 2 + at.y),
					(x + 2 + 1) << 8 | (y + 3 + 1));
			}
		}
		easel_finish(&easel);
		buffer_drop(buffer);
	}
}

TEST(edges_repeat_beyond_the_texture)
{
	struct easel easel;
	easel_init(&easel, SIDE, SIDE, 1);
	struct buffer *buffer;
	struct draw *draw = add(&easel, 0, 0, 6, 5);
	draw->texture = texture_from(&easel, &buffer, 5, 4, DRM_FORMAT_ARGB8888);
	draw->src = (struct fbox){0, 0, 6, 5};
	check(easel_draw(&easel, NULL));
	check_eq(pixel(easel.target, 4, 3), 0x504);
	check_eq(pixel(easel.target, 5, 3), 0x504);
	check_eq(pixel(easel.target, 5, 4), 0x504);
	check_eq(pixel(easel.target, 0, 4), 0x104);
	easel_finish(&easel);
	buffer_drop(buffer);
}

TEST(nearest_or_smooth)
{
	for (int smooth = 0; smooth < 2; smooth++) {
		struct easel easel;
		easel_init(&easel, SIDE, SIDE, 1);
		struct buffer *buffer;
		struct draw *draw = add(&easel, 0, 0, 32, 32);
		draw->texture = texture_from(&easel, &buffer, 8, 8, DRM_FORMAT_XRGB8888);
		draw->src = (struct fbox){2, 2, 4, 4};
		draw->nearest = !smooth;
		check(easel_draw(&easel, NULL));
		check_eq(pixel(easel.target, 0, 0), 0x303);
		check_eq(pixel(easel.target, 31, 31), 0x606); // never from outside of the crop
		for (int x = 0; x < 32 && !smooth; x++)
			check_eq(pixel(easel.target, x, 15) >> 8, x / 8 + 3);
		easel_finish(&easel);
		buffer_drop(buffer);
	}
}

// Frames that are worth threads look like those that are not.
TEST(threads_draw_the_same)
{
	enum { WIDTH = 1500, HEIGHT = 1100 };
	uint32_t *first = NULL;
	for (int threads = 1; threads <= 4; threads += 3) {
		struct easel easel;
		easel_init(&easel, WIDTH, HEIGHT, threads);
		struct buffer *buffer;
		struct draw *draw = add(&easel, -20, -30, WIDTH + 100, HEIGHT + 90);
		draw->texture = texture_from(&easel, &buffer, 250, 200, DRM_FORMAT_ARGB8888);
		draw->src = (struct fbox){1.5, 2.25, 240, 180};
		draw->transform = TRANSFORM_FLIPPED_180;
		draw->alpha = 0.6f;
		set_color(add(&easel, 0, 0, WIDTH, HEIGHT), 0.2f, 0.4f, 0.6f, 1);
		check(easel_draw(&easel, NULL));
		struct pixels pixels;
		check(buffer_begin_access(easel.target, &pixels));
		size_t size = pixels.stride * HEIGHT;
		if (!first) {
			first = malloc(size);
			memcpy(first, pixels.data, size);
		} else {
			check(memcmp(first, pixels.data, size) == 0);
		}
		buffer_end_access(easel.target);
		easel_finish(&easel);
		buffer_drop(buffer);
	}
	free(first);
}

static void ignore(enum log_level level, const char *line, void *data)
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
	log_set_sink(ignore, &lines);
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

// Memory that does not start at a word, as a client's pool may have it.
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
	struct easel easel;
	easel_init(&easel, SIDE, SIDE, 1);
	_Alignas(8) struct odd_buffer odd;
	buffer_init(&odd.base, &odd_impl, 8, 4, DRM_FORMAT_XRGB8888);
	memset(odd.data, 0x42, sizeof(odd.data));
	struct draw *draw = add(&easel, 0, 0, 8, 4);
	check(easel.renderer->impl->import(easel.renderer, &draw->texture, &odd.base, NULL));
	check(!draw->texture->holds);
	draw->src = (struct fbox){0, 0, 8, 4};
	memset(odd.data, 0x77, sizeof(odd.data));
	check(easel_draw(&easel, NULL));
	check_eq(pixel(easel.target, 7, 3), 0x424242);
	struct texture *texture = draw->texture;
	check(easel.renderer->impl->import(easel.renderer, &draw->texture, &odd.base, NULL));
	check(draw->texture == texture);
	check(easel_draw(&easel, NULL));
	check_eq(pixel(easel.target, 7, 3), 0x777777);
	easel_finish(&easel);
	buffer_drop(&odd.base);
}

TEST(reads_back)
{
	struct easel easel;
	easel_init(&easel, SIDE, SIDE, 1);
	set_color(add(&easel, 5, 5, 3, 3), 1, 0.5f, 0, 1);
	check(easel_draw(&easel, NULL));
	uint32_t copy[4 * 4];
	const struct pixels into = {copy, 16, 4, 4, DRM_FORMAT_ABGR8888};
	check(easel.renderer->impl->read(
		easel.renderer, easel.target, &(struct box){5, 5, 4, 4}, &into));
	check_eq(copy[0] & 0xffff00ff, 0xff0000ff);
	check_eq(copy[3], 0xff000000);
	easel_finish(&easel);
}
