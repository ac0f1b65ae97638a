// SPDX-License-Identifier: MIT
// Placement: cascades, centres, rules, and what happens to windows whose output changes.
#include "compositor/shell/place.h"
#include <fnmatch.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"

#define FAR (1 << 28)
#define CASCADE_STEP 32
#define CASCADE_NEAR 4 // windows this near to a step occupy it
#define CASCADE_MAX 256

struct box box_with(const struct box *box, const struct extents *extents)
{
	// Clients choose sizes as they like; sums of a few stay within an int.
	return (struct box){CLAMP(box->x, -FAR, FAR) - extents->left,
		CLAMP(box->y, -FAR, FAR) - extents->top,
		MIN(box->width, FAR) + extents->left + extents->right,
		MIN(box->height, FAR) + extents->top + extents->bottom};
}

struct box box_without(const struct box *box, const struct extents *extents)
{
	return (struct box){box->x + extents->left, box->y + extents->top,
		MAX(box->width - extents->left - extents->right, 1),
		MAX(box->height - extents->top - extents->bottom, 1)};
}

static int inside(int at, int size, int start, int length)
{
	return MAX(MIN((int64_t)at, (int64_t)start + length - size), start);
}

struct box place_inside(const struct box *box, const struct box *area)
{
	return (struct box){inside(box->x, box->width, area->x, area->width),
		inside(box->y, box->height, area->y, area->height), box->width, box->height};
}

struct box place_centered(int width, int height, const struct box *around)
{
	return (struct box){
		around->x + (int)(((int64_t)around->width - width) / 2),
		around->y + (int)(((int64_t)around->height - height) / 2),
		width,
		height,
	};
}

static bool is_taken(const struct box *box, const struct box *taken, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t dx = (int64_t)taken[i].x - box->x, dy = (int64_t)taken[i].y - box->y;
		if (llabs(dx) <= CASCADE_NEAR && llabs(dy) <= CASCADE_NEAR)
			return true;
	}
	return false;
}

struct box place_cascade(
	int width, int height, const struct box *area, const struct box *taken, size_t count)
{
	struct box box = {0, 0, width, height};
	int room_x = MAX(area->width - width, 0), room_y = MAX(area->height - height, 0);
	// The diagonal starts where a pile of windows would be in the middle, but near the corner.
	int start_x = MIN(room_x / 2, CASCADE_STEP), start_y = MIN(room_y / 2, CASCADE_STEP);
	for (int step = 0; step < CASCADE_MAX; step++) {
		int offset = step * CASCADE_STEP;
		// Each axis wraps on its own, so that small windows fill the whole area.
		box.x = area->x + (room_x ? (start_x + offset) % (room_x + 1) : 0);
		box.y = area->y + (room_y ? (start_y + offset) % (room_y + 1) : 0);
		if (!is_taken(&box, taken, count))
			return box;
	}
	return box;
}

struct box place_moved(const struct box *box, const struct box *from, const struct box *to)
{
	struct box moved = *box;
	moved.x += to->x - from->x;
	moved.y += to->y - from->y;
	bool was_inside = box_contains_box(from, box);
	// What stuck out keeps doing so, as long as a piece to take hold of remains.
	if (was_inside || !box_intersect(&(struct box){0}, &moved, to))
		moved = place_inside(&moved, to);
	return moved;
}

static bool fits(const char *pattern, const char *name)
{
	return !pattern || fnmatch(pattern, name ? name : "", 0) == 0;
}

const struct rule *rule_for(const struct config *config, const struct window *window)
{
	for (size_t i = 0; config && i < config->n_rules; i++) {
		const struct rule *rule = &config->rules[i];
		if (fits(rule->app_id, window->app_id) && fits(rule->title, window->title))
			return rule;
	}
	return NULL;
}

void place_fullscreen(struct window *window, const struct box *area, const struct box *screen,
	struct node **backdrop)
{
	struct box box = place_centered(window->geometry.width, window->geometry.height, area);
	if (window->x != box.x || window->y != box.y)
		window_move(window, box.x, box.y);
	if (!*backdrop) {
		*backdrop = node_create(window->tree, NODE_RECT);
		node_set_color(*backdrop, (const float[4]){0, 0, 0, 1});
		node_lower(*backdrop);
	}
	node_set_position(*backdrop, screen->x - box.x, screen->y - box.y);
	node_set_size(*backdrop, screen->width, screen->height);
}
