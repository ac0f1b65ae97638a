// SPDX-License-Identifier: MIT
// The interface of fonts: the stroke font in the program, and the system's fonts in a module, which
// exports `font_module`.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct face; // a font in one size

// Each function may read files.
struct font_module {
	struct face *(*open)(int size); // pixels; NULL: no font
	void (*close)(struct face *face);
	// Width of the text (code points), pixels.
	int (*measure)(struct face *face, const uint32_t *text, size_t length);
	// Draws the text (code points) from x, vertically centred on center_y, in pixels: glyphs
	// that have colours of their own, as emoji, into `colored` (a8r8g8b8), the others into
	// `plain` (any format) in that colour. Either may be NULL, which leaves its glyphs out.
	// Returns whether the text has glyphs with colours.
	bool (*draw)(struct face *face, pixman_image_t *plain, pixman_image_t *colored,
		const uint32_t *text, size_t length, int x, int center_y,
		const pixman_color_t *color);
};

// Finds a module; it is never unloaded. NULL: there is none. In a thread.
typedef const struct font_module *font_load_func(void);

extern const struct font_module font_strokes; // needs no file
extern const struct font_module font_module;
