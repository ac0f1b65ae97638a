// SPDX-License-Identifier: MIT
#include "compositor/output/visibility.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

static void surface_set_visible(struct surface *surface, unsigned outputs)
{
	int delta = (outputs != 0) - (surface->visible_outputs != 0);
	surface->visible_outputs = outputs;
	surface_count_visible(surface, delta);
}

void output_update_visibility(struct output *output)
{
	const struct item_list *list = &output->list;
	struct visible_surfaces *visible = &output->visible;
	const unsigned bit = 1u << output->index;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].surface)
			list->items[i].surface->in_list = true;
	size_t kept = 0;
	for (size_t i = 0; i < visible->count; i++) {
		struct surface *surface = visible->surfaces[i];
		if (surface->in_list)
			visible->surfaces[kept++] = surface;
		else
			surface_set_visible(surface, surface->visible_outputs & ~bit);
		surface->in_list = false;
	}
	visible->count = kept;
	for (size_t i = 0; i < list->count; i++) {
		struct surface *surface = list->items[i].surface;
		if (!surface)
			continue;
		surface->in_list = false;
		if (surface->visible_outputs & bit)
			continue;
		array_reserve(visible->surfaces, visible->count, visible->capacity);
		visible->surfaces[visible->count++] = surface;
		surface_set_visible(surface, surface->visible_outputs | bit);
	}
}

void output_clear_visibility(struct output *output)
{
	struct visible_surfaces *visible = &output->visible;
	for (size_t i = 0; i < visible->count; i++)
		surface_set_visible(visible->surfaces[i],
			visible->surfaces[i]->visible_outputs & ~(1u << output->index));
	free(visible->surfaces);
	*visible = (struct visible_surfaces){0};
}

void surface_clear_visibility(struct surface *surface)
{
	struct output *output;
	wl_list_for_each(output, &surface->server->outputs, link) {
		struct visible_surfaces *visible = &output->visible;
		if (!(surface->visible_outputs & (1u << output->index)))
			continue;
		for (size_t i = 0; i < visible->count; i++)
			if (visible->surfaces[i] == surface)
				visible->surfaces[i--] = visible->surfaces[--visible->count];
	}
	surface_set_visible(surface, 0);
}
