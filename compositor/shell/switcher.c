// SPDX-License-Identifier: MIT
// The window switcher: a panel that lists the windows, the one active last first. It is open until
// the modifier of its binding is released; Escape closes it without a change.
#include "compositor/shell/switcher.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/content.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/font.h"
#include "compositor/shell/interactive.h"
#include "compositor/shell/layers.h"
#include "compositor/shell/paint.h"
#include "compositor/shell/place.h"
#include "compositor/window/focus.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

// Logical pixels.
#define ROW 36
#define PAD 8
#define TEXT 14
#define TEXT_PAD 14
#define WIDTH 420
#define RADIUS 12
#define URGENT_SPOT 7
#define ROW_RADIUS 7

#define RGB_BORDER 0x434c5e
#define RGB_ROW 0x3d5a80
#define RGB_TEXT_MINIMIZED 0x868e9b

struct switcher {
	struct desktop *desktop;
	uint32_t modifiers; // its release commits; 0: there is none
	struct window **windows;
	struct text_line **lines;            // owned; of the windows; NULL: not shown yet
	size_t count, selected, first, rows; // rows windows are shown, from first on
	int width;                           // of the panel, logical
	double scale;
	struct node *panel; // owned; NULL: no output is enabled
	struct content content;
};

// The window or one of its dialogs, which have no row of their own.
static bool family_is_urgent(const struct window *window)
{
	struct window *other;
	wl_list_for_each(other, &window->server->windows, link)
		if (other->mapped && window_has(other, WINDOW_URGENT) &&
			window_root(other) == window)
			return true;
	return false;
}

static struct box panel_box_px(double scale, double x, double y, double width, double height)
{
	int left = (int)lround(x * scale), top = (int)lround(y * scale);
	return (struct box){left, top, (int)lround((x + width) * scale) - left,
		(int)lround((y + height) * scale) - top};
}

static void switcher_draw(void *data);

static void switcher_draw_row(struct switcher *switcher, pixman_image_t *image, size_t row)
{
	double scale = switcher->scale, y = PAD + (double)row * ROW;
	const struct window *window = switcher->windows[switcher->first + row];
	if (switcher->first + row == switcher->selected) {
		struct box box = panel_box_px(scale, PAD, y, switcher->width - 2 * PAD, ROW);
		double r = ROW_RADIUS * scale;
		pixman_color_t color = paint_color(RGB_ROW, 1);
		paint_round_box(image, &box, (const double[4]){r, r, r, r}, &color);
	}
	if (family_is_urgent(window)) {
		pixman_color_t urgent = paint_color(RGB_URGENT, 1);
		paint_spot(image, (PAD + TEXT_PAD / 2.0) * scale, (y + ROW / 2.0) * scale,
			URGENT_SPOT * scale, &urgent);
	}
	pixman_color_t color = paint_color(
		window_has(window, WINDOW_MINIMIZED) ? RGB_TEXT_MINIMIZED : RGB_TEXT, 1);
	struct box text =
		panel_box_px(scale, PAD + TEXT_PAD, y, switcher->width - 2 * (PAD + TEXT_PAD), ROW);
	struct text_line **line = &switcher->lines[switcher->first + row];
	if (!*line)
		*line = text_line_create(switcher->desktop->font, switcher_draw, switcher);
	text_line_set(*line, desktop_window_name(window), (int)lround(TEXT * scale), text.width);
	text_line_draw(*line, image, text.x, text.y + text.height / 2, &color);
}

static void switcher_draw(void *data)
{
	struct switcher *switcher = data;
	if (!switcher->panel)
		return;
	// Scroll to the selected row.
	if (switcher->selected < switcher->first)
		switcher->first = switcher->selected;
	if (switcher->selected >= switcher->first + switcher->rows)
		switcher->first = switcher->selected + 1 - switcher->rows;
	double scale = switcher->scale;
	struct box box =
		panel_box_px(scale, 0, 0, switcher->width, (double)switcher->rows * ROW + 2 * PAD);
	struct painting painting;
	if (!painting_begin(&painting, box.width, box.height))
		return;
	pixman_color_t border = paint_color(RGB_BORDER, 1), panel = paint_color(RGB_PANEL, 1);
	double r = RADIUS * scale;
	paint_round_box(painting.image, &box, (const double[4]){r, r, r, r}, &border);
	int edge = MAX((int)lround(scale), 1);
	box = (struct box){edge, edge, box.width - 2 * edge, box.height - 2 * edge};
	r -= edge;
	paint_round_box(painting.image, &box, (const double[4]){r, r, r, r}, &panel);
	for (size_t row = 0; row < switcher->rows; row++)
		switcher_draw_row(switcher, painting.image, row);
	painting_show(&painting, &switcher->content);
	node_content_changed(switcher->panel);
}

static void switcher_arrange(struct switcher *switcher)
{
	struct server *server = switcher->desktop->shell.server;
	struct output *output = shell_choose_output(&switcher->desktop->shell);
	if (!output)
		return;
	const struct box *area = &output->usable;
	size_t fit = (size_t)MAX((area->height - 4 * PAD) / ROW, 1);
	switcher->rows = MIN(switcher->count, fit);
	switcher->width = MAX(MIN(WIDTH, area->width - 4 * PAD), 4 * PAD);
	switcher->scale = output->scale;
	int height = (int)switcher->rows * ROW + 2 * PAD;
	struct box box = place_centered(switcher->width, height, area);
	if (!switcher->panel) {
		content_init(&switcher->content, server);
		switcher->content.repaint = switcher_draw;
		switcher->content.repaint_data = switcher;
		switcher->panel = node_create(server->scene->layers[SCENE_OVERLAY], NODE_CONTENT);
		switcher->panel->owner = switcher;
		node_set_content(switcher->panel, &switcher->content);
	}
	node_set_position(switcher->panel, box.x, box.y);
	node_set_size(switcher->panel, box.width, box.height);
	switcher_draw(switcher);
}

static struct switcher *switcher_open(struct desktop *desktop, uint32_t modifiers)
{
	struct server *server = desktop->shell.server;
	struct switcher *switcher = xcalloc(1, sizeof(*switcher));
	switcher->desktop = desktop;
	switcher->modifiers = modifiers;
	size_t capacity = 0;
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (!window->mapped || window->parent) // dialogs are raised with their parents
			continue;
		array_reserve(switcher->windows, switcher->count, capacity);
		switcher->windows[switcher->count++] = window;
	}
	switcher->lines = xcalloc(MAX(switcher->count, 1), sizeof(struct text_line *));
	interactive_end(desktop);
	popup_dismiss_all(server);
	desktop->switcher = switcher;
	return switcher;
}

void switcher_step(struct desktop *desktop, int by, uint32_t modifiers)
{
	struct switcher *switcher = desktop->switcher;
	if (!switcher) {
		switcher = switcher_open(desktop, modifiers & ~(uint32_t)MOD_SHIFT);
		// Without an active window the first one is selected.
		struct window *active = desktop->shell.active;
		if (switcher->count && !active && by > 0)
			by = 0;
	}
	if (!switcher->count) {
		switcher_close(desktop, false);
		return;
	}
	int count = (int)switcher->count;
	switcher->selected = (size_t)(((int)switcher->selected + by + count) % count);
	if (!switcher->modifiers) { // no release will commit
		switcher_close(desktop, true);
		return;
	}
	if (switcher->panel)
		switcher_draw(switcher);
	else
		switcher_arrange(switcher);
}

void switcher_close(struct desktop *desktop, bool commit)
{
	struct switcher *switcher = desktop->switcher;
	if (!switcher)
		return;
	struct window *window =
		commit && switcher->count ? switcher->windows[switcher->selected] : NULL;
	desktop->switcher = NULL;
	node_destroy(switcher->panel);
	content_finish(&switcher->content);
	for (size_t i = 0; i < switcher->count; i++)
		text_line_destroy(switcher->lines[i]);
	free(switcher->lines);
	free(switcher->windows);
	free(switcher);
	if (!window)
		return;
	attention_press(desktop, window->surface);
	if (window_has(window, WINDOW_MINIMIZED) && window->shell_data) {
		desktop_window_minimize(window->shell_data, false);
		return;
	}
	// The dialog or window of the family that was active last.
	struct window *other, *target = window;
	wl_list_for_each(other, &desktop->shell.server->windows, link) {
		if (other->mapped && !window_has(other, WINDOW_MINIMIZED) &&
			window_root(other) == window) {
			target = other;
			break;
		}
	}
	shell_activate(&desktop->shell, target);
}

void switcher_modifiers(struct desktop *desktop, uint32_t modifiers)
{
	const struct switcher *switcher = desktop->switcher;
	if (switcher && !(modifiers & switcher->modifiers))
		switcher_close(desktop, true);
}

bool switcher_key(struct desktop *desktop, uint32_t keysym, uint32_t modifiers, bool pressed)
{
	if (!pressed) {
		switcher_modifiers(desktop, modifiers);
		return false; // clients get the release of the modifier
	}
	switch (keysym) {
	case XKB_KEY_Escape:
		switcher_close(desktop, false);
		break;
	case XKB_KEY_Return:
	case XKB_KEY_KP_Enter:
		switcher_close(desktop, true);
		break;
	case XKB_KEY_Down:
	case XKB_KEY_Right:
		switcher_step(desktop, 1, 0);
		break;
	case XKB_KEY_Up:
	case XKB_KEY_Left:
		switcher_step(desktop, -1, 0);
		break;
	default:
		if (keysym >= XKB_KEY_Shift_L && keysym <= XKB_KEY_Hyper_R)
			return false;
		break;
	}
	return true;
}

bool switcher_button(struct desktop *desktop, struct node *node)
{
	struct switcher *switcher = desktop->switcher;
	if (!node || node != switcher->panel) {
		switcher_close(desktop, false);
		return true;
	}
	const struct seat *seat = desktop->shell.server->seat;
	double row = (seat->pointer.y - node->y - PAD) / ROW;
	if (row >= 0 && row < (double)switcher->rows) {
		switcher->selected = switcher->first + (size_t)row;
		switcher_close(desktop, true);
	}
	return true;
}

void switcher_window_gone(struct desktop *desktop, struct window *window)
{
	struct switcher *switcher = desktop->switcher;
	for (size_t i = 0; switcher && i < switcher->count; i++) {
		if (switcher->windows[i] != window)
			continue;
		switcher->count--;
		memmove(&switcher->windows[i], &switcher->windows[i + 1],
			(switcher->count - i) * sizeof(struct window *));
		text_line_destroy(switcher->lines[i]);
		memmove(&switcher->lines[i], &switcher->lines[i + 1],
			(switcher->count - i) * sizeof(struct text_line *));
		if (switcher->selected > i || switcher->selected == switcher->count)
			switcher->selected -= switcher->selected > 0;
		if (!switcher->count) {
			switcher_close(desktop, false);
			return;
		}
		switcher->first = 0;
		switcher_arrange(switcher);
		return;
	}
}
