// SPDX-License-Identifier: MIT
// zwp_linux_dmabuf_v1 and wl_drm: formats offered, buffer creation, and lifetimes of buffers and
// textures. The renderer is a fake that accepts plain files.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/output/gpu_reset.h"
#include "compositor/output/output.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "drm-client-protocol.h"

struct dmabuf_rig {
	struct fake_gpu gpu;
	struct fixture *fixture;
	struct client *client;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct client_window *window;
};

static void dmabuf_rig_init(struct dmabuf_rig *rig)
{
	struct server_options options = fake_gpu_options(&rig->gpu);
	rig->fixture = fixture_create(&options);
	rig->client = client_create(rig->fixture);
	rig->dmabuf = gpu_bind(rig->client, 5);
	rig->window = client_window_create(rig->client, 64, 48, 0xff123456);
	check(rig->window->window != NULL);
	rig->window->auto_ack = false; // the test attaches all buffers
}

static void dmabuf_rig_finish(struct dmabuf_rig *rig)
{
	check_no_error(rig->client);
	client_window_destroy(rig->window);
	zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
	fixture_destroy(rig->fixture);
	check_eq(rig->gpu.textures, 0);
}

static void show(struct dmabuf_rig *rig, struct wl_buffer *buffer)
{
	wl_surface_attach(rig->window->surface, buffer, 0, 0);
	wl_surface_damage_buffer(rig->window->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(rig->window->surface);
	fixture_frames(rig->fixture, 2);
}

static uint32_t shown(struct dmabuf_rig *rig)
{
	struct box box = window_box(rig->window->window);
	return fixture_pixel(rig->fixture, box.x + 20, box.y + 20);
}

static void on_release(void *data, struct wl_buffer *buffer)
{
	(*(int *)data)++;
}

static const struct wl_buffer_listener release_listener = {.release = on_release};

// Formats

TEST(nothing_without_a_renderer_that_takes_them)
{
	struct fake_gpu gpu = {.empty = true};
	struct server_options options = fake_gpu_options(&gpu);
	for (int i = 0; i < 2; i++) {
		struct fixture *fixture = fixture_create(i ? &options : NULL);
		struct client *client = client_create(fixture);
		check_eq(client_has(client, "zwp_linux_dmabuf_v1"), 0);
		check_eq(client_has(client, "wl_drm"), 0);
		check_eq(client_has(client, "wp_linux_drm_syncobj_manager_v1"), 0);
		fixture_destroy(fixture);
	}
}

// Neither the compositor nor a client has a device, as in a container that draws by vtest.
TEST(nothing_on_a_machine_without_devices)
{
	struct fake_gpu gpu = {.no_device = true, .no_render_node = true};
	struct server_options options = fake_gpu_options(&gpu);
	struct fixture *fixture = fixture_create(&options);
	struct client *client = client_create(fixture);
	check_eq(client_has(client, "zwp_linux_dmabuf_v1"), 0);
	check_eq(client_has(client, "wl_drm"), 0);
	fixture_destroy(fixture);
}

TEST(feedback_only_where_there_is_a_device_to_name)
{
	for (int i = 0; i < 2; i++) {
		struct fake_gpu gpu = {.no_device = i};
		struct server_options options = fake_gpu_options(&gpu);
		struct fixture *fixture = fixture_create(&options);
		struct client *client = client_create(fixture);
		check_eq(client_has(client, "zwp_linux_dmabuf_v1"), i ? 3 : 5);
		check_eq(client_has(client, "wl_drm"), i ? 0 : 2);
		fixture_destroy(fixture);
	}
}

struct offers {
	int formats, modifiers;
	bool tiled, implicit, rgb565;
};

static void on_format(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t format)
{
	struct offers *offers = data;
	offers->formats++;
	offers->rgb565 = offers->rgb565 || format == DRM_FORMAT_RGB565;
}

static void on_modifier(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t format,
	uint32_t modifier_hi, uint32_t modifier_lo)
{
	struct offers *offers = data;
	uint64_t modifier = (uint64_t)modifier_hi << 32 | modifier_lo;
	offers->modifiers++;
	offers->tiled = offers->tiled || modifier == FAKE_MODIFIER_TILED;
	offers->implicit = offers->implicit || modifier == DRM_FORMAT_MOD_INVALID;
}

static const struct zwp_linux_dmabuf_v1_listener dmabuf_listener = {
	.format = on_format,
	.modifier = on_modifier,
};

TEST_F(dmabuf_rig, each_version_hears_of_formats_in_its_own_way)
{
	for (uint32_t version = 1; version <= 5; version++) {
		struct offers offers = {0};
		struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, version);
		zwp_linux_dmabuf_v1_add_listener(dmabuf, &dmabuf_listener, &offers);
		fixture_pump(rig->fixture);
		check_eq(offers.formats, version < 3 ? 2 : 0);
		check_eq(offers.modifiers, version == 3 ? 8 : 0);
		check_eq(offers.tiled, version == 3);
		check_eq(offers.implicit, version == 3);
		check(!offers.rgb565); // only with a modifier
		zwp_linux_dmabuf_v1_destroy(dmabuf);
	}
}

// Buffers

TEST_F(dmabuf_rig, pixels_arrive_on_the_screen)
{
	struct wl_buffer *buffer = gpu_buffer(rig->dmabuf, 64, 48, 0xffaa5500);
	show(rig, buffer);
	check_eq(shown(rig), 0xaa5500);
	wl_buffer_destroy(buffer);
}

static const uint32_t versions[] = {1, 2, 3, 4, 5};
TEST_FP(dmabuf_rig, asked_for_and_created, uint32_t, versions)
{
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(rig->client, *param);
	struct gpu_params *params = gpu_params_create(dmabuf);
	int fd = gpu_memory(64, 48, 0xff00aa55);
	// Versions 1 and 2 have no modifiers: the value is ignored.
	gpu_params_add(params, fd, 0, 0, 256, *param < 3 ? 12345 : DRM_FORMAT_MOD_LINEAR);
	close(fd);
	zwp_linux_buffer_params_v1_create(params->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	fixture_pump(rig->fixture);
	check_eq(params->failed, 0);
	check(params->created != NULL);
	show(rig, params->created);
	check_eq(shown(rig), 0x00aa55);
	wl_buffer_destroy(params->created);
	gpu_params_destroy(params);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
}

TEST_F(dmabuf_rig, planes_of_all_kinds)
{
	static const struct {
		uint32_t format;
		uint64_t modifier;
		int n;
		uint32_t offset[3], stride[3];
	} kinds[] = {
		{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 1, {0}, {256}},
		{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID, 1, {64}, {320}},
		{DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR, 1, {0}, {128}},
		{DRM_FORMAT_XRGB8888, FAKE_MODIFIER_TILED, 1, {0}, {512}},
		{DRM_FORMAT_XRGB8888, FAKE_MODIFIER_COMPRESSED, 2, {0, 16000}, {512, 0}},
		{DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR, 2, {0, 4096}, {64, 64}},
	};
	int fd = memfd_sized("planes", 65536);
	for (size_t i = 0; i < array_length(kinds); i++) {
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		for (int plane = kinds[i].n - 1; plane >= 0; plane--) // in any order
			gpu_params_add(params, fd, (uint32_t)plane, kinds[i].offset[plane],
				kinds[i].stride[plane], kinds[i].modifier);
		struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
			params->params, 64, 48, kinds[i].format, 0);
		show(rig, buffer);
		check_no_error(rig->client);
		check_eq(params->failed, 0);
		check_eq(shown(rig), kinds[i].format == DRM_FORMAT_NV12 ? FAKE_GPU_PIPE_COLOR : 0);
		wl_buffer_destroy(buffer);
		gpu_params_destroy(params);
	}
	close(fd);
	check_eq(rig->gpu.imports, 6);
}

TEST_F(dmabuf_rig, what_the_driver_refuses_has_failed)
{
	rig->gpu.refuse = true;
	int fd = gpu_memory(64, 48, 0xffffffff);
	struct gpu_params *params[2];
	for (int i = 0; i < 2; i++) {
		params[i] = gpu_params_create(rig->dmabuf);
		gpu_params_add(params[i], fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
	}
	close(fd);
	zwp_linux_buffer_params_v1_create(params[0]->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
		params[1]->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	fixture_pump(rig->fixture);
	check(!params[0]->created);
	check_eq(params[0]->failed, 1);
	check_eq(params[1]->failed, 1);
	// A client that ignores the failure has a black window, and is not disconnected.
	show(rig, buffer);
	check_eq(shown(rig), 0);
	check_eq(rig->window->window->surface->width, 64);
	rig->gpu.refuse = false;
	struct wl_buffer *good = gpu_buffer(rig->dmabuf, 64, 48, 0xff336699);
	show(rig, good);
	check_eq(shown(rig), 0x336699);
	wl_buffer_destroy(buffer);
	wl_buffer_destroy(good);
	for (int i = 0; i < 2; i++)
		gpu_params_destroy(params[i]);
}

TEST_F(dmabuf_rig, a_picture_is_upside_down_where_its_client_says_so)
{
	int fd = gpu_memory(64, 48, 0xff112233);
	uint32_t below[24 * 64];
	for (size_t i = 0; i < array_length(below); i++)
		below[i] = 0xff445566;
	check_eq(pwrite(fd, below, sizeof(below), 24 * 256), (ssize_t)sizeof(below));
	for (uint32_t flags = 0; flags <= ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT; flags++) {
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		gpu_params_add(params, fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
		struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
			params->params, 64, 48, DRM_FORMAT_XRGB8888, flags);
		show(rig, buffer);
		check_eq(shown(rig), (flags ? 0x445566 : 0x112233));
		wl_buffer_destroy(buffer);
		gpu_params_destroy(params);
	}
	close(fd);
}

TEST_F(dmabuf_rig, pictures_with_other_flags_have_failed)
{
	int fd = gpu_memory(64, 48, 0xffffffff);
	for (uint32_t flags = 2; flags <= 16; flags *= 2) {
		struct gpu_params *params = gpu_params_create(rig->dmabuf);
		gpu_params_add(params, fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
		zwp_linux_buffer_params_v1_create(
			params->params, 64, 48, DRM_FORMAT_XRGB8888, flags);
		fixture_pump(rig->fixture);
		check_eq(params->failed, 1);
		gpu_params_destroy(params);
	}
	close(fd);
}

// Lifetimes

TEST_F(dmabuf_rig, a_buffer_is_released_when_another_takes_its_place)
{
	struct wl_buffer *buffers[2];
	int released[2] = {0};
	for (int i = 0; i < 2; i++) {
		buffers[i] = gpu_buffer(rig->dmabuf, 64, 48, i ? 0xff00ff00 : 0xffff0000);
		wl_buffer_add_listener(buffers[i], &release_listener, &released[i]);
	}
	show(rig, buffers[0]);
	fixture_frames(rig->fixture, 10);
	check_eq(released[0], 0);
	show(rig, buffers[1]);
	check_eq(released[0], 1);
	check_eq(released[1], 0);
	show(rig, buffers[1]); // again
	check_eq(released[1], 0);
	show(rig, buffers[0]);
	check_eq(released[0], 1);
	check_eq(released[1], 1);
	client_window_draw(rig->window, 64, 48, 0xff0000ff); // shared memory
	fixture_frames(rig->fixture, 2);
	check_eq(released[0], 2);
	check_eq(shown(rig), 0x0000ff);
	for (int i = 0; i < 2; i++)
		wl_buffer_destroy(buffers[i]);
}

TEST_F(dmabuf_rig, a_buffer_is_imported_once)
{
	struct wl_buffer *buffer = gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
	fixture_pump(rig->fixture);
	check_eq(rig->gpu.imports, 1);
	check_eq(rig->gpu.updates, 0);
	for (int i = 1; i <= 5; i++) {
		show(rig, buffer);
		check_eq(rig->gpu.imports, 1);
		check_eq(rig->gpu.updates, i);
		check_eq(rig->gpu.textures, 1);
	}
	client_window_draw(rig->window, 64, 48, 0xff0000ff);
	fixture_frames(rig->fixture, 2);
	check_eq(rig->gpu.textures, 1); // of the buffer, not of the surface
	wl_buffer_destroy(buffer);
	fixture_pump(rig->fixture);
	check_eq(rig->gpu.textures, 0);
}

TEST_F(dmabuf_rig, a_destroyed_buffer_is_shown_until_it_is_replaced)
{
	struct wl_buffer *buffer = gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
	show(rig, buffer);
	wl_buffer_destroy(buffer);
	fixture_frames(rig->fixture, 2);
	check_eq(shown(rig), 0x00ff00);
	check_eq(rig->gpu.textures, 1);
	buffer = gpu_buffer(rig->dmabuf, 64, 48, 0xffff00ff);
	show(rig, buffer);
	check_eq(shown(rig), 0xff00ff);
	check_eq(rig->gpu.textures, 1);
	wl_surface_attach(rig->window->surface, NULL, 0, 0);
	wl_surface_commit(rig->window->surface);
	wl_buffer_destroy(buffer);
	fixture_frames(rig->fixture, 2);
	check_eq(rig->gpu.textures, 0);
}

TEST_F(dmabuf_rig, surfaces_may_share_a_buffer)
{
	struct client_window *other = client_window_create(rig->client, 64, 48, 0xff000000);
	struct wl_buffer *buffer = gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
	int released = 0;
	wl_buffer_add_listener(buffer, &release_listener, &released);
	wl_surface_attach(other->surface, buffer, 0, 0);
	wl_surface_commit(other->surface);
	show(rig, buffer);
	check_eq(rig->gpu.textures, 1);
	client_window_destroy(other);
	fixture_frames(rig->fixture, 2);
	check_eq(shown(rig), 0x00ff00);
	check_eq(released, 0);
	wl_surface_attach(rig->window->surface, NULL, 0, 0);
	wl_surface_commit(rig->window->surface);
	fixture_frames(rig->fixture, 2);
	check_eq(released, 1);
	wl_buffer_destroy(buffer);
}

TEST(the_server_ends_before_its_buffers)
{
	struct dmabuf_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_rig_init(rig);
	int writer;
	struct wl_buffer *unwritten = gpu_buffer_unwritten(rig->dmabuf, 64, 48, &writer);
	show(rig, gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00));
	gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
	show(rig, unwritten);
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	int fd = gpu_memory(8, 8, 0);
	gpu_params_add(params, fd, 2, 0, 32, 0);
	fixture_pump(rig->fixture);
	server_destroy(rig->fixture->server);
	check_eq(rig->gpu.textures, 0);
	check(rig->gpu.renderer == NULL);
	// Skips the cleanup of the client, which is not under test.
	_exit(0);
}

TEST_F(dmabuf_rig, a_renderer_that_is_lost_gets_them_later)
{
	struct wl_buffer *old = gpu_buffer(rig->dmabuf, 64, 48, 0xff00ff00);
	show(rig, old);
	check_eq(rig->gpu.imports, 1);
	// While the GPU is lost, new buffers are accepted without a trial import.
	rig->gpu.renderer->lost = true;
	struct gpu_params *params = gpu_params_create(rig->dmabuf);
	int fd = gpu_memory(64, 48, 0xff0000ff);
	gpu_params_add(params, fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
	close(fd);
	zwp_linux_buffer_params_v1_create(params->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	wl_display_flush(rig->client->display);
	wl_event_loop_dispatch(rig->fixture->server->loop, 0);
	check_eq(rig->gpu.imports, 1);
	gpu_reset_check(rig->fixture->server);
	fixture_pump(rig->fixture);
	// After recovery the shown buffers are imported again.
	check(!rig->gpu.renderer->lost);
	check(params->created != NULL);
	check_eq(rig->gpu.imports, 2);
	check_eq(rig->gpu.textures, 1);
	check_eq(shown(rig), 0x00ff00);
	show(rig, params->created);
	check_eq(rig->gpu.imports, 3);
	check_eq(shown(rig), 0x0000ff);
	show(rig, old);
	check_eq(rig->gpu.imports, 3);
	check_eq(shown(rig), 0x00ff00);
	wl_buffer_destroy(old);
	wl_buffer_destroy(params->created);
	gpu_params_destroy(params);
}

// The import fails in a commit: the frame that would show the buffer starts the recovery, also one
// of an output that is powered off.
TEST_F(dmabuf_rig, failed_import_is_noticed_by_the_next_frame)
{
	struct output *output = output_first(rig->fixture->server);
	for (int on = 1; on >= 0; on--) {
		uint32_t argb = on ? 0xff00ff00 : 0xff0000ff;
		struct wl_buffer *buffer = gpu_buffer(rig->dmabuf, 64, 48, argb);
		fixture_frames(rig->fixture, 2);
		check(output_set_power(output, on));
		rig->gpu.renderer->lost = true;
		show(rig, buffer);
		fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
		check(!rig->gpu.renderer->lost);
		check_eq(shown(rig), argb & 0xffffff);
		wl_buffer_destroy(buffer);
	}
	check(output_set_power(output, true));
}

// wl_drm

struct drm_events {
	char device[64];
	int formats, authenticated;
	uint32_t capabilities;
};

static void on_drm_device(void *data, struct wl_drm *drm, const char *name)
{
	struct drm_events *events = data;
	strncpy(events->device, name, sizeof(events->device) - 1);
}

static void on_drm_format(void *data, struct wl_drm *drm, uint32_t format)
{
	struct drm_events *events = data;
	events->formats++;
}

static void on_authenticated(void *data, struct wl_drm *drm)
{
	struct drm_events *events = data;
	events->authenticated++;
}

static void on_drm_capabilities(void *data, struct wl_drm *drm, uint32_t value)
{
	struct drm_events *events = data;
	events->capabilities = value;
}

static const struct wl_drm_listener drm_listener = {
	.device = on_drm_device,
	.format = on_drm_format,
	.authenticated = on_authenticated,
	.capabilities = on_drm_capabilities,
};

TEST_F(dmabuf_rig, drm_names_the_device)
{
	for (uint32_t version = 1; version <= 2; version++) {
		struct drm_events events = {0};
		struct wl_drm *drm = client_bind(rig->client, &wl_drm_interface, version);
		wl_drm_add_listener(drm, &drm_listener, &events);
		wl_drm_authenticate(drm, 42);
		fixture_pump(rig->fixture);
		check_str(events.device, "/dev/null");
		check_eq(events.formats, 2);
		check_eq(events.authenticated, 1);
		check_eq(events.capabilities, version == 2 ? WL_DRM_CAPABILITY_PRIME : 0);
		wl_drm_destroy(drm);
	}
}

TEST_F(dmabuf_rig, drm_buffers_are_shown)
{
	struct wl_drm *drm = client_bind(rig->client, &wl_drm_interface, 2);
	int fd = gpu_memory(64, 48, 0xff654321);
	struct wl_buffer *buffer = wl_drm_create_prime_buffer(
		drm, fd, 64, 48, DRM_FORMAT_XRGB8888, 0, 256, 0, 0, 0, 0);
	close(fd);
	show(rig, buffer);
	check_eq(shown(rig), 0x654321);
	wl_buffer_destroy(buffer);
	wl_drm_destroy(drm);
}

static const struct drm_fault {
	int32_t width, height;
	uint32_t format;
	int32_t offset, stride;
	uint32_t code;
} drm_faults[] = {
	{0, 48, DRM_FORMAT_XRGB8888, 0, 256, WL_DRM_ERROR_INVALID_NAME},
	{64, -1, DRM_FORMAT_XRGB8888, 0, 256, WL_DRM_ERROR_INVALID_NAME},
	{64, 49, DRM_FORMAT_XRGB8888, 0, 256, WL_DRM_ERROR_INVALID_NAME},
	{64, 48, DRM_FORMAT_XRGB8888, 1, 256, WL_DRM_ERROR_INVALID_NAME},
	{64, 48, DRM_FORMAT_XRGB8888, -1, 256, WL_DRM_ERROR_INVALID_NAME},
	{64, 48, DRM_FORMAT_XRGB8888, 0, -256, WL_DRM_ERROR_INVALID_NAME},
	{64, 48, DRM_FORMAT_XRGB8888, 0, 255, WL_DRM_ERROR_INVALID_NAME},
	{64, 48, DRM_FORMAT_RGB565, 0, 256, WL_DRM_ERROR_INVALID_FORMAT}, // only with a modifier
	{64, 48, DRM_FORMAT_NV12, 0, 64, WL_DRM_ERROR_INVALID_FORMAT},
	{64, 48, 0x41414141, 0, 256, WL_DRM_ERROR_INVALID_FORMAT},
};
TEST_P(drm_buffers_that_are_wrong, struct drm_fault, drm_faults)
{
	struct dmabuf_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_rig_init(rig);
	struct wl_drm *drm = client_bind(rig->client, &wl_drm_interface, 2);
	int fd = gpu_memory(64, 48, 0xff654321);
	struct wl_buffer *buffer = wl_drm_create_prime_buffer(drm, fd, param->width, param->height,
		param->format, param->offset, param->stride, param->offset, param->stride, 0, 0);
	close(fd);
	check_client_error(rig->client, "wl_drm", param->code);
	wl_buffer_destroy(buffer);
	wl_drm_destroy(drm);
	zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static const int drm_refusals[] = {0, 1, 2};
TEST_P(drm_refuses, int, drm_refusals)
{
	struct dmabuf_rig new_rig = {0}, *rig = &new_rig;
	dmabuf_rig_init(rig);
	struct wl_drm *drm = client_bind(rig->client, &wl_drm_interface, 2);
	struct wl_buffer *buffer;
	if (*param == 0) {
		buffer = wl_drm_create_buffer(drm, 1, 64, 48, 256, DRM_FORMAT_XRGB8888);
	} else if (*param == 1) {
		buffer = wl_drm_create_planar_buffer(
			drm, 1, 64, 48, DRM_FORMAT_NV12, 0, 64, 4096, 64, 0, 0);
	} else {
		rig->gpu.refuse = true;
		int fd = gpu_memory(64, 48, 0);
		buffer = wl_drm_create_prime_buffer(
			drm, fd, 64, 48, DRM_FORMAT_XRGB8888, 0, 256, 0, 0, 0, 0);
		close(fd);
	}
	check_client_error(rig->client, "wl_drm", WL_DRM_ERROR_INVALID_NAME);
	wl_buffer_destroy(buffer);
	wl_drm_destroy(drm);
	zwp_linux_dmabuf_v1_destroy(rig->dmabuf);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}
