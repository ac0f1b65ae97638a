// SPDX-License-Identifier: MIT
// Boxes, transforms, scales and regions. Pure functions. All rounding between logical and physical
// pixels in the project happens here.
#pragma once
#include <pixman.h>
#include <stdbool.h>

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

static inline bool box_empty(const struct box *box)
{
	return box->width <= 0 || box->height <= 0;
}
bool box_equal(const struct box *a, const struct box *b);
bool box_contains(const struct box *box, double x, double y);
bool box_contains_box(const struct box *outer, const struct box *inner);
// *into = a and b in common; false and an empty box where there is nothing.
bool box_intersect(struct box *into, const struct box *a, const struct box *b);
// Nearest point inside the box (its last pixel at most: x < box.x + width).
void box_closest(const struct box *box, double x, double y, double *into_x, double *into_y);

bool transform_swaps(enum transform transform); // width and height change places
enum transform transform_invert(enum transform transform);
// First a, then b.
enum transform transform_compose(enum transform a, enum transform b);
// Where box, in an area of width x height (before the transform), lies after it.
struct box box_transform(const struct box *box, enum transform transform, int width, int height);
struct fbox fbox_transform(
	const struct fbox *box, enum transform transform, double width, double height);
void point_transform(double *x, double *y, enum transform transform, double width, double height);

// Logical to physical: edges are rounded to nearest, so that boxes which touch still touch.
struct box box_scale(const struct box *box, double scale);
// Physical to logical or back, grown outwards to whole pixels: for damage.
struct box box_scale_out(const struct box *box, double scale_x, double scale_y);
int scale_round(double value, double scale);

// Regions in place. into may be the source.
void region_scale_out(region *into, const region *from, double scale_x, double scale_y);
// Shrunk inwards to whole pixels: for opaque regions.
void region_scale_in(region *into, const region *from, double scale_x, double scale_y);
void region_transform(
	region *into, const region *from, enum transform transform, int width, int height);
void region_grow(region *into, const region *from, int by);
void region_add_box(region *into, const struct box *box);
void region_intersect_box(region *into, const struct box *box);
struct box region_bounds(const region *area);
bool region_contains(const region *area, double x, double y);
// A region that is everything a surface can be: the default input region.
void region_init_infinite(region *area);
