// SPDX-License-Identifier: MIT
// Damage is the difference between this list and the last one; nobody has to announce it.
#include "compositor/core/damage.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

bool damage_occlude(struct item_list *list, const struct box *bounds)
{
	region left; // what nothing opaque covers yet
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
		if (kept != i) { // swap, so that every region stays initialised exactly once
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

// What changed in the content since it was last seen, in target pixels.
static void content_damage(const struct item *item, uint64_t since, region *damage)
{
	const struct content *content = item->node->content;
	const struct draw *draw = &item->draw;
	region changed;
	pixman_region32_init(&changed);
	content_damage_since(content, since, &changed);
	if (!draw->texture || draw->src.width <= 0 || draw->src.height <= 0) {
		pixman_region32_union(damage, damage, (region *)&item->visible);
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
		int bleed = exact ? 0 : 1; // a filter reads one pixel around
		struct box box = {
			.x = (int)floor((rects[i].x1 - draw->src.x) * scale_x) - bleed,
			.y = (int)floor((rects[i].y1 - draw->src.y) * scale_y) - bleed,
		};
		box.width = (int)ceil((rects[i].x2 - draw->src.x) * scale_x) + bleed - box.x;
		box.height = (int)ceil((rects[i].y2 - draw->src.y) * scale_y) + bleed - box.y;
		if (!exact) { // magnified: one texture pixel reaches scale pixels far
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
	pixman_region32_union(damage, damage, &mapped);
	pixman_region32_fini(&mapped);
	pixman_region32_fini(&changed);
}

static bool looks_same(const struct seen_item *seen, const struct item *item)
{
	const struct draw *draw = &item->draw;
	return seen->revision == item->revision && box_equal(&seen->dst, &draw->dst) &&
		seen->alpha == draw->alpha && seen->transform == draw->transform &&
		memcmp(&seen->src, &draw->src, sizeof(seen->src)) == 0;
}

static void add_visible(region *damage, const region *visible)
{
	pixman_region32_union(damage, damage, (region *)visible);
}

void damage_diff(const struct seen_list *seen, const struct item_list *list, region *damage)
{
	size_t i = 0, j = 0;
	while (i < seen->count && j < list->count) {
		const struct seen_item *old = &seen->items[i];
		const struct item *now = &list->items[j];
		if (old->id == now->id) {
			if (!looks_same(old, now)) {
				add_visible(damage, &old->visible);
				add_visible(damage, &now->visible);
			} else if (old->sequence != now->sequence) {
				content_damage(now, old->sequence, damage);
			}
			i++;
			j++;
			continue;
		}
		// One of the two is not where the other list has it. Skip whichever is found again
		// sooner, so that most of the order stays matched.
		size_t to_old = 1, to_new = 1;
		while (j + to_old < list->count && list->items[j + to_old].id != old->id)
			to_old++;
		while (i + to_new < seen->count && seen->items[i + to_new].id != now->id)
			to_new++;
		bool old_found = j + to_old < list->count, new_found = i + to_new < seen->count;
		if (old_found && (!new_found || to_old <= to_new)) {
			add_visible(damage, &now->visible);
			j++;
		} else {
			add_visible(damage, &old->visible);
			i++;
		}
	}
	for (; i < seen->count; i++)
		add_visible(damage, &seen->items[i].visible);
	for (; j < list->count; j++)
		add_visible(damage, &list->items[j].visible);
}

void damage_remember(struct seen_list *seen, const struct item_list *list)
{
	while (seen->capacity < list->count) {
		size_t had = seen->capacity;
		array_reserve(seen->items, had, seen->capacity);
		for (size_t i = had; i < seen->capacity; i++)
			pixman_region32_init(&seen->items[i].visible);
	}
	seen->count = list->count;
	for (size_t i = 0; i < list->count; i++) {
		const struct item *item = &list->items[i];
		struct seen_item *into = &seen->items[i];
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

void damage_remember_pixels(struct seen_list *seen, const struct item_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		seen->items[i].sequence = list->items[i].sequence;
}

void seen_list_finish(struct seen_list *seen)
{
	for (size_t i = 0; i < seen->capacity; i++)
		pixman_region32_fini(&seen->items[i].visible);
	free(seen->items);
	*seen = (struct seen_list){0};
}
