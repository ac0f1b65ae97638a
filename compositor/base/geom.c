// SPDX-License-Identifier: MIT
#include "compositor/base/geom.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"

// Coordinates beyond this are cut off, so that differences of two still fit into an int.
#define FAR (1 << 30)

static int saturate(int64_t value)
{
	return (int)CLAMP(value, INT_MIN, INT_MAX);
}

static int near_int(double value)
{
	// Not a number fails both comparisons.
	return value >= FAR - 1 ? FAR - 1 : value > -FAR ? (int)value : -FAR;
}

static int64_t right(const struct box *box)
{
	return (int64_t)box->x + box->width;
}

static int64_t bottom(const struct box *box)
{
	return (int64_t)box->y + box->height;
}

bool box_equal(const struct box *a, const struct box *b)
{
	return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

bool box_contains(const struct box *box, double x, double y)
{
	return !box_empty(box) && x >= box->x && y >= box->y && x < (double)right(box) &&
		y < (double)bottom(box);
}

bool box_contains_box(const struct box *outer, const struct box *inner)
{
	return !box_empty(outer) && !box_empty(inner) && inner->x >= outer->x &&
		inner->y >= outer->y && right(inner) <= right(outer) &&
		bottom(inner) <= bottom(outer);
}

bool box_intersect(struct box *into, const struct box *a, const struct box *b)
{
	int x = MAX(a->x, b->x), y = MAX(a->y, b->y);
	int64_t width = MIN(right(a), right(b)) - x, height = MIN(bottom(a), bottom(b)) - y;
	if (box_empty(a) || box_empty(b) || width <= 0 || height <= 0) {
		*into = (struct box){0};
		return false;
	}
	*into = (struct box){x, y, (int)width, (int)height};
	return true;
}

void box_closest(const struct box *box, double x, double y, double *into_x, double *into_y)
{
	// The wire's smallest step inside the edge.
	double last_x = (double)right(box) - 1.0 / 256, last_y = (double)bottom(box) - 1.0 / 256;
	*into_x = x >= box->x ? fmin(x, fmax(last_x, box->x)) : box->x;
	*into_y = y >= box->y ? fmin(y, fmax(last_y, box->y)) : box->y;
}

bool transform_swaps(enum transform transform)
{
	return transform & 1;
}

// As operators a transform is R^turns F^flip, and F R = R^-1 F.
enum transform transform_invert(enum transform transform)
{
	if (transform & 4)
		return transform;
	return (4 - transform) & 3;
}

enum transform transform_compose(enum transform a, enum transform b)
{
	unsigned turns = b & 4 ? b - a : b + a;
	return (turns & 3) | ((a ^ b) & 4);
}

void point_transform(double *x, double *y, enum transform transform, double width, double height)
{
	double from_x = transform & 4 ? width - *x : *x, from_y = *y;
	switch (transform & 3) {
	case 0:
		*x = from_x;
		*y = from_y;
		break;
	case 1:
		*x = from_y;
		*y = width - from_x;
		break;
	case 2:
		*x = width - from_x;
		*y = height - from_y;
		break;
	case 3:
		*x = height - from_y;
		*y = from_x;
		break;
	}
}

struct box box_transform(const struct box *box, enum transform transform, int width, int height)
{
	int64_t x = transform & 4 ? width - right(box) : box->x, y = box->y;
	int64_t far_x = width - (x + box->width), far_y = height - bottom(box);
	switch (transform & 3) {
	case 1:
		return (struct box){saturate(y), saturate(far_x), box->height, box->width};
	case 2:
		return (struct box){saturate(far_x), saturate(far_y), box->width, box->height};
	case 3:
		return (struct box){saturate(far_y), saturate(x), box->height, box->width};
	default:
		return (struct box){saturate(x), saturate(y), box->width, box->height};
	}
}

struct fbox fbox_transform(
	const struct fbox *box, enum transform transform, double width, double height)
{
	double x1 = box->x, y1 = box->y, x2 = box->x + box->width, y2 = box->y + box->height;
	point_transform(&x1, &y1, transform, width, height);
	point_transform(&x2, &y2, transform, width, height);
	bool swaps = transform_swaps(transform);
	return (struct fbox){fmin(x1, x2), fmin(y1, y2), swaps ? box->height : box->width,
		swaps ? box->width : box->height};
}

int scale_round(double value, double scale)
{
	return near_int(round(value * scale));
}

struct box box_scale(const struct box *box, double scale)
{
	int x = scale_round(box->x, scale), y = scale_round(box->y, scale);
	return (struct box){x, y, scale_round((double)right(box), scale) - x,
		scale_round((double)bottom(box), scale) - y};
}

// A hair of tolerance: 3 * (1 / 3.0) is meant to be 1.
static int out_low(double value)
{
	return near_int(floor(value + 1e-6));
}

static int out_high(double value)
{
	return near_int(ceil(value - 1e-6));
}

struct box box_scale_out(const struct box *box, double scale_x, double scale_y)
{
	if (box_empty(box))
		return (struct box){0};
	int x = out_low(box->x * scale_x), y = out_low(box->y * scale_y);
	return (struct box){x, y, out_high((double)right(box) * scale_x) - x,
		out_high((double)bottom(box) * scale_y) - y};
}

// into = every rectangle of from, changed by the function.
static void map_rects(region *into, const region *from,
	pixman_box32_t (*change)(const pixman_box32_t *rect, const void *data), const void *data)
{
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles((region *)from, &n);
	pixman_box32_t few[32], *changed = few;
	if ((size_t)n > array_length(few))
		changed = xcalloc((size_t)n, sizeof(*changed));
	for (int i = 0; i < n; i++)
		changed[i] = change(&rects[i], data);
	pixman_region32_fini(into);
	if (!pixman_region32_init_rects(into, changed, n))
		pixman_region32_init(into);
	if (changed != few)
		free(changed);
}

static pixman_box32_t scale_rect_out(const pixman_box32_t *rect, const void *data)
{
	const double *scale = data;
	return (pixman_box32_t){out_low(rect->x1 * scale[0]), out_low(rect->y1 * scale[1]),
		out_high(rect->x2 * scale[0]), out_high(rect->y2 * scale[1])};
}

void region_scale_out(region *into, const region *from, double scale_x, double scale_y)
{
	if (scale_x == 1 && scale_y == 1)
		pixman_region32_copy(into, (region *)from);
	else
		map_rects(into, from, scale_rect_out, (const double[]){scale_x, scale_y});
}

void region_scale_in(region *into, const region *from, double scale_x, double scale_y)
{
	if (scale_x == 1 && scale_y == 1) {
		pixman_region32_copy(into, (region *)from);
		return;
	}
	// What is left of the shrunk bounds without the grown holes: rectangles that touch keep
	// touching, which they would not if each shrank by itself.
	pixman_box32_t bounds = *pixman_region32_extents((region *)from);
	region holes;
	pixman_region32_init(&holes);
	pixman_region32_inverse(&holes, (region *)from, &bounds);
	region_scale_out(&holes, &holes, scale_x, scale_y);
	int x1 = near_int(ceil(bounds.x1 * scale_x - 1e-6));
	int y1 = near_int(ceil(bounds.y1 * scale_y - 1e-6));
	int x2 = near_int(floor(bounds.x2 * scale_x + 1e-6));
	int y2 = near_int(floor(bounds.y2 * scale_y + 1e-6));
	pixman_region32_clear(into);
	region_add_box(into, &(struct box){x1, y1, x2 - x1, y2 - y1});
	pixman_region32_subtract(into, into, &holes);
	pixman_region32_fini(&holes);
}

struct transform_rect {
	enum transform transform;
	int width, height;
};

static pixman_box32_t transform_one(const pixman_box32_t *rect, const void *data)
{
	const struct transform_rect *how = data;
	struct box box = {rect->x1, rect->y1, saturate((int64_t)rect->x2 - rect->x1),
		saturate((int64_t)rect->y2 - rect->y1)};
	box = box_transform(&box, how->transform, how->width, how->height);
	return (pixman_box32_t){box.x, box.y, saturate(right(&box)), saturate(bottom(&box))};
}

void region_transform(
	region *into, const region *from, enum transform transform, int width, int height)
{
	if (transform == TRANSFORM_NORMAL)
		pixman_region32_copy(into, (region *)from);
	else
		map_rects(into, from, transform_one,
			&(struct transform_rect){transform, width, height});
}

static pixman_box32_t grow_one(const pixman_box32_t *rect, const void *data)
{
	int64_t by = *(const int *)data;
	return (pixman_box32_t){saturate(rect->x1 - by), saturate(rect->y1 - by),
		saturate(rect->x2 + by), saturate(rect->y2 + by)};
}

void region_grow(region *into, const region *from, int by)
{
	if (by >= 0) {
		map_rects(into, from, grow_one, &by);
		return;
	}
	// To shrink is to grow what is outside.
	pixman_box32_t bounds = *pixman_region32_extents((region *)from);
	region outside;
	pixman_region32_init(&outside);
	pixman_region32_inverse(&outside, (region *)from, &bounds);
	region_grow(&outside, &outside, -by);
	bounds = grow_one(&bounds, &by);
	pixman_region32_clear(into);
	region_add_box(into,
		&(struct box){bounds.x1, bounds.y1, saturate((int64_t)bounds.x2 - bounds.x1),
			saturate((int64_t)bounds.y2 - bounds.y1)});
	pixman_region32_subtract(into, into, &outside);
	pixman_region32_fini(&outside);
}

void region_add_box(region *into, const struct box *box)
{
	if (box_empty(box))
		return;
	int x2 = saturate(right(box)), y2 = saturate(bottom(box));
	pixman_region32_union_rect(into, into, box->x, box->y, (unsigned)x2 - (unsigned)box->x,
		(unsigned)y2 - (unsigned)box->y);
}

void region_intersect_box(region *into, const struct box *box)
{
	if (box_empty(box)) {
		pixman_region32_clear(into);
		return;
	}
	int x2 = saturate(right(box)), y2 = saturate(bottom(box));
	pixman_region32_intersect_rect(into, into, box->x, box->y, (unsigned)x2 - (unsigned)box->x,
		(unsigned)y2 - (unsigned)box->y);
}

struct box region_bounds(const region *region_)
{
	const pixman_box32_t *extents = pixman_region32_extents((region *)region_);
	return (struct box){extents->x1, extents->y1, saturate((int64_t)extents->x2 - extents->x1),
		saturate((int64_t)extents->y2 - extents->y1)};
}

bool region_contains(const region *region_, double x, double y)
{
	return pixman_region32_contains_point(
		(region *)region_, near_int(floor(x)), near_int(floor(y)), NULL);
}

void region_init_infinite(region *region_)
{
	pixman_region32_init_rect(region_, -FAR, -FAR, INT_MAX, INT_MAX);
}
