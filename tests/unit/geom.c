// SPDX-License-Identifier: MIT
// Boxes, transforms and regions: tables, and properties checked over random values.
#include "compositor/base/geom.h"
#include <limits.h>
#include <math.h>
#include "tests/harness/test.h"

static unsigned roll(uint64_t *seed, unsigned below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % below;
}

static void check_box(const struct box *box, int x, int y, int width, int height)
{
	check_eq(box->x, x);
	check_eq(box->y, y);
	check_eq(box->width, width);
	check_eq(box->height, height);
}

static const struct intersect_row {
	struct box a, b, common; // common.width 0: empty
} intersect_rows[] = {
	{{0, 0, 10, 10}, {5, 5, 10, 10}, {5, 5, 5, 5}},
	{{0, 0, 10, 10}, {10, 0, 5, 5}, {0, 0, 0, 0}},
	{{0, 0, 10, 10}, {2, 3, 4, 5}, {2, 3, 4, 5}},
	{{-5, -5, 10, 10}, {-100, -1, 200, 2}, {-5, -1, 10, 2}},
	{{0, 0, 0, 10}, {0, 0, 10, 10}, {0, 0, 0, 0}},
	{{0, 0, -5, 10}, {-10, 0, 20, 10}, {0, 0, 0, 0}},
	{{INT_MAX - 5, 0, 100, 1}, {INT_MAX - 1, 0, 100, 1}, {INT_MAX - 1, 0, 96, 1}},
	{{INT_MIN, 0, INT_MAX, 1}, {-10, 0, 20, 1}, {-10, 0, 9, 1}},
};

TEST_P(intersect, struct intersect_row, intersect_rows)
{
	struct box common, other;
	const struct box *want = &param->common;
	bool any = want->width > 0;
	check_eq(box_intersect(&common, &param->a, &param->b), any);
	check_box(&common, want->x, want->y, want->width, want->height);
	check_eq(box_intersect(&other, &param->b, &param->a), any);
	check(box_equal(&common, &other));
	if (any) {
		check(box_contains_box(&param->a, &common));
		check(box_contains_box(&param->b, &common));
	}
}

static const struct contains_row {
	double x, y;
	bool inside;
} contains_rows[] = {{2, 3, true}, {1.999, 3, false}, {5.99, 7.99, true}, {6, 5, false},
	{4, 8, false}, {NAN, 5, false}, {4, INFINITY, false}, {-INFINITY, 5, false}};

TEST_P(contains, struct contains_row, contains_rows)
{
	const struct box box = {2, 3, 4, 5};
	check_eq(box_contains(&box, param->x, param->y), param->inside);
	double x, y;
	box_closest(&box, param->x, param->y, &x, &y);
	check(box_contains(&box, x, y));
	if (param->inside)
		check(x == param->x && y == param->y);
}

TEST(nothing_is_inside_of_empty_boxes)
{
	check(!box_contains(&(struct box){0, 0, 0, 5}, 0, 0));
	check(!box_contains_box(&(struct box){0, 0, 5, 5}, &(struct box){1, 1, 0, 0}));
	check(!box_contains_box(&(struct box){0, 0, 0, 0}, &(struct box){0, 0, 0, 0}));
}

// Transforms

#define ALL_TRANSFORMS(t) for (enum transform t = TRANSFORM_NORMAL; t <= TRANSFORM_FLIPPED_270; t++)

// Where a transform puts the top left corner of a 30 x 20 area, and the top right one.
static const struct corner_row {
	enum transform transform;
	double x, y, right_x, right_y;
} corner_rows[] = {
	{TRANSFORM_NORMAL, 0, 0, 30, 0},
	{TRANSFORM_90, 0, 30, 0, 0},
	{TRANSFORM_180, 30, 20, 0, 20},
	{TRANSFORM_270, 20, 0, 20, 30},
	{TRANSFORM_FLIPPED, 30, 0, 0, 0},
	{TRANSFORM_FLIPPED_90, 0, 0, 0, 30},
	{TRANSFORM_FLIPPED_180, 0, 20, 30, 20},
	{TRANSFORM_FLIPPED_270, 20, 30, 20, 0},
};

TEST_P(corners, struct corner_row, corner_rows)
{
	double x = 0, y = 0, right_x = 30, right_y = 0;
	point_transform(&x, &y, param->transform, 30, 20);
	point_transform(&right_x, &right_y, param->transform, 30, 20);
	check(x == param->x && y == param->y);
	check(right_x == param->right_x && right_y == param->right_y);
	check_eq(transform_swaps(param->transform), param->transform % 2 == 1);
}

TEST(inverse_undoes)
{
	ALL_TRANSFORMS(t)
	{
		enum transform back = transform_invert(t);
		bool swaps = transform_swaps(t);
		check_eq(transform_compose(t, back), TRANSFORM_NORMAL);
		check_eq(transform_compose(back, t), TRANSFORM_NORMAL);
		struct box box = {3, 5, 7, 2};
		box = box_transform(&box, t, 30, 20);
		box = box_transform(&box, back, swaps ? 20 : 30, swaps ? 30 : 20);
		check_box(&box, 3, 5, 7, 2);
	}
}

TEST(composing_is_one_after_the_other)
{
	ALL_TRANSFORMS(a)
	ALL_TRANSFORMS(b)
	{
		const struct box box = {3, 5, 7, 2};
		bool swaps = transform_swaps(a);
		struct box steps = box_transform(&box, a, 30, 20);
		steps = box_transform(&steps, b, swaps ? 20 : 30, swaps ? 30 : 20);
		struct box once = box_transform(&box, transform_compose(a, b), 30, 20);
		check(box_equal(&steps, &once));
		ALL_TRANSFORMS(c)
		check_eq(transform_compose(transform_compose(a, b), c),
			transform_compose(a, transform_compose(b, c)));
	}
}

TEST(boxes_follow_their_points)
{
	uint64_t seed = 3;
	for (int i = 0; i < 2000; i++) {
		enum transform t = (enum transform)roll(&seed, 8);
		int width = (int)roll(&seed, 100) + 1, height = (int)roll(&seed, 100) + 1;
		struct box box = {(int)roll(&seed, 200) - 100, (int)roll(&seed, 200) - 100,
			(int)roll(&seed, 50) + 1, (int)roll(&seed, 50) + 1};
		struct box moved = box_transform(&box, t, width, height);
		double x = box.x + 0.5, y = box.y + 0.5;
		point_transform(&x, &y, t, width, height);
		check(box_contains(&moved, x, y));
		check_eq((intmax_t)moved.width * moved.height, (intmax_t)box.width * box.height);
		struct fbox exact = fbox_transform(
			&(struct fbox){box.x, box.y, box.width, box.height}, t, width, height);
		check(exact.x == moved.x && exact.y == moved.y && exact.width == moved.width &&
			exact.height == moved.height);
	}
}

static const struct extend_row {
	struct box bounds, box, result;
} extend_rows[] = {
	{{0, 0, 0, 0}, {3, 4, 5, 6}, {3, 4, 5, 6}},
	{{3, 4, 5, 6}, {9, 9, 0, 7}, {3, 4, 5, 6}},
	{{0, 0, 10, 10}, {2, 2, 3, 3}, {0, 0, 10, 10}},
	{{0, 0, 10, 10}, {-5, 20, 2, 2}, {-5, 0, 15, 22}},
	{{-2000000000, 0, 1, 1}, {2000000000, 0, 1, 1}, {-2000000000, 0, INT_MAX, 1}},
};

TEST_P(extended_box, struct extend_row, extend_rows)
{
	struct box bounds = param->bounds;
	box_extend(&bounds, &param->box);
	check_box(&bounds, param->result.x, param->result.y, param->result.width,
		param->result.height);
}

// Scales

static const struct round_row {
	double value, scale;
	int rounded;
} round_rows[] = {{3, 1.5, 5}, {-3, 1.5, -5}, {1, 0.4, 0}, {2, 1.25, 3}, {0, 7, 0},
	{1e12, 1, (1 << 30) - 1}, {-1e12, 1, -(1 << 30)}, {NAN, 1, -(1 << 30)}};

TEST_P(scale_rounds, struct round_row, round_rows)
{
	check_eq(scale_round(param->value, param->scale), param->rounded);
}

TEST(boxes_that_touch_still_touch)
{
	static const double scales[] = {1, 1.1, 1.25, 1.5, 1.75, 2, 2.4, 3, 0.5, 0.8};
	uint64_t seed = 5;
	for (int i = 0; i < 3000; i++) {
		double scale = scales[roll(&seed, 10)];
		struct box left = {(int)roll(&seed, 4000) - 2000, (int)roll(&seed, 4000) - 2000,
			(int)roll(&seed, 300) + 1, (int)roll(&seed, 300) + 1};
		struct box next = {left.x + left.width, left.y + left.height,
			(int)roll(&seed, 300) + 1, (int)roll(&seed, 300) + 1};
		struct box a = box_scale(&left, scale), b = box_scale(&next, scale);
		check_eq(a.x + a.width, b.x);
		check_eq(a.y + a.height, b.y);
	}
}

// Regions

static void random_region(region *area, uint64_t *seed, int side)
{
	pixman_region32_init(area);
	for (unsigned i = roll(seed, 6) + 1; i > 0; i--)
		region_add_box(area,
			&(struct box){(int)roll(seed, (unsigned)side),
				(int)roll(seed, (unsigned)side), (int)roll(seed, 12) + 1,
				(int)roll(seed, 12) + 1});
}

TEST(grow_and_shrink)
{
	uint64_t seed = 11;
	for (int i = 0; i < 200; i++) {
		region area, grown, shrunk;
		random_region(&area, &seed, 24);
		pixman_region32_init(&grown);
		pixman_region32_init(&shrunk);
		region_grow(&grown, &area, 2);
		region_grow(&shrunk, &area, -2);
		for (int y = -3; y < 40; y++) {
			for (int x = -3; x < 40; x++) {
				bool any = false, all = true;
				for (int dy = -2; dy <= 2; dy++) {
					for (int dx = -2; dx <= 2; dx++) {
						bool has = region_contains(&area, x + dx, y + dy);
						any = any || has;
						all = all && has;
					}
				}
				check_eq(region_contains(&grown, x, y), any);
				check_eq(region_contains(&shrunk, x, y), all);
			}
		}
		pixman_region32_fini(&shrunk);
		pixman_region32_fini(&grown);
		pixman_region32_fini(&area);
	}
}

TEST(regions_at_the_end_of_the_world)
{
	region area;
	region_init_infinite(&area);
	check(region_contains(&area, 1e6, -1e6));
	check(region_contains(&area, 0, 0));
	region_grow(&area, &area, 1000);
	check(pixman_region32_not_empty(&area));
	region_intersect_box(&area, &(struct box){-4, -4, 8, 8});
	struct box bounds = region_bounds(&area);
	check_box(&bounds, -4, -4, 8, 8);
	region_intersect_box(&area, &(struct box){0, 0, 0, 8});
	check(!pixman_region32_not_empty(&area));
	region_add_box(&area, &(struct box){INT_MAX - 2, INT_MAX - 2, INT_MAX, INT_MAX});
	region_add_box(&area, &(struct box){3, 3, -3, 3});
	bounds = region_bounds(&area);
	check_eq(bounds.x, INT_MAX - 2);
	check_eq(bounds.width, 2);
	pixman_region32_fini(&area);
}

TEST(rows_and_columns_do_not_multiply)
{
	region rows, columns;
	pixman_region32_init(&rows);
	pixman_region32_init(&columns);
	for (int i = 0; i < REGION_MAX_RECTS; i++) {
		region_add_box(&rows, &(struct box){0, i * 2, 4000, 1});
		region_add_box(&columns, &(struct box){i * 2, 0, 1, 4000});
	}
	check_eq(pixman_region32_n_rects(&rows), REGION_MAX_RECTS);
	region_add(&rows, &columns); // a million rectangles, if it were exact
	check(pixman_region32_n_rects(&rows) <= REGION_MAX_RECTS);
	struct box bounds = region_bounds(&rows);
	check_eq(bounds.width, 4000);
	check_eq(bounds.height, 4000);
	// One too many becomes the bounds; fewer stay exact.
	region_add_box(&columns, &(struct box){5000, 5000, 1, 1});
	check_eq(pixman_region32_n_rects(&columns), 1);
	check(region_contains(&columns, 4500, 4500));
	pixman_region32_clear(&rows);
	pixman_region32_clear(&columns);
	region_add_box(&rows, &(struct box){0, 0, 3, 1});
	region_add_box(&columns, &(struct box){1, 0, 1, 3});
	region_add(&rows, &columns);
	check(!region_contains(&rows, 0, 1));
	check(region_contains(&rows, 1, 2));
	pixman_region32_fini(&rows);
	pixman_region32_fini(&columns);
}

TEST(infinite_survives_shrinking)
{
	region area;
	region_init_infinite(&area);
	region_grow(&area, &area, -10);
	check(region_contains(&area, 0, 0));
	pixman_region32_fini(&area);
}

static const struct fixed_row {
	double value;
	int fixed;
} fixed_rows[] = {
	{0, 0},
	{20, 20 * 256},
	{-20, -20 * 256},
	{20 - 1e-9, 20 * 256},
	{-20 + 1e-9, -20 * 256},
	{0.1 * 3 / 0.3 * 20, 20 * 256},
	{1.0 / 256, 1},
	{1.6 / 256, 2},
	{-1.6 / 256, -2},
	{8388607, 8388607 * 256},
	{1e300, 8388607 * 256},
	{-INFINITY, -8388607 * 256},
	{NAN, 0},
};

TEST_P(fixed, struct fixed_row, fixed_rows)
{
	check_eq(fixed_from_double(param->value), param->fixed);
}
