// SPDX-License-Identifier: MIT
// Capture sessions of ext_image_copy_capture_manager_v1, which the manager and its cursor sessions
// create.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct output;
struct server;
struct window;
struct wl_client;

enum capture_session_kind {
	CAPTURE_SESSION_OUTPUT,
	CAPTURE_SESSION_WINDOW,
	CAPTURE_SESSION_CURSOR,
};

// Creates an ext_image_copy_capture_session_v1 of the source that its kind names, a cursor as it
// looks on that source, and sends its buffer constraints. A source that is gone is NULL: the
// session is stopped at once. Posts no_memory on failure.
void capture_session_create(struct server *server, struct wl_client *client, int version,
	uint32_t id, enum capture_session_kind kind, struct output *output, struct window *window,
	bool paint_cursor);
