// SPDX-License-Identifier: MIT
#include "tests/harness/renderer_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

void renderer_rig_init(struct renderer_rig *rig, struct renderer *renderer)
{
	check(renderer != NULL);
	*rig = (struct renderer_rig){.renderer = renderer};
}

void renderer_rig_finish(struct renderer_rig *rig)
{
	for (size_t i = 0; i < rig->n; i++) {
		pixman_region32_fini(&rig->visible[i]);
		if (rig->draws[i].texture)
			rig->renderer->impl->forget(rig->renderer, rig->draws[i].texture);
	}
	renderer_destroy(rig->renderer);
}

struct draw *renderer_rig_add(
	struct renderer_rig *rig, struct texture *texture, const struct box *box)
{
	check(rig->n < RENDERER_RIG_DRAWS);
	struct draw *draw = &rig->draws[rig->n];
	region *visible = &rig->visible[rig->n++];
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

bool renderer_rig_draw(struct renderer_rig *rig, struct buffer *target, const struct box *repaint)
{
	const struct box all = {0, 0, target->width, target->height};
	region area;
	pixman_region32_init(&area);
	region_add_box(&area, repaint ? repaint : &all);
	int fence;
	bool ok =
		rig->renderer->impl->draw(rig->renderer, target, rig->draws, rig->n, &area, &fence);
	close_fd(&fence);
	pixman_region32_fini(&area);
	return ok;
}

struct texture *renderer_rig_import(struct renderer_rig *rig, struct buffer *buffer)
{
	struct texture *texture = NULL;
	check(rig->renderer->impl->import(rig->renderer, &texture, buffer, NULL));
	return texture;
}

struct buffer *renderer_rig_buffer(int width, int height, uint32_t format)
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

void renderer_rig_fill(struct buffer *buffer, uint32_t word)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	for (int y = 0; y < buffer->height; y++)
		for (int x = 0; x < buffer->width; x++)
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
	buffer_end_access(buffer);
}

uint32_t renderer_rig_pixel(struct renderer_rig *rig, struct buffer *target, int x, int y)
{
	uint32_t pixel = 0;
	const struct pixels into = {&pixel, sizeof(pixel), 1, 1, DRM_FORMAT_XRGB8888};
	const struct box box = {x, y, 1, 1};
	check(rig->renderer->impl->read(rig->renderer, target, &box, &into));
	return pixel & 0xffffff;
}

static void on_line(enum log_level level, const char *line, void *data)
{
	if (level <= LOG_WARN)
		++*(int *)data;
	if (getenv("TEST_VERBOSE"))
		fprintf(stderr, "%s\n", line);
}

void count_log_lines(int *lines)
{
	log_set_sink(lines ? on_line : NULL, lines);
}
