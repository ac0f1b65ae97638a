// SPDX-License-Identifier: MIT
#include "tests/harness/desk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

void desk_init(struct desk *desk, struct renderer *renderer)
{
	check(renderer != NULL);
	*desk = (struct desk){.renderer = renderer};
}

void desk_finish(struct desk *desk)
{
	for (size_t i = 0; i < desk->n; i++) {
		pixman_region32_fini(&desk->visible[i]);
		if (desk->draws[i].texture)
			desk->renderer->impl->forget(desk->renderer, desk->draws[i].texture);
	}
	renderer_destroy(desk->renderer);
}

struct draw *desk_add(struct desk *desk, struct texture *texture, const struct box *box)
{
	check(desk->n < DESK_DRAWS);
	struct draw *draw = &desk->draws[desk->n];
	region *visible = &desk->visible[desk->n++];
	*draw = (struct draw){
		.texture = texture,
		.alpha = 1,
		.src = {0, 0, box->width, box->height},
		.dst = *box,
		.visible = visible,
	};
	pixman_region32_init_rect(
		visible, box->x, box->y, (unsigned)box->width, (unsigned)box->height);
	return draw;
}

bool desk_draw(struct desk *desk, struct buffer *target, const struct box *repaint)
{
	const struct box all = {0, 0, target->width, target->height};
	region area;
	pixman_region32_init(&area);
	region_add_box(&area, repaint ? repaint : &all);
	int fence;
	bool ok = desk->renderer->impl->draw(
		desk->renderer, target, desk->draws, desk->n, &area, &fence);
	close_fd(&fence);
	pixman_region32_fini(&area);
	return ok;
}

struct texture *desk_import(struct desk *desk, struct buffer *buffer)
{
	struct texture *texture = NULL;
	check(desk->renderer->impl->import(desk->renderer, &texture, buffer, NULL));
	return texture;
}

struct buffer *desk_buffer(int width, int height, uint32_t format)
{
	struct buffer *buffer = buffer_create_memfd(width, height, format);
	struct pixels pixels;
	check(buffer && buffer_begin_access(buffer, &pixels));
	uint32_t seed = format;
	size_t bytes = (size_t)width * format_info(format)->bytes;
	for (int y = 0; y < height; y++) {
		unsigned char *row = (unsigned char *)pixels.data + (size_t)y * pixels.stride;
		for (size_t i = 0; i < bytes; i++) {
			seed = seed * 1664525 + 1013904223;
			row[i] = (unsigned char)(seed >> 24);
		}
	}
	buffer_end_access(buffer);
	return buffer;
}

void desk_fill(struct buffer *buffer, uint32_t word)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	for (int y = 0; y < buffer->height; y++)
		for (int x = 0; x < buffer->width; x++)
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
	buffer_end_access(buffer);
}

uint32_t desk_pixel(struct desk *desk, struct buffer *target, int x, int y)
{
	uint32_t pixel = 0;
	const struct pixels into = {&pixel, sizeof(pixel), 1, 1, DRM_FORMAT_XRGB8888};
	const struct box box = {x, y, 1, 1};
	check(desk->renderer->impl->read(desk->renderer, target, &box, &into));
	return pixel & 0xffffff;
}

static void on_line(enum log_level level, const char *line, void *data)
{
	if (level <= LOG_WARN)
		++*(int *)data;
	if (getenv("TEST_VERBOSE"))
		fprintf(stderr, "%s\n", line);
}

void desk_count_lines(int *lines)
{
	log_set_sink(lines ? on_line : NULL, lines);
}
