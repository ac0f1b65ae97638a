// SPDX-License-Identifier: MIT
// Commits whose buffer has unsignalled fences are queued without delaying other surfaces. A pipe
// stands for the buffer: its fence signals when the other end is closed.
#include <stdlib.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/surface/subsurface.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "fifo-v1-client-protocol.h"

#define BEFORE 0x112233
#define AFTER FAKE_GPU_PIPE_COLOR

struct dmabuf_fence_rig {
	struct fake_gpu gpu;
	struct fixture *fixture;
	struct client *client;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct client_window *window;
};

static void dmabuf_fence_rig_init(struct dmabuf_fence_rig *rig)
{
	struct server_options options = fake_gpu_options(&rig->gpu);
	rig->fixture = fixture_create(&options);
	rig->client = client_create(rig->fixture);
	rig->dmabuf = gpu_bind(rig->client, 5);
	rig->window = client_window_create(rig->client, 64, 48, 0xff000000 | BEFORE);
	check(rig->window->window != NULL);
	rig->window->auto_ack = false; // the test attaches all buffers
	fixture_frames(rig->fixture, 2);
}

static void dmabuf_fence_rig_finish(struct dmabuf_fence_rig *rig)
{
	check_no_error(rig->client);
	if (rig->window)
		client_window_destroy(rig->window);
	zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
	fixture_destroy(rig->fixture);
	check_eq(rig->gpu.textures, 0);
}

// The wl_buffer is destroyed at once, which must not matter.
static int just_commit(
	struct dmabuf_fence_rig *rig, struct wl_surface *surface, int width, int height)
{
	int writer;
	struct wl_buffer *buffer = gpu_buffer_unwritten(rig->dmabuf, width, height, &writer);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(surface);
	wl_buffer_destroy(buffer);
	fixture_pump(rig->fixture);
	return writer;
}

static int commit_unwritten(
	struct dmabuf_fence_rig *rig, struct wl_surface *surface, int width, int height)
{
	int writer = just_commit(rig, surface, width, height);
	fixture_frames(rig->fixture, 2);
	return writer;
}

static void written(struct dmabuf_fence_rig *rig, int *writer)
{
	close_fd(writer);
	fixture_frames(rig->fixture, 2);
}

static void commit_color(struct dmabuf_fence_rig *rig, struct wl_surface *surface, uint32_t argb)
{
	struct wl_buffer *buffer = client_buffer(rig->client, 64, 48, argb);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(surface);
	wl_buffer_destroy(buffer);
	fixture_frames(rig->fixture, 2);
}

static uint32_t pixel(struct dmabuf_fence_rig *rig, int x, int y)
{
	struct box box = window_box(rig->window->window);
	return fixture_pixel(rig->fixture, box.x + x, box.y + y);
}

static int queue_length(struct dmabuf_fence_rig *rig, struct wl_surface *surface)
{
	return wl_list_length(&client_surface(surface, rig->client)->queue);
}

TEST_F(dmabuf_fence_rig, a_commit_waits_for_its_buffer)
{
	int writer = commit_unwritten(rig, rig->window->surface, 64, 48);
	check_eq(pixel(rig, 9, 9), BEFORE);
	check_eq(queue_length(rig, rig->window->surface), 1);
	fixture_frames(rig->fixture, 300); // the commit stays queued without a limit
	check_eq(pixel(rig, 9, 9), BEFORE);
	written(rig, &writer);
	check_eq(pixel(rig, 9, 9), AFTER);
	check_eq(queue_length(rig, rig->window->surface), 0);
}

// A frame was just shown and the next is due in 15 ms: only then the fence is checked.
static int commit_before_a_frame(struct dmabuf_fence_rig *rig)
{
	client_window_draw(rig->window, 64, 48, 0xff000000 | BEFORE);
	fixture_advance(rig->fixture, NSEC_PER_MSEC);
	int writer = just_commit(rig, rig->window->surface, 64, 48);
	check_eq(wl_list_length(&rig->fixture->server->fences), 1);
	return writer;
}

TEST_F(dmabuf_fence_rig, what_is_written_by_the_next_frame_wakes_nobody)
{
	int writer = commit_before_a_frame(rig);
	close(writer);
	fixture_advance(rig->fixture, 10 * NSEC_PER_MSEC);
	check_eq(queue_length(rig, rig->window->surface), 1);
	fixture_advance(rig->fixture, 10 * NSEC_PER_MSEC);
	check_eq(queue_length(rig, rig->window->surface), 0);
	check_eq(pixel(rig, 9, 9), AFTER);
}

TEST_F(dmabuf_fence_rig, what_is_not_is_waited_for)
{
	int writer = commit_before_a_frame(rig);
	const struct output *output = output_first(rig->fixture->server);
	uint64_t frames = output->frames;
	fixture_advance(rig->fixture, 20 * NSEC_PER_MSEC);
	check(wl_list_empty(&rig->fixture->server->fences));
	check_eq(output->frames, frames); // nothing to repaint
	close(writer);
	fixture_pump(rig->fixture);
	check_eq(queue_length(rig, rig->window->surface), 0);
	fixture_advance(rig->fixture, 1);
	check_eq(output->frames, frames + 1); // immediately, as the output was idle
	check_eq(pixel(rig, 9, 9), AFTER);
}

// The next frame is never drawn, or late.
TEST(a_screen_that_goes_dark_or_away_leaves_nobody_waiting)
{
	for (int away = 0; away < 3; away++) {
		struct dmabuf_fence_rig setup = {0};
		dmabuf_fence_rig_init(&setup);
		int writer = commit_before_a_frame(&setup);
		struct output *output = output_first(setup.fixture->server);
		struct output_change off = output_change_none(output);
		off.enabled = false;
		if (away == 0)
			check(output_set_power(output, false));
		else if (away == 1)
			check(outputs_apply(setup.fixture->server, &off, 1, false));
		else
			check(output->screen->backend->impl->remove_screen(output->screen));
		fixture_advance(setup.fixture, 20 * NSEC_PER_MSEC);
		check(wl_list_empty(&setup.fixture->server->fences));
		close(writer);
		fixture_pump(setup.fixture);
		check_eq(queue_length(&setup, setup.window->surface), 0);
		dmabuf_fence_rig_finish(&setup);
	}
}

TEST_F(dmabuf_fence_rig, a_commit_that_goes_is_looked_at_no_more)
{
	int writer = commit_before_a_frame(rig);
	client_window_destroy(rig->window);
	rig->window = NULL;
	fixture_pump(rig->fixture);
	check(wl_list_empty(&rig->fixture->server->fences));
	fixture_frames(rig->fixture, 2);
	close(writer);
}

TEST_F(dmabuf_fence_rig, bytes_are_as_good_as_the_end)
{
	int writer = commit_unwritten(rig, rig->window->surface, 64, 48);
	check(write(writer, "x", 1) == 1);
	fixture_frames(rig->fixture, 2);
	check_eq(pixel(rig, 9, 9), AFTER);
	close(writer);
}

TEST_F(dmabuf_fence_rig, nobody_else_waits)
{
	struct client *neighbour = client_create(rig->fixture);
	struct client_window *theirs = client_window_create(neighbour, 64, 48, 0xff445566);
	struct client_window *ours = client_window_create(rig->client, 64, 48, 0xff445566);
	int writer = commit_unwritten(rig, rig->window->surface, 64, 48);
	struct client_window *const others[] = {theirs, ours};
	for (int i = 0; i < 2; i++) {
		struct box box = window_box(others[i]->window);
		client_window_draw(others[i], 64, 48, 0xff778899);
		window_raise(others[i]->window);
		fixture_frames(rig->fixture, 2);
		check_eq(fixture_pixel(rig->fixture, box.x + 9, box.y + 9), 0x778899);
		client_window_destroy(others[i]);
	}
	written(rig, &writer);
	check_eq(pixel(rig, 9, 9), AFTER);
}

TEST_F(dmabuf_fence_rig, later_commits_keep_their_order)
{
	struct wl_surface *surface = rig->window->surface;
	int first = commit_unwritten(rig, surface, 64, 48);
	commit_color(rig, surface, 0xffabcdef);
	int second = commit_unwritten(rig, surface, 64, 48);
	check_eq(queue_length(rig, surface), 3);
	written(rig, &second);
	check_eq(pixel(rig, 9, 9), BEFORE);
	check_eq(queue_length(rig, surface), 3);
	written(rig, &first);
	check_eq(pixel(rig, 9, 9), AFTER);
	check_eq(queue_length(rig, surface), 0);
	first = commit_unwritten(rig, surface, 64, 48);
	commit_color(rig, surface, 0xffabcdef);
	check_eq(pixel(rig, 9, 9), AFTER);
	written(rig, &first);
	check_eq(pixel(rig, 9, 9), 0xabcdef);
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	(*(int *)data)++;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener frame_listener = {.done = on_frame};

static void on_release(void *data, struct wl_buffer *buffer)
{
	(*(int *)data)++;
}

static const struct wl_buffer_listener release_listener = {.release = on_release};

TEST_F(dmabuf_fence_rig, callbacks_and_releases_come_with_it)
{
	struct wl_surface *surface = rig->window->surface;
	struct wl_buffer *old = gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
	int released = 0, frames = 0, writer;
	wl_buffer_add_listener(old, &release_listener, &released);
	wl_surface_attach(surface, old, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, 64, 48);
	wl_surface_commit(surface);
	fixture_frames(rig->fixture, 2);
	struct wl_buffer *new = gpu_buffer_unwritten(rig->dmabuf, 64, 48, &writer);
	wl_callback_add_listener(wl_surface_frame(surface), &frame_listener, &frames);
	wl_surface_attach(surface, new, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, 64, 48);
	wl_surface_commit(surface);
	fixture_frames(rig->fixture, 3);
	check_eq(released, 0);
	check_eq(frames, 0);
	written(rig, &writer);
	check_eq(released, 1);
	check_eq(frames, 1);
	wl_buffer_destroy(old);
	wl_buffer_destroy(new);
}

TEST_F(dmabuf_fence_rig, what_waits_dies_with_its_surface)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->client->compositor);
	int writers[3];
	for (int i = 0; i < 3; i++)
		writers[i] = commit_unwritten(rig, surface, 64, 48);
	check_eq(rig->gpu.textures, 3);
	wl_surface_destroy(surface);
	fixture_pump(rig->fixture);
	check_eq(rig->gpu.textures, 0);
	for (int i = 0; i < 3; i++)
		written(rig, &writers[i]);
}

TEST_F(dmabuf_fence_rig, a_fifo_barrier_and_a_fence)
{
	struct wl_surface *surface = rig->window->surface;
	struct wp_fifo_manager_v1 *manager =
		client_bind(rig->client, &wp_fifo_manager_v1_interface, 1);
	struct wp_fifo_v1 *fifo = wp_fifo_manager_v1_get_fifo(manager, surface);
	wp_fifo_v1_set_barrier(fifo);
	commit_color(rig, surface, 0xff010203);
	wp_fifo_v1_wait_barrier(fifo);
	int writer = commit_unwritten(rig, surface, 64, 48);
	fixture_frames(rig->fixture, 3);
	check_eq(pixel(rig, 9, 9), 0x010203);
	written(rig, &writer);
	check_eq(pixel(rig, 9, 9), AFTER);
	wp_fifo_v1_destroy(fifo);
	wp_fifo_manager_v1_destroy(manager);
}

// Subsurfaces

struct child {
	struct wl_surface *surface;
	struct wl_subsurface *subsurface;
};

static struct child add_child(struct dmabuf_fence_rig *rig, struct wl_surface *parent)
{
	struct child child = {.surface = wl_compositor_create_surface(rig->client->compositor)};
	child.subsurface =
		wl_subcompositor_get_subsurface(rig->client->subcompositor, child.surface, parent);
	return child;
}

static void drop_child(struct child *child)
{
	wl_subsurface_destroy(child->subsurface);
	wl_surface_destroy(child->surface);
}

TEST_F(dmabuf_fence_rig, a_parent_waits_for_its_synchronised_children)
{
	struct wl_surface *parent = rig->window->surface;
	struct child child = add_child(rig, parent), leaf = add_child(rig, child.surface);
	wl_subsurface_set_position(leaf.subsurface, 32, 0);
	int writer = commit_unwritten(rig, leaf.surface, 16, 16);
	int middle = commit_unwritten(rig, child.surface, 32, 32);
	commit_color(rig, parent, 0xff998877);
	check_eq(pixel(rig, 60, 40), BEFORE);
	check_eq(queue_length(rig, parent), 1);
	written(rig, &middle);
	check_eq(pixel(rig, 60, 40), BEFORE);
	check_eq(pixel(rig, 9, 9), BEFORE);
	written(rig, &writer);
	check_eq(pixel(rig, 60, 40), 0x998877);
	check_eq(pixel(rig, 9, 9), AFTER);
	check_eq(pixel(rig, 40, 9), AFTER);
	check_eq(queue_length(rig, parent), 0);
	drop_child(&leaf);
	drop_child(&child);
}

TEST_F(dmabuf_fence_rig, a_newer_buffer_of_a_child_takes_the_place_of_one_it_waits_for)
{
	struct wl_surface *parent = rig->window->surface;
	struct child child = add_child(rig, parent);
	int writer = commit_unwritten(rig, child.surface, 32, 32);
	commit_color(rig, child.surface, 0xff123123);
	commit_color(rig, parent, 0xff998877);
	check_eq(pixel(rig, 9, 9), 0x123123);
	close(writer);
	// The reverse: the newer commit is not ready.
	commit_color(rig, child.surface, 0xff456456);
	writer = commit_unwritten(rig, child.surface, 64, 48);
	wl_surface_commit(child.surface); // without a buffer
	commit_color(rig, parent, 0xff998877);
	check_eq(pixel(rig, 9, 9), 0x123123);
	written(rig, &writer);
	check_eq(pixel(rig, 9, 9), AFTER);
	drop_child(&child);
}

static const int ends[] = {0, 1, 2, 3};
TEST_FP(dmabuf_fence_rig, a_parent_goes_on_when_the_child_it_waits_for_goes, int, ends)
{
	struct wl_surface *parent = rig->window->surface;
	struct child child = add_child(rig, parent), leaf = add_child(rig, child.surface);
	int writer = commit_unwritten(rig, leaf.surface, 16, 16);
	commit_color(rig, child.surface, 0xff0000ff);
	commit_color(rig, parent, 0xff998877);
	check_eq(pixel(rig, 60, 40), BEFORE);
	switch (*param) {
	case 0:
		wl_subsurface_destroy(leaf.subsurface);
		break;
	case 1:
		wl_surface_destroy(leaf.surface);
		break;
	case 2:
		wl_subsurface_destroy(child.subsurface);
		break;
	case 3:
		wl_surface_destroy(child.surface);
		break;
	}
	fixture_frames(rig->fixture, 2);
	check_eq(pixel(rig, 60, 40), *param < 2 ? 0x0000ff : 0x998877);
	check_eq(queue_length(rig, parent), 0);
	written(rig, &writer);
	if (*param != 0)
		wl_subsurface_destroy(leaf.subsurface);
	if (*param != 1)
		wl_surface_destroy(leaf.surface);
	if (*param != 2)
		wl_subsurface_destroy(child.subsurface);
	if (*param != 3)
		wl_surface_destroy(child.surface);
}

TEST_F(dmabuf_fence_rig, a_child_that_waits_alone_holds_up_nobody)
{
	struct wl_surface *parent = rig->window->surface;
	struct child child = add_child(rig, parent);
	commit_color(rig, child.surface, 0xff0000ff);
	commit_color(rig, parent, 0xff998877);
	wl_subsurface_set_desync(child.subsurface);
	int writer = commit_unwritten(rig, child.surface, 32, 32);
	commit_color(rig, parent, 0xff776655);
	check_eq(pixel(rig, 9, 9), 0x0000ff);
	wl_subsurface_set_position(child.subsurface, 10, 0);
	commit_color(rig, parent, 0xff554433);
	check_eq(pixel(rig, 5, 5), 0x554433);
	written(rig, &writer);
	check_eq(pixel(rig, 20, 9), AFTER);
	check_eq(pixel(rig, 60, 40), 0x554433);
	drop_child(&child);
}

// Commits of a surface are applied in order, whether queued or cached by a parent.
TEST_F(dmabuf_fence_rig, modes_of_a_child_change_while_it_waits)
{
	struct wl_surface *parent = rig->window->surface;
	struct child child = add_child(rig, parent);
	commit_color(rig, child.surface, 0xff0000ff);
	commit_color(rig, parent, 0xff998877);
	wl_subsurface_set_desync(child.subsurface);
	int writer = commit_unwritten(rig, child.surface, 32, 32);
	wl_subsurface_set_sync(child.subsurface);
	commit_color(rig, child.surface, 0xff00aa00);
	commit_color(rig, parent, 0xff776655); // with the child's newest state
	check_eq(pixel(rig, 9, 9), 0x0000ff);
	check_eq(queue_length(rig, parent), 1);
	// Then desynchronised, behind the queued commit of the parent.
	wl_subsurface_set_desync(child.subsurface);
	commit_color(rig, child.surface, 0xffaa0000);
	check_eq(pixel(rig, 9, 9), 0x0000ff);
	check_eq(queue_length(rig, child.surface), 2);
	written(rig, &writer);
	check_eq(pixel(rig, 9, 9), 0xaa0000);
	check_eq(queue_length(rig, parent), 0);
	check_eq(queue_length(rig, child.surface), 0);
	drop_child(&child);
}

// Once the commit that blocked a surface is applied by its relative, the next one may follow.
TEST_F(dmabuf_fence_rig, grandchildren_do_not_wait_for_what_is_gone)
{
	struct wl_surface *parent = rig->window->surface;
	struct child child = add_child(rig, parent), leaf = add_child(rig, child.surface);
	commit_color(rig, leaf.surface, 0xff0000ff);
	commit_color(rig, child.surface, 0xff00ff00);
	commit_color(rig, parent, 0xff998877);
	int writer = commit_unwritten(rig, leaf.surface, 32, 32);
	wl_surface_commit(child.surface); // caches the commit of the leaf
	wl_surface_commit(parent);
	wl_subsurface_set_desync(child.subsurface);
	wl_subsurface_set_desync(leaf.subsurface);
	commit_color(rig, leaf.surface, 0xffff0000);
	check_eq(queue_length(rig, leaf.surface), 1);
	wl_subsurface_destroy(child.subsurface);
	fixture_frames(rig->fixture, 2);
	check_eq(queue_length(rig, leaf.surface), 0);
	check_eq(queue_length(rig, parent), 0);
	written(rig, &writer);
	drop_child(&leaf);
	wl_surface_destroy(child.surface);
}

TEST_F(dmabuf_fence_rig, a_window_that_waits_is_not_mapped)
{
	struct client_window *window = client_window_create_bare(rig->client, 64, 48);
	fixture_pump(rig->fixture);
	xdg_surface_ack_configure(window->xdg_surface, window->serial);
	int writer = commit_unwritten(rig, window->surface, 64, 48);
	int windows = wl_list_length(&rig->fixture->server->windows);
	struct surface *surface = client_surface(window->surface, rig->client);
	check(!surface->mapped);
	written(rig, &writer);
	check(surface->mapped);
	check_eq(wl_list_length(&rig->fixture->server->windows), windows);
	client_window_destroy(window);
}
