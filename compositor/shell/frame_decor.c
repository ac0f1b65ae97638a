// SPDX-License-Identifier: MIT
// Title bar, border and the invisible grip around them. The bar is one picture in the pixels of the
// output, drawn again when anything about it changes; the border is three rectangles.
#include "compositor/shell/frame_decor.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/content.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "compositor/shell/font.h"
#include "compositor/shell/paint.h"

// Logical pixels.
#define BAR 30
#define BORDER 1
#define RADIUS 8
#define GRIP 7      // reaches this far out of the border
#define INNER_TOP 3 // of the title bar resizes, too
#define CORNER 18   // of an edge counts as corner
#define BUTTON 30   // width of one
#define BUTTON_END 4
#define HALO 11            // radius behind a button that is pointed at
#define MAX_SIDE (1 << 24) // of windows, however large their clients say they are
#define MAX_PIXELS 16384
#define TEXT 13
#define TEXT_PAD 14

#define RGB_BAR 0x2b303a
#define RGB_BAR_INACTIVE 0x24282f
#define RGB_BORDER 0x434c5e
#define RGB_BORDER_INACTIVE 0x2f343d
#define RGB_TEXT 0xe9ecf2
#define RGB_TEXT_INACTIVE 0x868e9b
#define RGB_CLOSE 0xd9574d

enum { LEFT, RIGHT, BOTTOM, SIDES };

// What the nodes were made for; compared with its padding.
struct look {
	int width, height; // of the window geometry
	double scale;
	bool shown, active, maximized, tiled, resizable, can_maximize, can_minimize, pressed;
	enum decor_part hover;
};

struct decor {
	struct window *window;
	struct font *font;
	struct node *tree; // NULL until it is shown first
	struct node *grip, *bar, *sides[SIDES];
	struct content content;
	struct look look;
	char *title;
	struct wl_event_source *redraw; // the title changed; before the loop waits
	enum decor_part hover;
	bool pressed;
};

struct extents decor_extents(bool decorated, unsigned states)
{
	if (!decorated || states & WINDOW_FULLSCREEN)
		return (struct extents){0};
	if (states & WINDOW_MAXIMIZED)
		return (struct extents){.top = BAR};
	return (struct extents){BORDER, BORDER, BAR, BORDER};
}

struct decor *decor_create(struct window *window, struct font *font)
{
	struct decor *decor = xcalloc(1, sizeof(*decor));
	decor->window = window;
	decor->font = font;
	return decor;
}

void decor_destroy(struct decor *decor)
{
	if (!decor)
		return;
	if (decor->redraw)
		wl_event_source_remove(decor->redraw);
	node_destroy(decor->tree);
	content_finish(&decor->content);
	free(decor->title);
	free(decor);
}

struct window *decor_window(const struct decor *decor)
{
	return decor->window;
}

struct decor *decor_from_node(const struct node *node)
{
	// The switcher's nodes have an owner, too, but are not in a window.
	const struct node *tree = node && node->owner && !node->surface ? node->parent : NULL;
	return tree && tree->owner == node->owner ? node->owner : NULL;
}

// Buttons, from the right

static bool has_button(const struct look *look, enum decor_part part)
{
	switch (part) {
	case PART_CLOSE:
		return true;
	case PART_MAXIMIZE:
		return look->can_maximize && look->width >= 4 * BUTTON;
	case PART_MINIMIZE:
		return look->can_minimize && look->width >= 5 * BUTTON;
	default:
		return false;
	}
}

// Left end of the button from the bar's right end; 0: it is not there.
static int button_offset(const struct look *look, enum decor_part wanted)
{
	int offset = BUTTON_END;
	for (enum decor_part part = PART_CLOSE; part >= PART_MINIMIZE; part--) {
		if (!has_button(look, part))
			continue;
		offset += BUTTON;
		if (part == wanted)
			return offset;
	}
	return 0;
}

// Painting. The brush holds the picture and its scale; coordinates are logical.

struct brush {
	pixman_image_t *image;
	double scale;
	pixman_color_t color;
};

static void lines(
	const struct brush *brush, const double (*points)[4], size_t count, double x, double y)
{
	struct segment segments[8];
	// Centred on whole pixels, horizontal and vertical lines are sharp.
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
	const struct brush *brush, enum decor_part part, bool maximized, double x, double y)
{
	static const double cross[][4] = {{-4, -4, 4, 4}, {-4, 4, 4, -4}};
	static const double square[][4] = {
		{-4, -4, 4, -4}, {4, -4, 4, 4}, {4, 4, -4, 4}, {-4, 4, -4, -4}};
	static const double squares[][4] = {{-5, -2, 2, -2}, {2, -2, 2, 5}, {2, 5, -5, 5},
		{-5, 5, -5, -2}, {-2, -5, 5, -5}, {5, -5, 5, 2}};
	static const double dash[][4] = {{-5, 0, 5, 0}};
	if (part == PART_CLOSE)
		lines(brush, cross, array_length(cross), x, y);
	else if (part == PART_MINIMIZE)
		lines(brush, dash, array_length(dash), x, y);
	else if (maximized)
		lines(brush, squares, array_length(squares), x, y);
	else
		lines(brush, square, array_length(square), x, y);
}

static void draw_button(
	struct brush *brush, const struct look *look, enum decor_part part, int bar_width)
{
	int offset = button_offset(look, part);
	if (!offset)
		return;
	double x = bar_width - offset + BUTTON / 2.0, y = BAR / 2.0, scale = brush->scale;
	brush->color = paint_color(look->active ? RGB_TEXT : RGB_TEXT_INACTIVE, 1);
	if (look->hover == part) {
		struct segment spot = {{x * scale, y * scale}, {x * scale, y * scale}};
		pixman_color_t halo = part == PART_CLOSE
			? paint_color(RGB_CLOSE, look->pressed ? 0.75 : 1)
			: paint_color(0xffffff, look->pressed ? 0.22 : 0.12);
		paint_segments(brush->image, &spot, 1, 2 * HALO * scale, &halo);
		brush->color = paint_color(0xffffff, 1);
	}
	draw_icon(brush, part, look->maximized, x, y);
}

static void draw_title(struct decor *decor, struct brush *brush, int bar_width)
{
	const struct look *look = &decor->look;
	if (!decor->title || !*decor->title)
		return;
	int buttons = BUTTON_END;
	for (enum decor_part part = PART_MINIMIZE; part <= PART_CLOSE; part++)
		buttons = MAX(buttons, button_offset(look, part));
	double scale = brush->scale;
	int size = (int)lround(TEXT * scale), pad = (int)lround(TEXT_PAD * scale);
	int whole = (int)lround(bar_width * scale);
	int room = whole - pad - (int)lround((buttons + TEXT_PAD / 2.0) * scale);
	if (room < size)
		return;
	int text = font_measure(decor->font, decor->title, size);
	int x = (whole - text) / 2; // in the middle of the bar where that leaves it whole
	if (x + text > pad + room)
		x = pad + MAX(room - text, 0);
	pixman_color_t color = paint_color(look->active ? RGB_TEXT : RGB_TEXT_INACTIVE, 1);
	font_draw(decor->font, brush->image, decor->title, size, MAX(x, pad),
		(int)lround(BAR * scale / 2), room, &color);
}

static void draw_bar(struct decor *decor, int bar_width)
{
	const struct look *look = &decor->look;
	double scale = look->scale;
	// What is wider than any screen is painted in part and stretched.
	bar_width = MIN(bar_width, (int)(MAX_PIXELS / scale));
	int width = (int)lround(bar_width * scale), height = (int)lround(BAR * scale);
	struct painting painting;
	if (!painting_begin(&painting, MAX(width, 1), MAX(height, 1))) {
		content_update(&decor->content, NULL, NULL);
		node_content_changed(decor->bar);
		return;
	}
	pixman_color_t bar = paint_color(look->active ? RGB_BAR : RGB_BAR_INACTIVE, 1);
	pixman_color_t border = paint_color(look->active ? RGB_BORDER : RGB_BORDER_INACTIVE, 1);
	struct box box = {0, 0, width, height};
	if (look->maximized || look->tiled) {
		paint_box(painting.image, &box, look->maximized ? &bar : &border);
	} else {
		double r = RADIUS * scale;
		paint_round_box(painting.image, &box, (const double[4]){r, r, 0, 0}, &border);
	}
	if (!look->maximized) {
		int edge = MAX((int)lround(BORDER * scale), 1);
		double r = look->tiled ? 0 : RADIUS * scale - edge;
		box = (struct box){edge, edge, width - 2 * edge, height - edge};
		paint_round_box(painting.image, &box, (const double[4]){r, r, 0, 0}, &bar);
	}
	struct brush brush = {painting.image, scale, bar};
	draw_title(decor, &brush, bar_width);
	for (enum decor_part part = PART_MINIMIZE; part <= PART_CLOSE; part++)
		draw_button(&brush, look, part, bar_width);
	painting_show(&painting, &decor->content);
	node_content_changed(decor->bar);
}

static void on_repaint(void *data)
{
	struct decor *decor = data;
	if (decor->look.shown)
		draw_bar(decor, decor->bar->width);
}

// Nodes

static void make_nodes(struct decor *decor)
{
	struct window *window = decor->window;
	content_init(&decor->content, window->server);
	decor->content.repaint = on_repaint;
	decor->content.repaint_data = decor;
	decor->tree = node_create(window->tree, NODE_TREE);
	decor->tree->owner = decor;
	node_lower(decor->tree);
	decor->grip = node_create(decor->tree, NODE_RECT);
	node_set_alpha(decor->grip, 0); // takes input, shows nothing
	decor->grip->owner = decor;
	for (int i = 0; i < SIDES; i++)
		decor->sides[i] = node_create(decor->tree, NODE_RECT);
	decor->bar = node_create(decor->tree, NODE_CONTENT);
	decor->bar->owner = decor;
	node_set_content(decor->bar, &decor->content);
}

static void set_box(struct node *node, int x, int y, int width, int height)
{
	node_set_position(node, x, y);
	node_set_size(node, width, height);
}

static void set_opaque(struct decor *decor, int bar_width)
{
	bool round = !decor->look.maximized && !decor->look.tiled;
	int radius = round ? RADIUS : 0;
	region opaque;
	pixman_region32_init_rect(
		&opaque, 0, radius, (unsigned)bar_width, (unsigned)(BAR - radius));
	if (bar_width > 2 * radius)
		pixman_region32_union_rect(&opaque, &opaque, radius, 0,
			(unsigned)(bar_width - 2 * radius), (unsigned)BAR);
	node_set_opaque(decor->bar, &opaque);
	pixman_region32_fini(&opaque);
}

static void lay_out(struct decor *decor)
{
	const struct look *look = &decor->look;
	int border = look->maximized ? 0 : BORDER, width = look->width, height = look->height;
	int bar_width = width + 2 * border;
	pixman_color_t color = paint_color(look->active ? RGB_BORDER : RGB_BORDER_INACTIVE, 1);
	const float rgba[4] = {
		color.red / 65535.0f, color.green / 65535.0f, color.blue / 65535.0f, 1};
	set_box(decor->bar, -border, -BAR, bar_width, BAR);
	set_box(decor->sides[LEFT], -border, 0, border, height);
	set_box(decor->sides[RIGHT], width, 0, border, height);
	set_box(decor->sides[BOTTOM], -border, height, bar_width, border);
	for (int i = 0; i < SIDES; i++) {
		node_set_color(decor->sides[i], rgba);
		node_set_hidden(decor->sides[i], look->maximized);
	}
	set_box(decor->grip, -border - GRIP, -BAR - GRIP, bar_width + 2 * GRIP,
		height + BAR + border + 2 * GRIP);
	node_set_hidden(decor->grip, !look->resizable);
	set_opaque(decor, bar_width);
	draw_bar(decor, bar_width);
}

// The finest of the outputs that it is on.
static double scale_for(const struct window *window)
{
	struct box box = window_box(window);
	struct extents extents = decor_extents(true, 0);
	box = box_with(&box, &extents);
	double scale = 0;
	struct output *output;
	wl_list_for_each(output, &window->server->outputs, link) {
		if (output->enabled && box_intersect(&(struct box){0}, &output->box, &box))
			scale = fmax(scale, output->scale);
	}
	return scale > 0 ? scale : 1;
}

static struct look wanted_look(const struct decor *decor, unsigned states)
{
	const struct window *window = decor->window;
	bool fixed = window->max_width && window->max_height &&
		window->min_width >= window->max_width && window->min_height >= window->max_height;
	struct look look;
	memset(&look, 0, sizeof(look));
	look.shown = window->wanted.decorated && window->mapped && !(states & WINDOW_FULLSCREEN);
	if (!look.shown)
		return look;
	look.width = MIN(window->geometry.width, MAX_SIDE);
	look.height = MIN(window->geometry.height, MAX_SIDE);
	look.scale = scale_for(window);
	look.active = window_has(window, WINDOW_ACTIVATED);
	look.maximized = states & WINDOW_MAXIMIZED;
	look.tiled = states & (WINDOW_TILED_LEFT | WINDOW_TILED_RIGHT);
	look.resizable = !look.maximized && !fixed;
	look.can_maximize = !fixed && !window->parent;
	look.can_minimize = !window->parent;
	look.hover = decor->hover;
	look.pressed = decor->pressed;
	return look;
}

static void on_redraw(void *data)
{
	struct decor *decor = data;
	decor->redraw = NULL; // the loop frees it
	on_repaint(decor);
}

void decor_update(struct decor *decor, unsigned states)
{
	struct look look = wanted_look(decor, states);
	const char *title = decor->window->title ? decor->window->title : "";
	bool same_title = decor->title && strcmp(decor->title, title) == 0;
	bool same_look = memcmp(&look, &decor->look, sizeof(look)) == 0;
	if (same_look && (same_title || !look.shown))
		return;
	decor->look = look;
	if (!look.shown) {
		if (decor->tree)
			node_set_hidden(decor->tree, true);
		return;
	}
	if (!same_title)
		replace_string(&decor->title, title);
	if (!decor->tree)
		make_nodes(decor);
	node_set_hidden(decor->tree, false);
	if (same_look && decor->redraw)
		return; // clients may change titles more often than anybody can read them
	if (same_look)
		decor->redraw =
			wl_event_loop_add_idle(decor->window->server->loop, on_redraw, decor);
	if (!same_look || !decor->redraw)
		lay_out(decor);
}

void decor_set_hover(struct decor *decor, enum decor_part part, bool pressed)
{
	if (part < PART_MINIMIZE) {
		part = PART_NONE;
		pressed = false;
	}
	if (decor->hover == part && decor->pressed == pressed)
		return;
	decor->hover = part;
	decor->pressed = pressed;
	if (!decor->look.shown)
		return;
	decor->look.hover = part;
	decor->look.pressed = pressed;
	draw_bar(decor, decor->bar->width);
}

// Input

static unsigned edges_at(const struct look *look, double x, double y)
{
	unsigned edges = 0;
	if (x < 0)
		edges |= EDGE_LEFT;
	else if (x >= look->width)
		edges |= EDGE_RIGHT;
	if (y < -BAR + INNER_TOP)
		edges |= EDGE_TOP;
	else if (y >= look->height)
		edges |= EDGE_BOTTOM;
	// Near a corner both edges are meant.
	if (edges & (EDGE_LEFT | EDGE_RIGHT)) {
		if (y < -BAR + CORNER)
			edges |= EDGE_TOP;
		else if (y >= look->height - CORNER)
			edges |= EDGE_BOTTOM;
	}
	if (edges & (EDGE_TOP | EDGE_BOTTOM)) {
		if (x < CORNER)
			edges |= EDGE_LEFT;
		else if (x >= look->width - CORNER)
			edges |= EDGE_RIGHT;
	}
	return edges;
}

enum decor_part decor_part_at(
	const struct decor *decor, const struct node *node, double x, double y, unsigned *edges)
{
	const struct look *look = &decor->look;
	*edges = 0;
	x += node->x;
	y += node->y;
	if (look->resizable)
		*edges = edges_at(look, x, y);
	if (*edges)
		return PART_EDGE;
	double from_end = look->width + (look->maximized ? 0 : BORDER) - x;
	for (enum decor_part part = PART_MINIMIZE; part <= PART_CLOSE; part++) {
		int offset = button_offset(look, part);
		if (offset && from_end <= offset && from_end > offset - BUTTON)
			return part;
	}
	return PART_TITLE;
}

const char *edges_cursor(unsigned edges)
{
	switch (edges) {
	case EDGE_TOP:
		return "n-resize";
	case EDGE_BOTTOM:
		return "s-resize";
	case EDGE_LEFT:
		return "w-resize";
	case EDGE_RIGHT:
		return "e-resize";
	case EDGE_TOP | EDGE_LEFT:
		return "nw-resize";
	case EDGE_TOP | EDGE_RIGHT:
		return "ne-resize";
	case EDGE_BOTTOM | EDGE_LEFT:
		return "sw-resize";
	case EDGE_BOTTOM | EDGE_RIGHT:
		return "se-resize";
	default:
		return "default";
	}
}
