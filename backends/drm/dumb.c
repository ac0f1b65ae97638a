// SPDX-License-Identifier: MIT
// Dumb buffers: memory of the card that the CPU can map and write, which every driver supports.
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_SIDE 16384

struct dumb {
	struct buffer base;
	struct drm_device *device; // NULL: the device was destroyed; the mapping stays valid
	uint32_t handle, pitch;
	size_t size;
	void *data;          // MAP_FAILED: not mapped
	struct wl_list link; // drm_device.dumbs
};

static void dumb_destroy(struct buffer *base)
{
	struct dumb *dumb = wl_container_of(base, dumb, base);
	buffer_finish(base);
	if (dumb->data != MAP_FAILED)
		munmap(dumb->data, dumb->size);
	if (dumb->device)
		drmModeDestroyDumbBuffer(dumb->device->fd, dumb->handle);
	wl_list_remove(&dumb->link);
	free(dumb);
}

static bool dumb_begin_access(struct buffer *base, struct pixels *into)
{
	struct dumb *dumb = wl_container_of(base, dumb, base);
	*into = (struct pixels){dumb->data, dumb->pitch, base->width, base->height, base->format};
	return true;
}

static void dumb_end_access(struct buffer *base)
{
}

static const struct buffer_impl dumb_impl = {
	.destroy = dumb_destroy,
	.begin_access = dumb_begin_access,
	.end_access = dumb_end_access,
};

struct buffer *drm_dumb_alloc(struct backend *backend, int width, int height, uint32_t format)
{
	struct drm *drm = wl_container_of(backend, drm, base);
	struct drm_device *device = drm->device;
	const struct format_info *info = format_info(format);
	if (!device || !info || width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
		return NULL;
	struct dumb *dumb = xcalloc(1, sizeof(*dumb));
	dumb->data = MAP_FAILED;
	dumb->device = device;
	wl_list_insert(&device->dumbs, &dumb->link);
	buffer_init(&dumb->base, &dumb_impl, width, height, format);
	uint64_t size = 0, offset = 0;
	if (drmModeCreateDumbBuffer(device->fd, (uint32_t)width, (uint32_t)height, info->bytes * 8u,
		    0, &dumb->handle, &dumb->pitch, &size) != 0) {
		log_errno("%s: no buffer of %dx%d can be allocated", device->path, width, height);
		goto fail;
	}
	dumb->size = (size_t)size;
	if (drmModeMapDumbBuffer(device->fd, dumb->handle, &offset) == 0)
		dumb->data = mmap(NULL, dumb->size, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd,
			(off_t)offset);
	if (dumb->data != MAP_FAILED)
		return &dumb->base;
	log_errno("a buffer of %s cannot be mapped", device->path);
fail:
	if (!dumb->handle)
		dumb->device = NULL;
	buffer_drop(&dumb->base);
	return NULL;
}

uint32_t drm_dumb_handle(struct drm_device *device, struct buffer *buffer, uint32_t *pitch)
{
	if (buffer->impl != &dumb_impl)
		return 0;
	struct dumb *dumb = wl_container_of(buffer, dumb, base);
	*pitch = dumb->pitch;
	return dumb->device == device ? dumb->handle : 0;
}

void drm_dumbs_orphan(struct drm_device *device)
{
	struct dumb *dumb, *tmp;
	wl_list_for_each_safe(dumb, tmp, &device->dumbs, link) {
		dumb->device = NULL;
		wl_list_remove(&dumb->link);
		wl_list_init(&dumb->link);
	}
}
