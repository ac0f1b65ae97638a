// SPDX-License-Identifier: MIT
// The title bar of a decoration: its size, buttons and image. Private to decoration.c.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include "compositor/shell/decoration.h"

struct content;
struct text_line;
struct window_icon;

// Logical pixels.
#define TITLE_BAR_HEIGHT 30
#define BORDER_WIDTH 1
#define BORDER_RADIUS 8 // of the upper corners
#define BUTTON_WIDTH 30
// Narrower windows have a bar of this width, centred, so that there is room beside the button.
#define MIN_BAR_WIDTH 96

// All that a decoration is drawn from, except its title. Compared by memcmp, so padding is zeroed.
struct appearance {
	int width, height; // of the window geometry, logical
	double scale;
	bool shown, active, urgent, maximized, tiled, resizable, can_maximize, can_minimize,
		pressed;
	enum decoration_part hover;     // button under the pointer
	const struct window_icon *icon; // of the window, or NULL
};

// Distance of the button's left edge from the right end of the bar, logical. 0: it is not shown.
int title_bar_button_offset(const struct appearance *appearance, enum decoration_part part);
// Colour of the border, which includes the edge of the title bar.
pixman_color_t title_bar_border_color(const struct appearance *appearance);
// Draws the bar into a new buffer of the content, at appearance->scale. bar_width is logical. title
// may be empty; line draws it, and calls for another picture when it can. Without memory (logged)
// the content becomes empty.
void title_bar_draw(struct content *content, const struct appearance *appearance,
	struct text_line *line, const char *title, int bar_width);
