// SPDX-License-Identifier: MIT
// Draws anti-aliased shapes into pixman images, and images into contents of the scene. Coordinates
// are pixels.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"

struct buffer;
struct content;

#define RGB_PANEL 0x21252c
#define RGB_TEXT 0xe9ecf2
#define RGB_URGENT 0xe8a33d // what asks for the attention of the user

struct point {
	double x, y;
};

struct segment {
	struct point from, to;
};

// Premultiplied colour of 0xrrggbb and an alpha of 0 to 1.
pixman_color_t paint_color(uint32_t rgb, double alpha);
// Fills a box; an empty one is allowed.
void paint_box(pixman_image_t *into, const struct box *box, const pixman_color_t *color);
// Fills a box with rounded corners: top left, top right, bottom right, bottom left.
void paint_round_box(pixman_image_t *into, const struct box *box, const double radii[4],
	const pixman_color_t *color);
// Draws lines with round caps.
void paint_segments(pixman_image_t *into, const struct segment *segments, size_t count,
	double width, const pixman_color_t *color);
// Fills a circle around x, y.
void paint_spot(
	pixman_image_t *into, double x, double y, double diameter, const pixman_color_t *color);

// Draws premultiplied ARGB pixels, a square of that size, scaled into a box.
void paint_picture(pixman_image_t *into, const uint32_t *pixels, int size, const struct box *box);

struct painting {
	struct buffer *buffer;
	pixman_image_t *image; // of the buffer, to draw into
};
// Begins a transparent image of that size in pixels. False: no memory (logged).
bool painting_begin(struct painting *painting, int width, int height);
// Ends it and makes its buffer that of the content.
void painting_show(struct painting *painting, struct content *content);
