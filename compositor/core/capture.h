// SPDX-License-Identifier: MIT
// Pictures of outputs, regions, windows and the cursor, for every protocol and for scripts.
#pragma once
#include <stdbool.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"

struct output;
struct server;
struct window;

// Draws what the output shows (box in output pixels, after transform; NULL: all) into the target,
// whose size is that of the box. False: the target cannot be drawn into or read (logged).
bool capture_output(
	struct output *output, const struct box *box, bool cursor, struct buffer *target);
// A part of the layout at a scale, across outputs. Places without output are transparent black.
bool capture_layout(struct server *server, const struct box *box, double scale, bool cursor,
	struct buffer *target);
// A window with its subsurfaces and, if asked, popups and frame; transparent where nothing is.
struct box capture_window_extents(struct window *window, bool popups); // layout
bool capture_window(struct window *window, double scale, bool popups, struct buffer *target);
// A picture as it is (the cursor's), top left of the target; NULL: only transparency.
bool capture_image(struct server *server, struct buffer *image, struct buffer *target);
// Formats that targets may have, best first.
extern const uint32_t capture_formats[];
extern const size_t capture_formats_count;
