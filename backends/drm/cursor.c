// SPDX-License-Identifier: MIT
// The cursor plane, by the legacy cursor ioctl: it does not wait for page flips, and it passes the
// hot spot, which hosts of virtual machines need to draw the cursor themselves.
#include <errno.h>
#include <pixman.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// After so many refusals in a row the core has to draw the cursor itself.
#define MAX_REFUSED 3

struct drm_cursor {
	struct drm_connector *connector;
	struct buffer *images[2]; // used in turn; NULL: not allocated yet
	struct buffer *image;     // the one of these that is shown; NULL: hidden
	int x, y, hotspot_x, hotspot_y;
	unsigned refused; // in a row
};

struct drm_cursor *drm_cursor_create(struct drm_connector *connector)
{
	struct drm_cursor *cursor = xcalloc(1, sizeof(*cursor));
	cursor->connector = connector;
	return cursor;
}

void drm_cursor_destroy(struct drm_cursor *cursor)
{
	if (!cursor)
		return;
	for (size_t i = 0; i < array_length(cursor->images); i++)
		buffer_drop(cursor->images[i]);
	free(cursor);
}

// False: errno is set.
static bool send_cursor(struct drm_cursor *cursor, const struct drm_crtc *crtc, uint32_t flags)
{
	struct drm_device *device = cursor->connector->device;
	struct drm_mode_cursor2 request = {
		.flags = flags,
		.crtc_id = crtc->id,
		.x = cursor->x,
		.y = cursor->y,
		.hot_x = cursor->hotspot_x,
		.hot_y = cursor->hotspot_y,
	};
	uint32_t pitch;
	if (flags & DRM_MODE_CURSOR_BO && cursor->image) {
		request.handle = drm_dumb_handle(device, cursor->image, &pitch);
		request.width = (uint32_t)cursor->image->width;
		request.height = (uint32_t)cursor->image->height;
	}
	return drmIoctl(device->fd, DRM_IOCTL_MODE_CURSOR2, &request) == 0;
}

// Sends the cursor if the connector shows something; else the next modeset restores it.
static bool update_cursor(struct drm_connector *connector, uint32_t flags)
{
	struct drm_cursor *cursor = connector->cursor;
	const struct drm_crtc *crtc = connector->current.crtc;
	if (!connector->device->drm->session->active || connector->needs_modeset || !crtc)
		return true;
	if (send_cursor(cursor, crtc, flags)) {
		cursor->refused = 0;
		return true;
	}
	cursor->image = NULL;
	if (++cursor->refused >= MAX_REFUSED) {
		log_warn("%s: falling back to a software cursor: %s", connector->base.name,
			strerror(errno));
		connector->base.cursor_width = connector->base.cursor_height = 0;
	}
	return false;
}

// Copies the pixels to the image that is not shown, and selects it. False: they cannot be read, or
// are too many.
static bool copy_image(struct drm_cursor *cursor, struct buffer *from)
{
	struct drm_device *device = cursor->connector->device;
	struct buffer **into = &cursor->images[cursor->image == cursor->images[0]];
	struct pixels source, target;
	if (from->width > device->cursor_width || from->height > device->cursor_height)
		return false;
	if (!*into)
		*into = drm_dumb_alloc(cursor->connector->base.backend, device->cursor_width,
			device->cursor_height, DRM_FORMAT_ARGB8888);
	if (!*into || !buffer_begin_access(from, &source))
		return false;
	buffer_begin_access(*into, &target);
	memset(target.data, 0, target.stride * (size_t)target.height);
	const struct format_info *info = format_info(source.format);
	pixman_image_t *source_image = info && info->pixman
		? pixman_image_create_bits_no_clear(info->pixman, source.width, source.height,
			  source.data, (int)source.stride)
		: NULL;
	pixman_image_t *target_image = pixman_image_create_bits_no_clear(
		PIXMAN_a8r8g8b8, target.width, target.height, target.data, (int)target.stride);
	bool ok = source_image && target_image;
	if (ok)
		pixman_image_composite32(PIXMAN_OP_SRC, source_image, NULL, target_image, 0, 0, 0,
			0, 0, 0, from->width, from->height);
	if (source_image)
		pixman_image_unref(source_image);
	if (target_image)
		pixman_image_unref(target_image);
	buffer_end_access(*into);
	buffer_end_access(from);
	if (ok)
		cursor->image = *into;
	return ok;
}

bool drm_cursor_show(struct drm_connector *connector, const struct frame *frame)
{
	struct drm_cursor *cursor = connector->cursor;
	uint32_t flags = 0;
	if (!connector->base.cursor_width)
		return !frame->cursor.buffer;
	if (frame->set & FRAME_CURSOR_IMAGE) {
		bool was_shown = cursor->image;
		if (!frame->cursor.buffer)
			cursor->image = NULL;
		else if (!copy_image(cursor, frame->cursor.buffer))
			return false;
		if (was_shown || cursor->image)
			flags |= DRM_MODE_CURSOR_BO;
		cursor->hotspot_x = frame->hotspot_x;
		cursor->hotspot_y = frame->hotspot_y;
	}
	if (frame->cursor.buffer &&
		(frame->cursor.dst.x != cursor->x || frame->cursor.dst.y != cursor->y)) {
		cursor->x = frame->cursor.dst.x;
		cursor->y = frame->cursor.dst.y;
		flags |= DRM_MODE_CURSOR_MOVE;
	}
	return !flags || update_cursor(connector, flags);
}

void drm_cursor_restore(struct drm_connector *connector)
{
	if (connector->cursor->image)
		update_cursor(connector, DRM_MODE_CURSOR_BO | DRM_MODE_CURSOR_MOVE);
}

void drm_cursor_hide(struct drm_connector *connector)
{
	struct drm_cursor *cursor = connector->cursor;
	if (!cursor->image)
		return;
	cursor->image = NULL;
	update_cursor(connector, DRM_MODE_CURSOR_BO);
}
