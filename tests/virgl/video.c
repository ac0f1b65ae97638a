// SPDX-License-Identifier: MIT
// Video of clients: what a host is told for it, what is seen, and memory that is not what it says.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include "compositor/base/base.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/desk.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "tests/virgl/clip.h"
#include "tests/virgl/host.h"
#include "tests/virgl/kernel.h"
#include "tests/virgl/paper.h"

// A host on paper

TEST(offered)
{
	static const struct {
		uint32_t missing, fourcc, still;
	} rows[] = {{64, DRM_FORMAT_NV12, DRM_FORMAT_P010}, {65, DRM_FORMAT_NV12, DRM_FORMAT_P010},
		{48, DRM_FORMAT_P010, DRM_FORMAT_NV12}, {49, DRM_FORMAT_P010, DRM_FORMAT_NV12}};
	for (size_t i = 0; i < array_length(rows); i++) {
		struct desk desk;
		struct paper *paper = paper_create();
		paper_set_format(paper, rows[i].missing, false, false);
		desk_init(&desk, virgl_renderer_create(&paper->base));
		const struct format_set *set = &desk.renderer->dmabuf;
		check(!format_set_get(set, rows[i].fourcc));
		check(format_set_has(set, rows[i].still, DRM_FORMAT_MOD_LINEAR));
		// Rows that may lie in any way cannot be copied, and nobody fills two planes of ours.
		check(!format_set_has(set, rows[i].still, DRM_FORMAT_MOD_INVALID));
		check(!format_set_get(&desk.renderer->shared, rows[i].still));
		check(!format_set_get(&desk.renderer->shm, rows[i].still));
		desk_finish(&desk);
	}
}

TEST(stream)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct buffer *target =
		desk.renderer->impl->alloc(desk.renderer, 64, 64, DRM_FORMAT_XRGB8888);
	struct clip *clip = clip_create(DRM_FORMAT_NV12, 33, 21, false, 7);
	free(paper_take(paper));
	struct draw *draw =
		desk_add(&desk, desk_import(&desk, clip->buffer), &(struct box){0, 0, 64, 64});
	draw->src = (struct fbox){0, 0, 33, 21};
	draw->alpha = 0.5f;
	check(desk_draw(&desk, target, NULL));
	paper_check(paper,
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
	clip_destroy(clip);
	buffer_drop(target);
	desk.n = 0;
	desk_finish(&desk);
}

static struct clip *bad_clip(void)
{
	return clip_create(DRM_FORMAT_NV12, 64, 48, false, 0);
}

static void spoil_plane(struct clip *clip)
{
	clip->dmabuf.n_planes = 1;
}

static void spoil_count(struct clip *clip)
{
	clip->dmabuf.n_planes = 3;
}

static void spoil_stride(struct clip *clip)
{
	clip->dmabuf.stride[1] = 63;
}

static void spoil_no_stride(struct clip *clip)
{
	clip->dmabuf.stride[0] = 0;
}

static void spoil_huge_stride(struct clip *clip)
{
	clip->dmabuf.stride[0] = UINT32_MAX;
}

static void spoil_offset(struct clip *clip)
{
	clip->dmabuf.offset[1] += 1;
}

static void spoil_huge_offset(struct clip *clip)
{
	clip->dmabuf.offset[1] = UINT32_MAX;
}

static void spoil_size(struct clip *clip)
{
	check(ftruncate(clip->dmabuf.fd[0], (off_t)clip->size - 1) == 0);
}

static void spoil_file(struct clip *clip)
{
	int ends[2];
	check(pipe2(ends, O_CLOEXEC) == 0);
	close(clip->dmabuf.fd[1]);
	close(ends[1]);
	clip->dmabuf.fd[1] = ends[0];
}

static void spoil_modifier(struct clip *clip)
{
	clip->dmabuf.modifier = DRM_FORMAT_MOD_INVALID;
}

static void spoil_format(struct clip *clip)
{
	clip->buffer->format = DRM_FORMAT_YUV420;
}

static void spoil_width(struct clip *clip)
{
	clip->buffer->width = 66;
}

static void spoil_height(struct clip *clip)
{
	clip->buffer->height = 49;
}

static void spoil_width_of_hosts(struct clip *clip)
{
	clip->buffer->width = 4097;
}

static const struct spoiled {
	const char *name;
	void (*spoil)(struct clip *clip);
} spoiled[] = {
	{"one plane", spoil_plane},
	{"three planes", spoil_count},
	{"stride too small", spoil_stride},
	{"no stride", spoil_no_stride},
	{"huge stride", spoil_huge_stride},
	{"offset too large", spoil_offset},
	{"huge offset", spoil_huge_offset},
	{"file too small", spoil_size},
	{"no file", spoil_file},
	{"unknown rows", spoil_modifier},
	{"another format", spoil_format},
	{"too wide", spoil_width},
	{"too high", spoil_height},
	{"wider than hosts take", spoil_width_of_hosts},
};

TEST_P(refused, struct spoiled, spoiled)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct clip *clip = bad_clip();
	param->spoil(clip);
	struct texture *texture = NULL;
	int lines = 0, before = paper->resources;
	desk_count_lines(&lines);
	check(!desk.renderer->impl->import(desk.renderer, &texture, clip->buffer, NULL));
	desk_count_lines(NULL);
	check(!texture && !clip->buffer->texture && !desk.renderer->lost);
	check_eq(lines, 1);
	check_eq(paper->resources, before);
	clip_destroy(clip);
	desk_finish(&desk);
}

// A file that shrinks later is zeroes.
TEST(shrinks)
{
	struct desk desk;
	struct paper *paper = paper_create();
	desk_init(&desk, virgl_renderer_create(&paper->base));
	struct clip *clip = bad_clip();
	struct texture *texture = desk_import(&desk, clip->buffer);
	int lines = 0;
	check(ftruncate(clip->dmabuf.fd[0], 0) == 0);
	desk_count_lines(&lines);
	check(!desk.renderer->impl->import(desk.renderer, &texture, clip->buffer, NULL));
	desk_count_lines(NULL);
	check_eq(lines, 1);
	check(texture == clip->buffer->texture && !desk.renderer->lost);
	clip_destroy(clip);
	desk_finish(&desk);
}

// In a guest: planes that the host has, and such that only their owner has.
TEST(of_the_kernel)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		struct desk desk;
		struct kernel *kernel = kernel_create();
		desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
		check(format_set_has(
			&desk.renderer->dmabuf, DRM_FORMAT_NV12, DRM_FORMAT_MOD_INVALID));
		struct clip *clip = bad_clip();
		struct texture *texture = NULL;
		int lines = 0;
		kernel->failing = foreign ? DRM_IOCTL_PRIME_FD_TO_HANDLE : 0;
		kernel->times = -1;
		kernel->error = ENODEV;
		desk_count_lines(&lines);
		// Of a resource that is both planes nobody can tell the host.
		check_eq(desk.renderer->impl->import(desk.renderer, &texture, clip->buffer, NULL),
			foreign);
		check_eq(lines, !foreign);
		if (!foreign) {
			clip->dmabuf.offset[1] = 0;
			check(desk.renderer->impl->import(
				desk.renderer, &texture, clip->buffer, NULL));
		}
		desk_count_lines(NULL);
		const struct virgl_texture *own = virgl_texture_from(texture);
		check_eq(own->n_planes, 2);
		check_eq(own->planes[0].resource->shape.format, 64);
		check_eq(own->planes[1].resource->shape.width, 32);
		check_eq(own->mappings[0].memory != NULL, foreign);
		check(!foreign || own->proof == VIRGL_PROVEN);
		clip_destroy(clip);
		desk_finish(&desk);
		kernel_destroy(kernel);
	}
}

// A real host

struct stage {
	struct host host;
	char *path;
	struct desk desk;
	struct buffer *target;
};

static void start(struct stage *stage)
{
	*stage = (struct stage){.path = xasprintf("%s/host", test_dir())};
	if (!host_start(&stage->host, stage->path)) {
		if (errno == ENOENT)
			test_skip("virgl_test_server is not installed");
		test_fail(__FILE__, __LINE__, "virgl_test_server: %s", strerror(errno));
	}
}

static void stage_init(struct stage *stage, int width, int height)
{
	const struct vtest_options options = {.patience_ms = 60000};
	start(stage);
	desk_init(
		&stage->desk, virgl_renderer_create(vtest_transport_create(stage->path, &options)));
	stage->target = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(stage->target != NULL);
}

static void stage_finish(struct stage *stage)
{
	desk_finish(&stage->desk);
	buffer_drop(stage->target);
	host_stop(&stage->host);
	free(stage->path);
}

// The same list with this picture in the place of the first; the largest difference of a channel.
static int differs(struct stage *stage, struct buffer *wanted)
{
	struct desk *desk = &stage->desk;
	struct texture *own = desk->draws[0].texture, *texture = desk_import(desk, wanted);
	struct buffer *other = buffer_create_memfd(
		stage->target->width, stage->target->height, DRM_FORMAT_XRGB8888);
	struct pixels pixels[2];
	int most = 0;
	check(desk_draw(desk, stage->target, NULL));
	desk->draws[0].texture = texture;
	check(other && desk_draw(desk, other, NULL));
	desk->draws[0].texture = own;
	desk->renderer->impl->forget(desk->renderer, texture);
	check(buffer_begin_access(stage->target, &pixels[0]));
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
	buffer_end_access(stage->target);
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
	struct stage stage;
	stage_init(&stage, param->width, param->height);
	if (!format_set_has(&stage.desk.renderer->dmabuf, param->fourcc, DRM_FORMAT_MOD_LINEAR))
		test_skip("the host does not sample this");
	struct clip *clip =
		clip_create(param->fourcc, param->width, param->height, false, param->gap);
	struct draw *draw = desk_add(&stage.desk, desk_import(&stage.desk, clip->buffer),
		&(struct box){0, 0, param->width, param->height});
	draw->opaque = true;
	struct buffer *wanted = clip_convert(clip);
	int most = differs(&stage, wanted);
	if (most > 2)
		test_fail(__FILE__, __LINE__, "it is off by %d", most);
	buffer_drop(wanted);
	// Half transparent, and every way round.
	wanted = clip_convert(clip);
	draw->opaque = false;
	draw->alpha = 0.6f;
	draw->nearest = true;
	for (int i = 0; i < 8; i++) {
		draw->transform = (enum transform)i;
		if (draw->transform & 1)
			draw->dst = (struct box){0, 0, param->height, param->width};
		else
			draw->dst = (struct box){0, 0, param->width, param->height};
		pixman_region32_fini(&stage.desk.visible[0]);
		pixman_region32_init(&stage.desk.visible[0]);
		const struct box all = {0, 0, param->width, param->height};
		struct box seen;
		if (box_intersect(&seen, &draw->dst, &all))
			region_add_box(&stage.desk.visible[0], &seen);
		check(differs(&stage, wanted) <= 2);
	}
	buffer_drop(wanted);
	clip_destroy(clip);
	stage.desk.draws[0].texture = NULL;
	stage_finish(&stage);
}

// Scaled, cut and smoothed: where the colour is one, light is all there is to smooth.
TEST(smoothed)
{
	static const uint32_t formats[] = {DRM_FORMAT_NV12, DRM_FORMAT_P010};
	for (size_t i = 0; i < array_length(formats); i++) {
		struct stage stage;
		stage_init(&stage, 311, 207);
		struct clip *clip = clip_create(formats[i], 61, 47, true, 0);
		struct draw *draw = desk_add(&stage.desk, desk_import(&stage.desk, clip->buffer),
			&(struct box){-20, -13, 311, 207});
		draw->src = (struct fbox){1.5, 2.25, 57.3, 41.7};
		struct buffer *wanted = clip_convert(clip);
		check(differs(&stage, wanted) <= 2);
		buffer_drop(wanted);
		clip_destroy(clip);
		stage.desk.draws[0].texture = NULL;
		stage_finish(&stage);
	}
}

// What is committed again is copied again; and again for a host that has forgotten it.
TEST(anew)
{
	struct stage stage;
	stage_init(&stage, 64, 48);
	struct desk *desk = &stage.desk;
	const struct renderer_impl *impl = desk->renderer->impl;
	struct clip *clip = clip_create(DRM_FORMAT_NV12, 64, 48, false, 0);
	struct draw *draw =
		desk_add(desk, desk_import(desk, clip->buffer), &(struct box){0, 0, 64, 48});
	check(draw->texture->holds && draw->texture == clip->buffer->texture);
	for (int i = 0; i < 3; i++) {
		memset(clip->memory, 60 * i + 40, 64 * 20);
		struct buffer *wanted = clip_convert(clip);
		if (i)
			check(differs(&stage, wanted) > 2);
		if (i == 2) {
			virgl_lose(virgl_from(desk->renderer), "on purpose");
			check(impl->recover(desk->renderer));
		}
		region damage;
		pixman_region32_init_rect(&damage, 0, 0, 64, 20);
		check(impl->import(desk->renderer, &draw->texture, clip->buffer, &damage));
		pixman_region32_fini(&damage);
		check(differs(&stage, wanted) <= 2);
		buffer_drop(wanted);
	}
	clip_destroy(clip);
	desk->draws[0].texture = NULL;
	stage_finish(&stage);
}

static bool takes_any(int fd)
{
	return true;
}

// A client on a server that draws by such a host.
TEST(client)
{
	struct stage stage;
	start(&stage);
	char *virgl = xasprintf("vtest:%s", stage.path);
	struct fixture *fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 320,
		.height = 240,
		.outputs = 1,
		.builtin_cursor = true,
		.shell = "kiosk",
		.renderer = "virgl",
		.virgl = virgl,
		.is_dmabuf = takes_any,
	});
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 3);
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(client, 3);
	struct clip *clip = clip_create(DRM_FORMAT_NV12, 320, 240, false, 0);
	struct buffer *wanted = clip_convert(clip);
	struct gpu_params *params = gpu_params_create(dmabuf);
	for (uint32_t i = 0; i < 2; i++)
		gpu_params_add(params, clip->dmabuf.fd[i], i, clip->dmabuf.offset[i],
			clip->dmabuf.stride[i], DRM_FORMAT_MOD_LINEAR);
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
	// It goes while it is shown.
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
	clip_destroy(clip);
	host_stop(&stage.host);
	free(virgl);
	free(stage.path);
}
