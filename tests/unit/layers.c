// SPDX-License-Identifier: MIT
// Boxes of layer surfaces, and the area that exclusive zones leave on the output.
#include "compositor/shell/layers.h"
#include <limits.h>
#include "compositor/base/base.h"
#include "compositor/window/layer.h"
#include "tests/harness/test.h"

static const struct box screen = {100, 50, 1000, 600};

static void check_box(struct box box, int x, int y, int width, int height)
{
	check_eq(box.x, x);
	check_eq(box.y, y);
	check_eq(box.width, width);
	check_eq(box.height, height);
}

static struct layer_surface anchored(uint32_t anchor, int width, int height, int zone)
{
	struct layer_surface layer = {0};
	layer.current.anchor = anchor;
	layer.current.width = width;
	layer.current.height = height;
	layer.current.exclusive_zone = zone;
	return layer;
}

TEST(without_anchors_it_is_in_the_middle)
{
	struct layer_surface layer = anchored(0, 200, 100, 0);
	layer.current.left = 50; // margins apply to anchored edges only
	check_box(layer_box(&layer, &screen, &screen), 500, 300, 200, 100);
}

static const struct corner {
	uint32_t anchor;
	int x, y;
} corners[] = {
	{ANCHOR_TOP | ANCHOR_LEFT, 110, 57},
	{ANCHOR_TOP | ANCHOR_RIGHT, 880, 57},
	{ANCHOR_BOTTOM | ANCHOR_LEFT, 110, 541},
	{ANCHOR_BOTTOM | ANCHOR_RIGHT, 880, 541},
	{ANCHOR_TOP, 500, 57},
	{ANCHOR_RIGHT, 880, 300},
};
TEST_P(corners_with_margins, struct corner, corners)
{
	struct layer_surface layer = anchored(param->anchor, 200, 100, 0);
	layer.current.top = 7;
	layer.current.right = 20;
	layer.current.bottom = 9;
	layer.current.left = 10;
	check_box(layer_box(&layer, &screen, &screen), param->x, param->y, 200, 100);
}

TEST(between_opposite_anchors_it_fills)
{
	struct layer_surface layer = anchored(ANCHOR_TOP | ANCHOR_LEFT | ANCHOR_RIGHT, 0, 30, 30);
	layer.current.left = 10;
	layer.current.right = 30;
	check_box(layer_box(&layer, &screen, &screen), 110, 50, 960, 30);
	layer.current.width = 400; // an explicit size is centred between the margins
	check_box(layer_box(&layer, &screen, &screen), 390, 50, 400, 30);
}

TEST(zone_minus_one_ignores_panels)
{
	struct box usable = {100, 80, 1000, 570};
	struct layer_surface layer =
		anchored(ANCHOR_TOP | ANCHOR_BOTTOM | ANCHOR_LEFT | ANCHOR_RIGHT, 0, 0, 0);
	check_box(layer_box(&layer, &screen, &usable), 100, 80, 1000, 570);
	layer.current.exclusive_zone = -1;
	check_box(layer_box(&layer, &screen, &usable), 100, 50, 1000, 600);
}

static const struct zone {
	uint32_t anchor, edge;
	int x, y, width, height; // the remaining area
} zones[] = {
	{ANCHOR_TOP, 0, 100, 85, 1000, 565},
	{ANCHOR_TOP | ANCHOR_LEFT | ANCHOR_RIGHT, 0, 100, 85, 1000, 565},
	{ANCHOR_BOTTOM, 0, 100, 50, 1000, 565},
	{ANCHOR_BOTTOM | ANCHOR_LEFT | ANCHOR_RIGHT, 0, 100, 50, 1000, 565},
	{ANCHOR_LEFT | ANCHOR_TOP | ANCHOR_BOTTOM, 0, 135, 50, 965, 600},
	{ANCHOR_RIGHT, 0, 100, 50, 965, 600},
	{ANCHOR_TOP | ANCHOR_LEFT, 0, 100, 50, 1000,
		600}, // a corner without exclusive_edge is ambiguous
	{ANCHOR_TOP | ANCHOR_LEFT, ANCHOR_LEFT, 135, 50, 965, 600},
	{ANCHOR_TOP | ANCHOR_LEFT, ANCHOR_TOP, 100, 85, 1000, 565},
	{ANCHOR_TOP | ANCHOR_LEFT, ANCHOR_RIGHT, 100, 50, 1000, 600}, // the edge is not anchored
	{ANCHOR_TOP | ANCHOR_BOTTOM, 0, 100, 50, 1000, 600},
	{ANCHOR_TOP | ANCHOR_BOTTOM | ANCHOR_LEFT | ANCHOR_RIGHT, 0, 100, 50, 1000, 600},
	{0, 0, 100, 50, 1000, 600},
};
TEST_P(exclusive_zones, struct zone, zones)
{
	struct layer_surface layer = anchored(param->anchor, 30, 30, 30);
	layer.current.exclusive_edge = param->edge;
	layer.current.top = layer.current.bottom = layer.current.left = layer.current.right = 5;
	struct box usable = screen;
	layer_exclude(&layer, &usable);
	check_box(usable, param->x, param->y, param->width, param->height);
}

TEST(zero_and_negative_zones_take_nothing)
{
	struct box usable = screen;
	for (int zone = -1; zone <= 0; zone++) {
		struct layer_surface layer = anchored(ANCHOR_TOP, 30, 30, zone);
		layer_exclude(&layer, &usable);
	}
	check(box_equal(&usable, &screen));
}

TEST(absurd_numbers_stay_numbers)
{
	static const int numbers[] = {INT_MIN, -1, 0, 1, INT_MAX};
	for (uint32_t anchor = 0; anchor < 16; anchor++) {
		for (size_t i = 0; i < array_length(numbers); i++) {
			int number = numbers[i];
			struct layer_surface layer =
				anchored(anchor, MAX(number, 0), MAX(number, 0), number);
			layer.current.top = layer.current.left = number;
			layer.current.bottom = layer.current.right = numbers[4 - i];
			struct box box = layer_box(&layer, &screen, &screen);
			check(box.width >= 1 && box.height >= 1);
			struct box usable = screen;
			layer_exclude(&layer, &usable);
			check(usable.width >= 0 && usable.height >= 0);
			check(usable.x >= screen.x && usable.y >= screen.y);
		}
	}
}
