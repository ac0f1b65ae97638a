// SPDX-License-Identifier: MIT
// Logs the requests and events of all clients to a file, and protocol errors to standard error.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct wirelog;

// path NULL: logs protocol errors only. on_error (may be NULL) is called with a sentence about each
// of those. NULL: the file cannot be written (logged).
struct wirelog *wirelog_create(struct wl_display *display, const char *path,
	void (*on_error)(void *data, const char *what), void *data);
// To be called before the display is destroyed. False: the file is incomplete (logged). Accepts
// NULL.
bool wirelog_destroy(struct wirelog *log);
