// SPDX-License-Identifier: MIT
// The policy interface. Nothing else decides where windows go, who has focus, what keys do.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/weak.h"
#include "compositor/core/seat.h"
#include "compositor/core/window.h"

struct layer_surface;
struct node;
struct server;
struct shell;

enum window_request {
	REQUEST_MAXIMIZE,   // on
	REQUEST_FULLSCREEN, // on, output
	REQUEST_MINIMIZE,   // on
	REQUEST_ACTIVATE,   // token checked, or a task bar's wish
	REQUEST_MOVE,       // serial
	REQUEST_RESIZE,     // serial, edges
	REQUEST_MENU,       // serial, x, y on the surface
	REQUEST_DECORATION, // on: server side
	REQUEST_RECTANGLE,  // where a task bar shows it: ignored by most
};

struct window_detail {
	bool on;
	struct output *output; // may be NULL
	struct seat *seat;
	uint32_t serial;
	unsigned edges; // enum window_edge
	int x, y;
};

// What a shell may do without; clients are told what is there (wm_capabilities).
enum shell_lack {
	SHELL_LACKS_MENU = 1 << 0,
	SHELL_LACKS_MAXIMIZE = 1 << 1,
	SHELL_LACKS_FULLSCREEN = 1 << 2,
	SHELL_LACKS_MINIMIZE = 1 << 3,
};

struct shell_impl {
	const char *name;
	unsigned lacks; // enum shell_lack
	void (*destroy)(struct shell *shell);
	// Before its first configure: choose size and states (window_set_*); the configure follows.
	void (*window_added)(struct shell *shell, struct window *window);
	void (*window_mapped)(struct shell *shell, struct window *window);
	void (*window_unmapped)(struct shell *shell, struct window *window);
	void (*window_committed)(
		struct shell *shell, struct window *window);                // size may have changed
	void (*window_changed)(struct shell *shell, struct window *window); // title, parent, limits
	void (*window_request)(struct shell *shell, struct window *window, enum window_request what,
		const struct window_detail *detail);
	void (*layer_changed)(
		struct shell *shell, struct layer_surface *layer); // new, mapped, gone
	void (*layout_changed)(struct shell *shell);               // outputs came, went, changed
	// A key before clients see it; true: it was a binding.
	bool (*key)(struct shell *shell, uint32_t code, bool pressed);
	// A press on node (NULL: empty place) before the client sees it; true: swallowed.
	bool (*button)(struct shell *shell, struct node *node, uint32_t code, bool pressed);
	bool (*axis)(struct shell *shell, const struct input_event *event);
	// A touch on node, at that point of it, before the client hears of it; a grab that is pushed
	// here gets the touch.
	void (*touch_down)(struct shell *shell, struct node *node, double x, double y);
	// The pointer is over a node of the shell's own (decorations), or left it (NULL).
	void (*hover)(struct shell *shell, struct node *node, double x, double y);
	// shell->active is another one, by shell_activate.
	void (*activated)(struct shell *shell);
};

struct shell {
	const struct shell_impl *impl;
	struct server *server;
	struct window *active; // the one with WINDOW_ACTIVATED, or NULL
	struct weak layer;     // struct layer_surface *: the user gave it the keyboard
};

struct shell *desktop_shell_create(struct server *server);
struct shell *kiosk_shell_create(struct server *server);
void shell_destroy(struct shell *shell); // NULL is allowed
// Focuses, raises and activates; NULL: nothing has focus. Also for scripts.
void shell_activate(struct shell *shell, struct window *window);
// The keyboard goes to that layer surface where it wants it, until a window is activated.
void shell_activate_layer(struct shell *shell, struct layer_surface *layer);
// Gives the keyboard to whose it is: a layer surface that insists, the one the user chose, the
// active window. After layer surfaces changed.
void shell_update_keyboard(struct shell *shell);
// Activates what was focused before `gone`, which leaves (unmapped, minimised).
void shell_activate_next(struct shell *shell, struct window *gone);
// The door for wishes: what comes before the initial commit is kept and handed to the shell right
// after window_added. detail NULL: all zero. Also keeps wants_decorations. In configure.c.
void window_ask(
	struct window *window, enum window_request what, const struct window_detail *detail);
