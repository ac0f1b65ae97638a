// SPDX-License-Identifier: MIT
// Implements the ioctls of the virtio-gpu driver on a memfd.
#include "tests/virgl/fake_virtgpu.h"
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
#define ROOM ((off_t)2 << 20) // size of a buffer object in the file
#define CONTEXT_INIT DRM_IOWR(DRM_COMMAND_BASE + 0x0b, uint64_t[2])

static int fail_with(int error)
{
	errno = error;
	return -1;
}

static int get_param(const struct fake_virtgpu *driver, const struct drm_virtgpu_getparam *get)
{
	int *value = (int *)(uintptr_t)get->value;
	switch (get->param) {
	case VIRTGPU_PARAM_3D_FEATURES:
		*value = !driver->no_3d;
		return 0;
	case 6:
		*value = driver->has_contexts;
		return 0;
	case 7:
		*value = 1 << 1 | (driver->no_second_set ? 0 : 1 << 2);
		return 0;
	default:
		return fail_with(EINVAL);
	}
}

static int get_caps(const struct fake_virtgpu *driver, const struct drm_virtgpu_get_caps *get)
{
	if (get->cap_set_id == 2 && driver->no_second_set)
		return fail_with(EINVAL);
	size_t size = get->cap_set_id == 2 ? driver->caps_bytes : MIN(driver->caps_bytes, 308);
	memcpy((void *)(uintptr_t)get->addr, driver->caps, MIN(size, get->size));
	return 0;
}

static int create_resource(struct fake_virtgpu *driver, struct drm_virtgpu_resource_create *create)
{
	uint32_t handle = 1;
	while (handle < FAKE_VIRTGPU_HANDLES && driver->open[handle])
		handle++;
	check(handle < FAKE_VIRTGPU_HANDLES && create->size <= ROOM);
	driver->open[handle] = true;
	create->bo_handle = handle;
	create->res_handle = 1000 + handle;
	return 0;
}

static void execute_stream(struct fake_virtgpu *driver, const uint32_t *words, size_t n)
{
	for (size_t at = 0; at < n; at += (words[at] >> 16) + 1) {
		unsigned command = words[at] & 0xff;
		float red;
		if (command == 5 && words[at + 3] == UINT32_MAX)
			driver->context_dead = true;
		if (command == 1 && (words[at] >> 8 & 0xff) == 6 && driver->poison &&
			words[at + 2] == 1000 + IMPORTED)
			driver->context_dead = true;
		if (driver->context_dead)
			return;
		if (command == 7) {
			memcpy(&red, &words[at + 2], sizeof(red));
			driver->value = (uint32_t)(red * 255 + 0.5f);
			driver->drawn = false;
		}
		driver->drawn |= command == 8;
	}
}

static int submit_stream(struct fake_virtgpu *driver, struct drm_virtgpu_execbuffer *execute)
{
	const uint32_t *handles = (const uint32_t *)(uintptr_t)execute->bo_handles;
	driver->submissions++;
	driver->listed = execute->num_bo_handles;
	for (uint32_t i = 0; i < execute->num_bo_handles; i++) {
		check(handles[i] < FAKE_VIRTGPU_HANDLES && driver->open[handles[i]]);
		for (uint32_t j = 0; j < i; j++)
			if (handles[i] == handles[j])
				return fail_with(EALREADY);
	}
	execute_stream(driver, (const uint32_t *)(uintptr_t)execute->command, execute->size / 4);
	if (execute->flags & VIRTGPU_EXECBUF_FENCE_FD_OUT)
		execute->fence_fd = eventfd(!driver->silent, EFD_CLOEXEC);
	return 0;
}

static int from_host(
	struct fake_virtgpu *driver, const struct drm_virtgpu_3d_transfer_from_host *transfer)
{
	uint32_t half = 128 + driver->value / 2, words[5];
	check(transfer->bo_handle < FAKE_VIRTGPU_HANDLES && driver->open[transfer->bo_handle]);
	if (transfer->box.w != 5 || driver->context_dead)
		return 0;
	for (uint32_t i = 0; i < 5; i++)
		words[i] = 0x010101 *
			(!driver->drawn || i == 0 ? driver->value
					: i == 1  ? 255
						  : half);
	check(pwrite(driver->device, words, sizeof(words), ROOM * transfer->bo_handle) ==
		sizeof(words));
	return 0;
}

static int handle_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	struct fake_virtgpu *driver = data;
	if (request == driver->failing && driver->times) {
		driver->times -= driver->times > 0;
		return fail_with(driver->error);
	}
	switch (request) {
	case DRM_IOCTL_VIRTGPU_GETPARAM:
		return get_param(driver, argument);
	case CONTEXT_INIT: {
		const uint64_t *init = argument;
		check_eq((uint32_t)init[0], 1);
		check_eq(((const uint64_t *)(uintptr_t)init[1])[0], 1);
		driver->capset = ((const uint64_t *)(uintptr_t)init[1])[1];
		return 0;
	}
	case DRM_IOCTL_VIRTGPU_GET_CAPS:
		return get_caps(driver, argument);
	case DRM_IOCTL_VIRTGPU_RESOURCE_CREATE:
		return create_resource(driver, argument);
	case DRM_IOCTL_VIRTGPU_RESOURCE_INFO: {
		struct drm_virtgpu_resource_info *info = argument;
		info->res_handle = 1000 + info->bo_handle;
		info->stride = driver->guest_blobs;
		return 0;
	}
	case DRM_IOCTL_VIRTGPU_MAP: {
		struct drm_virtgpu_map *map = argument;
		map->offset = (uint64_t)ROOM * map->handle;
		return 0;
	}
	case DRM_IOCTL_VIRTGPU_EXECBUFFER:
		return submit_stream(driver, argument);
	case DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST:
		return from_host(driver, argument);
	case DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST:
		return 0;
	case DRM_IOCTL_VIRTGPU_WAIT:
		return driver->busy ? fail_with(EBUSY) : 0;
	case DRM_IOCTL_PRIME_HANDLE_TO_FD: {
		struct drm_prime_handle *prime = argument;
		prime->fd = fcntl(driver->device, F_DUPFD_CLOEXEC, 0);
		return 0;
	}
	case DRM_IOCTL_PRIME_FD_TO_HANDLE: {
		struct drm_prime_handle *prime = argument;
		prime->handle = IMPORTED; // importing the same memory returns the same handle
		driver->open[prime->handle] = true;
		return 0;
	}
	case DRM_IOCTL_GEM_CLOSE: {
		const struct drm_gem_close *close = argument;
		check(close->handle < FAKE_VIRTGPU_HANDLES && driver->open[close->handle]);
		driver->open[close->handle] = false;
		driver->closes++;
		return 0;
	}
	default:
		return fail_with(ENOTTY);
	}
}

struct fake_virtgpu *fake_virtgpu_create(void)
{
	struct fake_virtgpu *driver = xcalloc(1, sizeof(*driver));
	driver->device = memfd_create("driver", MFD_CLOEXEC);
	check(ftruncate(driver->device, ROOM * FAKE_VIRTGPU_HANDLES) == 0);
	driver->caps[0] = 2;
	memset(driver->caps + 1, 0xff, 32 * sizeof(*driver->caps));
	driver->caps[98] = 1 << 17 | 1 << 26;
	driver->caps[121] = 4096;
	driver->caps_bytes = 1376;
	return driver;
}

void fake_virtgpu_destroy(struct fake_virtgpu *driver)
{
	close(driver->device);
	free(driver);
}

struct virgl_transport *fake_virtgpu_transport(struct fake_virtgpu *driver)
{
	const struct virtgpu_options options = {
		.control = handle_ioctl, .data = driver, .timeout_ms = 50};
	return virtgpu_transport_create(driver->device, &options);
}
