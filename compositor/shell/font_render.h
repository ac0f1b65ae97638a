// SPDX-License-Identifier: MIT
// Pictures of lines of text, by a font module. What reads files here is called in a thread, by one
// at a time.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/shell/font_module.h"

#define FONT_MAX_TEXT 256 // code points; more do not fit into a title bar

struct font_render;

struct font_text {
	uint32_t codes[FONT_MAX_TEXT + 1]; // room for an ellipsis
	size_t length;
	int size, room; // font size and greatest width, pixels
};

struct font_picture {
	int width; // of the whole text, pixels, even if it is cut
	bool cut;  // ends in an ellipsis
	// Coverage (a8) and glyphs that have colours of their own; NULL: none. Both are `size`
	// pixels wider at each side than what they show, and 3 * size high.
	pixman_image_t *mask, *colored;
};

// Decodes UTF-8. Control characters become spaces.
void font_text_decode(struct font_text *text, const char *utf8);
// Cuts the text so that it ends in an ellipsis, if it is wider than its room. Returns the width of
// the whole text, pixels.
int font_text_fit(struct font_text *text, const struct font_module *module, struct face *face);

// Loads nothing yet. load is called with the first line. Never NULL.
struct font_render *font_render_create(font_load_func *load);
// Closes what was opened. NULL is allowed.
void font_render_destroy(struct font_render *render);
// Draws a line; loads the module and its faces first. The text is cut to its room. False: there is
// no system font (logged); *picture is empty.
bool font_render_line(
	struct font_render *render, struct font_text *text, struct font_picture *picture);
// Frees the images. An empty picture is allowed.
void font_picture_finish(struct font_picture *picture);
