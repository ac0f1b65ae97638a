// SPDX-License-Identifier: MIT
#include "compositor/surface/surface_shape.h"
#include <math.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/surface/surface.h"

struct surface_shape surface_shape_committed(const struct surface *surface)
{
	const struct surface_state *current = &surface->current;
	struct surface_shape shape = {surface->content.width, surface->content.height,
		current->scale, current->transform, current->viewport};
	const struct surface_commit *commit;
	wl_list_for_each(commit, &surface->commits, own_link)
		surface_shape_apply(&shape, &commit->state);
	return shape;
}

void surface_shape_apply(struct surface_shape *shape, const struct surface_state *state)
{
	if (state->set & SURFACE_BUFFER) {
		shape->buffer_width = state->buffer ? state->buffer->width : 0;
		shape->buffer_height = state->buffer ? state->buffer->height : 0;
	}
	if (state->set & SURFACE_SCALE)
		shape->scale = state->scale;
	if (state->set & SURFACE_TRANSFORM)
		shape->transform = state->transform;
	if (state->set & SURFACE_VIEWPORT)
		shape->viewport = state->viewport;
}

void surface_shape_content_size(const struct surface_shape *shape, double *width, double *height)
{
	bool swaps = transform_swaps(shape->transform);
	*width = (double)(swaps ? shape->buffer_height : shape->buffer_width) / shape->scale;
	*height = (double)(swaps ? shape->buffer_width : shape->buffer_height) / shape->scale;
}

void surface_shape_size(const struct surface_shape *shape, int *width, int *height)
{
	const struct surface_viewport *viewport = &shape->viewport;
	double content_width, content_height;
	surface_shape_content_size(shape, &content_width, &content_height);
	*width = viewport->has_dst  ? viewport->width
		: viewport->has_src ? (int)viewport->src.width
				    : (int)content_width;
	*height = viewport->has_dst ? viewport->height
		: viewport->has_src ? (int)viewport->src.height
				    : (int)content_height;
	if (!shape->buffer_width)
		*width = *height = 0;
}

// Adds damage in surface coordinates: from surface to viewport source, then scaled and transformed
// back to the buffer.
static void map_damage(
	const region *surface_damage, const struct surface_shape *shape, region *damage)
{
	double width, height;
	surface_shape_content_size(shape, &width, &height);
	struct fbox src = {0, 0, width, height};
	if (shape->viewport.has_src)
		src = shape->viewport.src;
	double scale_x = 1, scale_y = 1;
	if (shape->viewport.has_dst) {
		scale_x = src.width / shape->viewport.width;
		scale_y = src.height / shape->viewport.height;
	}
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles((region *)surface_damage, &n);
	int full_width = (int)ceil(width * shape->scale),
	    full_height = (int)ceil(height * shape->scale);
	int bleed = scale_x == 1 && scale_y == 1 ? 0 : 1;
	region mapped;
	pixman_region32_init(&mapped);
	for (int i = 0; i < n; i++) {
		double left = (src.x + rects[i].x1 * scale_x) * shape->scale;
		double top = (src.y + rects[i].y1 * scale_y) * shape->scale;
		double right = (src.x + rects[i].x2 * scale_x) * shape->scale;
		double bottom = (src.y + rects[i].y2 * scale_y) * shape->scale;
		struct box box = {
			.x = (int)CLAMP(floor(left) - bleed, 0, full_width),
			.y = (int)CLAMP(floor(top) - bleed, 0, full_height),
		};
		box.width = (int)CLAMP(ceil(right) + bleed, 0, full_width) - box.x;
		box.height = (int)CLAMP(ceil(bottom) + bleed, 0, full_height) - box.y;
		if (box_empty(&box))
			continue;
		box = box_transform(&box, shape->transform, full_width, full_height);
		region_add_box(&mapped, &box);
	}
	region_add(damage, &mapped);
	pixman_region32_fini(&mapped);
}

void surface_shape_map_damage(struct surface_state *state, const struct surface_shape *before,
	const struct surface_shape *after)
{
	bool comparable = before->buffer_width == after->buffer_width &&
		before->buffer_height == after->buffer_height && before->scale == after->scale &&
		before->transform == after->transform;
	if (!(state->set & SURFACE_BUFFER)) {
		pixman_region32_clear(&state->damage_buffer); // the pixels stay what they were
	} else if (!comparable) {
		region_add_box(&state->damage_buffer,
			&(struct box){0, 0, after->buffer_width, after->buffer_height});
		state->set |= SURFACE_DAMAGE;
	} else if (pixman_region32_not_empty(&state->damage_surface)) {
		map_damage(&state->damage_surface, after, &state->damage_buffer);
	}
	pixman_region32_clear(&state->damage_surface);
}
