// SPDX-License-Identifier: MIT
// Popup placement: known cases, and every combination of anchor, gravity and adjustment against
// the text of the protocol.
#include "compositor/window/positioner.h"
#include <limits.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

enum { NONE, TOP, BOTTOM, LEFT, RIGHT, TOP_LEFT, BOTTOM_LEFT, TOP_RIGHT, BOTTOM_RIGHT, DIRECTIONS };
enum {
	SLIDE_X = 1,
	SLIDE_Y = 2,
	FLIP_X = 4,
	FLIP_Y = 8,
	RESIZE_X = 16,
	RESIZE_Y = 32,
	ADJUSTMENTS = 64,
};

static bool is_left(uint32_t direction)
{
	return direction == LEFT || direction == TOP_LEFT || direction == BOTTOM_LEFT;
}

static bool is_right(uint32_t direction)
{
	return direction == RIGHT || direction == TOP_RIGHT || direction == BOTTOM_RIGHT;
}

static bool is_top(uint32_t direction)
{
	return direction == TOP || direction == TOP_LEFT || direction == TOP_RIGHT;
}

static bool is_bottom(uint32_t direction)
{
	return direction == BOTTOM || direction == BOTTOM_LEFT || direction == BOTTOM_RIGHT;
}

static uint32_t flip(uint32_t direction, bool x, bool y)
{
	bool left = is_left(direction), right = is_right(direction);
	bool top = is_top(direction), bottom = is_bottom(direction);
	if (x && left != right)
		left = !left, right = !right;
	if (y && top != bottom)
		top = !top, bottom = !bottom;
	if (top)
		return left ? TOP_LEFT : right ? TOP_RIGHT : TOP;
	if (bottom)
		return left ? BOTTOM_LEFT : right ? BOTTOM_RIGHT : BOTTOM;
	return left ? LEFT : right ? RIGHT : NONE;
}

static void check_box(struct box box, int x, int y, int width, int height)
{
	check_eq(box.x, x);
	check_eq(box.y, y);
	check_eq(box.width, width);
	check_eq(box.height, height);
}

TEST(menu_below_a_button)
{
	struct positioner menu = {
		.width = 100,
		.height = 200,
		.anchor_rect = {10, 20, 30, 40},
		.anchor = BOTTOM_LEFT,
		.gravity = BOTTOM_RIGHT,
		.offset_y = 5,
	};
	check_box(positioner_place(&menu), 10, 65, 100, 200);
	struct box bounds = {0, 0, 400, 200};
	check_box(positioner_constrain(&menu, &bounds), 10, 65, 100, 200);
	menu.adjustment = SLIDE_Y;
	check_box(positioner_constrain(&menu, &bounds), 10, 0, 100, 200);
	menu.adjustment = RESIZE_Y;
	check_box(positioner_constrain(&menu, &bounds), 10, 65, 100, 135);
	// Flipped it would leave the bounds at the top: no flip.
	menu.adjustment = FLIP_Y;
	check_box(positioner_constrain(&menu, &bounds), 10, 65, 100, 200);
	menu.adjustment = FLIP_Y | RESIZE_Y;
	check_box(positioner_constrain(&menu, &bounds), 10, 65, 100, 135);
	// The offset is not negated when flipped.
	bounds = (struct box){0, -300, 400, 500};
	check_box(positioner_constrain(&menu, &bounds), 10, -175, 100, 200);
}

TEST(centered)
{
	struct positioner tip = {.width = 11, .height = 7, .anchor_rect = {0, 0, 5, 5}};
	check_box(positioner_place(&tip), -3, -1, 11, 7);
	// An anchor rectangle of size zero is valid.
	tip.anchor_rect = (struct box){50, 60, 0, 0};
	tip.gravity = BOTTOM_RIGHT;
	check_box(positioner_place(&tip), 50, 60, 11, 7);
}

TEST(too_large_to_fit)
{
	struct box bounds = {0, 0, 100, 100};
	struct positioner popup = {
		.width = 150,
		.height = 10,
		.anchor_rect = {20, 0, 10, 10},
		.anchor = RIGHT,
		.gravity = RIGHT,
		.adjustment = SLIDE_X,
	};
	// Only the far edge is outside: slides until the near edge would leave.
	check_box(positioner_constrain(&popup, &bounds), 0, 0, 150, 10);
	popup.anchor = popup.gravity = LEFT;
	popup.anchor_rect.x = 80;
	check_box(positioner_constrain(&popup, &bounds), -50, 0, 150, 10);
	// Outside at both edges: sliding does not help.
	popup.anchor = popup.gravity = RIGHT;
	popup.offset_x = -100;
	popup.anchor_rect.x = 60;
	check_box(positioner_constrain(&popup, &bounds), -30, 0, 150, 10);
	popup.adjustment = SLIDE_X | RESIZE_X;
	check_box(positioner_constrain(&popup, &bounds), 0, 0, 100, 10);
	// Entirely outside: resizing must not make it empty.
	popup.adjustment = RESIZE_X;
	popup.offset_x = 500;
	check_box(positioner_constrain(&popup, &bounds), 570, 0, 150, 10);
}

TEST(hostile_numbers)
{
	const int numbers[] = {INT_MIN, INT_MIN + 1, -1, 0, 1, INT_MAX - 1, INT_MAX};
	const int sizes[] = {1, 1000, INT_MAX};
	for (size_t i = 0; i < array_length(numbers); i++)
		for (size_t j = 0; j < array_length(numbers); j++)
			for (size_t k = 0; k < array_length(sizes); k++)
				for (uint32_t direction = 0; direction < DIRECTIONS; direction++) {
					struct positioner popup = {
						.width = sizes[k],
						.height = sizes[k],
						.anchor_rect = {numbers[i], numbers[j], sizes[k],
							INT_MAX},
						.anchor = direction,
						.gravity = DIRECTIONS - 1 - direction,
						.adjustment = ADJUSTMENTS - 1,
						.offset_x = numbers[j],
						.offset_y = numbers[i],
					};
					struct box bounds = {-10, 10, 1000, 1000};
					struct box box = positioner_constrain(&popup, &bounds);
					check(box.width >= 1 && box.width <= sizes[k]);
					check(box.height >= 1 && box.height <= sizes[k]);
					box = positioner_place(&popup);
					check(box.x > INT_MIN / 4 && box.x < INT_MAX / 4);
				}
}

// Checks one axis of a result. wanted: size of the popup; lo and hi: bounds.
static void check_axis(int start, int size, int placed, int flipped, int wanted, int lo, int hi,
	bool slide, bool flips, bool resize)
{
	bool fits = placed >= lo && placed + wanted <= hi;
	bool flipped_fits = flipped >= lo && flipped + wanted <= hi;
	bool inside = start >= lo && start + size <= hi;
	check(size >= 1);
	if (fits || (!slide && !flips && !resize)) {
		check_eq(start, placed);
		check_eq(size, wanted);
		return;
	}
	if (flips && flipped_fits) {
		check_eq(start, flipped);
		check_eq(size, wanted);
		return;
	}
	if (!resize)
		check_eq(size, wanted);
	if (!slide && !resize)
		check_eq(start, placed);
	if (slide && wanted <= hi - lo) {
		check(inside);
		check_eq(size, wanted);
		// No farther than needed: it touches one end of the bounds.
		check(start == lo || start + size == hi);
	}
	if (resize && placed < hi && placed + wanted > lo)
		check(inside);
	if (resize && !slide && inside && placed < hi && placed + wanted > lo) {
		// The part inside the bounds is unchanged.
		check_eq(start, MAX(placed, lo));
		check_eq(start + size, MIN(placed + wanted, hi));
	}
}

static void check_all(const struct positioner *base, const struct box *bounds)
{
	for (uint32_t anchor = 0; anchor < DIRECTIONS; anchor++)
		for (uint32_t gravity = 0; gravity < DIRECTIONS; gravity++) {
			struct positioner popup = *base;
			popup.anchor = anchor;
			popup.gravity = gravity;
			struct box placed = positioner_place(&popup);
			check_eq(placed.width, base->width);
			check_eq(placed.height, base->height);

			// The anchor point, and the side of it that gravity selects.
			struct box rect = base->anchor_rect;
			int x = rect.x +
				(is_right(anchor)                 ? rect.width
						: is_left(anchor) ? 0
								  : rect.width / 2);
			int y = rect.y +
				(is_bottom(anchor)               ? rect.height
						: is_top(anchor) ? 0
								 : rect.height / 2);
			x -= is_left(gravity)       ? base->width
				: is_right(gravity) ? 0
						    : base->width / 2;
			y -= is_top(gravity)         ? base->height
				: is_bottom(gravity) ? 0
						     : base->height / 2;
			check_eq(placed.x, x + base->offset_x);
			check_eq(placed.y, y + base->offset_y);

			popup.anchor = flip(anchor, true, true);
			popup.gravity = flip(gravity, true, true);
			struct box flipped = positioner_place(&popup);
			popup.anchor = anchor;
			popup.gravity = gravity;
			for (uint32_t adjustment = 0; adjustment < ADJUSTMENTS; adjustment++) {
				popup.adjustment = adjustment;
				struct box box = positioner_constrain(&popup, bounds);
				check_axis(box.x, box.width, placed.x, flipped.x, base->width,
					bounds->x, bounds->x + bounds->width, adjustment & SLIDE_X,
					adjustment & FLIP_X, adjustment & RESIZE_X);
				check_axis(box.y, box.height, placed.y, flipped.y, base->height,
					bounds->y, bounds->y + bounds->height, adjustment & SLIDE_Y,
					adjustment & FLIP_Y, adjustment & RESIZE_Y);
			}
		}
}

TEST(every_combination)
{
	const struct box bounds = {-20, 5, 90, 70};
	for (int width = 1; width < 140; width += 23)
		for (int x = -60; x <= 90; x += 7) {
			struct positioner popup = {
				.width = width,
				.height = width / 2 + 1,
				.anchor_rect = {x, x / 2, (x + 60) % 13, (x + 60) % 29},
				.offset_x = x % 5,
				.offset_y = -x % 3,
			};
			check_all(&popup, &bounds);
		}
}
