// SPDX-License-Identifier: MIT
// The X11 back end: screens are windows of an X server, which also provides keyboard, pointer,
// touch and clipboard. This header is private to the back end; each file's functions are in its own
// header.
//
//   x11.c        connects, queries extensions, dispatches events
//   window.c     a window per screen: size, title, icon, full screen, closing
//   present.c    shows frames on windows, by Present or by copying, and reports when
//   image.c      gives the server a buffer's pixels: DRI3, MIT-SHM, PutImage
//   rects.c      damage as X rectangles
//   cursor.c     the cursor of the windows
//   timestamp.c  server timestamps on our clock
//   clipboard.c  both selections, in both directions, by xclipboard/
//   input/       keyboard, pointer, touch, scrolling, grabs
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "backends/backend.h"
#include "backends/x11/timestamp.h"

struct x11_cursor;
struct x11_grab;
struct x11_keyboard;
struct x11_pointer;
struct x11_present;
struct xclipboard;

// Atoms that several files use, interned in one round trip. The clipboard interns its own.
#define X11_ATOMS(X) \
	X(UTF8_STRING) \
	X(WM_CLIENT_MACHINE) \
	X(WM_DELETE_WINDOW) \
	X(WM_PROTOCOLS) \
	X(_NET_SUPPORTED) \
	X(_NET_WM_ICON) \
	X(_NET_WM_NAME) \
	X(_NET_WM_PID) \
	X(_NET_WM_PING) \
	X(_NET_WM_STATE) \
	X(_NET_WM_STATE_FULLSCREEN)

struct x11_atoms {
#define X11_ATOM(name) xcb_atom_t name;
	X11_ATOMS(X11_ATOM)
#undef X11_ATOM
};

struct x11 {
	struct backend base;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct backend_options options;
	unsigned added;  // number of screens ever added, for names
	int refresh_mhz; // of the fastest monitor; 0: unknown

	xcb_connection_t *xcb;
	xcb_screen_t *root; // the X screen of all windows
	xcb_depth_t *depth; // of the root, used for all windows
	xcb_visualtype_t visual;
	struct timestamp_offset time_offset;
	struct wl_event_source *source, *started_idle, *closed_idle, *lost_idle;
	bool lost; // the connection is; no requests, no events
	struct x11_atoms atoms;
	// First event and major opcode of each extension; 0: the server lacks it.
	struct {
		uint8_t present_opcode, dri3_opcode, xinput_opcode, shm_opcode, render_opcode;
		uint8_t shm_event, xkb_event, xfixes_event, randr_event;
		bool shm_fd, shm_pixmaps; // version 1.2: AttachFd; CreatePixmap
		bool dri3_modifiers;      // version 1.2
		bool xinput_touch;        // version 2.2
	} has;

	struct x11_present *present;
	struct x11_cursor *cursor;
	struct x11_keyboard *keyboard;
	struct x11_pointer *pointer;
	struct x11_grab *grab;
	struct xclipboard *clipboard; // NULL: selections are not shared
};

// Core events selected on each window, to be kept when the mask of a window is changed.
#define X11_WINDOW_EVENTS \
	(XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_STRUCTURE_NOTIFY | \
		XCB_EVENT_MASK_VISIBILITY_CHANGE | XCB_EVENT_MASK_FOCUS_CHANGE | \
		XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_KEY_PRESS | \
		XCB_EVENT_MASK_KEY_RELEASE | XCB_EVENT_MASK_KEYMAP_STATE)

struct x11_screen {
	struct screen base;
	struct x11 *x11;
	xcb_window_t window;
	bool focused;
	bool visible; // mapped and not fully obscured
	// The window's size, which becomes the mode at most every RESIZE_NS.
	int width, height;
	bool synthetic;      // the last ConfigureNotify was: query the size
	uint64_t resized_ns; // last change of the mode
	struct timer resize;
	bool covers;                 // full screen without a window manager
	uint32_t restore[4];         // geometry before that: x, y, width, height
	unsigned configure_sequence; // of our last ConfigureWindow: earlier events are stale
	int root_x, root_y;          // pointer.c: position on the X screen when last queried
	struct x11_surface *surface; // present.c: the window's contents
};

// x11.c

// True: $ORIEL_X11_WITHOUT lists name. It is a comma-separated list of extensions, shared-pixmaps
// and self-pacing, which are not used then although the server has them.
bool x11_without(const char *name);
// The screen with this window; NULL: the window is not one of a screen.
struct x11_screen *x11_screen_of(struct x11 *x11, xcb_window_t window);
// Sends queued requests to the server; to be called after requests made outside of event handling.
void x11_flush(struct x11 *x11);
// Converts an event's time to microseconds of x11->clock; 0: now.
uint64_t x11_time_us(struct x11 *x11, xcb_timestamp_t time);

// window.c, for input/

// Sets WM_NAME and _NET_WM_NAME after the focus or the grab changed.
void x11_window_set_title(struct x11_screen *screen);
// Toggles full screen through the window manager or, without one, by covering the X screen.
void x11_window_toggle_fullscreen(struct x11_screen *screen);
