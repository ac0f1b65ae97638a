// SPDX-License-Identifier: MIT
// Fake hosts that fail in every way: the renderer logs it once, and recovers.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/fake_host.h"

static struct buffer *new_target(struct renderer_rig *rig)
{
	struct buffer *target =
		rig->renderer->impl->alloc(rig->renderer, 64, 64, DRM_FORMAT_XRGB8888);
	check(target != NULL);
	return target;
}

// Creation

static void set_nothing(struct fake_host *fake)
{
	fake->caps_bytes = 0;
}

static void set_empty(struct fake_host *fake)
{
	fake->caps[0] = 0;
}

static void set_no_target(struct fake_host *fake)
{
	static const uint32_t formats[] = {1, 2, 67, 134};
	for (size_t i = 0; i < array_length(formats); i++)
		fake_host_set_format(fake, formats[i], true, false);
}

static void set_no_picture(struct fake_host *fake)
{
	fake_host_set_format(fake, 1, false, true);
	fake_host_set_format(fake, 67, false, true);
}

static void set_no_resources(struct fake_host *fake)
{
	fake->creates_none = true;
}

static void set_refuses(struct fake_host *fake)
{
	fake->refuses = true;
}

static void set_silent(struct fake_host *fake)
{
	fake->silent = true;
}

static void set_dead_context(struct fake_host *fake)
{
	fake->context_dead = true;
}

static const struct fault {
	const char *name;
	void (*set)(struct fake_host *fake);
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
	struct fake_host *fake = fake_host_create();
	param->set(fake);
	count_log_lines(&lines);
	check(!virgl_renderer_create(&fake->base));
	count_log_lines(NULL);
	// These are logged by the transport.
	bool silent = param->set == set_nothing || param->set == set_no_resources;
	check(silent ? lines == 0 : lines >= 1);
}

TEST(without_a_host)
{
	check(!virgl_renderer_create(NULL));
}

// A host with the first capability set only.
TEST(modest)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	fake->caps_bytes = 308;
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	check_eq(virgl_from(rig.renderer)->caps.max_size, 2048);
	struct buffer *wide = renderer_rig_buffer(2049, 1, DRM_FORMAT_ARGB8888);
	struct texture *texture = NULL;
	int lines = 0;
	count_log_lines(&lines);
	check(!rig.renderer->impl->import(rig.renderer, &texture, wide, NULL) && !texture);
	check(!rig.renderer->impl->alloc(rig.renderer, 4, 2049, DRM_FORMAT_XRGB8888));
	check(!renderer_rig_draw(&rig, wide, NULL));
	count_log_lines(NULL);
	check_eq(lines, 3);
	check(!rig.renderer->lost);
	buffer_drop(wide);
	struct buffer *picture = renderer_rig_buffer(2048, 2, DRM_FORMAT_ARGB8888);
	texture = renderer_rig_import(&rig, picture);
	rig.renderer->impl->forget(rig.renderer, texture);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
}

// Failures in frames

static const struct fault late_faults[] = {
	{"takes no commands", set_refuses},
	{"draws nothing", set_dead_context},
	{"does not answer", set_silent},
};

TEST_P(found_within_frames, struct fault, late_faults)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct buffer *target = new_target(&rig);
	struct buffer *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_XRGB8888);
	struct draw *draw = renderer_rig_add(
		&rig, renderer_rig_import(&rig, picture), &(struct box){0, 0, 64, 64});
	for (int i = 0; i < 200; i++)
		check(renderer_rig_draw(&rig, target, NULL));
	int lines = 0, frames = 0;
	count_log_lines(&lines);
	param->set(fake);
	while (renderer_rig_draw(&rig, target, NULL))
		check(++frames < 130);
	check_eq(lines, 1);
	check(rig.renderer->lost);

	// A lost renderer does nothing and logs nothing.
	struct texture *texture = draw->texture, *other = NULL;
	uint32_t pixel;
	const struct pixels into = {&pixel, 4, 1, 1, DRM_FORMAT_XRGB8888};
	const struct renderer_impl *impl = rig.renderer->impl;
	check(!renderer_rig_draw(&rig, target, NULL));
	check(!impl->import(rig.renderer, &draw->texture, picture, NULL));
	check(draw->texture == texture);
	check(!impl->import(rig.renderer, &other, picture, NULL) && !other);
	check(!impl->alloc(rig.renderer, 4, 4, DRM_FORMAT_XRGB8888));
	check(!impl->read(rig.renderer, target, &(struct box){0, 0, 1, 1}, &into));
	check_eq(lines, 1);

	// The first attempt to recover fails.
	fake->does_not_reset = true;
	check(!impl->recover(rig.renderer) && rig.renderer->lost);
	fake->does_not_reset = false;
	fake->refuses = true;
	check(!impl->recover(rig.renderer) && rig.renderer->lost);
	fake->refuses = fake->silent = false;
	check(impl->recover(rig.renderer) && !rig.renderer->lost);
	check_eq(fake->resets, 3);

	count_log_lines(&lines);
	lines = 0;
	check(!renderer_rig_draw(&rig, target, NULL)); // its memory was lost
	check_eq(lines, 1);
	count_log_lines(NULL);
	buffer_drop(target);
	target = new_target(&rig);
	check(renderer_rig_draw(&rig, target, NULL)); // without the texture
	free(fake_host_take(fake));
	region nothing;
	pixman_region32_init(&nothing);
	check(impl->import(rig.renderer, &draw->texture, picture,
		&nothing)); // uploads everything, whatever the damage
	pixman_region32_fini(&nothing);
	check(draw->texture == texture);
	check(renderer_rig_draw(&rig, target, NULL));
	char *text = fake_host_take(fake);
	check(strstr(text, "size 64x64 staging") && strstr(text, "draw first 0 "));
	free(text);
	buffer_drop(target);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
}

// Stale pixels from a dead context are not returned.
TEST(found_by_reading)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct buffer *target = new_target(&rig);
	check(renderer_rig_draw(&rig, target, NULL));
	uint32_t pixel;
	const struct pixels into = {&pixel, 4, 1, 1, DRM_FORMAT_XRGB8888};
	const struct box box = {0, 0, 1, 1};
	check(rig.renderer->impl->read(rig.renderer, target, &box, &into));
	fake->context_dead = true;
	int lines = 0;
	count_log_lines(&lines);
	check(!rig.renderer->impl->read(rig.renderer, target, &box, &into));
	count_log_lines(NULL);
	check_eq(lines, 1);
	check(rig.renderer->lost);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Frames are drawn while the canary is still being read back.
TEST(slow)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct buffer *target = new_target(&rig);
	fake->busy = true;
	for (int i = 0; i < 300; i++)
		check(renderer_rig_draw(&rig, target, NULL));
	fake->busy = false;
	check(renderer_rig_draw(&rig, target, NULL));
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Lack of memory for one texture is no loss.
TEST(no_memory)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct buffer *target = new_target(&rig);
	struct buffer *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_XRGB8888);
	struct texture *texture = NULL;
	const struct renderer_impl *impl = rig.renderer->impl;
	int lines = 0;
	count_log_lines(&lines);
	fake->creates_none = true;
	check(!impl->import(rig.renderer, &texture, picture, NULL) && !texture);
	check(!impl->alloc(rig.renderer, 64, 64, DRM_FORMAT_XRGB8888));
	count_log_lines(NULL);
	check(!rig.renderer->lost);
	fake->creates_none = false;
	check(renderer_rig_draw(&rig, target, NULL));
	texture = renderer_rig_import(&rig, picture);
	impl->forget(rig.renderer, texture);
	buffer_drop(picture);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Textures and targets may be freed after the renderer.
TEST(outlived)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, virgl_renderer_create(&fake_host_create()->base));
	const struct renderer_impl *impl = rig.renderer->impl;
	struct buffer *target = new_target(&rig);
	struct buffer *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_XRGB8888);
	struct texture *texture = renderer_rig_import(&rig, picture);
	check(renderer_rig_draw(&rig, target, NULL));
	renderer_destroy(rig.renderer);
	impl->forget(NULL, texture);
	buffer_drop(target);
	buffer_drop(picture);
}
