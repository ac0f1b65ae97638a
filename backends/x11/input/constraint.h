// SPDX-License-Identifier: MIT
// The pointer confined to a part of a window, or locked at its position.
#pragma once
#include <stdbool.h>
#include <xcb/xinput.h>

struct x11_constraint;
struct x11_pointer;
struct x11_screen;

// Never NULL. The caller destroys it.
struct x11_constraint *x11_constraint_create(struct x11_pointer *pointer);
// NULL is allowed.
void x11_constraint_destroy(struct x11_constraint *constraint);
// Ends the constraint on a screen that is being removed.
void x11_constraint_forget(struct x11_constraint *constraint, struct x11_screen *screen);
// Grabs the pointer again where the server has refused it so far.
void x11_constraint_retry(struct x11_constraint *constraint);
// True: the pointer is confined or locked.
bool x11_constraint_is_active(struct x11_constraint *constraint);
// True: the pointer is locked, and absolute motion is to be ignored.
bool x11_constraint_is_locked(struct x11_constraint *constraint);
// Turns XI_RawMotion into relative motion while the pointer is locked.
void x11_constraint_raw(
	struct x11_constraint *constraint, const xcb_input_raw_motion_event_t *event);
// The same from MotionNotify, without XInput; x, y: pixels of the window.
void x11_constraint_core_motion(struct x11_constraint *constraint, struct x11_screen *screen,
	xcb_timestamp_t time, int x, int y);
