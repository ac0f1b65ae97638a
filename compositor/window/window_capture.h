// SPDX-License-Identifier: MIT
// Captures of single windows.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"

struct buffer;
struct window;

// Bounds of the window with its subsurfaces; popups: with its popups and decorations, too. Layout
// coordinates.
struct box window_capture_extents(struct window *window, bool popups);
// A number that differs whenever the pictures of the window and its subsurfaces, without popups and
// decorations, may differ.
uint64_t window_capture_version(const struct window *window);
// Draws the same into the target, which has the size of the extents times scale; transparent where
// there is nothing. False: the target cannot be drawn into (logged).
bool window_capture(struct window *window, double scale, bool popups, struct buffer *target);
