// SPDX-License-Identifier: MIT
#include "tests/virgl/kernel.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define IMPORTED 200
#define ROOM ((off_t)2 << 20) // of each handle, in the file
#define CONTEXT_INIT DRM_IOWR(DRM_COMMAND_BASE + 0x0b, uint64_t[2])

static int fail_with(int error)
{
	errno = error;
	return -1;
}

static int get_param(const struct kernel *kernel, const struct drm_virtgpu_getparam *get)
{
	int *value = (int *)(uintptr_t)get->value;
	switch (get->param) {
	case VIRTGPU_PARAM_3D_FEATURES:
		*value = !kernel->no_3d;
		return 0;
	case 6:
		*value = kernel->has_contexts;
		return 0;
	case 7:
		*value = 1 << 1 | (kernel->no_second_set ? 0 : 1 << 2);
		return 0;
	default:
		return fail_with(EINVAL);
	}
}

static int get_caps(const struct kernel *kernel, const struct drm_virtgpu_get_caps *get)
{
	if (get->cap_set_id == 2 && kernel->no_second_set)
		return fail_with(EINVAL);
	size_t size = get->cap_set_id == 2 ? kernel->caps_bytes : MIN(kernel->caps_bytes, 308);
	memcpy((void *)(uintptr_t)get->addr, kernel->caps, MIN(size, get->size));
	return 0;
}

static int create(struct kernel *kernel, struct drm_virtgpu_resource_create *create)
{
	uint32_t handle = 1;
	while (handle < KERNEL_HANDLES && kernel->open[handle])
		handle++;
	check(handle < KERNEL_HANDLES && create->size <= ROOM);
	kernel->open[handle] = true;
	create->bo_handle = handle;
	create->res_handle = 1000 + handle;
	return 0;
}

static void follow(struct kernel *kernel, const uint32_t *words, size_t n)
{
	for (size_t at = 0; at < n; at += (words[at] >> 16) + 1) {
		unsigned command = words[at] & 0xff;
		float red;
		if (command == 5 && words[at + 3] == UINT32_MAX)
			kernel->context_dead = true;
		if (command == 1 && (words[at] >> 8 & 0xff) == 6 && kernel->poison &&
			words[at + 2] == 1000 + IMPORTED)
			kernel->context_dead = true;
		if (kernel->context_dead)
			return;
		if (command == 7) {
			memcpy(&red, &words[at + 2], sizeof(red));
			kernel->value = (uint32_t)(red * 255 + 0.5f);
			kernel->drawn = false;
		}
		kernel->drawn |= command == 8;
	}
}

static int execute(struct kernel *kernel, struct drm_virtgpu_execbuffer *execute)
{
	const uint32_t *handles = (const uint32_t *)(uintptr_t)execute->bo_handles;
	kernel->submissions++;
	kernel->listed = execute->num_bo_handles;
	for (uint32_t i = 0; i < execute->num_bo_handles; i++) {
		check(handles[i] < KERNEL_HANDLES && kernel->open[handles[i]]);
		for (uint32_t j = 0; j < i; j++)
			if (handles[i] == handles[j])
				return fail_with(EALREADY);
	}
	follow(kernel, (const uint32_t *)(uintptr_t)execute->command, execute->size / 4);
	if (execute->flags & VIRTGPU_EXECBUF_FENCE_FD_OUT)
		execute->fence_fd = eventfd(!kernel->silent, EFD_CLOEXEC);
	return 0;
}

static int from_host(
	struct kernel *kernel, const struct drm_virtgpu_3d_transfer_from_host *transfer)
{
	uint32_t half = 128 + kernel->value / 2, words[5];
	check(transfer->bo_handle < KERNEL_HANDLES && kernel->open[transfer->bo_handle]);
	if (transfer->box.w != 5 || kernel->context_dead)
		return 0;
	for (uint32_t i = 0; i < 5; i++)
		words[i] = 0x010101 *
			(!kernel->drawn || i == 0 ? kernel->value
					: i == 1  ? 255
						  : half);
	check(pwrite(kernel->device, words, sizeof(words), ROOM * transfer->bo_handle) ==
		sizeof(words));
	return 0;
}

static int control(void *data, int fd, unsigned long request, void *argument)
{
	struct kernel *kernel = data;
	if (request == kernel->failing && kernel->times) {
		kernel->times -= kernel->times > 0;
		return fail_with(kernel->error);
	}
	switch (request) {
	case DRM_IOCTL_VIRTGPU_GETPARAM:
		return get_param(kernel, argument);
	case CONTEXT_INIT: {
		const uint64_t *init = argument;
		check_eq((uint32_t)init[0], 1);
		check_eq(((const uint64_t *)(uintptr_t)init[1])[0], 1);
		kernel->capset = ((const uint64_t *)(uintptr_t)init[1])[1];
		return 0;
	}
	case DRM_IOCTL_VIRTGPU_GET_CAPS:
		return get_caps(kernel, argument);
	case DRM_IOCTL_VIRTGPU_RESOURCE_CREATE:
		return create(kernel, argument);
	case DRM_IOCTL_VIRTGPU_RESOURCE_INFO: {
		struct drm_virtgpu_resource_info *info = argument;
		info->res_handle = 1000 + info->bo_handle;
		info->stride = kernel->guest_blobs;
		return 0;
	}
	case DRM_IOCTL_VIRTGPU_MAP: {
		struct drm_virtgpu_map *map = argument;
		map->offset = (uint64_t)ROOM * map->handle;
		return 0;
	}
	case DRM_IOCTL_VIRTGPU_EXECBUFFER:
		return execute(kernel, argument);
	case DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST:
		return from_host(kernel, argument);
	case DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST:
		return 0;
	case DRM_IOCTL_VIRTGPU_WAIT:
		return kernel->busy ? fail_with(EBUSY) : 0;
	case DRM_IOCTL_PRIME_HANDLE_TO_FD: {
		struct drm_prime_handle *prime = argument;
		prime->fd = fcntl(kernel->device, F_DUPFD_CLOEXEC, 0);
		return 0;
	}
	case DRM_IOCTL_PRIME_FD_TO_HANDLE: {
		struct drm_prime_handle *prime = argument;
		prime->handle = IMPORTED; // the same memory, the same handle
		kernel->open[prime->handle] = true;
		return 0;
	}
	case DRM_IOCTL_GEM_CLOSE: {
		const struct drm_gem_close *close = argument;
		check(close->handle < KERNEL_HANDLES && kernel->open[close->handle]);
		kernel->open[close->handle] = false;
		kernel->closes++;
		return 0;
	}
	default:
		return fail_with(ENOTTY);
	}
}

struct kernel *kernel_create(void)
{
	struct kernel *kernel = xcalloc(1, sizeof(*kernel));
	kernel->device = memfd_create("kernel", MFD_CLOEXEC);
	check(ftruncate(kernel->device, ROOM * KERNEL_HANDLES) == 0);
	kernel->caps[0] = 2;
	memset(kernel->caps + 1, 0xff, 32 * sizeof(*kernel->caps));
	kernel->caps[98] = 1 << 17 | 1 << 26;
	kernel->caps[121] = 4096;
	kernel->caps_bytes = 1376;
	return kernel;
}

void kernel_destroy(struct kernel *kernel)
{
	close(kernel->device);
	free(kernel);
}

struct virgl_transport *kernel_transport(struct kernel *kernel)
{
	const struct virtgpu_options options = {
		.control = control, .data = kernel, .patience_ms = 50};
	return virtgpu_transport_create(kernel->device, &options);
}
