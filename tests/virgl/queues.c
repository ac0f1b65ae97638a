// SPDX-License-Identifier: MIT
// A device process (vhost-user-gpu), over its queues: what it shows for what it is told.
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/desk.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"
#include "tests/virgl/device.h"

enum {
	CURSOR_POSITION = 4,
	CURSOR_UPDATE = 6,
	UPDATE = 8,
	DMABUF_SCANOUT = 9,
	DMABUF_UPDATE = 10,
	KINDS
};

struct stage {
	struct device_host host;
	char *path, *virgl;
	struct fixture *fixture;
	int count[KINDS];
	uint32_t last[KINDS][5 + 64 * 64];
};

static void watch(void *data, uint32_t request, const uint32_t *words, size_t n)
{
	struct stage *stage = data;
	if (request >= KINDS)
		return;
	stage->count[request]++;
	memcpy(stage->last[request], words, MIN(n * 4, sizeof(stage->last[0])));
}

// Beside the test program.
static char *shim_path(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	check(length > 0);
	path[length] = '\0';
	*strrchr(path, '/') = '\0';
	return xasprintf("%s/surfaceless.so", path);
}

// Where there are no device processes the test is skipped.
static void stage_host(struct stage *stage, bool draws)
{
	char *shim = shim_path();
	*stage = (struct stage){0};
	stage->path = xasprintf("%s/device", test_dir());
	stage->virgl = xasprintf("vhost-user:%s", stage->path);
	bool ok = device_host_start(&stage->host, stage->path, draws ? shim : NULL);
	free(shim);
	if (!ok && errno == ENOENT)
		test_skip("vhost-user-gpu is not installed");
	check(ok);
}

// All that was sent is done, and what the device has said of it was heard.
static void settle(struct stage *stage)
{
	struct vhost *vhost = vhost_backend_device(stage->fixture->server->backend);
	const struct output *output = output_first(stage->fixture->server);
	bool busy = true;
	while (busy && vhost_pump(vhost, 10)) { // the test's own limit ends this
		fixture_frames(stage->fixture, 1);
		busy = !output_is_idle(output);
		for (int i = 0; i < VHOST_QUEUES; i++)
			busy = busy || vhost->rings[i].seen != vhost->rings[i].next_available;
	}
	vhost_pump(vhost, 0);
}

static void stage_init(struct stage *stage, bool draws)
{
	stage_host(stage, draws);
	stage->fixture = fixture_create(&(struct server_options){
		.backend = "virtio",
		.virgl = stage->virgl,
		.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = 1,
		.builtin_cursor = true,
	});
	// What the device is told at the start is told again once somebody listens to its answers.
	settle(stage);
	struct vhost *vhost = vhost_backend_device(stage->fixture->server->backend);
	vhost->options.watch = watch;
	vhost->options.watch_data = stage;
	struct output *output = output_first(stage->fixture->server);
	output->cursor_on_plane = false;
	output_damage_all(output);
	settle(stage);
}

static void stage_finish(struct stage *stage)
{
	if (stage->fixture)
		fixture_destroy(stage->fixture);
	device_host_stop(&stage->host);
	unlink(stage->path);
	free(stage->path);
	free(stage->virgl);
}

// The device is another process and has its own time.
static bool until(struct stage *stage, uint32_t kind, int count)
{
	struct vhost *vhost = vhost_backend_device(stage->fixture->server->backend);
	for (time_t end = time(NULL) + 20; stage->count[kind] < count && time(NULL) < end;) {
		vhost_pump(vhost, 10);
		fixture_frames(stage->fixture, 1);
	}
	return stage->count[kind] >= count;
}

static void check_cursor(struct stage *stage)
{
	check_eq(stage->count[CURSOR_UPDATE], 1);
	fixture_move(stage->fixture, 100, 90);
	check(until(stage, CURSOR_POSITION, 1));
	const uint32_t *image = stage->last[CURSOR_UPDATE];
	uint32_t hot_x = image[3], hot_y = image[4];
	check_eq(image[0], 0);
	check(hot_x < 32 && hot_y < 32);
	check_eq(stage->last[CURSOR_POSITION][1], 100 - hot_x);
	check_eq(stage->last[CURSOR_POSITION][2], 90 - hot_y);
	// Right way up: an arrow, whose tip is above and at the hot spot.
	int above = 0, below = 0;
	for (int i = 0; i < 64 * 64; i++)
		*(i < 32 * 64 ? &above : &below) += image[5 + i] >> 24 != 0;
	check(above > 20 && below == 0);
	int updates = stage->count[CURSOR_UPDATE], frames = stage->count[DMABUF_UPDATE];
	for (int i = 1; i <= 10; i++)
		fixture_move(stage->fixture, 100 + i, 90);
	check(until(stage, CURSOR_POSITION, 11));
	check_eq(stage->last[CURSOR_POSITION][1], 110 - hot_x);
	check_eq(stage->count[CURSOR_UPDATE], updates);
	check_eq(stage->count[DMABUF_UPDATE], frames);
}

TEST(drawn_by_the_device)
{
	static struct stage stage;
	stage_init(&stage, true);
	check_str(stage.fixture->server->renderer->impl->name, "virgl");
	check(stage.count[DMABUF_SCANOUT] > 0 && stage.count[DMABUF_UPDATE] > 0);
	check_cursor(&stage);
	output_damage_all(output_first(stage.fixture->server));
	int frames = stage.count[DMABUF_UPDATE];
	check(until(&stage, DMABUF_UPDATE, frames + 1));
	check(fixture_pixel(stage.fixture, 5, 5) != 0);
	stage_finish(&stage);
}

TEST(drawn_by_the_cpu)
{
	static struct stage stage;
	stage_init(&stage, false);
	check_str(stage.fixture->server->renderer->impl->name, "pixman");
	check(stage.count[UPDATE] > 0);
	const uint32_t *update = stage.last[UPDATE];
	check_eq(update[3], 640);
	check_eq(update[4], 480);
	check_eq(update[5] & 0xffffff, fixture_pixel(stage.fixture, 0, 0) & 0xffffff);
	check_cursor(&stage);
	stage_finish(&stage);
}

TEST(device_that_dies)
{
	static struct stage stage;
	int lines = 0;
	stage_init(&stage, true);
	struct vhost *vhost = vhost_backend_device(stage.fixture->server->backend);
	check(until(&stage, DMABUF_UPDATE, 1));
	desk_count_lines(&lines);
	kill(-stage.host.pid, SIGKILL);
	for (int i = 0; i < 1000 && !vhost->dead; i++)
		vhost_pump(vhost, 10);
	check(vhost->dead);
	output_damage_all(output_first(stage.fixture->server));
	fixture_frames(stage.fixture, 3);
	desk_count_lines(NULL);
	check(lines > 0);
	stage_finish(&stage);
}

TEST(context_that_dies)
{
	static struct stage stage;
	struct desk desk;
	stage_host(&stage, true);
	struct vhost *vhost = vhost_create(stage.path, NULL);
	check(vhost != NULL);
	setenv("ORIEL_VIRGL_DEBUG", "kill=3", 1);
	desk_init(&desk, virgl_renderer_create(vhost_transport_create(vhost)));
	unsetenv("ORIEL_VIRGL_DEBUG");
	vhost_unref(vhost);
	const struct renderer_impl *impl = desk.renderer->impl;
	desk_add(&desk, NULL, &(struct box){0, 0, 64, 64})->color[0] = 1;
	for (int deaths = 0; deaths < 100; deaths++) {
		struct buffer *target = impl->alloc(desk.renderer, 64, 64, DRM_FORMAT_XRGB8888);
		check(target != NULL);
		check(desk_draw(&desk, target, NULL));
		check_eq(desk_pixel(&desk, target, 63, 63) & 0xffffff, 0xff0000);
		while (!desk.renderer->lost)
			desk_draw(&desk, target, NULL);
		check(impl->recover(desk.renderer));
		buffer_drop(target);
	}
	desk_finish(&desk);
	stage_finish(&stage);
}

TEST(nobody_listens)
{
	check(!vhost_create("/nonexistent/device", NULL));
}
