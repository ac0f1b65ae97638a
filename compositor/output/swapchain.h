// SPDX-License-Identifier: MIT
// The targets of an output, up to four. Each slot accumulates the damage it has missed.
//
// Memory: the renderer's own where the screen takes any; else a DMA-BUF of the renderer's in a
// format that both support; else the back end's, mapped for the CPU, into which the renderer draws
// or copies. If one fails, the next is tried.
#pragma once
#include <stdbool.h>
#include "compositor/base/buffer.h"

struct backend;
struct renderer;
struct screen;

struct swapchain_slot {
	struct buffer *buffer; // owned, NULL: not allocated yet
	region stale;          // buffer pixels that differ from the newest frame
};

struct swapchain {
	struct swapchain_slot slots[4];
	int width, height;
};

// Initialises an empty swapchain.
void swapchain_init(struct swapchain *chain);
// Frees all targets. A zeroed swapchain is allowed.
void swapchain_finish(struct swapchain *chain);
// Frees all targets; they are reallocated on use. After a GPU reset.
void swapchain_drop(struct swapchain *chain);
// Returns a slot that is not in use, allocated if needed; all of it is stale after a change of
// size. On screens that upload, the slot of shown (may be NULL) is reused. NULL: all are in use, or
// there is no memory (logged).
struct swapchain_slot *swapchain_take(struct swapchain *chain, struct renderer *renderer,
	struct screen *screen, int width, int height, const struct buffer *shown);
// Adds a frame's damage (buffer pixels) to all slots.
void swapchain_damage(struct swapchain *chain, const region *damage);
