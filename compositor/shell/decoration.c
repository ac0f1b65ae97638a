// SPDX-License-Identifier: MIT
// Server-side decorations as nodes of the window's tree: a title bar, which is an image drawn when
// its appearance changes, a border of three rectangles, and an invisible area that takes resizes.
#include "compositor/shell/decoration.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/content.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/shell/font.h"
#include "compositor/shell/title_bar.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"

// Logical pixels.
#define GRIP 7             // width of the invisible resize area around the border
#define INNER_TOP 3        // height of the part of the title bar that resizes
#define CORNER 18          // length of the part of an edge that resizes both axes
#define MAX_SIDE (1 << 24) // limit for windows of absurd sizes

enum { LEFT, RIGHT, BOTTOM, SIDES };

struct decoration {
	struct window *window;
	struct text_line *line; // owned
	struct node *tree;      // owned, with those below; NULL until it is shown first
	struct node *grip, *bar, *sides[SIDES];
	struct content content;         // of bar
	struct appearance appearance;   // drawn last
	char *title;                    // owned, drawn last
	struct wl_event_source *redraw; // idle source after a new title, or NULL
	enum decoration_part hover;     // button under the pointer
	bool pressed;
};

struct extents decoration_extents(bool decorated, unsigned states, int width)
{
	if (!decorated || states & WINDOW_FULLSCREEN)
		return (struct extents){0};
	int border = states & WINDOW_MAXIMIZED ? 0 : BORDER_WIDTH;
	int overhang = MAX(MIN_BAR_WIDTH - 2 * border - width, 0);
	return (struct extents){
		border + overhang / 2, border + overhang - overhang / 2, TITLE_BAR_HEIGHT, border};
}

// How far the title bar extends to the left and right of the window geometry, logical.
static struct extents bar_extents(const struct appearance *appearance)
{
	return decoration_extents(
		true, appearance->maximized ? WINDOW_MAXIMIZED : 0, appearance->width);
}

static void decoration_draw(struct decoration *decoration)
{
	title_bar_draw(&decoration->content, &decoration->appearance, decoration->line,
		decoration->title, decoration->bar->width);
	node_content_changed(decoration->bar);
}

static void on_repaint(void *data)
{
	struct decoration *decoration = data;
	if (decoration->appearance.shown)
		decoration_draw(decoration);
}

struct decoration *decoration_create(struct window *window, struct font *font)
{
	struct decoration *decoration = xcalloc(1, sizeof(*decoration));
	decoration->window = window;
	decoration->line = text_line_create(font, on_repaint, decoration);
	return decoration;
}

void decoration_destroy(struct decoration *decoration)
{
	if (!decoration)
		return;
	if (decoration->redraw)
		wl_event_source_remove(decoration->redraw);
	text_line_destroy(decoration->line);
	node_destroy(decoration->tree);
	content_finish(&decoration->content);
	free(decoration->title);
	free(decoration);
}

struct window *decoration_window(const struct decoration *decoration)
{
	return decoration->window;
}

struct decoration *decoration_from_node(const struct node *node)
{
	// Nodes of the switcher have an owner, too, but a parent without one.
	const struct node *tree = node && node->owner && !node->surface ? node->parent : NULL;
	return tree && tree->owner == node->owner ? node->owner : NULL;
}

// Nodes

static void decoration_create_nodes(struct decoration *decoration)
{
	struct window *window = decoration->window;
	content_init(&decoration->content, window->server);
	decoration->content.repaint = on_repaint;
	decoration->content.repaint_data = decoration;
	decoration->tree = node_create(window->tree, NODE_TREE);
	decoration->tree->owner = decoration;
	node_lower(decoration->tree);
	decoration->grip = node_create(decoration->tree, NODE_RECT);
	node_set_alpha(decoration->grip, 0); // invisible, but takes input
	decoration->grip->owner = decoration;
	for (int i = 0; i < SIDES; i++)
		decoration->sides[i] = node_create(decoration->tree, NODE_RECT);
	decoration->bar = node_create(decoration->tree, NODE_CONTENT);
	decoration->bar->owner = decoration;
	node_set_content(decoration->bar, &decoration->content);
}

static void node_set_box(struct node *node, int x, int y, int width, int height)
{
	node_set_position(node, x, y);
	node_set_size(node, width, height);
}

static void decoration_set_opaque(struct decoration *decoration, int bar_width)
{
	bool round = !decoration->appearance.maximized && !decoration->appearance.tiled;
	int radius = round ? BORDER_RADIUS : 0;
	region opaque;
	pixman_region32_init_rect(
		&opaque, 0, radius, (unsigned)bar_width, (unsigned)(TITLE_BAR_HEIGHT - radius));
	if (bar_width > 2 * radius)
		pixman_region32_union_rect(&opaque, &opaque, radius, 0,
			(unsigned)(bar_width - 2 * radius), (unsigned)TITLE_BAR_HEIGHT);
	node_set_opaque(decoration->bar, &opaque);
	pixman_region32_fini(&opaque);
}

static void decoration_arrange(struct decoration *decoration)
{
	const struct appearance *appearance = &decoration->appearance;
	int border = appearance->maximized ? 0 : BORDER_WIDTH, width = appearance->width,
	    height = appearance->height;
	int frame_width = width + 2 * border;
	struct extents extents = bar_extents(appearance);
	int bar_width = extents.left + width + extents.right;
	pixman_color_t color = title_bar_border_color(appearance);
	const float rgba[4] = {
		color.red / 65535.0f, color.green / 65535.0f, color.blue / 65535.0f, 1};
	node_set_box(
		decoration->bar, -extents.left, -TITLE_BAR_HEIGHT, bar_width, TITLE_BAR_HEIGHT);
	node_set_box(decoration->sides[LEFT], -border, 0, border, height);
	node_set_box(decoration->sides[RIGHT], width, 0, border, height);
	node_set_box(decoration->sides[BOTTOM], -border, height, frame_width, border);
	for (int i = 0; i < SIDES; i++) {
		node_set_color(decoration->sides[i], rgba);
		node_set_hidden(decoration->sides[i], appearance->maximized);
	}
	node_set_box(decoration->grip, -border - GRIP, -TITLE_BAR_HEIGHT - GRIP,
		frame_width + 2 * GRIP, height + TITLE_BAR_HEIGHT + border + 2 * GRIP);
	node_set_hidden(decoration->grip, !appearance->resizable);
	decoration_set_opaque(decoration, bar_width);
	decoration_draw(decoration);
}

// The highest scale of the outputs that show the window.
static double window_scale(const struct window *window)
{
	struct box box = window_box(window);
	struct extents extents = decoration_extents(true, 0, box.width);
	box = box_add_extents(&box, &extents);
	double scale = 0;
	struct output *output;
	wl_list_for_each(output, &window->server->outputs, link) {
		if (output->enabled && box_intersect(&(struct box){0}, &output->box, &box))
			scale = fmax(scale, output->scale);
	}
	return scale > 0 ? scale : 1;
}

static struct appearance appearance_of(const struct decoration *decoration, unsigned states)
{
	const struct window *window = decoration->window;
	bool fixed = window->max_width && window->max_height &&
		window->min_width >= window->max_width && window->min_height >= window->max_height;
	struct appearance appearance;
	memset(&appearance, 0, sizeof(appearance));
	appearance.shown =
		window->pending.decorated && window->mapped && !(states & WINDOW_FULLSCREEN);
	if (!appearance.shown)
		return appearance;
	appearance.width = MIN(window->geometry.width, MAX_SIDE);
	appearance.height = MIN(window->geometry.height, MAX_SIDE);
	appearance.scale = window_scale(window);
	appearance.active = window_has(window, WINDOW_ACTIVATED);
	appearance.urgent = window_has(window, WINDOW_URGENT);
	appearance.maximized = states & WINDOW_MAXIMIZED;
	appearance.tiled = states & (WINDOW_TILED_LEFT | WINDOW_TILED_RIGHT);
	appearance.resizable = !appearance.maximized && !fixed;
	appearance.can_maximize = !fixed && !window->parent;
	appearance.can_minimize = !window->parent;
	appearance.icon = window->icon;
	appearance.hover = decoration->hover;
	appearance.pressed = decoration->pressed;
	return appearance;
}

static void on_redraw(void *data)
{
	struct decoration *decoration = data;
	decoration->redraw = NULL; // the loop frees it
	on_repaint(decoration);
}

static void decoration_apply(
	struct decoration *decoration, const struct appearance *appearance, const char *title)
{
	bool same_title = decoration->title && strcmp(decoration->title, title) == 0;
	bool same_appearance =
		memcmp(appearance, &decoration->appearance, sizeof(*appearance)) == 0;
	if (same_appearance && (same_title || !appearance->shown))
		return;
	decoration->appearance = *appearance;
	if (!appearance->shown) {
		if (decoration->tree)
			node_set_hidden(decoration->tree, true);
		return;
	}
	if (!same_title)
		replace_string(&decoration->title, title);
	if (!decoration->tree)
		decoration_create_nodes(decoration);
	node_set_hidden(decoration->tree, false);
	if (same_appearance && decoration->redraw)
		return; // a client that sets titles faster than they are drawn
	if (same_appearance)
		decoration->redraw =
			xadd_idle(decoration->window->server->loop, on_redraw, decoration);
	else
		decoration_arrange(decoration);
}

// The title, with the key that ends an inhibition of shortcuts. *owned is for the caller to free.
static const char *title_of(const struct decoration *decoration, char **owned)
{
	const struct window *window = decoration->window;
	const char *title = window->title ? window->title : "";
	const struct binding *way_out = NULL;
	if (window->surface->inhibits_shortcuts && window_has(window, WINDOW_ACTIVATED))
		way_out = config_binding(window->server->config, "inhibit-toggle");
	if (!way_out)
		return title;
	char *key = binding_describe(way_out);
	*owned = xasprintf(
		"%s%s(has the shortcuts; %s releases them)", title, *title ? " " : "", key);
	free(key);
	return *owned;
}

void decoration_update(struct decoration *decoration, unsigned states)
{
	struct appearance appearance = appearance_of(decoration, states);
	char *owned = NULL;
	decoration_apply(decoration, &appearance, title_of(decoration, &owned));
	free(owned);
}
void decoration_set_hover(struct decoration *decoration, enum decoration_part part, bool pressed)
{
	if (part < PART_MINIMIZE) {
		part = PART_NONE;
		pressed = false;
	}
	if (decoration->hover == part && decoration->pressed == pressed)
		return;
	decoration->hover = part;
	decoration->pressed = pressed;
	if (!decoration->appearance.shown)
		return;
	decoration->appearance.hover = part;
	decoration->appearance.pressed = pressed;
	decoration_draw(decoration);
}

// Input

// Edges that a press at that point of the window geometry resizes, logical; 0: none.
static unsigned resize_edges_at(const struct appearance *appearance, double x, double y)
{
	unsigned edges = 0;
	int left = 0, right = appearance->width;
	if (y < 0) { // beside the title bar
		struct extents extents = bar_extents(appearance);
		left -= extents.left - BORDER_WIDTH;
		right += extents.right - BORDER_WIDTH;
	}
	int corner = MIN(CORNER, (right - left) / 3);
	if (x < left)
		edges |= EDGE_LEFT;
	else if (x >= right)
		edges |= EDGE_RIGHT;
	if (y < -TITLE_BAR_HEIGHT + INNER_TOP)
		edges |= EDGE_TOP;
	else if (y >= appearance->height)
		edges |= EDGE_BOTTOM;
	// Near a corner, both edges.
	if (edges & (EDGE_LEFT | EDGE_RIGHT)) {
		if (y < -TITLE_BAR_HEIGHT + CORNER)
			edges |= EDGE_TOP;
		else if (y >= appearance->height - CORNER)
			edges |= EDGE_BOTTOM;
	}
	if (edges & (EDGE_TOP | EDGE_BOTTOM)) {
		if (x < left + corner)
			edges |= EDGE_LEFT;
		else if (x >= right - corner)
			edges |= EDGE_RIGHT;
	}
	return edges;
}

enum decoration_part decoration_part_at(const struct decoration *decoration,
	const struct node *node, double x, double y, unsigned *edges)
{
	const struct appearance *appearance = &decoration->appearance;
	*edges = 0;
	x += node->x;
	y += node->y;
	if (appearance->resizable)
		*edges = resize_edges_at(appearance, x, y);
	if (*edges)
		return PART_EDGE;
	double from_end = appearance->width + bar_extents(appearance).right - x;
	for (enum decoration_part part = PART_MINIMIZE; part <= PART_CLOSE; part++) {
		int offset = title_bar_button_offset(appearance, part);
		if (offset && from_end <= offset && from_end > offset - BUTTON_WIDTH)
			return part;
	}
	return PART_TITLE;
}

const char *decoration_cursor(unsigned edges)
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
