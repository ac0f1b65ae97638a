// SPDX-License-Identifier: MIT
// Captures: flattens the scene as for a frame, and draws it into a given buffer.
#include "compositor/output/capture.h"
#include <drm_fourcc.h>
#include <math.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/output/cursor.h"
#include "compositor/output/gpu_reset.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "renderer/renderer.h"

const uint32_t capture_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888,
};
const size_t capture_formats_count = array_length(capture_formats);

// For renderers that cannot draw into CPU memory: draws into theirs and reads it back.
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

// Draws the list, clipped to shown (NULL: not). Uncovered areas become transparent if the format
// has alpha.
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
		for (size_t i = 0; i < list->count; i++) {
			pixman_region32_subtract(&open, &open, &list->items[i].opaque);
			region_limit(&open); // it is drawn first
		}
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
	gpu_reset_check(server);
	pixman_region32_fini(&open);
	pixman_region32_fini(&all);
	if (!ok)
		log_error("cannot draw a capture of %dx%d into the given buffer", target->width,
			target->height);
	return ok;
}

static void shift_list(struct item_list *list, int dx, int dy)
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
	if (cursor && output->server->cursor)
		cursor_place(output->server->cursor, &view);
	scene_flatten(output->server->scene->root, &view, cursor, &list);
	if (box)
		shift_list(&list, -box->x, -box->y);
	bool ok = draw_list(output->server, &list, target, NULL);
	item_list_finish(&list);
	return ok;
}

static bool draw_tree(struct server *server, struct node *root, const struct box *box, double scale,
	bool cursor, struct buffer *target, const region *shown)
{
	struct item_list list = {0};
	const struct scene_view view = {
		.x = box->x,
		.y = box->y,
		.scale = scale,
		.width = target->width,
		.height = target->height,
	};
	if (cursor && server->cursor)
		cursor_place(server->cursor, &view);
	scene_flatten(root, &view, cursor, &list);
	bool ok = draw_list(server, &list, target, shown);
	item_list_finish(&list);
	return ok;
}

bool capture_tree(struct node *root, const struct box *box, double scale, struct buffer *target)
{
	return draw_tree(root->scene->server, root, box, scale, false, target, NULL);
}

static int clamp_round(double value, int limit)
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
		int x1 = clamp_round(x, target->width),
		    x2 = clamp_round(x + output->box.width * scale, target->width);
		int y1 = clamp_round(y, target->height),
		    y2 = clamp_round(y + output->box.height * scale, target->height);
		pixman_region32_union_rect(
			&shown, &shown, x1, y1, (unsigned)(x2 - x1), (unsigned)(y2 - y1));
	}
	bool ok = draw_tree(server, server->scene->root, box, scale, cursor, target, &shown);
	pixman_region32_fini(&shown);
	return ok;
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
