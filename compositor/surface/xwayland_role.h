// SPDX-License-Identifier: MIT
// The role of surfaces of X windows, by xwayland_shell_v1 or by the message WL_SURFACE_ID.
#pragma once

struct surface_role;

// Emits server.events.xwayland_serial and does nothing else: the window manager sets role_object to
// its own window, and learns of commits from the surface's signals.
extern const struct surface_role xwayland_role;
