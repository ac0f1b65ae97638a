// SPDX-License-Identifier: MIT
// X programs: an X display whose server, Xwayland, starts with the first program that connects, and
// again after it has ended. Until then there are two listening sockets, and nothing else.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct children;
struct clock;
struct guard;
struct server;
struct xwayland;
struct xwm_impl;

struct xwayland_options {
	struct children *children;
	struct guard *guard; // removes our files if this process is killed; NULL: none
	struct clock *clock; // real time
	bool is_private;     // of one program: a number that is unlikely to be in use
	// For tests, else NULL; borrowed while the display exists.
	const char *program;         // instead of Xwayland
	const char *folder;          // instead of /tmp
	const struct xwm_impl *impl; // instead of the module
};

// Reserves a display, if server->config->xwayland enables it. NULL: it does not, or Xwayland or the
// module is missing, or no display is free (logged).
struct xwayland *xwayland_create(struct server *server, const struct xwayland_options *options);
// Ends Xwayland and gives the display up. Accepts NULL.
void xwayland_destroy(struct xwayland *xwayland);
// The value of DISPLAY. NULL for NULL; else borrowed.
const char *xwayland_display(const struct xwayland *xwayland);
// The process of Xwayland; 0: none runs. Accepts NULL.
pid_t xwayland_pid(const struct xwayland *xwayland);
// What of X programs is not finished, so that windows will change, as a clause. NULL: nothing.
// Accepts NULL.
const char *xwayland_pending(const struct xwayland *xwayland);
// Ends Xwayland, with all X programs, or listens again after it failed too often. The next program
// starts it. False: logged.
bool xwayland_restart(struct xwayland *xwayland);
