// SPDX-License-Identifier: MIT
#include "compositor/shell/lock_notice.h"
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/lock/lock.h"
#include "compositor/output/output.h"
#include "compositor/scene/content.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/font.h"
#include "compositor/shell/paint.h"

// Logical pixels.
#define HEIGHT 32
#define MAX_WIDTH 640
#define TEXT 16

#define RGB_WHITE 0xffffff

static const char message[] =
	"The screen locker has ended. Super+L or \"oriel msg lock\" starts it again.";

struct lock_notice {
	struct desktop *desktop;
	struct node *panel;     // owned, in SCENE_LOCK; NULL: not shown
	struct text_line *line; // owned; NULL with panel
	int width;              // logical
	double scale;
	struct content content;
	struct wl_listener lock_changed;
};

static void lock_notice_draw(void *data)
{
	struct lock_notice *notice = data;
	int width = (int)lround(notice->width * notice->scale),
	    height = (int)lround(HEIGHT * notice->scale);
	struct painting painting;
	if (!painting_begin(&painting, width, height))
		return;
	pixman_color_t white = paint_color(RGB_WHITE, 1);
	int x = MAX((width - text_line_width(notice->line)) / 2, 0);
	text_line_draw(notice->line, painting.image, x, height / 2, &white);
	painting_show(&painting, &notice->content);
	node_content_changed(notice->panel);
}

static void lock_notice_hide(struct lock_notice *notice)
{
	if (!notice->panel)
		return;
	node_destroy(notice->panel);
	notice->panel = NULL;
	text_line_destroy(notice->line);
	notice->line = NULL;
	content_finish(&notice->content);
}

static void lock_notice_show(struct lock_notice *notice, const struct output *output)
{
	struct server *server = notice->desktop->shell.server;
	const struct box *box = &output->box;
	notice->scale = output->scale;
	notice->width = MIN(MAX_WIDTH, box->width);
	content_init(&notice->content, server);
	notice->content.repaint = lock_notice_draw;
	notice->content.repaint_data = notice;
	notice->panel = node_create(server->scene->layers[SCENE_LOCK], NODE_CONTENT);
	node_set_content(notice->panel, &notice->content);
	node_set_position(notice->panel, box->x + (box->width - notice->width) / 2,
		box->y + (box->height - HEIGHT) / 2);
	node_set_size(notice->panel, notice->width, HEIGHT);
	notice->line = text_line_create(notice->desktop->font, lock_notice_draw, notice);
	text_line_set(notice->line, message, (int)lround(TEXT * notice->scale),
		(int)lround(notice->width * notice->scale));
	lock_notice_draw(notice);
}

void lock_notice_update(struct lock_notice *notice)
{
	struct server *server = notice->desktop->shell.server;
	const struct output *output = output_first(server);
	lock_notice_hide(notice);
	if (output && lock_state(server->lock) == LOCK_ABANDONED)
		lock_notice_show(notice, output);
}

static void on_lock_state_changed(struct wl_listener *listener, void *data)
{
	struct lock_notice *notice = wl_container_of(listener, notice, lock_changed);
	lock_notice_update(notice);
}

struct lock_notice *lock_notice_create(struct desktop *desktop)
{
	struct lock_notice *notice = xcalloc(1, sizeof(*notice));
	notice->desktop = desktop;
	notice->lock_changed.notify = on_lock_state_changed;
	wl_signal_add(&desktop->shell.server->events.lock_changed, &notice->lock_changed);
	return notice;
}

void lock_notice_destroy(struct lock_notice *notice)
{
	if (!notice)
		return;
	lock_notice_hide(notice);
	wl_list_remove(&notice->lock_changed.link);
	free(notice);
}
