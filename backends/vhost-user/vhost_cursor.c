// SPDX-License-Identifier: MIT
// Shows the cursor by the cursor queue, so that a motion is one small command and does not wait for
// rendering.
#include <drm_fourcc.h>
#include <string.h>
#include "backends/vhost-user/vhost_screen.h"
#include "compositor/base/base.h"

static bool screen_send_cursor(
	struct vhost_screen *screen, enum vhost_command command, int hotspot_x, int hotspot_y)
{
	const uint32_t words[] = {screen->index, screen->cursor_x, screen->cursor_y, 0,
		screen->cursor_resource, (uint32_t)hotspot_x, (uint32_t)hotspot_y, 0};
	return vhost_send(vhost_backend_from(screen->base.backend)->vhost, VHOST_CURSOR, command, 0,
		words, array_length(words), NULL, 0, false);
}

// Copies the image into the buffer that is not shown, and waits for its transfer: the update on the
// cursor queue would overtake it.
static bool screen_copy_cursor(struct vhost_screen *screen, struct buffer *from)
{
	struct vhost *vhost = vhost_backend_from(screen->base.backend)->vhost;
	struct buffer **place = &screen->cursor_buffers[screen->cursor_buffers[0] &&
		screen->cursor_resource == vhost_buffer_from(screen->cursor_buffers[0])->id];
	struct pixels source, target;
	const pixman_box32_t all = {0, 0, VHOST_CURSOR_SIDE, VHOST_CURSOR_SIDE};
	if (from->width > VHOST_CURSOR_SIDE || from->height > VHOST_CURSOR_SIDE ||
		from->format != DRM_FORMAT_ARGB8888)
		return false;
	if (!*place)
		*place = vhost_buffer_alloc(screen->base.backend, VHOST_CURSOR_SIDE,
			VHOST_CURSOR_SIDE, DRM_FORMAT_ARGB8888);
	if (!*place || !buffer_begin_access(from, &source))
		return false;
	buffer_begin_access(*place, &target);
	memset(target.data, 0, target.stride * VHOST_CURSOR_SIDE);
	for (int y = 0; y < source.height; y++)
		memcpy((char *)target.data + (size_t)y * target.stride,
			(const char *)source.data + (size_t)y * source.stride,
			(size_t)source.width * 4);
	buffer_end_access(*place);
	buffer_end_access(from);
	screen->cursor_resource = vhost_buffer_from(*place)->id;
	return vhost_wait(vhost, vhost_buffer_transfer(vhost_buffer_from(*place), &all));
}

bool vhost_cursor_show(struct vhost_screen *screen, const struct frame *frame)
{
	bool seen = screen->cursor_resource;
	if (frame->cursor.buffer) {
		screen->cursor_x = (uint32_t)frame->cursor.dst.x;
		screen->cursor_y = (uint32_t)frame->cursor.dst.y;
	}
	if (!(frame->set & FRAME_CURSOR_IMAGE))
		return screen_send_cursor(screen, VHOST_MOVE_CURSOR, 0, 0);
	if (frame->cursor.buffer && !screen_copy_cursor(screen, frame->cursor.buffer))
		return false;
	if (!frame->cursor.buffer)
		screen->cursor_resource = 0;
	return (!seen && !screen->cursor_resource) ||
		screen_send_cursor(screen, VHOST_UPDATE_CURSOR, frame->hotspot_x, frame->hotspot_y);
}

void vhost_cursor_finish(struct vhost_screen *screen)
{
	for (size_t i = 0; i < array_length(screen->cursor_buffers); i++)
		buffer_drop(screen->cursor_buffers[i]);
}
