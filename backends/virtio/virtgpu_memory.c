// SPDX-License-Identifier: MIT
// Resources of a context: our own, imported ones of clients, and exported ones for scan-out.
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <virtgpu_drm.h>
#include "backends/virtio/virtgpu.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define BLOB_OF_GUEST 1 // blob_mem, which replaced the field stride

// Objects

static struct virtgpu_object *object_find_or_create(struct virtgpu *virtgpu, uint32_t handle)
{
	struct virtgpu_object *object;
	wl_list_for_each(object, &virtgpu->objects, link) {
		if (object->handle != handle)
			continue;
		object->users++;
		return object;
	}
	object = xcalloc(1, sizeof(*object));
	object->handle = handle;
	object->users = 1;
	wl_list_insert(&virtgpu->objects, &object->link);
	return object;
}

static void object_unref(struct virtgpu *virtgpu, struct virtgpu_object *object)
{
	if (!object || --object->users)
		return;
	struct drm_gem_close close = {.handle = object->handle};
	virtgpu_control_once(virtgpu, DRM_IOCTL_GEM_CLOSE, &close);
	wl_list_remove(&object->link);
	free(object);
}

// Resources

void virtgpu_release(struct virgl_transport *transport, struct virgl_resource *base)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	struct virtgpu_resource *resource = wl_container_of(base, resource, base);
	if (base->map)
		munmap(base->map, base->shape.backing);
	object_unref(virtgpu, resource->object);
	wl_list_remove(&resource->link);
	free(resource);
}

static struct virtgpu_resource *resource_create(
	struct virtgpu *virtgpu, const struct virgl_shape *shape)
{
	struct virtgpu_resource *resource = xcalloc(1, sizeof(*resource));
	resource->base.shape = *shape;
	wl_list_insert(&virtgpu->resources, &resource->link);
	return resource;
}

// 0, or a positive errno value.
static int resource_map(struct virtgpu *virtgpu, struct virtgpu_resource *resource)
{
	struct drm_virtgpu_map map = {.handle = resource->object->handle};
	int error = virtgpu_control(virtgpu, DRM_IOCTL_VIRTGPU_MAP, &map);
	if (error)
		return error;
	void *memory = mmap(NULL, resource->base.shape.backing, PROT_READ | PROT_WRITE, MAP_SHARED,
		virtgpu->fd, (off_t)map.offset);
	if (memory == MAP_FAILED)
		return errno;
	resource->base.map = memory;
	return 0;
}

// A resource without backing still has one page of guest memory, the kernel's minimum.
static int resource_create_in_kernel(struct virtgpu *virtgpu, struct virtgpu_resource *resource)
{
	const struct virgl_shape *shape = &resource->base.shape;
	struct drm_virtgpu_resource_create create = {
		.target = shape->target,
		.format = shape->format,
		.bind = shape->bind,
		.width = (uint32_t)shape->width,
		.height = (uint32_t)shape->height,
		.depth = 1,
		.array_size = 1,
		.size = (uint32_t)shape->backing,
	};
	if (shape->backing > INT32_MAX)
		return ENOMEM;
	int error = virtgpu_control(virtgpu, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &create);
	if (error)
		return error;
	resource->object = object_find_or_create(virtgpu, create.bo_handle);
	resource->base.id = create.res_handle;
	if (!create.res_handle)
		return EIO;
	return shape->backing ? resource_map(virtgpu, resource) : 0;
}

struct virgl_resource *virtgpu_create(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	if (virtgpu->base.dead)
		return NULL;
	struct virtgpu_resource *resource = resource_create(virtgpu, shape);
	int error = resource_create_in_kernel(virtgpu, resource);
	if (!error)
		return &resource->base;
	log_error("virtio-gpu: no resource of %dx%d can be created: %s", shape->width,
		shape->height, strerror(error));
	if (error == ENODEV)
		virtgpu_die(virtgpu, "the device is gone", error);
	virtgpu_release(transport, &resource->base);
	return NULL;
}

// The host has the format of the resource from its creation, and accepts no offset into it. The
// kernel refuses memory of other devices or, since 6.14, passes it as a guest blob without a
// format, which cannot be sampled; both are foreign.
static int resource_import(struct virtgpu *virtgpu, struct virtgpu_resource *resource,
	const struct dmabuf *dmabuf, int plane, bool *foreign)
{
	if (plane >= dmabuf->n_planes)
		return EINVAL;
	struct drm_prime_handle prime = {.fd = dmabuf->fd[plane]};
	int error = virtgpu_control(virtgpu, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);
	*foreign = error && error != ENOMEM && error != EBUSY;
	if (error)
		return error;
	resource->object = object_find_or_create(virtgpu, prime.handle);
	struct drm_virtgpu_resource_info info = {.bo_handle = prime.handle};
	error = virtgpu_control(virtgpu, DRM_IOCTL_VIRTGPU_RESOURCE_INFO, &info);
	*foreign = !error && info.stride == BLOB_OF_GUEST;
	if (!error && (!info.res_handle || dmabuf->offset[plane] || *foreign))
		error = EINVAL;
	if (!error)
		resource->base.id = info.res_handle;
	return error;
}

struct virgl_resource *virtgpu_import(struct virgl_transport *transport,
	const struct dmabuf *dmabuf, int plane, const struct virgl_shape *shape, bool *foreign)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	if (virtgpu->base.dead)
		return NULL;
	*foreign = false;
	struct virtgpu_resource *resource = resource_create(virtgpu, shape);
	int error = resource_import(virtgpu, resource, dmabuf, plane, foreign);
	if (!error)
		return &resource->base;
	if (!*foreign)
		log_error("virtio-gpu: a dmabuf of %dx%d cannot be imported: %s", shape->width,
			shape->height, strerror(error));
	virtgpu_release(transport, &resource->base);
	return NULL;
}

bool virtgpu_export(
	struct virgl_transport *transport, struct virgl_resource *base, struct dmabuf *into)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	struct virtgpu_resource *resource = wl_container_of(base, resource, base);
	if (virtgpu->base.dead || !resource->object)
		return false;
	struct drm_prime_handle prime = {
		.handle = resource->object->handle, .flags = DRM_CLOEXEC | DRM_RDWR, .fd = -1};
	int error = virtgpu_control(virtgpu, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
	if (error) {
		log_error("virtio-gpu: a resource of %dx%d cannot be exported: %s",
			base->shape.width, base->shape.height, strerror(error));
		return false;
	}
	*into = (struct dmabuf){
		.n_planes = 1,
		.fd = {prime.fd, -1, -1, -1},
		.stride = {(uint32_t)base->shape.width * (uint32_t)base->shape.bytes},
		.modifier = DRM_FORMAT_MOD_INVALID,
	};
	return true;
}

// A transfer beyond the shared memory would break the context on the host.
static bool resource_transfer(struct virgl_transport *transport, struct virgl_resource *base,
	const struct box *box, unsigned long request)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	const struct virtgpu_resource *resource = wl_container_of(base, resource, base);
	const struct virgl_shape *shape = &base->shape;
	const struct box all = {0, 0, shape->width, shape->height};
	uint64_t row = (uint64_t)shape->width * (uint64_t)shape->bytes;
	if (virtgpu->base.dead || !base->id || !base->map || box_empty(box) ||
		!box_contains_box(&all, box) || row * (uint64_t)shape->height > shape->backing)
		return false;
	// Both directions have the same layout.
	struct drm_virtgpu_3d_transfer_to_host transfer = {
		.bo_handle = resource->object->handle,
		.box = {(uint32_t)box->x, (uint32_t)box->y, 0, (uint32_t)box->width,
			(uint32_t)box->height, 1},
		.offset = (uint32_t)((uint64_t)box->y * row +
			(uint64_t)box->x * (uint64_t)shape->bytes),
	};
	int error = virtgpu_control(virtgpu, request, &transfer);
	return !error || virtgpu_die(virtgpu, "pixels cannot be transferred", error);
}

bool virtgpu_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return resource_transfer(transport, resource, box, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST);
}

bool virtgpu_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return resource_transfer(transport, resource, box, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST);
}
