// SPDX-License-Identifier: MIT
// Touch points of touch screens, and the emulated pinch of two points.
#pragma once
#include <stdbool.h>
#include <xcb/xinput.h>

struct x11_pointer;
struct x11_screen;
struct x11_touch;

// Never NULL. The caller destroys it.
struct x11_touch *x11_touch_create(struct x11_pointer *pointer);
// NULL is allowed.
void x11_touch_destroy(struct x11_touch *touch);
// Handles XI_TouchBegin, XI_TouchUpdate and XI_TouchEnd.
void x11_touch_event(struct x11_touch *touch, const xcb_input_touch_begin_event_t *event);
// Sends pending touch motion and ends the touch frame.
void x11_touch_flush(struct x11_touch *touch);
// Lifts all points on a screen that is being removed.
void x11_touch_forget(struct x11_touch *touch, struct x11_screen *screen);
// Starts an emulated pinch at x, y (pixels of the window). False: the press is an ordinary one.
bool x11_touch_press(struct x11_touch *touch, struct x11_screen *screen, xcb_timestamp_t time,
	double x, double y);
// Moves the emulated points (pixels of the window). False: no pinch is active.
bool x11_touch_move(struct x11_touch *touch, xcb_timestamp_t time, double x, double y);
// Ends the emulated pinch. False: none was active.
bool x11_touch_release(struct x11_touch *touch, xcb_timestamp_t time);
