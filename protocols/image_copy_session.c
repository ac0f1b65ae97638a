// SPDX-License-Identifier: MIT
// Capture sessions of an output, a window or the cursor, and their frames. Each frame is copied
// into a client buffer once the source has changed since the last one.
#include "protocols/image_copy_session.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "compositor/client/wire.h"
#include "compositor/output/capture.h"
#include "compositor/output/capture_target.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/client_buffer.h"
#include "compositor/window/window.h"
#include "compositor/window/window_capture.h"
#include "ext-image-copy-capture-v1-protocol.h"
#include "renderer/renderer.h"

struct session {
	struct server *server;
	struct wl_resource *resource;
	enum capture_session_kind kind;
	struct weak output, window; // the source, by kind
	bool paint_cursor, stopped;
	bool counted;                // by window_count_captures
	int width, height;           // buffer size as sent last
	uint64_t version;            // of a window: as seen last
	region damage;               // changed since the last frame, buffer pixels
	struct capture_frame *frame; // or NULL
	struct wl_listener damaged, cursor_damaged, shown, changed, gone, locked;
};

struct capture_frame {
	struct wl_resource *resource;
	struct session *session;   // NULL: destroyed
	struct weak buffer;        // struct buffer *
	struct capture_wait *wait; // owned; for devices that use the buffer
	bool captured, done;
};

// Sessions

static double session_scale(const struct session *session)
{
	const struct window *window = session->window.target;
	const struct output *output = session->kind == CAPTURE_SESSION_WINDOW
		? window ? window->output : NULL
		: session->output.target;
	return output ? output->scale : 1;
}

static void session_size(struct session *session, int *width, int *height)
{
	int hotspot_x, hotspot_y;
	*width = *height = 0;
	if (session->kind == CAPTURE_SESSION_OUTPUT && session->output.target) {
		output_size_px(session->output.target, width, height);
	} else if (session->kind == CAPTURE_SESSION_WINDOW && session->window.target) {
		struct box box = window_capture_extents(session->window.target, false);
		*width = scale_round(box.width, session_scale(session));
		*height = scale_round(box.height, session_scale(session));
	} else if (session->kind == CAPTURE_SESSION_CURSOR) {
		const struct buffer *image = cursor_image(session->server->seat->cursor,
			session_scale(session), &hotspot_x, &hotspot_y);
		*width = image ? image->width : 1;
		*height = image ? image->height : 1;
	}
	*width = MAX(*width, 1);
	*height = MAX(*height, 1);
}

static void session_damage_all(struct session *session)
{
	pixman_region32_fini(&session->damage);
	pixman_region32_init_rect(
		&session->damage, 0, 0, (unsigned)session->width, (unsigned)session->height);
}

static bool session_offers(const struct session *session, uint32_t format)
{
	return session->kind == CAPTURE_SESSION_OUTPUT || format_has_alpha(format);
}

// Sends the device and formats of DMA-BUFs, if the renderer draws into any.
static void session_send_dmabuf_formats(struct session *session)
{
	dev_t device;
	free(device_render_node(session->server->renderer->device, &device));
	bool named = false;
	for (size_t i = 0; device && i < capture_formats_count; i++) {
		struct wl_array modifiers = {0};
		if (session_offers(session, capture_formats[i]))
			capture_target_modifiers(session->server, capture_formats[i], &modifiers);
		if (modifiers.size && !named) {
			struct wl_array number = {.size = sizeof(device), .data = &device};
			ext_image_copy_capture_session_v1_send_dmabuf_device(
				session->resource, &number);
			named = true;
		}
		if (modifiers.size)
			ext_image_copy_capture_session_v1_send_dmabuf_format(
				session->resource, capture_formats[i], &modifiers);
		wl_array_release(&modifiers);
	}
}

// Sends buffer size and formats if the size has changed.
static void session_send_constraints(struct session *session)
{
	int width, height;
	session_size(session, &width, &height);
	if (session->stopped || (width == session->width && height == session->height))
		return;
	session->width = width;
	session->height = height;
	session_damage_all(session);
	ext_image_copy_capture_session_v1_send_buffer_size(
		session->resource, (uint32_t)width, (uint32_t)height);
	for (size_t i = 0; i < capture_formats_count; i++)
		if (session_offers(session, capture_formats[i]))
			ext_image_copy_capture_session_v1_send_shm_format(
				session->resource, format_to_shm(capture_formats[i]));
	session_send_dmabuf_formats(session);
	ext_image_copy_capture_session_v1_send_done(session->resource);
}

static void frame_stop_waiting(struct capture_frame *frame)
{
	capture_wait_destroy(frame->wait);
	frame->wait = NULL;
}

static void frame_fail(struct capture_frame *frame, uint32_t reason)
{
	if (frame->done)
		return;
	frame->done = true;
	frame_stop_waiting(frame);
	ext_image_copy_capture_frame_v1_send_failed(frame->resource, reason);
}

static void session_unlink(struct session *session)
{
	if (session->counted && session->window.target)
		window_count_captures(session->window.target, -1);
	session->counted = false;
	struct wl_listener *listeners[] = {&session->damaged, &session->cursor_damaged,
		&session->shown, &session->changed, &session->gone, &session->locked};
	for (size_t i = 0; i < array_length(listeners); i++) {
		wl_list_remove(&listeners[i]->link);
		wl_list_init(&listeners[i]->link);
	}
}

static void session_stop(struct session *session)
{
	if (session->stopped)
		return;
	session->stopped = true;
	session_unlink(session);
	ext_image_copy_capture_session_v1_send_stopped(session->resource);
	if (session->frame && session->frame->captured)
		frame_fail(session->frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_STOPPED);
}

static bool session_draw(struct session *session, struct buffer *buffer)
{
	int hotspot_x, hotspot_y;
	if (session->kind == CAPTURE_SESSION_OUTPUT)
		return capture_output(session->output.target, NULL, session->paint_cursor, buffer);
	if (session->kind == CAPTURE_SESSION_WINDOW)
		return window_capture(
			session->window.target, session_scale(session), false, buffer);
	struct buffer *image = cursor_image(
		session->server->seat->cursor, session_scale(session), &hotspot_x, &hotspot_y);
	return capture_image(session->server, image, buffer);
}

static void session_try_capture(struct session *session);

static void on_buffer_idle(void *data)
{
	struct capture_frame *frame = data;
	frame_stop_waiting(frame);
	session_try_capture(frame->session);
}

// Whether a device still uses the buffer; the frame is then captured when it is idle.
static bool frame_waits_for_buffer(struct capture_frame *frame, const struct buffer *buffer)
{
	if (!frame->wait)
		frame->wait = capture_wait_create(frame->session->server,
			wl_resource_get_client(frame->resource), buffer, on_buffer_idle, frame);
	return frame->wait;
}

// Copies the source into the frame's buffer, if capture was requested, there is damage, and no
// device uses the buffer.
static void session_try_capture(struct session *session)
{
	struct capture_frame *frame = session->frame;
	if (!frame || !frame->captured || frame->done ||
		!pixman_region32_not_empty(&session->damage))
		return;
	struct buffer *buffer = frame->buffer.target;
	if (!buffer || buffer->width != session->width || buffer->height != session->height) {
		frame_fail(
			frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_BUFFER_CONSTRAINTS);
		return;
	}
	if (frame_waits_for_buffer(frame, buffer))
		return;
	if (!session_draw(session, buffer)) {
		frame_fail(frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_UNKNOWN);
		return;
	}
	struct wl_resource *resource = frame->resource;
	const struct output *output = session->output.target;
	ext_image_copy_capture_frame_v1_send_transform(resource,
		session->kind == CAPTURE_SESSION_OUTPUT ? output->transform : TRANSFORM_NORMAL);
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles(&session->damage, &n);
	for (int i = 0; i < n; i++)
		ext_image_copy_capture_frame_v1_send_damage(resource, rects[i].x1, rects[i].y1,
			rects[i].x2 - rects[i].x1, rects[i].y2 - rects[i].y1);
	// As those of wp_presentation, also under a virtual clock.
	uint64_t now = clock_monotonic_ns(), seconds = now / NSEC_PER_SEC;
	ext_image_copy_capture_frame_v1_send_presentation_time(resource, (uint32_t)(seconds >> 32),
		(uint32_t)seconds, (uint32_t)(now % NSEC_PER_SEC));
	ext_image_copy_capture_frame_v1_send_ready(resource);
	pixman_region32_clear(&session->damage);
	frame->done = true;
}

static void on_output_damaged(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, damaged);
	const struct output_damage *damage = data;
	region_add(&session->damage, damage->damage);
}

// The cursor may move on a plane, without frames.
static void on_cursor_damaged(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, cursor_damaged);
	const struct output_damage *damage = data;
	const struct capture_frame *frame = session->frame;
	region_add(&session->damage, damage->damage);
	if (frame && frame->captured && !frame->done)
		output_dirty(session->output.target);
}

static void on_output_shown(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, shown);
	session_try_capture(session);
}

static void on_source_changed(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, changed);
	session_send_constraints(session);
}

static void session_check_window(struct session *session)
{
	session_send_constraints(session);
	uint64_t version = window_capture_version(session->window.target);
	if (version != session->version)
		session_damage_all(session);
	session->version = version;
	session_try_capture(session);
}

static void on_window_committed(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, damaged);
	session_check_window(session);
}

// Subsurfaces may change without a commit of the window.
static void on_window_frame_done(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, shown);
	session_check_window(session);
}

static void on_cursor_frame_done(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, shown);
	session_send_constraints(session);
	session_damage_all(session);
	session_try_capture(session);
}

static void on_source_gone(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, gone);
	session_stop(session);
}

// A lock screen hides windows from captures, too.
static void on_lock_changed(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, locked);
	if (session->server->locked)
		session_stop(session);
}

static void on_session_destroyed(struct wl_resource *resource)
{
	struct session *session = wl_resource_get_user_data(resource);
	session_unlink(session);
	if (session->frame) {
		frame_stop_waiting(session->frame);
		session->frame->session = NULL;
	}
	weak_clear(&session->output);
	weak_clear(&session->window);
	pixman_region32_fini(&session->damage);
	free(session);
}

static void handle_create_frame(
	struct wl_client *client, struct wl_resource *resource, uint32_t id);

static const struct ext_image_copy_capture_session_v1_interface session_impl = {
	.create_frame = handle_create_frame,
	.destroy = wire_handle_destroy,
};

static void session_listen(struct session *session)
{
	struct output *output = session->output.target;
	struct window *window = session->window.target;
	session->changed.notify = on_source_changed;
	session->gone.notify = on_source_gone;
	session->locked.notify = on_lock_changed;
	if (window)
		wl_signal_add(&session->server->events.lock_changed, &session->locked);
	if (window && session->server->locked) {
		session_stop(session);
		return;
	}
	if (session->kind == CAPTURE_SESSION_OUTPUT && output) {
		session->damaged.notify = on_output_damaged;
		wl_signal_add(&output->events.damaged, &session->damaged);
		session->cursor_damaged.notify = on_cursor_damaged;
		if (session->paint_cursor)
			wl_signal_add(&output->events.cursor_damaged, &session->cursor_damaged);
		session->shown.notify = on_output_shown;
		wl_signal_add(&output->events.frame, &session->shown);
		wl_signal_add(&output->events.changed, &session->changed);
		wl_signal_add(&output->events.destroyed, &session->gone);
	} else if (session->kind == CAPTURE_SESSION_WINDOW && window) {
		window_count_captures(window, 1);
		session->counted = true;
		session->version = window_capture_version(window);
		session->damaged.notify = on_window_committed;
		wl_signal_add(&window->events.committed, &session->damaged);
		session->shown.notify = on_window_frame_done;
		wl_signal_add(&session->server->events.frame_done, &session->shown);
		wl_signal_add(&window->events.changed, &session->changed);
		wl_signal_add(&window->events.destroyed, &session->gone);
	} else if (session->kind == CAPTURE_SESSION_CURSOR && (output || window)) {
		session->shown.notify = on_cursor_frame_done;
		wl_signal_add(&session->server->events.frame_done, &session->shown);
		wl_signal_add(output ? &output->events.destroyed : &window->events.destroyed,
			&session->gone);
	} else {
		session_stop(session);
	}
}

void capture_session_create(struct server *server, struct wl_client *client, int version,
	uint32_t id, enum capture_session_kind kind, struct output *output, struct window *window,
	bool paint_cursor)
{
	struct session *session = xcalloc(1, sizeof(*session));
	session->server = server;
	session->kind = kind;
	session->paint_cursor = paint_cursor;
	pixman_region32_init(&session->damage);
	wl_list_init(&session->damaged.link);
	wl_list_init(&session->cursor_damaged.link);
	wl_list_init(&session->shown.link);
	wl_list_init(&session->changed.link);
	wl_list_init(&session->gone.link);
	wl_list_init(&session->locked.link);
	session->resource = wire_create(client, &ext_image_copy_capture_session_v1_interface,
		version, id, &session_impl, session, on_session_destroyed);
	if (!session->resource) {
		pixman_region32_fini(&session->damage);
		free(session);
		return;
	}
	if (output)
		weak_set(&session->output, output, &output->events.destroyed);
	if (window)
		weak_set(&session->window, window, &window->events.destroyed);
	session_listen(session);
	session_send_constraints(session);
}

// Frames

static bool check_not_captured(struct capture_frame *frame)
{
	if (frame->captured)
		wl_resource_post_error(frame->resource,
			EXT_IMAGE_COPY_CAPTURE_FRAME_V1_ERROR_ALREADY_CAPTURED,
			"the frame was already captured");
	return !frame->captured;
}

static void handle_attach_buffer(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *buffer_resource)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	if (!check_not_captured(frame))
		return;
	struct buffer *buffer = buffer_from_resource(buffer_resource);
	weak_set(&frame->buffer, buffer, buffer ? &buffer->destroyed : NULL);
}

// Only checked: the whole source is copied, whatever the buffer lacks.
static void handle_damage_buffer(struct wl_client *client, struct wl_resource *resource, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	if (!check_not_captured(frame))
		return;
	if (x < 0 || y < 0 || width <= 0 || height <= 0)
		wl_resource_post_error(resource,
			EXT_IMAGE_COPY_CAPTURE_FRAME_V1_ERROR_INVALID_BUFFER_DAMAGE,
			"invalid damage %dx%d at %d,%d", width, height, x, y);
}

static void handle_capture(struct wl_client *client, struct wl_resource *resource)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	if (!check_not_captured(frame))
		return;
	struct buffer *buffer = frame->buffer.target;
	if (!buffer) {
		wl_resource_post_error(resource, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_ERROR_NO_BUFFER,
			"no buffer was attached");
		return;
	}
	frame->captured = true;
	struct session *session = frame->session;
	if (!session || session->stopped) {
		frame_fail(frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_STOPPED);
		return;
	}
	if (!capture_target_fits(session->server, buffer) || buffer->width != session->width ||
		buffer->height != session->height) {
		frame_fail(
			frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_BUFFER_CONSTRAINTS);
		return;
	}
	const struct output *output = session->output.target;
	if (session->kind != CAPTURE_SESSION_OUTPUT || output_is_idle(output))
		session_try_capture(session);
}

static const struct ext_image_copy_capture_frame_v1_interface frame_impl = {
	.destroy = wire_handle_destroy,
	.attach_buffer = handle_attach_buffer,
	.damage_buffer = handle_damage_buffer,
	.capture = handle_capture,
};

static void on_frame_destroyed(struct wl_resource *resource)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	frame_stop_waiting(frame);
	if (frame->session)
		frame->session->frame = NULL;
	weak_clear(&frame->buffer);
	free(frame);
}

static void handle_create_frame(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct session *session = wl_resource_get_user_data(resource);
	if (session->frame) {
		wl_resource_post_error(resource,
			EXT_IMAGE_COPY_CAPTURE_SESSION_V1_ERROR_DUPLICATE_FRAME,
			"the previous frame of the session still exists");
		return;
	}
	struct capture_frame *frame = xcalloc(1, sizeof(*frame));
	frame->resource = wire_create(client, &ext_image_copy_capture_frame_v1_interface,
		wl_resource_get_version(resource), id, &frame_impl, frame, on_frame_destroyed);
	if (!frame->resource) {
		free(frame);
		return;
	}
	frame->session = session;
	session->frame = frame;
}
