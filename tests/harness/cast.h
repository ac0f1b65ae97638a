// SPDX-License-Identifier: MIT
// A cast of an output or a window by ext_image_copy_capture_manager_v1, as sharing the screen uses
// it: a source, a session, and one frame after another.
#pragma once
#include <stdint.h>
#include "tests/harness/client.h"

struct ext_foreign_toplevel_handle_v1;
struct ext_foreign_toplevel_image_capture_source_manager_v1;
struct ext_foreign_toplevel_list_v1;
struct ext_image_capture_source_v1;
struct ext_image_copy_capture_frame_v1;
struct ext_image_copy_capture_manager_v1;
struct ext_image_copy_capture_session_v1;
struct ext_output_image_capture_source_manager_v1;

struct cast {
	struct client *client;
	struct ext_output_image_capture_source_manager_v1 *outputs;
	struct ext_foreign_toplevel_image_capture_source_manager_v1 *toplevels;
	struct ext_foreign_toplevel_list_v1 *list;
	const struct client_window *window;              // NULL: an output is cast
	struct ext_foreign_toplevel_handle_v1 *toplevel; // of the window
	struct ext_image_copy_capture_manager_v1 *manager;
	struct ext_image_capture_source_v1 *source;
	struct ext_image_copy_capture_session_v1 *session;
	struct ext_image_copy_capture_frame_v1 *frame; // NULL: none was requested yet
	int width, height;                             // newest buffer_size event
	int shm_formats, devices, dmabuf_formats;      // events since then
	int ready, failed;                             // events of the frame
};

// Begins a session of a mapped window; NULL: of the first output. options as in create_session.
void cast_begin(struct cast *cast, struct client *client, const struct client_window *window,
	uint32_t options);
// Requests the next frame into the buffer, in place of the last one.
void cast_capture(struct cast *cast, struct wl_buffer *buffer);
// Destroys all objects. Does not pump.
void cast_end(struct cast *cast);
