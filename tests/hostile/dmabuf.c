// SPDX-License-Identifier: MIT
// linux-dmabuf with invalid parameters, exhausted limits, and clients that disconnect midway.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "compositor/config/config.h"
#include "compositor/surface/client_dmabuf.h"
#include "compositor/surface/subsurface.h"
#include "compositor/surface/surface.h"
#include "tests/harness/fake_gpu.h"
#include "tests/hostile/order.h"

// A server on a fake GPU, whose dmabuf global the attacker has bound.
struct dmabuf_rig {
	struct fake_gpu gpu;
	struct hostile_rig hostile;
	struct zwp_linux_dmabuf_v1 *dmabuf;
};

static void dmabuf_rig_init_version(struct dmabuf_rig *rig, uint32_t version)
{
	struct server_options options = fake_gpu_options(&rig->gpu);
	hostile_rig_init_with(&rig->hostile, &options);
	rig->dmabuf = gpu_bind(rig->hostile.attacker, version);
}

static void dmabuf_rig_init(struct dmabuf_rig *rig)
{
	dmabuf_rig_init_version(rig, 5);
}

static void dmabuf_rig_finish(struct dmabuf_rig *rig)
{
	zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
	hostile_rig_finish(&rig->hostile);
	check_eq(rig->gpu.textures, 0);
}

// Parameters. The file has 64 KiB.

#define LINEAR DRM_FORMAT_MOD_LINEAR
#define IMPLICIT DRM_FORMAT_MOD_INVALID
#define UNOFFERED UINT64_C(0x0300000000000007)
#define XRGB DRM_FORMAT_XRGB8888
#define ERROR(name) ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_##name
#define FAILED -1

static const struct fault {
	int32_t width, height;
	uint32_t format;
	int error;
	enum when {
		ALWAYS,
		NOT_WHEN_ASKED, // create sends failed instead of the error
		NOT_WHEN_OLD,   // the same for clients older than version 4
	} when;
	struct {
		uint32_t given, offset, stride;
		uint64_t modifier;
	} planes[4];
} faults[] = {
	// sizes
	{0, 64, XRGB, ERROR(INVALID_DIMENSIONS), ALWAYS, {{1, 0, 256, LINEAR}}},
	{64, 0, XRGB, ERROR(INVALID_DIMENSIONS), ALWAYS, {{1, 0, 256, LINEAR}}},
	{-1, 64, XRGB, ERROR(INVALID_DIMENSIONS), ALWAYS, {{1, 0, 256, LINEAR}}},
	{64, INT32_MIN, XRGB, ERROR(INVALID_DIMENSIONS), ALWAYS, {{1, 0, 256, LINEAR}}},
	{65536, 1, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 262144, FAKE_MODIFIER_TILED}}},
	{65536, 1, XRGB, ERROR(INVALID_WL_BUFFER), NOT_WHEN_ASKED,
		{{1, 0, 256, FAKE_MODIFIER_TILED}}},
	{1, INT32_MAX, XRGB, ERROR(INVALID_WL_BUFFER), NOT_WHEN_ASKED,
		{{1, 0, 4, FAKE_MODIFIER_TILED}}},
	// formats
	{64, 64, 0, ERROR(INVALID_FORMAT), ALWAYS, {{1, 0, 256, LINEAR}}},
	{64, 64, 0x41414141, ERROR(INVALID_FORMAT), ALWAYS, {{1, 0, 256, LINEAR}}},
	{64, 64, DRM_FORMAT_BGR888, ERROR(INVALID_FORMAT), ALWAYS, {{1, 0, 256, LINEAR}}},
	{64, 64, XRGB, ERROR(INVALID_FORMAT), NOT_WHEN_OLD, {{1, 0, 256, UNOFFERED}}},
	{64, 64, DRM_FORMAT_ARGB8888, ERROR(INVALID_FORMAT), NOT_WHEN_OLD,
		{{1, 0, 256, FAKE_MODIFIER_TILED}}},
	{64, 64, DRM_FORMAT_RGB565, ERROR(INVALID_FORMAT), NOT_WHEN_OLD, {{1, 0, 256, IMPLICIT}}},
	// planes
	{64, 64, XRGB, ERROR(INCOMPLETE), ALWAYS, {{0}}},
	{64, 64, XRGB, ERROR(INCOMPLETE), ALWAYS, {{0}, {1, 0, 256, LINEAR}}},
	{64, 64, XRGB, ERROR(INCOMPLETE), ALWAYS, {{1, 0, 256, LINEAR}, {1, 0, 256, LINEAR}}},
	{64, 64, XRGB, ERROR(INCOMPLETE), ALWAYS, {{1, 0, 256, IMPLICIT}, {1, 0, 256, IMPLICIT}}},
	{64, 64, XRGB, ERROR(INCOMPLETE), ALWAYS,
		{{1, 0, 256, FAKE_MODIFIER_COMPRESSED}, {0},
			{1, 0, 256, FAKE_MODIFIER_COMPRESSED}}},
	{64, 64, DRM_FORMAT_NV12, ERROR(INCOMPLETE), ALWAYS, {{1, 0, 64, LINEAR}}},
	{64, 64, DRM_FORMAT_NV12, ERROR(INCOMPLETE), ALWAYS,
		{{1, 0, 64, LINEAR}, {0}, {1, 0, 64, LINEAR}}},
	{64, 64, DRM_FORMAT_NV12, ERROR(INCOMPLETE), ALWAYS, {{0}, {1, 0, 64, LINEAR}}},
	// bounds
	{64, 64, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 255, LINEAR}}},
	{64, 64, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 0, LINEAR}}},
	{64, 64, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 255, IMPLICIT}}},
	{64, 257, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 256, LINEAR}}},
	{64, 256, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 1, 256, LINEAR}}},
	{64, 256, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 257, LINEAR}}},
	{64, 1, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 65536, 256, LINEAR}}},
	{64, 2, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, UINT32_MAX, LINEAR}}},
	{64, 2, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, UINT32_MAX, 256, LINEAR}}},
	{64, 2, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, UINT32_MAX - 255, 256, LINEAR}}},
	{64, 0x1000000, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 256, LINEAR}}},
	{0x40000001, 1, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 4, LINEAR}}},
	{INT32_MAX, INT32_MAX, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, INT32_MAX, LINEAR}}},
	{64, 64, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 0, 0, FAKE_MODIFIER_TILED}}},
	{64, 64, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS, {{1, 65400, 256, FAKE_MODIFIER_TILED}}},
	{64, 64, XRGB, ERROR(OUT_OF_BOUNDS), ALWAYS,
		{{1, 0, 256, FAKE_MODIFIER_COMPRESSED}, {1, 65536, 0, FAKE_MODIFIER_COMPRESSED}}},
	{64, 64, DRM_FORMAT_NV12, ERROR(OUT_OF_BOUNDS), ALWAYS,
		{{1, 0, 63, LINEAR}, {1, 4096, 64, LINEAR}}},
	{64, 64, DRM_FORMAT_NV12, ERROR(OUT_OF_BOUNDS), ALWAYS,
		{{1, 0, 64, LINEAR}, {1, 4096, 63, LINEAR}}},
	{65, 65, DRM_FORMAT_NV12, ERROR(OUT_OF_BOUNDS), ALWAYS,
		{{1, 0, 65, LINEAR}, {1, 4225, 65, LINEAR}}},
	{64, 64, DRM_FORMAT_NV12, ERROR(OUT_OF_BOUNDS), ALWAYS,
		{{1, 0, 64, LINEAR}, {1, 63489, 64, LINEAR}}},
};

static void commit_fault(
	struct dmabuf_rig *rig, const struct fault *fault, bool immediate, int expected)
{
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	int fd = memfd_sized("planes", 65536);
	for (uint32_t i = 0; i < 4; i++)
		if (fault->planes[i].given)
			gpu_params_add(params, fd, i, fault->planes[i].offset,
				fault->planes[i].stride, fault->planes[i].modifier);
	close(fd);
	struct wl_buffer *buffer = NULL;
	if (immediate)
		buffer = zwp_linux_buffer_params_v1_create_immed(
			params->params, fault->width, fault->height, fault->format, 0);
	else
		zwp_linux_buffer_params_v1_create(
			params->params, fault->width, fault->height, fault->format, 0);
	if (expected == FAILED) {
		check_no_error(rig->hostile.attacker);
		check_eq(params->failed, 1);
	} else {
		check_client_error(rig->hostile.attacker, "zwp_linux_buffer_params_v1", expected);
	}
	check(!params->created);
	check_eq(rig->gpu.imports, 0);
	if (buffer)
		wl_buffer_destroy(buffer);
	gpu_params_destroy(params);
}

TEST_FP(dmabuf_rig, wrong_parameters, struct fault, faults)
{
	static const uint32_t versions[] = {3, 4, 5};
	for (size_t i = 0; i < array_length(versions); i++)
		for (int immediate = 0; immediate < 2; immediate++) {
			zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
			hostile_rig_connect(&rig->hostile);
			rig->dmabuf = gpu_bind(rig->hostile.attacker, versions[i]);
			bool soft = (param->when == NOT_WHEN_ASKED && !immediate) ||
				(param->when == NOT_WHEN_OLD && versions[i] < 4);
			commit_fault(rig, param, immediate, soft ? FAILED : param->error);
		}
}

TEST(files_that_are_no_dmabufs)
{
	int fds[] = {open("/dev/zero", O_RDWR | O_CLOEXEC | FAKE_NO_DMABUF),
		open("/", O_RDONLY | O_CLOEXEC | FAKE_NO_DMABUF)};
	for (size_t i = 0; i < array_length(fds); i++) {
		struct dmabuf_rig new_rig = {0}, *rig = &new_rig;
		dmabuf_rig_init(rig);
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		gpu_params_add(params, fds[i], 0, 0, 256, LINEAR);
		zwp_linux_buffer_params_v1_create(params->params, 64, 64, XRGB, 0);
		check_no_error(rig->hostile.attacker);
		check_eq(params->failed, 1);
		gpu_params_destroy(params);
		params = gpu_params_create(rig->dmabuf);
		gpu_params_add(params, fds[i], 0, 0, 256, LINEAR);
		struct wl_buffer *buffer =
			zwp_linux_buffer_params_v1_create_immed(params->params, 64, 64, XRGB, 0);
		check_client_error(rig->hostile.attacker, "zwp_linux_buffer_params_v1",
			ERROR(INVALID_WL_BUFFER));
		wl_buffer_destroy(buffer);
		gpu_params_destroy(params);
		dmabuf_rig_finish(rig);
		close(fds[i]);
	}
}

static const uint32_t bad_planes[] = {4, 5, 255, INT32_MAX, UINT32_MAX};
TEST_FP(dmabuf_rig, planes_that_do_not_exist, uint32_t, bad_planes)
{
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	int fd = gpu_memory(64, 64, 0);
	gpu_params_add(params, fd, *param, 0, 256, LINEAR);
	close(fd);
	check_client_error(rig->hostile.attacker, "zwp_linux_buffer_params_v1", ERROR(PLANE_IDX));
	gpu_params_destroy(params);
}

TEST(the_same_plane_twice)
{
	for (uint32_t plane = 0; plane < 4; plane++) {
		struct dmabuf_rig new_rig = {0}, *rig = &new_rig;
		dmabuf_rig_init(rig);
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		int fd = gpu_memory(64, 64, 0);
		for (int i = 0; i < 2; i++)
			gpu_params_add(params, fd, plane, 0, 256, LINEAR);
		close(fd);
		check_client_error(
			rig->hostile.attacker, "zwp_linux_buffer_params_v1", ERROR(PLANE_SET));
		gpu_params_destroy(params);
		dmabuf_rig_finish(rig);
	}
}

static const uint32_t mix_versions[] = {3, 4, 5};
TEST_P(modifiers_are_mixed, uint32_t, mix_versions)
{
	struct dmabuf_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_rig_init_version(rig, *param);
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	int fd = gpu_memory(64, 128, 0);
	gpu_params_add(params, fd, 0, 0, 256, FAKE_MODIFIER_TILED);
	gpu_params_add(params, fd, 1, 0, 256, FAKE_MODIFIER_COMPRESSED);
	close(fd);
	zwp_linux_buffer_params_v1_create(params->params, 64, 64, XRGB, 0);
	if (*param == 5) {
		check_client_error(
			rig->hostile.attacker, "zwp_linux_buffer_params_v1", ERROR(INVALID_FORMAT));
	} else {
		check_no_error(rig->hostile.attacker);
		check_eq(params->failed, 1);
	}
	gpu_params_destroy(params);
	dmabuf_rig_finish(rig);
}

static const int uses[] = {0, 1, 2, 3, 4, 5};
TEST_FP(dmabuf_rig, parameters_are_used_again, int, uses)
{
	rig->gpu.refuse = *param >= 3; // a failed import counts as a use
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	int fd = gpu_memory(64, 64, 0);
	gpu_params_add(params, fd, 0, 0, 256, LINEAR);
	struct wl_buffer *buffers[2] = {0};
	if (*param % 2)
		buffers[0] =
			zwp_linux_buffer_params_v1_create_immed(params->params, 64, 64, XRGB, 0);
	else
		zwp_linux_buffer_params_v1_create(params->params, 64, 64, XRGB, 0);
	check_no_error(rig->hostile.attacker);
	if (*param % 3 == 0)
		zwp_linux_buffer_params_v1_create(params->params, 64, 64, XRGB, 0);
	else if (*param % 3 == 1)
		buffers[1] =
			zwp_linux_buffer_params_v1_create_immed(params->params, 64, 64, XRGB, 0);
	else
		gpu_params_add(params, fd, 1, 0, 256, LINEAR);
	close(fd);
	check_client_error(
		rig->hostile.attacker, "zwp_linux_buffer_params_v1", ERROR(ALREADY_USED));
	for (int i = 0; i < 2; i++)
		if (buffers[i])
			wl_buffer_destroy(buffers[i]);
	if (params->created)
		wl_buffer_destroy(params->created);
	gpu_params_destroy(params);
}

// Limits

static void raise_fd_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_F(dmabuf_rig, planes_without_end)
{
	raise_fd_limit();
	struct client *attacker = rig->hostile.attacker;
	int fd = gpu_memory(8, 8, 0), n = 0;
	for (; n < 100000 && !wl_display_get_error(attacker->display); n++) {
		struct zwp_linux_buffer_params_v1 *params =
			zwp_linux_dmabuf_v1_create_params(rig->dmabuf);
		zwp_linux_buffer_params_v1_add(params, fd, 0, 0, 32, 0, 0);
		if (n % 16 == 0)
			fixture_pump(rig->hostile.fixture);
		wl_proxy_destroy(
			(struct wl_proxy *)params); // only the proxy: the server keeps the object
	}
	check(n >= rig->hostile.fixture->server->config->limits.descriptors);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	close(fd);
}

TEST_F(dmabuf_rig, buffers_without_end)
{
	raise_fd_limit();
	struct client *attacker = rig->hostile.attacker;
	int fd = gpu_memory(8, 8, 0), n = 0;
	for (; n < 100000 && !wl_display_get_error(attacker->display); n++) {
		struct wl_buffer *buffer = gpu_buffer_from(rig->dmabuf, fd, 8, 8);
		if (n % 16 == 0)
			fixture_pump(rig->hostile.fixture);
		wl_proxy_destroy((struct wl_proxy *)buffer);
	}
	check(n >= rig->hostile.fixture->server->config->limits.descriptors);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	close(fd);
}

TEST_F(dmabuf_rig, parameters_and_buffers_that_come_and_go)
{
	struct client *attacker = rig->hostile.attacker;
	int fd = gpu_memory(8, 8, 0);
	for (int i = 0; i < 5000; i++) {
		struct wl_buffer *buffer = gpu_buffer_from(rig->dmabuf, fd, 8, i % 3 ? 8 : 7);
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		gpu_params_add(params, fd, i % 4, 0, 32, LINEAR);
		rig->gpu.refuse = i % 5 == 0;
		gpu_params_destroy(params);
		wl_buffer_destroy(buffer);
		if (i % 8 == 0)
			fixture_pump(rig->hostile.fixture);
	}
	check_no_error(attacker);
	check_eq(rig->gpu.textures, 0);
	close(fd);
}

TEST_F(dmabuf_rig, commits_without_end_behind_a_buffer_that_is_never_written)
{
	struct client *attacker = rig->hostile.attacker;
	struct wl_surface *surface = wl_compositor_create_surface(attacker->compositor);
	int writer;
	struct wl_buffer *buffer = gpu_buffer_unwritten(rig->dmabuf, 8, 8, &writer);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	for (int i = 0; i < 100000 && !wl_display_get_error(attacker->display); i++) {
		wl_surface_damage(surface, 0, 0, i, i);
		wl_surface_commit(surface);
		if (i % 64 == 0)
			fixture_pump(rig->hostile.fixture);
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	close(writer);
	wl_surface_destroy(surface);
	wl_buffer_destroy(buffer);
}

TEST_F(dmabuf_rig, waits_without_end)
{
	raise_fd_limit();
	struct client *attacker = rig->hostile.attacker;
	int writer;
	struct wl_buffer *buffer = gpu_buffer_unwritten(rig->dmabuf, 8, 8, &writer);
	for (int i = 0; i < 100000 && !wl_display_get_error(attacker->display); i++) {
		struct wl_surface *surface = wl_compositor_create_surface(attacker->compositor);
		wl_surface_attach(surface, buffer, 0, 0);
		wl_surface_commit(surface);
		if (i % 64 == 0)
			fixture_pump(rig->hostile.fixture);
		wl_proxy_destroy((struct wl_proxy *)surface);
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	close(writer);
	wl_buffer_destroy(buffer);
}

TEST(feedbacks_that_nobody_reads)
{
	struct dmabuf_rig new_rig = {.gpu.many = 3000}, *rig = &new_rig;
	dmabuf_rig_init(rig);
	struct client *attacker = rig->hostile.attacker;
	for (int i = 0; i < 500; i++)
		wl_proxy_destroy(
			(struct wl_proxy *)zwp_linux_dmabuf_v1_get_default_feedback(rig->dmabuf));
	wl_display_flush(attacker->display);
	for (int i = 0; i < 50; i++) {
		wl_event_loop_dispatch(rig->hostile.fixture->server->loop, 0);
		wl_display_flush_clients(rig->hostile.fixture->server->display);
	}
	hostile_rig_check(&rig->hostile);
	dmabuf_rig_finish(rig);
}

TEST_F(dmabuf_rig, descriptors_run_out)
{
	struct client *attacker = rig->hostile.attacker;
	int fd = gpu_memory(8, 8, 0);
	struct rlimit before;
	getrlimit(RLIMIT_NOFILE, &before);
	int highest = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	check(highest >= 0);
	struct rlimit limit = {(rlim_t)highest + 3, before.rlim_max};
	check(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	for (uint32_t i = 0; i < 2; i++)
		gpu_params_add(params, fd, i, 0, 32, LINEAR);
	wl_display_flush(attacker->display);
	int filler[16], n_filler = 0;
	for (int dup; n_filler < 16 && (dup = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0;)
		filler[n_filler++] = dup;
	fixture_pump(rig->hostile.fixture);
	check(client_ended(attacker));
	check(surface_gets_frame(rig->hostile.neighbour, rig->hostile.window->surface, 90));
	check_no_error(rig->hostile.neighbour);
	while (n_filler)
		close(filler[--n_filler]);
	check(setrlimit(RLIMIT_NOFILE, &before) == 0);
	close(highest);
	close(fd);
	gpu_params_destroy(params);
}

// Without a free descriptor to wait with, the buffer is shown at once.
TEST_F(dmabuf_rig, no_descriptor_is_left_to_wait_with)
{
	struct client *attacker = rig->hostile.attacker;
	struct client_window *window = client_window_create(attacker, 64, 48, 0xff112233);
	int writer;
	struct wl_buffer *buffer = gpu_buffer_unwritten(rig->dmabuf, 64, 48, &writer);
	fixture_pump(rig->hostile.fixture);
	struct rlimit before;
	getrlimit(RLIMIT_NOFILE, &before);
	struct rlimit limit = {3, before.rlim_max};
	check(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	wl_surface_attach(window->surface, buffer, 0, 0);
	wl_surface_commit(window->surface);
	fixture_frames(rig->hostile.fixture, 2);
	check_eq(wl_list_length(&client_surface(window->surface, attacker)->queue), 0);
	check(setrlimit(RLIMIT_NOFILE, &before) == 0);
	close(writer);
	wl_buffer_destroy(buffer);
	client_window_destroy(window);
}

// Orders of destruction

struct order_data {
	struct fake_gpu gpu;
	int writer;
	struct gpu_params *params;
};

static void destroy_params(void *proxy)
{
	zwp_linux_buffer_params_v1_destroy(proxy);
}

static void create_waiting(struct order *order)
{
	struct order_data *data = order->data;
	struct client *attacker = order->rig->attacker;
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(attacker, 5);
	struct wl_surface *parent = wl_compositor_create_surface(attacker->compositor);
	struct wl_surface *child = wl_compositor_create_surface(attacker->compositor);
	struct wl_subsurface *subsurface =
		wl_subcompositor_get_subsurface(attacker->subcompositor, child, parent);
	struct wl_buffer *buffer = gpu_buffer_unwritten(dmabuf, 16, 16, &data->writer);
	wl_surface_attach(child, buffer, 0, 0);
	wl_surface_commit(child);
	wl_surface_commit(parent);
	wl_surface_commit(child);
	order_add(order, dmabuf, zwp_linux_dmabuf_v1_destroy);
	order_add(order, parent, wl_surface_destroy);
	order_add(order, child, wl_surface_destroy);
	order_add(order, subsurface, wl_subsurface_destroy);
	order_add(order, buffer, wl_buffer_destroy);
}

static void destroy_waiting(struct order *order)
{
	struct order_data *data = order->data;
	fixture_pump(order->rig->fixture);
	close_fd(&data->writer);
	fixture_pump(order->rig->fixture);
	check_eq(data->gpu.textures, 0);
}

TEST(orders_of_what_waits)
{
	struct order_data data = {.writer = -1};
	struct server_options options = fake_gpu_options(&data.gpu);
	check_every_order_with(&options, &data, 5, create_waiting, destroy_waiting, NULL);
}

static void create_asked(struct order *order)
{
	struct order_data *data = order->data;
	struct client *attacker = order->rig->attacker;
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(attacker, 5);
	struct wl_surface *surface = wl_compositor_create_surface(attacker->compositor);
	data->params = gpu_params_create(dmabuf);
	int fd = gpu_memory(16, 16, 0xff00ff00);
	gpu_params_add(data->params, fd, 0, 0, 64, LINEAR);
	close(fd);
	zwp_linux_buffer_params_v1_create(data->params->params, 16, 16, XRGB, 0);
	fixture_pump(order->rig->fixture);
	check(data->params->created != NULL);
	wl_surface_attach(surface, data->params->created, 0, 0);
	wl_surface_commit(surface);
	order_add(order, dmabuf, zwp_linux_dmabuf_v1_destroy);
	order_add(order, surface, wl_surface_destroy);
	order_add(order, data->params->params, destroy_params);
	order_add(order, data->params->created, wl_buffer_destroy);
	order_add(order, zwp_linux_dmabuf_v1_get_surface_feedback(dmabuf, surface),
		zwp_linux_dmabuf_feedback_v1_destroy);
}

static void destroy_asked(struct order *order)
{
	struct order_data *data = order->data;
	free(data->params);
	fixture_pump(order->rig->fixture);
	check_eq(data->gpu.textures, 0);
}

TEST(orders_of_objects)
{
	struct order_data data = {.writer = -1};
	struct server_options options = fake_gpu_options(&data.gpu);
	check_every_order_with(&options, &data, 5, create_asked, destroy_asked, NULL);
}

TEST_F(dmabuf_rig, clients_leave_with_everything_open)
{
	for (int i = 0; i < 4; i++) {
		struct client *attacker = rig->hostile.attacker;
		struct client_window *window = client_window_create(attacker, 64, 48, 0xff112233);
		int writer, fd = gpu_memory(64, 48, 0);
		struct wl_buffer *buffer = gpu_buffer_unwritten(rig->dmabuf, 64, 48, &writer);
		struct wl_buffer *shown = gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		struct zwp_linux_dmabuf_feedback_v1 *feedback =
			zwp_linux_dmabuf_v1_get_surface_feedback(rig->dmabuf, window->surface);
		gpu_params_add(params, fd, (uint32_t)i, 0, 256, LINEAR);
		close(fd);
		wl_surface_attach(window->surface, shown, 0, 0);
		wl_surface_commit(window->surface);
		wl_surface_attach(window->surface, buffer, 0, 0);
		wl_surface_commit(window->surface);
		fixture_frames(rig->hostile.fixture, i);
		// Only the proxies are freed; the server notices when the socket closes.
		client_window_destroy(window);
		void *const proxies[] = {buffer, shown, params->params, feedback, rig->dmabuf};
		for (size_t j = 0; j < array_length(proxies); j++)
			wl_proxy_destroy(proxies[j]);
		free(params);
		hostile_rig_connect(&rig->hostile);
		check_eq(rig->gpu.textures, 0);
		close(writer);
		rig->dmabuf = gpu_bind(rig->hostile.attacker, 5);
	}
}
