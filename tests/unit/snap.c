// SPDX-License-Identifier: MIT
// Snapping to edges, and the snap zones at the edges of outputs.
#include "compositor/shell/snap.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define NEAR 12

static const struct box area = {0, 30, 1000, 570}, other = {400, 200, 200, 200};

static const struct row {
	struct box box;
	int x, y;
} rows[] = {
	{{100, 100, 50, 50}, 100, 100}, // nothing near
	{{8, 100, 50, 50}, 0, 100},     // left edge of the area
	{{-8, 100, 50, 50}, 0, 100},    // from outside as well
	{{945, 100, 50, 50}, 950, 100}, // right edge
	{{5, 35, 50, 50}, 0, 30},       // a corner
	{{100, 555, 50, 50}, 100, 550}, // bottom edge
	{{13, 100, 50, 50}, 13, 100},   // too far
	{{605, 250, 50, 50}, 600, 250}, // beside the window
	{{345, 250, 50, 50}, 350, 250}, // on the other side
	{{600, 205, 50, 50}, 600, 200}, // aligned with its top
	{{605, 500, 50, 50}, 605, 500}, // too far below it
	{{405, 405, 50, 50}, 400, 400}, // below it, aligned
};
TEST_P(attracts, struct row, rows)
{
	struct box box = snap_move(&param->box, &area, 1, &other, 1, NEAR);
	check_eq(box.x, param->x);
	check_eq(box.y, param->y);
	check_eq(box.width, param->box.width);
	check_eq(box.height, param->box.height);
}

TEST(the_nearest_edge_wins)
{
	struct box windows[] = {{400, 200, 200, 200}, {607, 200, 100, 200}};
	struct box box = snap_move(&(struct box){605, 250, 50, 50}, NULL, 0, windows, 2, NEAR);
	check_eq(box.x, 607);
}

TEST(nothing_to_snap_to)
{
	struct box box = {3, 4, 5, 6};
	struct box snapped = snap_move(&box, NULL, 0, NULL, 0, NEAR);
	check(box_equal(&box, &snapped));
}

static const struct box outputs[] = {{0, 0, 1000, 600}, {1000, 0, 800, 600}};

static const struct zone_row {
	size_t output;
	double x, y;
	enum snap_zone zone;
} zone_rows[] = {
	{0, 0, 300, SNAP_LEFT},
	{0, 1.9, 300, SNAP_LEFT},
	{0, 2, 300, SNAP_NONE},
	{0, 500, 0, SNAP_MAXIMIZE},
	{0, 500, 599, SNAP_NONE},
	{0, 999.5, 300, SNAP_NONE}, // passes to the other output
	{1, 1000, 300, SNAP_NONE},
	{1, 1799, 300, SNAP_RIGHT},
	{1, 1400, 1, SNAP_MAXIMIZE},
};
TEST_P(zones, struct zone_row, zone_rows)
{
	check_eq(snap_zone(&outputs[param->output], outputs, array_length(outputs), param->x,
			 param->y),
		param->zone);
}

TEST(halves_meet)
{
	struct box usable = {10, 30, 1001, 570};
	struct box left = snap_box(&usable, SNAP_LEFT), right = snap_box(&usable, SNAP_RIGHT);
	check_eq(left.x, 10);
	check_eq(left.x + left.width, right.x);
	check_eq(right.x + right.width, 1011);
	check_eq(left.height, 570);
	struct box whole = snap_box(&usable, SNAP_MAXIMIZE);
	check(box_equal(&whole, &usable));
}
