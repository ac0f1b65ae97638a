// SPDX-License-Identifier: MIT
// Video dmabufs: the commands for them, the pixels, and invalid buffers.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include "compositor/base/base.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/fake_host.h"
#include "tests/virgl/fake_virtgpu.h"
#include "tests/virgl/video_frame.h"
#include "tests/virgl/virgl_server.h"

// With the fake host

TEST(offered)
{
	static const struct {
		uint32_t missing, fourcc, still;
	} rows[] = {{64, DRM_FORMAT_NV12, DRM_FORMAT_P010}, {65, DRM_FORMAT_NV12, DRM_FORMAT_P010},
		{48, DRM_FORMAT_P010, DRM_FORMAT_NV12}, {49, DRM_FORMAT_P010, DRM_FORMAT_NV12}};
	for (size_t i = 0; i < array_length(rows); i++) {
		struct renderer_rig rig;
		struct fake_host *fake = fake_host_create();
		fake_host_set_format(fake, rows[i].missing, false, false);
		renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
		const struct format_set *set = &rig.renderer->dmabuf;
		check(!format_set_get(set, rows[i].fourcc));
		check(format_set_has(set, rows[i].still, DRM_FORMAT_MOD_LINEAR));
		// Without a known layout buffers cannot be copied; video is no target format.
		check(!format_set_has(set, rows[i].still, DRM_FORMAT_MOD_INVALID));
		check(!format_set_get(&rig.renderer->shared, rows[i].still));
		check(!format_set_get(&rig.renderer->shm, rows[i].still));
		renderer_rig_finish(&rig);
	}
}

TEST(stream)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct buffer *target =
		rig.renderer->impl->alloc(rig.renderer, 64, 64, DRM_FORMAT_XRGB8888);
	struct video_frame *frame = video_frame_create(DRM_FORMAT_NV12, 33, 21, false, 7);
	free(fake_host_take(fake));
	struct draw *draw = renderer_rig_add(
		&rig, renderer_rig_import(&rig, frame->buffer), &(struct box){0, 0, 64, 64});
	draw->src = (struct fbox){0, 0, 33, 21};
	draw->alpha = 0.5f;
	check(renderer_rig_draw(&rig, target, NULL));
	fake_host_check(fake,
		"create 5: target 2 format 64 bind 00008 33x21 backing 0\n"
		"create 6: target 2 format 65 bind 00008 17x11 backing 0\n"
		"create 7: target 0 format 64 bind 80000 1048576x1 backing 1048576\n"
		"create surface 15 resource 4 format 2\n"
		"create view 16 resource 5 format 64 target 2 swizzle 0445\n"
		"create view 17 resource 6 format 65 target 2 swizzle 0145\n"
		"copy-transfer resource 5 stride 36 at 0,0 size 33x21 staging 7 offset "
		"0 flags 1\n"
		"copy-transfer resource 6 stride 36 at 0,0 size 17x11 staging 7 offset "
		"768 flags 1\n"
		"framebuffer 1 0 15\n"
		"viewport 0 32 32 0.5 32 32 0.5\n"
		"bind object 1 handle 1\n"
		"constants 1 0 0 0 0 1\n"
		"scissor 0 0,0 to 64,64\n"
		"draw first 32 count 4 mode 5\n"
		"shader 5 0\n"
		"shader 9 1\n"
		"bind object 1 handle 3\n"
		"views 1 0 16\n"
		"samplers 1 0 4\n"
		"views 1 1 17\n"
		"samplers 1 1 4\n"
		"constants 1 0 0.0151515 0.0238095 0.984848 0.97619 0.5 0.970588 "
		"0.954545 0 1.16438 0 1.59603 -0.874202 1.16438 -0.391762 -0.812968 "
		"0.531668 1.16438 2.01723 0 -1.08563\n"
		"draw first 0 count 4 mode 5\n");
	video_frame_destroy(frame);
	buffer_drop(target);
	rig.n = 0;
	renderer_rig_finish(&rig);
}

static struct video_frame *odd_frame(void)
{
	return video_frame_create(DRM_FORMAT_NV12, 64, 48, false, 0);
}

static void corrupt_plane(struct video_frame *frame)
{
	frame->dmabuf.n_planes = 1;
}

static void corrupt_count(struct video_frame *frame)
{
	frame->dmabuf.n_planes = 3;
}

static void corrupt_stride(struct video_frame *frame)
{
	frame->dmabuf.stride[1] = 63;
}

static void corrupt_no_stride(struct video_frame *frame)
{
	frame->dmabuf.stride[0] = 0;
}

static void corrupt_huge_stride(struct video_frame *frame)
{
	frame->dmabuf.stride[0] = UINT32_MAX;
}

static void corrupt_offset(struct video_frame *frame)
{
	frame->dmabuf.offset[1] += 1;
}

static void corrupt_huge_offset(struct video_frame *frame)
{
	frame->dmabuf.offset[1] = UINT32_MAX;
}

static void corrupt_size(struct video_frame *frame)
{
	check(ftruncate(frame->dmabuf.fd[0], (off_t)frame->size - 1) == 0);
}

static void corrupt_file(struct video_frame *frame)
{
	int ends[2];
	check(pipe2(ends, O_CLOEXEC) == 0);
	close(frame->dmabuf.fd[1]);
	close(ends[1]);
	frame->dmabuf.fd[1] = ends[0];
}

static void corrupt_modifier(struct video_frame *frame)
{
	frame->dmabuf.modifier = DRM_FORMAT_MOD_INVALID;
}

static void corrupt_format(struct video_frame *frame)
{
	frame->buffer->format = DRM_FORMAT_YUV420;
}

static void corrupt_width(struct video_frame *frame)
{
	frame->buffer->width = 66;
}

static void corrupt_height(struct video_frame *frame)
{
	frame->buffer->height = 49;
}

static void corrupt_width_of_hosts(struct video_frame *frame)
{
	frame->buffer->width = 4097;
}

static const struct corrupted {
	const char *name;
	void (*corrupt)(struct video_frame *frame);
} corrupted[] = {
	{"one plane", corrupt_plane},
	{"three planes", corrupt_count},
	{"stride too small", corrupt_stride},
	{"no stride", corrupt_no_stride},
	{"huge stride", corrupt_huge_stride},
	{"offset too large", corrupt_offset},
	{"huge offset", corrupt_huge_offset},
	{"file too small", corrupt_size},
	{"no file", corrupt_file},
	{"unknown rows", corrupt_modifier},
	{"another format", corrupt_format},
	{"too wide", corrupt_width},
	{"too high", corrupt_height},
	{"wider than hosts take", corrupt_width_of_hosts},
};

TEST_P(refused, struct corrupted, corrupted)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct video_frame *frame = odd_frame();
	param->corrupt(frame);
	struct texture *texture = NULL;
	int lines = 0, before = fake->resources;
	count_log_lines(&lines);
	check(!rig.renderer->impl->import(rig.renderer, &texture, frame->buffer, NULL));
	count_log_lines(NULL);
	check(!texture && !frame->buffer->texture && !rig.renderer->lost);
	check_eq(lines, 1);
	check_eq(fake->resources, before);
	video_frame_destroy(frame);
	renderer_rig_finish(&rig);
}

// A file that is truncated later reads as zeroes.
TEST(shrinks)
{
	struct renderer_rig rig;
	struct fake_host *fake = fake_host_create();
	renderer_rig_init(&rig, virgl_renderer_create(&fake->base));
	struct video_frame *frame = odd_frame();
	struct texture *texture = renderer_rig_import(&rig, frame->buffer);
	int lines = 0;
	check(ftruncate(frame->dmabuf.fd[0], 0) == 0);
	count_log_lines(&lines);
	check(!rig.renderer->impl->import(rig.renderer, &texture, frame->buffer, NULL));
	count_log_lines(NULL);
	check_eq(lines, 1);
	check(texture == frame->buffer->texture && !rig.renderer->lost);
	video_frame_destroy(frame);
	renderer_rig_finish(&rig);
}

// In a guest: planes that belong to the host, and planes that do not.
TEST(of_the_kernel)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		struct renderer_rig rig;
		struct fake_virtgpu *driver = fake_virtgpu_create();
		renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
		check(format_set_has(
			&rig.renderer->dmabuf, DRM_FORMAT_NV12, DRM_FORMAT_MOD_INVALID));
		struct video_frame *frame = odd_frame();
		struct texture *texture = NULL;
		int lines = 0;
		driver->failing = foreign ? DRM_IOCTL_PRIME_FD_TO_HANDLE : 0;
		driver->times = -1;
		driver->error = ENODEV;
		count_log_lines(&lines);
		// A resource with both planes cannot be described to the host.
		check_eq(rig.renderer->impl->import(rig.renderer, &texture, frame->buffer, NULL),
			foreign);
		check_eq(lines, !foreign);
		if (!foreign) {
			frame->dmabuf.offset[1] = 0;
			check(rig.renderer->impl->import(
				rig.renderer, &texture, frame->buffer, NULL));
		}
		count_log_lines(NULL);
		const struct virgl_texture *own = virgl_texture_from(texture);
		check_eq(own->n_planes, 2);
		check_eq(own->planes[0].resource->shape.format, 64);
		check_eq(own->planes[1].resource->shape.width, 32);
		check_eq(own->mappings[0].memory != NULL, foreign);
		check(!foreign || own->proof == VIRGL_PROVEN);
		video_frame_destroy(frame);
		renderer_rig_finish(&rig);
		fake_virtgpu_destroy(driver);
	}
}

// With virgl_test_server

struct video_env {
	struct virgl_server server;
	char *path;
	struct renderer_rig rig;
	struct buffer *target;
};

static void env_start_server(struct video_env *env)
{
	*env = (struct video_env){.path = xasprintf("%s/host", test_dir())};
	if (!virgl_server_start(&env->server, env->path)) {
		if (errno == ENOENT)
			test_skip("virgl_test_server is not installed");
		test_fail(__FILE__, __LINE__, "virgl_test_server: %s", strerror(errno));
	}
}

static void env_init(struct video_env *env, int width, int height)
{
	const struct vtest_options options = {.timeout_ms = 60000};
	env_start_server(env);
	renderer_rig_init(
		&env->rig, virgl_renderer_create(vtest_transport_create(env->path, &options)));
	env->target = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(env->target != NULL);
}

static void env_finish(struct video_env *env)
{
	renderer_rig_finish(&env->rig);
	buffer_drop(env->target);
	virgl_server_stop(&env->server);
	free(env->path);
}

// Draws the list again with the expected buffer as the first texture. Returns the largest
// difference of a channel.
static int max_difference(struct video_env *env, struct buffer *wanted)
{
	struct renderer_rig *rig = &env->rig;
	struct texture *own = rig->draws[0].texture, *texture = renderer_rig_import(rig, wanted);
	struct buffer *other =
		buffer_create_memfd(env->target->width, env->target->height, DRM_FORMAT_XRGB8888);
	struct pixels pixels[2];
	int most = 0;
	check(renderer_rig_draw(rig, env->target, NULL));
	rig->draws[0].texture = texture;
	check(other && renderer_rig_draw(rig, other, NULL));
	rig->draws[0].texture = own;
	rig->renderer->impl->forget(rig->renderer, texture);
	check(buffer_begin_access(env->target, &pixels[0]));
	check(buffer_begin_access(other, &pixels[1]));
	for (int y = 0; y < other->height; y++)
		for (int x = 0; x < 4 * other->width; x++) {
			const uint8_t *one = pixels[0].data, *two = pixels[1].data;
			int left = one[(size_t)y * pixels[0].stride + (size_t)x];
			int right = two[(size_t)y * pixels[1].stride + (size_t)x];
			if (x % 4 != 3)
				most = MAX(most, abs(left - right));
		}
	buffer_end_access(other);
	buffer_end_access(env->target);
	buffer_drop(other);
	return most;
}

static const struct kind {
	const char *name;
	uint32_t fourcc;
	int width, height;
	uint32_t gap;
} kinds[] = {
	{"NV12", DRM_FORMAT_NV12, 64, 48, 0},
	{"NV12 with gaps", DRM_FORMAT_NV12, 64, 48, 12},
	{"NV12, odd", DRM_FORMAT_NV12, 65, 47, 3},
	{"NV12, one pixel", DRM_FORMAT_NV12, 1, 1, 0},
	{"NV12, one row", DRM_FORMAT_NV12, 31, 1, 1},
	{"NV12, high definition", DRM_FORMAT_NV12, 1280, 20, 0},
	{"NV12, many blocks", DRM_FORMAT_NV12, 1999, 1101, 0},
	{"P010", DRM_FORMAT_P010, 66, 50, 0},
	{"P010, odd", DRM_FORMAT_P010, 33, 721, 6},
};

TEST_P(pixels, struct kind, kinds)
{
	struct video_env env;
	env_init(&env, param->width, param->height);
	if (!format_set_has(&env.rig.renderer->dmabuf, param->fourcc, DRM_FORMAT_MOD_LINEAR))
		test_skip("the host does not sample this");
	struct video_frame *frame =
		video_frame_create(param->fourcc, param->width, param->height, false, param->gap);
	struct draw *draw = renderer_rig_add(&env.rig, renderer_rig_import(&env.rig, frame->buffer),
		&(struct box){0, 0, param->width, param->height});
	draw->opaque = true;
	struct buffer *wanted = video_frame_convert(frame);
	int most = max_difference(&env, wanted);
	if (most > 2)
		test_fail(__FILE__, __LINE__, "it is off by %d", most);
	buffer_drop(wanted);
	// Half transparent, with every transform.
	wanted = video_frame_convert(frame);
	draw->opaque = false;
	draw->alpha = 0.6f;
	draw->nearest = true;
	for (int i = 0; i < 8; i++) {
		draw->transform = (enum transform)i;
		if (draw->transform & 1)
			draw->dst = (struct box){0, 0, param->height, param->width};
		else
			draw->dst = (struct box){0, 0, param->width, param->height};
		pixman_region32_fini(&env.rig.visible[0]);
		pixman_region32_init(&env.rig.visible[0]);
		const struct box all = {0, 0, param->width, param->height};
		struct box seen;
		if (box_intersect(&seen, &draw->dst, &all))
			region_add_box(&env.rig.visible[0], &seen);
		check(max_difference(&env, wanted) <= 2);
	}
	buffer_drop(wanted);
	video_frame_destroy(frame);
	env.rig.draws[0].texture = NULL;
	env_finish(&env);
}

// Scaled, cropped and filtered: with constant chroma only luma is interpolated.
TEST(smoothed)
{
	static const uint32_t formats[] = {DRM_FORMAT_NV12, DRM_FORMAT_P010};
	for (size_t i = 0; i < array_length(formats); i++) {
		struct video_env env;
		env_init(&env, 311, 207);
		struct video_frame *frame = video_frame_create(formats[i], 61, 47, true, 0);
		struct draw *draw =
			renderer_rig_add(&env.rig, renderer_rig_import(&env.rig, frame->buffer),
				&(struct box){-20, -13, 311, 207});
		draw->src = (struct fbox){1.5, 2.25, 57.3, 41.7};
		struct buffer *wanted = video_frame_convert(frame);
		check(max_difference(&env, wanted) <= 2);
		buffer_drop(wanted);
		video_frame_destroy(frame);
		env.rig.draws[0].texture = NULL;
		env_finish(&env);
	}
}

// Copied again for each commit, and after the context was lost.
TEST(anew)
{
	struct video_env env;
	env_init(&env, 64, 48);
	struct renderer_rig *rig = &env.rig;
	const struct renderer_impl *impl = rig->renderer->impl;
	struct video_frame *frame = video_frame_create(DRM_FORMAT_NV12, 64, 48, false, 0);
	struct draw *draw = renderer_rig_add(
		rig, renderer_rig_import(rig, frame->buffer), &(struct box){0, 0, 64, 48});
	check(draw->texture->holds && draw->texture == frame->buffer->texture);
	for (int i = 0; i < 3; i++) {
		memset(frame->memory, 60 * i + 40, 64 * 20);
		struct buffer *wanted = video_frame_convert(frame);
		if (i)
			check(max_difference(&env, wanted) > 2);
		if (i == 2) {
			virgl_lose(virgl_from(rig->renderer), "on purpose");
			check(impl->recover(rig->renderer));
		}
		region damage;
		pixman_region32_init_rect(&damage, 0, 0, 64, 20);
		check(impl->import(rig->renderer, &draw->texture, frame->buffer, &damage));
		pixman_region32_fini(&damage);
		check(max_difference(&env, wanted) <= 2);
		buffer_drop(wanted);
	}
	video_frame_destroy(frame);
	rig->draws[0].texture = NULL;
	env_finish(&env);
}

static bool accept_any(int fd)
{
	return true;
}

static bool always(void)
{
	return true;
}

// A client on a server that renders with virgl.
TEST(client)
{
	struct video_env env;
	env_start_server(&env);
	char *virgl = xasprintf("vtest:%s", env.path);
	struct fixture *fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 320,
		.height = 240,
		.outputs = 1,
		.builtin_cursor = true,
		.shell = "kiosk",
		.renderer = "virgl",
		.virgl = virgl,
		.is_dmabuf = accept_any,
		.any_render_node = always,
	});
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 3);
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(client, 3);
	struct video_frame *frame = video_frame_create(DRM_FORMAT_NV12, 320, 240, false, 0);
	struct buffer *wanted = video_frame_convert(frame);
	struct gpu_params *params = gpu_params_create(dmabuf);
	for (uint32_t i = 0; i < 2; i++)
		gpu_params_add(params, frame->dmabuf.fd[i], i, frame->dmabuf.offset[i],
			frame->dmabuf.stride[i], DRM_FORMAT_MOD_LINEAR);
	struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
		params->params, 320, 240, DRM_FORMAT_NV12, 0);
	wl_surface_attach(window->surface, buffer, 0, 0);
	wl_surface_damage_buffer(window->surface, 0, 0, 320, 240);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 3);
	check_no_error(client);
	struct pixels pixels;
	check(buffer_begin_access(wanted, &pixels));
	for (int i = 0; i < 50; i++) {
		int x = i * 6 + 3, y = i * 4 + 5;
		uint32_t seen = fixture_pixel(fixture, x, y), right;
		memcpy(&right, (char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4, 4);
		for (unsigned shift = 0; shift < 24; shift += 8)
			check(abs((int)(seen >> shift & 0xff) - (int)(right >> shift & 0xff)) <= 2);
	}
	buffer_end_access(wanted);
	// The client destroys it while it is shown.
	wl_buffer_destroy(buffer);
	fixture_frames(fixture, 2);
	client_window_draw(window, 320, 240, 0xff00ff00);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 50, 40), 0x00ff00);
	gpu_params_destroy(params);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
	client_window_destroy(window);
	fixture_destroy(fixture);
	buffer_drop(wanted);
	video_frame_destroy(frame);
	virgl_server_stop(&env.server);
	free(virgl);
	free(env.path);
}
