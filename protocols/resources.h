// SPDX-License-Identifier: MIT
// Lookups of what a wl_resource stands for, shared by all protocols: one protocol creates the
// resource and defines the lookup, others receive the resource as an argument of a request. This is
// the only way in which protocols call each other.
#pragma once
#include "compositor/base/weak.h"

struct data_source;
struct output;
struct seat;
struct window;
struct wl_resource;

// Of a wl_seat, wl_pointer, wl_keyboard or wl_touch (wl_seat.c). NULL gives NULL, and so does an
// object whose client is being destroyed.
struct seat *seat_from_resource(struct wl_resource *resource);

// Of a wl_output (wl_output.c). NULL gives NULL, and so does an output that was removed or
// disabled.
struct output *output_from_resource(struct wl_resource *resource);

// Of a wl_data_source (wl_data_device.c). Never NULL; lives as long as resource.
struct data_source *data_source_from_resource(struct wl_resource *resource);

// Of a toplevel handle, of ext_foreign_toplevel_list_v1 or zwlr_foreign_toplevel_manager_v1
// (foreign_toplevel_handle.c). NULL once the window is closed.
struct window *window_from_handle(struct wl_resource *handle);

// What is to be captured: one of the two is set, none once the output or window is destroyed.
struct capture_source {
	struct weak output; // struct output *
	struct weak window; // struct window *
};

// Of an ext_image_capture_source_v1 (image_capture_source.c). Never NULL; lives as long as
// resource.
const struct capture_source *capture_source_from_resource(struct wl_resource *resource);
