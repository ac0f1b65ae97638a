// SPDX-License-Identifier: MIT
// Draws lines of text into pixman images. Fonts are loaded when the first line is measured or
// drawn.
#pragma once
#include <pixman.h>
#include <stdbool.h>

struct font;

// builtin: always the stroke font, which looks the same on all systems. Never NULL.
struct font *font_create(bool builtin);
// NULL is allowed.
void font_destroy(struct font *font);
// Width of a text (UTF-8) in a font size, both in pixels.
int font_measure(struct font *font, const char *text, int size);
// Draws a text (UTF-8) from x, vertically centred on center_y; pixels. Text wider than width ends
// in an ellipsis.
void font_draw(struct font *font, pixman_image_t *into, const char *text, int size, int x,
	int center_y, int width, const pixman_color_t *color);
