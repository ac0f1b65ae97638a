// SPDX-License-Identifier: MIT
#include "compositor/base/geom.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"

// Coordinates are clamped to this, so that differences fit an int.
#define FAR (1 << 30)
// Rectangles that a union may have before region_limit
#define REGION_MAX_PRODUCT (16 * REGION_MAX_RECTS)

static int saturate_int(int64_t value)
{
	return (int)CLAMP(value, INT_MIN, INT_MAX);
}

static int near_int(double value)
{
	// NaN fails both comparisons.
	return value >= FAR - 1 ? FAR - 1 : value > -FAR ? (int)value : -FAR;
}

static int64_t box_right(const struct box *box)
{
	return (int64_t)box->x + box->width;
}

static int64_t box_bottom(const struct box *box)
{
	return (int64_t)box->y + box->height;
}

bool box_equal(const struct box *a, const struct box *b)
{
	return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

bool box_contains(const struct box *box, double x, double y)
{
	return !box_empty(box) && x >= box->x && y >= box->y && x < (double)box_right(box) &&
		y < (double)box_bottom(box);
}

bool box_contains_box(const struct box *outer, const struct box *inner)
{
	return !box_empty(outer) && !box_empty(inner) && inner->x >= outer->x &&
		inner->y >= outer->y && box_right(inner) <= box_right(outer) &&
		box_bottom(inner) <= box_bottom(outer);
}

bool box_intersect(struct box *into, const struct box *a, const struct box *b)
{
	int x = MAX(a->x, b->x), y = MAX(a->y, b->y);
	int64_t width = MIN(box_right(a), box_right(b)) - x,
		height = MIN(box_bottom(a), box_bottom(b)) - y;
	if (box_empty(a) || box_empty(b) || width <= 0 || height <= 0) {
		*into = (struct box){0};
		return false;
	}
	*into = (struct box){x, y, (int)width, (int)height};
	return true;
}

void box_extend(struct box *bounds, const struct box *box)
{
	if (box_empty(box))
		return;
	if (box_empty(bounds)) {
		*bounds = *box;
		return;
	}
	int64_t right = MAX(box_right(bounds), box_right(box));
	int64_t bottom = MAX(box_bottom(bounds), box_bottom(box));
	bounds->x = MIN(bounds->x, box->x);
	bounds->y = MIN(bounds->y, box->y);
	bounds->width = saturate_int(right - bounds->x);
	bounds->height = saturate_int(bottom - bounds->y);
}

void box_closest(const struct box *box, double x, double y, double *into_x, double *into_y)
{
	// The smallest step of wl_fixed_t inside the edge.
	double last_x = (double)box_right(box) - 1.0 / 256,
	       last_y = (double)box_bottom(box) - 1.0 / 256;
	*into_x = x >= box->x ? fmin(x, fmax(last_x, box->x)) : box->x;
	*into_y = y >= box->y ? fmin(y, fmax(last_y, box->y)) : box->y;
}

bool transform_swaps(enum transform transform)
{
	return transform & 1;
}

// As operators, a transform is R^turns F^flip, and F R = R^-1 F.
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
	int64_t x = transform & 4 ? width - box_right(box) : box->x, y = box->y;
	int64_t far_x = width - (x + box->width), far_y = height - box_bottom(box);
	switch (transform & 3) {
	case 1:
		return (struct box){saturate_int(y), saturate_int(far_x), box->height, box->width};
	case 2:
		return (struct box){
			saturate_int(far_x), saturate_int(far_y), box->width, box->height};
	case 3:
		return (struct box){saturate_int(far_y), saturate_int(x), box->height, box->width};
	default:
		return (struct box){saturate_int(x), saturate_int(y), box->width, box->height};
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

wl_fixed_t fixed_from_double(double value)
{
	return isnan(value) ? 0 : (wl_fixed_t)lrint(CLAMP(value, -8388607.0, 8388607.0) * 256);
}

struct box box_scale(const struct box *box, double scale)
{
	int x = scale_round(box->x, scale), y = scale_round(box->y, scale);
	return (struct box){x, y, scale_round((double)box_right(box), scale) - x,
		scale_round((double)box_bottom(box), scale) - y};
}

// Applies the function to every rectangle.
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

static pixman_box32_t grow_one(const pixman_box32_t *rect, const void *data)
{
	int64_t by = *(const int *)data;
	return (pixman_box32_t){saturate_int(rect->x1 - by), saturate_int(rect->y1 - by),
		saturate_int(rect->x2 + by), saturate_int(rect->y2 + by)};
}

void region_grow(region *into, const region *from, int by)
{
	if (by >= 0) {
		map_rects(into, from, grow_one, &by);
		return;
	}
	// Shrinking is growing the outside.
	pixman_box32_t bounds = *pixman_region32_extents((region *)from);
	region outside;
	pixman_region32_init(&outside);
	pixman_region32_inverse(&outside, (region *)from, &bounds);
	region_grow(&outside, &outside, -by);
	bounds = grow_one(&bounds, &by);
	pixman_region32_clear(into);
	region_add_box(into,
		&(struct box){bounds.x1, bounds.y1, saturate_int((int64_t)bounds.x2 - bounds.x1),
			saturate_int((int64_t)bounds.y2 - bounds.y1)});
	pixman_region32_subtract(into, into, &outside);
	pixman_region32_fini(&outside);
}

void region_add_box(region *into, const struct box *box)
{
	if (box_empty(box))
		return;
	int x2 = saturate_int(box_right(box)), y2 = saturate_int(box_bottom(box));
	pixman_region32_union_rect(into, into, box->x, box->y, (unsigned)x2 - (unsigned)box->x,
		(unsigned)y2 - (unsigned)box->y);
	region_limit(into);
}

void region_collapse(region *collapsed)
{
	pixman_box32_t bounds = *pixman_region32_extents(collapsed);
	pixman_region32_fini(collapsed);
	pixman_region32_init_with_extents(collapsed, &bounds);
}

static int64_t count_rects(const region *area)
{
	return area->data ? area->data->numRects : 1;
}

void region_add(region *into, const region *added)
{
	// Rows united with columns give a grid: the product of the numbers, not their sum.
	if (count_rects(into) * count_rects(added) <= REGION_MAX_PRODUCT) {
		pixman_region32_union(into, into, (region *)added);
		region_limit(into);
		return;
	}
	region_collapse(into);
	pixman_box32_t bounds = *pixman_region32_extents((region *)added);
	pixman_region32_union_rect(into, into, bounds.x1, bounds.y1,
		(unsigned)bounds.x2 - (unsigned)bounds.x1,
		(unsigned)bounds.y2 - (unsigned)bounds.y1);
}

void region_intersect_box(region *into, const struct box *box)
{
	if (box_empty(box)) {
		pixman_region32_clear(into);
		return;
	}
	int x2 = saturate_int(box_right(box)), y2 = saturate_int(box_bottom(box));
	pixman_region32_intersect_rect(into, into, box->x, box->y, (unsigned)x2 - (unsigned)box->x,
		(unsigned)y2 - (unsigned)box->y);
}

struct box region_bounds(const region *region_)
{
	const pixman_box32_t *extents = pixman_region32_extents((region *)region_);
	return (struct box){extents->x1, extents->y1,
		saturate_int((int64_t)extents->x2 - extents->x1),
		saturate_int((int64_t)extents->y2 - extents->y1)};
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
