// SPDX-License-Identifier: MIT
// Occlusion inside a frame's list, and its difference from the last frame's.
#include "compositor/scene/damage.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

#define MAX_SKIP 256 // items that a match is searched in; beyond, both are damage

bool damage_occlude(struct item_list *list, const struct box *bounds)
{
	region left; // not covered by anything opaque yet
	pixman_region32_init_rect(
		&left, bounds->x, bounds->y, (unsigned)bounds->width, (unsigned)bounds->height);
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct item *item = &list->items[i];
		const struct box *dst = &item->draw.dst;
		pixman_region32_intersect_rect(&item->visible, &left, dst->x, dst->y,
			(unsigned)dst->width, (unsigned)dst->height);
		if (!pixman_region32_not_empty(&item->visible))
			continue;
		pixman_region32_subtract(&left, &left, &item->opaque);
		region_limit(&left); // covered areas are drawn, and drawn over
		if (kept != i) {     // swap, so that every region stays initialised exactly once
			struct item swap = list->items[kept];
			list->items[kept] = *item;
			*item = swap;
		}
		list->items[kept].draw.visible = &list->items[kept].visible;
		kept++;
	}
	list->count = kept;
	bool covered = !pixman_region32_not_empty(&left);
	pixman_region32_fini(&left);
	return covered;
}

// Damage of the content since the last frame, in target pixels.
static void content_damage(const struct item *item, uint64_t since, region *damage)
{
	const struct content *content = item->node->content;
	const struct draw *draw = &item->draw;
	region changed;
	pixman_region32_init(&changed);
	content_damage_since(content, since, &changed);
	if (!draw->texture || draw->src.width <= 0 || draw->src.height <= 0) {
		region_add(damage, &item->visible);
		pixman_region32_fini(&changed);
		return;
	}
	bool swaps = transform_swaps(draw->transform);
	int width = swaps ? draw->dst.height : draw->dst.width;
	int height = swaps ? draw->dst.width : draw->dst.height;
	double scale_x = width / draw->src.width, scale_y = height / draw->src.height;
	bool inside = draw->src.x >= 0 && draw->src.y >= 0 &&
		draw->src.x + draw->src.width <= content->width &&
		draw->src.y + draw->src.height <= content->height;
	bool exact = inside && scale_x == 1 && scale_y == 1 && draw->src.x == floor(draw->src.x) &&
		draw->src.y == floor(draw->src.y);
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles(&changed, &n);
	region mapped;
	pixman_region32_init(&mapped);
	for (int i = 0; i < n; i++) {
		int bleed = exact ? 0 : 1; // filters sample neighbouring pixels
		struct box box = {
			.x = (int)floor((rects[i].x1 - draw->src.x) * scale_x) - bleed,
			.y = (int)floor((rects[i].y1 - draw->src.y) * scale_y) - bleed,
		};
		box.width = (int)ceil((rects[i].x2 - draw->src.x) * scale_x) + bleed - box.x;
		box.height = (int)ceil((rects[i].y2 - draw->src.y) * scale_y) + bleed - box.y;
		if (!exact) { // magnified: a texture pixel affects scale pixels
			int grow_x = (int)ceil(scale_x), grow_y = (int)ceil(scale_y);
			box.x -= grow_x;
			box.y -= grow_y;
			box.width += 2 * grow_x;
			box.height += 2 * grow_y;
		}
		box = box_transform(&box, draw->transform, width, height);
		box.x += draw->dst.x;
		box.y += draw->dst.y;
		region_add_box(&mapped, &box);
	}
	pixman_region32_intersect(&mapped, &mapped, (region *)&item->visible);
	region_add(damage, &mapped);
	pixman_region32_fini(&mapped);
	pixman_region32_fini(&changed);
}

static bool looks_same(const struct last_frame_item *last, const struct item *item)
{
	const struct draw *draw = &item->draw;
	return last->revision == item->revision && box_equal(&last->dst, &draw->dst) &&
		last->alpha == draw->alpha && last->transform == draw->transform &&
		memcmp(&last->src, &draw->src, sizeof(last->src)) == 0;
}

void damage_diff(const struct last_frame *last, const struct item_list *list, region *damage)
{
	size_t i = 0, j = 0;
	while (i < last->count && j < list->count) {
		const struct last_frame_item *old = &last->items[i];
		const struct item *now = &list->items[j];
		if (old->id == now->id) {
			if (!looks_same(old, now)) {
				region_add(damage, &old->visible);
				region_add(damage, &now->visible);
			} else if (old->sequence != now->sequence) {
				content_damage(now, old->sequence, damage);
			}
			i++;
			j++;
			continue;
		}
		// The lists differ here. Skip the item whose match comes sooner in the other list,
		// so that most of the order stays matched.
		size_t to_old = 1, to_new = 1;
		size_t rest_old = MIN(last->count - i, MAX_SKIP);
		size_t rest_new = MIN(list->count - j, MAX_SKIP);
		while (to_old < rest_new && list->items[j + to_old].id != old->id)
			to_old++;
		while (to_new < rest_old && last->items[i + to_new].id != now->id)
			to_new++;
		bool old_found = to_old < rest_new, new_found = to_new < rest_old;
		if (old_found && (!new_found || to_old <= to_new)) {
			region_add(damage, &now->visible);
			j++;
		} else if (new_found) {
			region_add(damage, &old->visible);
			i++;
		} else {
			region_add(damage, &old->visible);
			region_add(damage, &now->visible);
			i++;
			j++;
		}
	}
	for (; i < last->count; i++)
		region_add(damage, &last->items[i].visible);
	for (; j < list->count; j++)
		region_add(damage, &list->items[j].visible);
}

void damage_remember(struct last_frame *last, const struct item_list *list)
{
	while (last->capacity < list->count) {
		size_t had = last->capacity;
		array_reserve(last->items, had, last->capacity);
		for (size_t i = had; i < last->capacity; i++)
			pixman_region32_init(&last->items[i].visible);
	}
	last->count = list->count;
	for (size_t i = 0; i < list->count; i++) {
		const struct item *item = &list->items[i];
		struct last_frame_item *into = &last->items[i];
		into->id = item->id;
		into->sequence = item->sequence;
		into->revision = item->revision;
		into->dst = item->draw.dst;
		into->src = item->draw.src;
		into->alpha = item->draw.alpha;
		into->transform = item->draw.transform;
		pixman_region32_copy(&into->visible, (region *)&item->visible);
	}
}

void damage_remember_pixels(struct last_frame *last, const struct item_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		last->items[i].sequence = list->items[i].sequence;
}

void last_frame_finish(struct last_frame *last)
{
	for (size_t i = 0; i < last->capacity; i++)
		pixman_region32_fini(&last->items[i].visible);
	free(last->items);
	*last = (struct last_frame){0};
}
