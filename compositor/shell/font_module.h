// SPDX-License-Identifier: MIT
// The interface of fonts: the stroke font in the program, and the system's fonts in a module, which
// exports `font_module`.
#pragma once
#include <pixman.h>
#include <stddef.h>
#include <stdint.h>

struct face; // a font in one size

struct font_module {
	struct face *(*open)(int size); // pixels; NULL: no font
	void (*close)(struct face *face);
	// Width of the text (code points), pixels.
	int (*measure)(struct face *face, const uint32_t *text, size_t length);
	// Draws the text (code points) from x, vertically centred on center_y; pixels.
	void (*draw)(struct face *face, pixman_image_t *into, const uint32_t *text, size_t length,
		int x, int center_y, const pixman_color_t *color);
};

extern const struct font_module font_strokes;
extern const struct font_module font_module;
