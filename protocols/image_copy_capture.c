// SPDX-License-Identifier: MIT
// ext_image_copy_capture_manager_v1, with its cursor sessions, which report where the pointer is on
// a source. What is captured: image_copy_session.c.
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "compositor/window/window_capture.h"
#include "ext-image-copy-capture-v1-protocol.h"
#include "protocols/image_copy_session.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"

struct cursor_session {
	struct server *server;
	struct wl_resource *resource;
	struct weak output, window; // source: origin of positions
	bool entered, has_session;
	int x, y, hotspot_x, hotspot_y;
	struct wl_listener moved, shown;
};

static void cursor_session_update(struct cursor_session *session)
{
	const struct output *output = session->output.target;
	struct window *window = session->window.target;
	const struct pointer *pointer = &session->server->seat->pointer;
	struct box box = output ? output->box
		: window        ? window_capture_extents(window, false)
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

static void on_frame_done(struct wl_listener *listener, void *data)
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
			"the capture session was already created");
		return;
	}
	session->has_session = true;
	capture_session_create(session->server, client, wl_resource_get_version(resource), id,
		CAPTURE_SESSION_CURSOR, session->output.target, session->window.target, false);
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
	session->shown.notify = on_frame_done;
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
			"invalid options %#x", options);
		return;
	}
	capture_session_create(wl_resource_get_user_data(resource), client,
		wl_resource_get_version(resource), id,
		source->window.target ? CAPTURE_SESSION_WINDOW : CAPTURE_SESSION_OUTPUT,
		source->output.target, source->window.target, options != 0);
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
