// SPDX-License-Identifier: MIT
// The X server's pointer and touch screens as input devices.
#pragma once
#include <stdbool.h>
#include <xcb/xcb.h>
#include "backends/backend.h"

struct x11;
struct x11_pointer;
struct x11_screen;

// Never NULL. The caller destroys it.
struct x11_pointer *x11_pointer_create(struct x11 *x11);
// NULL is allowed.
void x11_pointer_destroy(struct x11_pointer *pointer);
// Handles pointer, touch and XInput events. False: the event is for another part.
bool x11_pointer_event(struct x11_pointer *pointer, xcb_generic_event_t *event);
// Selects pointer events on the window of a new screen.
void x11_pointer_select(struct x11_pointer *pointer, struct x11_screen *screen);
// Sends merged motion that is pending to the core: at the end of a batch of events, and before any
// event that happens at the pointer's position.
void x11_pointer_flush(struct x11_pointer *pointer);
// Drops references to a screen that is being removed and releases its buttons; pointer may be NULL.
void x11_pointer_forget(struct x11_pointer *pointer, struct x11_screen *screen);
// Implements backend_impl.constrain_pointer.
void x11_pointer_constrain(
	struct backend *backend, struct screen *screen, const struct box *confine, bool locked);
// Implements backend_impl.warp_pointer.
void x11_pointer_warp(struct backend *backend, struct screen *screen, double x, double y);
