// SPDX-License-Identifier: MIT
// Occlusion and damage of one output: what is visible in a list, and how two lists differ. Pure.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/core/scene.h"

// What is remembered of a frame: numbers only, no pointers into the scene.
struct seen_item {
	uint64_t id, sequence;
	uint32_t revision;
	struct box dst;
	struct fbox src;
	float alpha;
	enum transform transform;
	region visible;
};

struct seen_list {
	struct seen_item *items;
	size_t count, capacity; // regions up to capacity are initialised
};

void seen_list_finish(struct seen_list *seen);

// Fills item->visible inside bounds, top first, and moves items of which nothing is visible out of
// the list. Returns true when the list covers bounds completely with opaque pixels.
bool damage_occlude(struct item_list *list, const struct box *bounds);
// Adds to damage (target pixels) what differs between seen and list.
void damage_diff(const struct seen_list *seen, const struct item_list *list, region *damage);
// seen = list.
void damage_remember(struct seen_list *seen, const struct item_list *list);
// The same where only pixels changed since then.
void damage_remember_pixels(struct seen_list *seen, const struct item_list *list);
