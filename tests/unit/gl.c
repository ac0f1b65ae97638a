// SPDX-License-Identifier: MIT
// Batching, programs and filters of the GL renderer, which need no driver.
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <drm_fourcc.h>
#include <string.h>
#include "renderer/gl/format.h"
#include "renderer/gl/quads.h"
#include "tests/harness/test.h"

static const struct layout_row {
	uint32_t from;
	struct gl_caps caps;
	bool taken;
	uint32_t uploaded;
	GLint internal_format;
	bool swapped, opaque;
} layout_rows[] = {
	{DRM_FORMAT_ARGB8888, {.bgra = true}, true, DRM_FORMAT_ARGB8888, GL_BGRA_EXT, false, false},
	{DRM_FORMAT_ARGB8888, {0}, true, DRM_FORMAT_ARGB8888, GL_RGBA, true, false},
	{DRM_FORMAT_XRGB8888, {0}, true, DRM_FORMAT_XRGB8888, GL_RGBA, true, true},
	{DRM_FORMAT_ABGR8888, {.bgra = true}, true, DRM_FORMAT_ABGR8888, GL_RGBA, false, false},
	{DRM_FORMAT_XBGR8888, {0}, true, DRM_FORMAT_XBGR8888, GL_RGBA, false, true},
	// imported by pixman
	{DRM_FORMAT_RGBX8888, {.bgra = true}, true, DRM_FORMAT_XRGB8888, GL_BGRA_EXT, false, true},
	{DRM_FORMAT_RGB565, {0}, true, DRM_FORMAT_XRGB8888, GL_RGBA, true, true},
	{DRM_FORMAT_ARGB2101010, {.bgra = true}, true, DRM_FORMAT_ARGB8888, GL_BGRA_EXT, false,
		false},
	// only if the driver supports them
	{DRM_FORMAT_ABGR16161616F, {0}, false, 0, 0, false, false},
	{DRM_FORMAT_ABGR16161616F, {.half_float = true}, true, DRM_FORMAT_ABGR16161616F, GL_RGBA16F,
		false, false},
	{DRM_FORMAT_XBGR16161616, {.norm16 = true}, true, DRM_FORMAT_XBGR16161616, GL_RGBA16_EXT,
		false, true},
	{DRM_FORMAT_ARGB16161616F, {.half_float = true, .norm16 = true}, false, 0, 0, false, false},
	{DRM_FORMAT_NV12, {.bgra = true}, false, 0, 0, false, false},
	{0x20202020, {.bgra = true}, false, 0, 0, false, false},
};

TEST_P(layouts, struct layout_row, layout_rows)
{
	struct gl_layout layout;
	check_eq(gl_layout_for(param->from, &param->caps, &layout), param->taken);
	if (!param->taken)
		return;
	check_eq(layout.fourcc, param->uploaded);
	check_eq(layout.internal_format, param->internal_format);
	check_eq(layout.swapped, param->swapped);
	check_eq(layout.opaque, param->opaque);
	check_eq(layout.bytes, layout.type == GL_UNSIGNED_BYTE ? 4 : 8);
}

TEST(software)
{
	check(gl_renderer_is_software("llvmpipe (LLVM 15.0.6, 256 bits)"));
	check(gl_renderer_is_software("softpipe"));
	check(!gl_renderer_is_software("Mesa Intel(R) UHD Graphics 620 (KBL GT2)"));
	check(!gl_renderer_is_software("virgl (LLVMPIPE on somebody else's machine)"));
	check(!gl_renderer_is_software(NULL));
}

static bool classify(struct texture *texture, unsigned *program, bool *has_alpha)
{
	*program = texture->width == 64 ? GL_PROGRAM_EXTERNAL : 0;
	*has_alpha = texture->width != 8;
	return texture->width != 1; // a texture without pixels
}

struct draw_list {
	struct quads quads;
	struct draw draws[4];
	region visible[4];
	size_t n;
	bool alpha; // the target has alpha
};

static struct draw *list_add(
	struct draw_list *list, struct texture *texture, int x, int y, int w, int h)
{
	struct draw *draw = &list->draws[list->n];
	*draw = (struct draw){
		.texture = texture,
		.alpha = 1,
		.src = {0, 0, w, h},
		.dst = {x, y, w, h},
		.visible = &list->visible[list->n],
	};
	pixman_region32_init_rect(&list->visible[list->n++], x, y, (unsigned)w, (unsigned)h);
	return draw;
}

static void list_build(struct draw_list *list, int x, int y, int w, int h)
{
	region repaint;
	pixman_region32_init_rect(&repaint, x, y, (unsigned)w, (unsigned)h);
	const struct quads_target target = {100, 100, list->alpha};
	quads_build(&list->quads, list->draws, list->n, &repaint, &target, classify);
	pixman_region32_fini(&repaint);
}

static void list_finish(struct draw_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		pixman_region32_fini(&list->visible[i]);
	quads_finish(&list->quads);
}

// Checks the first and last vertex, which are opposite corners of the rectangle.
static void check_rect(const struct vertex *vertices, int x1, int y1, int x2, int y2)
{
	check_eq((int)vertices[0].x, x1);
	check_eq((int)vertices[0].y, y1);
	check_eq((int)vertices[5].x, x2);
	check_eq((int)vertices[5].y, y2);
}

TEST(quads_are_clipped)
{
	struct draw_list list = {0};
	struct texture texture = {.width = 16, .height = 16};
	list_add(&list, &texture, -4, 90, 16, 16);
	list_build(&list, -50, -50, 200, 146);
	const struct quads *quads = &list.quads;
	check_eq(quads->n_batches, 2);
	check(!quads->batches[0].texture && !quads->batches[0].blend); // the black background
	check_rect(&quads->vertices[0], 0, 0, 100, 96);
	check_near(quads->vertices[0].color[3], 1, 0);
	check(quads->batches[1].texture == &texture && quads->batches[1].blend);
	check(quads->batches[1].nearest);
	check_eq(quads->batches[1].program, 0);
	check_eq(quads->batches[1].count, 6);
	const struct vertex *vertices = &quads->vertices[quads->batches[1].first];
	check_rect(vertices, 0, 90, 12, 96);
	check_near(vertices[0].u, 4 / 16.0, 1e-6);
	check_near(vertices[0].v, 0, 1e-6);
	check_near(vertices[5].u, 1, 1e-6);
	check_near(vertices[5].v, 6 / 16.0, 1e-6);
	list_build(&list, 200, 0, 10, 10);
	check_eq(quads->n_batches, 0);
	list_finish(&list);
}

TEST(quads_are_drawn_at_once)
{
	struct draw_list list = {0};
	struct texture empty = {.width = 1, .height = 1};
	for (int i = 0; i < 3; i++) {
		struct draw *draw = list_add(&list, NULL, i * 10, 0, 10, 100);
		draw->color[i] = draw->color[3] = 1;
		draw->opaque = true;
	}
	list_add(&list, &empty, 40, 0, 1, 1);
	list_build(&list, 0, 0, 100, 100);
	check_eq(list.quads.n_batches, 1); // including the solid rectangles
	check_eq(list.quads.n_vertices, 4 * 6);
	check_rect(&list.quads.vertices[0], 30, 0, 100, 100);
	check_near(list.quads.vertices[3 * 6].color[0], 1, 0);
	list.draws[1].opaque = false;
	list.draws[1].alpha = 0.5f;
	list_build(&list, 0, 0, 100, 100);
	check_eq(list.quads.n_batches, 3);
	check(list.quads.batches[1].blend);
	check_near(list.quads.vertices[list.quads.batches[1].first].color[3], 128 / 255.0, 1e-6);
	list_finish(&list);
}

#define MIX GL_PROGRAM_MIX
#define MIX_OPAQUE (GL_PROGRAM_MIX | GL_PROGRAM_OPAQUE)

static const struct program_row {
	int width; // of the texture; 8: without alpha, 64: external
	double src_x, src_width;
	float alpha;
	bool opaque, turned, target_alpha;
	unsigned program;
	bool nearest, blend;
} program_rows[] = {
	{16, 0, 16, 1, false, false, false, 0, true, true},
	{16, 0, 16, 1, true, false, false, 0, true, false},
	{16, 0, 16, 1, true, false, true, 0, true, false},
	{8, 0, 16, 1, false, false, false, 0, true, false},
	{8, 0, 16, 1, false, false, true, MIX_OPAQUE, true, false},
	{8, 0, 16, 0.5f, false, false, false, MIX_OPAQUE, true, true},
	{32, 4, 16, 1, false, false, false, 0, true, true},
	{32, 0, 32, 1, false, false, false, MIX, false, true},
	{32, 4, 20, 1, false, false, false, MIX, false, true},
	{32, 0.5, 16, 1, true, false, false, MIX, false, false},
	{16, 0, 17, 1, true, true, false, MIX, false, false},
	{64, 0, 16, 1, false, false, true, GL_PROGRAM_EXTERNAL, true, true},
};

TEST_P(quads_choose_programs, struct program_row, program_rows)
{
	struct draw_list list = {0};
	struct texture texture = {.width = param->width, .height = 16};
	struct draw *draw = list_add(&list, &texture, 0, 0, 16, 16);
	draw->src.x = param->src_x;
	draw->src.width = param->src_width;
	draw->alpha = param->alpha;
	draw->opaque = param->opaque;
	draw->transform = param->turned ? TRANSFORM_270 : TRANSFORM_NORMAL;
	list.alpha = param->target_alpha;
	list_build(&list, 0, 0, 16, 16);
	const struct batch *batch = &list.quads.batches[list.quads.n_batches - 1];
	check_eq(batch->program, param->program);
	check_eq(batch->nearest, param->nearest);
	check_eq(batch->blend, param->blend);
	list_finish(&list);
}

// Sampling is clamped to the whole pixels that the crop touches.
TEST(quads_stay_inside_the_crop)
{
	struct draw_list list = {0};
	struct texture texture = {.width = 32, .height = 64};
	struct draw *draw = list_add(&list, &texture, 0, 0, 50, 50);
	draw->src = (struct fbox){4.5, 8, 9, 60};
	list_build(&list, 0, 0, 100, 100);
	const struct vertex *vertex = &list.quads.vertices[list.quads.n_vertices - 1];
	check_near(vertex->inside[0] * 32, 4.5, 1e-4);
	check_near(vertex->inside[1] * 64, 8.5, 1e-4);
	check_near(vertex->inside[2] * 32, 13.5, 1e-4);
	check_near(vertex->inside[3] * 64, 63.5, 1e-4);
	list_finish(&list);
}
