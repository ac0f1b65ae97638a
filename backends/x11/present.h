// SPDX-License-Identifier: MIT
// Frames shown on windows, by the Present extension or by copying.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "backends/x11/x11.h"

struct x11_present;

// NULL: the X screen's pixel format or the server is not supported (logged). The caller destroys
// it.
struct x11_present *x11_present_create(struct x11 *x11);
// After all surfaces. NULL is allowed.
void x11_present_destroy(struct x11_present *present);
// Handles events of the Present extension. False: the event is for another part.
bool x11_present_event(struct x11_present *present, xcb_generic_event_t *event);
// Ends a batch of events: collects replies that have arrived and sends frames that waited for them.
void x11_present_poll(struct x11_present *present);
// Implements backend_impl.alloc: memory that the server can map where it supports that.
struct buffer *x11_present_alloc(struct backend *backend, int width, int height, uint32_t format);
// Implements backend_impl.present.
bool x11_present_frame(struct screen *screen, const struct frame *frame, bool test_only);

// Creates screen->surface for its window and fills in the formats of the screen.
void x11_surface_create(struct x11_screen *screen);
// Does nothing if there is no surface.
void x11_surface_destroy(struct x11_screen *screen);
// Repaints box (window pixels), whose contents the server has lost.
void x11_surface_exposed(struct x11_screen *screen, const struct box *box);
// The window became visible or fully hidden; a hidden one draws one frame a second.
void x11_surface_set_visible(struct x11_screen *screen, bool visible);
// Paints the window black: the screen is disabled.
void x11_surface_blank(struct x11_screen *screen);
