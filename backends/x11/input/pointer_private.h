// SPDX-License-Identifier: MIT
// State and helpers that pointer.c shares with wheel.c, touch.c and constraint.c. Private to these
// files.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xinput.h>
#include "backends/x11/input/pointer.h"
#include "backends/x11/x11.h"
#include "compositor/base/input.h"

// Core events that are selected where there is no XInput 2.
#define X11_POINTER_EVENTS \
	(XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE | \
		XCB_EVENT_MASK_POINTER_MOTION | XCB_EVENT_MASK_ENTER_WINDOW | \
		XCB_EVENT_MASK_LEAVE_WINDOW)

struct x11_constraint;
struct x11_touch;
struct x11_wheel;

struct x11_pointer {
	struct x11 *x11;
	struct x11_wheel *wheel; // NULL: the server has no XInput 2
	struct x11_touch *touch;
	struct x11_constraint *constraint;
	struct x11_screen *screen; // whose window the pointer is in; NULL: none
	double x, y;               // pixels of that window; outside of it while dragging
	uint32_t buttons;          // bit mask of X buttons that are down
	bool origins_known;        // x11_screen.root_x and root_y are valid for this drag
	bool leave_pending;        // left a window, and no other was entered yet
	// Events from before a WarpPointer request report positions that are no longer true.
	bool warped, event_is_stale; // the second: of the event that is being handled
	unsigned warp_sequence;
	// Merged motion that was not sent yet: absolute, and relative while the pointer is locked.
	bool absolute_pending;
	struct x11_screen *absolute_screen;
	double absolute_x, absolute_y;
	bool relative_pending;
	double dx, dy, dx_raw, dy_raw;
	xcb_timestamp_t absolute_time, relative_time;
};

// Sends event to the core as one of the pointer, or of the touch screen of the window; fills in
// device and time. screen NULL: no particular window. time 0: now.
void x11_pointer_report(struct x11_pointer *pointer, struct x11_screen *screen,
	xcb_timestamp_t time, struct input_event event);
// Sends INPUT_POINTER_FRAME; time 0: now.
void x11_pointer_frame(struct x11_pointer *pointer, xcb_timestamp_t time);
// Converts pixels of the window to fractions (0 to 1) of the screen.
void x11_pointer_scale(struct x11_screen *screen, double *x, double *y);
// Warps the pointer to x, y (pixels of screen's window) if it is inside of from's window.
void x11_pointer_warp_from(struct x11_pointer *pointer, struct x11_screen *from,
	struct x11_screen *screen, int x, int y);
// The size in bytes of what follows the fixed part (fixed bytes) of an XInput event.
size_t x11_xinput_rest(const void *event, size_t fixed);
