// SPDX-License-Identifier: MIT
// The virgl transport through the kernel's virtio-gpu driver: contexts, and submission of commands.
//
// The context has an open file of its own, apart from that of the outputs, so that it can be lost
// and recreated while the outputs stay on. The host executes all contexts in the order of
// submission, so nothing here waits for rendering of others.
#include "backends/virtio/virtgpu.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/log.h"

// Missing in older kernel headers.
#define PARAM_CONTEXT_INIT 6
#define PARAM_CAPSETS 7
#define CONTEXT_PARAM_CAPSET 1
struct context_parameter {
	uint64_t name, value;
};
struct context_init {
	uint32_t n, pad;
	uint64_t parameters;
};
#define IOCTL_CONTEXT_INIT DRM_IOWR(DRM_COMMAND_BASE + 0x0b, struct context_init)

#define TIMEOUT_MS 8000
// How often a request is made that fails for lack of memory or of room in the queue, with growing
// pauses.
#define MAX_TRIES 6
#define CAPSET_VIRGL 1
#define CAPSET_VIRGL2 2

bool virtgpu_die(struct virtgpu *virtgpu, const char *what, int error)
{
	if (!virtgpu->base.dead)
		log_error("virtio-gpu: %s: %s", what, strerror(error));
	virtgpu->base.dead = true;
	return false;
}

int virtgpu_control_once(struct virtgpu *virtgpu, unsigned long request, void *argument)
{
	int result;
	do
		result = virtgpu->options.control ? virtgpu->options.control(virtgpu->options.data,
							    virtgpu->fd, request, argument)
						  : ioctl(virtgpu->fd, request, argument);
	while (result < 0 && (errno == EINTR || errno == EAGAIN));
	return result < 0 ? errno : 0;
}

int virtgpu_control(struct virtgpu *virtgpu, unsigned long request, void *argument)
{
	int error;
	for (int tries = 0;; tries++) {
		error = virtgpu_control_once(virtgpu, request, argument);
		if ((error != ENOMEM && error != EBUSY) || tries == MAX_TRIES - 1)
			return error;
		poll(NULL, 0, 1 << tries);
	}
}

// The context

static int get_parameter(struct virtgpu *virtgpu, uint64_t name)
{
	int value = 0;
	struct drm_virtgpu_getparam get = {.param = name, .value = (uintptr_t)&value};
	return virtgpu_control_once(virtgpu, DRM_IOCTL_VIRTGPU_GETPARAM, &get) == 0 ? value : 0;
}

// Older kernels create the context implicitly, with the only capability set that they support.
static bool init_context(struct virtgpu *virtgpu)
{
	if (!get_parameter(virtgpu, PARAM_CONTEXT_INIT))
		return true;
	int capsets = get_parameter(virtgpu, PARAM_CAPSETS);
	struct context_parameter kind = {
		CONTEXT_PARAM_CAPSET, capsets & 1 << CAPSET_VIRGL2 ? CAPSET_VIRGL2 : CAPSET_VIRGL};
	struct context_init init = {.n = 1, .parameters = (uintptr_t)&kind};
	int error = virtgpu_control(virtgpu, IOCTL_CONTEXT_INIT, &init);
	if (error)
		log_error("virtio-gpu: the host creates no virgl context: %s", strerror(error));
	return !error;
}

// Opens the device again by its descriptor: its path may not be accessible any more.
static bool open_context(struct virtgpu *virtgpu)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", virtgpu->base.device);
	virtgpu->fd = open(path, O_RDWR | O_CLOEXEC);
	if (virtgpu->fd < 0) {
		log_errno("virtio-gpu: the device cannot be opened");
		return false;
	}
	if (!get_parameter(virtgpu, VIRTGPU_PARAM_3D_FEATURES)) {
		log_info("not a virtio-gpu device with 3D support");
		close_fd(&virtgpu->fd);
		return false;
	}
	virtgpu->base.dead = false;
	return init_context(virtgpu);
}

static void close_context(struct virtgpu *virtgpu)
{
	struct virtgpu_resource *resource;
	wl_list_for_each(resource, &virtgpu->resources, link) {
		resource->base.id = 0;
		resource->object = NULL;
	}
	struct virtgpu_object *object, *tmp;
	wl_list_for_each_safe(object, tmp, &virtgpu->objects, link)
		free(object);
	wl_list_init(&virtgpu->objects);
	close_fd(&virtgpu->fd); // also closes its handles
	virtgpu->base.dead = true;
}

static bool virtgpu_reset(struct virgl_transport *transport)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	close_context(virtgpu);
	return open_context(virtgpu);
}

// The kernel does not return how much it copied. The rest stays zero, which means "unsupported" in
// every field.
static size_t virtgpu_caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	static const uint32_t sets[] = {CAPSET_VIRGL2, CAPSET_VIRGL};
	int error = 0;
	for (size_t i = 0; i < array_length(sets) && !virtgpu->base.dead; i++) {
		struct drm_virtgpu_get_caps get = {
			.cap_set_id = sets[i],
			.cap_set_ver = 1,
			.addr = (uintptr_t)into,
			.size = (uint32_t)size,
		};
		memset(into, 0, size);
		error = virtgpu_control(virtgpu, DRM_IOCTL_VIRTGPU_GET_CAPS, &get);
		if (!error)
			return size;
	}
	if (!virtgpu->base.dead)
		log_error(
			"virtio-gpu: the host's capabilities cannot be read: %s", strerror(error));
	return 0;
}

// Commands

// Handles of the objects in use, each once, because the kernel locks them all.
static uint32_t list_handles(
	struct virtgpu *virtgpu, struct virgl_resource *const *uses, size_t n_uses)
{
	uint32_t n = 0;
	virtgpu->submissions++;
	for (size_t i = 0; i < n_uses; i++) {
		const struct virtgpu_resource *resource = wl_container_of(uses[i], resource, base);
		struct virtgpu_object *object = resource->object;
		if (!object || object->listed == virtgpu->submissions)
			continue;
		object->listed = virtgpu->submissions;
		array_reserve(virtgpu->handles, n, virtgpu->handles_capacity);
		virtgpu->handles[n++] = object->handle;
	}
	return n;
}

static bool virtgpu_submit(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	if (fence)
		*fence = -1;
	if (virtgpu->base.dead)
		return false;
	uint32_t n_handles = list_handles(virtgpu, uses, n_uses);
	struct drm_virtgpu_execbuffer execute = {
		.flags = fence ? VIRTGPU_EXECBUF_FENCE_FD_OUT : 0,
		.size = (uint32_t)(n * sizeof(*words)),
		.command = (uintptr_t)words,
		.bo_handles = (uintptr_t)virtgpu->handles,
		.num_bo_handles = n_handles,
		.fence_fd = -1,
	};
	int error = virtgpu_control(virtgpu, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute);
	if (error)
		return virtgpu_die(virtgpu, "commands cannot be submitted", error);
	if (fence)
		*fence = execute.fence_fd;
	return true;
}

static int64_t now_ms(void)
{
	return (int64_t)(clock_monotonic_ns() / NSEC_PER_MSEC);
}

// Waits for a fence behind everything submitted so far: the kernel's own wait has a fixed timeout.
static enum virgl_wait wait_for_fence(struct virtgpu *virtgpu, struct virgl_resource *resource)
{
	static const uint32_t nothing = 0;
	int fence = -1;
	int64_t until = now_ms() + virtgpu->options.timeout_ms;
	if (!virtgpu_submit(&virtgpu->base, &nothing, 1, &resource, 1, &fence))
		return VIRGL_FAILED;
	struct pollfd pollfd = {.fd = fence, .events = POLLIN};
	int n;
	do {
		int64_t left = until - now_ms();
		n = poll(&pollfd, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	close_fd(&fence);
	if (n > 0)
		return VIRGL_IDLE;
	virtgpu_die(virtgpu, "the host does not respond", n < 0 ? errno : ETIMEDOUT);
	return VIRGL_FAILED;
}

static enum virgl_wait virtgpu_wait(
	struct virgl_transport *transport, struct virgl_resource *base, bool block)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	const struct virtgpu_resource *resource = wl_container_of(base, resource, base);
	if (virtgpu->base.dead || !resource->object)
		return VIRGL_FAILED;
	struct drm_virtgpu_3d_wait wait = {
		.handle = resource->object->handle, .flags = VIRTGPU_WAIT_NOWAIT};
	int error = virtgpu_control_once(virtgpu, DRM_IOCTL_VIRTGPU_WAIT, &wait);
	if (error == EBUSY)
		return block ? wait_for_fence(virtgpu, base) : VIRGL_BUSY;
	if (!error)
		return VIRGL_IDLE;
	virtgpu_die(virtgpu, "waiting for the host failed", error);
	return VIRGL_FAILED;
}

static void virtgpu_destroy(struct virgl_transport *transport)
{
	struct virtgpu *virtgpu = virtgpu_from(transport);
	struct virtgpu_resource *resource, *tmp;
	close_context(virtgpu);
	wl_list_for_each_safe(resource, tmp, &virtgpu->resources, link)
		virtgpu_release(transport, &resource->base);
	close_fd(&virtgpu->base.device);
	free(virtgpu->handles);
	free(virtgpu);
}

static const struct virgl_transport_impl impl = {
	.name = "virtio-gpu",
	.destroy = virtgpu_destroy,
	.reset = virtgpu_reset,
	.caps = virtgpu_caps,
	.create = virtgpu_create,
	.import = virtgpu_import,
	.export = virtgpu_export,
	.release = virtgpu_release,
	.put = virtgpu_put,
	.get = virtgpu_get,
	.submit = virtgpu_submit,
	.wait = virtgpu_wait,
};

bool virtgpu_draws(int device)
{
	char name[16] = {0};
	int draws = 0;
	struct drm_version version = {.name = name, .name_len = sizeof(name) - 1};
	struct drm_virtgpu_getparam get = {
		.param = VIRTGPU_PARAM_3D_FEATURES, .value = (uintptr_t)&draws};
	return device >= 0 && ioctl(device, DRM_IOCTL_VERSION, &version) == 0 &&
		strcmp(name, "virtio_gpu") == 0 &&
		ioctl(device, DRM_IOCTL_VIRTGPU_GETPARAM, &get) == 0 && draws;
}

struct virgl_transport *virtgpu_transport_create(int device, const struct virtgpu_options *options)
{
	struct virtgpu *virtgpu = xcalloc(1, sizeof(*virtgpu));
	virtgpu->base.impl = &impl;
	virtgpu->base.device = fcntl(device, F_DUPFD_CLOEXEC, 0);
	virtgpu->fd = -1;
	if (options)
		virtgpu->options = *options;
	if (!virtgpu->options.timeout_ms)
		virtgpu->options.timeout_ms = TIMEOUT_MS;
	wl_list_init(&virtgpu->resources);
	wl_list_init(&virtgpu->objects);
	if (open_context(virtgpu))
		return &virtgpu->base;
	virtgpu_destroy(&virtgpu->base);
	return NULL;
}
