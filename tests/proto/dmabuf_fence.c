// SPDX-License-Identifier: MIT
// Commits whose buffer is still being written wait in their queue, and nobody else does. A pipe
// stands for the buffer: it is written when its other end is closed.
#include <stdlib.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "fifo-v1-client-protocol.h"

#define BEFORE 0x112233
#define AFTER FAKE_GPU_PIPE_COLOR

struct setup {
	struct fake_gpu gpu;
	struct fixture *fixture;
	struct client *client;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct client_window *window;
};

static void begin(struct setup *setup)
{
	struct server_options options = fake_gpu_options(&setup->gpu);
	setup->fixture = fixture_create(&options);
	setup->client = client_create(setup->fixture);
	setup->dmabuf = gpu_bind(setup->client, 5);
	setup->window = client_window_create(setup->client, 64, 48, 0xff000000 | BEFORE);
	check(setup->window->window != NULL);
	setup->window->auto_ack = false; // it draws nothing of its own accord
	fixture_frames(setup->fixture, 2);
}

static void end(struct setup *setup)
{
	check_no_error(setup->client);
	if (setup->window)
		client_window_destroy(setup->window);
	zwp_linux_dmabuf_v1_destroy(setup->dmabuf);
	fixture_destroy(setup->fixture);
	check_eq(setup->gpu.textures, 0);
}

// The buffer's object goes at once: that changes nothing.
static int just_commit(struct setup *setup, struct wl_surface *surface, int width, int height)
{
	int writer;
	struct wl_buffer *buffer = gpu_buffer_unwritten(setup->dmabuf, width, height, &writer);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(surface);
	wl_buffer_destroy(buffer);
	fixture_pump(setup->fixture);
	return writer;
}

static int commit_unwritten(struct setup *setup, struct wl_surface *surface, int width, int height)
{
	int writer = just_commit(setup, surface, width, height);
	fixture_frames(setup->fixture, 2);
	return writer;
}

static void written(struct setup *setup, int *writer)
{
	close_fd(writer);
	fixture_frames(setup->fixture, 2);
}

static void commit_color(struct setup *setup, struct wl_surface *surface, uint32_t argb)
{
	struct wl_buffer *buffer = client_buffer(setup->client, 64, 48, argb);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(surface);
	wl_buffer_destroy(buffer);
	fixture_frames(setup->fixture, 2);
}

static uint32_t pixel(struct setup *setup, int x, int y)
{
	struct box box = window_box(setup->window->window);
	return fixture_pixel(setup->fixture, box.x + x, box.y + y);
}

static int queue_length(struct setup *setup, struct wl_surface *surface)
{
	return wl_list_length(&client_surface(surface, setup->client)->queue);
}

TEST(a_commit_waits_for_its_buffer)
{
	struct setup setup = {0};
	begin(&setup);
	int writer = commit_unwritten(&setup, setup.window->surface, 64, 48);
	check_eq(pixel(&setup, 9, 9), BEFORE);
	check_eq(queue_length(&setup, setup.window->surface), 1);
	fixture_frames(setup.fixture, 300); // for as long as it takes
	check_eq(pixel(&setup, 9, 9), BEFORE);
	written(&setup, &writer);
	check_eq(pixel(&setup, 9, 9), AFTER);
	check_eq(queue_length(&setup, setup.window->surface), 0);
	end(&setup);
}

// A frame was just shown, and the next one is due in 15 ms: it looks, and nobody before.
static int commit_before_a_frame(struct setup *setup)
{
	client_window_draw(setup->window, 64, 48, 0xff000000 | BEFORE);
	fixture_advance(setup->fixture, NSEC_PER_MSEC);
	int writer = just_commit(setup, setup->window->surface, 64, 48);
	check_eq(wl_list_length(&setup->fixture->server->fences), 1);
	return writer;
}

TEST(what_is_written_by_the_next_frame_wakes_nobody)
{
	struct setup setup = {0};
	begin(&setup);
	int writer = commit_before_a_frame(&setup);
	close(writer);
	fixture_advance(setup.fixture, 10 * NSEC_PER_MSEC);
	check_eq(queue_length(&setup, setup.window->surface), 1);
	fixture_advance(setup.fixture, 10 * NSEC_PER_MSEC);
	check_eq(queue_length(&setup, setup.window->surface), 0);
	check_eq(pixel(&setup, 9, 9), AFTER);
	end(&setup);
}

TEST(what_is_not_is_waited_for)
{
	struct setup setup = {0};
	begin(&setup);
	int writer = commit_before_a_frame(&setup);
	const struct output *output = output_first(setup.fixture->server);
	uint64_t frames = output->frames;
	fixture_advance(setup.fixture, 20 * NSEC_PER_MSEC);
	check(wl_list_empty(&setup.fixture->server->fences));
	check_eq(output->frames, frames); // there was nothing to show
	close(writer);
	fixture_pump(setup.fixture);
	check_eq(queue_length(&setup, setup.window->surface), 0);
	fixture_advance(setup.fixture, 1);
	check_eq(output->frames, frames + 1); // at once, as nothing was shown for so long
	check_eq(pixel(&setup, 9, 9), AFTER);
	end(&setup);
}

// The next frame does not come, or not soon.
TEST(a_screen_that_goes_dark_or_away_leaves_nobody_waiting)
{
	for (int away = 0; away < 3; away++) {
		struct setup setup = {0};
		begin(&setup);
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
		end(&setup);
	}
}

TEST(a_commit_that_goes_is_looked_at_no_more)
{
	struct setup setup = {0};
	begin(&setup);
	int writer = commit_before_a_frame(&setup);
	client_window_destroy(setup.window);
	setup.window = NULL;
	fixture_pump(setup.fixture);
	check(wl_list_empty(&setup.fixture->server->fences));
	fixture_frames(setup.fixture, 2);
	close(writer);
	end(&setup);
}

TEST(bytes_are_as_good_as_the_end)
{
	struct setup setup = {0};
	begin(&setup);
	int writer = commit_unwritten(&setup, setup.window->surface, 64, 48);
	check(write(writer, "x", 1) == 1);
	fixture_frames(setup.fixture, 2);
	check_eq(pixel(&setup, 9, 9), AFTER);
	close(writer);
	end(&setup);
}

TEST(nobody_else_waits)
{
	struct setup setup = {0};
	begin(&setup);
	struct client *neighbour = client_create(setup.fixture);
	struct client_window *theirs = client_window_create(neighbour, 64, 48, 0xff445566);
	struct client_window *ours = client_window_create(setup.client, 64, 48, 0xff445566);
	int writer = commit_unwritten(&setup, setup.window->surface, 64, 48);
	struct client_window *const others[] = {theirs, ours};
	for (int i = 0; i < 2; i++) {
		struct box box = window_box(others[i]->window);
		client_window_draw(others[i], 64, 48, 0xff778899);
		window_raise(others[i]->window);
		fixture_frames(setup.fixture, 2);
		check_eq(fixture_pixel(setup.fixture, box.x + 9, box.y + 9), 0x778899);
		client_window_destroy(others[i]);
	}
	written(&setup, &writer);
	check_eq(pixel(&setup, 9, 9), AFTER);
	end(&setup);
}

TEST(later_commits_keep_their_order)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *surface = setup.window->surface;
	int first = commit_unwritten(&setup, surface, 64, 48);
	commit_color(&setup, surface, 0xffabcdef);
	int second = commit_unwritten(&setup, surface, 64, 48);
	check_eq(queue_length(&setup, surface), 3);
	written(&setup, &second);
	check_eq(pixel(&setup, 9, 9), BEFORE);
	check_eq(queue_length(&setup, surface), 3);
	written(&setup, &first);
	check_eq(pixel(&setup, 9, 9), AFTER);
	check_eq(queue_length(&setup, surface), 0);
	first = commit_unwritten(&setup, surface, 64, 48);
	commit_color(&setup, surface, 0xffabcdef);
	check_eq(pixel(&setup, 9, 9), AFTER);
	written(&setup, &first);
	check_eq(pixel(&setup, 9, 9), 0xabcdef);
	end(&setup);
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

TEST(callbacks_and_releases_come_with_it)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *surface = setup.window->surface;
	struct wl_buffer *old = gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00);
	int released = 0, frames = 0, writer;
	wl_buffer_add_listener(old, &release_listener, &released);
	wl_surface_attach(surface, old, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, 64, 48);
	wl_surface_commit(surface);
	fixture_frames(setup.fixture, 2);
	struct wl_buffer *new = gpu_buffer_unwritten(setup.dmabuf, 64, 48, &writer);
	wl_callback_add_listener(wl_surface_frame(surface), &frame_listener, &frames);
	wl_surface_attach(surface, new, 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, 64, 48);
	wl_surface_commit(surface);
	fixture_frames(setup.fixture, 3);
	check_eq(released, 0);
	check_eq(frames, 0);
	written(&setup, &writer);
	check_eq(released, 1);
	check_eq(frames, 1);
	wl_buffer_destroy(old);
	wl_buffer_destroy(new);
	end(&setup);
}

TEST(what_waits_dies_with_its_surface)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *surface = wl_compositor_create_surface(setup.client->compositor);
	int writers[3];
	for (int i = 0; i < 3; i++)
		writers[i] = commit_unwritten(&setup, surface, 64, 48);
	check_eq(setup.gpu.textures, 3);
	wl_surface_destroy(surface);
	fixture_pump(setup.fixture);
	check_eq(setup.gpu.textures, 0);
	for (int i = 0; i < 3; i++)
		written(&setup, &writers[i]);
	end(&setup);
}

TEST(a_fifo_barrier_and_a_fence)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *surface = setup.window->surface;
	struct wp_fifo_manager_v1 *manager =
		client_bind(setup.client, &wp_fifo_manager_v1_interface, 1);
	struct wp_fifo_v1 *fifo = wp_fifo_manager_v1_get_fifo(manager, surface);
	wp_fifo_v1_set_barrier(fifo);
	commit_color(&setup, surface, 0xff010203);
	wp_fifo_v1_wait_barrier(fifo);
	int writer = commit_unwritten(&setup, surface, 64, 48);
	fixture_frames(setup.fixture, 3);
	check_eq(pixel(&setup, 9, 9), 0x010203);
	written(&setup, &writer);
	check_eq(pixel(&setup, 9, 9), AFTER);
	wp_fifo_v1_destroy(fifo);
	wp_fifo_manager_v1_destroy(manager);
	end(&setup);
}

// Subsurfaces

struct child {
	struct wl_surface *surface;
	struct wl_subsurface *subsurface;
};

static struct child add_child(struct setup *setup, struct wl_surface *parent)
{
	struct child child = {.surface = wl_compositor_create_surface(setup->client->compositor)};
	child.subsurface = wl_subcompositor_get_subsurface(
		setup->client->subcompositor, child.surface, parent);
	return child;
}

static void drop_child(struct child *child)
{
	wl_subsurface_destroy(child->subsurface);
	wl_surface_destroy(child->surface);
}

TEST(a_parent_waits_for_its_synchronised_children)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *parent = setup.window->surface;
	struct child child = add_child(&setup, parent), leaf = add_child(&setup, child.surface);
	wl_subsurface_set_position(leaf.subsurface, 32, 0);
	int writer = commit_unwritten(&setup, leaf.surface, 16, 16);
	int middle = commit_unwritten(&setup, child.surface, 32, 32);
	commit_color(&setup, parent, 0xff998877);
	check_eq(pixel(&setup, 60, 40), BEFORE);
	check_eq(queue_length(&setup, parent), 1);
	written(&setup, &middle);
	check_eq(pixel(&setup, 60, 40), BEFORE);
	check_eq(pixel(&setup, 9, 9), BEFORE);
	written(&setup, &writer);
	check_eq(pixel(&setup, 60, 40), 0x998877);
	check_eq(pixel(&setup, 9, 9), AFTER);
	check_eq(pixel(&setup, 40, 9), AFTER);
	check_eq(queue_length(&setup, parent), 0);
	drop_child(&leaf);
	drop_child(&child);
	end(&setup);
}

TEST(a_newer_buffer_of_a_child_takes_the_place_of_one_it_waits_for)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *parent = setup.window->surface;
	struct child child = add_child(&setup, parent);
	int writer = commit_unwritten(&setup, child.surface, 32, 32);
	commit_color(&setup, child.surface, 0xff123123);
	commit_color(&setup, parent, 0xff998877);
	check_eq(pixel(&setup, 9, 9), 0x123123);
	close(writer);
	// The other way round: the newer one is waited for.
	commit_color(&setup, child.surface, 0xff456456);
	writer = commit_unwritten(&setup, child.surface, 64, 48);
	wl_surface_commit(child.surface); // says nothing of buffers
	commit_color(&setup, parent, 0xff998877);
	check_eq(pixel(&setup, 9, 9), 0x123123);
	written(&setup, &writer);
	check_eq(pixel(&setup, 9, 9), AFTER);
	drop_child(&child);
	end(&setup);
}

static const int ends[] = {0, 1, 2, 3};
TEST_P(a_parent_goes_on_when_the_child_it_waits_for_goes, int, ends)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *parent = setup.window->surface;
	struct child child = add_child(&setup, parent), leaf = add_child(&setup, child.surface);
	int writer = commit_unwritten(&setup, leaf.surface, 16, 16);
	commit_color(&setup, child.surface, 0xff0000ff);
	commit_color(&setup, parent, 0xff998877);
	check_eq(pixel(&setup, 60, 40), BEFORE);
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
	fixture_frames(setup.fixture, 2);
	check_eq(pixel(&setup, 60, 40), *param < 2 ? 0x0000ff : 0x998877);
	check_eq(queue_length(&setup, parent), 0);
	written(&setup, &writer);
	if (*param != 0)
		wl_subsurface_destroy(leaf.subsurface);
	if (*param != 1)
		wl_surface_destroy(leaf.surface);
	if (*param != 2)
		wl_subsurface_destroy(child.subsurface);
	if (*param != 3)
		wl_surface_destroy(child.surface);
	end(&setup);
}

TEST(a_child_that_waits_alone_holds_up_nobody)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *parent = setup.window->surface;
	struct child child = add_child(&setup, parent);
	commit_color(&setup, child.surface, 0xff0000ff);
	commit_color(&setup, parent, 0xff998877);
	wl_subsurface_set_desync(child.subsurface);
	int writer = commit_unwritten(&setup, child.surface, 32, 32);
	commit_color(&setup, parent, 0xff776655);
	check_eq(pixel(&setup, 9, 9), 0x0000ff);
	wl_subsurface_set_position(child.subsurface, 10, 0);
	commit_color(&setup, parent, 0xff554433);
	check_eq(pixel(&setup, 5, 5), 0x554433);
	written(&setup, &writer);
	check_eq(pixel(&setup, 20, 9), AFTER);
	check_eq(pixel(&setup, 60, 40), 0x554433);
	drop_child(&child);
	end(&setup);
}

// A surface's commits are applied in the order in which they were made, whoever holds them.
TEST(modes_of_a_child_change_while_it_waits)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *parent = setup.window->surface;
	struct child child = add_child(&setup, parent);
	commit_color(&setup, child.surface, 0xff0000ff);
	commit_color(&setup, parent, 0xff998877);
	wl_subsurface_set_desync(child.subsurface);
	int writer = commit_unwritten(&setup, child.surface, 32, 32);
	wl_subsurface_set_sync(child.subsurface);
	commit_color(&setup, child.surface, 0xff00aa00);
	commit_color(&setup, parent, 0xff776655); // with the child's newest
	check_eq(pixel(&setup, 9, 9), 0x0000ff);
	check_eq(queue_length(&setup, parent), 1);
	// And once more on its own, behind what the parent waits with.
	wl_subsurface_set_desync(child.subsurface);
	commit_color(&setup, child.surface, 0xffaa0000);
	check_eq(pixel(&setup, 9, 9), 0x0000ff);
	check_eq(queue_length(&setup, child.surface), 2);
	written(&setup, &writer);
	check_eq(pixel(&setup, 9, 9), 0xaa0000);
	check_eq(queue_length(&setup, parent), 0);
	check_eq(queue_length(&setup, child.surface), 0);
	drop_child(&child);
	end(&setup);
}

// Whose older commit went with a relative may go on with the newer one.
TEST(grandchildren_do_not_wait_for_what_is_gone)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_surface *parent = setup.window->surface;
	struct child child = add_child(&setup, parent), leaf = add_child(&setup, child.surface);
	commit_color(&setup, leaf.surface, 0xff0000ff);
	commit_color(&setup, child.surface, 0xff00ff00);
	commit_color(&setup, parent, 0xff998877);
	int writer = commit_unwritten(&setup, leaf.surface, 32, 32);
	wl_surface_commit(child.surface); // holds the leaf's
	wl_surface_commit(parent);
	wl_subsurface_set_desync(child.subsurface);
	wl_subsurface_set_desync(leaf.subsurface);
	commit_color(&setup, leaf.surface, 0xffff0000);
	check_eq(queue_length(&setup, leaf.surface), 1);
	wl_subsurface_destroy(child.subsurface);
	fixture_frames(setup.fixture, 2);
	check_eq(queue_length(&setup, leaf.surface), 0);
	check_eq(queue_length(&setup, parent), 0);
	written(&setup, &writer);
	drop_child(&leaf);
	wl_surface_destroy(child.surface);
	end(&setup);
}

TEST(a_window_that_waits_is_not_mapped)
{
	struct setup setup = {0};
	begin(&setup);
	struct client_window *window = client_window_create_bare(setup.client, 64, 48);
	fixture_pump(setup.fixture);
	xdg_surface_ack_configure(window->xdg_surface, window->serial);
	int writer = commit_unwritten(&setup, window->surface, 64, 48);
	int windows = wl_list_length(&setup.fixture->server->windows);
	struct surface *surface = client_surface(window->surface, setup.client);
	check(!surface->mapped);
	written(&setup, &writer);
	check(surface->mapped);
	check_eq(wl_list_length(&setup.fixture->server->windows), windows);
	client_window_destroy(window);
	end(&setup);
}
