// SPDX-License-Identifier: MIT
// Screens of a device that has a display of its own: they come and go as it says, whatever it says.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/desk.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"
#include "tests/virgl/gadget.h"

struct stage {
	struct gadget gadget;
	char *virgl;
	struct fixture *fixture;
};

static void stage_init(struct stage *stage)
{
	gadget_start(&stage->gadget);
	stage->virgl = xasprintf("vhost-user:%s", stage->gadget.path);
	stage->fixture = fixture_create(&(struct server_options){
		.backend = "virtio",
		.virgl = stage->virgl,
		.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = 1,
		.builtin_cursor = true,
	});
}

static void stage_finish(struct stage *stage)
{
	fixture_destroy(stage->fixture);
	gadget_stop(&stage->gadget);
	free(stage->virgl);
}

static struct vhost *device_of(struct stage *stage)
{
	return vhost_backend_device(stage->fixture->server->backend);
}

// The device is another thread and has its own time.
static void go_on(struct stage *stage)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	fixture_frames(stage->fixture, 8);
}

static struct output *output_named(struct stage *stage, const char *name)
{
	struct output *output;
	wl_list_for_each(output, &stage->fixture->server->outputs, link)
		if (strcmp(output->screen->name, name) == 0)
			return output;
	return NULL;
}

static bool is_now(struct stage *stage, const char *name, int width, int height)
{
	const struct output *output = output_named(stage, name);
	return width ? output && output->screen->mode.width == width &&
			output->screen->mode.height == height
		     : !output;
}

static void await(struct stage *stage, const char *name, int width, int height)
{
	for (time_t end = time(NULL) + 20; !is_now(stage, name, width, height);) {
		check(time(NULL) < end);
		go_on(stage);
	}
}

static void await_count(struct stage *stage, const unsigned *counter, unsigned least)
{
	for (time_t end = time(NULL) + 20; gadget_count(&stage->gadget, counter) < least;) {
		check(time(NULL) < end);
		go_on(stage);
	}
}

TEST(edid)
{
	static struct stage stage;
	gadget_set(&stage.gadget, 0, 1280, 800);
	gadget_set(&stage.gadget, 2, 1000, 700);
	gadget_set_edid(&stage.gadget, 0, "Fancy 24", 1280, 800);
	gadget_set_edid(&stage.gadget, 2, "Plain", 1920, 1080);
	stage_init(&stage);
	const struct screen *one = output_named(&stage, "Virtual-1")->screen;
	const struct screen *three = output_named(&stage, "Virtual-3")->screen;
	check_eq(wl_list_length(&stage.fixture->server->outputs), 2);
	check_str(one->model, "Fancy 24");
	check_str(one->serial, "0x0000002A");
	check(one->make && one->make[0]);
	check_eq(one->n_modes, 1);
	check_eq(one->mode.refresh_mhz, 59909);
	check_str(three->model, "Plain");
	check(three->mode.width == 1000 && three->mode.height == 700);
	check_eq(three->n_modes, 2);
	check(three->modes[1].width == 1920 && three->modes[1].height == 1080);
	await_count(&stage, &stage.gadget.flushes, 2);
	stage_finish(&stage);
}

// Devices that do not tell: as ever, and names of ours.
static const struct mute {
	bool no_edid, no_config, no_channel;
} mutes[] = {{true, false, false}, {false, true, false}, {false, false, true}};

TEST_P(tells_nothing, struct mute, mutes)
{
	static struct stage stage;
	stage.gadget.no_edid = param->no_edid;
	stage.gadget.no_config = param->no_config;
	stage.gadget.no_channel = param->no_channel;
	stage_init(&stage);
	const struct screen *screen = output_first(stage.fixture->server)->screen;
	check_str(screen->name, "Virtual-1");
	check_str(screen->model, "virtio-gpu");
	check(screen->mode.width == 640 && screen->mode.height == 480);
	check_eq(stage.gadget.edids, !param->no_edid);
	check_eq(device_of(&stage)->has_config, param->no_edid);
	await_count(&stage, &stage.gadget.flushes, 1);
	stage_finish(&stage);
}

TEST(plugged)
{
	static struct stage stage;
	int lines = 0;
	gadget_set(&stage.gadget, 0, 800, 600);
	stage_init(&stage);
	desk_count_lines(&lines);
	check(is_now(&stage, "Virtual-1", 800, 600));
	gadget_set(&stage.gadget, 0, 1024, 768);
	gadget_set(&stage.gadget, 1, 640, 400);
	gadget_set_edid(&stage.gadget, 1, "Second", 640, 400);
	gadget_tell(&stage.gadget);
	await(&stage, "Virtual-1", 1024, 768);
	await(&stage, "Virtual-2", 640, 400);
	check_str(output_named(&stage, "Virtual-2")->screen->model, "Second");
	check_eq(stage.gadget.clears, 1);
	check_eq(stage.gadget.events, 0);
	// It is shown at that size.
	for (time_t end = time(NULL) + 20; stage.gadget.shown[0][0] != 1024 && time(NULL) < end;)
		go_on(&stage);
	check_eq(stage.gadget.shown[0][1], 768);
	check_eq(stage.gadget.shown[1][0], 640);
	gadget_set(&stage.gadget, 0, 0, 0);
	gadget_tell(&stage.gadget);
	await(&stage, "Virtual-1", 0, 0);
	check(is_now(&stage, "Virtual-2", 640, 400));
	// None at all, and back.
	gadget_set(&stage.gadget, 1, 0, 0);
	gadget_tell(&stage.gadget);
	await(&stage, "Virtual-2", 0, 0);
	gadget_set(&stage.gadget, 15, 320, 200);
	gadget_tell(&stage.gadget);
	await(&stage, "Virtual-16", 320, 200);
	// What is said without a reason changes nothing.
	unsigned configs = stage.gadget.configs;
	gadget_set(&stage.gadget, 15, 400, 300);
	check(gadget_say(&stage.gadget, (const uint32_t[]){2, 1, 0}, 12));
	await_count(&stage, &stage.gadget.configs, configs + 1);
	go_on(&stage);
	check(is_now(&stage, "Virtual-16", 320, 200));
	desk_count_lines(NULL);
	check_eq(lines, 0);
	stage_finish(&stage);
}

TEST(fifty_steps)
{
	static struct stage stage;
	int sizes[4][2] = {{640, 480}};
	uint32_t seed = 5;
	gadget_set(&stage.gadget, 0, 640, 480);
	stage_init(&stage);
	for (int step = 0; step < 50; step++) {
		seed = seed * 1664525 + 1013904223;
		int i = seed >> 30, gone = (seed >> 20 & 3) == 0;
		sizes[i][0] = gone ? 0 : 320 + (int)(seed >> 8 & 0x1ff);
		sizes[i][1] = gone ? 0 : 200 + (int)(seed >> 12 & 0xff);
		gadget_set(&stage.gadget, i, (uint32_t)sizes[i][0], (uint32_t)sizes[i][1]);
		gadget_tell(&stage.gadget);
		char name[] = "Virtual-1";
		name[8] = (char)('1' + i);
		await(&stage, name, sizes[i][0], sizes[i][1]);
	}
	for (int i = 0; i < 4; i++) {
		char name[] = "Virtual-1";
		name[8] = (char)('1' + i);
		check(is_now(&stage, name, sizes[i][0], sizes[i][1]));
	}
	check(!device_of(&stage)->dead);
	stage_finish(&stage);
}

// Lies

static void lie_sizes(struct stage *stage)
{
	gadget_set(&stage->gadget, 0, UINT32_MAX, UINT32_MAX);
	gadget_set(&stage->gadget, 3, 70000, 10);
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.screens[4].enabled = 7; // of no size
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_count(struct stage *stage)
{
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.n_screens = UINT32_MAX;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_no_screens(struct stage *stage)
{
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.n_screens = 0;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_edid_size(struct stage *stage)
{
	gadget_set_edid(&stage->gadget, 0, "Liar", 1, 1);
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.screens[0].edid_size = UINT32_MAX;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_edid(struct stage *stage)
{
	pthread_mutex_lock(&stage->gadget.lock);
	memset(stage->gadget.screens[0].edid, 0xff, sizeof(stage->gadget.screens[0].edid));
	stage->gadget.screens[0].edid_size = 1024;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_events(struct stage *stage)
{
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.keeps_events = true;
	stage->gadget.events = UINT32_MAX;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_refuses(struct stage *stage)
{
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.refuses_config = true;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_length(struct stage *stage)
{
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.wrong_config = true;
	pthread_mutex_unlock(&stage->gadget.lock);
}

static void lie_unknown(struct stage *stage)
{
	static const uint32_t words[] = {99, 1, 8, 1, 2, 1, 1, 0, 6, 9, 4, 0xffffffff};
	check(gadget_say(&stage->gadget, words, sizeof(words)));
}

static void lie_in_pieces(struct stage *stage)
{
	static const uint32_t words[] = {99, 1, 8, 1, 2, 2, 1, 0};
	for (size_t i = 0; i < sizeof(words); i++) {
		check(gadget_say(&stage->gadget, (const char *)words + i, 1));
		go_on(stage);
	}
}

static void lie_storm(struct stage *stage)
{
	static const uint32_t changed[3] = {2, 1, 0};
	pthread_mutex_lock(&stage->gadget.lock);
	stage->gadget.events = 1;
	stage->gadget.keeps_events = true;
	pthread_mutex_unlock(&stage->gadget.lock);
	unsigned before = stage->gadget.configs;
	uint64_t from = clock_now_ns(stage->fixture->server->clock);
	for (int i = 0; i < 2000; i++) {
		gadget_say(&stage->gadget, changed, sizeof(changed));
		if (i % 50 == 0)
			go_on(stage);
	}
	uint64_t passed = clock_now_ns(stage->fixture->server->clock) - from;
	check(gadget_count(&stage->gadget, &stage->gadget.configs) - before <=
		passed / (100 * NSEC_PER_MSEC) + 2);
}

static const struct lie {
	const char *name;
	void (*tell)(struct stage *stage);
} lies[] = {
	{"sizes", lie_sizes},
	{"number of screens", lie_count},
	{"no screens", lie_no_screens},
	{"length of an EDID", lie_edid_size},
	{"EDID", lie_edid},
	{"events", lie_events},
	{"refuses", lie_refuses},
	{"length of the configuration", lie_length},
	{"unknown messages", lie_unknown},
	{"messages in pieces", lie_in_pieces},
	{"storm", lie_storm},
};

// Whatever it was, the screen is as it was, and once the device is honest again it is believed.
TEST_P(lies, struct lie, lies)
{
	static struct stage stage;
	gadget_set(&stage.gadget, 0, 800, 600);
	stage_init(&stage);
	unsigned configs = stage.gadget.configs;
	param->tell(&stage);
	gadget_tell(&stage.gadget);
	await_count(&stage, &stage.gadget.configs, configs + 1);
	for (int i = 0; i < 30; i++)
		go_on(&stage);
	check(is_now(&stage, "Virtual-1", 800, 600));
	check_eq(wl_list_length(&stage.fixture->server->outputs), 1);
	check(!device_of(&stage)->dead);
	pthread_mutex_lock(&stage.gadget.lock);
	stage.gadget.refuses_config = stage.gadget.wrong_config = stage.gadget.keeps_events = false;
	stage.gadget.n_screens = 16;
	pthread_mutex_unlock(&stage.gadget.lock);
	for (int i = 3; i < 5; i++)
		gadget_set(&stage.gadget, i, 0, 0);
	gadget_set(&stage.gadget, 0, 1000, 600);
	gadget_tell(&stage.gadget);
	await(&stage, "Virtual-1", 1000, 600);
	stage_finish(&stage);
}

// One that does not answer is dead.
TEST(no_answer)
{
	static struct stage stage;
	int lines = 0;
	gadget_set(&stage.gadget, 0, 800, 600);
	stage_init(&stage);
	await_count(&stage, &stage.gadget.flushes, 1);
	device_of(&stage)->options.patience_ms = 50;
	pthread_mutex_lock(&stage.gadget.lock);
	stage.gadget.silent = true;
	pthread_mutex_unlock(&stage.gadget.lock);
	desk_count_lines(&lines);
	gadget_tell(&stage.gadget);
	for (time_t end = time(NULL) + 20; !device_of(&stage)->dead && time(NULL) < end;)
		go_on(&stage);
	check(device_of(&stage)->dead);
	go_on(&stage);
	desk_count_lines(NULL);
	check(lines >= 1);
	stage_finish(&stage);
}

static const struct nonsense {
	const char *name;
	uint32_t words[3];
	size_t size; // 0: it closes the channel
} nonsense[] = {
	{"closed", {0}, 0},
	{"endless message", {99, 1, UINT32_MAX}, 12},
	{"another version", {2, 2, 0}, 12},
};

// A device that cannot be listened to any more goes on without.
TEST_P(channel_that_ends, struct nonsense, nonsense)
{
	static struct stage stage;
	int lines = 0;
	gadget_set(&stage.gadget, 0, 800, 600);
	stage_init(&stage);
	await_count(&stage, &stage.gadget.flushes, 1);
	desk_count_lines(&lines);
	if (param->size)
		check(gadget_say(&stage.gadget, param->words, param->size));
	else
		gadget_close_channel(&stage.gadget);
	for (time_t end = time(NULL) + 20;
		device_of(&stage)->channel.file >= 0 && time(NULL) < end;)
		go_on(&stage);
	check(device_of(&stage)->channel.file < 0);
	for (int i = 0; i < 10; i++)
		go_on(&stage);
	desk_count_lines(NULL);
	check_eq(lines, 1);
	check(!device_of(&stage)->dead);
	unsigned flushes = gadget_count(&stage.gadget, &stage.gadget.flushes);
	output_damage_all(output_first(stage.fixture->server));
	await_count(&stage, &stage.gadget.flushes, flushes + 1);
	stage_finish(&stage);
}
