// SPDX-License-Identifier: MIT
// Screens that are windows of an X server, and its keyboard, pointer, touch screen and clipboard.
//
//   x11.c        the connection: extensions, atoms, events to those whose they are
//   window.c     a window per screen: size, title, icon, full screen, closing
//   present.c    frames onto a window, by Present or at once, and their clock
//   image.c      what the server has of a buffer: DRI3, MIT-SHM, PutImage
//   boxes.c      what of a frame is sent
//   cursor.c     the host's pointer image instead of a drawn one
//   keyboard.c   the host's layout, keys, locks
//   pointer.c    motion and buttons; touch.c: fingers; wheel.c: smooth scrolling;
//                bind.c: the pointer locked and confined
//   grab.c       who has the keyboard, and how to let go
//   clipboard.c  both selections, both ways; its other files: clipboard.h
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xcb.h>
#include "backends/backend.h"
#include "backends/x11/chord.h"
#include "backends/x11/stamp.h"

struct x11_clipboard;
struct x11_cursor;
struct x11_grab;
struct x11_keyboard;
struct x11_pointer;
struct x11_present;

// Names that the parts share, interned at once; a part with many of its own interns those itself.
#define X11_ATOMS(X) \
	X(CLIPBOARD) \
	X(INCR) \
	X(TARGETS) \
	X(TIMESTAMP) \
	X(UTF8_STRING) \
	X(WM_CLIENT_MACHINE) \
	X(WM_DELETE_WINDOW) \
	X(WM_PROTOCOLS) \
	X(WM_STATE) \
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
	unsigned added;  // screens so far, for names
	int refresh_mhz; // of the fastest monitor; 0: not known

	xcb_connection_t *xcb;
	xcb_screen_t *root; // the X screen all windows are on
	xcb_depth_t *depth; // of all windows: the root's
	xcb_visualtype_t visual;
	xcb_timestamp_t time; // of the newest event that had one
	struct stamp stamp;
	struct wl_event_source *source, *started_idle, *closed_idle, *lost_idle;
	bool lost; // the connection: nothing more is sent or heard
	struct x11_atoms atoms;
	// First event number and major opcode of extensions; 0: the server lacks it.
	struct {
		uint8_t present_opcode, dri3_opcode, xinput_opcode, shm_opcode, render_opcode;
		uint8_t shm_event, xkb_event, xfixes_event, randr_event;
		bool shm_fd, shm_pixmaps; // version 1.2: memory by file descriptor; pixmaps in it
		bool dri3_modifiers;      // version 1.2
		bool xinput_touch;        // version 2.2
		bool barriers;            // XFixes 5
	} has;

	struct x11_present *present;
	struct x11_cursor *cursor;
	struct x11_keyboard *keyboard;
	struct x11_pointer *pointer;
	struct x11_grab *grab;
	struct x11_clipboard *clipboard;
};

// What window.c selects on each window, for whoever changes the mask of one.
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
	bool visible; // somebody may look: mapped and not covered
	// The window's size as far as it was heard, and when it became the mode.
	int width, height;
	bool hearsay; // somebody else than the server told of it
	uint64_t resized_ns;
	struct timer resize;
	bool covers;                 // the X screen, because nobody manages windows
	uint32_t restore[4];         // the place before that: x, y, width, height
	unsigned configured;         // request that set the size: what was said before is old
	int root_x, root_y;          // pointer.c: where it was on the X screen when it was asked
	struct x11_surface *surface; // present.c: what is on the window
};

// x11.c
// Whether the user wants to do without something that the server has, because it is broken there:
// $ORIEL_X11_WITHOUT lists extensions by name, shared-pixmaps and self-pacing, with commas.
bool x11_without(const char *name);
struct x11_screen *x11_screen_of(struct x11 *x11, xcb_window_t window); // NULL: not ours
xcb_atom_t x11_intern(struct x11 *x11, const char *name);               // waits for the server
// Sends what is queued. After a series of requests outside of an event.
void x11_flush(struct x11 *x11);
// The server is gone: screens are removed and the core is told, once, from the loop.
void x11_lost(struct x11 *x11);
// The clock's microseconds of an event's time; 0: now.
uint64_t x11_time_us(struct x11 *x11, xcb_timestamp_t time);

// window.c
struct screen *x11_window_add(
	struct backend *backend, const char *name, int width, int height, int refresh_mhz);
bool x11_window_remove(struct screen *screen);
bool x11_window_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only);
void x11_window_set_title(struct x11_screen *screen); // after focus or grab changed
void x11_window_toggle_fullscreen(struct x11_screen *screen);
bool x11_window_event(struct x11 *x11, xcb_generic_event_t *event); // true: it was for this part

// The parts: create NULL or false: logged; destroy of NULL is allowed; event true: it was for this
// part.

// present.c
struct x11_present *x11_present_create(struct x11 *x11);
void x11_present_destroy(struct x11_present *present);
bool x11_present_event(struct x11_present *present, xcb_generic_event_t *event);
// Fills screen->surface and what the screen can show.
bool x11_surface_create(struct x11_screen *screen);
void x11_surface_destroy(struct x11_screen *screen);
void x11_surface_exposed(struct x11_screen *screen, const struct box *box); // show it again
void x11_surface_set_visible(struct x11_screen *screen, bool visible);
void x11_surface_blank(struct x11_screen *screen);  // a screen that is off
void x11_present_poll(struct x11_present *present); // after events: answers may have come too
struct buffer *x11_present_alloc(struct backend *backend, int width, int height, uint32_t format);
bool x11_present_frame(struct screen *screen, const struct frame *frame, bool test_only);

// cursor.c
struct x11_cursor *x11_cursor_create(struct x11 *x11);
void x11_cursor_destroy(struct x11_cursor *cursor);
int x11_cursor_side(const struct x11_cursor *cursor); // of the largest image; 0: none are possible
// What frame says of the cursor, onto the screen's window: image and hotspot only, the host moves
// it. buffer NULL: an invisible one.
bool x11_cursor_show(struct x11_screen *screen, const struct frame *frame);

// keyboard.c
struct x11_keyboard *x11_keyboard_create(struct x11 *x11);
void x11_keyboard_destroy(struct x11_keyboard *keyboard);
void x11_keyboard_start(struct x11_keyboard *keyboard); // tells the map and whose the keyboard is
bool x11_keyboard_event(struct x11_keyboard *keyboard, xcb_generic_event_t *event);
// At the end of a batch of events, also an empty one.
void x11_keyboard_flush(struct x11_keyboard *keyboard);
// The pointer is in the window now (NULL: in none), which has the keyboard by that where nobody
// else was given it.
void x11_keyboard_follow(
	struct x11_keyboard *keyboard, struct x11_screen *screen, bool has_keyboard);
void x11_keyboard_forget(struct x11_keyboard *keyboard, struct x11_screen *screen);

// pointer.c
struct x11_pointer *x11_pointer_create(struct x11 *x11);
void x11_pointer_destroy(struct x11_pointer *pointer);
bool x11_pointer_event(struct x11_pointer *pointer, xcb_generic_event_t *event);
void x11_pointer_select(struct x11_pointer *pointer, struct x11_screen *screen); // its events
// Tells the motion that waits for more of it: at the end of a batch of events, and before anything
// that happens where the pointer is.
void x11_pointer_flush(struct x11_pointer *pointer);
void x11_pointer_forget(struct x11_pointer *pointer, struct x11_screen *screen);
// backend_impl
void x11_pointer_constrain(
	struct backend *backend, struct screen *screen, const struct box *confine, bool locked);
void x11_pointer_warp(struct backend *backend, struct screen *screen, double x, double y);

// grab.c
struct x11_grab *x11_grab_create(struct x11 *x11);
void x11_grab_destroy(struct x11_grab *grab);
// Before a key goes to the core. True: it belongs to a chord of the window itself (full screen) and
// goes no further.
bool x11_grab_key(struct x11_grab *grab, struct x11_screen *screen, xcb_keycode_t code,
	enum chord_role role, bool pressed);
void x11_grab_click(struct x11_grab *grab, struct x11_screen *screen);
void x11_grab_focus(struct x11_grab *grab, struct x11_screen *screen, bool focused);
void x11_grab_forget(struct x11_grab *grab, struct x11_screen *screen);
// Whose window has the keyboard to itself, the window manager's keys too; NULL: none.
struct x11_screen *x11_grab_holder(struct x11_grab *grab);
const struct chord *x11_grab_chord(struct x11_grab *grab); // what is held of the window's own keys
// For the title of the window: what has the keyboard and how to let go; never NULL.
const char *x11_grab_hint(struct x11_grab *grab, struct x11_screen *screen);

// clipboard.c
struct x11_clipboard *x11_clipboard_create(struct x11 *x11);
void x11_clipboard_destroy(struct x11_clipboard *clipboard);
bool x11_clipboard_event(struct x11_clipboard *clipboard, xcb_generic_event_t *event);
// backend_impl.set_selection
void x11_clipboard_set(struct backend *backend, bool primary, struct data_source *source);
