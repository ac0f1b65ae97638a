// SPDX-License-Identifier: MIT
// The windows that are Oriel's screens.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "backends/x11/x11.h"

// Implements backend_impl.add_screen: creates and maps a window, width x height pixels. name NULL:
// X11-N; refresh_mhz 0: that of the fastest monitor. NULL: logged.
struct screen *x11_window_add(
	struct backend *backend, const char *name, int width, int height, int refresh_mhz);
// Implements backend_impl.remove_screen; also for windows that exist no more. Returns true.
bool x11_window_remove(struct screen *screen);
// Implements backend_impl.configure: resizes windows to their screens' modes.
bool x11_window_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only);
// Handles window events: geometry, exposure, visibility and WM_PROTOCOLS. False: the event is for
// another part.
bool x11_window_event(struct x11 *x11, xcb_generic_event_t *event);
