// SPDX-License-Identifier: MIT
// zwlr_screencopy_manager_v1 and ext_image_copy_capture_manager_v1: what is offered, which buffers
// are taken, and when a frame is captured.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/config/config.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "tests/harness/cast.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "ext-image-copy-capture-v1-client-protocol.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"

#define WIDTH 1280
#define HEIGHT 720
#define BACKGROUND 0xff123456

struct capture_rig {
	struct fake_gpu gpu;
	struct fixture *fixture;
	struct client *client;
	struct zwlr_screencopy_manager_v1 *manager;
	struct client_window *window;
};

static void rig_start(struct capture_rig *rig, bool empty, bool draws)
{
	rig->gpu.empty = empty;
	rig->gpu.draws = draws;
	struct server_options options = fake_gpu_options(&rig->gpu);
	rig->fixture = fixture_create(&options);
	rig->client = client_create(rig->fixture);
	rig->manager = client_bind(rig->client, &zwlr_screencopy_manager_v1_interface, 3);
	rig->window = client_window_create(rig->client, 64, 48, BACKGROUND);
	fixture_frames(rig->fixture, 2);
}

static void capture_rig_init(struct capture_rig *rig)
{
	rig_start(rig, false, true);
}

static void capture_rig_finish(struct capture_rig *rig)
{
	check_no_error(rig->client);
	if (rig->window)
		client_window_destroy(rig->window);
	zwlr_screencopy_manager_v1_destroy(rig->manager);
	fixture_destroy(rig->fixture);
}

static struct wl_output *first_output(struct capture_rig *rig)
{
	struct client_output *output = wl_container_of(rig->client->outputs.next, output, link);
	return output->output;
}

static uint32_t pixel_of(int fd, int width, int x, int y)
{
	uint32_t pixel = 0;
	off_t offset = ((off_t)y * width + x) * 4;
	check_eq(pread(fd, &pixel, sizeof(pixel), offset), (ssize_t)sizeof(pixel));
	return pixel & 0xffffff;
}

static uint32_t pixel_in_window(struct capture_rig *rig, int fd)
{
	struct box box = window_box(rig->window->window);
	return pixel_of(fd, WIDTH, box.x + 20, box.y + 20);
}

// Draws the window in another colour, which damages the screen.
static void change(struct capture_rig *rig, uint32_t argb)
{
	client_window_draw(rig->window, 64, 48, argb);
	fixture_frames(rig->fixture, 2);
}

// zwlr_screencopy

struct copy {
	struct zwlr_screencopy_frame_v1 *frame;
	char events[128]; // one letter per event, in order
	uint32_t format, width, height;
	struct box damage;
};

static void note(struct copy *copy, char letter)
{
	size_t length = strlen(copy->events);
	check(length + 1 < sizeof(copy->events));
	copy->events[length] = letter;
}

static void on_buffer(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t format,
	uint32_t width, uint32_t height, uint32_t stride)
{
	note(data, 'b');
	check_eq(format, WL_SHM_FORMAT_XRGB8888);
	check_eq(stride, width * 4);
}

static void on_flags(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t flags)
{
	check_eq(flags, 0);
}

static void on_ready(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t sec_hi,
	uint32_t sec_lo, uint32_t nsec)
{
	note(data, 'R');
}

static void on_failed(void *data, struct zwlr_screencopy_frame_v1 *frame)
{
	note(data, 'F');
}

static void on_damage(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t x, uint32_t y,
	uint32_t width, uint32_t height)
{
	struct copy *copy = data;
	copy->damage = (struct box){(int)x, (int)y, (int)width, (int)height};
}

static void on_linux_dmabuf(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t format,
	uint32_t width, uint32_t height)
{
	struct copy *copy = data;
	note(copy, 'd');
	copy->format = format;
	copy->width = width;
	copy->height = height;
}

static void on_buffer_done(void *data, struct zwlr_screencopy_frame_v1 *frame)
{
	note(data, '.');
}

static const struct zwlr_screencopy_frame_v1_listener copy_listener = {
	.buffer = on_buffer,
	.flags = on_flags,
	.ready = on_ready,
	.failed = on_failed,
	.damage = on_damage,
	.linux_dmabuf = on_linux_dmabuf,
	.buffer_done = on_buffer_done,
};

static void copy_begin_with(struct copy *copy, struct zwlr_screencopy_manager_v1 *manager,
	struct capture_rig *rig, bool cursor)
{
	*copy = (struct copy){.frame = zwlr_screencopy_manager_v1_capture_output(
				      manager, cursor, first_output(rig))};
	zwlr_screencopy_frame_v1_add_listener(copy->frame, &copy_listener, copy);
	fixture_pump(rig->fixture);
}

static void copy_begin(
	struct copy *copy, struct zwlr_screencopy_manager_v1 *manager, struct capture_rig *rig)
{
	copy_begin_with(copy, manager, rig, false);
}

// xdg-desktop-portal-wlr shares nothing without linux_dmabuf, whatever the renderer.
static const bool empty[] = {false, true};
TEST_P(both_kinds_of_buffers_are_announced, bool, empty)
{
	struct capture_rig rig = {0};
	rig_start(&rig, *param, false);
	for (uint32_t version = 1; version <= 3; version++) {
		struct zwlr_screencopy_manager_v1 *manager =
			client_bind(rig.client, &zwlr_screencopy_manager_v1_interface, version);
		struct copy copy;
		copy_begin(&copy, manager, &rig);
		check_str(copy.events, version < 3 ? "b" : "bd.");
		check_eq(copy.format, version < 3 ? 0 : DRM_FORMAT_XRGB8888);
		check_eq(copy.width, version < 3 ? 0 : WIDTH);
		check_eq(copy.height, version < 3 ? 0 : HEIGHT);
		zwlr_screencopy_frame_v1_destroy(copy.frame);
		zwlr_screencopy_manager_v1_destroy(manager);
	}
	capture_rig_finish(&rig);
}

TEST_F(capture_rig, copied_into_a_dmabuf)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, 5);
	int memory = gpu_memory(WIDTH, HEIGHT, 0);
	struct wl_buffer *buffer = gpu_buffer_from(dmabuf, memory, WIDTH, HEIGHT);
	struct copy copy;
	copy_begin(&copy, rig->manager, rig);
	zwlr_screencopy_frame_v1_copy(copy.frame, buffer);
	fixture_pump(rig->fixture);
	check_str(copy.events, "bd.R");
	check_eq(pixel_in_window(rig, memory), BACKGROUND & 0xffffff);
	check_eq(pixel_of(memory, WIDTH, WIDTH - 1, HEIGHT - 1),
		fixture_pixel(rig->fixture, WIDTH - 1, HEIGHT - 1));
	zwlr_screencopy_frame_v1_destroy(copy.frame);
	wl_buffer_destroy(buffer);
	close(memory);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
}

// No event names the modifiers that the renderer draws into, so the client made no mistake.
TEST(a_dmabuf_that_cannot_be_drawn_into_fails)
{
	struct capture_rig rig = {0};
	rig_start(&rig, false, false);
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig.client, 5);
	struct wl_buffer *buffer = gpu_buffer(dmabuf, WIDTH, HEIGHT, 0);
	struct copy copy;
	copy_begin(&copy, rig.manager, &rig);
	zwlr_screencopy_frame_v1_copy(copy.frame, buffer);
	check_no_error(rig.client);
	check_str(copy.events, "bd.F");
	zwlr_screencopy_frame_v1_destroy(copy.frame);
	wl_buffer_destroy(buffer);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
	capture_rig_finish(&rig);
}

// After an error, which capture_rig_finish does not expect.
static void replace_client(struct capture_rig *rig)
{
	zwlr_screencopy_manager_v1_destroy(rig->manager);
	client_window_destroy(rig->window);
	client_destroy(rig->client);
	rig->client = client_create(rig->fixture);
	rig->manager = client_bind(rig->client, &zwlr_screencopy_manager_v1_interface, 3);
	rig->window = NULL;
}

TEST_F(capture_rig, a_dmabuf_of_another_size_is_an_error)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, 5);
	struct wl_buffer *buffer = gpu_buffer(dmabuf, WIDTH, HEIGHT - 1, 0);
	struct client *offender = rig->client;
	struct copy copy;
	copy_begin(&copy, rig->manager, rig);
	zwlr_screencopy_frame_v1_copy(copy.frame, buffer);
	check_client_error(offender, "zwlr_screencopy_frame_v1",
		ZWLR_SCREENCOPY_FRAME_V1_ERROR_INVALID_BUFFER);
	zwlr_screencopy_frame_v1_destroy(copy.frame);
	wl_buffer_destroy(buffer);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
	replace_client(rig);
}

// A pipe that is full stands for memory that a device still uses: it cannot be written yet.
static struct wl_buffer *busy_buffer(
	struct capture_rig *rig, struct zwp_linux_dmabuf_v1 *dmabuf, int *reader)
{
	char page[4096] = {0};
	int pipes[2];
	check(pipe2(pipes, O_CLOEXEC | O_NONBLOCK) == 0);
	while (write(pipes[1], page, sizeof(page)) > 0)
		;
	*reader = pipes[0];
	struct wl_buffer *buffer = gpu_buffer_from(dmabuf, pipes[1], WIDTH, HEIGHT);
	close(pipes[1]);
	fixture_pump(rig->fixture);
	return buffer;
}

static void become_idle(struct capture_rig *rig, int reader)
{
	char page[4096];
	while (read(reader, page, sizeof(page)) > 0)
		;
	fixture_pump(rig->fixture);
}

static const bool yes_no[] = {false, true};
TEST_FP(capture_rig, a_buffer_that_a_device_uses_is_waited_for, bool, yes_no)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, 5);
	int reader;
	struct wl_buffer *buffer = busy_buffer(rig, dmabuf, &reader);
	struct copy copy;
	copy_begin(&copy, rig->manager, rig);
	zwlr_screencopy_frame_v1_copy(copy.frame, buffer);
	change(rig, 0xff00ff00);
	check_str(copy.events, "bd.");
	if (*param) // or the frame is destroyed before
		become_idle(rig, reader);
	check_str(copy.events, *param ? "bd.R" : "bd.");
	zwlr_screencopy_frame_v1_destroy(copy.frame);
	wl_buffer_destroy(buffer);
	fixture_pump(rig->fixture);
	close(reader);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
}

// The renderer would wait for the device in place of the event loop.
TEST_F(capture_rig, over_its_budget_a_client_gets_no_capture)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, 5);
	struct client *offender = rig->client;
	int reader;
	struct wl_buffer *buffer = busy_buffer(rig, dmabuf, &reader);
	struct copy copy;
	copy_begin(&copy, rig->manager, rig);
	struct budget *budget = budget_of(offender->server_side);
	size_t limit = (size_t)rig->fixture->server->config->limits.descriptors;
	size_t rest = limit - budget->held[BUDGET_DESCRIPTORS];
	check(budget_take(budget, BUDGET_DESCRIPTORS, rest));
	zwlr_screencopy_frame_v1_copy(copy.frame, buffer);
	check_client_error(offender, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	check_eq(rig->gpu.drawn, 0);
	budget_give(budget, BUDGET_DESCRIPTORS, rest);
	zwlr_screencopy_frame_v1_destroy(copy.frame);
	wl_buffer_destroy(buffer);
	close(reader);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
	replace_client(rig);
}

// A cast of a screen at rest costs nothing.
TEST_F(capture_rig, copies_with_damage_only_of_changes)
{
	struct wl_buffer *buffer =
		client_buffer_format(rig->client, WIDTH, HEIGHT, WL_SHM_FORMAT_XRGB8888, 0);
	struct copy copy;
	for (int i = 0; i < 3; i++) {
		copy_begin(&copy, rig->manager, rig);
		zwlr_screencopy_frame_v1_copy_with_damage(copy.frame, buffer);
		fixture_advance(rig->fixture, 10 * NSEC_PER_SEC);
		check_str(copy.events, i ? "bd." : "bd.R");
		if (i) {
			struct box box = window_box(rig->window->window);
			change(rig, 0xff00ff00 + (unsigned)i);
			check_str(copy.events, "bd.R");
			check_eq(copy.damage.x, box.x);
			check_eq(copy.damage.y, box.y);
			check_eq(copy.damage.width, 64);
			check_eq(copy.damage.height, 48);
		}
		zwlr_screencopy_frame_v1_destroy(copy.frame);
	}
	wl_buffer_destroy(buffer);
}

// On a plane the pointer moves without frames, but a cast that includes it has to follow.
static const bool cursors[] = {false, true};
TEST_FP(capture_rig, copies_with_damage_follow_the_cursor, bool, cursors)
{
	struct wl_buffer *buffer =
		client_buffer_format(rig->client, WIDTH, HEIGHT, WL_SHM_FORMAT_XRGB8888, 0);
	struct copy copy;
	fixture_move(rig->fixture, 100, 100);
	fixture_frames(rig->fixture, 2);
	for (int i = 0; i < 3; i++) {
		copy_begin_with(&copy, rig->manager, rig, *param);
		zwlr_screencopy_frame_v1_copy_with_damage(copy.frame, buffer);
		fixture_frames(rig->fixture, 10);
		check_str(copy.events, i ? "bd." : "bd.R");
		if (i) {
			fixture_move(rig->fixture, 100 + 200 * i, 100);
			fixture_frames(rig->fixture, 2);
			check_str(copy.events, *param ? "bd.R" : "bd.");
		}
		if (i && *param) { // where it was, and where it is
			check(copy.damage.x <= 100 + 200 * (i - 1));
			check(copy.damage.x + copy.damage.width > 100 + 200 * i);
			check(copy.damage.y <= 100 && copy.damage.height < 120);
		}
		zwlr_screencopy_frame_v1_destroy(copy.frame);
	}
	// Until it moves again there is nothing new.
	copy_begin_with(&copy, rig->manager, rig, *param);
	zwlr_screencopy_frame_v1_copy_with_damage(copy.frame, buffer);
	fixture_advance(rig->fixture, 10 * NSEC_PER_SEC);
	check_str(copy.events, "bd.");
	zwlr_screencopy_frame_v1_destroy(copy.frame);
	wl_buffer_destroy(buffer);
}

// ext_image_copy_capture

static const bool draws[] = {false, true};
TEST_P(sessions_offer_dmabufs_that_can_be_drawn_into, bool, draws)
{
	struct capture_rig rig = {0};
	rig_start(&rig, false, *param);
	for (int window = 0; window < 2; window++) {
		struct cast cast;
		cast_begin(&cast, rig.client, window ? rig.window : NULL, 0);
		check_eq(cast.shm_formats, window ? 2 : 4);
		check_eq(cast.devices, *param);
		check_eq(cast.dmabuf_formats, !*param ? 0 : window ? 1 : 2);
		check_eq(cast.width, window ? 64 : WIDTH);
		check_eq(cast.height, window ? 48 : HEIGHT);
		cast_end(&cast);
	}
	capture_rig_finish(&rig);
}

TEST_F(capture_rig, sessions_capture_into_dmabufs)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, 5);
	int memory = gpu_memory(WIDTH, HEIGHT, 0);
	struct wl_buffer *buffer = gpu_buffer_from(dmabuf, memory, WIDTH, HEIGHT);
	struct cast cast;
	cast_begin(&cast, rig->client, NULL, 0);
	cast_capture(&cast, buffer);
	check_eq(cast.ready, 1);
	check_eq(pixel_in_window(rig, memory), BACKGROUND & 0xffffff);
	cast_end(&cast);
	wl_buffer_destroy(buffer);
	close(memory);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
}

static const int ends[] = {0, 1, 2};
TEST_FP(capture_rig, sessions_wait_for_a_device_too, int, ends)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, 5);
	int reader;
	struct wl_buffer *buffer = busy_buffer(rig, dmabuf, &reader);
	struct cast cast;
	cast_begin(&cast, rig->client, NULL, 0);
	cast_capture(&cast, buffer);
	check_eq(cast.ready + cast.failed, 0);
	if (*param == 1)
		wl_buffer_destroy(buffer);
	fixture_pump(rig->fixture);
	if (*param < 2)
		become_idle(rig, reader);
	check_eq(cast.ready, *param == 0);
	check_eq(cast.failed, *param == 1);
	cast_end(&cast); // with 2: while it waits
	fixture_pump(rig->fixture);
	if (*param != 1)
		wl_buffer_destroy(buffer);
	fixture_pump(rig->fixture);
	close(reader);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
}

TEST_FP(capture_rig, sessions_follow_the_cursor, bool, cursors)
{
	struct wl_buffer *buffer = client_buffer(rig->client, WIDTH, HEIGHT, 0);
	struct cast cast;
	cast_begin(&cast, rig->client, NULL,
		*param ? EXT_IMAGE_COPY_CAPTURE_MANAGER_V1_OPTIONS_PAINT_CURSORS : 0);
	fixture_move(rig->fixture, 100, 100);
	fixture_frames(rig->fixture, 2);
	cast_capture(&cast, buffer);
	check_eq(cast.ready, 1);
	for (int i = 0; i < 2; i++) {
		cast_capture(&cast, buffer);
		fixture_frames(rig->fixture, 10);
		check_eq(cast.ready, 0);
		fixture_move(rig->fixture, 300, 100 + 100 * i);
		fixture_frames(rig->fixture, 2);
		check_eq(cast.ready, *param);
		if (!*param)
			break; // the frame is still pending
	}
	cast_end(&cast);
	wl_buffer_destroy(buffer);
}

// One frame per change of the picture: not for commits that change nothing, and also for
// subsurfaces that commit by themselves.
TEST_F(capture_rig, windows_are_captured_when_they_change)
{
	struct wl_buffer *into = client_buffer(rig->client, 64, 48, 0);
	struct wl_buffer *small = client_buffer(rig->client, 8, 8, 0xffff0000);
	struct wl_surface *child = wl_compositor_create_surface(rig->client->compositor);
	struct wl_subsurface *role = wl_subcompositor_get_subsurface(
		rig->client->subcompositor, child, rig->window->surface);
	wl_subsurface_set_desync(role);
	wl_surface_commit(rig->window->surface);
	fixture_frames(rig->fixture, 2);
	struct cast cast;
	cast_begin(&cast, rig->client, rig->window, 0);
	cast_capture(&cast, into);
	check_eq(cast.ready, 1);

	cast_capture(&cast, into);
	wl_surface_commit(rig->window->surface); // changes nothing
	fixture_frames(rig->fixture, 10);
	check_eq(cast.ready, 0);
	change(rig, 0xff00ff00);
	check_eq(cast.ready, 1);

	cast_capture(&cast, into);
	fixture_frames(rig->fixture, 10);
	check_eq(cast.ready, 0);
	wl_surface_attach(child, small, 0, 0);
	wl_surface_damage_buffer(child, 0, 0, 8, 8);
	wl_surface_commit(child);
	fixture_frames(rig->fixture, 2);
	check_eq(cast.ready, 1);

	cast_capture(&cast, into);
	check_eq(cast.ready, 0);
	wl_subsurface_set_position(role, 5, 5);
	wl_surface_commit(rig->window->surface);
	fixture_frames(rig->fixture, 2);
	check_eq(cast.ready, 1);
	cast_end(&cast);
	wl_subsurface_destroy(role);
	wl_surface_destroy(child);
	wl_buffer_destroy(small);
	wl_buffer_destroy(into);
}
