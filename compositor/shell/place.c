// SPDX-License-Identifier: MIT
// Placement of windows: cascade, centring, rules, and moving along with an output that changes.
#include "compositor/shell/place.h"
#include <fnmatch.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/window/window.h"

#define FAR (1 << 28) // limit of positions and sizes, so that sums fit into an int
#define CASCADE_STEP 32
#define CASCADE_NEAR 4 // a window this near occupies a step
#define CASCADE_MAX 256

struct box box_add_extents(const struct box *box, const struct extents *extents)
{
	return (struct box){CLAMP(box->x, -FAR, FAR) - extents->left,
		CLAMP(box->y, -FAR, FAR) - extents->top,
		MIN(box->width, FAR) + extents->left + extents->right,
		MIN(box->height, FAR) + extents->top + extents->bottom};
}

struct box box_subtract_extents(const struct box *box, const struct extents *extents)
{
	return (struct box){box->x + extents->left, box->y + extents->top,
		MAX(box->width - extents->left - extents->right, 1),
		MAX(box->height - extents->top - extents->bottom, 1)};
}

static int axis_inside(int at, int size, int start, int length)
{
	return MAX(MIN((int64_t)at, (int64_t)start + length - size), start);
}

struct box place_inside(const struct box *box, const struct box *area)
{
	return (struct box){axis_inside(box->x, box->width, area->x, area->width),
		axis_inside(box->y, box->height, area->y, area->height), box->width, box->height};
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

static bool position_is_taken(const struct box *box, const struct box *taken, size_t count)
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
	// Start near the corner, or centred if there is little room.
	int start_x = MIN(room_x / 2, CASCADE_STEP), start_y = MIN(room_y / 2, CASCADE_STEP);
	for (int step = 0; step < CASCADE_MAX; step++) {
		int offset = step * CASCADE_STEP;
		// Each axis wraps on its own, so that small windows fill the whole area.
		box.x = area->x + (room_x ? (start_x + offset) % (room_x + 1) : 0);
		box.y = area->y + (room_y ? (start_y + offset) % (room_y + 1) : 0);
		if (!position_is_taken(&box, taken, count))
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
	// A window that was partly outside may stay so, while a part of it is visible.
	if (was_inside || !box_intersect(&(struct box){0}, &moved, to))
		moved = place_inside(&moved, to);
	return moved;
}

static bool pattern_matches(const char *pattern, const char *name)
{
	return !pattern || fnmatch(pattern, name ? name : "", 0) == 0;
}

const struct rule *rule_for(const struct config *config, const struct window *window)
{
	for (size_t i = 0; config && i < config->n_rules; i++) {
		const struct rule *rule = &config->rules[i];
		if (pattern_matches(rule->app_id, window->app_id) &&
			pattern_matches(rule->title, window->title) &&
			pattern_matches(rule->tag, window->tag))
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
