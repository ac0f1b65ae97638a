// SPDX-License-Identifier: MIT
// What a source of glyphs is: the strokes in the program, or the system's fonts in a module of
// their own, which defines `font_module`.
#pragma once
#include <pixman.h>
#include <stddef.h>
#include <stdint.h>

struct face; // one size

struct font_module {
	struct face *(*open)(int size); // of text in pixels; NULL: there is no font
	void (*close)(struct face *face);
	int (*measure)(struct face *face, const uint32_t *text, size_t length);
	// From x on, in the middle of the line center_y.
	void (*draw)(struct face *face, pixman_image_t *into, const uint32_t *text, size_t length,
		int x, int center_y, const pixman_color_t *color);
};

extern const struct font_module font_strokes;
extern const struct font_module font_module;
