// SPDX-License-Identifier: MIT
// Takes screenshots: renders what the compositor shows into images. Screens are never read back.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/base/image.h"

struct output;
struct server;
struct window;

// All of them return an image that the caller destroys, or NULL with *error set, which the caller
// frees. cursor: with the pointer's image.

// One output in its physical pixels, upright whatever its transform is. Fails when it is off.
struct image *shot_output(struct output *output, bool cursor, char **error);
// A box of the layout (logical pixels). scale 0: the largest scale of the outputs that it meets.
struct image *shot_layout(
	struct server *server, const struct box *box, double scale, bool cursor, char **error);
// A window on its own, with its popups if popups is set. scale 0: that of its output.
struct image *shot_window(struct window *window, double scale, bool popups, char **error);
// The only output that is on, in physical pixels; of several the whole layout, at scale.
struct image *shot_everything(struct server *server, double scale, bool cursor, char **error);
// Sets *color to the color (0xAARRGGBB) at a point of the layout. False: no output is there, or no
// memory.
bool shot_pixel(struct server *server, double x, double y, uint32_t *color);
