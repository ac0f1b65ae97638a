// SPDX-License-Identifier: MIT
// Anti-aliased shapes by distance functions: the distance of each pixel's centre from the edge
// gives its coverage.
#include "compositor/shell/paint.h"
#include <drm_fourcc.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/scene/content.h"

pixman_color_t paint_color(uint32_t rgb, double alpha)
{
	double scale = 257 * CLAMP(alpha, 0.0, 1.0);
	return (pixman_color_t){
		(uint16_t)((rgb >> 16 & 0xff) * scale),
		(uint16_t)((rgb >> 8 & 0xff) * scale),
		(uint16_t)((rgb & 0xff) * scale),
		(uint16_t)(0xff * scale),
	};
}

void paint_box(pixman_image_t *into, const struct box *box, const pixman_color_t *color)
{
	if (box_empty(box))
		return;
	const pixman_box32_t rect = {box->x, box->y, box->x + box->width, box->y + box->height};
	pixman_image_fill_boxes(PIXMAN_OP_OVER, into, color, 1, &rect);
}

// Composites the color through a mask of coverage over the box.
static void fill_mask(pixman_image_t *into, const struct box *box,
	uint8_t (*coverage)(double x, double y, const void *data), const void *data,
	const pixman_color_t *color)
{
	struct box bounds = {0, 0, pixman_image_get_width(into), pixman_image_get_height(into)};
	struct box area;
	if (!box_intersect(&area, &bounds, box))
		return;
	pixman_image_t *mask =
		pixman_image_create_bits(PIXMAN_a8, area.width, area.height, NULL, 0);
	pixman_image_t *fill = pixman_image_create_solid_fill(color);
	if (mask && fill) {
		uint8_t *row = (uint8_t *)pixman_image_get_data(mask);
		for (int y = 0; y < area.height; y++, row += pixman_image_get_stride(mask))
			for (int x = 0; x < area.width; x++)
				row[x] = coverage(area.x + x + 0.5, area.y + y + 0.5, data);
		pixman_image_composite32(PIXMAN_OP_OVER, fill, mask, into, 0, 0, 0, 0, area.x,
			area.y, area.width, area.height);
	}
	if (mask)
		pixman_image_unref(mask);
	if (fill)
		pixman_image_unref(fill);
}

static uint8_t distance_coverage(double distance)
{
	return (uint8_t)lround(255 * CLAMP(0.5 - distance, 0.0, 1.0));
}

struct corner {
	struct point center;
	double radius;
	int x, y; // -1 or 1: direction of the outside
};

static uint8_t corner_coverage(double x, double y, const void *data)
{
	const struct corner *corner = data;
	double out_x = fmax((x - corner->center.x) * corner->x, 0);
	double out_y = fmax((y - corner->center.y) * corner->y, 0);
	return distance_coverage(hypot(out_x, out_y) - corner->radius);
}

void paint_round_box(pixman_image_t *into, const struct box *box, const double radii[4],
	const pixman_color_t *color)
{
	int top = (int)ceil(fmax(radii[0], radii[1])), bottom = (int)ceil(fmax(radii[2], radii[3]));
	int sides[4];
	for (int i = 0; i < 4; i++)
		sides[i] = (int)ceil(radii[i]);
	int right = box->x + box->width, end = box->y + box->height;
	const struct box boxes[] = {
		{box->x + sides[0], box->y, box->width - sides[0] - sides[1], top},
		{box->x, box->y + top, box->width, box->height - top - bottom},
		{box->x + sides[3], end - bottom, box->width - sides[2] - sides[3], bottom},
	};
	for (size_t i = 0; i < array_length(boxes); i++)
		paint_box(into, &boxes[i], color);
	for (int i = 0; i < 4; i++) {
		int rows = i < 2 ? top : bottom;
		bool on_left = i == 0 || i == 3;
		struct box area = {on_left ? box->x : right - sides[i], i < 2 ? box->y : end - rows,
			sides[i], rows};
		struct corner corner = {
			{on_left ? box->x + radii[i] : right - radii[i],
				i < 2 ? box->y + radii[i] : end - radii[i]},
			radii[i],
			on_left ? -1 : 1,
			i < 2 ? -1 : 1,
		};
		if (sides[i])
			fill_mask(into, &area, corner_coverage, &corner, color);
	}
}

struct stroke {
	const struct segment *segments;
	size_t count;
	double half;
};

static double segment_distance(const struct segment *segment, double x, double y)
{
	double dx = segment->to.x - segment->from.x, dy = segment->to.y - segment->from.y;
	double length = dx * dx + dy * dy;
	double along = 0;
	if (length > 0)
		along = ((x - segment->from.x) * dx + (y - segment->from.y) * dy) / length;
	along = CLAMP(along, 0.0, 1.0);
	double off_x = x - segment->from.x - along * dx, off_y = y - segment->from.y - along * dy;
	return sqrt(off_x * off_x + off_y * off_y);
}

static uint8_t stroke_coverage(double x, double y, const void *data)
{
	const struct stroke *stroke = data;
	double distance = INFINITY;
	for (size_t i = 0; i < stroke->count; i++)
		distance = fmin(distance, segment_distance(&stroke->segments[i], x, y));
	return distance_coverage(distance - stroke->half);
}

void paint_segments(pixman_image_t *into, const struct segment *segments, size_t count,
	double width, const pixman_color_t *color)
{
	if (!count)
		return;
	double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
	for (size_t i = 0; i < count; i++) {
		const struct segment *segment = &segments[i];
		left = fmin(left, fmin(segment->from.x, segment->to.x));
		right = fmax(right, fmax(segment->from.x, segment->to.x));
		top = fmin(top, fmin(segment->from.y, segment->to.y));
		bottom = fmax(bottom, fmax(segment->from.y, segment->to.y));
	}
	double margin = width / 2 + 1;
	struct box area = {(int)floor(left - margin), (int)floor(top - margin), 0, 0};
	area.width = (int)ceil(right + margin) - area.x;
	area.height = (int)ceil(bottom + margin) - area.y;
	struct stroke stroke = {segments, count, width / 2};
	fill_mask(into, &area, stroke_coverage, &stroke, color);
}

void paint_spot(
	pixman_image_t *into, double x, double y, double diameter, const pixman_color_t *color)
{
	const struct segment spot = {{x, y}, {x, y}};
	paint_segments(into, &spot, 1, diameter, color);
}

void paint_picture(pixman_image_t *into, const uint32_t *pixels, int size, const struct box *box)
{
	pixman_image_t *source = pixman_image_create_bits_no_clear(
		PIXMAN_a8r8g8b8, size, size, (uint32_t *)pixels, size * (int)sizeof(*pixels));
	if (!source)
		return;
	pixman_transform_t transform;
	pixman_transform_init_scale(&transform, pixman_double_to_fixed((double)size / box->width),
		pixman_double_to_fixed((double)size / box->height));
	pixman_image_set_transform(source, &transform);
	pixman_image_set_filter(source, PIXMAN_FILTER_BILINEAR, NULL, 0);
	pixman_image_composite32(PIXMAN_OP_OVER, source, NULL, into, 0, 0, 0, 0, box->x, box->y,
		box->width, box->height);
	pixman_image_unref(source);
}

bool painting_begin(struct painting *painting, int width, int height)
{
	struct pixels pixels;
	*painting = (struct painting){0};
	painting->buffer = buffer_create_memory(width, height, DRM_FORMAT_ARGB8888);
	if (!painting->buffer || !buffer_begin_access(painting->buffer, &pixels))
		goto fail;
	painting->image = pixman_image_create_bits(
		PIXMAN_a8r8g8b8, width, height, pixels.data, (int)pixels.stride);
	if (painting->image)
		return true;
	buffer_end_access(painting->buffer);
fail:
	buffer_drop(painting->buffer);
	return false;
}

void painting_show(struct painting *painting, struct content *content)
{
	pixman_image_unref(painting->image);
	buffer_end_access(painting->buffer);
	content_update(content, painting->buffer, NULL);
	buffer_drop(painting->buffer);
}
