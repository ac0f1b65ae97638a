// SPDX-License-Identifier: MIT
// The commands of whole frames, word by word, and their size.
#include <stdlib.h>
#include <string.h>
#include "renderer/virgl/virgl.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/fake_host.h"

static struct fake_host *rig_open(struct renderer_rig *rig)
{
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(rig, virgl_renderer_create(&fake->base));
	return fake;
}

static struct buffer *new_target(struct renderer_rig *rig, int width, int height)
{
	struct buffer *target =
		rig->renderer->impl->alloc(rig->renderer, width, height, DRM_FORMAT_XRGB8888);
	check(target != NULL);
	return target;
}

// The first commands: create everything that frames need, and draw once with each program.
TEST(start)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	fake_host_check(fake,
		"create 1: target 0 format 64 bind 00010 576x1 backing 0\n"
		"write resource 1 stride 576 at 0,0 size 576x1 words 144\n"
		"create blend 1 mask f\n"
		"create sampler 2 wrap 222 min 0 mip 2 mag 0\n"
		"create blend 3 color 1*0+19 alpha 1*0+19 mask f\n"
		"create sampler 4 wrap 222 min 1 mip 2 mag 1\n"
		"create shader 5 stage 0 tokens 300 outputs 0 VERT 310 bytes\n"
		"create shader 6 stage 0 tokens 300 outputs 0 VERT 65 bytes\n"
		"create shader 7 stage 1 tokens 300 outputs 0 FRAG 131 bytes\n"
		"create shader 8 stage 1 tokens 300 outputs 0 FRAG 329 bytes\n"
		"create shader 9 stage 1 tokens 300 outputs 0 FRAG 736 bytes\n"
		"create shader 10 stage 1 tokens 300 outputs 0 FRAG 74 bytes\n"
		"create rasterizer 11 20004002 point 1 line 1\n"
		"bind object 2 handle 11\n"
		"create dsa 12\n"
		"bind object 3 handle 12\n"
		"create elements 13 offset 0 divisor 0 buffer 0 format 31\n"
		"bind object 5 handle 13\n"
		"vertices 16 0 1\n"
		"create 2: target 2 format 2 bind 00002 5x1 backing 20\n"
		"create 3: target 2 format 1 bind 00008 1x1 backing 0\n"
		"create surface 14 resource 2 format 2\n"
		"write resource 3 stride 4 at 0,0 size 1x1 words 1\n"
		"create view 15 resource 3 format 1 target 2 swizzle 0123\n"
		"framebuffer 1 0 14\n"
		"viewport 0 2.5 0.5 0.5 2.5 0.5 0.5\n"
		"clear 4 0.392157 0.392157 0.392157 1\n"
		"shader 5 0\n"
		"shader 7 1\n"
		"bind object 1 handle 1\n"
		"views 1 0 15\n"
		"samplers 1 0 2\n"
		"constants 0 0 2 2 -1 -1 1 1 0 0\n"
		"scissor 0 1,0 to 2,1\n"
		"draw first 0 count 4 mode 5\n"
		"shader 8 1\n"
		"bind object 1 handle 3\n"
		"samplers 1 0 4\n"
		"constants 1 0 0 0 1 1 0.5 1 1 0\n"
		"scissor 0 2,0 to 3,1\n"
		"draw first 0 count 4 mode 5\n"
		"shader 9 1\n"
		"samplers 1 0 2\n"
		"views 1 1 15\n"
		"samplers 1 1 2\n"
		"constants 1 0 0 0 1 1 0.5 1 1 0 0.5 0.25 0.25 0 0.5 0.25 0.25 0 0.5 0.25 0.25 0\n"
		"scissor 0 3,0 to 4,1\n"
		"draw first 0 count 4 mode 5\n"
		"shader 6 0\n"
		"shader 10 1\n"
		"constants 1 0 0.5 0.5 0.5 0.5\n"
		"scissor 0 4,0 to 5,1\n"
		"draw first 32 count 4 mode 5\n"
		"destroy object 6 handle 15\n"
		"get 2: 0,0 5x1\n"
		"release 3\n");
	check_eq(fake->submissions, 2);
	renderer_rig_finish(&rig);
}

// A frame with a window above a color; the second one needs fewer commands.
TEST(window_over_color)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *target = new_target(&rig, 640, 480);
	struct buffer *picture = renderer_rig_buffer(100, 80, DRM_FORMAT_XRGB8888);
	free(fake_host_take(fake));
	renderer_rig_add(&rig, renderer_rig_import(&rig, picture), &(struct box){20, 30, 100, 80})
		->opaque = true;
	struct draw *ground = renderer_rig_add(&rig, NULL, &(struct box){0, 0, 640, 480});
	ground->opaque = true;
	ground->color[0] = ground->color[3] = 1;
	const struct box around = {0, 0, 640, 30}; // above the window
	pixman_region32_fini(&rig.visible[1]);
	pixman_region32_init_rect(&rig.visible[1], around.x, around.y, 640, 30);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(fake->submissions, 3);
	fake_host_check(fake,
		"create 5: target 2 format 2 bind 00008 100x80 backing 0\n"
		"create 6: target 0 format 64 bind 80000 1048576x1 backing 1048576\n"
		"create surface 15 resource 4 format 2\n"
		"copy-transfer resource 5 stride 400 at 0,0 size 100x80 staging 6 offset 0 flags 1\n"
		"create view 16 resource 5 format 2 target 2 swizzle 0123\n"
		"framebuffer 1 0 15\n"
		"viewport 0 320 240 0.5 320 240 0.5\n"
		"bind object 1 handle 1\n"
		"constants 1 0 1 0 0 1\n"
		"scissor 0 0,0 to 640,30\n"
		"draw first 32 count 4 mode 5\n"
		"shader 5 0\n"
		"shader 7 1\n"
		"views 1 0 16\n"
		"samplers 1 0 2\n"
		"constants 0 0 0.3125 0.333333 -0.9375 -0.875 1 1 0 0\n"
		"scissor 0 20,30 to 120,110\n"
		"draw first 0 count 4 mode 5\n");
	check(renderer_rig_draw(&rig, target, &(struct box){0, 40, 640, 1}));
	fake_host_check(fake,
		"framebuffer 1 0 15\n"
		"views 1 0 16\n"
		"samplers 1 0 2\n"
		"scissor 0 20,40 to 120,41\n"
		"draw first 0 count 4 mode 5\n");
	check_eq(fake->words * 4, 116);
	check_eq(fake->n_uses, 2); // the target and the texture
	buffer_drop(picture);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Crop, scale, transform, opacity: the constants of the programs.
TEST(mixed)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *target = new_target(&rig, 64, 64);
	struct buffer *picture = renderer_rig_buffer(16, 8, DRM_FORMAT_ARGB8888);
	struct draw *draw = renderer_rig_add(
		&rig, renderer_rig_import(&rig, picture), &(struct box){0, 0, 32, 16});
	draw->src = (struct fbox){2.5, 1, 4, 2};
	draw->transform = TRANSFORM_FLIPPED_180;
	draw->alpha = 0.5f;
	check(renderer_rig_draw(&rig, target, NULL));
	free(fake_host_take(fake));
	check(renderer_rig_draw(&rig, target, NULL));
	fake_host_check(fake,
		"framebuffer 1 0 15\n"
		"shader 6 0\n"
		"shader 10 1\n"
		"bind object 1 handle 1\n"
		"constants 1 0 0 0 0 1\n"
		"scissor 0 0,0 to 64,64\n"
		"draw first 32 count 4 mode 5\n"
		"shader 5 0\n"
		"shader 8 1\n"
		"bind object 1 handle 3\n"
		"views 1 0 16\n"
		"samplers 1 0 4\n"
		"constants 1 0 0.15625 0.1875 0.40625 0.3125 0.5 0 0 0\n"
		"scissor 0 0,0 to 32,16\n"
		"draw first 24 count 4 mode 5\n");
	buffer_drop(picture);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Uploads

TEST(only_what_changed)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *picture = renderer_rig_buffer(1000, 500, DRM_FORMAT_ARGB8888);
	struct texture *texture = renderer_rig_import(&rig, picture);
	check(virgl_flush(virgl_from(rig.renderer), NULL));
	free(fake_host_take(fake));
	region damage;
	pixman_region32_init_rect(&damage, 10, 20, 8, 8);
	pixman_region32_union_rect(&damage, &damage, 500, 400, 100, 50);
	pixman_region32_union_rect(
		&damage, &damage, 990, 490, 100, 100); // extends beyond the texture
	check(rig.renderer->impl->import(rig.renderer, &texture, picture, &damage));
	check_eq(fake->submissions, 4 - 1);
	check(virgl_flush(virgl_from(rig.renderer), NULL));
	fake_host_check(fake,
		"write resource 4 stride 32 at 10,20 size 8x8 words 64\n"
		"copy-transfer resource 4 stride 400 at 500,400 size 100x50 staging 6 offset 0 flags 1\n"
		"copy-transfer resource 4 stride 40 at 990,490 size 10x10 staging 6 offset 20032 flags 1\n");
	pixman_region32_fini(&damage);

	// Many rectangles are uploaded as one.
	pixman_region32_init(&damage);
	for (int i = 0; i < 17; i++)
		pixman_region32_union_rect(&damage, &damage, 2 * i, 0, 1, 1);
	check(rig.renderer->impl->import(rig.renderer, &texture, picture, &damage));
	check(virgl_flush(virgl_from(rig.renderer), NULL));
	fake_host_check(fake, "write resource 4 stride 132 at 0,0 size 33x1 words 33\n");
	pixman_region32_fini(&damage);
	rig.renderer->impl->forget(rig.renderer, texture);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
}

// Uploads larger than a staging buffer use several; once all are full, they wait for the host.
TEST(large_pictures)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	fake->busy = true;
	struct buffer *picture = renderer_rig_buffer(1024, 1536, DRM_FORMAT_ARGB8888); // six blocks
	free(fake_host_take(fake));
	struct texture *texture = renderer_rig_import(&rig, picture);
	check(virgl_flush(virgl_from(rig.renderer), NULL));
	fake_host_check(fake,
		"create 4: target 2 format 1 bind 00008 1024x1536 backing 0\n"
		"create 5: target 0 format 64 bind 80000 1048576x1 backing 1048576\n"
		"create 6: target 0 format 64 bind 80000 1048576x1 backing 1048576\n"
		"create 7: target 0 format 64 bind 80000 1048576x1 backing 1048576\n"
		"create 8: target 0 format 64 bind 80000 1048576x1 backing 1048576\n"
		"copy-transfer resource 4 stride 4096 at 0,0 size 1024x256 staging 5 offset 0 flags 1\n"
		"copy-transfer resource 4 stride 4096 at 0,256 size 1024x256 staging 6 offset 0 flags 1\n"
		"copy-transfer resource 4 stride 4096 at 0,512 size 1024x256 staging 7 offset 0 flags 1\n"
		"copy-transfer resource 4 stride 4096 at 0,768 size 1024x256 staging 8 offset 0 flags 1\n"
		"copy-transfer resource 4 stride 4096 at 0,1024 size 1024x256 staging 5 offset 0 flags 1\n"
		"copy-transfer resource 4 stride 4096 at 0,1280 size 1024x256 staging 6 offset 0 flags 1\n"
		"create view 15 resource 4 format 1 target 2 swizzle 0123\n");
	rig.renderer->impl->forget(rig.renderer, texture);
	buffer_drop(picture);
	// Their memory is freed later.
	struct buffer *target = new_target(&rig, 4, 4);
	fake->busy = false;
	for (int i = 0; i < 70; i++)
		check(renderer_rig_draw(&rig, target, NULL));
	check_eq(fake->memory, VIRGL_BLOCK_SIZE + 20);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// Hosts without copy transfers, and without any transfers in the stream.
TEST(backed)
{
	for (int i = 0; i < 2; i++) {
		struct renderer_rig rig;
		struct fake_host *fake = fake_host_create();
		fake->caps[98] = i == 0 ? 1 << 17 : 0;
		renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
		struct buffer *picture = renderer_rig_buffer(100, 50, DRM_FORMAT_ARGB8888);
		free(fake_host_take(fake));
		struct texture *texture = renderer_rig_import(&rig, picture);
		check(virgl_flush(virgl_from(rig.renderer), NULL));
		region damage;
		pixman_region32_init_rect(&damage, 10, 20, 30, 5);
		check(rig.renderer->impl->import(rig.renderer, &texture, picture, &damage));
		pixman_region32_fini(&damage);
		check(virgl_flush(virgl_from(rig.renderer), NULL));
		fake_host_check(fake,
			i == 0 ? "create 4: target 2 format 1 bind 00008 100x50 backing 20000\n"
				 "transfer resource 4 stride 400 at 0,0 size 100x50 offset 0 to host\n"
				 "create view 15 resource 4 format 1 target 2 swizzle 0123\n"
				 "transfer resource 4 stride 400 at 10,20 size 30x5 offset 8040 to host\n"
			       : "create 4: target 2 format 1 bind 00008 100x50 backing 20000\n"
				 "put 4: 0,0 100x50\n"
				 "create view 15 resource 4 format 1 target 2 swizzle 0123\n"
				 "put 4: 10,20 30x5\n");
		rig.renderer->impl->forget(rig.renderer, texture);
		buffer_drop(picture);
		renderer_rig_finish(&rig);
	}
}

// Textures that are freed between frames do not accumulate on the host.
TEST(forgotten)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_ARGB8888);
	int before = fake->resources;
	for (int i = 0; i < 600; i++)
		rig.renderer->impl->forget(rig.renderer, renderer_rig_import(&rig, picture));
	check(fake->resources - before < 300); // 4 MB of them
	check(virgl_flush(virgl_from(rig.renderer), NULL));
	check(fake->resources - before <= VIRGL_BLOCKS);
	check(virgl_from(rig.renderer)->stream.n_objects < 400);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
}

// Sizes

static size_t count_lines(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

// The budget: 172 bytes per frame and 140 per quad.
TEST(bytes_per_frame)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *targets[2] = {new_target(&rig, 1280, 800), new_target(&rig, 1280, 800)};
	for (int i = 0; i < 20; i++) {
		struct buffer *picture = renderer_rig_buffer(320, 200, DRM_FORMAT_ARGB8888);
		renderer_rig_add(&rig, renderer_rig_import(&rig, picture),
			&(struct box){i % 5 * 250, i / 5 * 190, 320, 200})
			->opaque = i % 2;
		buffer_drop(picture);
	}
	check(virgl_flush(virgl_from(rig.renderer), NULL));
	for (size_t n = 0; n <= 20; n++) {
		size_t all = rig.n;
		rig.n = n;
		free(fake_host_take(fake));
		check(renderer_rig_draw(&rig, targets[n % 2], NULL)); // with black around them
		rig.n = all;
		char *text = fake_host_take(fake);
		check(fake->words * 4 <= 172 + 140 * count_lines(text, "draw "));
		free(text);
	}
	buffer_drop(targets[0]);
	buffer_drop(targets[1]);
	renderer_rig_finish(&rig);
}

// A desktop: a wallpaper and three windows, opaque, blended and half transparent.
TEST(bytes_of_a_desktop)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *target = new_target(&rig, 1280, 800);
	for (int i = 0; i < 4; i++) {
		const struct box box = i < 3 ? (struct box){200 * i, 100 * i, 500, 400}
					     : (struct box){0, 0, 1280, 800};
		struct buffer *picture = renderer_rig_buffer(
			box.width, box.height, i == 1 ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888);
		struct draw *draw =
			renderer_rig_add(&rig, renderer_rig_import(&rig, picture), &box);
		draw->opaque = i == 0 || i == 3;
		draw->alpha = i == 2 ? 0.9f : 1;
		buffer_drop(picture);
	}
	check(renderer_rig_draw(&rig, target, NULL));
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(fake->words * 4, 584); // 172 + 4 * 140 is 732
	// A corner of one window is repainted.
	check(renderer_rig_draw(&rig, target, &(struct box){0, 0, 100, 16}));
	check_eq(fake->words * 4, 272); // with the wallpaper below it
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

// A frame with very many rectangles is submitted in parts.
TEST(many_pieces)
{
	struct renderer_rig rig;
	struct fake_host *fake = rig_open(&rig);
	struct buffer *target = new_target(&rig, 2000, 64);
	for (int i = 0; i < RENDERER_RIG_DRAWS; i++)
		renderer_rig_add(&rig, NULL, &(struct box){0, 0, 1, 1})->color[3] = 0.5f;
	region comb;
	pixman_region32_init(&comb);
	for (int x = 0; x < 2000; x += 2)
		pixman_region32_union_rect(&comb, &comb, x, 0, 1, 1);
	for (int i = 0; i < RENDERER_RIG_DRAWS; i++)
		pixman_region32_copy(&rig.visible[i], &comb);
	unsigned before = fake->submissions;
	check(renderer_rig_draw(&rig, target, NULL));
	check(fake->submissions - before >= 4 && fake->submissions - before <= 6);
	pixman_region32_fini(&comb);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}
