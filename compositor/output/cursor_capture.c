// SPDX-License-Identifier: MIT
// The cursor in casts: what it changes of an output's picture, also while it is on a plane, where
// it moves without frames.
#include "compositor/output/cursor_private.h"
#include "compositor/output/output.h"
#include "compositor/server.h"

static void add_box(region *damage, const struct output *output, const struct box *layout)
{
	int width, height;
	output_size_px(output, &width, &height);
	struct box box = {layout->x - output->box.x, layout->y - output->box.y, layout->width,
		layout->height};
	box = output_to_pixels(output, &box);
	box = (struct box){box.x - 1, box.y - 1, box.width + 2, box.height + 2}; // of fractions
	if (box_intersect(&box, &box, &(struct box){0, 0, width, height}))
		region_add_box(damage, &box);
}

void cursor_damage_captures(struct cursor *cursor)
{
	const struct box before = cursor->captures.reach, now = cursor_reach(cursor);
	if (cursor->captures.changes == cursor->changes && cursor->captures.x == cursor->x &&
		cursor->captures.y == cursor->y)
		return;
	cursor->captures.changes = cursor->changes;
	cursor->captures.x = cursor->x;
	cursor->captures.y = cursor->y;
	cursor->captures.reach = now;
	struct output *output;
	wl_list_for_each(output, &cursor->server->outputs, link) {
		if (!output->enabled || wl_list_empty(&output->events.cursor_damaged.listener_list))
			continue;
		region damage;
		pixman_region32_init(&damage);
		add_box(&damage, output, &before);
		add_box(&damage, output, &now);
		if (pixman_region32_not_empty(&damage))
			wl_signal_emit_mutable(&output->events.cursor_damaged,
				&(struct output_damage){.output = output, .damage = &damage});
		pixman_region32_fini(&damage);
	}
}
