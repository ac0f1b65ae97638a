// SPDX-License-Identifier: MIT
#include "compositor/shell/notice.h"
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/output/output.h"
#include "compositor/scene/content.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/shell/font.h"
#include "compositor/shell/layers.h"
#include "compositor/shell/paint.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"

#define SHOWN_NS (6 * NSEC_PER_SEC)
// Logical pixels.
#define HEIGHT 36
#define MAX_WIDTH 420
#define MARGIN 12 // to the edge of the usable area
#define PAD 16    // between the ends and what is inside
#define SPOT 8    // size of the mark
#define TEXT_AT (PAD + SPOT + PAD / 2)
#define TEXT 14

struct notice {
	struct desktop *desktop;
	struct window *window;
	char *text;             // owned
	struct text_line *line; // owned
	int width;              // logical
	double scale;
	struct box area;    // of the output that can be used, layout
	struct node *panel; // owned
	struct content content;
	struct timer timer;
};

static void notice_draw(void *data)
{
	struct notice *notice = data;
	double scale = notice->scale, radius = HEIGHT / 2.0 * scale;
	struct box box = {0, 0, (int)lround(notice->width * scale), (int)lround(HEIGHT * scale)};
	struct painting painting;
	if (!painting_begin(&painting, box.width, box.height))
		return;
	const double outer[4] = {radius, radius, radius, radius};
	pixman_color_t urgent = paint_color(RGB_URGENT, 1), panel = paint_color(RGB_PANEL, 1),
		       text = paint_color(RGB_TEXT, 1);
	paint_round_box(painting.image, &box, outer, &urgent);
	int edge = MAX((int)lround(scale), 1), middle = box.height / 2;
	box = (struct box){edge, edge, box.width - 2 * edge, box.height - 2 * edge};
	radius -= edge;
	const double inner[4] = {radius, radius, radius, radius};
	paint_round_box(painting.image, &box, inner, &panel);
	paint_spot(painting.image, (PAD + SPOT / 2.0) * scale, middle, SPOT * scale, &urgent);
	text_line_draw(notice->line, painting.image, (int)lround(TEXT_AT * scale), middle, &text);
	painting_show(&painting, &notice->content);
	node_content_changed(notice->panel);
}

static int greatest_width(const struct notice *notice)
{
	return MAX(MIN(MAX_WIDTH, notice->area.width - 2 * MARGIN), HEIGHT);
}

// As wide as the text, as soon as that is known.
static void notice_arrange(void *data)
{
	struct notice *notice = data;
	const struct box *area = &notice->area;
	double text = text_line_width(notice->line) / notice->scale;
	notice->width = MIN((int)ceil(text) + 1 + TEXT_AT + PAD, greatest_width(notice));
	node_set_position(
		notice->panel, area->x + (area->width - notice->width) / 2, area->y + MARGIN);
	node_set_size(notice->panel, notice->width, HEIGHT);
	notice_draw(notice);
}

static void on_timeout(void *data)
{
	notice_close(data);
}

static struct wl_client *window_client(const struct window *window)
{
	return wl_resource_get_client(window->surface->resource);
}

void notice_show(struct desktop *desktop, struct window *window)
{
	struct server *server = desktop->shell.server;
	struct output *output = shell_choose_output(&desktop->shell);
	// One is enough for a client with thousands of windows.
	if (desktop->notice && window_client(desktop->notice->window) == window_client(window))
		return;
	notice_close(desktop);
	if (!output)
		return;
	struct notice *notice = xcalloc(1, sizeof(*notice));
	desktop->notice = notice;
	notice->desktop = desktop;
	notice->window = window;
	notice->text = xasprintf("%s asks for attention", desktop_window_name(window));
	notice->scale = output->scale;
	notice->area = output->usable;
	content_init(&notice->content, server);
	notice->content.repaint = notice_draw;
	notice->content.repaint_data = notice;
	notice->panel = node_create(server->scene->layers[SCENE_OVERLAY], NODE_CONTENT);
	notice->panel->owner = notice;
	node_set_content(notice->panel, &notice->content);
	notice->line = text_line_create(desktop->font, notice_arrange, notice);
	int room = (int)lround((greatest_width(notice) - PAD) * notice->scale) -
		(int)lround(TEXT_AT * notice->scale);
	text_line_set(notice->line, notice->text, (int)lround(TEXT * notice->scale), room);
	notice_arrange(notice);
	timer_init(&notice->timer, server->clock, on_timeout, desktop);
	timer_set(&notice->timer, clock_now_ns(server->clock) + SHOWN_NS);
}

void notice_close(struct desktop *desktop)
{
	struct notice *notice = desktop->notice;
	if (!notice)
		return;
	desktop->notice = NULL;
	timer_finish(&notice->timer);
	text_line_destroy(notice->line);
	node_destroy(notice->panel);
	content_finish(&notice->content);
	free(notice->text);
	free(notice);
}

void notice_close_for(struct desktop *desktop, const struct window *window)
{
	if (desktop->notice && desktop->notice->window == window)
		notice_close(desktop);
}

bool notice_press(struct desktop *desktop, const struct node *node)
{
	struct notice *notice = desktop->notice;
	if (!notice || notice->panel != node)
		return false;
	struct window *window = notice->window;
	attention_press(desktop, window->surface);
	window_request(window, REQUEST_ACTIVATE, &(struct window_detail){.on = true});
	notice_close(desktop); // also if it was active already
	return true;
}
