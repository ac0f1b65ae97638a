// SPDX-License-Identifier: MIT
// State of the floating desktop, shared by its files.
#pragma once
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/weak.h"
#include "compositor/policy.h"
#include "compositor/shell/attention.h"
#include "compositor/shell/bindings.h"

struct bell;
struct decoration;
struct font;
struct interactive;
struct lock_notice;
struct notice;
struct switcher;
struct wallpaper;

struct desktop {
	struct shell shell;
	struct font *font;               // owned
	struct wallpaper *wallpaper;     // owned
	struct interactive *interactive; // move, resize or button press in progress, or NULL
	struct switcher *switcher;       // owned; NULL while it is closed
	struct notice *notice;           // owned; NULL while there is none
	struct bell *bell;               // owned
	struct lock_notice *lock_notice; // owned
	struct decoration *hovered;      // decoration under the pointer, or NULL
	struct weak shown_active;        // struct window *: its title bar is drawn as active
	int n_fullscreen;                // windows that show a fullscreen state
	struct wl_event_source *restack; // idle callback of desktop_restack_later, or NULL
	struct attention attention;
	struct bindings bindings;
	struct { // last press on a title bar, to detect double clicks
		uint64_t window_id, time_ns;
		double x, y; // layout
	} last_press;
};

// Casts down; the shell must be the desktop.
static inline struct desktop *desktop_from(struct shell *shell)
{
	return wl_container_of(shell, (struct desktop *)NULL, shell);
}
