// SPDX-License-Identifier: MIT
#include "tests/harness/cast.h"
#include <drm_fourcc.h>
#include <string.h>
#include <sys/types.h>
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "ext-foreign-toplevel-list-v1-client-protocol.h"
#include "ext-image-capture-source-v1-client-protocol.h"
#include "ext-image-copy-capture-v1-client-protocol.h"

// Windows

static void on_toplevel_event(void *data, struct ext_foreign_toplevel_handle_v1 *handle)
{
}

static void on_toplevel_text(
	void *data, struct ext_foreign_toplevel_handle_v1 *handle, const char *text)
{
}

static void on_identifier(
	void *data, struct ext_foreign_toplevel_handle_v1 *handle, const char *identifier)
{
	struct cast *cast = data;
	if (strcmp(identifier, cast->window->window->identifier) == 0)
		cast->toplevel = handle;
}

static void on_toplevel_done(void *data, struct ext_foreign_toplevel_handle_v1 *handle)
{
	struct cast *cast = data;
	if (cast->toplevel != handle)
		ext_foreign_toplevel_handle_v1_destroy(handle);
}

static const struct ext_foreign_toplevel_handle_v1_listener toplevel_listener = {
	.closed = on_toplevel_event,
	.done = on_toplevel_done,
	.title = on_toplevel_text,
	.app_id = on_toplevel_text,
	.identifier = on_identifier,
};

static void on_toplevel(void *data, struct ext_foreign_toplevel_list_v1 *list,
	struct ext_foreign_toplevel_handle_v1 *handle)
{
	ext_foreign_toplevel_handle_v1_add_listener(handle, &toplevel_listener, data);
}

static void on_finished(void *data, struct ext_foreign_toplevel_list_v1 *list)
{
}

static const struct ext_foreign_toplevel_list_v1_listener list_listener = {
	.toplevel = on_toplevel,
	.finished = on_finished,
};

// Sessions

static void on_size(void *data, struct ext_image_copy_capture_session_v1 *session, uint32_t width,
	uint32_t height)
{
	struct cast *cast = data;
	cast->width = (int)width;
	cast->height = (int)height;
	cast->shm_formats = cast->devices = cast->dmabuf_formats = 0;
}

static void on_shm_format(
	void *data, struct ext_image_copy_capture_session_v1 *session, uint32_t format)
{
	struct cast *cast = data;
	cast->shm_formats++;
}

static void on_device(
	void *data, struct ext_image_copy_capture_session_v1 *session, struct wl_array *device)
{
	struct cast *cast = data;
	check_eq(device->size, sizeof(dev_t));
	cast->devices++;
}

static void on_dmabuf_format(void *data, struct ext_image_copy_capture_session_v1 *session,
	uint32_t format, struct wl_array *modifiers)
{
	struct cast *cast = data;
	check_eq(cast->devices, 1);
	check_eq(modifiers->size, sizeof(uint64_t));
	check_eq(*(uint64_t *)modifiers->data, DRM_FORMAT_MOD_LINEAR);
	cast->dmabuf_formats++;
}

static void on_session_event(void *data, struct ext_image_copy_capture_session_v1 *session)
{
}

static const struct ext_image_copy_capture_session_v1_listener session_listener = {
	.buffer_size = on_size,
	.shm_format = on_shm_format,
	.dmabuf_device = on_device,
	.dmabuf_format = on_dmabuf_format,
	.done = on_session_event,
	.stopped = on_session_event,
};

// Frames

static void on_transform(
	void *data, struct ext_image_copy_capture_frame_v1 *frame, uint32_t transform)
{
}

static void on_damage(void *data, struct ext_image_copy_capture_frame_v1 *frame, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
}

static void on_time(void *data, struct ext_image_copy_capture_frame_v1 *frame, uint32_t sec_hi,
	uint32_t sec_lo, uint32_t nsec)
{
}

static void on_ready(void *data, struct ext_image_copy_capture_frame_v1 *frame)
{
	struct cast *cast = data;
	cast->ready++;
}

static void on_failed(void *data, struct ext_image_copy_capture_frame_v1 *frame, uint32_t reason)
{
	struct cast *cast = data;
	check(reason != EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_UNKNOWN);
	cast->failed++;
}

static const struct ext_image_copy_capture_frame_v1_listener frame_listener = {
	.transform = on_transform,
	.damage = on_damage,
	.presentation_time = on_time,
	.ready = on_ready,
	.failed = on_failed,
};

void cast_begin(struct cast *cast, struct client *client, const struct client_window *window,
	uint32_t options)
{
	*cast = (struct cast){.client = client, .window = window};
	cast->manager = client_bind(client, &ext_image_copy_capture_manager_v1_interface, 1);
	if (window) {
		cast->list = client_bind(client, &ext_foreign_toplevel_list_v1_interface, 1);
		ext_foreign_toplevel_list_v1_add_listener(cast->list, &list_listener, cast);
		cast->toplevels = client_bind(
			client, &ext_foreign_toplevel_image_capture_source_manager_v1_interface, 1);
		fixture_pump(client->fixture);
		check(cast->toplevel != NULL);
		cast->source = ext_foreign_toplevel_image_capture_source_manager_v1_create_source(
			cast->toplevels, cast->toplevel);
	} else {
		struct client_output *output = wl_container_of(client->outputs.next, output, link);
		cast->outputs = client_bind(
			client, &ext_output_image_capture_source_manager_v1_interface, 1);
		cast->source = ext_output_image_capture_source_manager_v1_create_source(
			cast->outputs, output->output);
	}
	cast->session = ext_image_copy_capture_manager_v1_create_session(
		cast->manager, cast->source, options);
	ext_image_copy_capture_session_v1_add_listener(cast->session, &session_listener, cast);
	fixture_pump(client->fixture);
}

void cast_capture(struct cast *cast, struct wl_buffer *buffer)
{
	if (cast->frame)
		ext_image_copy_capture_frame_v1_destroy(cast->frame);
	cast->ready = cast->failed = 0;
	cast->frame = ext_image_copy_capture_session_v1_create_frame(cast->session);
	ext_image_copy_capture_frame_v1_add_listener(cast->frame, &frame_listener, cast);
	ext_image_copy_capture_frame_v1_attach_buffer(cast->frame, buffer);
	ext_image_copy_capture_frame_v1_capture(cast->frame);
	fixture_pump(cast->client->fixture);
}

void cast_end(struct cast *cast)
{
	if (cast->frame)
		ext_image_copy_capture_frame_v1_destroy(cast->frame);
	ext_image_copy_capture_session_v1_destroy(cast->session);
	ext_image_capture_source_v1_destroy(cast->source);
	if (cast->window) {
		ext_foreign_toplevel_handle_v1_destroy(cast->toplevel);
		ext_foreign_toplevel_list_v1_destroy(cast->list);
		ext_foreign_toplevel_image_capture_source_manager_v1_destroy(cast->toplevels);
	} else {
		ext_output_image_capture_source_manager_v1_destroy(cast->outputs);
	}
	ext_image_copy_capture_manager_v1_destroy(cast->manager);
}
