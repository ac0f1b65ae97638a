// SPDX-License-Identifier: MIT
// Attraction of edges, and zones at the edges of outputs.
#include "compositor/shell/snap.h"
#include <limits.h>
#include <stdlib.h>
#include "compositor/base/base.h"

#define EDGE_ZONE 2 // pixels from an output's edge

// One axis of a box that may move.
struct axis {
	int start, size;
	int best; // smallest move found, INT_MAX: none
};

static void attract(struct axis *axis, int64_t from, int64_t to)
{
	int64_t move = to - from;
	if (llabs(move) < llabs((int64_t)axis->best))
		axis->best = (int)move;
}

static bool overlap(int a, int a_size, int b, int b_size)
{
	return (int64_t)a < (int64_t)b + b_size && (int64_t)b < (int64_t)a + a_size;
}

static void attract_to_area(struct axis *axis, int start, int size)
{
	attract(axis, axis->start, start);
	attract(axis, (int64_t)axis->start + axis->size, (int64_t)start + size);
}

static void attract_to_window(struct axis *axis, int start, int size)
{
	attract_to_area(axis, start, size); // in line
	attract(axis, axis->start, (int64_t)start + size);
	attract(axis, (int64_t)axis->start + axis->size, start);
}

struct box snap_move(const struct box *box, const struct box *areas, size_t n_areas,
	const struct box *windows, size_t n_windows, int distance)
{
	struct axis x = {box->x, box->width, INT_MAX}, y = {box->y, box->height, INT_MAX};
	for (size_t i = 0; i < n_areas; i++) {
		const struct box *area = &areas[i];
		if (overlap(box->y, box->height, area->y, area->height))
			attract_to_area(&x, area->x, area->width);
		if (overlap(box->x, box->width, area->x, area->width))
			attract_to_area(&y, area->y, area->height);
	}
	for (size_t i = 0; i < n_windows; i++) {
		// Only of neighbours: others far along the edge are not meant.
		const struct box *other = &windows[i];
		if (overlap(box->y - distance, box->height + 2 * distance, other->y, other->height))
			attract_to_window(&x, other->x, other->width);
		if (overlap(box->x - distance, box->width + 2 * distance, other->x, other->width))
			attract_to_window(&y, other->y, other->height);
	}
	struct box snapped = *box;
	if (abs(x.best) < distance)
		snapped.x += x.best;
	if (abs(y.best) < distance)
		snapped.y += y.best;
	return snapped;
}

static bool is_outer(const struct box *outputs, size_t n_outputs, double x, double y)
{
	for (size_t i = 0; i < n_outputs; i++)
		if (box_contains(&outputs[i], x, y))
			return false;
	return true;
}

enum snap_zone snap_zone(
	const struct box *output, const struct box *outputs, size_t n_outputs, double x, double y)
{
	int right = output->x + output->width;
	if (x < output->x + EDGE_ZONE && is_outer(outputs, n_outputs, output->x - 1, y))
		return SNAP_LEFT;
	if (x >= right - EDGE_ZONE && is_outer(outputs, n_outputs, right, y))
		return SNAP_RIGHT;
	if (y < output->y + EDGE_ZONE && is_outer(outputs, n_outputs, x, output->y - 1))
		return SNAP_MAXIMIZE;
	return SNAP_NONE;
}

struct box snap_box(const struct box *usable, enum snap_zone zone)
{
	struct box box = *usable;
	int half = usable->width / 2;
	if (zone == SNAP_LEFT) {
		box.width = half;
	} else if (zone == SNAP_RIGHT) {
		box.x += half;
		box.width -= half;
	}
	return box;
}
