// SPDX-License-Identifier: MIT
// A server with a real Xwayland, the window manager in the test's own program, and an X client in
// the same thread. The client never waits for a reply: the rig turns until it has come, as the
// window manager may have to act first.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "compositor/base/geom.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

struct children;
struct guard;
struct window;
struct xwayland;

struct xwm_rig {
	struct fixture *fixture;
	struct children *children;
	struct guard *guard;
	struct xwayland *xwayland;
	xcb_connection_t *xcb;
	xcb_screen_t *screen;
	// The newest ConfigureNotify, focus event and client message that the client got.
	struct box configured;
	bool configured_synthetic;
	xcb_window_t focused; // by FocusIn, until FocusOut
	uint32_t message[5];
	xcb_atom_t message_type;
	unsigned events; // of the client, all together
};

// Starts Xwayland and connects the client.
void xwm_rig_init(struct xwm_rig *rig);
// Ends both. rig->xcb may be NULL.
void xwm_rig_finish(struct xwm_rig *rig);
// One turn of server and client, and a refresh cycle. Waits for events, ten milliseconds at most.
void xwm_rig_turn(struct xwm_rig *rig);
// Turns until the condition holds; fails after 30 seconds.
#define xwm_rig_wait(rig, condition) \
	do { \
		for (uint64_t end_ = xwm_rig_deadline(); !(condition); xwm_rig_turn(rig)) \
			xwm_rig_check_time(rig, end_, #condition); \
	} while (0)
// Real time 30 seconds from now, nanoseconds.
uint64_t xwm_rig_deadline(void);
// After that time: prints what does not hold, and fails.
void xwm_rig_check_time(struct xwm_rig *rig, uint64_t deadline, const char *condition);
// Turns until the X server has handled all requests of the client and the window manager is idle.
void xwm_rig_sync(struct xwm_rig *rig);

// Connects another client of the X server; the caller disconnects it.
xcb_connection_t *xwm_rig_connect(struct xwm_rig *rig);
// Interns an atom, which may exist.
xcb_atom_t xwm_rig_atom(struct xwm_rig *rig, const char *name);
// A window that is not mapped.
xcb_window_t xwm_rig_window(struct xwm_rig *rig, const struct box *box, bool override_redirect);
// The same, mapped, with its picture, as a window of the shell.
struct window *xwm_rig_show(struct xwm_rig *rig, xcb_window_t *id, const struct box *box);
// The window of the shell with that title. NULL: none is mapped.
struct window *xwm_rig_find(struct xwm_rig *rig, const char *title);
// Sets a property of 32-bit numbers.
void xwm_rig_set(struct xwm_rig *rig, xcb_window_t id, const char *name, xcb_atom_t type,
	const uint32_t *numbers, uint32_t count);
// Sets a property of text: UTF-8 if the name begins with _NET, else Latin-1.
void xwm_rig_set_text(struct xwm_rig *rig, xcb_window_t id, const char *name, const char *text);
// Reads a property of numbers. Returns how many there are, at most max.
size_t xwm_rig_get(
	struct xwm_rig *rig, xcb_window_t id, const char *name, uint32_t *into, size_t max);
// Sends a client message about the window to the root window.
void xwm_rig_send(struct xwm_rig *rig, xcb_window_t id, const char *type, uint32_t a, uint32_t b,
	uint32_t c, uint32_t d, uint32_t e);
// The window that has the X focus.
xcb_window_t xwm_rig_focus(struct xwm_rig *rig);
// Where the X server has the window, root coordinates.
struct box xwm_rig_box(struct xwm_rig *rig, xcb_window_t id);
