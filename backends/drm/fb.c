// SPDX-License-Identifier: MIT
// KMS framebuffers of buffers. Each is created once and lives until its buffer or the device is
// destroyed. That a buffer cannot have one is remembered the same way.
#include <errno.h>
#include <stdlib.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_DIRTY 4 // rectangles that are uploaded one by one

struct drm_fb {
	struct drm_device *device;
	struct buffer *buffer;
	uint32_t id; // 0: the card cannot scan out the buffer
	struct wl_listener buffer_destroyed;
	struct wl_list link; // drm_device.fbs
};

static void fb_destroy(struct drm_fb *fb)
{
	if (fb->id)
		drmModeRmFB(fb->device->fd, fb->id);
	fb->buffer->scanout = NULL;
	wl_list_remove(&fb->buffer_destroyed.link);
	wl_list_remove(&fb->link);
	free(fb);
}

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct drm_fb *fb = wl_container_of(listener, fb, buffer_destroyed);
	fb_destroy(fb);
}

// Nothing is below the primary plane, and more drivers support formats without alpha.
static uint32_t fb_format(const struct buffer *buffer)
{
	return format_opaque(buffer->format);
}

static uint32_t add_dumb(struct drm_device *device, struct buffer *buffer)
{
	uint32_t id = 0, handles[4] = {0}, pitches[4] = {0}, offsets[4] = {0};
	handles[0] = drm_dumb_handle(device, buffer, &pitches[0]);
	if (!handles[0] ||
		drmModeAddFB2(device->fd, (uint32_t)buffer->width, (uint32_t)buffer->height,
			fb_format(buffer), handles, pitches, offsets, &id, 0) != 0)
		return 0;
	return id;
}

// The framebuffer keeps the memory alive. Planes in the same memory have the same handle, which
// must be closed once.
static void close_handles(struct drm_device *device, const uint32_t handles[4])
{
	for (int i = 0; i < 4; i++) {
		bool closed = !handles[i];
		for (int j = 0; j < i; j++)
			closed = closed || handles[j] == handles[i];
		if (!closed)
			drmCloseBufferHandle(device->fd, handles[i]);
	}
}

static uint32_t add_dmabuf(struct drm_device *device, const struct buffer *buffer)
{
	const struct dmabuf *dmabuf = buffer->dmabuf;
	uint32_t id = 0, handles[4] = {0};
	uint64_t modifiers[4] = {0};
	int result = -1;
	for (int i = 0; i < dmabuf->n_planes; i++) {
		modifiers[i] = dmabuf->modifier;
		if (drmPrimeFDToHandle(device->fd, dmabuf->fd[i], &handles[i]) != 0)
			goto out;
	}
	uint32_t width = (uint32_t)buffer->width, height = (uint32_t)buffer->height;
	if (device->modifiers && dmabuf->modifier != DRM_FORMAT_MOD_INVALID)
		result = drmModeAddFB2WithModifiers(device->fd, width, height, fb_format(buffer),
			handles, dmabuf->stride, dmabuf->offset, modifiers, &id,
			DRM_MODE_FB_MODIFIERS);
	else if (dmabuf->modifier == DRM_FORMAT_MOD_INVALID ||
		dmabuf->modifier == DRM_FORMAT_MOD_LINEAR)
		result = drmModeAddFB2(device->fd, width, height, fb_format(buffer), handles,
			dmabuf->stride, dmabuf->offset, &id, 0);
out:
	close_handles(device, handles);
	return result == 0 ? id : 0;
}

uint32_t drm_fb_of(struct drm_device *device, struct buffer *buffer)
{
	struct drm_fb *fb = buffer->scanout;
	if (fb)
		return fb->id;
	fb = xcalloc(1, sizeof(*fb));
	fb->device = device;
	fb->buffer = buffer;
	fb->id = buffer->dmabuf ? add_dmabuf(device, buffer) : add_dumb(device, buffer);
	if (!fb->id)
		log_debug("%s cannot scan out a buffer of %dx%d, format 0x%08x", device->path,
			buffer->width, buffer->height, buffer->format);
	fb->buffer_destroyed.notify = on_buffer_destroyed;
	wl_signal_add(&buffer->destroyed, &fb->buffer_destroyed);
	wl_list_insert(&device->fbs, &fb->link);
	buffer->scanout = fb;
	return fb->id;
}

void drm_fbs_destroy(struct drm_device *device)
{
	struct drm_fb *fb, *tmp;
	wl_list_for_each_safe(fb, tmp, &device->fbs, link)
		fb_destroy(fb);
}

static bool fb_upload(struct drm_device *device, const struct drm_fb *fb, const pixman_box32_t *box)
{
	drmModeClip clip = {
		(uint16_t)box->x1, (uint16_t)box->y1, (uint16_t)box->x2, (uint16_t)box->y2};
	return drmModeDirtyFB(device->fd, fb->id, &clip, 1) == 0;
}

// Drivers upload the bounding box of all clips, so distant rectangles are sent one by one.
bool drm_fb_dirty(struct drm_device *device, struct buffer *buffer, const region *damage)
{
	const struct drm_fb *fb = buffer->scanout;
	const pixman_box32_t all = {0, 0, buffer->width, buffer->height};
	int n = 1;
	const pixman_box32_t *boxes =
		damage ? pixman_region32_rectangles((region *)damage, &n) : &all;
	int64_t area = 0;
	for (int i = 0; i < n; i++)
		area += (int64_t)(boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
	const pixman_box32_t *around = damage ? pixman_region32_extents((region *)damage) : &all;
	int64_t around_area = (int64_t)(around->x2 - around->x1) * (around->y2 - around->y1);
	if (n > MAX_DIRTY || area * 2 > around_area)
		return fb_upload(device, fb, around);
	for (int i = 0; i < n; i++)
		if (!fb_upload(device, fb, &boxes[i]))
			return false;
	return true;
}
