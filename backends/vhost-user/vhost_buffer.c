// SPDX-License-Identifier: MIT
// Buffers in shared memory, each a 2D resource whose damage is transferred to the device.
#include <drm_fourcc.h>
#include <stdlib.h>
#include "backends/vhost-user/vhost_screen.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define FORMAT_BGRA 1
#define FORMAT_BGRX 2

uint64_t vhost_send_control(struct vhost *vhost, enum vhost_command command, const uint32_t *words,
	size_t n, bool fence)
{
	return vhost_send(vhost, VHOST_CONTROL, command, 0, words, n, NULL, 0, fence);
}

static void buffer_impl_destroy(struct buffer *base)
{
	struct vhost_buffer *buffer = wl_container_of(base, buffer, base);
	struct vhost *vhost = buffer->vhost;
	buffer_finish(base);
	if (buffer->id && !vhost->dead)
		vhost_wait(vhost,
			vhost_send_control(
				vhost, VHOST_UNREF, (const uint32_t[]){buffer->id, 0}, 2, false));
	vhost_free(vhost, buffer->memory, buffer->size);
	vhost_unref(vhost);
	free(buffer);
}

static bool begin_access(struct buffer *base, struct pixels *into)
{
	struct vhost_buffer *buffer = wl_container_of(base, buffer, base);
	*into = (struct pixels){
		buffer->memory, (size_t)base->width * 4, base->width, base->height, base->format};
	return true;
}

static void end_access(struct buffer *base)
{
}

static const struct buffer_impl buffer_impl = {
	.destroy = buffer_impl_destroy,
	.begin_access = begin_access,
	.end_access = end_access,
};

static bool create_2d(struct vhost_buffer *buffer)
{
	struct vhost *vhost = buffer->vhost;
	uint32_t response[6], id = vhost->last_resource + 1;
	uint64_t address = vhost_address(vhost, buffer->memory);
	const uint32_t create[] = {id,
		format_has_alpha(buffer->base.format) ? FORMAT_BGRA : FORMAT_BGRX,
		(uint32_t)buffer->base.width, (uint32_t)buffer->base.height};
	const uint32_t attach[] = {
		id, 1, (uint32_t)address, (uint32_t)(address >> 32), (uint32_t)buffer->size, 0};
	if (!vhost_send_sync(vhost, VHOST_CREATE_2D, 0, create, array_length(create), response,
		    sizeof(response)))
		return false;
	vhost->last_resource++;
	buffer->id = id;
	return vhost_send_control(vhost, VHOST_ATTACH_BACKING, attach, array_length(attach), false);
}

struct buffer *vhost_buffer_alloc(struct backend *base, int width, int height, uint32_t format)
{
	struct vhost_backend *backend = vhost_backend_from(base);
	if (width < 1 || height < 1 || width > VHOST_MAX_SIDE || height > VHOST_MAX_SIDE ||
		format_opaque(format) != DRM_FORMAT_XRGB8888)
		return NULL;
	struct vhost_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &buffer_impl, width, height, format);
	buffer->vhost = vhost_ref(backend->vhost);
	buffer->size = (size_t)width * (size_t)height * 4;
	buffer->memory = vhost_alloc(buffer->vhost, buffer->size);
	if (buffer->memory && create_2d(buffer))
		return &buffer->base;
	log_error("%s: out of memory for %dx%d pixels", buffer->vhost->path, width, height);
	buffer_drop(&buffer->base);
	return NULL;
}

struct vhost_buffer *vhost_buffer_from(struct buffer *base)
{
	struct vhost_buffer *buffer = wl_container_of(base, buffer, base);
	return base->impl == &buffer_impl ? buffer : NULL;
}

uint32_t vhost_buffer_resource(struct vhost *vhost, struct buffer *base)
{
	const struct vhost_buffer *own = vhost_buffer_from(base);
	return own             ? own->id
		: base->dmabuf ? vhost_exported_resource(vhost, base->dmabuf->fd[0])
			       : 0;
}

uint64_t vhost_buffer_transfer(struct vhost_buffer *buffer, const pixman_box32_t *box)
{
	uint32_t width = (uint32_t)buffer->base.width;
	const uint32_t words[] = {(uint32_t)box->x1, (uint32_t)box->y1,
		(uint32_t)(box->x2 - box->x1), (uint32_t)(box->y2 - box->y1),
		((uint32_t)box->y1 * width + (uint32_t)box->x1) * 4, 0, buffer->id, 0};
	return vhost_send_control(
		buffer->vhost, VHOST_TRANSFER_2D, words, array_length(words), false);
}
