// SPDX-License-Identifier: MIT
// Touch points and the events of wl_touch: the default behaviour, which grabs may fall back to.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/weak.h"

struct input_event;
struct seat;

// A touch point. From down to up it belongs to the surface that it began on.
struct touch_point {
	int32_t id;
	struct seat *seat;
	struct weak surface; // struct surface *
	struct wl_listener surface_destroyed;
	double offset_x, offset_y; // layout minus surface coordinates at down
	double x, y;               // layout
	uint32_t serial;           // of down
	bool waiting;              // motion withheld by back-pressure
	uint32_t time_ms;
	struct wl_list link; // seat.touch_points
};

// x, y: layout coordinates. down and up send nothing where no surface is touched.
void touch_send_down(struct seat *seat, uint32_t time_ms, int32_t id, double x, double y);
// Sends wl_touch.motion to the surface the point went down on; merged under back-pressure.
void touch_send_motion(struct seat *seat, uint32_t time_ms, int32_t id, double x, double y);
// Sends wl_touch.up and forgets the point.
void touch_send_up(struct seat *seat, uint32_t time_ms, int32_t id);
// Sends wl_touch.cancel to all clients with points, and forgets the points.
void touch_send_cancel(struct seat *seat);
// Sends wl_touch.frame to all clients with events since the last frame.
void touch_send_frame(struct seat *seat);
// Sends an INPUT_TOUCH_* event by the function above for its type. x, y: layout coordinates, used
// for down and motion.
void touch_send_event(struct seat *seat, const struct input_event *event, double x, double y);
