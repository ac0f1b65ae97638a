// SPDX-License-Identifier: MIT
// Allocates and reuses the targets of an output, and tracks their stale area.
#include "compositor/output/swapchain.h"
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/renderer.h"

void swapchain_init(struct swapchain *chain)
{
	*chain = (struct swapchain){0};
	for (size_t i = 0; i < array_length(chain->slots); i++)
		pixman_region32_init(&chain->slots[i].stale);
}

void swapchain_drop(struct swapchain *chain)
{
	for (size_t i = 0; i < array_length(chain->slots); i++) {
		buffer_drop(chain->slots[i].buffer);
		chain->slots[i].buffer = NULL;
	}
}

void swapchain_finish(struct swapchain *chain)
{
	swapchain_drop(chain);
	for (size_t i = 0; i < array_length(chain->slots); i++)
		pixman_region32_fini(&chain->slots[i].stale);
}

static struct buffer *alloc(struct renderer *renderer, struct screen *screen, int width, int height)
{
	const struct backend_impl *backend = screen->backend->impl;
	struct buffer *buffer = NULL;
	if (screen->any_memory && renderer->impl->alloc)
		buffer = renderer->impl->alloc(renderer, width, height, DRM_FORMAT_XRGB8888);
	if (!buffer && renderer->impl->alloc_shared) {
		struct format_set both = {0};
		format_set_intersect(&both, &screen->formats, &renderer->shared);
		if (both.count)
			buffer = renderer->impl->alloc_shared(renderer, width, height, &both);
		format_set_finish(&both);
	}
	if (!buffer && !renderer->lost && renderer->cpu_targets && backend->alloc)
		buffer = backend->alloc(screen->backend, width, height, DRM_FORMAT_XRGB8888);
	return buffer;
}

struct swapchain_slot *swapchain_take(struct swapchain *chain, struct renderer *renderer,
	struct screen *screen, int width, int height, const struct buffer *shown)
{
	if (chain->width != width || chain->height != height)
		swapchain_drop(chain);
	chain->width = width;
	chain->height = height;

	bool in_place = screen->uploads && shown && shown->impl->begin_access;
	for (size_t i = 0; in_place && i < array_length(chain->slots); i++)
		if (chain->slots[i].buffer == shown)
			return &chain->slots[i];

	// The free slot with the least stale area; a new one only if none is free.
	struct swapchain_slot *best = NULL, *empty = NULL;
	uint64_t best_area = UINT64_MAX;
	for (size_t i = 0; i < array_length(chain->slots); i++) {
		struct swapchain_slot *slot = &chain->slots[i];
		if (!slot->buffer) {
			empty = empty ? empty : slot;
		} else if (!slot->buffer->locks) {
			struct box bounds = region_bounds(&slot->stale);
			uint64_t area = (uint64_t)bounds.width * (uint64_t)bounds.height;
			if (area < best_area) {
				best = slot;
				best_area = area;
			}
		}
	}
	if (best)
		return best;
	if (!empty) {
		log_error("%s: all buffers are in use", screen->name);
		return NULL;
	}
	empty->buffer = alloc(renderer, screen, width, height);
	if (!empty->buffer) {
		log_error("%s: no memory for a frame of %dx%d", screen->name, width, height);
		return NULL;
	}
	pixman_region32_fini(&empty->stale);
	pixman_region32_init_rect(&empty->stale, 0, 0, (unsigned)width, (unsigned)height);
	return empty;
}

void swapchain_damage(struct swapchain *chain, const region *damage)
{
	for (size_t i = 0; i < array_length(chain->slots); i++)
		if (chain->slots[i].buffer)
			region_add(&chain->slots[i].stale, damage);
}
