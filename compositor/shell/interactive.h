// SPDX-License-Identifier: MIT
// Interactive moves and resizes of windows, and presses of title bar buttons.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/shell/decoration.h"

struct desktop;
struct desktop_window;
struct window;

// The functions that begin an operation take by_touch true from touch_down, for that touch point;
// its coordinates arrive with the grab's first event. They end an operation in progress.

// Begins a move. Does nothing for fullscreen windows.
void interactive_move(struct desktop_window *view, bool by_touch);
// Begins a resize by edges (enum window_edge). Does nothing without edges, and for maximised and
// fullscreen windows.
void interactive_resize(struct desktop_window *view, unsigned edges, bool by_touch);
// A press on the title bar: begins a move, or a press of a button; a double click maximises
// the window, or restores it.
void interactive_button(struct desktop_window *view, enum decoration_part part, bool by_touch);
// Implements xdg_toplevel.move and resize: begins one for the button, touch or tablet press of that
// serial. False: that press is over, something else is in progress, or the window cannot be moved
// or resized in its states.
bool interactive_for_client(
	struct desktop_window *view, uint32_t serial, bool resize, unsigned edges);
// Ends the one of a window that is unmapped.
void interactive_window_gone(struct desktop *desktop, struct window *window);
// Ends the one in progress, if any; the window stays where it is.
void interactive_end(struct desktop *desktop);
