// SPDX-License-Identifier: MIT
// The place where a window belongs, which it leaves while its output is gone or too small: an
// output, recognised by its monitor, and a box on it.
#pragma once
#include "compositor/base/geom.h"

struct output;
struct server;

// All zero: no place. One per window and purpose, so that nothing is kept of outputs without
// windows.
struct home {
	char *output;                    // owned; name of the output, or NULL: no place
	char *monitor;                   // owned; make, model and serial number, or NULL: unknown
	struct box box;                  // relative to the origin of the output, logical
	int output_width, output_height; // when the box was set, logical
	struct output *found;            // by home_find, or NULL; in the layout of that number
	uint64_t layout;                 // server.layouts; 0: home_find has to look
};

// Frees what it owns; it is no place afterwards.
void home_finish(struct home *home);
// Sets the output, and the box, in layout coordinates. box NULL: an empty one.
void home_set(struct home *home, const struct output *output, const struct box *box);
// Sets the output to that of another place, which may be none; the box is kept.
void home_set_like(struct home *home, const struct home *other);
// The enabled output of that name and monitor, else the same monitor, known by its serial number,
// on another connector. NULL: none, or no place.
struct output *home_find(struct home *home, struct server *server);
// Where a frame, whose home is at frame relative to the origin of its output, belongs on an output,
// which may be another: inside the usable area, and no larger, if it was inside its own output.
// Layout coordinates.
struct box home_place(
	const struct home *home, const struct box *frame, const struct output *output);
