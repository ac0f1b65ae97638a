// SPDX-License-Identifier: MIT
// Uploads and reads in the GL renderer, for all layouts of memory, compared with pixman.
#include <string.h>
#include "tests/gl/module.h"
#include "tests/harness/test.h"

#define SIDE 19 // rows of small pixels are not aligned

static struct buffer *drawn_by(struct renderer *renderer, struct buffer *picture)
{
	struct buffer *target = buffer_create_memfd(SIDE, SIDE, DRM_FORMAT_ARGB8888);
	struct texture *texture = NULL;
	check(renderer->impl->import(renderer, &texture, picture, NULL));
	region all;
	pixman_region32_init_rect(&all, 0, 0, SIDE, SIDE);
	const struct draw draw = {.texture = texture,
		.alpha = 1,
		.src = {0, 0, SIDE, SIDE},
		.dst = {0, 0, SIDE, SIDE},
		.opaque = true,
		.visible = &all};
	int fence;
	check(renderer->impl->draw(renderer, target, &draw, 1, &all, &fence));
	renderer->impl->forget(renderer, texture);
	pixman_region32_fini(&all);
	return target;
}

static void check_same(struct buffer *a, struct buffer *b, const char *name)
{
	struct pixels pa, pb;
	check(buffer_begin_access(a, &pa) && buffer_begin_access(b, &pb));
	for (int y = 0; y < SIDE; y++)
		if (memcmp((char *)pa.data + (size_t)y * pa.stride,
			    (char *)pb.data + (size_t)y * pb.stride, SIDE * 4) != 0)
			test_fail(__FILE__, __LINE__, "%s: row %d differs", name, y);
	buffer_end_access(a);
	buffer_end_access(b);
}

TEST(formats_match_pixman)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct renderer *pixman = pixman_renderer_create(1);
	for (size_t i = 0; i < pixman->shm.count; i++) {
		uint32_t format = pixman->shm.formats[i].fourcc;
		check(format_set_has(&rig.renderer->shm, format, DRM_FORMAT_MOD_LINEAR));
		struct buffer *picture = renderer_rig_buffer(SIDE, SIDE, format);
		struct buffer *wanted = drawn_by(pixman, picture);
		struct buffer *actual = drawn_by(rig.renderer, picture);
		check_same(actual, wanted, format_info(format)->name);
		buffer_drop(picture);
		buffer_drop(wanted);
		buffer_drop(actual);
	}
	renderer_destroy(pixman);
	renderer_rig_finish(&rig);
}

// Formats that pixman does not support.
static const struct wide_row {
	uint32_t format;
	uint16_t one, half;
} wide_rows[] = {{DRM_FORMAT_ABGR16161616F, 0x3c00, 0x3800},
	{DRM_FORMAT_XBGR16161616F, 0x3c00, 0x3800}, {DRM_FORMAT_ABGR16161616, 0xffff, 0x8000},
	{DRM_FORMAT_XBGR16161616, 0xffff, 0x8000}};

TEST_P(wide_formats, struct wide_row, wide_rows)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	if (!format_set_has(&rig.renderer->shm, param->format, DRM_FORMAT_MOD_LINEAR)) {
		renderer_rig_finish(&rig);
		test_skip("this driver does not have it");
	}
	struct buffer *picture = buffer_create_memfd(2, 2, param->format);
	struct pixels pixels;
	check(buffer_begin_access(picture, &pixels));
	const uint16_t pixel[4] = {param->one, param->half, 0, param->one};
	for (int y = 0; y < 2; y++)
		for (int x = 0; x < 2; x++)
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + x * 8, pixel, 8);
	buffer_end_access(picture);
	struct buffer *target = rig.renderer->impl->alloc(rig.renderer, 2, 2, DRM_FORMAT_XRGB8888);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, 2, 2});
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, picture, NULL));
	check(!draw->texture->holds);
	check(renderer_rig_draw(&rig, target, NULL));
	uint32_t color = renderer_rig_pixel(&rig, target, 1, 1);
	check_eq(color >> 16, 0xff);
	check_near(color >> 8 & 0xff, 0x80, 1);
	check_eq(color & 0xff, 0);
	buffer_drop(target);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
}

// Memory as in a client's pool: any start address and any stride.
struct odd_buffer {
	struct buffer base;
	unsigned char data[SIDE * (SIDE * 4 + 3) + 1];
};

static bool odd_begin(struct buffer *buffer, struct pixels *into)
{
	struct odd_buffer *odd = wl_container_of(buffer, odd, base);
	*into = (struct pixels){odd->data + 1, SIDE * 4 + 3, SIDE, SIDE, buffer->format};
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
static const uint32_t odd_formats[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ABGR8888,
	DRM_FORMAT_RGBA8888, DRM_FORMAT_BGR888, DRM_FORMAT_RGB565};

TEST_P(odd_memory, uint32_t, odd_formats)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct renderer *pixman = pixman_renderer_create(1);
	struct odd_buffer odd;
	buffer_init(&odd.base, &odd_impl, SIDE, SIDE, *param);
	for (size_t i = 0; i < sizeof(odd.data); i++)
		odd.data[i] = (unsigned char)(i * 7 + i / 61);
	struct buffer *wanted = drawn_by(pixman, &odd.base);
	struct buffer *actual = drawn_by(rig.renderer, &odd.base);
	check_same(actual, wanted, format_info(*param)->name);
	buffer_drop(wanted);
	buffer_drop(actual);
	buffer_drop(&odd.base);
	renderer_destroy(pixman);
	renderer_rig_finish(&rig);
}

// Only damage is uploaded, if the size and format are unchanged.
TEST(damage)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct buffer *target =
		rig.renderer->impl->alloc(rig.renderer, SIDE, SIDE, DRM_FORMAT_XRGB8888);
	struct buffer *picture = renderer_rig_buffer(SIDE, SIDE, DRM_FORMAT_XRGB8888);
	renderer_rig_fill(picture, 0x112233);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, picture, NULL));
	struct texture *first = draw->texture;
	renderer_rig_fill(picture, 0x445566);
	region damage;
	pixman_region32_init_rect(&damage, 3, 4, 5, 6);
	pixman_region32_union_rect(&damage, &damage, 17, 0, 100, 1);
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, picture, &damage));
	check(draw->texture == first);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 2, 4), 0x112233);
	check_eq(renderer_rig_pixel(&rig, target, 3, 4), 0x445566);
	check_eq(renderer_rig_pixel(&rig, target, 7, 9), 0x445566);
	check_eq(renderer_rig_pixel(&rig, target, 8, 9), 0x112233);
	check_eq(renderer_rig_pixel(&rig, target, 18, 0), 0x445566);
	// Many rectangles are uploaded as one.
	pixman_region32_clear(&damage);
	for (int i = 0; i < SIDE; i++)
		pixman_region32_union_rect(&damage, &damage, i, i, 1, 1);
	renderer_rig_fill(picture, 0x778899);
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, picture, &damage));
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 5, 12), 0x778899);
	// After a change of format everything is uploaded, whatever the damage.
	struct buffer *other = renderer_rig_buffer(SIDE, SIDE, DRM_FORMAT_XBGR8888);
	renderer_rig_fill(other, 0x0000ff);
	check(rig.renderer->impl->import(rig.renderer, &draw->texture, other, &damage));
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 18, 0), 0xff0000);
	pixman_region32_fini(&damage);
	buffer_drop(other);
	buffer_drop(picture);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

static const uint32_t cpu_formats[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888,
	DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_BGR888};

// CPU memory is only written inside the repainted region.
TEST_P(cpu_target, uint32_t, cpu_formats)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct buffer *target = renderer_rig_buffer(SIDE, SIDE, *param);
	struct buffer *before = renderer_rig_buffer(SIDE, SIDE, *param);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){5, 5, 6, 6});
	memcpy(draw->color, (const float[4]){1, 0, 0, 1}, sizeof(draw->color));
	draw->opaque = true;
	check(renderer_rig_draw(&rig, target, &(struct box){4, 4, 20, 4}));
	for (int y = 0; y < SIDE; y++) {
		for (int x = 0; x < SIDE; x++) {
			bool repainted = x >= 4 && y >= 4 && y < 8;
			bool red = repainted && x >= 5 && y >= 5 && x < 11;
			check_eq(renderer_rig_pixel(&rig, target, x, y),
				red                 ? 0xff0000
					: repainted ? 0
						    : renderer_rig_pixel(&rig, before, x, y));
		}
	}
	buffer_drop(before);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Targets without alpha read as opaque, others unchanged.
TEST(reads)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	const uint32_t formats[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888};
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, 4, 4});
	draw->opaque = true; // so that it replaces the target
	for (int i = 0; i < 2; i++) {
		struct buffer *target = rig.renderer->impl->alloc(rig.renderer, 4, 4, formats[i]);
		check(renderer_rig_draw(&rig, target, NULL));
		uint32_t words[3 * 2];
		const struct box box = {1, 1, 2, 2};
		struct pixels into = {words, 12, 2, 2, DRM_FORMAT_ARGB8888};
		memset(words, 0x55, sizeof(words));
		check(rig.renderer->impl->read(rig.renderer, target, &box, &into));
		check_eq(words[4], i ? 0 : 0xff000000);
		check_eq(words[2], 0x55555555); // between the rows
		into.format = DRM_FORMAT_RGBA8888;
		check(rig.renderer->impl->read(rig.renderer, target, &box, &into));
		check_eq(words[0], i ? 0 : 0x000000ff);
		int lines = 0;
		count_log_lines(&lines);
		into.format = DRM_FORMAT_NV12;
		check(!rig.renderer->impl->read(rig.renderer, target, &box, &into));
		count_log_lines(NULL);
		check_eq(lines, 1);
		buffer_drop(target);
	}
	renderer_rig_finish(&rig);
}

TEST(too_large)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct buffer *buffer =
		buffer_create_memfd(gl_from(rig.renderer)->max_size + 1, 1, DRM_FORMAT_XRGB8888);
	struct texture *texture = NULL;
	int lines = 0;
	count_log_lines(&lines);
	check(!rig.renderer->impl->import(rig.renderer, &texture, buffer, NULL));
	check(texture == NULL);
	check_eq(lines, 1);
	check(!rig.renderer->impl->alloc(
		rig.renderer, gl_from(rig.renderer)->max_size + 1, 1, DRM_FORMAT_XRGB8888));
	check(!renderer_rig_draw(&rig, buffer, NULL));
	check_eq(lines, 3);
	count_log_lines(NULL);
	buffer_drop(buffer);
	renderer_rig_finish(&rig);
}

TEST(software_only_where_it_is_accepted)
{
	const struct renderer_module *module = module_symbol("renderer_module");
	const struct renderer_options options = {.device = -1};
	struct renderer *renderer = module->create(&options);
	if (renderer) {
		renderer_destroy(renderer);
		test_skip("there is a GPU here");
	}
}

// Buffers may outlive the renderer.
TEST(destroyed_first)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct buffer *target = rig.renderer->impl->alloc(rig.renderer, 4, 4, DRM_FORMAT_ARGB8888);
	check(renderer_rig_draw(&rig, target, NULL));
	renderer_rig_finish(&rig);
	buffer_drop(target);
}
