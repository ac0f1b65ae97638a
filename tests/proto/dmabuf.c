// SPDX-License-Identifier: MIT
// zwp_linux_dmabuf_v1 and wl_drm: what is offered, buffers, and how long they and their textures
// live. The renderer is a fake that takes plain files.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/core/recover.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "drm-client-protocol.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"

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
	setup->window = client_window_create(setup->client, 64, 48, 0xff123456);
	check(setup->window->window != NULL);
	setup->window->auto_ack = false; // it draws nothing of its own accord
}

static void end(struct setup *setup)
{
	check_no_error(setup->client);
	client_window_destroy(setup->window);
	zwp_linux_dmabuf_v1_destroy(setup->dmabuf);
	fixture_destroy(setup->fixture);
	check_eq(setup->gpu.textures, 0);
}

static void show(struct setup *setup, struct wl_buffer *buffer)
{
	wl_surface_attach(setup->window->surface, buffer, 0, 0);
	wl_surface_damage_buffer(setup->window->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(setup->window->surface);
	fixture_frames(setup->fixture, 2);
}

static uint32_t shown(struct setup *setup)
{
	struct box box = window_box(setup->window->window);
	return fixture_pixel(setup->fixture, box.x + 20, box.y + 20);
}

static void on_release(void *data, struct wl_buffer *buffer)
{
	(*(int *)data)++;
}

static const struct wl_buffer_listener release_listener = {.release = on_release};

// What is offered

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

TEST(each_version_hears_of_formats_in_its_own_way)
{
	struct setup setup = {0};
	begin(&setup);
	for (uint32_t version = 1; version <= 5; version++) {
		struct offers offers = {0};
		struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(setup.client, version);
		zwp_linux_dmabuf_v1_add_listener(dmabuf, &dmabuf_listener, &offers);
		fixture_pump(setup.fixture);
		check_eq(offers.formats, version < 3 ? 2 : 0);
		check_eq(offers.modifiers, version == 3 ? 8 : 0);
		check_eq(offers.tiled, version == 3);
		check_eq(offers.implicit, version == 3);
		check(!offers.rgb565); // only with a modifier
		zwp_linux_dmabuf_v1_destroy(dmabuf);
	}
	end(&setup);
}

// Buffers

TEST(pixels_arrive_on_the_screen)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_buffer *buffer = gpu_buffer(setup.dmabuf, 64, 48, 0xffaa5500);
	show(&setup, buffer);
	check_eq(shown(&setup), 0xaa5500);
	wl_buffer_destroy(buffer);
	end(&setup);
}

static const uint32_t versions[] = {1, 2, 3, 4, 5};
TEST_P(asked_for_and_created, uint32_t, versions)
{
	struct setup setup = {0};
	begin(&setup);
	struct zwp_linux_dmabuf_v1 *dmabuf = gpu_bind(setup.client, *param);
	struct gpu_params *params = gpu_params_create(dmabuf);
	int fd = gpu_memory(64, 48, 0xff00aa55);
	// The oldest do not know modifiers, and send anything.
	gpu_params_add(params, fd, 0, 0, 256, *param < 3 ? 12345 : DRM_FORMAT_MOD_LINEAR);
	close(fd);
	zwp_linux_buffer_params_v1_create(params->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	fixture_pump(setup.fixture);
	check_eq(params->failed, 0);
	check(params->created != NULL);
	show(&setup, params->created);
	check_eq(shown(&setup), 0x00aa55);
	wl_buffer_destroy(params->created);
	gpu_params_destroy(params);
	zwp_linux_dmabuf_v1_destroy(dmabuf);
	end(&setup);
}

TEST(planes_of_all_kinds)
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
	struct setup setup = {0};
	begin(&setup);
	int fd = memfd_sized("planes", 65536);
	for (size_t i = 0; i < array_length(kinds); i++) {
		struct gpu_params *params = gpu_params_create(setup.dmabuf);
		for (int plane = kinds[i].n - 1; plane >= 0; plane--) // in any order
			gpu_params_add(params, fd, (uint32_t)plane, kinds[i].offset[plane],
				kinds[i].stride[plane], kinds[i].modifier);
		struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
			params->params, 64, 48, kinds[i].format, 0);
		show(&setup, buffer);
		check_no_error(setup.client);
		check_eq(params->failed, 0);
		check_eq(shown(&setup),
			kinds[i].format == DRM_FORMAT_NV12 ? FAKE_GPU_PIPE_COLOR : 0);
		wl_buffer_destroy(buffer);
		gpu_params_destroy(params);
	}
	close(fd);
	check_eq(setup.gpu.imports, 6);
	end(&setup);
}

TEST(what_the_driver_refuses_has_failed)
{
	struct setup setup = {0};
	begin(&setup);
	setup.gpu.refuse = true;
	int fd = gpu_memory(64, 48, 0xffffffff);
	struct gpu_params *params[2];
	for (int i = 0; i < 2; i++) {
		params[i] = gpu_params_create(setup.dmabuf);
		gpu_params_add(params[i], fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
	}
	close(fd);
	zwp_linux_buffer_params_v1_create(params[0]->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
		params[1]->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	fixture_pump(setup.fixture);
	check(!params[0]->created);
	check_eq(params[0]->failed, 1);
	check_eq(params[1]->failed, 1);
	// Who does not listen has a black window, and may go on.
	show(&setup, buffer);
	check_eq(shown(&setup), 0);
	check_eq(setup.window->window->surface->width, 64);
	setup.gpu.refuse = false;
	struct wl_buffer *good = gpu_buffer(setup.dmabuf, 64, 48, 0xff336699);
	show(&setup, good);
	check_eq(shown(&setup), 0x336699);
	wl_buffer_destroy(buffer);
	wl_buffer_destroy(good);
	for (int i = 0; i < 2; i++)
		gpu_params_destroy(params[i]);
	end(&setup);
}

TEST(a_picture_is_upside_down_where_its_client_says_so)
{
	struct setup setup = {0};
	begin(&setup);
	int fd = gpu_memory(64, 48, 0xff112233);
	uint32_t below[24 * 64];
	for (size_t i = 0; i < array_length(below); i++)
		below[i] = 0xff445566;
	check_eq(pwrite(fd, below, sizeof(below), 24 * 256), (ssize_t)sizeof(below));
	for (uint32_t flags = 0; flags <= ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT; flags++) {
		struct gpu_params *params = gpu_params_create(setup.dmabuf);
		gpu_params_add(params, fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
		struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
			params->params, 64, 48, DRM_FORMAT_XRGB8888, flags);
		show(&setup, buffer);
		check_eq(shown(&setup), (flags ? 0x445566 : 0x112233));
		wl_buffer_destroy(buffer);
		gpu_params_destroy(params);
	}
	close(fd);
	end(&setup);
}

TEST(pictures_with_other_flags_have_failed)
{
	struct setup setup = {0};
	begin(&setup);
	int fd = gpu_memory(64, 48, 0xffffffff);
	for (uint32_t flags = 2; flags <= 16; flags *= 2) {
		struct gpu_params *params = gpu_params_create(setup.dmabuf);
		gpu_params_add(params, fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
		zwp_linux_buffer_params_v1_create(
			params->params, 64, 48, DRM_FORMAT_XRGB8888, flags);
		fixture_pump(setup.fixture);
		check_eq(params->failed, 1);
		gpu_params_destroy(params);
	}
	close(fd);
	end(&setup);
}

// Lives

TEST(a_buffer_is_released_when_another_takes_its_place)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_buffer *buffers[2];
	int released[2] = {0};
	for (int i = 0; i < 2; i++) {
		buffers[i] = gpu_buffer(setup.dmabuf, 64, 48, i ? 0xff00ff00 : 0xffff0000);
		wl_buffer_add_listener(buffers[i], &release_listener, &released[i]);
	}
	show(&setup, buffers[0]);
	fixture_frames(setup.fixture, 10);
	check_eq(released[0], 0);
	show(&setup, buffers[1]);
	check_eq(released[0], 1);
	check_eq(released[1], 0);
	show(&setup, buffers[1]); // again
	check_eq(released[1], 0);
	show(&setup, buffers[0]);
	check_eq(released[0], 1);
	check_eq(released[1], 1);
	client_window_draw(setup.window, 64, 48, 0xff0000ff); // shared memory
	fixture_frames(setup.fixture, 2);
	check_eq(released[0], 2);
	check_eq(shown(&setup), 0x0000ff);
	for (int i = 0; i < 2; i++)
		wl_buffer_destroy(buffers[i]);
	end(&setup);
}

TEST(a_buffer_is_imported_once)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_buffer *buffer = gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00);
	fixture_pump(setup.fixture);
	check_eq(setup.gpu.imports, 1);
	check_eq(setup.gpu.updates, 0);
	for (int i = 1; i <= 5; i++) {
		show(&setup, buffer);
		check_eq(setup.gpu.imports, 1);
		check_eq(setup.gpu.updates, i);
		check_eq(setup.gpu.textures, 1);
	}
	client_window_draw(setup.window, 64, 48, 0xff0000ff);
	fixture_frames(setup.fixture, 2);
	check_eq(setup.gpu.textures, 1); // the buffer's, not the surface's
	wl_buffer_destroy(buffer);
	fixture_pump(setup.fixture);
	check_eq(setup.gpu.textures, 0);
	end(&setup);
}

TEST(a_destroyed_buffer_is_shown_until_it_is_replaced)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_buffer *buffer = gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00);
	show(&setup, buffer);
	wl_buffer_destroy(buffer);
	fixture_frames(setup.fixture, 2);
	check_eq(shown(&setup), 0x00ff00);
	check_eq(setup.gpu.textures, 1);
	buffer = gpu_buffer(setup.dmabuf, 64, 48, 0xffff00ff);
	show(&setup, buffer);
	check_eq(shown(&setup), 0xff00ff);
	check_eq(setup.gpu.textures, 1);
	wl_surface_attach(setup.window->surface, NULL, 0, 0);
	wl_surface_commit(setup.window->surface);
	wl_buffer_destroy(buffer);
	fixture_frames(setup.fixture, 2);
	check_eq(setup.gpu.textures, 0);
	end(&setup);
}

TEST(surfaces_may_share_a_buffer)
{
	struct setup setup = {0};
	begin(&setup);
	struct client_window *other = client_window_create(setup.client, 64, 48, 0xff000000);
	struct wl_buffer *buffer = gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00);
	int released = 0;
	wl_buffer_add_listener(buffer, &release_listener, &released);
	wl_surface_attach(other->surface, buffer, 0, 0);
	wl_surface_commit(other->surface);
	show(&setup, buffer);
	check_eq(setup.gpu.textures, 1);
	client_window_destroy(other);
	fixture_frames(setup.fixture, 2);
	check_eq(shown(&setup), 0x00ff00);
	check_eq(released, 0);
	wl_surface_attach(setup.window->surface, NULL, 0, 0);
	wl_surface_commit(setup.window->surface);
	fixture_frames(setup.fixture, 2);
	check_eq(released, 1);
	wl_buffer_destroy(buffer);
	end(&setup);
}

TEST(the_server_ends_before_its_buffers)
{
	struct setup setup = {0};
	begin(&setup);
	int writer;
	struct wl_buffer *unwritten = gpu_buffer_unwritten(setup.dmabuf, 64, 48, &writer);
	show(&setup, gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00));
	gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00);
	show(&setup, unwritten);
	struct gpu_params *params = gpu_params_create(setup.dmabuf);
	int fd = gpu_memory(8, 8, 0);
	gpu_params_add(params, fd, 2, 0, 32, 0);
	fixture_pump(setup.fixture);
	server_destroy(setup.fixture->server);
	check_eq(setup.gpu.textures, 0);
	check(setup.gpu.renderer == NULL);
	// The client sees the end of the connection; its half is only memory.
	_exit(0);
}

TEST(a_renderer_that_is_lost_gets_them_later)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_buffer *old = gpu_buffer(setup.dmabuf, 64, 48, 0xff00ff00);
	show(&setup, old);
	check_eq(setup.gpu.imports, 1);
	// While it is lost new buffers are taken on trust.
	setup.gpu.renderer->lost = true;
	struct gpu_params *params = gpu_params_create(setup.dmabuf);
	int fd = gpu_memory(64, 48, 0xff0000ff);
	gpu_params_add(params, fd, 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
	close(fd);
	zwp_linux_buffer_params_v1_create(params->params, 64, 48, DRM_FORMAT_XRGB8888, 0);
	wl_display_flush(setup.client->display);
	wl_event_loop_dispatch(setup.fixture->server->loop, 0);
	check_eq(setup.gpu.imports, 1);
	recover_if_lost(setup.fixture->server);
	fixture_pump(setup.fixture);
	// It has recovered: what is shown is imported again.
	check(!setup.gpu.renderer->lost);
	check(params->created != NULL);
	check_eq(setup.gpu.imports, 2);
	check_eq(setup.gpu.textures, 1);
	check_eq(shown(&setup), 0x00ff00);
	show(&setup, params->created);
	check_eq(setup.gpu.imports, 3);
	check_eq(shown(&setup), 0x0000ff);
	show(&setup, old);
	check_eq(setup.gpu.imports, 3);
	check_eq(shown(&setup), 0x00ff00);
	wl_buffer_destroy(old);
	wl_buffer_destroy(params->created);
	gpu_params_destroy(params);
	end(&setup);
}

TEST(pictures_of_the_screen_do_not_go_there)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_buffer *buffer = gpu_buffer(setup.dmabuf, 1280, 720, 0);
	struct zwlr_screencopy_manager_v1 *manager =
		client_bind(setup.client, &zwlr_screencopy_manager_v1_interface, 3);
	struct client_output *output = wl_container_of(setup.client->outputs.next, output, link);
	struct zwlr_screencopy_frame_v1 *frame =
		zwlr_screencopy_manager_v1_capture_output(manager, 0, output->output);
	zwlr_screencopy_frame_v1_copy(frame, buffer);
	check_client_error(setup.client, "zwlr_screencopy_frame_v1",
		ZWLR_SCREENCOPY_FRAME_V1_ERROR_INVALID_BUFFER);
	zwlr_screencopy_frame_v1_destroy(frame);
	zwlr_screencopy_manager_v1_destroy(manager);
	wl_buffer_destroy(buffer);
	client_window_destroy(setup.window);
	zwp_linux_dmabuf_v1_destroy(setup.dmabuf);
	fixture_destroy(setup.fixture);
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

TEST(drm_names_the_device)
{
	struct setup setup = {0};
	begin(&setup);
	for (uint32_t version = 1; version <= 2; version++) {
		struct drm_events events = {0};
		struct wl_drm *drm = client_bind(setup.client, &wl_drm_interface, version);
		wl_drm_add_listener(drm, &drm_listener, &events);
		wl_drm_authenticate(drm, 42);
		fixture_pump(setup.fixture);
		check_str(events.device, "/dev/null");
		check_eq(events.formats, 2);
		check_eq(events.authenticated, 1);
		check_eq(events.capabilities, version == 2 ? WL_DRM_CAPABILITY_PRIME : 0);
		wl_drm_destroy(drm);
	}
	end(&setup);
}

TEST(drm_buffers_are_shown)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_drm *drm = client_bind(setup.client, &wl_drm_interface, 2);
	int fd = gpu_memory(64, 48, 0xff654321);
	struct wl_buffer *buffer = wl_drm_create_prime_buffer(
		drm, fd, 64, 48, DRM_FORMAT_XRGB8888, 0, 256, 0, 0, 0, 0);
	close(fd);
	show(&setup, buffer);
	check_eq(shown(&setup), 0x654321);
	wl_buffer_destroy(buffer);
	wl_drm_destroy(drm);
	end(&setup);
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
	struct setup setup = {0};
	begin(&setup);
	struct wl_drm *drm = client_bind(setup.client, &wl_drm_interface, 2);
	int fd = gpu_memory(64, 48, 0xff654321);
	struct wl_buffer *buffer = wl_drm_create_prime_buffer(drm, fd, param->width, param->height,
		param->format, param->offset, param->stride, param->offset, param->stride, 0, 0);
	close(fd);
	check_client_error(setup.client, "wl_drm", param->code);
	wl_buffer_destroy(buffer);
	wl_drm_destroy(drm);
	zwp_linux_dmabuf_v1_destroy(setup.dmabuf);
	client_window_destroy(setup.window);
	fixture_destroy(setup.fixture);
}

static const int drm_refusals[] = {0, 1, 2};
TEST_P(drm_refuses, int, drm_refusals)
{
	struct setup setup = {0};
	begin(&setup);
	struct wl_drm *drm = client_bind(setup.client, &wl_drm_interface, 2);
	struct wl_buffer *buffer;
	if (*param == 0) {
		buffer = wl_drm_create_buffer(drm, 1, 64, 48, 256, DRM_FORMAT_XRGB8888);
	} else if (*param == 1) {
		buffer = wl_drm_create_planar_buffer(
			drm, 1, 64, 48, DRM_FORMAT_NV12, 0, 64, 4096, 64, 0, 0);
	} else {
		setup.gpu.refuse = true;
		int fd = gpu_memory(64, 48, 0);
		buffer = wl_drm_create_prime_buffer(
			drm, fd, 64, 48, DRM_FORMAT_XRGB8888, 0, 256, 0, 0, 0, 0);
		close(fd);
	}
	check_client_error(setup.client, "wl_drm", WL_DRM_ERROR_INVALID_NAME);
	wl_buffer_destroy(buffer);
	wl_drm_destroy(drm);
	zwp_linux_dmabuf_v1_destroy(setup.dmabuf);
	client_window_destroy(setup.window);
	fixture_destroy(setup.fixture);
}
