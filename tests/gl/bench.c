// SPDX-License-Identifier: MIT
#include "tests/gl/bench.h"
#include <dlfcn.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

void *bench_symbol(const char *name)
{
	void *library = dlopen("oriel-gl.so", RTLD_NOW | RTLD_LOCAL);
	void *symbol = library ? dlsym(library, name) : NULL;
	if (!symbol)
		test_fail(__FILE__, __LINE__, "%s", dlerror());
	return symbol;
}

void bench_init(struct bench *bench)
{
	const struct renderer_module *module = bench_symbol("renderer_module");
	const struct renderer_options options = {.device = -1, .accept_software = true};
	*bench = (struct bench){.renderer = module->create(&options)};
	check(bench->renderer != NULL);
	bench->gl = gl_from(bench->renderer);
}

void bench_finish(struct bench *bench)
{
	for (size_t i = 0; i < bench->n; i++) {
		pixman_region32_fini(&bench->visible[i]);
		if (bench->draws[i].texture)
			bench->renderer->impl->forget(bench->renderer, bench->draws[i].texture);
	}
	renderer_destroy(bench->renderer);
}

struct draw *bench_add(struct bench *bench, struct texture *texture, const struct box *box)
{
	check(bench->n < BENCH_DRAWS);
	struct draw *draw = &bench->draws[bench->n];
	*draw = (struct draw){
		.texture = texture,
		.alpha = 1,
		.src = {0, 0, box->width, box->height},
		.dst = *box,
		.visible = &bench->visible[bench->n],
	};
	pixman_region32_init_rect(&bench->visible[bench->n++], box->x, box->y, (unsigned)box->width,
		(unsigned)box->height);
	return draw;
}

bool bench_draw(struct bench *bench, struct buffer *target, const struct box *repaint)
{
	const struct box all = {0, 0, target->width, target->height};
	region area;
	pixman_region32_init(&area);
	region_add_box(&area, repaint ? repaint : &all);
	int fence;
	bool ok = bench->renderer->impl->draw(
		bench->renderer, target, bench->draws, bench->n, &area, &fence);
	check_eq(fence, -1);
	pixman_region32_fini(&area);
	return ok;
}

struct buffer *bench_buffer(int width, int height, uint32_t format)
{
	struct buffer *buffer = buffer_create_memfd(width, height, format);
	struct pixels pixels;
	check(buffer && buffer_begin_access(buffer, &pixels));
	uint32_t seed = format;
	size_t bytes = (size_t)width * format_info(format)->bytes;
	for (int y = 0; y < height; y++) {
		for (size_t i = 0; i < bytes; i++) {
			seed = seed * 1664525 + 1013904223;
			((unsigned char *)pixels.data)[(size_t)y * pixels.stride + i] =
				(unsigned char)(seed >> 24);
		}
	}
	buffer_end_access(buffer);
	return buffer;
}

void bench_fill(struct buffer *buffer, uint32_t word)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	for (int y = 0; y < buffer->height; y++)
		for (int x = 0; x < buffer->width; x++)
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
	buffer_end_access(buffer);
}

uint32_t bench_pixel(struct bench *bench, struct buffer *target, int x, int y)
{
	uint32_t pixel = 0;
	const struct pixels into = {&pixel, sizeof(pixel), 1, 1, DRM_FORMAT_XRGB8888};
	const struct box box = {x, y, 1, 1};
	check(bench->renderer->impl->read(bench->renderer, target, &box, &into));
	return pixel & 0xffffff;
}

static void on_line(enum log_level level, const char *line, void *data)
{
	(*(int *)data)++;
}

void bench_count_lines(int *lines)
{
	log_set_sink(lines ? on_line : NULL, lines);
}
