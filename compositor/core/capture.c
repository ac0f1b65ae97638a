// SPDX-License-Identifier: MIT
// Pictures: the same lists that outputs are drawn from, drawn into somebody's buffer.
#include "compositor/core/capture.h"
#include <drm_fourcc.h>
#include <math.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/output.h"
#include "compositor/core/popup.h"
#include "compositor/core/recover.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "renderer/renderer.h"

const uint32_t capture_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888,
};
const size_t capture_formats_count = array_length(capture_formats);

// Renderers that cannot draw into CPU memory draw into their own and are read back.
static bool draw_through(struct renderer *renderer, const struct item_list *list,
	struct buffer *target, const region *repaint)
{
	struct pixels pixels;
	struct buffer *own = renderer->impl->alloc(renderer, target->width, target->height,
		format_has_alpha(target->format) ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888);
	if (!own)
		return false;
	bool ok = item_list_draw(list, renderer, own, repaint, NULL);
	ok = ok && buffer_begin_access(target, &pixels);
	if (ok) {
		const struct box box = {0, 0, target->width, target->height};
		ok = renderer->impl->read(renderer, own, &box, &pixels);
		buffer_end_access(target);
	}
	buffer_drop(own);
	return ok;
}

// Draws the list, or what is within shown of it; places without any item become transparent where
// the format can say so.
static bool draw_list(
	struct server *server, struct item_list *list, struct buffer *target, const region *shown)
{
	struct renderer *renderer = server->renderer;
	const struct box bounds = {0, 0, target->width, target->height};
	bool covered = damage_occlude(list, &bounds) && !shown;
	for (size_t i = 0; shown && i < list->count; i++) {
		struct item *item = &list->items[i];
		pixman_region32_intersect(&item->visible, &item->visible, shown);
		pixman_region32_intersect(&item->opaque, &item->opaque, shown);
	}
	region all, open;
	pixman_region32_init_rect(&all, 0, 0, (unsigned)bounds.width, (unsigned)bounds.height);
	pixman_region32_init(&open);
	if (!covered) {
		pixman_region32_copy(&open, &all);
		for (size_t i = 0; i < list->count; i++)
			pixman_region32_subtract(&open, &open, &list->items[i].opaque);
		struct item *item = item_list_add(list);
		pixman_region32_copy(&item->visible, &open);
		item->draw = (struct draw){.alpha = 1, .dst = bounds, .opaque = true};
		for (size_t i = 0; i < list->count; i++)
			list->items[i].draw.visible = &list->items[i].visible;
	}
	bool straight = target->dmabuf
		? format_set_has(&renderer->shared, target->format, target->dmabuf->modifier)
		: renderer->cpu_targets && target->impl->begin_access;
	bool ok = straight ? item_list_draw(list, renderer, target, &all, NULL)
			   : renderer->impl->alloc && draw_through(renderer, list, target, &all);
	recover_if_lost(server);
	pixman_region32_fini(&open);
	pixman_region32_fini(&all);
	if (!ok)
		log_error("a picture of %dx%d cannot be drawn into the given buffer", target->width,
			target->height);
	return ok;
}

static void shift(struct item_list *list, int dx, int dy)
{
	for (size_t i = 0; i < list->count; i++) {
		struct item *item = &list->items[i];
		item->draw.dst.x += dx;
		item->draw.dst.y += dy;
		pixman_region32_translate(&item->opaque, dx, dy);
	}
}

bool capture_output(
	struct output *output, const struct box *box, bool cursor, struct buffer *target)
{
	struct item_list list = {0};
	struct scene_view view = output_view(output);
	scene_flatten(output->server->scene->root, &view, cursor, &list);
	if (box)
		shift(&list, -box->x, -box->y);
	bool ok = draw_list(output->server, &list, target, NULL);
	item_list_finish(&list);
	return ok;
}

static bool capture_tree(struct server *server, struct node *root, const struct box *box,
	double scale, bool cursor, struct buffer *target, const region *shown)
{
	struct item_list list = {0};
	const struct scene_view view = {
		.x = box->x,
		.y = box->y,
		.scale = scale,
		.width = target->width,
		.height = target->height,
	};
	scene_flatten(root, &view, cursor, &list);
	bool ok = draw_list(server, &list, target, shown);
	item_list_finish(&list);
	return ok;
}

static int within(double value, int limit)
{
	return (int)lround(fmin(fmax(value, 0), limit));
}

bool capture_layout(struct server *server, const struct box *box, double scale, bool cursor,
	struct buffer *target)
{
	region shown;
	pixman_region32_init(&shown);
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (!output->enabled)
			continue;
		double x = ((double)output->box.x - box->x) * scale;
		double y = ((double)output->box.y - box->y) * scale;
		int x1 = within(x, target->width),
		    x2 = within(x + output->box.width * scale, target->width);
		int y1 = within(y, target->height),
		    y2 = within(y + output->box.height * scale, target->height);
		pixman_region32_union_rect(
			&shown, &shown, x1, y1, (unsigned)(x2 - x1), (unsigned)(y2 - y1));
	}
	bool ok = capture_tree(server, server->scene->root, box, scale, cursor, target, &shown);
	pixman_region32_fini(&shown);
	return ok;
}

static void add_box(struct box *bounds, const struct box *box)
{
	if (box_empty(box))
		return;
	if (box_empty(bounds)) {
		*bounds = *box;
		return;
	}
	int right = MAX(bounds->x + bounds->width, box->x + box->width);
	int bottom = MAX(bounds->y + bounds->height, box->y + box->height);
	bounds->x = MIN(bounds->x, box->x);
	bounds->y = MIN(bounds->y, box->y);
	bounds->width = right - bounds->x;
	bounds->height = bottom - bounds->y;
}

static void tree_bounds(const struct node *node, int x, int y, struct box *bounds)
{
	if (node->hidden)
		return;
	if (node->type != NODE_TREE)
		add_box(bounds, &(struct box){x, y, node->width, node->height});
	const struct node *child;
	wl_list_for_each(child, &node->children, link)
		tree_bounds(child, x + child->x, y + child->y, bounds);
}

struct box capture_window_extents(struct window *window, bool popups)
{
	struct box bounds = {0};
	const struct node *node = popups ? window->tree : window->surface->tree;
	int x, y;
	node_position(node, &x, &y);
	tree_bounds(node, x, y, &bounds);
	return bounds;
}

bool capture_window(struct window *window, double scale, bool popups, struct buffer *target)
{
	struct box box = capture_window_extents(window, popups);
	return capture_tree(window->server, popups ? window->tree : window->surface->tree, &box,
		scale, false, target, NULL);
}

bool capture_image(struct server *server, struct buffer *image, struct buffer *target)
{
	struct item_list list = {0};
	struct content content;
	content_init(&content, server);
	if (image && content_update(&content, image, NULL)) {
		struct item *item = item_list_add(&list);
		const struct box box = {0, 0, image->width, image->height};
		pixman_region32_clear(&item->opaque);
		item->draw = (struct draw){
			.texture = content.texture,
			.alpha = 1,
			.src = {0, 0, image->width, image->height},
			.dst = box,
			.visible = &item->visible,
		};
	}
	bool ok = draw_list(server, &list, target, NULL);
	item_list_finish(&list);
	content_finish(&content);
	return ok;
}
