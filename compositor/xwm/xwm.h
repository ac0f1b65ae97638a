// SPDX-License-Identifier: MIT
// The window manager of the X programs that run under Xwayland. This header is private to the
// module; compositor/xwayland/xwm.h is its interface.
//
//   module.c      what the program calls
//   connect.c     the first bytes on the socket, without waiting for them
//   events.c      reads events, writes what is due
//   ask.c         questions to the X server, answered in the order of events
//   setup.c       takes over the X screen
//   xwindow.c     X windows: creation, mapping, end
//   associate.c   which Wayland surface is which X window
//   properties.c  properties of windows, read when they change
//   hints.c       their parsers
//   manage.c      X windows as windows of the shell
//   unmanaged.c   windows that place themselves: menus, tooltips
//   place.c       sizes and positions, both ways
//   states.c      _NET_WM_STATE, WM_STATE and frames
//   focus.c       the X focus follows the keyboard's
//   stack.c       the X stack follows the scene, and lists of windows
//   clip.c        clipboard and primary selection
//   messages.c    messages of programs to the window manager
//
// Nothing here waits for the X server. What an event or the shell changes is kept as a value and
// marked as due; events.c writes what is due as soon as the socket has room for it. So a server
// that has stopped holds up no other client.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include <xcb/xcb.h>
#include "compositor/base/clock.h"
#include "compositor/base/geom.h"
#include "compositor/window/window.h"
#include "compositor/xwayland/xwm.h"
#include "compositor/xwm/atoms.h"
#include "compositor/xwm/hints.h"

struct clip;
struct handshake;
struct node;
struct surface;

#define XWM_BUCKETS 1024

// A question: requests with replies. Zeroed before ask_send.
struct ask {
	struct wl_list link; // xwm.asks
	uint64_t sequence;   // of the last request
	// The replies have come: xcb_poll_for_reply finds them. The list has it no more.
	void (*answered)(struct ask *ask);
};

struct xwm {
	struct server *server;
	struct wl_client *client; // Xwayland
	struct xwm_owner owner;
	struct handshake *handshake; // until xcb exists
	xcb_connection_t *xcb;       // NULL during the handshake
	xcb_window_t root;
	struct wl_event_source *source, *push, *again;
	bool ready;   // manages the screen
	bool failed;  // reported to the owner
	bool blocked; // waits until the socket has room
	bool written; // requests were made since the last flush
	struct xwm_atoms atoms;
	xcb_timestamp_t time; // of the latest event that has one
	xcb_window_t check;   // names the window manager; its property TICK follows questions
	xcb_window_t no_focus;
	uint64_t redirect; // sequence of the request that one client may make

	struct wl_list asks; // ask.link, oldest first
	bool tick_due;
	struct ask setup;
	xcb_intern_atom_cookie_t *atom_cookies; // during the set-up

	struct clip *clip; // NULL: not ready, or selections are not shared

	struct wl_list windows; // xwindow.link, in order of creation
	struct wl_list buckets[XWM_BUCKETS];
	struct wl_list managed; // xwindow.managed_link, in order of mapping
	struct wl_list due;     // xwindow.due_link
	struct wl_list strays;  // surfaces with a serial whose window is unknown (associate.c)
	unsigned unpaired;      // windows that know their surface, which is not there yet

	struct {
		bool due;
		struct xwindow *window;   // that the keyboard focus is on; NULL: none of ours
		bool ours;                // a surface of Xwayland has it
		uint64_t sequence;        // of our last SetInputFocus
		xcb_window_t sent_active; // _NET_ACTIVE_WINDOW
		struct ask set;           // whether SetInputFocus was processed
		struct ask take;          // a tick before WM_TAKE_FOCUS
		bool taking;
		unsigned returned; // times that the focus was taken back, in a second
		uint64_t since_ns;
	} focus;
	struct {
		bool due, lists_due;
		xcb_window_t *sent; // owned: managed windows as the X server has them, bottom first
		size_t n_sent, capacity;
		uint64_t shape; // of the scene, when it was looked at last
	} stack;
	struct wl_listener keyboard_focus, scene_changed, surface_created, layout_settled;
};

enum xwindow_type {
	TYPE_NORMAL,
	TYPE_DIALOG,
	TYPE_TOOL, // UTILITY, TOOLBAR, MENU
	TYPE_SPLASH,
	TYPE_DESKTOP,
	TYPE_DOCK,
	TYPE_NOTIFICATION,
	TYPE_POPUP, // menus, tooltips, drag icons
};

enum xwindow_protocol {
	HAS_DELETE = 1 << 0,
	HAS_TAKE_FOCUS = 1 << 1,
	HAS_PING = 1 << 2,
};

// States that windows of the shell do not have; kept for the program.
enum xwindow_flag {
	FLAG_MODAL = 1 << 0,
	FLAG_STICKY = 1 << 1,
	FLAG_SKIP_TASKBAR = 1 << 2,
	FLAG_SKIP_PAGER = 1 << 3,
	FLAG_ABOVE = 1 << 4,
	FLAG_BELOW = 1 << 5,
	FLAG_MAXIMIZED_VERT = 1 << 6, // one of the two alone
	FLAG_MAXIMIZED_HORZ = 1 << 7,
};

struct xwindow {
	struct xwm *xwm;
	xcb_window_t id;
	struct wl_list link, bucket_link, managed_link, due_link;
	bool override_redirect;
	bool mapped;                // by the X server
	bool wants_map;             // MapRequest, answered once the properties are known
	bool known;                 // the properties were read
	struct box sent;            // as the X server has it or will, root coordinates
	struct box wanted;          // what it is to have
	bool place_due, notify_due; // send ConfigureWindow; the synthetic ConfigureNotify
	bool states_due;            // send WM_STATE, _NET_WM_STATE and frame extents
	bool asked_place;           // the program asked for a position before mapping
	int asked_x, asked_y;       // it, root coordinates of the content

	// Properties
	struct ask *asking; // a question about properties, or NULL
	unsigned wanted_properties;
	struct size_hints size;
	struct wm_hints hints;
	struct motif_hints motif;
	struct class_hint class_hint; // owned
	char *title, *net_title;      // owned
	xcb_window_t transient_for;
	unsigned protocols; // enum xwindow_protocol
	enum xwindow_type type;
	int shadow[4]; // _GTK_FRAME_EXTENTS: left, right, top, bottom
	bool has_shadow;
	bool has_user_time;
	uint32_t user_time, pid, opacity;
	unsigned initial_states; // enum window_state, before mapping
	unsigned flags;          // enum xwindow_flag

	// Association
	struct surface *surface;
	uint32_t surface_id; // of WL_SURFACE_ID, not there yet; 0: none
	uint64_t serial;     // of WL_SURFACE_SERIAL, likewise
	struct wl_listener surface_committed, surface_destroyed;

	// Managed
	struct window *window; // NULL: not managed, or unmapped
	struct window_x11 facts;
	struct wl_listener shown_changed;
	struct {
		bool open; // the configure is not applied yet
		uint32_t serial;
		struct window_config config;
		int width, height; // X size, pixels
	} goal;
	struct timer goal_timer;
	struct {
		bool valid;
		unsigned states, flags;
		int frame[4];
	} sent_states;
	uint32_t ping_serial; // of the shell's ping
	uint32_t ping_time;

	bool unmanaged; // shown as such
};

// module.c

// Reports to the owner, once, that the window manager cannot work, and logs why. NULL: the
// connection broke, as it does when Xwayland ends; the owner logs that.
void xwm_fail(struct xwm *xwm, const char *why);

// connect.c

// Speaks the X protocol up to the server's reply on fd, which it takes over, then calls
// xwm_connected.
void handshake_start(struct xwm *xwm, int fd);
// Closes the socket unless xcb has it. NULL is allowed.
void handshake_destroy(struct handshake *handshake);

// events.c

// The handshake is done; xwm->xcb is set.
void xwm_connected(struct xwm *xwm);
// Ends event handling. Allowed before xwm_connected.
void events_finish(struct xwm *xwm);
// Writes what is due before the event loop waits, or when the socket has room.
void xwm_schedule(struct xwm *xwm);
// The socket has room for some ten KiB. False: it will be written when it has.
bool xwm_can_write(struct xwm *xwm);
// Writes requests made outside of event handling now. Only after xwm_can_write.
void xwm_flush(struct xwm *xwm);
// Something of the window is due.
void xwindow_schedule(struct xwindow *window);

// ask.c

// Adds a question whose last request has that sequence number.
void ask_send(struct xwm *xwm, struct ask *ask, unsigned sequence, void (*answered)(struct ask *));
// Removes it without an answer. A zeroed one is allowed.
void ask_cancel(struct ask *ask);
// Writes the tick that questions wait for.
void ask_tick(struct xwm *xwm);
// Calls answered of the remaining ones, without replies.
void ask_finish(struct xwm *xwm);
// An event with this sequence number has come: answers the questions before it.
void ask_arrived(struct xwm *xwm, uint32_t sequence);

// setup.c

// Asks for atoms and extensions; once they are known, takes over the screen and sets xwm->ready.
void setup_start(struct xwm *xwm);
// Sets _NET_WORKAREA and the like from the outputs.
void setup_update_areas(struct xwm *xwm);

// clip.c

// Shares selections from now on, if Xwayland can. To be called once.
void clip_start(struct xwm *xwm);
// Withdraws what X programs selected, and ends all transfers. May not have been started.
void clip_finish(struct xwm *xwm);
// Handles events about selections. False: the event may concern other parts, too.
bool clip_event(struct xwm *xwm, xcb_generic_event_t *event);
// Continues what waits for room in the socket.
void clip_push(struct xwm *xwm);
// Requests are unanswered.
bool clip_is_busy(const struct xwm *xwm);

// xwindow.c

// Events that are selected on each window.
#define XWINDOW_EVENTS (XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_FOCUS_CHANGE)

// NULL: there is no such window.
struct xwindow *xwindow_find(struct xwm *xwm, xcb_window_t id);
// Handles events of the life of windows. False: the event is for another part.
bool xwindow_event(struct xwm *xwm, const xcb_generic_event_t *event);
// The properties that MapRequest waits for were read: maps it.
void xwindow_map(struct xwindow *window);
// Forgets all windows.
void xwindow_destroy_all(struct xwm *xwm);

// associate.c

// Waits for surfaces of Xwayland.
void associate_init(struct xwm *xwm);
// After the last window was forgotten.
void associate_finish(struct xwm *xwm);
// Handles WL_SURFACE_ID and WL_SURFACE_SERIAL, sent by Xwayland itself.
void associate_message(struct xwm *xwm, const xcb_client_message_event_t *event);
// Implements xwm_impl.surface_serial.
void associate_serial(struct xwm *xwm, struct surface *surface, uint64_t serial);
// The window has no surface any more. May have none already.
void associate_end(struct xwindow *window);

// properties.c

// Asks for all properties.
void properties_read_all(struct xwindow *window);
// Handles PropertyNotify. False: it is not about a property of a window.
bool properties_event(struct xwm *xwm, const xcb_property_notify_event_t *event);
// Frees what was read, and drops a pending question.
void properties_finish(struct xwindow *window);

// manage.c

// The X window and its surface are mapped: makes it a window of the shell.
void manage_begin(struct xwindow *window);
// Destroys the window of the shell.
void manage_end(struct xwindow *window);
// The surface applied a commit.
void manage_committed(struct xwindow *window);
// Applies a configure that changed no size.
void manage_push(struct xwindow *window);
// Properties changed: passes them on to the window of the shell, if there is one.
void manage_update(struct xwindow *window);
// The window is to have a frame of ours.
bool manage_is_framed(const struct xwindow *window);
// The program gets keys in this window.
bool manage_takes_focus(const struct xwindow *window);
// Handles the answer to a ping.
void manage_pong(struct xwindow *window, uint32_t time);

// unmanaged.c

// The window has a surface: shows it once it has content.
void unmanaged_begin(struct xwindow *window);
// Hides it. Does nothing for managed windows.
void unmanaged_end(struct xwindow *window);
// The surface applied a commit.
void unmanaged_committed(struct xwindow *window);
// The place or the order in the X stack changed.
void unmanaged_moved(struct xwindow *window, xcb_window_t above);

// place.c

// Handles ConfigureRequest and ConfigureNotify. False: the event is another.
bool place_event(struct xwm *xwm, const xcb_generic_event_t *event);
// Before the first mapping: what position the program may have. Sets wanted.
void place_before_map(struct xwindow *window);
// After the first mapping: moves it to the position that the program asked for.
void place_after_map(struct xwindow *window);
// Moves and resizes as a program asks. mask: enum xcb_config_window_t, of x, y, width, height.
void place_request(struct xwindow *window, unsigned mask, const struct box *box);
// The position on the X screen that the place of the shell's window requires becomes due.
void place_follow(struct xwindow *window);
// Writes ConfigureWindow and ConfigureNotify where due.
void place_push(struct xwindow *window);

// states.c

// Writes WM_STATE, _NET_WM_STATE and the extents of the frame if they changed.
void states_push(struct xwindow *window);
// Writes the extents of the frame the window will have, whether it changed or not.
void states_push_frame(struct xwindow *window);
// The frame of the window: left, right, top, bottom.
void states_frame(const struct xwindow *window, int frame[4]);
// The window is withdrawn: deletes the properties.
void states_withdraw(struct xwindow *window);
// Reads the property that a program sets before it maps a window.
void states_read_initial(struct xwindow *window, const struct property *property);
// _NET_WM_STATE: action 0 removes, 1 adds, 2 toggles two states.
void states_request(struct xwindow *window, uint32_t action, xcb_atom_t first, xcb_atom_t second);

// focus.c

// Watches the focus of the keyboard.
void focus_init(struct xwm *xwm);
// Ends that.
void focus_finish(struct xwm *xwm);
// Sets the X focus by the keyboard's.
void focus_push(struct xwm *xwm);
// Handles FocusIn. False: the event is another.
bool focus_event(struct xwm *xwm, const xcb_generic_event_t *event);
// The window is forgotten.
void focus_forget(struct xwindow *window);

// stack.c

// Watches the scene and the outputs.
void stack_init(struct xwm *xwm);
// Ends that.
void stack_finish(struct xwm *xwm);
// Restacks the X windows where their order differs, and writes the lists of windows.
void stack_push(struct xwm *xwm);

// messages.c

// Handles ClientMessage.
void messages_event(struct xwm *xwm, const xcb_client_message_event_t *event);
// Sends a WM_PROTOCOLS message.
void messages_send_protocol(
	struct xwindow *window, xcb_atom_t protocol, uint32_t time, uint32_t data2, uint32_t data3);
