// SPDX-License-Identifier: MIT
// A real vhost-user-gpu process: the display messages that it sends for our commands.
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/fixture.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/vhost_server.h"

enum {
	CURSOR_POSITION = 4,
	CURSOR_UPDATE = 6,
	UPDATE = 8,
	DMABUF_SCANOUT = 9,
	DMABUF_UPDATE = 10,
	KINDS
};

struct queue_env {
	struct vhost_server server;
	char *path, *virgl;
	struct fixture *fixture;
	int count[KINDS];
	uint32_t last[KINDS][5 + 64 * 64];
};

static void on_command(void *data, uint32_t request, const uint32_t *words, size_t n)
{
	struct queue_env *env = data;
	if (request >= KINDS)
		return;
	env->count[request]++;
	memcpy(env->last[request], words, MIN(n * 4, sizeof(env->last[0])));
}

// In the folder of the test program.
static char *shim_path(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	check(length > 0);
	path[length] = '\0';
	*strrchr(path, '/') = '\0';
	return xasprintf("%s/virgl/surfaceless.so", path);
}

// Skips the test if vhost-user-gpu is not installed.
static void env_start_server(struct queue_env *env, bool draws)
{
	char *shim = shim_path();
	*env = (struct queue_env){0};
	env->path = xasprintf("%s/device", test_dir());
	env->virgl = xasprintf("vhost-user:%s", env->path);
	bool ok = vhost_server_start(&env->server, env->path, draws ? shim : NULL);
	free(shim);
	if (!ok && errno == ENOENT)
		test_skip("vhost-user-gpu is not installed");
	check(ok);
}

// Waits until all commands are executed and all display messages were received.
static void wait_until_idle(struct queue_env *env)
{
	struct vhost *vhost = vhost_backend_device(env->fixture->server->backend);
	const struct output *output = output_first(env->fixture->server);
	bool busy = true;
	while (busy && vhost_dispatch(vhost, 10)) { // limited by the time-out of the test
		fixture_frames(env->fixture, 1);
		busy = !output_is_idle(output);
		for (int i = 0; i < VHOST_QUEUES; i++)
			busy = busy || vhost->rings[i].last_used != vhost->rings[i].next_available;
	}
	vhost_dispatch(vhost, 0);
}

static void env_init(struct queue_env *env, bool draws)
{
	env_start_server(env, draws);
	env->fixture = fixture_create(&(struct server_options){
		.backend = "virtio",
		.virgl = env->virgl,
		.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = 1,
		.builtin_cursor = true,
	});
	// The first commands are sent again after the display connection was set up, and the
	// picture is shown again some time after the change of mode.
	fixture_frames(env->fixture, 20);
	wait_until_idle(env);
	struct vhost *vhost = vhost_backend_device(env->fixture->server->backend);
	vhost->options.watch = on_command;
	vhost->options.watch_data = env;
	struct output *output = output_first(env->fixture->server);
	output->cursor_on_plane = false;
	output_damage_all(output);
	wait_until_idle(env);
}

static void env_finish(struct queue_env *env)
{
	if (env->fixture)
		fixture_destroy(env->fixture);
	vhost_server_stop(&env->server);
	unlink(env->path);
	free(env->path);
	free(env->virgl);
}

// The device is another process and runs in real time.
static bool wait_for_message(struct queue_env *env, uint32_t kind, int count)
{
	struct vhost *vhost = vhost_backend_device(env->fixture->server->backend);
	for (time_t end = time(NULL) + 20; env->count[kind] < count && time(NULL) < end;) {
		vhost_dispatch(vhost, 10);
		fixture_frames(env->fixture, 1);
	}
	return env->count[kind] >= count;
}

static void check_cursor(struct queue_env *env)
{
	check_eq(env->count[CURSOR_UPDATE], 1);
	fixture_move(env->fixture, 100, 90);
	check(wait_for_message(env, CURSOR_POSITION, 1));
	const uint32_t *image = env->last[CURSOR_UPDATE];
	uint32_t hot_x = image[3], hot_y = image[4];
	check_eq(image[0], 0);
	check(hot_x < 32 && hot_y < 32);
	check_eq(env->last[CURSOR_POSITION][1], 100 - hot_x);
	check_eq(env->last[CURSOR_POSITION][2], 90 - hot_y);
	// Upright: an arrow with its tip at the top, at the hot spot.
	int above = 0, below = 0;
	for (int i = 0; i < 64 * 64; i++)
		*(i < 32 * 64 ? &above : &below) += image[5 + i] >> 24 != 0;
	check(above > 20 && below == 0);
	int updates = env->count[CURSOR_UPDATE], frames = env->count[DMABUF_UPDATE];
	for (int i = 1; i <= 10; i++)
		fixture_move(env->fixture, 100 + i, 90);
	check(wait_for_message(env, CURSOR_POSITION, 11));
	check_eq(env->last[CURSOR_POSITION][1], 110 - hot_x);
	check_eq(env->count[CURSOR_UPDATE], updates);
	check_eq(env->count[DMABUF_UPDATE], frames);
}

TEST(drawn_by_the_device)
{
	static struct queue_env env;
	env_init(&env, true);
	check_str(env.fixture->server->renderer->impl->name, "virgl");
	check(env.count[DMABUF_SCANOUT] > 0 && env.count[DMABUF_UPDATE] > 0);
	check_cursor(&env);
	output_damage_all(output_first(env.fixture->server));
	int frames = env.count[DMABUF_UPDATE];
	check(wait_for_message(&env, DMABUF_UPDATE, frames + 1));
	check(fixture_pixel(env.fixture, 5, 5) != 0);
	env_finish(&env);
}

TEST(drawn_by_the_cpu)
{
	static struct queue_env env;
	env_init(&env, false);
	check_str(env.fixture->server->renderer->impl->name, "pixman");
	check(env.count[UPDATE] > 0);
	const uint32_t *update = env.last[UPDATE];
	check_eq(update[3], 640);
	check_eq(update[4], 480);
	check_eq(update[5] & 0xffffff, fixture_pixel(env.fixture, 0, 0) & 0xffffff);
	check_cursor(&env);
	env_finish(&env);
}

TEST(device_that_dies)
{
	static struct queue_env env;
	int lines = 0;
	env_init(&env, true);
	struct vhost *vhost = vhost_backend_device(env.fixture->server->backend);
	check(wait_for_message(&env, DMABUF_UPDATE, 1));
	count_log_lines(&lines);
	kill(-env.server.pid, SIGKILL);
	for (int i = 0; i < 1000 && !vhost->dead; i++)
		vhost_dispatch(vhost, 10);
	check(vhost->dead);
	output_damage_all(output_first(env.fixture->server));
	fixture_frames(env.fixture, 3);
	count_log_lines(NULL);
	check(lines > 0);
	env_finish(&env);
}

TEST(context_that_dies)
{
	static struct queue_env env;
	struct renderer_rig rig;
	env_start_server(&env, true);
	struct vhost *vhost = vhost_create(env.path, NULL);
	check(vhost != NULL);
	setenv("ORIEL_VIRGL_DEBUG", "kill=3", 1);
	renderer_rig_init(&rig, virgl_renderer_create(vhost_transport_create(vhost)));
	unsetenv("ORIEL_VIRGL_DEBUG");
	vhost_unref(vhost);
	const struct renderer_impl *impl = rig.renderer->impl;
	renderer_rig_add(&rig, NULL, &(struct box){0, 0, 64, 64})->color[0] = 1;
	for (int deaths = 0; deaths < 100; deaths++) {
		struct buffer *target = impl->alloc(rig.renderer, 64, 64, DRM_FORMAT_XRGB8888);
		check(target != NULL);
		check(renderer_rig_draw(&rig, target, NULL));
		check_eq(renderer_rig_pixel(&rig, target, 63, 63) & 0xffffff, 0xff0000);
		while (!rig.renderer->lost)
			renderer_rig_draw(&rig, target, NULL);
		check(impl->recover(rig.renderer));
		buffer_drop(target);
	}
	renderer_rig_finish(&rig);
	env_finish(&env);
}

TEST(nobody_listens)
{
	check(!vhost_create("/nonexistent/device", NULL));
}
