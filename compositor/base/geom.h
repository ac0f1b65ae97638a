// SPDX-License-Identifier: MIT
// Boxes, transforms, scales and regions. Pure functions. All rounding between logical and physical
// pixels in the project happens here.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <wayland-util.h>

typedef struct pixman_region32 region;

struct box {
	int x, y, width, height;
};

struct fbox {
	double x, y, width, height;
};

// The eight transforms of wl_output.transform, same numbers: bits 0-1 quarter turns
// counter-clockwise, bit 2 a flip around the vertical axis before them.
enum transform {
	TRANSFORM_NORMAL,
	TRANSFORM_90,
	TRANSFORM_180,
	TRANSFORM_270,
	TRANSFORM_FLIPPED,
	TRANSFORM_FLIPPED_90,
	TRANSFORM_FLIPPED_180,
	TRANSFORM_FLIPPED_270,
};

// Has no area.
static inline bool box_empty(const struct box *box)
{
	return box->width <= 0 || box->height <= 0;
}
// Same position and size.
bool box_equal(const struct box *a, const struct box *b);
// The point is inside: x <= point < x + width. False for NaN.
bool box_contains(const struct box *box, double x, double y);
// inner is inside outer.
bool box_contains_box(const struct box *outer, const struct box *inner);
// *into: the common part of a and b. False: they do not intersect, and *into is empty.
bool box_intersect(struct box *into, const struct box *a, const struct box *b);
// Grows bounds to include the box; an empty box changes nothing, empty bounds become the box.
void box_extend(struct box *bounds, const struct box *box);
// Nearest point inside the box: x < box.x + width.
void box_closest(const struct box *box, double x, double y, double *into_x, double *into_y);

// Swaps width and height.
bool transform_swaps(enum transform transform);
// The transform that undoes it.
enum transform transform_invert(enum transform transform);
// The transform that applies a, then b.
enum transform transform_compose(enum transform a, enum transform b);
// The box after the transform of an area that is width x height before it.
struct box box_transform(const struct box *box, enum transform transform, int width, int height);
// The same in fractions.
struct fbox fbox_transform(
	const struct fbox *box, enum transform transform, double width, double height);
// The same of a point.
void point_transform(double *x, double *y, enum transform transform, double width, double height);

// Logical to physical pixels. Edges are rounded to nearest, so boxes that touch still touch.
struct box box_scale(const struct box *box, double scale);
// value * scale, rounded to nearest; clamped.
int scale_round(double value, double scale);

// The nearest wl_fixed_t, in 1/256; values out of its range are clamped to +-8388607, NaN becomes
// 0. Use it instead of wl_fixed_from_double, which truncates since libwayland 1.23: 20 that went
// through floating point arithmetic could arrive as 19.996, and as 19 in clients that cast to int.
wl_fixed_t fixed_from_double(double value);

// Regions; into may be from.

// Additions never leave more rectangles than this. Each one copies the whole region, which would
// make the work for a client's requests quadratic.
#define REGION_MAX_RECTS 1024

// Grows every rectangle by that much on each side; shrinks if negative.
void region_grow(region *into, const region *from, int by);
// Adds a box; an empty one has no effect. See region_limit.
void region_add_box(region *into, const struct box *box);
// Keeps what is inside the box.
void region_intersect_box(region *into, const struct box *box);
// Adds a region. Where the union could have too many rectangles, both are replaced by their bounds
// first. See region_limit.
void region_add(region *into, const region *added);
// Replaces a region by its bounds.
void region_collapse(region *collapsed);
// Replaces a region of more than REGION_MAX_RECTS rectangles by its bounds.
static inline void region_limit(region *limited)
{
	if (limited->data && limited->data->numRects > REGION_MAX_RECTS)
		region_collapse(limited);
}
// Bytes of the heap that its rectangles take.
static inline size_t region_size(const region *area)
{
	// NULL: one rectangle, which is in the region itself
	return area->data ? (size_t)area->data->size * sizeof(pixman_box32_t) : 0;
}
// Bounds of the region.
struct box region_bounds(const region *area);
// The point is inside. False for NaN.
bool region_contains(const region *area, double x, double y);
// An infinite region: the default input region.
void region_init_infinite(region *area);
