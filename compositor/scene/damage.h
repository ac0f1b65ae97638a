// SPDX-License-Identifier: MIT
// Occlusion and damage of one output: what is visible in a list, and how it differs from the last
// frame's. Pure functions.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/scene/scene.h"

// The last frame, by numbers only: its nodes may be gone.
struct last_frame_item {
	uint64_t id, sequence;
	uint32_t revision;
	struct box dst;
	struct fbox src;
	float alpha;
	enum transform transform;
	region visible;
};

struct last_frame {
	struct last_frame_item *items;
	size_t count, capacity; // regions up to capacity are initialised
};

// Frees the list. A zeroed one is allowed.
void last_frame_finish(struct last_frame *last);

// Fills item.visible inside bounds (target pixels), top first, and removes items of which nothing
// is visible. True: opaque items cover bounds completely.
bool damage_occlude(struct item_list *list, const struct box *bounds);
// Adds to damage (target pixels) what differs between the last frame and the list.
void damage_diff(const struct last_frame *last, const struct item_list *list, region *damage);
// Makes the list the last frame.
void damage_remember(struct last_frame *last, const struct item_list *list);
// The same, cheaper, where only contents changed since then.
void damage_remember_pixels(struct last_frame *last, const struct item_list *list);
