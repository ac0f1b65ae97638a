// SPDX-License-Identifier: MIT
// zwp_linux_dmabuf_feedback_v1: the table, tranches, and when a surface is told anew.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"

#define MAX_TRANCHES 3
#define OFFERED 8 // format and modifier pairs of the fake

struct tranche {
	dev_t device;
	uint32_t flags;
	size_t count, events;
	uint16_t rows[8192];
};

struct row {
	uint32_t format, padding;
	uint64_t modifier;
};

struct heard {
	struct zwp_linux_dmabuf_feedback_v1 *feedback;
	int done;
	const struct row *table;
	uint32_t table_size;
	int table_fd;
	dev_t main_device;
	struct tranche tranches[MAX_TRANCHES];
	int n; // since the last done
	bool closed;
};

static dev_t device_of(const struct wl_array *array)
{
	dev_t device;
	check_eq(array->size, sizeof(device));
	memcpy(&device, array->data, sizeof(device));
	return device;
}

static struct tranche *current(struct heard *heard)
{
	if (heard->closed) {
		heard->n = 0;
		heard->closed = false;
	}
	check(heard->n < MAX_TRANCHES);
	return &heard->tranches[heard->n];
}

static void on_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	struct heard *heard = data;
	heard->done++;
	heard->closed = true;
}

static void forget_table(struct heard *heard)
{
	if (!heard->table)
		return;
	munmap((void *)heard->table, heard->table_size);
	close(heard->table_fd);
}

static void on_format_table(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, int32_t fd, uint32_t size)
{
	struct heard *heard = data;
	forget_table(heard);
	heard->table = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	check(heard->table != MAP_FAILED);
	heard->table_size = size;
	heard->table_fd = fd;
}

static void on_main_device(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *device)
{
	struct heard *heard = data;
	heard->main_device = device_of(device);
}

static void on_tranche_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	struct heard *heard = data;
	heard->n++;
}

static void on_target_device(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *device)
{
	struct tranche *tranche = current(data);
	*tranche = (struct tranche){.device = device_of(device)};
}

static void on_formats(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *indices)
{
	struct tranche *tranche = current(data);
	tranche->events++;
	const uint16_t *row;
	wl_array_for_each(row, indices) {
		check(tranche->count < array_length(tranche->rows));
		tranche->rows[tranche->count++] = *row;
	}
}

static void on_flags(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, uint32_t flags)
{
	current(data)->flags = flags;
}

static const struct zwp_linux_dmabuf_feedback_v1_listener feedback_listener = {
	.done = on_done,
	.format_table = on_format_table,
	.main_device = on_main_device,
	.tranche_done = on_tranche_done,
	.tranche_target_device = on_target_device,
	.tranche_formats = on_formats,
	.tranche_flags = on_flags,
};

struct setup {
	struct fake_gpu gpu;
	struct fixture *fixture;
	struct client *client;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct heard heard;
	int screens; // device of the back end
};

// What the screen could show as it is.
static void add_formats(struct screen *screen)
{
	format_set_add(&screen->formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	format_set_add(&screen->formats, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR);
}

static void begin(struct setup *setup, bool scanout)
{
	struct server_options options = fake_gpu_options(&setup->gpu);
	options.shell = "kiosk";
	setup->screens = -1;
	if (scanout) {
		setup->screens = open("/dev/zero", O_RDWR | O_CLOEXEC);
		check(setup->screens >= 0);
		setup->gpu.screens = setup->screens;
	}
	setup->fixture = fixture_create(&options);
	add_formats(output_first(setup->fixture->server)->screen);
	setup->client = client_create(setup->fixture);
	setup->dmabuf = gpu_bind(setup->client, 5);
}

static void listen(struct setup *setup, struct wl_surface *surface)
{
	struct heard *heard = &setup->heard;
	heard->feedback = surface ? zwp_linux_dmabuf_v1_get_surface_feedback(setup->dmabuf, surface)
				  : zwp_linux_dmabuf_v1_get_default_feedback(setup->dmabuf);
	zwp_linux_dmabuf_feedback_v1_add_listener(heard->feedback, &feedback_listener, heard);
	fixture_pump(setup->fixture);
}

static void end(struct setup *setup)
{
	check_no_error(setup->client);
	zwp_linux_dmabuf_feedback_v1_destroy(setup->heard.feedback);
	zwp_linux_dmabuf_v1_destroy(setup->dmabuf);
	forget_table(&setup->heard);
	fixture_destroy(setup->fixture);
	close_fd(&setup->screens);
}

static bool has(const struct heard *heard, int tranche, uint32_t format, uint64_t modifier)
{
	const struct tranche *in = &heard->tranches[tranche];
	for (size_t i = 0; i < in->count; i++) {
		check(in->rows[i] < heard->table_size / sizeof(struct row));
		const struct row *row = &heard->table[in->rows[i]];
		if (row->format == format && row->modifier == modifier)
			return true;
	}
	return false;
}

static void check_only_main(const struct heard *heard)
{
	check_eq(heard->n, 1);
	check_eq(heard->main_device, makedev(1, 3)); // /dev/null
	check_eq(heard->tranches[0].device, heard->main_device);
	check_eq(heard->tranches[0].flags, 0);
	check_eq(heard->tranches[0].count, OFFERED);
}

static void check_scanout(const struct heard *heard)
{
	check_eq(heard->n, 2);
	check_eq(heard->tranches[0].device, makedev(1, 5)); // /dev/zero
	check_eq(heard->tranches[0].flags, ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SCANOUT);
	check_eq(heard->tranches[0].count, 2);
	check(has(heard, 0, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(has(heard, 0, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR));
	check_eq(heard->main_device, makedev(1, 3));
	check_eq(heard->tranches[1].device, heard->main_device);
	check_eq(heard->tranches[1].flags, 0);
	check_eq(heard->tranches[1].count, OFFERED);
}

TEST(in_general)
{
	struct setup setup = {0};
	begin(&setup, true);
	listen(&setup, NULL);
	const struct heard *heard = &setup.heard;
	check_eq(heard->done, 1);
	check_only_main(heard);
	check_eq(heard->table_size, OFFERED * 16);
	check(has(heard, 0, DRM_FORMAT_XRGB8888, FAKE_MODIFIER_TILED));
	check(has(heard, 0, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_INVALID));
	check(!has(heard, 0, DRM_FORMAT_ARGB8888, FAKE_MODIFIER_TILED));
	end(&setup);
}

TEST(the_table_cannot_be_changed)
{
	struct setup setup = {0};
	begin(&setup, false);
	listen(&setup, NULL);
	int fd = setup.heard.table_fd;
	check(write(fd, "x", 1) < 0);
	check_eq(errno, EPERM);
	check(ftruncate(fd, 0) < 0);
	check(ftruncate(fd, 1 << 20) < 0);
	check(mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	check(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0);
	end(&setup);
}

TEST(long_lists_come_in_parts)
{
	struct setup setup = {.gpu.many = 5000};
	begin(&setup, false);
	listen(&setup, NULL);
	const struct tranche *tranche = &setup.heard.tranches[0];
	check_eq(setup.heard.done, 1);
	check_eq(tranche->count, 5000 + OFFERED);
	check_eq(tranche->events, 5);
	for (size_t i = 0; i < tranche->count; i++)
		check_eq(tranche->rows[i], i);
	check(has(&setup.heard, 0, DRM_FORMAT_XBGR8888, UINT64_C(0x0200000000000000) + 4999));
	end(&setup);
}

TEST(a_surface_that_fills_the_screen_may_be_shown_as_it_is)
{
	struct setup setup = {0};
	begin(&setup, true);
	struct heard *heard = &setup.heard;
	struct client_window *window = client_window_create_bare(setup.client, 64, 48);
	listen(&setup, window->surface);
	check_eq(heard->done, 1);
	check_only_main(heard);
	xdg_surface_ack_configure(window->xdg_surface, window->serial);
	client_window_draw(window, 1280, 720, 0xff00ff00);
	fixture_frames(setup.fixture, 3);
	check_eq(heard->done, 2);
	check_scanout(heard);
	// Frames, commits and looks at the same state are no news.
	for (int i = 0; i < 10; i++) {
		client_window_draw(window, 1280, 720, 0xff000000 + (uint32_t)i);
		fixture_frames(setup.fixture, 1);
	}
	check_eq(heard->done, 2);
	wl_surface_attach(window->surface, NULL, 0, 0);
	wl_surface_commit(window->surface);
	fixture_frames(setup.fixture, 3);
	check_eq(heard->done, 3);
	check_only_main(heard);
	client_window_destroy(window);
	fixture_frames(setup.fixture, 3);
	check_eq(heard->done, 3);
	end(&setup);
}

TEST(who_asks_late_hears_it_at_once)
{
	struct setup setup = {0};
	begin(&setup, true);
	struct client_window *window = client_window_create(setup.client, 1280, 720, 0xff00ff00);
	listen(&setup, window->surface);
	check_eq(setup.heard.done, 1);
	check_scanout(&setup.heard);
	client_window_destroy(window);
	end(&setup);
}

TEST(without_a_device_for_screens_nothing_changes)
{
	struct setup setup = {0};
	begin(&setup, false);
	struct client_window *window = client_window_create(setup.client, 1280, 720, 0xff00ff00);
	listen(&setup, window->surface);
	fixture_frames(setup.fixture, 3);
	check_eq(setup.heard.done, 1);
	check_only_main(&setup.heard);
	client_window_destroy(window);
	end(&setup);
}

TEST(screens_come_and_go)
{
	struct setup setup = {0};
	begin(&setup, true);
	struct server *server = setup.fixture->server;
	struct client_window *window = client_window_create(setup.client, 1280, 720, 0xff00ff00);
	listen(&setup, window->surface);
	check_scanout(&setup.heard);
	struct backend *backend = server->backend;
	struct screen *screen = backend->impl->add_screen(backend, NULL, 1280, 720, 60000);
	add_formats(screen);
	fixture_frames(setup.fixture, 3);
	check_eq(setup.heard.done, 1);
	// Its screen goes: for a moment none is covered, then the other one may be, with the same formats.
	backend->impl->remove_screen(output_first(server)->screen);
	fixture_frames(setup.fixture, 3);
	check(setup.heard.done <= 3);
	backend->impl->remove_screen(screen);
	fixture_frames(setup.fixture, 3);
	check_only_main(&setup.heard);
	int done = setup.heard.done;
	fixture_frames(setup.fixture, 10);
	check_eq(setup.heard.done, done);
	client_window_destroy(window);
	end(&setup);
}

TEST(the_surface_goes_first)
{
	struct setup setup = {0};
	begin(&setup, true);
	struct wl_surface *surface = wl_compositor_create_surface(setup.client->compositor);
	listen(&setup, surface);
	wl_surface_destroy(surface);
	fixture_frames(setup.fixture, 3);
	check_eq(setup.heard.done, 1);
	end(&setup);
}
