// SPDX-License-Identifier: MIT
// Where windows go. Pure functions on boxes; frames are counted in by the caller.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/geom.h"

struct config;
struct output;
struct rule;
struct window;

// What a frame adds on each side of a window geometry.
struct extents {
	int left, right, top, bottom;
};

struct box box_with(const struct box *box, const struct extents *extents);    // grown
struct box box_without(const struct box *box, const struct extents *extents); // shrunk, not below 1

// Moved into the area; what is larger than the area starts at its top left.
struct box place_inside(const struct box *box, const struct box *area);
struct box place_centered(int width, int height, const struct box *around);
// Steps down a diagonal until no box of taken starts there.
struct box place_cascade(
	int width, int height, const struct box *area, const struct box *taken, size_t count);
// The same place relative to another output: what was inside stays inside.
struct box place_moved(const struct box *box, const struct box *from, const struct box *to);

// The first rule that fits the window's names, NULL: none.
const struct rule *rule_for(const struct config *config, const struct window *window);

struct node;
// Shows the window alone: in the middle of area, over a black node as large as its screen that
// *backdrop keeps.
void place_fullscreen(struct window *window, const struct box *area, const struct box *screen,
	struct node **backdrop);
