// SPDX-License-Identifier: MIT
// Pixels by a real host, held against pixman's; and hosts that die under a session.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/window.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/client.h"
#include "tests/harness/desk.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"
#include "tests/virgl/host.h"

static char *start_host(struct host *host)
{
	char *path = xasprintf("%s/host", test_dir());
	if (host_start(host, path))
		return path;
	if (errno == ENOENT)
		test_skip("virgl_test_server is not installed");
	test_fail(__FILE__, __LINE__, "virgl_test_server: %s", strerror(errno));
}

struct stage {
	struct host host;
	char *path;
	struct desk desk;
	struct renderer *pixman;
};

static void stage_init(struct stage *stage, int protocol)
{
	const struct vtest_options options = {.protocol = protocol, .patience_ms = 60000};
	*stage = (struct stage){0};
	stage->path = start_host(&stage->host);
	desk_init(
		&stage->desk, virgl_renderer_create(vtest_transport_create(stage->path, &options)));
	stage->pixman = pixman_renderer_create(1);
}

static void stage_finish(struct stage *stage)
{
	desk_finish(&stage->desk);
	renderer_destroy(stage->pixman);
	host_stop(&stage->host);
	free(stage->path);
}

// The desk's list by pixman, drawn from the same memory.
static struct buffer *draw_pixman(
	struct stage *stage, struct buffer *const *pictures, int width, int height)
{
	const struct renderer_impl *impl = stage->pixman->impl;
	struct buffer *target = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	struct draw draws[DESK_DRAWS];
	region all;
	int fence;
	pixman_region32_init_rect(&all, 0, 0, (unsigned)width, (unsigned)height);
	for (size_t i = 0; i < stage->desk.n; i++) {
		draws[i] = stage->desk.draws[i];
		draws[i].texture = NULL;
		if (pictures[i])
			check(impl->import(stage->pixman, &draws[i].texture, pictures[i], NULL));
	}
	check(impl->draw(stage->pixman, target, draws, stage->desk.n, &all, &fence));
	for (size_t i = 0; i < stage->desk.n; i++)
		if (draws[i].texture)
			impl->forget(stage->pixman, draws[i].texture);
	pixman_region32_fini(&all);
	return target;
}

// Largest difference of a channel.
static int compare(struct buffer *a, struct buffer *b)
{
	struct pixels pixels[2];
	int most = 0;
	check(buffer_begin_access(a, &pixels[0]) && buffer_begin_access(b, &pixels[1]));
	check(a->width == b->width && a->height == b->height);
	for (int y = 0; y < a->height; y++) {
		const uint8_t *rows[2];
		for (int i = 0; i < 2; i++)
			rows[i] = (uint8_t *)pixels[i].data + (size_t)y * pixels[i].stride;
		for (int x = 0; x < 4 * a->width; x++)
			if (x % 4 != 3)
				most = MAX(most, abs(rows[0][x] - rows[1][x]));
	}
	buffer_end_access(a);
	buffer_end_access(b);
	return most;
}

// All of a target that only the host has.
static struct buffer *read_all(struct desk *desk, struct buffer *target)
{
	struct buffer *copy =
		buffer_create_memfd(target->width, target->height, DRM_FORMAT_XRGB8888);
	struct pixels pixels;
	const struct box all = {0, 0, target->width, target->height};
	check(buffer_begin_access(copy, &pixels));
	check(desk->renderer->impl->read(desk->renderer, target, &all, &pixels));
	buffer_end_access(copy);
	return copy;
}

// Draws both ways, into memory of the host's and of the CPU's; the largest difference.
static int draw_both(struct stage *stage, struct buffer *const *pictures, int width, int height)
{
	struct desk *desk = &stage->desk;
	struct buffer *wanted = draw_pixman(stage, pictures, width, height);
	struct buffer *target =
		desk->renderer->impl->alloc(desk->renderer, width, height, DRM_FORMAT_XRGB8888);
	struct buffer *memory = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(target && desk_draw(desk, target, NULL));
	check(desk_draw(desk, memory, NULL));
	struct buffer *copy = read_all(desk, target);
	check_eq(compare(copy, memory), 0);
	int most = compare(copy, wanted);
	buffer_drop(copy);
	buffer_drop(memory);
	buffer_drop(target);
	buffer_drop(wanted);
	return most;
}

static const int protocols[] = {2, 3, 4};

TEST_P(protocol, int, protocols)
{
	struct stage stage;
	stage_init(&stage, *param);
	struct buffer *pictures[3] = {desk_buffer(100, 80, DRM_FORMAT_XRGB8888), NULL,
		desk_buffer(64, 48, DRM_FORMAT_XRGB8888)};
	for (int i = 0; i < 3; i++) {
		struct texture *texture =
			pictures[i] ? desk_import(&stage.desk, pictures[i]) : NULL;
		desk_add(&stage.desk, texture,
			i == 1 ? &(struct box){0, 0, 320, 200}
			       : &(struct box){20 + 40 * i, 30 + 20 * i, pictures[i]->width,
					 pictures[i]->height});
	}
	stage.desk.draws[0].opaque = true;
	stage.desk.draws[1].color[2] = stage.desk.draws[1].color[3] = 0.5f;
	check(draw_both(&stage, pictures, 320, 200) <= 1);
	for (int i = 0; i < 3; i++)
		buffer_drop(pictures[i]);
	stage_finish(&stage);
}

// Every format that is offered and that pixman knows. Those of eight bits a channel are exact.
TEST(formats)
{
	struct stage stage;
	stage_init(&stage, 4);
	const struct format_set *set = &stage.desk.renderer->shm;
	int exact = 0;
	for (size_t i = 0; i < set->count; i++) {
		uint32_t fourcc = set->formats[i].fourcc;
		const struct format_info *info = format_info(fourcc);
		if (!format_set_has(&stage.pixman->shm, fourcc, DRM_FORMAT_MOD_LINEAR))
			continue;
		for (int width = 33; width <= 36; width++) { // rows of all alignments
			struct buffer *picture = desk_buffer(width, 17, fourcc);
			struct draw *draw = desk_add(&stage.desk, desk_import(&stage.desk, picture),
				&(struct box){0, 0, width, 17});
			draw->opaque = !info->alpha;
			int most = draw_both(&stage, &picture, width, 17);
			bool eight = info->bytes == 3 ||
				(info->bytes == 4 && strstr(info->name, "8888"));
			if (most > (eight && !info->alpha ? 0 : 1))
				test_fail(__FILE__, __LINE__, "%s is off by %d", info->name, most);
			exact += most == 0;
			stage.desk.renderer->impl->forget(stage.desk.renderer, draw->texture);
			pixman_region32_fini(&stage.desk.visible[0]);
			stage.desk.n = 0;
			buffer_drop(picture);
		}
	}
	check(exact >= 4 * 6);
	check(format_set_has(
		&stage.desk.renderer->shm, DRM_FORMAT_ABGR16161616F, DRM_FORMAT_MOD_LINEAR));
	stage_finish(&stage);
}

// The ways in which pixels go over.
static const struct way {
	const char *name;
	bool copy_transfer, transfer;
} ways[] = {
	{"staged", true, true},
	{"backed, in the stream", false, true},
	{"backed", false, false},
};

static void scribble(struct buffer *picture, const struct box *box, uint32_t word)
{
	struct pixels pixels;
	check(buffer_begin_access(picture, &pixels));
	for (int y = box->y; y < box->y + box->height; y++)
		for (int x = box->x; x < box->x + box->width; x++)
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
	buffer_end_access(picture);
}

// Resources that are made between two frames take nothing away from what is drawn with next.
TEST(made_in_between)
{
	struct stage stage;
	stage_init(&stage, 4);
	struct desk *desk = &stage.desk;
	const struct renderer_impl *impl = desk->renderer->impl;
	struct buffer *picture = desk_buffer(64, 64, DRM_FORMAT_XRGB8888);
	desk_add(desk, desk_import(desk, picture), &(struct box){0, 0, 64, 64})->opaque = true;
	for (int i = 0; i < 4; i++) {
		struct buffer *target = impl->alloc(desk->renderer, 64, 64, DRM_FORMAT_XRGB8888);
		check(target && desk_draw(desk, target, NULL));
		struct buffer *copy = read_all(desk, target);
		check_eq(compare(copy, picture), 0);
		buffer_drop(copy);
		buffer_drop(target);
	}
	buffer_drop(picture);
	stage_finish(&stage);
}

TEST_P(upload, struct way, ways)
{
	static const struct box boxes[] = {
		{3, 5, 7, 2}, {600, 300, 400, 400}, {0, 0, 1, 1}, {0, 500, 1100, 3}};
	struct stage stage;
	stage_init(&stage, 2);
	virgl_from(stage.desk.renderer)->caps.copy_transfer = param->copy_transfer;
	virgl_from(stage.desk.renderer)->caps.transfer = param->transfer;
	struct buffer *picture =
		desk_buffer(1101, 1203, DRM_FORMAT_XRGB8888); // more than four blocks
	struct draw *draw = desk_add(
		&stage.desk, desk_import(&stage.desk, picture), &(struct box){0, 0, 1101, 1203});
	draw->opaque = true;
	check_eq(draw_both(&stage, &picture, 1101, 1203), 0);
	for (uint32_t i = 0; i < array_length(boxes); i++) {
		region damage;
		scribble(picture, &boxes[i], 0x123456 * (i + 1));
		pixman_region32_init(&damage);
		region_add_box(&damage, &boxes[i]);
		check(stage.desk.renderer->impl->import(
			stage.desk.renderer, &draw->texture, picture, &damage));
		pixman_region32_fini(&damage);
	}
	check_eq(draw_both(&stage, &picture, 1101, 1203), 0);
	// What was not said to have changed did not go over.
	scribble(picture, &(struct box){50, 50, 10, 10}, 0xffffff);
	check(draw_both(&stage, &picture, 1101, 1203) > 0);
	buffer_drop(picture);
	stage_finish(&stage);
}

// Whether a frame is drawn at once or in pieces makes no difference to any pixel.
TEST(pieces)
{
	struct stage stage;
	stage_init(&stage, 4);
	struct desk *desk = &stage.desk;
	struct buffer *picture = desk_buffer(61, 47, DRM_FORMAT_ARGB8888);
	struct draw *draw =
		desk_add(desk, desk_import(desk, picture), &(struct box){-20, -13, 311, 207});
	draw->src = (struct fbox){1.5, 2.25, 57.3, 41.7};
	draw->transform = TRANSFORM_FLIPPED_90;
	draw->alpha = 0.7f;
	for (int nearest = 0; nearest < 2; nearest++) {
		struct buffer *targets[2];
		draw->nearest = nearest;
		for (int i = 0; i < 2; i++) {
			targets[i] = buffer_create_memfd(256, 160, DRM_FORMAT_XRGB8888);
			check(targets[i] != NULL);
		}
		check(desk_draw(desk, targets[0], NULL));
		for (int y = 0; y < 160; y += 23)
			for (int x = 0; x < 256; x += 37)
				check(desk_draw(desk, targets[1],
					&(struct box){x, y, MIN(37, 256 - x), MIN(23, 160 - y)}));
		check_eq(compare(targets[0], targets[1]), 0);
		buffer_drop(targets[0]);
		buffer_drop(targets[1]);
	}
	buffer_drop(picture);
	stage_finish(&stage);
}

// Reads

TEST(reads)
{
	struct stage stage;
	stage_init(&stage, 3);
	struct desk *desk = &stage.desk;
	struct buffer *picture = desk_buffer(1600, 900, DRM_FORMAT_XRGB8888); // more than one band
	desk_add(desk, desk_import(desk, picture), &(struct box){0, 0, 1600, 900})->opaque = true;
	struct buffer *target =
		desk->renderer->impl->alloc(desk->renderer, 1600, 900, DRM_FORMAT_XRGB8888);
	check(target && desk_draw(desk, target, NULL));
	struct buffer *copy = read_all(desk, target);
	check_eq(compare(copy, picture), 0);
	struct pixels pixels;
	uint32_t wanted;
	check(buffer_begin_access(picture, &pixels));
	memcpy(&wanted, (char *)pixels.data + 899 * pixels.stride + (size_t)1599 * 4, 4);
	buffer_end_access(picture);
	check_eq(desk_pixel(desk, target, 1599, 899), wanted & 0xffffff);
	// Other words, and alpha where there was none.
	uint32_t words[4] = {0};
	const struct pixels into = {words, 8, 2, 2, DRM_FORMAT_ABGR8888};
	check(desk->renderer->impl->read(
		desk->renderer, target, &(struct box){1599, 899, 1, 1}, &into));
	check_eq(words[0],
		0xff000000 | (wanted & 0xff) << 16 | (wanted & 0xff00) | (wanted >> 16 & 0xff));
	check_eq(words[1], 0);
	// What lies outside.
	static const struct box wrong[] = {
		{1599, 0, 2, 1}, {-1, 0, 1, 1}, {0, 900, 1, 1}, {0, 0, 0, 1}, {0, 0, 3, 1}};
	int lines = 0;
	desk_count_lines(&lines);
	for (size_t i = 0; i < array_length(wrong); i++)
		check(!desk->renderer->impl->read(desk->renderer, target, &wrong[i], &into));
	desk_count_lines(NULL);
	check_eq(lines, (int)array_length(wrong));
	buffer_drop(copy);
	buffer_drop(target);
	buffer_drop(picture);
	stage_finish(&stage);
}

// Death

// One illegal handle, past the encoder: from then on such a host draws nothing and says nothing.
static void kill_context(struct virgl *virgl)
{
	const uint32_t surface[] = {5 | 3 << 16, 1, 0, 123456};
	check(virgl->transport->impl->submit(
		virgl->transport, surface, array_length(surface), NULL, 0, NULL));
}

struct session {
	struct host host;
	char *path, *virgl;
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
};

static void session_init(struct session *session)
{
	*session = (struct session){0};
	session->path = start_host(&session->host);
	session->virgl = xasprintf("vtest:%s", session->path);
	session->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 320,
		.height = 240,
		.outputs = 1,
		.builtin_cursor = true,
		.shell = "kiosk",
		.renderer = "virgl",
		.virgl = session->virgl,
	});
	session->client = client_create(session->fixture);
	session->window = client_window_create(session->client, 320, 240, 0xff2060a0);
	fixture_frames(session->fixture, 3);
	check_eq(fixture_pixel(session->fixture, 50, 40), 0x2060a0);
}

static void session_finish(struct session *session)
{
	check_no_error(session->client);
	client_window_destroy(session->window);
	fixture_destroy(session->fixture);
	host_stop(&session->host);
	free(session->virgl);
	free(session->path);
}

static void draw_frames(struct session *session, int n)
{
	for (int i = 0; i < n; i++) {
		output_damage_all(output_first(session->fixture->server));
		fixture_frames(session->fixture, 1);
	}
}

TEST(context_dies_in_session)
{
	struct session session;
	session_init(&session);
	struct virgl *virgl = virgl_from(session.fixture->server->renderer);
	int lines = 0;
	desk_count_lines(&lines);
	for (int i = 0; i < 5; i++) {
		unsigned generation = virgl->generation;
		kill_context(virgl);
		for (int j = 0; j < 200 && virgl->generation == generation; j++)
			draw_frames(&session, 1);
		fixture_advance(session.fixture, NSEC_PER_SEC);
		check_eq(virgl->generation, generation + 1);
		check(!virgl->base.lost);
		check_eq(lines, 2 * (i + 1)); // that it went, that it is back
		fixture_frames(session.fixture, 2);
		check_eq(fixture_pixel(session.fixture, 50, 40), 0x2060a0);
	}
	desk_count_lines(NULL);
	client_window_draw(session.window, 320, 240, 0xff00ff00);
	fixture_frames(session.fixture, 2);
	check_eq(fixture_pixel(session.fixture, 50, 40), 0x00ff00);
	session_finish(&session);
}

TEST(server_dies_in_session)
{
	struct session session;
	session_init(&session);
	struct renderer *renderer = session.fixture->server->renderer;
	int lines = 0;
	desk_count_lines(&lines);
	host_stop(&session.host);
	draw_frames(&session, 3);
	check(renderer->lost);
	client_window_draw(session.window, 320, 240, 0xff00ff00);
	fixture_frames(session.fixture, 3);
	fixture_advance(session.fixture, NSEC_PER_SEC);
	check(renderer->lost);
	check(host_start(&session.host, session.path));
	fixture_advance(session.fixture, 2 * NSEC_PER_SEC);
	desk_count_lines(NULL);
	check(!renderer->lost);
	fixture_frames(session.fixture, 2);
	check_eq(fixture_pixel(session.fixture, 50, 40), 0x00ff00);
	session_finish(&session);
}
