// SPDX-License-Identifier: MIT
// The pointer has a queue of its own: its motion is one small command each, whatever is being drawn.
#include <drm_fourcc.h>
#include <string.h>
#include "backends/virtio/vhost_backend.h"
#include "compositor/base/base.h"

static bool cursor_command(
	struct vhost_screen *screen, enum vhost_command command, int hotspot_x, int hotspot_y)
{
	const uint32_t words[] = {screen->index, screen->x, screen->y, 0, screen->image,
		(uint32_t)hotspot_x, (uint32_t)hotspot_y, 0};
	return vhost_send(vhost_backend_from(screen->base.backend)->vhost, VHOST_CURSOR, command, 0,
		words, array_length(words), NULL, 0, false);
}

// Into the image that is not seen, and over to the device: what comes on the other queue would
// overtake it.
static bool copy_image(struct vhost_screen *screen, struct buffer *from)
{
	struct vhost *vhost = vhost_backend_from(screen->base.backend)->vhost;
	struct buffer **place = &screen->images[screen->images[0] &&
		screen->image == vhost_buffer_own(screen->images[0])->id];
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
	screen->image = vhost_buffer_own(*place)->id;
	return vhost_wait(vhost, vhost_buffer_carry_over(vhost_buffer_own(*place), &all));
}

bool vhost_cursor_show(struct vhost_screen *screen, const struct frame *frame)
{
	bool seen = screen->image;
	if (frame->cursor.buffer) {
		screen->x = (uint32_t)frame->cursor.dst.x;
		screen->y = (uint32_t)frame->cursor.dst.y;
	}
	if (!(frame->set & FRAME_CURSOR_IMAGE))
		return cursor_command(screen, VHOST_MOVE_CURSOR, 0, 0);
	if (frame->cursor.buffer && !copy_image(screen, frame->cursor.buffer))
		return false;
	if (!frame->cursor.buffer)
		screen->image = 0;
	return (!seen && !screen->image) ||
		cursor_command(screen, VHOST_UPDATE_CURSOR, frame->hotspot_x, frame->hotspot_y);
}

void vhost_cursor_finish(struct vhost_screen *screen)
{
	for (size_t i = 0; i < array_length(screen->images); i++)
		buffer_drop(screen->images[i]);
}
