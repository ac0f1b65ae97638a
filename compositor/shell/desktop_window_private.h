// SPDX-License-Identifier: MIT
// Between desktop_window.c and desktop_place.c only.
#pragma once
#include <stdbool.h>
#include "compositor/base/geom.h"
#include "compositor/shell/place.h"

struct desktop_window;
struct output;
struct window;

// The enabled output it belongs to, or is shown on meanwhile; assigns it. NULL: no output is
// enabled.
struct output *desktop_window_output(struct desktop_window *view);
// Frame around a window geometry of that width in the pending states, logical pixels.
struct extents desktop_window_extents_for(const struct desktop_window *view, int width);
// The current content was drawn for the pending states and size.
bool window_has_drawn_pending(const struct window *window);
// Sets the window geometry, layout: the position when the client has drawn the size.
void desktop_window_set_box(struct desktop_window *view, const struct box *box);
// Clears or sets states of FIXED, and arranges the window. output is that of the states to be set;
// NULL: the one it belongs to.
void desktop_window_set_fixed(
	struct desktop_window *view, unsigned clear, unsigned set, struct output *output);
// Floating windows: sets size and position by its place.
void desktop_window_arrange_floating(struct desktop_window *view);
// Chooses the place of a floating window that has none yet, and moves it there.
void desktop_window_place_floating(struct desktop_window *view);
