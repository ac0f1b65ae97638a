// SPDX-License-Identifier: MIT
// Up to four targets of one output. Each slot carries the damage it has missed.
//
// Whose memory they are: the renderer's own where the screen shows any memory; else a dmabuf of the
// renderer's in a format that both have; else the back end's, mapped for the CPU, into which the
// renderer draws or copies. What cannot be had falls to the next.
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
void swapchain_drop(struct swapchain *chain);   // the targets are of no use any more
// A slot nobody reads, allocating on first use; all is stale after a change of size. Where the
// screen uploads, that is the one with the buffer shown, which may be NULL. NULL: all are busy or
// there is no memory (logged).
struct swapchain_slot *swapchain_take(struct swapchain *chain, struct renderer *renderer,
	struct screen *screen, int width, int height, const struct buffer *shown);
void swapchain_damage(struct swapchain *chain, const region *damage); // all slots missed this
