// SPDX-License-Identifier: MIT
// Hotplug by a vhost-user-gpu device: scan-outs follow its configuration, valid or not.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/fixture.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/fake_vhost.h"

#define PATIENCE_S 120 // with the device, which runs in another thread

struct plug_rig {
	struct fake_vhost device;
	char *virgl;
	struct fixture *fixture;
};

static void rig_init(struct plug_rig *rig)
{
	fake_vhost_start(&rig->device);
	rig->virgl = xasprintf("vhost-user:%s", rig->device.path);
	rig->fixture = fixture_create(&(struct server_options){
		.backend = "virtio",
		.virgl = rig->virgl,
		.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = 1,
		.builtin_cursor = true,
	});
}

static void rig_finish(struct plug_rig *rig)
{
	fixture_destroy(rig->fixture);
	fake_vhost_stop(&rig->device);
	free(rig->virgl);
}

static struct vhost *rig_vhost(struct plug_rig *rig)
{
	return vhost_backend_device(rig->fixture->server->backend);
}

// The device runs in another thread, in real time.
static void run_frames(struct plug_rig *rig)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	fixture_frames(rig->fixture, 8);
}

static struct output *output_named(struct plug_rig *rig, const char *name)
{
	struct output *output;
	wl_list_for_each(output, &rig->fixture->server->outputs, link)
		if (strcmp(output->screen->name, name) == 0)
			return output;
	return NULL;
}

static bool output_has_size(struct plug_rig *rig, const char *name, int width, int height)
{
	const struct output *output = output_named(rig, name);
	return width ? output && output->screen->mode.width == width &&
			output->screen->mode.height == height
		     : !output;
}

static void await_size(struct plug_rig *rig, const char *name, int width, int height)
{
	for (time_t end = time(NULL) + PATIENCE_S; !output_has_size(rig, name, width, height);) {
		check(time(NULL) < end);
		run_frames(rig);
	}
}

static void await_count(struct plug_rig *rig, const unsigned *counter, unsigned least)
{
	for (time_t end = time(NULL) + PATIENCE_S;
		fake_vhost_count(&rig->device, counter) < least;) {
		check(time(NULL) < end);
		run_frames(rig);
	}
}

TEST(edid)
{
	static struct plug_rig rig;
	fake_vhost_set_size(&rig.device, 0, 1280, 800);
	fake_vhost_set_size(&rig.device, 2, 1000, 700);
	fake_vhost_set_edid(&rig.device, 0, "Fancy 24", 1280, 800);
	fake_vhost_set_edid(&rig.device, 2, "Plain", 1920, 1080);
	rig_init(&rig);
	const struct screen *one = output_named(&rig, "Virtual-1")->screen;
	const struct screen *three = output_named(&rig, "Virtual-3")->screen;
	check_eq(wl_list_length(&rig.fixture->server->outputs), 2);
	check_str(one->model, "Fancy 24");
	check_str(one->serial, "0x0000002A");
	check(one->make && one->make[0]);
	check_eq(one->n_modes, 1);
	check_eq(one->mode.refresh_mhz, 59909);
	check_str(three->model, "Plain");
	check(three->mode.width == 1000 && three->mode.height == 700);
	check_eq(three->n_modes, 2);
	check(three->modes[1].width == 1920 && three->modes[1].height == 1080);
	await_count(&rig, &rig.device.flushes, 2);
	rig_finish(&rig);
}

// The display of a device is this process, which has no EDID: its reply is an error.
TEST(edid_of_the_display)
{
	static struct plug_rig rig;
	rig.device.asks_display = true;
	fake_vhost_set_size(&rig.device, 0, 800, 600);
	fake_vhost_set_size(&rig.device, 1, 640, 400);
	rig_init(&rig);
	check_eq(rig.device.edids, 2);
	check_eq(rig.device.display_features, 1);
	check(output_has_size(&rig, "Virtual-1", 800, 600));
	check(output_has_size(&rig, "Virtual-2", 640, 400));
	const struct screen *screen = output_named(&rig, "Virtual-2")->screen;
	check_str(screen->make, "Oriel");
	check_str(screen->model, "virtio-gpu");
	check_eq(screen->n_modes, 1);
	await_count(&rig, &rig.device.flushes, 2);
	check(!rig_vhost(&rig)->dead);
	rig_finish(&rig);
}

// Devices without EDID, configuration or channel: the size of the command line, default names.
static const struct missing {
	bool no_edid, no_config, no_channel;
} missing[] = {{true, false, false}, {false, true, false}, {false, false, true}};

TEST_P(missing_features, struct missing, missing)
{
	static struct plug_rig rig;
	rig.device.no_edid = param->no_edid;
	rig.device.no_config = param->no_config;
	rig.device.no_channel = param->no_channel;
	rig_init(&rig);
	const struct screen *screen = output_first(rig.fixture->server)->screen;
	check_str(screen->name, "Virtual-1");
	check_str(screen->model, "virtio-gpu");
	check(screen->mode.width == 640 && screen->mode.height == 480);
	check_eq(rig.device.edids, !param->no_edid);
	check_eq(rig_vhost(&rig)->has_config, param->no_edid);
	await_count(&rig, &rig.device.flushes, 1);
	rig_finish(&rig);
}

TEST(plugged)
{
	static struct plug_rig rig;
	int lines = 0;
	fake_vhost_set_size(&rig.device, 0, 800, 600);
	rig_init(&rig);
	count_log_lines(&lines);
	check(output_has_size(&rig, "Virtual-1", 800, 600));
	fake_vhost_set_size(&rig.device, 0, 1024, 768);
	fake_vhost_set_size(&rig.device, 1, 640, 400);
	fake_vhost_set_edid(&rig.device, 1, "Second", 640, 400);
	fake_vhost_notify(&rig.device);
	await_size(&rig, "Virtual-1", 1024, 768);
	await_size(&rig, "Virtual-2", 640, 400);
	check_str(output_named(&rig, "Virtual-2")->screen->model, "Second");
	check_eq(rig.device.clears, 1);
	check_eq(rig.device.events, 0);
	// The scan-out is set to that size.
	for (time_t end = time(NULL) + PATIENCE_S;
		rig.device.shown[0][0] != 1024 && time(NULL) < end;)
		run_frames(&rig);
	check_eq(rig.device.shown[0][1], 768);
	check_eq(rig.device.shown[1][0], 640);
	fake_vhost_set_size(&rig.device, 0, 0, 0);
	fake_vhost_notify(&rig.device);
	await_size(&rig, "Virtual-1", 0, 0);
	check(output_has_size(&rig, "Virtual-2", 640, 400));
	// All unplugged, then one plugged in.
	fake_vhost_set_size(&rig.device, 1, 0, 0);
	fake_vhost_notify(&rig.device);
	await_size(&rig, "Virtual-2", 0, 0);
	fake_vhost_set_size(&rig.device, 15, 320, 200);
	fake_vhost_notify(&rig.device);
	await_size(&rig, "Virtual-16", 320, 200);
	// A configuration change without an event changes nothing.
	unsigned configs = rig.device.configs;
	fake_vhost_set_size(&rig.device, 15, 400, 300);
	check(fake_vhost_send(&rig.device, (const uint32_t[]){2, 1, 0}, 12));
	await_count(&rig, &rig.device.configs, configs + 1);
	run_frames(&rig);
	check(output_has_size(&rig, "Virtual-16", 320, 200));
	count_log_lines(NULL);
	check_eq(lines, 0);
	rig_finish(&rig);
}

// The frame on its way counts as shown, though the screen went off.
TEST(switched_off_in_the_middle_of_a_frame)
{
	static struct plug_rig rig;
	fake_vhost_set_size(&rig.device, 0, 640, 480);
	rig_init(&rig);
	struct server *server = rig.fixture->server;
	struct output *output = output_first(server);
	struct output_change on = output_change_none(output), off = on;
	off.enabled = false;
	run_frames(&rig);
	output_damage_all(output);
	clock_advance_to(server->clock, clock_now_ns(server->clock) + 20 * NSEC_PER_MSEC);
	check(output->presenting);
	check(outputs_apply(server, &off, 1, false));
	check(outputs_apply(server, &on, 1, false));
	uint64_t repaints = output->repaints;
	for (time_t end = time(NULL) + PATIENCE_S;
		output->repaints == repaints && time(NULL) < end;)
		run_frames(&rig);
	check_eq(output->repaints, repaints + 1);
	rig_finish(&rig);
}

// The window of the host is resized only after the first frame: a second frame follows.
TEST(drawn_again_after_a_change_of_mode)
{
	static struct plug_rig rig;
	fake_vhost_set_size(&rig.device, 0, 640, 480);
	rig_init(&rig);
	struct server *server = rig.fixture->server;
	struct output *output = output_first(server);
	for (int i = 0; i < 5; i++)
		run_frames(&rig);
	uint64_t repaints = output->repaints;
	struct output_change change = output_change_none(output);
	change.mode.width = 800;
	check(outputs_apply(server, &change, 1, false));
	for (time_t end = time(NULL) + PATIENCE_S;
		output->repaints < repaints + 2 && time(NULL) < end;)
		run_frames(&rig);
	for (int i = 0; i < 5; i++)
		run_frames(&rig);
	check_eq(output->repaints, repaints + 2);
	rig_finish(&rig);
}

TEST(fifty_steps)
{
	static struct plug_rig rig;
	int sizes[4][2] = {{640, 480}};
	uint32_t seed = 5;
	fake_vhost_set_size(&rig.device, 0, 640, 480);
	rig_init(&rig);
	for (int step = 0; step < 50; step++) {
		seed = seed * 1664525 + 1013904223;
		int i = seed >> 30, gone = (seed >> 20 & 3) == 0;
		sizes[i][0] = gone ? 0 : 320 + (int)(seed >> 8 & 0x1ff);
		sizes[i][1] = gone ? 0 : 200 + (int)(seed >> 12 & 0xff);
		fake_vhost_set_size(&rig.device, i, (uint32_t)sizes[i][0], (uint32_t)sizes[i][1]);
		fake_vhost_notify(&rig.device);
		char name[] = "Virtual-1";
		name[8] = (char)('1' + i);
		await_size(&rig, name, sizes[i][0], sizes[i][1]);
	}
	for (int i = 0; i < 4; i++) {
		char name[] = "Virtual-1";
		name[8] = (char)('1' + i);
		check(output_has_size(&rig, name, sizes[i][0], sizes[i][1]));
	}
	check(!rig_vhost(&rig)->dead);
	rig_finish(&rig);
}

// Invalid configurations

static void corrupt_sizes(struct plug_rig *rig)
{
	fake_vhost_set_size(&rig->device, 0, UINT32_MAX, UINT32_MAX);
	fake_vhost_set_size(&rig->device, 3, 70000, 10);
	pthread_mutex_lock(&rig->device.lock);
	rig->device.screens[4].enabled = 7; // without a size
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_count(struct plug_rig *rig)
{
	pthread_mutex_lock(&rig->device.lock);
	rig->device.n_screens = UINT32_MAX;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_no_screens(struct plug_rig *rig)
{
	pthread_mutex_lock(&rig->device.lock);
	rig->device.n_screens = 0;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_edid_size(struct plug_rig *rig)
{
	fake_vhost_set_edid(&rig->device, 0, "Liar", 1, 1);
	pthread_mutex_lock(&rig->device.lock);
	rig->device.screens[0].edid_size = UINT32_MAX;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_edid(struct plug_rig *rig)
{
	pthread_mutex_lock(&rig->device.lock);
	memset(rig->device.screens[0].edid, 0xff, sizeof(rig->device.screens[0].edid));
	rig->device.screens[0].edid_size = 1024;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_events(struct plug_rig *rig)
{
	pthread_mutex_lock(&rig->device.lock);
	rig->device.keeps_events = true;
	rig->device.events = UINT32_MAX;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_refuses(struct plug_rig *rig)
{
	pthread_mutex_lock(&rig->device.lock);
	rig->device.refuses_config = true;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_length(struct plug_rig *rig)
{
	pthread_mutex_lock(&rig->device.lock);
	rig->device.wrong_config = true;
	pthread_mutex_unlock(&rig->device.lock);
}

static void corrupt_unknown(struct plug_rig *rig)
{
	static const uint32_t words[] = {99, 1, 8, 1, 2, 1, 1, 0, 6, 9, 4, 0xffffffff};
	check(fake_vhost_send(&rig->device, words, sizeof(words)));
}

static void corrupt_in_pieces(struct plug_rig *rig)
{
	static const uint32_t words[] = {99, 1, 8, 1, 2, 2, 1, 0};
	for (size_t i = 0; i < sizeof(words); i++) {
		check(fake_vhost_send(&rig->device, (const char *)words + i, 1));
		run_frames(rig);
	}
}

static void corrupt_storm(struct plug_rig *rig)
{
	static const uint32_t changed[3] = {2, 1, 0};
	pthread_mutex_lock(&rig->device.lock);
	rig->device.events = 1;
	rig->device.keeps_events = true;
	pthread_mutex_unlock(&rig->device.lock);
	unsigned before = rig->device.configs;
	uint64_t from = clock_now_ns(rig->fixture->server->clock);
	for (int i = 0; i < 2000; i++) {
		fake_vhost_send(&rig->device, changed, sizeof(changed));
		if (i % 50 == 0)
			run_frames(rig);
	}
	uint64_t passed = clock_now_ns(rig->fixture->server->clock) - from;
	check(fake_vhost_count(&rig->device, &rig->device.configs) - before <=
		passed / (100 * NSEC_PER_MSEC) + 2);
}

static const struct corruption {
	const char *name;
	void (*corrupt)(struct plug_rig *rig);
} corruptions[] = {
	{"sizes", corrupt_sizes},
	{"number of screens", corrupt_count},
	{"no screens", corrupt_no_screens},
	{"length of an EDID", corrupt_edid_size},
	{"EDID", corrupt_edid},
	{"events", corrupt_events},
	{"refuses", corrupt_refuses},
	{"length of the configuration", corrupt_length},
	{"unknown messages", corrupt_unknown},
	{"messages in pieces", corrupt_in_pieces},
	{"storm", corrupt_storm},
};

// Invalid configurations change nothing, and a valid one afterwards is applied.
TEST_P(corruptions, struct corruption, corruptions)
{
	static struct plug_rig rig;
	fake_vhost_set_size(&rig.device, 0, 800, 600);
	rig_init(&rig);
	unsigned configs = rig.device.configs;
	param->corrupt(&rig);
	fake_vhost_notify(&rig.device);
	await_count(&rig, &rig.device.configs, configs + 1);
	for (int i = 0; i < 30; i++)
		run_frames(&rig);
	check(output_has_size(&rig, "Virtual-1", 800, 600));
	check_eq(wl_list_length(&rig.fixture->server->outputs), 1);
	check(!rig_vhost(&rig)->dead);
	pthread_mutex_lock(&rig.device.lock);
	rig.device.refuses_config = rig.device.wrong_config = rig.device.keeps_events = false;
	rig.device.n_screens = 16;
	pthread_mutex_unlock(&rig.device.lock);
	for (int i = 3; i < 5; i++)
		fake_vhost_set_size(&rig.device, i, 0, 0);
	fake_vhost_set_size(&rig.device, 0, 1000, 600);
	fake_vhost_notify(&rig.device);
	await_size(&rig, "Virtual-1", 1000, 600);
	rig_finish(&rig);
}

// A device that does not reply is dead.
TEST(no_answer)
{
	static struct plug_rig rig;
	int lines = 0;
	fake_vhost_set_size(&rig.device, 0, 800, 600);
	rig_init(&rig);
	await_count(&rig, &rig.device.flushes, 1);
	rig_vhost(&rig)->options.timeout_ms = 50;
	pthread_mutex_lock(&rig.device.lock);
	rig.device.silent = true;
	pthread_mutex_unlock(&rig.device.lock);
	count_log_lines(&lines);
	fake_vhost_notify(&rig.device);
	for (time_t end = time(NULL) + PATIENCE_S; !rig_vhost(&rig)->dead && time(NULL) < end;)
		run_frames(&rig);
	check(rig_vhost(&rig)->dead);
	run_frames(&rig);
	count_log_lines(NULL);
	check(lines >= 1);
	rig_finish(&rig);
}

static const struct nonsense {
	const char *name;
	uint32_t words[3];
	size_t size; // 0: closes the channel
} nonsense[] = {
	{"closed", {0}, 0},
	{"endless message", {99, 1, UINT32_MAX}, 12},
	{"another version", {2, 2, 0}, 12},
};

// After the channel is lost, the device is used without it.
TEST_P(channel_that_ends, struct nonsense, nonsense)
{
	static struct plug_rig rig;
	int lines = 0;
	fake_vhost_set_size(&rig.device, 0, 800, 600);
	rig_init(&rig);
	await_count(&rig, &rig.device.flushes, 1);
	count_log_lines(&lines);
	if (param->size)
		check(fake_vhost_send(&rig.device, param->words, param->size));
	else
		fake_vhost_close_channel(&rig.device);
	for (time_t end = time(NULL) + PATIENCE_S;
		rig_vhost(&rig)->channel.file >= 0 && time(NULL) < end;)
		run_frames(&rig);
	check(rig_vhost(&rig)->channel.file < 0);
	for (int i = 0; i < 10; i++)
		run_frames(&rig);
	count_log_lines(NULL);
	check_eq(lines, 1);
	check(!rig_vhost(&rig)->dead);
	unsigned flushes = fake_vhost_count(&rig.device, &rig.device.flushes);
	output_damage_all(output_first(rig.fixture->server));
	await_count(&rig, &rig.device.flushes, flushes + 1);
	rig_finish(&rig);
}
