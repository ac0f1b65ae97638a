// SPDX-License-Identifier: MIT
// Hosts that fail in every way they can, without one: the renderer says so once, and starts anew.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/desk.h"
#include "tests/harness/test.h"
#include "tests/virgl/paper.h"

static struct buffer *new_target(struct desk *desk)
{
	struct buffer *target =
		desk->renderer->impl->alloc(desk->renderer, 64, 64, DRM_FORMAT_XRGB8888);
	check(target != NULL);
	return target;
}

// Creation

static void set_nothing(struct paper *paper)
{
	paper->caps_bytes = 0;
}

static void set_empty(struct paper *paper)
{
	paper->caps[0] = 0;
}

static void set_no_target(struct paper *paper)
{
	static const uint32_t formats[] = {1, 2, 67, 134};
	for (size_t i = 0; i < array_length(formats); i++)
		paper_set_format(paper, formats[i], true, false);
}

static void set_no_picture(struct paper *paper)
{
	paper_set_format(paper, 1, false, true);
	paper_set_format(paper, 67, false, true);
}

static void set_no_resources(struct paper *paper)
{
	paper->creates_none = true;
}

static void set_refuses(struct paper *paper)
{
	paper->refuses = true;
}

static void set_silent(struct paper *paper)
{
	paper->silent = true;
}

static void set_dead_context(struct paper *paper)
{
	paper->context_dead = true;
}

static const struct fault {
	const char *name;
	void (*set)(struct paper *paper);
} faults[] = {
	{"no capabilities", set_nothing},
	{"empty capabilities", set_empty},
	{"no format to draw into", set_no_target},
	{"no format to draw from", set_no_picture},
	{"no resources", set_no_resources},
	{"takes no commands", set_refuses},
	{"does not answer", set_silent},
	{"draws nothing", set_dead_context},
};

TEST_P(not_created, struct fault, faults)
{
	int lines = 0;
	struct paper *paper = paper_create();
	param->set(paper);
	desk_count_lines(&lines);
	check(!virgl_renderer_create(&paper->base));
	desk_count_lines(NULL);
	// These are the transport's to log.
	bool silent = param->set == set_nothing || param->set == set_no_resources;
	check(silent ? lines == 0 : lines >= 1);
}

TEST(without_a_host)
{
	check(!virgl_renderer_create(NULL));
}

// A host with only what the first capability set tells.
TEST(modest)
{
	struct desk desk;
	struct paper *paper = paper_create();
	paper->caps_bytes = 308;
	desk_init(&desk, virgl_renderer_create(&paper->base));
	check_eq(virgl_from(desk.renderer)->caps.max_size, 2048);
	struct buffer *wide = desk_buffer(2049, 1, DRM_FORMAT_ARGB8888);
	struct texture *texture = NULL;
	int lines = 0;
	desk_count_lines(&lines);
	check(!desk.renderer->impl->import(desk.renderer, &texture, wide, NULL) && !texture);
	check(!desk.renderer->impl->alloc(desk.renderer, 4, 2049, DRM_FORMAT_XRGB8888));
	check(!desk_draw(&desk, wide, NULL));
	desk_count_lines(NULL);
	check_eq(lines, 3);
	check(!desk.renderer->lost);
	buffer_drop(wide);
	struct buffer *picture = desk_buffer(2048, 2, DRM_FORMAT_ARGB8888);
	texture = desk_import(&desk, picture);
	desk.renderer->impl->forget(desk.renderer, texture);
	buffer_drop(picture);
	desk_finish(&desk);
}

// Later

static const struct fault late_faults[] = {
	{"takes no commands", set_refuses},
	{"draws nothing", set_dead_context},
	{"does not answer", set_silent},
};

TEST_P(found_within_frames, struct fault, late_faults)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct buffer *target = new_target(&desk);
	struct buffer *picture = desk_buffer(64, 64, DRM_FORMAT_XRGB8888);
	struct draw *draw =
		desk_add(&desk, desk_import(&desk, picture), &(struct box){0, 0, 64, 64});
	for (int i = 0; i < 200; i++)
		check(desk_draw(&desk, target, NULL));
	int lines = 0, frames = 0;
	desk_count_lines(&lines);
	param->set(paper);
	while (desk_draw(&desk, target, NULL))
		check(++frames < 130);
	check_eq(lines, 1);
	check(desk.renderer->lost);

	// Nothing is done or said while it is lost.
	struct texture *texture = draw->texture, *other = NULL;
	uint32_t pixel;
	const struct pixels into = {&pixel, 4, 1, 1, DRM_FORMAT_XRGB8888};
	const struct renderer_impl *impl = desk.renderer->impl;
	check(!desk_draw(&desk, target, NULL));
	check(!impl->import(desk.renderer, &draw->texture, picture, NULL));
	check(draw->texture == texture);
	check(!impl->import(desk.renderer, &other, picture, NULL) && !other);
	check(!impl->alloc(desk.renderer, 4, 4, DRM_FORMAT_XRGB8888));
	check(!impl->read(desk.renderer, target, &(struct box){0, 0, 1, 1}, &into));
	check_eq(lines, 1);

	// It does not come back at once.
	paper->does_not_reset = true;
	check(!impl->recover(desk.renderer) && desk.renderer->lost);
	paper->does_not_reset = false;
	paper->refuses = true;
	check(!impl->recover(desk.renderer) && desk.renderer->lost);
	paper->refuses = paper->silent = false;
	check(impl->recover(desk.renderer) && !desk.renderer->lost);
	check_eq(paper->resets, 3);

	desk_count_lines(&lines);
	lines = 0;
	check(!desk_draw(&desk, target, NULL)); // its memory is gone
	check_eq(lines, 1);
	desk_count_lines(NULL);
	buffer_drop(target);
	target = new_target(&desk);
	check(desk_draw(&desk, target, NULL)); // without the picture
	free(paper_take(paper));
	region nothing;
	pixman_region32_init(&nothing);
	check(impl->import(desk.renderer, &draw->texture, picture, &nothing)); // all of it
	pixman_region32_fini(&nothing);
	check(draw->texture == texture);
	check(desk_draw(&desk, target, NULL));
	char *text = paper_take(paper);
	check(strstr(text, "size 64x64 staging") && strstr(text, "draw first 0 "));
	free(text);
	buffer_drop(target);
	buffer_drop(picture);
	desk_finish(&desk);
}

// A picture that a dead host answers with is not given out.
TEST(found_by_reading)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct buffer *target = new_target(&desk);
	check(desk_draw(&desk, target, NULL));
	uint32_t pixel;
	const struct pixels into = {&pixel, 4, 1, 1, DRM_FORMAT_XRGB8888};
	const struct box box = {0, 0, 1, 1};
	check(desk.renderer->impl->read(desk.renderer, target, &box, &into));
	paper->context_dead = true;
	int lines = 0;
	desk_count_lines(&lines);
	check(!desk.renderer->impl->read(desk.renderer, target, &box, &into));
	desk_count_lines(NULL);
	check_eq(lines, 1);
	check(desk.renderer->lost);
	buffer_drop(target);
	desk_finish(&desk);
}

// Frames go on while the host is still busy with the pixels that it is judged by.
TEST(slow)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct buffer *target = new_target(&desk);
	paper->busy = true;
	for (int i = 0; i < 300; i++)
		check(desk_draw(&desk, target, NULL));
	paper->busy = false;
	check(desk_draw(&desk, target, NULL));
	buffer_drop(target);
	desk_finish(&desk);
}

// No memory for one picture is no loss.
TEST(no_memory)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct buffer *target = new_target(&desk);
	struct buffer *picture = desk_buffer(64, 64, DRM_FORMAT_XRGB8888);
	struct texture *texture = NULL;
	const struct renderer_impl *impl = desk.renderer->impl;
	int lines = 0;
	desk_count_lines(&lines);
	paper->creates_none = true;
	check(!impl->import(desk.renderer, &texture, picture, NULL) && !texture);
	check(!impl->alloc(desk.renderer, 64, 64, DRM_FORMAT_XRGB8888));
	desk_count_lines(NULL);
	check(!desk.renderer->lost);
	paper->creates_none = false;
	check(desk_draw(&desk, target, NULL));
	texture = desk_import(&desk, picture);
	impl->forget(desk.renderer, texture);
	buffer_drop(picture);
	buffer_drop(target);
	desk_finish(&desk);
}

// Whoever has textures and targets gives them back when the renderer is gone.
TEST(outlived)
{
	struct desk desk;
	desk_init(&desk, virgl_renderer_create(&paper_create()->base));
	const struct renderer_impl *impl = desk.renderer->impl;
	struct buffer *target = new_target(&desk);
	struct buffer *picture = desk_buffer(64, 64, DRM_FORMAT_XRGB8888);
	struct texture *texture = desk_import(&desk, picture);
	check(desk_draw(&desk, target, NULL));
	renderer_destroy(desk.renderer);
	impl->forget(NULL, texture);
	buffer_drop(target);
	buffer_drop(picture);
}
