// SPDX-License-Identifier: MIT
// Initialises, merges and releases double-buffered surface state.
#include "compositor/surface/surface_state.h"
#include <stdlib.h>
#include "compositor/base/buffer.h"

void surface_state_init(struct surface_state *state)
{
	*state = (struct surface_state){.scale = 1, .alpha = 1};
	pixman_region32_init(&state->damage_surface);
	pixman_region32_init(&state->damage_buffer);
	pixman_region32_init(&state->opaque);
	region_init_infinite(&state->input);
	wl_list_init(&state->callbacks);
	wl_list_init(&state->feedbacks);
}

static void discard_feedbacks(struct surface_state *state)
{
	struct feedback *feedback, *tmp;
	wl_list_for_each_safe(feedback, tmp, &state->feedbacks, link) {
		wl_list_remove(&feedback->link);
		wl_list_init(&feedback->link);
		feedback->discarded(feedback);
	}
}

void surface_state_finish(struct surface_state *state)
{
	buffer_unlock(state->buffer);
	state->buffer = NULL;
	pixman_region32_fini(&state->damage_surface);
	pixman_region32_fini(&state->damage_buffer);
	pixman_region32_fini(&state->opaque);
	pixman_region32_fini(&state->input);
	struct wl_resource *callback, *tmp;
	wl_resource_for_each_safe(callback, tmp, &state->callbacks)
		wl_resource_destroy(callback);
	discard_feedbacks(state);
	free(state->children);
	state->children = NULL;
}

size_t surface_state_size(const struct surface_state *state)
{
	return state->n_children * sizeof(*state->children) + region_size(&state->damage_surface) +
		region_size(&state->damage_buffer) + region_size(&state->opaque) +
		region_size(&state->input);
}

static void take_region(region *into, region *from)
{
	pixman_region32_fini(into);
	*into = *from;
	pixman_region32_init(from);
}

void surface_state_merge(struct surface_state *into, struct surface_state *from)
{
	unsigned set = from->set;
	into->set |= set;
	if (set & SURFACE_BUFFER) {
		buffer_unlock(into->buffer);
		into->buffer = from->buffer;
		from->buffer = NULL;
	}
	if (set & SURFACE_OFFSET) {
		into->dx += from->dx;
		into->dy += from->dy;
	}
	if (set & SURFACE_DAMAGE)
		region_add(&into->damage_buffer, &from->damage_buffer);
	if (set & SURFACE_SCALE)
		into->scale = from->scale;
	if (set & SURFACE_TRANSFORM)
		into->transform = from->transform;
	if (set & SURFACE_OPAQUE)
		take_region(&into->opaque, &from->opaque);
	if (set & SURFACE_INPUT)
		take_region(&into->input, &from->input);
	if (set & SURFACE_VIEWPORT)
		into->viewport = from->viewport;
	if (set & SURFACE_ALPHA)
		into->alpha = from->alpha;
	if (set & SURFACE_TIME)
		into->time_ns = from->time_ns;
	if (set & SURFACE_CONTENT_TYPE)
		into->content_type = from->content_type;
	if (set & SURFACE_CHILDREN) {
		free(into->children);
		into->children = from->children;
		into->n_children = from->n_children;
		from->children = NULL;
		from->n_children = 0;
	}
	if (set & SURFACE_XDG)
		into->xdg = from->xdg;
	if (set & SURFACE_LAYER)
		into->layer = from->layer;
	if (set & SURFACE_XWAYLAND)
		into->xwayland_serial = from->xwayland_serial;
	wl_list_insert_list(into->callbacks.prev, &from->callbacks);
	wl_list_init(&from->callbacks);
	// The content of an earlier commit that was not presented never will be.
	discard_feedbacks(into);
	wl_list_insert_list(&into->feedbacks, &from->feedbacks);
	wl_list_init(&from->feedbacks);

	// All other fields of from are plain values and need no release.
	pixman_region32_clear(&from->damage_buffer);
	from->dx = from->dy = 0;
	from->set = 0;
}
