// SPDX-License-Identifier: MIT
// Cursor theme files (the X cursor format) and the shapes that are always there.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xcursor_image {
	int width, height, hotspot_x, hotspot_y;
	int nominal_size;
	uint32_t delay_ms; // until the next image of an animation, 0: still
	uint32_t *pixels;  // ARGB8888 premultiplied, width * height, owned
};

struct xcursor {
	struct xcursor_image *images; // frames of one size
	size_t n_images;
};

// Looks name (and its older aliases) up in the theme and those it inherits, nearest size to
// size_px. NULL: not there. Bad files are treated as not there, with a log line.
struct xcursor *xcursor_load(const char *theme, const char *name, int size_px);
// The built-in picture for a CSS name, drawn for size_px; an arrow for names it does not know. Never
// NULL, the same pixels everywhere.
struct xcursor *xcursor_builtin(const char *name, int size_px);
void xcursor_destroy(struct xcursor *cursor);
