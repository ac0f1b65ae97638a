// SPDX-License-Identifier: MIT
// The cursor plane of an output: its image and position as part of a frame, or on their own.
#include "backends/backend.h"
#include "compositor/config/config.h"
#include "compositor/output/cursor.h"
#include "compositor/output/frame.h"
#include "compositor/output/gpu_reset.h"
#include "compositor/output/output.h"
#include "compositor/server.h"

bool output_has_cursor_plane(const struct output *output)
{
	return output->screen->cursor_width &&
		output->server->config->cursor.plane == CURSOR_HARDWARE;
}

bool output_plan_cursor(struct output *output, struct frame *frame)
{
	struct cursor *cursor = output->server->cursor;
	struct buffer *buffer = NULL;
	int x, y, hotspot_x, hotspot_y;
	uint64_t sequence = 0;
	if (!output_has_cursor_plane(output) || !cursor) {
		output->cursor_on_plane = false;
		return false;
	}
	bool shown = cursor_plane_image(
			     cursor, output, &buffer, &x, &y, &hotspot_x, &hotspot_y, &sequence) &&
		sequence != output->cursor_refused;
	if (!shown) {
		bool change = output->cursor_on_plane;
		output->cursor_on_plane = false;
		if (change)
			frame->set |= FRAME_CURSOR_IMAGE;
		return change;
	}
	struct box dst = {x, y, buffer->width, buffer->height};
	bool image = !output->cursor_on_plane || output->cursor_sequence != sequence;
	bool moved = !box_equal(&dst, &output->cursor_box);
	frame->cursor = (struct plane){buffer, {0, 0, buffer->width, buffer->height}, dst};
	frame->hotspot_x = hotspot_x;
	frame->hotspot_y = hotspot_y;
	frame->set |= image ? FRAME_CURSOR_IMAGE : moved ? FRAME_CURSOR_POSITION : 0;
	output->cursor_on_plane = true;
	output->cursor_sequence = sequence;
	output->cursor_box = dst;
	return image || moved;
}

void output_refuse_cursor(struct output *output)
{
	output->cursor_refused = output->cursor_sequence;
	output->cursor_on_plane = false;
	output->dirty = true;
}

void output_move_cursor(struct output *output)
{
	struct frame frame = {.fence = -1};
	if (!output->enabled || output->powered_off)
		return;
	bool with_frame = !output->screen->cursor_at_once && (output->presenting || output->dirty);
	if (!output->cursor_on_plane || with_frame) {
		output_dirty(output);
		return;
	}
	if (output_plan_cursor(output, &frame) &&
		!output->screen->backend->impl->present(output->screen, &frame, false)) {
		output_refuse_cursor(output);
		output_schedule(output);
	}
	gpu_reset_check(output->server); // drawing the image may have failed; no frame follows
}
