// SPDX-License-Identifier: MIT
// Captures of outputs, parts of the layout, scene trees and the cursor, for protocols and scripts.
#pragma once
#include <stdbool.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"

struct node;
struct output;
struct server;

// Draws what the output shows into the target. box: output pixels, after the transform, NULL: all;
// the target has its size. False: the target cannot be drawn into (logged).
bool capture_output(
	struct output *output, const struct box *box, bool cursor, struct buffer *target);
// Draws a layout box at a scale. Areas without output are transparent black. False as above.
bool capture_layout(struct server *server, const struct box *box, double scale, bool cursor,
	struct buffer *target);
// Draws a layout box of one scene tree at a scale, otherwise transparent. False as above.
bool capture_tree(struct node *root, const struct box *box, double scale, struct buffer *target);
// Draws an image (the cursor's) at the target's top left; NULL: all transparent. False as above.
bool capture_image(struct server *server, struct buffer *image, struct buffer *target);
// Formats of targets, preferred first.
extern const uint32_t capture_formats[];
extern const size_t capture_formats_count;
