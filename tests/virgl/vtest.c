// SPDX-License-Identifier: MIT
// Rendering with a real virgl_test_server, compared with pixman, and loss of the context or server.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/output/output.h"
#include "compositor/window/window.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/virgl_server.h"

static char *start_server(struct virgl_server *server)
{
	char *path = xasprintf("%s/host", test_dir());
	if (virgl_server_start(server, path))
		return path;
	if (errno == ENOENT)
		test_skip("virgl_test_server is not installed");
	test_fail(__FILE__, __LINE__, "virgl_test_server: %s", strerror(errno));
}

struct vtest_env {
	struct virgl_server server;
	char *path;
	struct renderer_rig rig;
	struct renderer *pixman;
};

static void env_init(struct vtest_env *env, int protocol)
{
	const struct vtest_options options = {.protocol = protocol, .timeout_ms = 60000};
	*env = (struct vtest_env){0};
	env->path = start_server(&env->server);
	renderer_rig_init(
		&env->rig, virgl_renderer_create(vtest_transport_create(env->path, &options)));
	env->pixman = pixman_renderer_create(1);
}

static void env_finish(struct vtest_env *env)
{
	renderer_rig_finish(&env->rig);
	renderer_destroy(env->pixman);
	virgl_server_stop(&env->server);
	free(env->path);
}

// Draws the same list with pixman, from the same memory.
static struct buffer *draw_pixman(
	struct vtest_env *env, struct buffer *const *pictures, int width, int height)
{
	const struct renderer_impl *impl = env->pixman->impl;
	struct buffer *target = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	struct draw draws[RENDERER_RIG_DRAWS];
	region all;
	int fence;
	pixman_region32_init_rect(&all, 0, 0, (unsigned)width, (unsigned)height);
	for (size_t i = 0; i < env->rig.n; i++) {
		draws[i] = env->rig.draws[i];
		draws[i].texture = NULL;
		if (pictures[i])
			check(impl->import(env->pixman, &draws[i].texture, pictures[i], NULL));
	}
	check(impl->draw(env->pixman, target, draws, env->rig.n, &all, &fence));
	for (size_t i = 0; i < env->rig.n; i++)
		if (draws[i].texture)
			impl->forget(env->pixman, draws[i].texture);
	pixman_region32_fini(&all);
	return target;
}

// Returns the largest difference of a channel.
static int max_difference(struct buffer *a, struct buffer *b)
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

// Reads a whole target back.
static struct buffer *read_all(struct renderer_rig *rig, struct buffer *target)
{
	struct buffer *copy =
		buffer_create_memfd(target->width, target->height, DRM_FORMAT_XRGB8888);
	struct pixels pixels;
	const struct box all = {0, 0, target->width, target->height};
	check(buffer_begin_access(copy, &pixels));
	check(rig->renderer->impl->read(rig->renderer, target, &all, &pixels));
	buffer_end_access(copy);
	return copy;
}

// Draws to a target on the host and to one in CPU memory. Returns the largest difference from
// pixman.
static int draw_both(struct vtest_env *env, struct buffer *const *pictures, int width, int height)
{
	struct renderer_rig *rig = &env->rig;
	struct buffer *wanted = draw_pixman(env, pictures, width, height);
	struct buffer *target =
		rig->renderer->impl->alloc(rig->renderer, width, height, DRM_FORMAT_XRGB8888);
	struct buffer *memory = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(target && renderer_rig_draw(rig, target, NULL));
	check(renderer_rig_draw(rig, memory, NULL));
	struct buffer *copy = read_all(rig, target);
	check_eq(max_difference(copy, memory), 0);
	int most = max_difference(copy, wanted);
	buffer_drop(copy);
	buffer_drop(memory);
	buffer_drop(target);
	buffer_drop(wanted);
	return most;
}

static const int protocols[] = {2, 3, 4};

TEST_P(protocol, int, protocols)
{
	struct vtest_env env;
	env_init(&env, *param);
	struct buffer *pictures[3] = {renderer_rig_buffer(100, 80, DRM_FORMAT_XRGB8888), NULL,
		renderer_rig_buffer(64, 48, DRM_FORMAT_XRGB8888)};
	for (int i = 0; i < 3; i++) {
		struct texture *texture =
			pictures[i] ? renderer_rig_import(&env.rig, pictures[i]) : NULL;
		renderer_rig_add(&env.rig, texture,
			i == 1 ? &(struct box){0, 0, 320, 200}
			       : &(struct box){20 + 40 * i, 30 + 20 * i, pictures[i]->width,
					 pictures[i]->height});
	}
	env.rig.draws[0].opaque = true;
	env.rig.draws[1].color[2] = env.rig.draws[1].color[3] = 0.5f;
	check(draw_both(&env, pictures, 320, 200) <= 1);
	for (int i = 0; i < 3; i++)
		buffer_drop(pictures[i]);
	env_finish(&env);
}

// Every format that is offered and that pixman supports. Those with eight bits per channel are
// exact.
TEST(formats)
{
	struct vtest_env env;
	env_init(&env, 4);
	const struct format_set *set = &env.rig.renderer->shm;
	int exact = 0;
	for (size_t i = 0; i < set->count; i++) {
		uint32_t fourcc = set->formats[i].fourcc;
		const struct format_info *info = format_info(fourcc);
		if (!format_set_has(&env.pixman->shm, fourcc, DRM_FORMAT_MOD_LINEAR))
			continue;
		for (int width = 33; width <= 36; width++) { // all alignments of rows
			struct buffer *picture = renderer_rig_buffer(width, 17, fourcc);
			struct draw *draw =
				renderer_rig_add(&env.rig, renderer_rig_import(&env.rig, picture),
					&(struct box){0, 0, width, 17});
			draw->opaque = !info->alpha;
			int most = draw_both(&env, &picture, width, 17);
			bool eight = info->bytes == 3 ||
				(info->bytes == 4 && strstr(info->name, "8888"));
			if (most > (eight && !info->alpha ? 0 : 1))
				test_fail(__FILE__, __LINE__, "%s is off by %d", info->name, most);
			exact += most == 0;
			env.rig.renderer->impl->forget(env.rig.renderer, draw->texture);
			pixman_region32_fini(&env.rig.visible[0]);
			env.rig.n = 0;
			buffer_drop(picture);
		}
	}
	check(exact >= 4 * 6);
	check(format_set_has(
		&env.rig.renderer->shm, DRM_FORMAT_ABGR16161616F, DRM_FORMAT_MOD_LINEAR));
	env_finish(&env);
}

// The ways to upload.
static const struct way {
	const char *name;
	bool copy_transfer, transfer;
} ways[] = {
	{"staged", true, true},
	{"backed, in the stream", false, true},
	{"backed", false, false},
};

static void change_pixels(struct buffer *picture, const struct box *box, uint32_t word)
{
	struct pixels pixels;
	check(buffer_begin_access(picture, &pixels));
	for (int y = box->y; y < box->y + box->height; y++)
		for (int x = box->x; x < box->x + box->width; x++)
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
	buffer_end_access(picture);
}

// Creating resources between frames does not disturb the state of the next one.
TEST(made_in_between)
{
	struct vtest_env env;
	env_init(&env, 4);
	struct renderer_rig *rig = &env.rig;
	const struct renderer_impl *impl = rig->renderer->impl;
	struct buffer *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_XRGB8888);
	renderer_rig_add(rig, renderer_rig_import(rig, picture), &(struct box){0, 0, 64, 64})
		->opaque = true;
	for (int i = 0; i < 4; i++) {
		struct buffer *target = impl->alloc(rig->renderer, 64, 64, DRM_FORMAT_XRGB8888);
		check(target && renderer_rig_draw(rig, target, NULL));
		struct buffer *copy = read_all(rig, target);
		check_eq(max_difference(copy, picture), 0);
		buffer_drop(copy);
		buffer_drop(target);
	}
	buffer_drop(picture);
	env_finish(&env);
}

TEST_P(upload, struct way, ways)
{
	static const struct box boxes[] = {
		{3, 5, 7, 2}, {600, 300, 400, 400}, {0, 0, 1, 1}, {0, 500, 1100, 3}};
	struct vtest_env env;
	env_init(&env, 2);
	virgl_from(env.rig.renderer)->caps.copy_transfer = param->copy_transfer;
	virgl_from(env.rig.renderer)->caps.transfer = param->transfer;
	struct buffer *picture = renderer_rig_buffer(
		1101, 1203, DRM_FORMAT_XRGB8888); // more than all staging buffers
	struct draw *draw = renderer_rig_add(
		&env.rig, renderer_rig_import(&env.rig, picture), &(struct box){0, 0, 1101, 1203});
	draw->opaque = true;
	check_eq(draw_both(&env, &picture, 1101, 1203), 0);
	for (uint32_t i = 0; i < array_length(boxes); i++) {
		region damage;
		change_pixels(picture, &boxes[i], 0x123456 * (i + 1));
		pixman_region32_init(&damage);
		region_add_box(&damage, &boxes[i]);
		check(env.rig.renderer->impl->import(
			env.rig.renderer, &draw->texture, picture, &damage));
		pixman_region32_fini(&damage);
	}
	check_eq(draw_both(&env, &picture, 1101, 1203), 0);
	// Pixels outside of the damage were not uploaded.
	change_pixels(picture, &(struct box){50, 50, 10, 10}, 0xffffff);
	check(draw_both(&env, &picture, 1101, 1203) > 0);
	buffer_drop(picture);
	env_finish(&env);
}

// Pixels do not depend on whether a frame is drawn at once or in parts.
TEST(pieces)
{
	struct vtest_env env;
	env_init(&env, 4);
	struct renderer_rig *rig = &env.rig;
	struct buffer *picture = renderer_rig_buffer(61, 47, DRM_FORMAT_ARGB8888);
	struct draw *draw = renderer_rig_add(
		rig, renderer_rig_import(rig, picture), &(struct box){-20, -13, 311, 207});
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
		check(renderer_rig_draw(rig, targets[0], NULL));
		for (int y = 0; y < 160; y += 23)
			for (int x = 0; x < 256; x += 37)
				check(renderer_rig_draw(rig, targets[1],
					&(struct box){x, y, MIN(37, 256 - x), MIN(23, 160 - y)}));
		check_eq(max_difference(targets[0], targets[1]), 0);
		buffer_drop(targets[0]);
		buffer_drop(targets[1]);
	}
	buffer_drop(picture);
	env_finish(&env);
}

// Reads

TEST(reads)
{
	struct vtest_env env;
	env_init(&env, 3);
	struct renderer_rig *rig = &env.rig;
	struct buffer *picture =
		renderer_rig_buffer(1600, 900, DRM_FORMAT_XRGB8888); // more than one band
	renderer_rig_add(rig, renderer_rig_import(rig, picture), &(struct box){0, 0, 1600, 900})
		->opaque = true;
	struct buffer *target =
		rig->renderer->impl->alloc(rig->renderer, 1600, 900, DRM_FORMAT_XRGB8888);
	check(target && renderer_rig_draw(rig, target, NULL));
	struct buffer *copy = read_all(rig, target);
	check_eq(max_difference(copy, picture), 0);
	struct pixels pixels;
	uint32_t wanted;
	check(buffer_begin_access(picture, &pixels));
	memcpy(&wanted, (char *)pixels.data + 899 * pixels.stride + (size_t)1599 * 4, 4);
	buffer_end_access(picture);
	check_eq(renderer_rig_pixel(rig, target, 1599, 899), wanted & 0xffffff);
	// Another format, and alpha from an opaque target.
	uint32_t words[4] = {0};
	const struct pixels into = {words, 8, 2, 2, DRM_FORMAT_ABGR8888};
	check(rig->renderer->impl->read(
		rig->renderer, target, &(struct box){1599, 899, 1, 1}, &into));
	check_eq(words[0],
		0xff000000 | (wanted & 0xff) << 16 | (wanted & 0xff00) | (wanted >> 16 & 0xff));
	check_eq(words[1], 0);
	// Boxes outside of the target.
	static const struct box wrong[] = {
		{1599, 0, 2, 1}, {-1, 0, 1, 1}, {0, 900, 1, 1}, {0, 0, 0, 1}, {0, 0, 3, 1}};
	int lines = 0;
	count_log_lines(&lines);
	for (size_t i = 0; i < array_length(wrong); i++)
		check(!rig->renderer->impl->read(rig->renderer, target, &wrong[i], &into));
	count_log_lines(NULL);
	check_eq(lines, (int)array_length(wrong));
	buffer_drop(copy);
	buffer_drop(target);
	buffer_drop(picture);
	env_finish(&env);
}

// Loss

// Sends an invalid handle, past the encoder: from then on the host silently ignores the context.
static void kill_context(struct virgl *virgl)
{
	const uint32_t surface[] = {5 | 3 << 16, 1, 0, 123456};
	check(virgl->transport->impl->submit(
		virgl->transport, surface, array_length(surface), NULL, 0, NULL));
}

struct session {
	struct virgl_server server;
	char *path, *virgl;
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
};

static void session_init(struct session *session)
{
	*session = (struct session){0};
	session->path = start_server(&session->server);
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
	virgl_server_stop(&session->server);
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

// Log lines of one lost context
struct loss_lines {
	const char *path; // of the server's socket
	int losses, disconnects, recoveries, others;
};

static void on_loss_line(enum log_level level, const char *line, void *data)
{
	struct loss_lines *lines = data;
	if (level > LOG_WARN)
		return;
	if (strstr(line, "the GPU was reset"))
		lines->recoveries++;
	else if (strstr(line, lines->path))
		lines->disconnects++;
	else if (strstr(line, "the host "))
		lines->losses++;
	else
		lines->others++;
}

TEST(context_dies_in_session)
{
	struct session session;
	session_init(&session);
	struct virgl *virgl = virgl_from(session.fixture->server->renderer);
	for (int i = 0; i < 5; i++) {
		unsigned generation = virgl->generation;
		struct loss_lines lines = {.path = session.path};
		log_set_sink(on_loss_line, &lines);
		kill_context(virgl);
		for (int j = 0; j < 200 && virgl->generation == generation; j++)
			draw_frames(&session, 1);
		fixture_advance(session.fixture, NSEC_PER_SEC);
		check_eq(virgl->generation, generation + 1);
		check(!virgl->base.lost);
		log_set_sink(NULL, NULL);
		check_eq(lines.losses, 1);
		check_eq(lines.recoveries, 1);
		check(lines.disconnects <= 1); // virglrenderer 1.1 also resets the connection
		check_eq(lines.others, 0);
		fixture_frames(session.fixture, 2);
		check_eq(fixture_pixel(session.fixture, 50, 40), 0x2060a0);
	}
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
	count_log_lines(&lines);
	virgl_server_stop(&session.server);
	draw_frames(&session, 3);
	check(renderer->lost);
	client_window_draw(session.window, 320, 240, 0xff00ff00);
	fixture_frames(session.fixture, 3);
	fixture_advance(session.fixture, NSEC_PER_SEC);
	check(renderer->lost);
	check(virgl_server_start(&session.server, session.path));
	fixture_advance(session.fixture, 2 * NSEC_PER_SEC);
	count_log_lines(NULL);
	check(!renderer->lost);
	fixture_frames(session.fixture, 2);
	check_eq(fixture_pixel(session.fixture, 50, 40), 0x00ff00);
	session_finish(&session);
}
