// SPDX-License-Identifier: MIT
// Draws the title bar of a decoration: rounded corners, title, and the buttons at its right end.
#include "compositor/shell/title_bar.h"
#include <math.h>
#include "compositor/base/base.h"
#include "compositor/scene/content.h"
#include "compositor/shell/font.h"
#include "compositor/shell/paint.h"
#include "compositor/window/icon.h"

// Logical pixels.
#define BUTTON_END 4 // between the right end and the last button
#define HALO 11      // radius of the disc behind a hovered button
#define TEXT 13
#define TEXT_PAD 14 // between the left end and the icon or the title
#define ICON 16     // each side
#define ICON_PAD 8  // between icon and title

#define MAX_PIXELS 16384 // width of the image

#define RGB_BAR 0x2b303a
#define RGB_BAR_INACTIVE 0x24282f
#define RGB_BAR_URGENT 0x4d3d24
#define RGB_BORDER 0x434c5e
#define RGB_BORDER_INACTIVE 0x2f343d
#define RGB_TEXT_INACTIVE 0x868e9b
#define RGB_CLOSE 0xd9574d

pixman_color_t title_bar_border_color(const struct appearance *appearance)
{
	if (appearance->urgent)
		return paint_color(RGB_URGENT, 1);
	return paint_color(appearance->active ? RGB_BORDER : RGB_BORDER_INACTIVE, 1);
}

static bool button_is_shown(const struct appearance *appearance, enum decoration_part part)
{
	switch (part) {
	case PART_CLOSE:
		return true;
	case PART_MAXIMIZE:
		return appearance->can_maximize && appearance->width >= 4 * BUTTON_WIDTH;
	case PART_MINIMIZE:
		return appearance->can_minimize && appearance->width >= 5 * BUTTON_WIDTH;
	default:
		return false;
	}
}

int title_bar_button_offset(const struct appearance *appearance, enum decoration_part part)
{
	int offset = BUTTON_END;
	// From right to left.
	for (enum decoration_part each = PART_CLOSE; each >= PART_MINIMIZE; each--) {
		if (!button_is_shown(appearance, each))
			continue;
		offset += BUTTON_WIDTH;
		if (each == part)
			return offset;
	}
	return 0;
}

static bool has_room_for_icon(const struct appearance *appearance)
{
	return appearance->width >= 5 * BUTTON_WIDTH;
}

static pixman_color_t bar_color(const struct appearance *appearance)
{
	if (appearance->urgent)
		return paint_color(RGB_BAR_URGENT, 1);
	return paint_color(appearance->active ? RGB_BAR : RGB_BAR_INACTIVE, 1);
}

static pixman_color_t text_color(const struct appearance *appearance)
{
	bool bright = appearance->active || appearance->urgent;
	return paint_color(bright ? RGB_TEXT : RGB_TEXT_INACTIVE, 1);
}

// What the functions below draw on; their coordinates are logical, relative to the bar.
struct brush {
	pixman_image_t *image;
	double scale; // logical to image pixels
	pixman_color_t color;
};

static void draw_lines(
	const struct brush *brush, const double (*points)[4], size_t count, double x, double y)
{
	struct segment segments[8];
	// Horizontal and vertical lines are sharp if they cover whole pixels.
	double width = fmax(1, floor(brush->scale * 1.2 + 0.25));
	double offset = fmod(width, 2) / 2;
	for (size_t i = 0; i < count; i++) {
		segments[i].from.x = floor((x + points[i][0]) * brush->scale) + offset;
		segments[i].from.y = floor((y + points[i][1]) * brush->scale) + offset;
		segments[i].to.x = floor((x + points[i][2]) * brush->scale) + offset;
		segments[i].to.y = floor((y + points[i][3]) * brush->scale) + offset;
	}
	paint_segments(brush->image, segments, count, width, &brush->color);
}

static void draw_icon(
	const struct brush *brush, enum decoration_part part, bool maximized, double x, double y)
{
	static const double cross[][4] = {{-4, -4, 4, 4}, {-4, 4, 4, -4}};
	static const double square[][4] = {
		{-4, -4, 4, -4}, {4, -4, 4, 4}, {4, 4, -4, 4}, {-4, 4, -4, -4}};
	static const double squares[][4] = {{-5, -2, 2, -2}, {2, -2, 2, 5}, {2, 5, -5, 5},
		{-5, 5, -5, -2}, {-2, -5, 5, -5}, {5, -5, 5, 2}};
	static const double dash[][4] = {{-5, 0, 5, 0}};
	if (part == PART_CLOSE)
		draw_lines(brush, cross, array_length(cross), x, y);
	else if (part == PART_MINIMIZE)
		draw_lines(brush, dash, array_length(dash), x, y);
	else if (maximized)
		draw_lines(brush, squares, array_length(squares), x, y);
	else
		draw_lines(brush, square, array_length(square), x, y);
}

static void draw_button(struct brush *brush, const struct appearance *appearance,
	enum decoration_part part, int bar_width)
{
	int offset = title_bar_button_offset(appearance, part);
	if (!offset)
		return;
	double x = bar_width - offset + BUTTON_WIDTH / 2.0, y = TITLE_BAR_HEIGHT / 2.0,
	       scale = brush->scale;
	brush->color = text_color(appearance);
	if (appearance->hover == part) {
		pixman_color_t halo = part == PART_CLOSE
			? paint_color(RGB_CLOSE, appearance->pressed ? 0.75 : 1)
			: paint_color(0xffffff, appearance->pressed ? 0.22 : 0.12);
		paint_spot(brush->image, x * scale, y * scale, 2 * HALO * scale, &halo);
		brush->color = paint_color(0xffffff, 1);
	}
	draw_icon(brush, part, appearance->maximized, x, y);
}

// The window's icon, from the picture that needs the least scaling. False: there is none.
static bool draw_window_icon(const struct brush *brush, const struct appearance *appearance)
{
	int size = (int)lround(ICON * brush->scale);
	const struct icon_image *image = window_icon_image(appearance->icon, size);
	if (!image || !has_room_for_icon(appearance))
		return false;
	struct box box = {(int)lround(TEXT_PAD * brush->scale),
		(int)lround((TITLE_BAR_HEIGHT - ICON) / 2.0 * brush->scale), size, size};
	paint_picture(brush->image, image->pixels, image->size, &box);
	return true;
}

static void draw_title(struct brush *brush, const struct appearance *appearance,
	struct text_line *line, const char *title, int bar_width)
{
	int start = TEXT_PAD + (draw_window_icon(brush, appearance) ? ICON + ICON_PAD : 0);
	if (!*title)
		return;
	int buttons = BUTTON_END;
	for (enum decoration_part part = PART_MINIMIZE; part <= PART_CLOSE; part++)
		buttons = MAX(buttons, title_bar_button_offset(appearance, part));
	double scale = brush->scale;
	int size = (int)lround(TEXT * scale), pad = (int)lround(start * scale);
	int whole = (int)lround(bar_width * scale);
	int room = whole - pad - (int)lround((buttons + TEXT_PAD / 2.0) * scale);
	if (room < size)
		return;
	text_line_set(line, title, size, room);
	int text = text_line_width(line);
	int x = (whole - text) / 2; // centred in the bar if the buttons leave room
	if (x + text > pad + room)
		x = pad + MAX(room - text, 0);
	pixman_color_t color = text_color(appearance);
	text_line_draw(
		line, brush->image, MAX(x, pad), (int)lround(TITLE_BAR_HEIGHT * scale / 2), &color);
}

void title_bar_draw(struct content *content, const struct appearance *appearance,
	struct text_line *line, const char *title, int bar_width)
{
	double scale = appearance->scale;
	// Wider bars are drawn at the limit and stretched.
	bar_width = MIN(bar_width, (int)(MAX_PIXELS / scale));
	int width = (int)lround(bar_width * scale), height = (int)lround(TITLE_BAR_HEIGHT * scale);
	struct painting painting;
	if (!painting_begin(&painting, MAX(width, 1), MAX(height, 1))) {
		content_update(content, NULL, NULL);
		return;
	}
	pixman_color_t bar = bar_color(appearance);
	pixman_color_t border = title_bar_border_color(appearance);
	struct box box = {0, 0, width, height};
	if (appearance->maximized || appearance->tiled) {
		paint_box(painting.image, &box, appearance->maximized ? &bar : &border);
	} else {
		double r = BORDER_RADIUS * scale;
		paint_round_box(painting.image, &box, (const double[4]){r, r, 0, 0}, &border);
	}
	if (!appearance->maximized) {
		int edge = MAX((int)lround(BORDER_WIDTH * scale), 1);
		double r = appearance->tiled ? 0 : BORDER_RADIUS * scale - edge;
		box = (struct box){edge, edge, width - 2 * edge, height - edge};
		paint_round_box(painting.image, &box, (const double[4]){r, r, 0, 0}, &bar);
	}
	struct brush brush = {painting.image, scale, bar};
	draw_title(&brush, appearance, line, title, bar_width);
	for (enum decoration_part part = PART_MINIMIZE; part <= PART_CLOSE; part++)
		draw_button(&brush, appearance, part, bar_width);
	painting_show(&painting, content);
}
