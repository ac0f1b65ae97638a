// SPDX-License-Identifier: MIT
// What the files of pointing devices share: pointer.c owns it, wheel.c, touch.c and bind.c are its
// parts.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xinput.h>
#include "backends/x11/x11.h"
#include "compositor/base/input.h"

// Of the core protocol, where there is no XInput.
#define X11_POINTER_EVENTS \
	(XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE | \
		XCB_EVENT_MASK_POINTER_MOTION | XCB_EVENT_MASK_ENTER_WINDOW | \
		XCB_EVENT_MASK_LEAVE_WINDOW)

struct x11_bind;
struct x11_touch;
struct x11_wheel;

struct x11_pointer {
	struct x11 *x11;
	struct x11_wheel *wheel; // NULL: the server has no XInput 2
	struct x11_touch *touch;
	struct x11_bind *bind;
	struct x11_screen *screen; // the window that gets its events; NULL: none
	double x, y;               // of that window, pixels; outside of it while dragging
	uint32_t buttons;          // bits of X buttons that are down
	bool origins_known;        // of all windows, since a button went down
	bool left;                 // the window, and no other was entered yet
	// The server was asked to put it somewhere; what it says of the time before is old.
	bool warped, stale; // stale: that is what the event under way says
	unsigned warp_sequence;
	// Motion that was not told yet: where it is, and what it went while it was locked.
	bool moved;
	struct x11_screen *moved_screen;
	double moved_x, moved_y;
	bool went;
	double dx, dy, dx_raw, dy_raw;
	xcb_timestamp_t moved_time, went_time;
};

// The event as it comes from the pointer, or touch screen, of that window; time 0: now.
void x11_pointer_report(struct x11_pointer *pointer, struct x11_screen *screen,
	xcb_timestamp_t time, struct input_event event);
void x11_pointer_frame(struct x11_pointer *pointer, xcb_timestamp_t time);
// From pixels of the window to 0..1.
void x11_pointer_scale(struct x11_screen *screen, double *x, double *y);
// Puts it there if it is in window from, wherever else it is left alone.
void x11_pointer_put(struct x11_pointer *pointer, struct x11_screen *from,
	struct x11_screen *screen, int x, int y);
// Bytes of an XInput event after its fixed part of that size.
size_t x11_xinput_rest(const void *event, size_t fixed);

// wheel.c

struct x11_wheel *x11_wheel_create(struct x11_pointer *pointer);
void x11_wheel_destroy(struct x11_wheel *wheel);
// The pointer comes from where others heard it scroll: asks where the axes are by now.
void x11_wheel_enter(struct x11_wheel *wheel, uint16_t device);
// Another device moves the pointer, or it has other axes.
void x11_wheel_changed(struct x11_wheel *wheel, const xcb_input_device_changed_event_t *event);
// What the event scrolls, if anything; after its motion.
void x11_wheel_motion(
	struct x11_wheel *wheel, struct x11_screen *screen, const xcb_input_motion_event_t *event);
// Buttons 4 to 7 of a device that has no axes.
void x11_wheel_notch(struct x11_pointer *pointer, struct x11_screen *screen, xcb_timestamp_t time,
	unsigned button);

// touch.c

struct x11_touch *x11_touch_create(struct x11_pointer *pointer);
void x11_touch_destroy(struct x11_touch *touch);
void x11_touch_event(struct x11_touch *touch, const xcb_input_touch_begin_event_t *event);
void x11_touch_flush(struct x11_touch *touch);
void x11_touch_forget(struct x11_touch *touch, struct x11_screen *screen);
// Two fingers made of the pointer, in pixels of the window. True: it is one of them.
bool x11_touch_press(struct x11_touch *touch, struct x11_screen *screen, xcb_timestamp_t time,
	double x, double y);
bool x11_touch_move(struct x11_touch *touch, xcb_timestamp_t time, double x, double y);
bool x11_touch_release(struct x11_touch *touch, xcb_timestamp_t time);

// bind.c

struct x11_bind *x11_bind_create(struct x11_pointer *pointer);
void x11_bind_destroy(struct x11_bind *bind);
void x11_bind_forget(struct x11_bind *bind, struct x11_screen *screen);
void x11_bind_retry(struct x11_bind *bind); // where the server refused so far
bool x11_bind_is_on(struct x11_bind *bind);
bool x11_bind_locks(struct x11_bind *bind); // motion to places says nothing
void x11_bind_raw(struct x11_bind *bind, const xcb_input_raw_motion_event_t *event);
// Without XInput: the pointer is away from the middle where it was put.
void x11_bind_core_motion(
	struct x11_bind *bind, struct x11_screen *screen, xcb_timestamp_t time, int x, int y);
