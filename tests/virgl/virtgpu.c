// SPDX-License-Identifier: MIT
// The kernel's driver for virtio-gpu and its host, failing in every way.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include "compositor/base/base.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/desk.h"
#include "tests/harness/test.h"
#include "tests/virgl/kernel.h"

static struct buffer *new_target(struct desk *desk)
{
	const struct format_set *formats = &desk->renderer->shared;
	struct buffer *target = desk->renderer->impl->alloc_shared(desk->renderer, 64, 64, formats);
	check(target && target->dmabuf && target->dmabuf->fd[0] >= 0);
	return target;
}

TEST(draws)
{
	struct desk desk;
	struct kernel *kernel = kernel_create();
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	check(desk.renderer->device >= 0);
	struct buffer *target = new_target(&desk),
		      *picture = desk_buffer(64, 64, DRM_FORMAT_ARGB8888);
	desk_add(&desk, desk_import(&desk, picture), &(struct box){0, 0, 64, 64});
	for (int i = 0; i < 100; i++)
		check(desk_draw(&desk, target, NULL));
	check(kernel->submissions < 110);
	check_eq(kernel->capset, 0);
	buffer_drop(picture);
	buffer_drop(target);
	desk_finish(&desk);
	kernel_destroy(kernel);
}

TEST(context_of_a_kind)
{
	struct desk desk;
	struct kernel *kernel = kernel_create();
	kernel->has_contexts = true;
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	check_eq(kernel->capset, 2);
	desk_finish(&desk);
	kernel->no_second_set = true;
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	check_eq(kernel->capset, 1);
	check_eq(virgl_from(desk.renderer)->caps.max_size, 2048);
	desk_finish(&desk);
	kernel_destroy(kernel);
}

// However much or little the host tells.
TEST(lengths)
{
	for (size_t bytes = 308; bytes <= 1408; bytes += 4) {
		struct desk desk;
		struct kernel *kernel = kernel_create();
		kernel->caps_bytes = bytes;
		desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
		check_eq(virgl_from(desk.renderer)->caps.max_size, bytes > 121 * 4 ? 4096 : 2048);
		desk_finish(&desk);
		kernel_destroy(kernel);
	}
}

static const struct refusal {
	unsigned long request;
	int error;
} refusals[] = {
	{DRM_IOCTL_VIRTGPU_GETPARAM, EINVAL},
	{DRM_IOCTL_VIRTGPU_GET_CAPS, EINVAL},
	{DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, ENOMEM},
	{DRM_IOCTL_VIRTGPU_MAP, EINVAL},
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, ENOSYS},
	{DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, EIO},
	{DRM_IOCTL_VIRTGPU_WAIT, EIO},
};

TEST_P(not_created, struct refusal, refusals)
{
	struct kernel *kernel = kernel_create();
	kernel->failing = param->request;
	kernel->error = param->error;
	kernel->times = -1;
	check(!virgl_renderer_create(kernel_transport(kernel)));
	kernel_destroy(kernel);
}

// What fails in a running session, how often, and whether that is a loss.
static const struct fault {
	unsigned long request;
	int error, times;
	bool lost;
} faults[] = {
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, ENOMEM, 3, false},
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, EBUSY, 4, false},
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, EINTR, 100, false},
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, ENOMEM, 20, true},
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, EINVAL, 1, true},
	{DRM_IOCTL_VIRTGPU_EXECBUFFER, ENODEV, 1, true},
	{DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, ENOMEM, 3, false},
	{DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, EIO, 1, true},
	{DRM_IOCTL_VIRTGPU_WAIT, EIO, 1, true},
};

TEST_P(while_it_runs, struct fault, faults)
{
	struct desk desk;
	struct kernel *kernel = kernel_create();
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	struct buffer *target = new_target(&desk);
	check(desk_draw(&desk, target, NULL));
	kernel->failing = param->request;
	kernel->error = param->error;
	kernel->times = param->times;
	for (int i = 0; i < 64 && !desk.renderer->lost; i++)
		desk_draw(&desk, target, NULL);
	check_eq(desk.renderer->lost, param->lost);
	kernel->times = 0;
	if (param->lost) {
		check(!desk_draw(&desk, target, NULL));
		check(desk.renderer->impl->recover(desk.renderer));
		buffer_drop(target);
		target = new_target(&desk);
	}
	check(desk_draw(&desk, target, NULL));
	buffer_drop(target);
	desk_finish(&desk);
	kernel_destroy(kernel);
}

// No memory for one picture is no loss.
TEST(no_memory)
{
	struct desk desk;
	struct kernel *kernel = kernel_create();
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	struct buffer *picture = desk_buffer(64, 64, DRM_FORMAT_ARGB8888);
	struct texture *texture = NULL;
	kernel->failing = DRM_IOCTL_VIRTGPU_RESOURCE_CREATE;
	kernel->error = ENOMEM;
	kernel->times = -1;
	check(!desk.renderer->impl->import(desk.renderer, &texture, picture, NULL));
	check(!desk.renderer->lost);
	kernel->times = 0;
	texture = desk_import(&desk, picture);
	desk.renderer->impl->forget(desk.renderer, texture);
	buffer_drop(picture);
	desk_finish(&desk);
	kernel_destroy(kernel);
}

// Whoever waits for such a host gives up.
TEST(host_that_stops)
{
	struct desk desk;
	struct kernel *kernel = kernel_create();
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	struct buffer *target = new_target(&desk);
	check(desk_draw(&desk, target, NULL));
	uint32_t pixel;
	const struct pixels into = {&pixel, 4, 1, 1, DRM_FORMAT_XRGB8888};
	kernel->busy = kernel->silent = true;
	check(!desk.renderer->impl->read(desk.renderer, target, &(struct box){0, 0, 1, 1}, &into));
	check(desk.renderer->lost);
	kernel->busy = kernel->silent = false;
	check(desk.renderer->impl->recover(desk.renderer));
	buffer_drop(target);
	desk_finish(&desk);
	kernel_destroy(kernel);
}

TEST(context_that_dies)
{
	struct desk desk;
	struct kernel *kernel = kernel_create();
	setenv("ORIEL_VIRGL_DEBUG", "kill=3", 1);
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	unsetenv("ORIEL_VIRGL_DEBUG");
	struct buffer *target = new_target(&desk);
	for (int deaths = 0; deaths < 100; deaths++) {
		while (!desk.renderer->lost)
			desk_draw(&desk, target, NULL);
		check(kernel->context_dead);
		kernel->context_dead = false;
		check(desk.renderer->impl->recover(desk.renderer));
		buffer_drop(target);
		target = new_target(&desk);
		check(desk_draw(&desk, target, NULL));
	}
	buffer_drop(target);
	desk_finish(&desk);
	kernel_destroy(kernel);
}

// Memory that comes in twice has one handle, which is listed once and closed at last.
TEST(same_memory_twice)
{
	struct kernel *kernel = kernel_create();
	struct virgl_transport *transport = kernel_transport(kernel);
	const struct virgl_shape shape = {.target = VIRGL_TEXTURE,
		.format = 1,
		.bind = VIRGL_BIND_SAMPLE,
		.width = 8,
		.height = 8,
		.bytes = 4};
	struct dmabuf dmabuf = {.n_planes = 1, .fd = {kernel->device, -1, -1, -1}, .stride = {32}};
	bool foreign;
	const struct virgl_transport_impl *impl = transport->impl;
	struct virgl_resource *one = impl->import(transport, &dmabuf, 0, &shape, &foreign);
	struct virgl_resource *two = impl->import(transport, &dmabuf, 0, &shape, &foreign);
	check(one && two && one->id == two->id);
	struct virgl_resource *const uses[] = {one, two};
	const uint32_t nothing = 0;
	check(transport->impl->submit(transport, &nothing, 1, uses, 2, NULL));
	check_eq(kernel->listed, 1);
	transport->impl->release(transport, one);
	check_eq(kernel->closes, 0);
	transport->impl->release(transport, two);
	check_eq(kernel->closes, 1);
	// What nobody can tell the host is refused.
	dmabuf.offset[0] = 64;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && !foreign);
	check_eq(kernel->closes, 2);
	dmabuf.offset[0] = 0;
	check(!impl->import(transport, &dmabuf, 1, &shape, &foreign) && !foreign);
	check_eq(kernel->closes, 2);
	// What the kernel does not take somebody else may copy, unless there is no memory for it.
	kernel->failing = DRM_IOCTL_PRIME_FD_TO_HANDLE;
	kernel->times = -1;
	kernel->error = ENODEV;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && foreign);
	kernel->error = ENOMEM;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && !foreign);
	kernel->times = 0;
	kernel->guest_blobs = true;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && foreign);
	check_eq(kernel->closes, 3);
	transport->impl->destroy(transport);
	kernel_destroy(kernel);
}

static void destroy_client(struct buffer *buffer)
{
	buffer_finish(buffer);
	free(buffer);
}

// What a client has made of something else is taken for what it says, until the context has died of
// it; it is not let into the next one.
TEST(memory_that_lies)
{
	static const struct buffer_impl client = {.destroy = destroy_client};
	struct desk desk;
	struct kernel *kernel = kernel_create();
	const struct dmabuf dmabuf = {
		.n_planes = 1, .fd = {kernel->device, -1, -1, -1}, .stride = {256}};
	desk_init(&desk, virgl_renderer_create(kernel_transport(kernel)));
	const struct renderer_impl *impl = desk.renderer->impl;
	for (int lies = 0; lies < 2; lies++) {
		struct buffer *target = new_target(&desk), *buffer = xcalloc(1, sizeof(*buffer));
		buffer_init(buffer, &client, 64, 64, DRM_FORMAT_ARGB8888);
		buffer->dmabuf = &dmabuf;
		kernel->poison = lies;
		struct texture *texture = NULL;
		check(impl->import(desk.renderer, &texture, buffer, NULL));
		desk.n = 0;
		desk_add(&desk, texture, &(struct box){0, 0, 64, 64});
		for (int i = 0; i < 4; i++)
			desk_draw(&desk, target, NULL);
		check_eq(desk.renderer->lost, lies);
		desk.n = 0;
		// An innocent one that was there is let in again.
		if (!lies)
			virgl_lose(virgl_from(desk.renderer), "on purpose");
		kernel->context_dead = false;
		check(impl->recover(desk.renderer));
		check_eq(impl->import(desk.renderer, &texture, buffer, NULL), !lies);
		if (lies) {
			check(desk.renderer->lost);
			kernel->context_dead = false;
			check(impl->recover(desk.renderer));
			check(!impl->import(desk.renderer, &texture, buffer, NULL));
			check(!desk.renderer->lost);
		}
		buffer_drop(target);
		buffer_drop(buffer);
	}
	desk_finish(&desk);
	kernel_destroy(kernel);
}

// Beyond memory nothing is transferred.
TEST(outside)
{
	struct kernel *kernel = kernel_create();
	struct virgl_transport *transport = kernel_transport(kernel);
	struct virgl_shape shape = {.target = VIRGL_TEXTURE,
		.format = 1,
		.bind = VIRGL_BIND_SAMPLE,
		.width = 8,
		.height = 8,
		.bytes = 4,
		.backing = 256};
	struct virgl_resource *resource = transport->impl->create(transport, &shape);
	static const struct box boxes[] = {{0, 0, 9, 1}, {0, 7, 1, 2}, {-1, 0, 1, 1}, {0, 0, 0, 1}};
	for (size_t i = 0; i < array_length(boxes); i++)
		check(!transport->impl->put(transport, resource, &boxes[i]) &&
			!transport->impl->get(transport, resource, &boxes[i]));
	check(transport->impl->put(transport, resource, &(struct box){0, 0, 8, 8}));
	shape.backing = 255;
	struct virgl_resource *small = transport->impl->create(transport, &shape);
	check(!transport->impl->put(transport, small, &(struct box){0, 0, 1, 1}));
	check(!transport->dead);
	transport->impl->release(transport, small);
	transport->impl->release(transport, resource);
	transport->impl->destroy(transport);
	kernel_destroy(kernel);
}

TEST(no_device)
{
	int file = memfd_sized("file", 1);
	check(!virtgpu_draws(-1) && !virtgpu_draws(file));
	check(!virtgpu_transport_create(file, NULL));
	check(!virtgpu_transport_create(-1, NULL));
	close(file);
}
