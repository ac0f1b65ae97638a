// SPDX-License-Identifier: MIT
// Snapping of moved windows: attraction to edges, and zones at the edges of outputs.
#include "compositor/shell/snap.h"
#include <limits.h>
#include <stdlib.h>

#define EDGE_ZONE 2 // width of a zone, logical pixels

// One axis of a box that is moved.
struct axis {
	int start, size;
	int best; // shortest distance to an edge so far; INT_MAX: none
};

static void axis_attract(struct axis *axis, int64_t from, int64_t to)
{
	int64_t move = to - from;
	if (llabs(move) < llabs((int64_t)axis->best))
		axis->best = (int)move;
}

static bool ranges_overlap(int a, int a_size, int b, int b_size)
{
	return (int64_t)a < (int64_t)b + b_size && (int64_t)b < (int64_t)a + a_size;
}

static void axis_attract_to_area(struct axis *axis, int start, int size)
{
	axis_attract(axis, axis->start, start);
	axis_attract(axis, (int64_t)axis->start + axis->size, (int64_t)start + size);
}

static void axis_attract_to_window(struct axis *axis, int start, int size)
{
	axis_attract_to_area(axis, start, size); // aligned with it
	axis_attract(axis, axis->start, (int64_t)start + size);
	axis_attract(axis, (int64_t)axis->start + axis->size, start);
}

struct box snap_move(const struct box *box, const struct box *areas, size_t n_areas,
	const struct box *windows, size_t n_windows, int distance)
{
	struct axis x = {box->x, box->width, INT_MAX}, y = {box->y, box->height, INT_MAX};
	for (size_t i = 0; i < n_areas; i++) {
		const struct box *area = &areas[i];
		if (ranges_overlap(box->y, box->height, area->y, area->height))
			axis_attract_to_area(&x, area->x, area->width);
		if (ranges_overlap(box->x, box->width, area->x, area->width))
			axis_attract_to_area(&y, area->y, area->height);
	}
	for (size_t i = 0; i < n_windows; i++) {
		// Only windows that are near on the other axis, too.
		const struct box *other = &windows[i];
		if (ranges_overlap(
			    box->y - distance, box->height + 2 * distance, other->y, other->height))
			axis_attract_to_window(&x, other->x, other->width);
		if (ranges_overlap(
			    box->x - distance, box->width + 2 * distance, other->x, other->width))
			axis_attract_to_window(&y, other->y, other->height);
	}
	struct box snapped = *box;
	if (abs(x.best) < distance)
		snapped.x += x.best;
	if (abs(y.best) < distance)
		snapped.y += y.best;
	return snapped;
}

static bool point_is_outside(const struct box *outputs, size_t n_outputs, double x, double y)
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
	if (x < output->x + EDGE_ZONE && point_is_outside(outputs, n_outputs, output->x - 1, y))
		return SNAP_LEFT;
	if (x >= right - EDGE_ZONE && point_is_outside(outputs, n_outputs, right, y))
		return SNAP_RIGHT;
	if (y < output->y + EDGE_ZONE && point_is_outside(outputs, n_outputs, x, output->y - 1))
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
