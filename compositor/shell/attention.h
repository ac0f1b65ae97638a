// SPDX-License-Identifier: MIT
// What the user did last, which decides whether a window may take the keyboard focus by itself:
// only if the user asked for it and has not typed or clicked elsewhere since.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/weak.h"

struct desktop;
struct layer_surface;
struct surface;
struct window;
struct window_detail;

// All zero: the session has just started, and all that appears was asked for.
struct attention {
	struct weak surface;   // struct surface *: root of the one used last; NULL: none, or gone
	bool busy;             // with that surface; else what appears next was asked for
	uint64_t used_ns;      // when it was used, or a program launched; 0: never
	uint64_t used_boot_ns; // the same as CLOCK_BOOTTIME
};

// For the end of the desktop.
void attention_finish(struct attention *attention);
// A key other than a modifier was pressed; surface has the keyboard, or NULL.
void attention_key(struct desktop *desktop, struct surface *surface);
// The surface was pressed by a pointer, a finger or a pen, or the user switched to its window.
// Presses on panels may start programs.
void attention_press(struct desktop *desktop, struct surface *surface);
// A program was started for the user, by a binding or by shell_impl.launched.
void attention_launched(struct desktop *desktop);
// A new window may take the focus: by its own hints, the configuration, and what the user did last.
bool attention_allows_window(struct desktop *desktop, struct window *window);
// A new layer surface with on-demand keyboard interactivity may take the focus: as windows, but
// with FOCUS_NEW_NEVER, which is about windows, as with FOCUS_NEW_SMART.
bool attention_allows_layer(struct desktop *desktop, struct layer_surface *layer);
// Windows that ask for attention are marked.
bool attention_marks(const struct desktop *desktop);
// The user asked for what the window shows: it belongs to the client that was used last, or was
// started by it since, or nothing was used since the session started or a program was launched.
bool attention_expects(struct desktop *desktop, struct window *window);
// An activation by a token may move the focus: the user did nothing elsewhere since the token was
// created.
bool attention_allows_token(
	struct desktop *desktop, struct window *window, const struct window_detail *detail);
// The same of a layer surface; act and owner as in window_detail.
bool attention_allows_layer_token(
	struct desktop *desktop, struct layer_surface *layer, uint64_t act, const void *owner);
