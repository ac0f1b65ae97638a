// SPDX-License-Identifier: MIT
// Up to four targets of one output. Each slot carries the damage it has missed.
#pragma once
#include <stdbool.h>
#include "compositor/base/buffer.h"

struct backend;
struct renderer;
struct screen;

struct swapchain_slot {
	struct buffer *buffer; // owned, NULL: not allocated yet
	region stale;          // buffer pixels that are older than the newest frame
};

struct swapchain {
	struct swapchain_slot slots[4];
	int width, height;
};

void swapchain_init(struct swapchain *chain);
void swapchain_finish(struct swapchain *chain); // a zeroed one is allowed
// A slot nobody reads, allocating on first use; all is stale after a change of size. NULL: all are
// busy or there is no memory (logged).
struct swapchain_slot *swapchain_take(struct swapchain *chain, struct renderer *renderer,
	struct screen *screen, int width, int height);
void swapchain_damage(struct swapchain *chain, const region *damage); // all slots missed this
