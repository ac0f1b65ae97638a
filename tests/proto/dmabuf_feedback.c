// SPDX-License-Identifier: MIT
// zwp_linux_dmabuf_feedback_v1: the format table, tranches, and when feedback is sent again.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"

#define MAX_TRANCHES 3
#define OFFERED 8 // format and modifier pairs of the fake GPU

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

struct received {
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

static struct tranche *current(struct received *received)
{
	if (received->closed) {
		received->n = 0;
		received->closed = false;
	}
	check(received->n < MAX_TRANCHES);
	return &received->tranches[received->n];
}

static void on_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	struct received *received = data;
	received->done++;
	received->closed = true;
}

static void forget_table(struct received *received)
{
	if (!received->table)
		return;
	munmap((void *)received->table, received->table_size);
	close(received->table_fd);
}

static void on_format_table(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, int32_t fd, uint32_t size)
{
	struct received *received = data;
	forget_table(received);
	received->table = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	check(received->table != MAP_FAILED);
	received->table_size = size;
	received->table_fd = fd;
}

static void on_main_device(
	void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, struct wl_array *device)
{
	struct received *received = data;
	received->main_device = device_of(device);
}

static void on_tranche_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
	struct received *received = data;
	received->n++;
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

struct dmabuf_feedback_rig {
	struct fake_gpu gpu;
	struct fixture *fixture;
	struct client *client;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct received received;
	int screens; // device of the back end
};

// Formats that the screen can scan out.
static void add_formats(struct screen *screen)
{
	format_set_add(&screen->formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	format_set_add(&screen->formats, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR);
}

static void dmabuf_feedback_rig_init(struct dmabuf_feedback_rig *rig, bool scanout)
{
	struct server_options options = fake_gpu_options(&rig->gpu);
	options.shell = "kiosk";
	rig->screens = -1;
	if (scanout) {
		rig->screens = open("/dev/zero", O_RDWR | O_CLOEXEC);
		check(rig->screens >= 0);
		rig->gpu.screens = rig->screens;
	}
	rig->fixture = fixture_create(&options);
	add_formats(output_first(rig->fixture->server)->screen);
	rig->client = client_create(rig->fixture);
	rig->dmabuf = gpu_bind(rig->client, 5);
}

static void listen(struct dmabuf_feedback_rig *rig, struct wl_surface *surface)
{
	struct received *received = &rig->received;
	received->feedback = surface
		? zwp_linux_dmabuf_v1_get_surface_feedback(rig->dmabuf, surface)
		: zwp_linux_dmabuf_v1_get_default_feedback(rig->dmabuf);
	zwp_linux_dmabuf_feedback_v1_add_listener(received->feedback, &feedback_listener, received);
	fixture_pump(rig->fixture);
}

static void dmabuf_feedback_rig_finish(struct dmabuf_feedback_rig *rig)
{
	check_no_error(rig->client);
	zwp_linux_dmabuf_feedback_v1_destroy(rig->received.feedback);
	zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
	forget_table(&rig->received);
	fixture_destroy(rig->fixture);
	close_fd(&rig->screens);
}

static bool has(const struct received *received, int tranche, uint32_t format, uint64_t modifier)
{
	const struct tranche *in = &received->tranches[tranche];
	for (size_t i = 0; i < in->count; i++) {
		check(in->rows[i] < received->table_size / sizeof(struct row));
		const struct row *row = &received->table[in->rows[i]];
		if (row->format == format && row->modifier == modifier)
			return true;
	}
	return false;
}

static void check_only_main(const struct received *received)
{
	check_eq(received->n, 1);
	check_eq(received->main_device, makedev(1, 3)); // /dev/null
	check_eq(received->tranches[0].device, received->main_device);
	check_eq(received->tranches[0].flags, 0);
	check_eq(received->tranches[0].count, OFFERED);
}

static void check_scanout(const struct received *received)
{
	check_eq(received->n, 2);
	check_eq(received->tranches[0].device, makedev(1, 5)); // /dev/zero
	check_eq(received->tranches[0].flags, ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SCANOUT);
	check_eq(received->tranches[0].count, 2);
	check(has(received, 0, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(has(received, 0, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR));
	check_eq(received->main_device, makedev(1, 3));
	check_eq(received->tranches[1].device, received->main_device);
	check_eq(received->tranches[1].flags, 0);
	check_eq(received->tranches[1].count, OFFERED);
}

TEST(in_general)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, true);
	listen(rig, NULL);
	const struct received *received = &rig->received;
	check_eq(received->done, 1);
	check_only_main(received);
	check_eq(received->table_size, OFFERED * 16);
	check(has(received, 0, DRM_FORMAT_XRGB8888, FAKE_MODIFIER_TILED));
	check(has(received, 0, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_INVALID));
	check(!has(received, 0, DRM_FORMAT_ARGB8888, FAKE_MODIFIER_TILED));
	dmabuf_feedback_rig_finish(rig);
}

TEST(the_table_cannot_be_changed)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, false);
	listen(rig, NULL);
	int fd = rig->received.table_fd;
	check(write(fd, "x", 1) < 0);
	check_eq(errno, EPERM);
	check(ftruncate(fd, 0) < 0);
	check(ftruncate(fd, 1 << 20) < 0);
	check(mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	check(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0);
	dmabuf_feedback_rig_finish(rig);
}

TEST(long_lists_come_in_parts)
{
	struct dmabuf_feedback_rig setup = {.gpu.many = 5000};
	dmabuf_feedback_rig_init(&setup, false);
	listen(&setup, NULL);
	const struct tranche *tranche = &setup.received.tranches[0];
	check_eq(setup.received.done, 1);
	check_eq(tranche->count, 5000 + OFFERED);
	check_eq(tranche->events, 5);
	for (size_t i = 0; i < tranche->count; i++)
		check_eq(tranche->rows[i], i);
	check(has(&setup.received, 0, DRM_FORMAT_XBGR8888, UINT64_C(0x0200000000000000) + 4999));
	dmabuf_feedback_rig_finish(&setup);
}

TEST(a_surface_that_fills_the_screen_may_be_shown_as_it_is)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, true);
	struct received *received = &rig->received;
	struct client_window *window = client_window_create_bare(rig->client, 64, 48);
	listen(rig, window->surface);
	check_eq(received->done, 1);
	check_only_main(received);
	xdg_surface_ack_configure(window->xdg_surface, window->serial);
	client_window_draw(window, 1280, 720, 0xff00ff00);
	fixture_frames(rig->fixture, 3);
	check_eq(received->done, 2);
	check_scanout(received);
	// Frames and commits that change nothing send no feedback.
	for (int i = 0; i < 10; i++) {
		client_window_draw(window, 1280, 720, 0xff000000 + (uint32_t)i);
		fixture_frames(rig->fixture, 1);
	}
	check_eq(received->done, 2);
	wl_surface_attach(window->surface, NULL, 0, 0);
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 3);
	check_eq(received->done, 3);
	check_only_main(received);
	client_window_destroy(window);
	fixture_frames(rig->fixture, 3);
	check_eq(received->done, 3);
	dmabuf_feedback_rig_finish(rig);
}

TEST(who_asks_late_hears_it_at_once)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, true);
	struct client_window *window = client_window_create(rig->client, 1280, 720, 0xff00ff00);
	listen(rig, window->surface);
	check_eq(rig->received.done, 1);
	check_scanout(&rig->received);
	client_window_destroy(window);
	dmabuf_feedback_rig_finish(rig);
}

TEST(without_a_device_for_screens_nothing_changes)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, false);
	struct client_window *window = client_window_create(rig->client, 1280, 720, 0xff00ff00);
	listen(rig, window->surface);
	fixture_frames(rig->fixture, 3);
	check_eq(rig->received.done, 1);
	check_only_main(&rig->received);
	client_window_destroy(window);
	dmabuf_feedback_rig_finish(rig);
}

TEST(screens_come_and_go)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, true);
	struct server *server = rig->fixture->server;
	struct client_window *window = client_window_create(rig->client, 1280, 720, 0xff00ff00);
	listen(rig, window->surface);
	check_scanout(&rig->received);
	struct backend *backend = server->backend;
	struct screen *screen = backend->impl->add_screen(backend, NULL, 1280, 720, 60000);
	add_formats(screen);
	fixture_frames(rig->fixture, 3);
	check_eq(rig->received.done, 1);
	// Removing the screen ends scan-out for a moment; the other screen has the same formats.
	backend->impl->remove_screen(output_first(server)->screen);
	fixture_frames(rig->fixture, 3);
	check(rig->received.done <= 3);
	backend->impl->remove_screen(screen);
	fixture_frames(rig->fixture, 3);
	check_only_main(&rig->received);
	int done = rig->received.done;
	fixture_frames(rig->fixture, 10);
	check_eq(rig->received.done, done);
	client_window_destroy(window);
	dmabuf_feedback_rig_finish(rig);
}

TEST(the_surface_goes_first)
{
	struct dmabuf_feedback_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_feedback_rig_init(rig, true);
	struct wl_surface *surface = wl_compositor_create_surface(rig->client->compositor);
	listen(rig, surface);
	wl_surface_destroy(surface);
	fixture_frames(rig->fixture, 3);
	check_eq(rig->received.done, 1);
	dmabuf_feedback_rig_finish(rig);
}
