// SPDX-License-Identifier: MIT
// The interface between the program, which runs Xwayland, and the module oriel-xwayland.so, which
// manages its windows. The module exports one symbol, xwm_impl.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct server;
struct surface;
struct wl_client;
struct xwm;

// From the window manager to the process that runs Xwayland.
struct xwm_owner {
	// The connection broke, or the window manager cannot work (only the latter is logged). It
	// is destroyed from the event loop later.
	void (*failed)(void *data);
	void *data;
};

struct xwm_impl {
	// Xwayland accepts requests on fd, the window manager's end of its socket pair, and client
	// is its Wayland connection. Takes over fd, also on failure. Never waits for the X server.
	// NULL: no memory, or the connection is refused (logged).
	struct xwm *(*create)(struct server *server, struct wl_client *client, int fd,
		const struct xwm_owner *owner);
	// Xwayland may have ended already. Windows of X programs are destroyed with it.
	void (*destroy)(struct xwm *xwm);
	// A surface of Xwayland got its serial by xwayland_shell_v1, in the commit that is applied.
	void (*surface_serial)(struct xwm *xwm, struct surface *surface, uint64_t serial);
	// Requests to the X server are unanswered, or a window that is mapped has no content yet:
	// programs have not settled.
	bool (*busy)(const struct xwm *xwm);
};
