// SPDX-License-Identifier: MIT
// Initial placement of windows, and placement when they move to another output.
#include "compositor/shell/place.h"
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"

static const struct box area = {100, 40, 800, 600};

static void check_box(struct box box, int x, int y, int width, int height)
{
	check_eq(box.x, x);
	check_eq(box.y, y);
	check_eq(box.width, width);
	check_eq(box.height, height);
}

TEST(extents_grow_and_shrink)
{
	struct extents extents = {1, 2, 30, 4};
	struct box box = box_add_extents(&(struct box){10, 50, 100, 60}, &extents);
	check_box(box, 9, 20, 103, 94);
	check_box(box_subtract_extents(&box, &extents), 10, 50, 100, 60);
	check_box(box_subtract_extents(&(struct box){0, 0, 2, 20}, &extents), 1, 30, 1, 1);
}

static const struct inside {
	struct box box;
	int x, y;
} insides[] = {
	{{200, 100, 50, 50}, 200, 100}, {{0, 0, 50, 50}, 100, 40}, {{2000, 2000, 50, 50}, 850, 590},
	{{-5000, 300, 900, 700}, 100, 40}, // too large: the top left corner stays visible
};
TEST_P(moves_inside, struct inside, insides)
{
	check_box(place_inside(&param->box, &area), param->x, param->y, param->box.width,
		param->box.height);
}

TEST(centers)
{
	check_box(place_centered(200, 100, &area), 400, 290, 200, 100);
	check_box(place_centered(1000, 100, &area), 0, 290, 1000, 100);
}

TEST(cascades_without_hiding_title_bars)
{
	struct box taken[60];
	size_t count = 0;
	for (; count < array_length(taken); count++) {
		struct box box = place_cascade(300, 200, &area, taken, count);
		check(box_contains_box(&area, &box));
		for (size_t i = 0; i < count; i++)
			check(box.x != taken[i].x || box.y != taken[i].y);
		taken[count] = box;
	}
	check_box(taken[0], 132, 72, 300, 200);
	check_box(taken[1], 164, 104, 300, 200);
}

TEST(cascade_fills_gaps)
{
	struct box taken[] = {place_cascade(300, 200, &area, NULL, 0), {164, 104, 300, 200}};
	struct box first = place_cascade(300, 200, &area, &taken[1], 1);
	check(box_equal(&first, &taken[0]));
}

TEST(cascade_of_windows_that_do_not_fit)
{
	struct box taken[] = {{100, 40, 900, 700}};
	check_box(place_cascade(900, 700, &area, taken, 1), 100, 40, 900, 700);
	check_box(place_cascade(800, 600, &area, taken, 1), 100, 40, 800, 600);
}

TEST(moves_with_its_output)
{
	struct box to = {1000, 0, 640, 480};
	check_box(place_moved(&(struct box){150, 90, 100, 100}, &area, &to), 1050, 50, 100, 100);
	// A window that fits stays entirely inside.
	check_box(place_moved(&(struct box){800, 540, 100, 100}, &area, &to), 1540, 380, 100, 100);
	// A window that stuck out may still do so, if enough of it stays reachable.
	check_box(place_moved(&(struct box){60, 90, 100, 100}, &area, &to), 960, 50, 100, 100);
	check_box(place_moved(&(struct box){60, 9000, 100, 100}, &area, &to), 1000, 380, 100, 100);
}

TEST(rules_match_patterns)
{
	struct rule rules[] = {
		{.app_id = "foot*", .title = "log*"},
		{.app_id = "foot*"},
		{.title = ""},
	};
	struct config config = {.rules = rules, .n_rules = array_length(rules)};
	struct window window = {.app_id = "footclient", .title = "log of today"};
	check(rule_for(&config, &window) == &rules[0]);
	window.title = "other";
	check(rule_for(&config, &window) == &rules[1]);
	window.app_id = window.title = NULL;
	check(rule_for(&config, &window) == &rules[2]);
	window.title = "x";
	check(rule_for(&config, &window) == NULL);
	check(rule_for(NULL, &window) == NULL);
}
