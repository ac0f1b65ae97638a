// SPDX-License-Identifier: MIT
// Draws lines of text into pixman images. The system's fonts are read, and glyphs made, in a thread
// (a file may be slow or never come): a line shows nothing, or what it showed last, until then.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include "compositor/shell/font_module.h"

struct font;
struct text_line;
struct workers;

// load finds the module; NULL: always the stroke font, which looks the same on all systems and
// needs no file. Never NULL.
struct font *font_create(struct workers *workers, font_load_func *load);
// Its lines must be destroyed before. NULL is allowed.
void font_destroy(struct font *font);
// Loads the module of the system's fonts. NULL: it is not installed (logged).
font_load_func font_load_system;

// ready is called in the loop, not by the functions below, when what text_line_draw draws has
// changed.
struct text_line *text_line_create(struct font *font, void (*ready)(void *data), void *data);
// NULL is allowed.
void text_line_destroy(struct text_line *line);
// Chooses the text (UTF-8), the font size, and the room for it, both in pixels. Text wider than its
// room ends in an ellipsis. Cheap if nothing has changed.
void text_line_set(struct text_line *line, const char *text, int size, int room);
// Width of the whole text, of which a part may be shown; pixels. 0: nothing is shown yet.
int text_line_width(const struct text_line *line);
// Draws the line from x, vertically centred on center_y; pixels.
void text_line_draw(const struct text_line *line, pixman_image_t *into, int x, int center_y,
	const pixman_color_t *color);
