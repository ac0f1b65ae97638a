// SPDX-License-Identifier: MIT
// Shapes with smooth edges on pixman images, and images that become contents. Coordinates are
// pixels.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"

struct buffer;
struct content;

struct point {
	double x, y;
};

struct segment {
	struct point from, to;
};

pixman_color_t paint_color(uint32_t rgb, double alpha); // 0xrrggbb
void paint_box(pixman_image_t *into, const struct box *box, const pixman_color_t *color);
// The corners of radii are those of CSS: top left, top right, bottom right, bottom left.
void paint_round_box(pixman_image_t *into, const struct box *box, const double radii[4],
	const pixman_color_t *color);
// Lines with round ends.
void paint_segments(pixman_image_t *into, const struct segment *segments, size_t count,
	double width, const pixman_color_t *color);

// A transparent picture to paint on; NULL: logged.
struct painting {
	struct buffer *buffer;
	pixman_image_t *image;
};
bool painting_begin(struct painting *painting, int width, int height);
void painting_show(struct painting *painting, struct content *content); // and ends it
