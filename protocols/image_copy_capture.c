// SPDX-License-Identifier: MIT
// ext_image_copy_capture_manager_v1: sessions that fill client buffers with pictures of an output,
// a toplevel or the cursor, each as soon as something changed since the last one.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/core/capture.h"
#include "compositor/core/capture_source.h"
#include "compositor/core/client_buffer.h"
#include "compositor/core/cursor.h"
#include "compositor/core/output.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/window.h"
#include "compositor/core/wire.h"
#include "ext-image-copy-capture-v1-protocol.h"
#include "protocols/protocols.h"

enum session_kind {
	SESSION_OUTPUT,
	SESSION_WINDOW,
	SESSION_CURSOR,
};

struct session {
	struct server *server;
	struct wl_resource *resource;
	enum session_kind kind;
	struct weak output, window; // which of them, by kind
	bool paint_cursor, stopped;
	int width, height;           // constraints as sent last
	region damage;               // buffer pixels that changed since the last picture
	struct capture_frame *frame; // or NULL
	struct wl_listener damaged, shown, changed, gone;
};

struct capture_frame {
	struct wl_resource *resource;
	struct session *session; // NULL: it is gone
	struct weak buffer;      // struct buffer *
	region client_damage;    // what the client's buffer misses
	bool captured, done;
};

struct cursor_session {
	struct server *server;
	struct wl_resource *resource;
	struct weak output, window; // where positions are measured from
	bool entered, has_session;
	int x, y, hotspot_x, hotspot_y;
	struct wl_listener moved, shown;
};

// Sessions

static double session_scale(const struct session *session)
{
	const struct window *window = session->window.target;
	const struct output *output = session->kind == SESSION_WINDOW
		? window ? window->output : NULL
		: session->output.target;
	return output ? output->scale : 1;
}

static void session_size(struct session *session, int *width, int *height)
{
	int hotspot_x, hotspot_y;
	*width = *height = 0;
	if (session->kind == SESSION_OUTPUT && session->output.target) {
		output_size_px(session->output.target, width, height);
	} else if (session->kind == SESSION_WINDOW && session->window.target) {
		struct box box = capture_window_extents(session->window.target, false);
		*width = scale_round(box.width, session_scale(session));
		*height = scale_round(box.height, session_scale(session));
	} else if (session->kind == SESSION_CURSOR) {
		const struct buffer *image = cursor_image(session->server->seat->cursor,
			session_scale(session), &hotspot_x, &hotspot_y);
		*width = image ? image->width : 1;
		*height = image ? image->height : 1;
	}
	*width = MAX(*width, 1);
	*height = MAX(*height, 1);
}

static void damage_everything(struct session *session)
{
	pixman_region32_fini(&session->damage);
	pixman_region32_init_rect(
		&session->damage, 0, 0, (unsigned)session->width, (unsigned)session->height);
}

// Sends size and formats where they are news.
static void send_constraints(struct session *session)
{
	int width, height;
	session_size(session, &width, &height);
	if (session->stopped || (width == session->width && height == session->height))
		return;
	session->width = width;
	session->height = height;
	damage_everything(session);
	ext_image_copy_capture_session_v1_send_buffer_size(
		session->resource, (uint32_t)width, (uint32_t)height);
	for (size_t i = 0; i < capture_formats_count; i++) {
		if (session->kind != SESSION_OUTPUT && !format_has_alpha(capture_formats[i]))
			continue;
		ext_image_copy_capture_session_v1_send_shm_format(
			session->resource, format_to_shm(capture_formats[i]));
	}
	ext_image_copy_capture_session_v1_send_done(session->resource);
}

static void frame_fail(struct capture_frame *frame, uint32_t reason)
{
	if (frame->done)
		return;
	frame->done = true;
	ext_image_copy_capture_frame_v1_send_failed(frame->resource, reason);
}

static void session_unlink(struct session *session)
{
	struct wl_listener *listeners[] = {
		&session->damaged, &session->shown, &session->changed, &session->gone};
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

static bool draw(struct session *session, struct buffer *buffer)
{
	int hotspot_x, hotspot_y;
	if (session->kind == SESSION_OUTPUT)
		return capture_output(session->output.target, NULL, session->paint_cursor, buffer);
	if (session->kind == SESSION_WINDOW)
		return capture_window(
			session->window.target, session_scale(session), false, buffer);
	struct buffer *image = cursor_image(
		session->server->seat->cursor, session_scale(session), &hotspot_x, &hotspot_y);
	return capture_image(session->server, image, buffer);
}

// Takes the picture, where one was asked for and there is something new.
static void try_capture(struct session *session)
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
	if (!draw(session, buffer)) {
		frame_fail(frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_UNKNOWN);
		return;
	}
	struct wl_resource *resource = frame->resource;
	const struct output *output = session->output.target;
	ext_image_copy_capture_frame_v1_send_transform(
		resource, session->kind == SESSION_OUTPUT ? output->transform : TRANSFORM_NORMAL);
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles(&session->damage, &n);
	for (int i = 0; i < n; i++)
		ext_image_copy_capture_frame_v1_send_damage(resource, rects[i].x1, rects[i].y1,
			rects[i].x2 - rects[i].x1, rects[i].y2 - rects[i].y1);
	uint64_t now = clock_now_ns(session->server->clock), seconds = now / NSEC_PER_SEC;
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
	pixman_region32_union(&session->damage, &session->damage, (region *)damage->damage);
}

static void on_output_shown(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, shown);
	try_capture(session);
}

static void on_source_changed(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, changed);
	send_constraints(session);
}

static void on_window_committed(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, damaged);
	send_constraints(session);
	damage_everything(session);
	try_capture(session);
}

static void on_cursor_maybe_changed(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, shown);
	send_constraints(session);
	damage_everything(session);
	try_capture(session);
}

static void on_source_gone(struct wl_listener *listener, void *data)
{
	struct session *session = wl_container_of(listener, session, gone);
	session_stop(session);
}

static void on_session_destroyed(struct wl_resource *resource)
{
	struct session *session = wl_resource_get_user_data(resource);
	session_unlink(session);
	if (session->frame)
		session->frame->session = NULL;
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
	if (session->kind == SESSION_OUTPUT && output) {
		session->damaged.notify = on_output_damaged;
		wl_signal_add(&output->events.damaged, &session->damaged);
		session->shown.notify = on_output_shown;
		wl_signal_add(&output->events.frame, &session->shown);
		wl_signal_add(&output->events.changed, &session->changed);
		wl_signal_add(&output->events.destroyed, &session->gone);
	} else if (session->kind == SESSION_WINDOW && window) {
		session->damaged.notify = on_window_committed;
		wl_signal_add(&window->events.committed, &session->damaged);
		wl_signal_add(&window->events.changed, &session->changed);
		wl_signal_add(&window->events.destroyed, &session->gone);
	} else if (session->kind == SESSION_CURSOR && (output || window)) {
		session->shown.notify = on_cursor_maybe_changed;
		wl_signal_add(&session->server->events.frame_done, &session->shown);
		wl_signal_add(output ? &output->events.destroyed : &window->events.destroyed,
			&session->gone);
	} else {
		session_stop(session);
	}
}

static void session_create(struct server *server, struct wl_client *client, int version,
	uint32_t id, enum session_kind kind, struct output *output, struct window *window,
	bool paint_cursor)
{
	struct session *session = xcalloc(1, sizeof(*session));
	session->server = server;
	session->kind = kind;
	session->paint_cursor = paint_cursor;
	pixman_region32_init(&session->damage);
	wl_list_init(&session->damaged.link);
	wl_list_init(&session->shown.link);
	wl_list_init(&session->changed.link);
	wl_list_init(&session->gone.link);
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
	send_constraints(session);
}

// Frames

static bool still_editable(struct capture_frame *frame)
{
	if (frame->captured)
		wl_resource_post_error(frame->resource,
			EXT_IMAGE_COPY_CAPTURE_FRAME_V1_ERROR_ALREADY_CAPTURED,
			"the picture was asked for before");
	return !frame->captured;
}

static void handle_attach_buffer(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *buffer_resource)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	if (!still_editable(frame))
		return;
	struct buffer *buffer = buffer_from_resource(buffer_resource);
	weak_set(&frame->buffer, buffer, buffer ? &buffer->destroyed : NULL);
}

static void handle_damage_buffer(struct wl_client *client, struct wl_resource *resource, int32_t x,
	int32_t y, int32_t width, int32_t height)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	if (!still_editable(frame))
		return;
	if (x < 0 || y < 0 || width <= 0 || height <= 0) {
		wl_resource_post_error(resource,
			EXT_IMAGE_COPY_CAPTURE_FRAME_V1_ERROR_INVALID_BUFFER_DAMAGE,
			"damage of %dx%d at %d,%d", width, height, x, y);
		return;
	}
	region_add_box(&frame->client_damage, &(struct box){x, y, width, height});
}

static void handle_capture(struct wl_client *client, struct wl_resource *resource)
{
	struct capture_frame *frame = wl_resource_get_user_data(resource);
	if (!still_editable(frame))
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
	if (!buffer->impl->begin_access || buffer->width != session->width ||
		buffer->height != session->height ||
		!format_set_has(
			&session->server->renderer->shm, buffer->format, DRM_FORMAT_MOD_LINEAR)) {
		frame_fail(
			frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_BUFFER_CONSTRAINTS);
		return;
	}
	const struct output *output = session->output.target;
	if (session->kind != SESSION_OUTPUT || output_is_idle(output))
		try_capture(session);
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
	if (frame->session)
		frame->session->frame = NULL;
	weak_clear(&frame->buffer);
	pixman_region32_fini(&frame->client_damage);
	free(frame);
}

static void handle_create_frame(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct session *session = wl_resource_get_user_data(resource);
	if (session->frame) {
		wl_resource_post_error(resource,
			EXT_IMAGE_COPY_CAPTURE_SESSION_V1_ERROR_DUPLICATE_FRAME,
			"the session's last frame was not destroyed");
		return;
	}
	struct capture_frame *frame = xcalloc(1, sizeof(*frame));
	pixman_region32_init(&frame->client_damage);
	frame->resource = wire_create(client, &ext_image_copy_capture_frame_v1_interface,
		wl_resource_get_version(resource), id, &frame_impl, frame, on_frame_destroyed);
	if (!frame->resource) {
		pixman_region32_fini(&frame->client_damage);
		free(frame);
		return;
	}
	frame->session = session;
	session->frame = frame;
}

// The cursor's whereabouts

static void cursor_session_update(struct cursor_session *session)
{
	const struct output *output = session->output.target;
	struct window *window = session->window.target;
	const struct pointer *pointer = &session->server->seat->pointer;
	struct box box = output ? output->box
		: window        ? capture_window_extents(window, false)
				: (struct box){0};
	bool inside = box_contains(&box, pointer->x, pointer->y);
	if (inside != session->entered) {
		session->entered = inside;
		if (inside)
			ext_image_copy_capture_cursor_session_v1_send_enter(session->resource);
		else
			ext_image_copy_capture_cursor_session_v1_send_leave(session->resource);
	}
	if (!inside)
		return;
	const struct output *scaled = output ? output : window->output;
	double scale = scaled ? scaled->scale : 1;
	int x = (int)floor((pointer->x - box.x) * scale);
	int y = (int)floor((pointer->y - box.y) * scale);
	if (x != session->x || y != session->y) {
		ext_image_copy_capture_cursor_session_v1_send_position(session->resource, x, y);
		session->x = x;
		session->y = y;
	}
	int hotspot_x = 0, hotspot_y = 0;
	cursor_image(session->server->seat->cursor, scale, &hotspot_x, &hotspot_y);
	if (hotspot_x != session->hotspot_x || hotspot_y != session->hotspot_y) {
		ext_image_copy_capture_cursor_session_v1_send_hotspot(
			session->resource, hotspot_x, hotspot_y);
		session->hotspot_x = hotspot_x;
		session->hotspot_y = hotspot_y;
	}
}

static void on_pointer_moved(struct wl_listener *listener, void *data)
{
	struct cursor_session *session = wl_container_of(listener, session, moved);
	cursor_session_update(session);
}

static void on_any_frame(struct wl_listener *listener, void *data)
{
	struct cursor_session *session = wl_container_of(listener, session, shown);
	cursor_session_update(session);
}

static void handle_get_capture_session(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct cursor_session *session = wl_resource_get_user_data(resource);
	if (session->has_session) {
		wl_resource_post_error(resource,
			EXT_IMAGE_COPY_CAPTURE_CURSOR_SESSION_V1_ERROR_DUPLICATE_SESSION,
			"the capture session was made before");
		return;
	}
	session->has_session = true;
	session_create(session->server, client, wl_resource_get_version(resource), id,
		SESSION_CURSOR, session->output.target, session->window.target, false);
}

static const struct ext_image_copy_capture_cursor_session_v1_interface cursor_session_impl = {
	.destroy = wire_handle_destroy,
	.get_capture_session = handle_get_capture_session,
};

static void on_cursor_session_destroyed(struct wl_resource *resource)
{
	struct cursor_session *session = wl_resource_get_user_data(resource);
	wl_list_remove(&session->moved.link);
	wl_list_remove(&session->shown.link);
	weak_clear(&session->output);
	weak_clear(&session->window);
	free(session);
}

static void handle_create_pointer_cursor_session(struct wl_client *client,
	struct wl_resource *resource, uint32_t id, struct wl_resource *source_resource,
	struct wl_resource *pointer)
{
	const struct capture_source *source = capture_source_from_resource(source_resource);
	struct server *server = wl_resource_get_user_data(resource);
	struct cursor_session *session = xcalloc(1, sizeof(*session));
	session->server = server;
	session->x = session->y = INT32_MIN;
	wl_list_init(&session->moved.link);
	wl_list_init(&session->shown.link);
	session->resource = wire_create(client, &ext_image_copy_capture_cursor_session_v1_interface,
		wl_resource_get_version(resource), id, &cursor_session_impl, session,
		on_cursor_session_destroyed);
	if (!session->resource) {
		free(session);
		return;
	}
	struct output *output = source->output.target;
	struct window *window = source->window.target;
	if (output)
		weak_set(&session->output, output, &output->events.destroyed);
	if (window)
		weak_set(&session->window, window, &window->events.destroyed);
	session->moved.notify = on_pointer_moved;
	wl_signal_add(&server->seat->events.moved, &session->moved);
	session->shown.notify = on_any_frame;
	wl_signal_add(&server->events.frame_done, &session->shown);
	cursor_session_update(session);
}

// The manager

static void handle_create_session(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *source_resource, uint32_t options)
{
	const struct capture_source *source = capture_source_from_resource(source_resource);
	if (options & ~(uint32_t)EXT_IMAGE_COPY_CAPTURE_MANAGER_V1_OPTIONS_PAINT_CURSORS) {
		wl_resource_post_error(resource,
			EXT_IMAGE_COPY_CAPTURE_MANAGER_V1_ERROR_INVALID_OPTION,
			"there are no options %#x", options);
		return;
	}
	session_create(wl_resource_get_user_data(resource), client,
		wl_resource_get_version(resource), id,
		source->window.target ? SESSION_WINDOW : SESSION_OUTPUT, source->output.target,
		source->window.target, options != 0);
}

static const struct ext_image_copy_capture_manager_v1_interface manager_impl = {
	.create_session = handle_create_session,
	.create_pointer_cursor_session = handle_create_pointer_cursor_session,
	.destroy = wire_handle_destroy,
};

bool image_copy_capture_create(struct server *server)
{
	return wire_global(
		server, &ext_image_copy_capture_manager_v1_interface, 1, &manager_impl, NULL);
}
