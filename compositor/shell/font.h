// SPDX-License-Identifier: MIT
// One line of text into a picture. Nothing is loaded before the first one is drawn.
#pragma once
#include <pixman.h>
#include <stdbool.h>

struct font;

// builtin: the strokes that look the same everywhere, whatever fonts there are.
struct font *font_create(bool builtin);
void font_destroy(struct font *font); // NULL is allowed
// Pixels that text (UTF-8) of that size takes.
int font_measure(struct font *font, const char *text, int size);
// Draws it from x on around the line center_y; what is wider than width ends in an ellipsis.
void font_draw(struct font *font, pixman_image_t *into, const char *text, int size, int x,
	int center_y, int width, const pixman_color_t *color);
