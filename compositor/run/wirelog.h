// SPDX-License-Identifier: MIT
// What goes over the wire, decoded: all of it into a file, or just each client's fatal errors with
// the request that earned them.
#pragma once
#include <wayland-server-core.h>

struct wirelog;

// path NULL: only protocol errors, to standard error. NULL with a message where the file cannot be
// written.
struct wirelog *wirelog_create(struct wl_display *display, const char *path);
void wirelog_destroy(struct wirelog *log); // before the display; NULL is allowed
