// SPDX-License-Identifier: MIT
// The interface of shells, which decide where windows are placed, what has the focus and what keys
// do. The folders below the shell call it through this table; window/focus.h has functions for
// shells.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/weak.h"

struct input_event;
struct layer_surface;
struct node;
struct output;
struct seat;
struct server;
struct shell;
struct surface;
struct window;

// Requests of clients, task bars and scripts, with the fields of window_detail that are set.
enum window_request {
	REQUEST_MAXIMIZE,   // on
	REQUEST_FULLSCREEN, // on, output
	REQUEST_MINIMIZE,   // on
	REQUEST_ACTIVATE,   // with a valid activation token: by_token, act, owner; or by a task bar
	REQUEST_ATTENTION,  // an activation without a valid token
	REQUEST_MOVE,       // serial
	REQUEST_RESIZE,     // serial, edges
	REQUEST_MENU,       // serial, x, y
	REQUEST_DECORATION, // on: server-side
	REQUEST_RECTANGLE,  // position in a task bar; shells may ignore it
	// Of scripts
	REQUEST_PLACE, // x, y: layout position of the top left of the window geometry
	REQUEST_SIZE,  // width, height of the window geometry
};

struct window_detail {
	bool on;
	struct output *output; // or NULL
	struct seat *seat;
	uint32_t serial;   // of a press, validated
	unsigned edges;    // enum window_edge
	int x, y;          // surface coordinates; layout for REQUEST_PLACE
	int width, height; // logical
	bool by_token;
	uint64_t act;      // shell.acts when the token was created
	const void *owner; // struct wl_client * that created the token, only compared; or NULL
};

// Capabilities that a shell lacks; the others are sent as xdg_toplevel.wm_capabilities.
enum shell_lack {
	SHELL_LACKS_MENU = 1 << 0,
	SHELL_LACKS_MAXIMIZE = 1 << 1,
	SHELL_LACKS_FULLSCREEN = 1 << 2,
	SHELL_LACKS_MINIMIZE = 1 << 3,
};

// destroy is required; other functions may be NULL.
struct shell_impl {
	const char *name;
	unsigned lacks; // enum shell_lack
	void (*destroy)(struct shell *shell);
	// Initial commit, before the first configure: sets the initial size and states.
	void (*window_added)(struct shell *shell, struct window *window);
	void (*window_mapped)(struct shell *shell, struct window *window);
	void (*window_unmapped)(struct shell *shell, struct window *window);
	// A mapped window applied a commit; its geometry may have changed.
	void (*window_committed)(struct shell *shell, struct window *window);
	// Title, app id, parent or size limits changed.
	void (*window_changed)(struct shell *shell, struct window *window);
	// A request of the client or a task bar; the shell may refuse it.
	void (*window_request)(struct shell *shell, struct window *window, enum window_request what,
		const struct window_detail *detail);
	// A layer surface was created, mapped, changed, unmapped or closed.
	void (*layer_changed)(struct shell *shell, struct layer_surface *layer);
	// An activation of a mapped layer surface by a valid token: act and owner as in
	// window_detail.
	void (*layer_activated)(
		struct shell *shell, struct layer_surface *layer, uint64_t act, const void *owner);
	// Outputs were added, removed or changed.
	void (*layout_changed)(struct shell *shell);
	// A key (evdev code) before it is sent to clients. True: consumed.
	bool (*key)(struct shell *shell, uint32_t code, bool pressed);
	// The same while the session is locked: only what is safe then. NULL: the shell gets no
	// keys.
	bool (*locked_key)(struct shell *shell, uint32_t code, bool pressed);
	// The session was locked: ends what is in progress, such as a switcher that is open.
	void (*locked)(struct shell *shell);
	// Modifiers or layout changed, by a key or without one.
	void (*modifiers)(struct shell *shell);
	// A button (evdev code) on node (NULL: none) before it is sent to clients. True: consumed.
	bool (*button)(struct shell *shell, struct node *node, uint32_t code, bool pressed);
	// An INPUT_AXIS before it is sent to clients. True: consumed.
	bool (*axis)(struct shell *shell, const struct input_event *event);
	// A new touch point on node (NULL: none), at x, y from its origin, before wl_touch.down is
	// sent. A grab pushed here receives the touch point.
	void (*touch_down)(struct shell *shell, struct node *node, double x, double y);
	// The pointer is over a node that the shell owns, at x, y from its origin. NULL: it left.
	void (*hover)(struct shell *shell, struct node *node, double x, double y);
	// A program was started for the user, other than by the shell: its windows may take the
	// focus.
	void (*launched)(struct shell *shell);
	// xdg_system_bell_v1.ring of a mapped window, or NULL.
	void (*bell)(struct shell *shell, struct window *window);
	// After shell_activate.
	void (*activated)(struct shell *shell);
	// Sets frame to the width (left, right, top, bottom) of the frame around a window geometry
	// of that width, in these states (enum window_state). NULL: windows have none.
	void (*frame)(bool decorated, unsigned states, int width, int frame[4]);
	// The surface began or ceased to inhibit shortcuts (seat/shortcuts.h).
	void (*shortcuts_changed)(struct shell *shell, struct surface *surface);
};

struct shell {
	const struct shell_impl *impl;
	struct server *server;
	struct window *active; // the window with WINDOW_ACTIVATED, or NULL
	struct weak layer;     // struct layer_surface *, set by shell_activate_layer
	uint64_t acts;         // keys and buttons that the user has pressed, if the shell counts
};
