// SPDX-License-Identifier: MIT
// The policy interface. Nothing else decides where windows go, who has focus, what keys do.
#pragma once
#include <stdbool.h>
#include <stdint.h>
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
	void (*touch_down)(struct shell *shell, struct node *node);
	// The pointer is over a node of the shell's own (decorations), or left it (NULL).
	void (*hover)(struct shell *shell, struct node *node, double x, double y);
};

struct shell {
	const struct shell_impl *impl;
	struct server *server;
	struct window *active; // the one with WINDOW_ACTIVATED, or NULL
};

struct shell *desktop_shell_create(struct server *server);
struct shell *kiosk_shell_create(struct server *server);
void shell_destroy(struct shell *shell); // NULL is allowed
// Focuses, raises and activates; NULL: nothing has focus. Also for scripts.
void shell_activate(struct shell *shell, struct window *window);
// The door for wishes: what comes before the initial commit is kept and handed to the shell right
// after window_added. detail NULL: all zero. Also keeps wants_decorations. In configure.c.
void window_ask(
	struct window *window, enum window_request what, const struct window_detail *detail);
