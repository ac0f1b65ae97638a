// SPDX-License-Identifier: MIT
// The cursor as one picture: for the cursor planes of outputs, and for captures of the cursor.
#include <drm_fourcc.h>
#include <math.h>
#include "compositor/base/base.h"
#include "compositor/cursor/cursor_theme.h"
#include "compositor/output/cursor_private.h"
#include "compositor/output/output.h"
#include "compositor/scene/damage.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "renderer/renderer.h"

#define MAX_PICTURE_PX 4096 // each side

static void picture_drop(struct cursor_picture *picture)
{
	struct buffer *buffer = picture->buffer;
	bool own = picture->own;
	*picture = (struct cursor_picture){0};
	buffer_unlock(buffer);
	if (own)
		buffer_drop(buffer);
}

// Draws the list into a new, otherwise transparent buffer. NULL: no memory, or drawing failed.
static struct buffer *draw_items(
	struct cursor *cursor, struct item_list *list, int width, int height)
{
	struct renderer *renderer = cursor->server->renderer;
	struct buffer *target = NULL;
	if (renderer->cpu_targets)
		target = buffer_create_memory(width, height, DRM_FORMAT_ARGB8888);
	else if (renderer->impl->alloc)
		target = renderer->impl->alloc(renderer, width, height, DRM_FORMAT_ARGB8888);
	if (!target)
		return NULL;
	const struct box bounds = {0, 0, width, height};
	damage_occlude(list, &bounds);
	region all;
	pixman_region32_init_rect(&all, 0, 0, (unsigned)width, (unsigned)height);
	struct item *ground = item_list_add(list);
	pixman_region32_copy(&ground->visible, &all);
	ground->draw = (struct draw){.alpha = 1, .dst = bounds, .opaque = true};
	for (size_t i = 0; i < list->count; i++)
		list->items[i].draw.visible = &list->items[i].visible;
	bool ok = item_list_draw(list, renderer, target, &all, NULL);
	pixman_region32_fini(&all);
	if (ok)
		return target;
	buffer_drop(target);
	return NULL;
}

// Draws a theme's image scaled and transformed.
static struct buffer *draw_shape(struct cursor *cursor, const struct cursor_frame *frame,
	double ratio, enum transform transform)
{
	int width = MAX(scale_round(frame->buffer->width, ratio), 1);
	int height = MAX(scale_round(frame->buffer->height, ratio), 1);
	const struct box box = {0, 0, width, height};
	struct item_list list = {0};
	struct content content;
	struct buffer *target = NULL;
	content_init(&content, cursor->server);
	if (content_update(&content, frame->buffer, NULL)) {
		struct item *item = item_list_add(&list);
		struct box dst = box_transform(&box, transform, width, height);
		pixman_region32_clear(&item->opaque);
		item->node = NULL;
		item->draw = (struct draw){
			.texture = content.texture,
			.alpha = 1,
			.src = {0, 0, frame->buffer->width, frame->buffer->height},
			.dst = dst,
			.transform = transform,
		};
		target = draw_items(cursor, &list, dst.width, dst.height);
	}
	item_list_finish(&list);
	content_finish(&content);
	return target;
}

static struct buffer *draw_surface(struct cursor *cursor, double scale, enum transform transform,
	struct cursor_picture *picture)
{
	struct surface *surface = cursor->surface;
	struct box extents = cursor_surface_box(cursor);
	int width = scale_round(extents.width, scale), height = scale_round(extents.height, scale);
	if (width < 1 || height < 1 || width > MAX_PICTURE_PX || height > MAX_PICTURE_PX)
		return NULL;
	int x, y;
	node_position(surface->tree, &x, &y);
	bool swaps = transform_swaps(transform);
	const struct scene_view view = {
		.x = x + extents.x,
		.y = y + extents.y,
		.scale = scale,
		.transform = transform,
		.width = swaps ? height : width,
		.height = swaps ? width : height,
	};
	struct item_list list = {0};
	scene_flatten(surface->tree, &view, true, &list);
	struct buffer *target = draw_items(cursor, &list, view.width, view.height);
	item_list_finish(&list);
	picture->hotspot_x = scale_round(cursor->hotspot_x - extents.x, scale);
	picture->hotspot_y = scale_round(cursor->hotspot_y - extents.y, scale);
	return target;
}

// False: there is no image.
static bool picture_update(struct cursor *cursor, struct cursor_picture *picture, double scale,
	enum transform transform)
{
	const char *name = cursor_shown_shape(cursor);
	const struct surface *surface = cursor_surface(cursor);
	// Commits of subsurfaces do not count as changes of the cursor.
	bool volatile_content = surface && !wl_list_empty(&surface->subsurfaces);
	if (picture->buffer && picture->changes == cursor->changes && picture->scale == scale &&
		picture->transform == transform && !volatile_content)
		return true;
	picture_drop(picture);
	if (name) {
		const struct cursor_shape *shape = cursor_theme_get(cursor->theme, name, scale);
		const struct cursor_frame *frame = cursor_current_frame(cursor, shape);
		picture->own = shape->ratio != 1 || transform != TRANSFORM_NORMAL;
		picture->buffer = picture->own ? draw_shape(cursor, frame, shape->ratio, transform)
					       : frame->buffer;
		picture->hotspot_x = scale_round(frame->hotspot_x, shape->ratio);
		picture->hotspot_y = scale_round(frame->hotspot_y, shape->ratio);
	} else if (surface) {
		picture->own = true;
		picture->buffer = draw_surface(cursor, scale, transform, picture);
	}
	if (!picture->buffer)
		return false;
	buffer_lock(picture->buffer);
	picture->changes = cursor->changes;
	picture->scale = scale;
	picture->transform = transform;
	picture->sequence = ++cursor->sequence;
	return true;
}

void cursor_images_finish(struct cursor *cursor)
{
	for (size_t i = 0; i < array_length(cursor->planes); i++)
		picture_drop(&cursor->planes[i]);
	picture_drop(&cursor->captured);
}

bool cursor_plane_image(struct cursor *cursor, struct output *output, struct buffer **buffer,
	int *x, int *y, int *hotspot_x, int *hotspot_y, uint64_t *sequence)
{
	const struct screen *screen = output->screen;
	struct cursor_picture *picture = &cursor->planes[output->index];
	const struct surface *surface = cursor_surface(cursor);
	const struct box possible = cursor_reach(cursor);
	if (!box_intersect(&(struct box){0}, &possible, &output->box) ||
		(surface && !wl_list_empty(&surface->subsurfaces)) ||
		!picture_update(cursor, picture, output->scale, output->transform)) {
		picture_drop(picture);
		return false;
	}
	if (picture->buffer->width > screen->cursor_width ||
		picture->buffer->height > screen->cursor_height)
		return false;
	bool swaps = transform_swaps(output->transform);
	int width = picture->buffer->width, height = picture->buffer->height;
	struct box box = {
		.x = (int)floor((cursor->x - output->box.x) * output->scale) - picture->hotspot_x,
		.y = (int)floor((cursor->y - output->box.y) * output->scale) - picture->hotspot_y,
		.width = swaps ? height : width,
		.height = swaps ? width : height,
	};
	int area_width, area_height;
	output_size_upright(output, &area_width, &area_height);
	if (!box_intersect(&(struct box){0}, &box, &(struct box){0, 0, area_width, area_height}))
		return false;
	double hot_x = picture->hotspot_x + 0.5, hot_y = picture->hotspot_y + 0.5;
	point_transform(&hot_x, &hot_y, output->transform, box.width, box.height);
	box = box_transform(&box, output->transform, area_width, area_height);
	*buffer = picture->buffer;
	*x = box.x;
	*y = box.y;
	*hotspot_x = (int)floor(hot_x);
	*hotspot_y = (int)floor(hot_y);
	*sequence = picture->sequence;
	return true;
}

struct buffer *cursor_image(struct cursor *cursor, double scale, int *hotspot_x, int *hotspot_y)
{
	if (!picture_update(cursor, &cursor->captured, scale, TRANSFORM_NORMAL))
		return NULL;
	*hotspot_x = cursor->captured.hotspot_x;
	*hotspot_y = cursor->captured.hotspot_y;
	return cursor->captured.buffer;
}
