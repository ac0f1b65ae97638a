// SPDX-License-Identifier: MIT
// The virtio-gpu transport on a fake driver: drawing, and failures of every ioctl and of the host.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include "compositor/base/base.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/fake_virtgpu.h"

static struct buffer *new_target(struct renderer_rig *rig)
{
	const struct format_set *formats = &rig->renderer->shared;
	struct buffer *target = rig->renderer->impl->alloc_shared(rig->renderer, 64, 64, formats);
	check(target && target->dmabuf && target->dmabuf->fd[0] >= 0);
	return target;
}

TEST(draws)
{
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	check(rig.renderer->device >= 0);
	struct buffer *target = new_target(&rig),
		      *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_ARGB8888);
	renderer_rig_add(&rig, renderer_rig_import(&rig, picture), &(struct box){0, 0, 64, 64});
	for (int i = 0; i < 100; i++)
		check(renderer_rig_draw(&rig, target, NULL));
	check(driver->submissions < 110);
	check_eq(driver->capset, 0);
	buffer_drop(picture);
	buffer_drop(target);
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

TEST(context_of_a_kind)
{
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	driver->has_contexts = true;
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	check_eq(driver->capset, 2);
	renderer_rig_finish(&rig);
	driver->no_second_set = true;
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	check_eq(driver->capset, 1);
	check_eq(virgl_from(rig.renderer)->caps.max_size, 2048);
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

// Capability sets of all lengths.
TEST(lengths)
{
	for (size_t bytes = 308; bytes <= 1408; bytes += 4) {
		struct renderer_rig rig;
		struct fake_virtgpu *driver = fake_virtgpu_create();
		driver->caps_bytes = bytes;
		renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
		check_eq(virgl_from(rig.renderer)->caps.max_size, bytes > 121 * 4 ? 4096 : 2048);
		renderer_rig_finish(&rig);
		fake_virtgpu_destroy(driver);
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
	struct fake_virtgpu *driver = fake_virtgpu_create();
	driver->failing = param->request;
	driver->error = param->error;
	driver->times = -1;
	check(!virgl_renderer_create(fake_virtgpu_transport(driver)));
	fake_virtgpu_destroy(driver);
}

// The ioctl that fails in a running session, how often, and whether the host is then lost.
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
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	struct buffer *target = new_target(&rig);
	check(renderer_rig_draw(&rig, target, NULL));
	driver->failing = param->request;
	driver->error = param->error;
	driver->times = param->times;
	for (int i = 0; i < 64 && !rig.renderer->lost; i++)
		renderer_rig_draw(&rig, target, NULL);
	check_eq(rig.renderer->lost, param->lost);
	driver->times = 0;
	if (param->lost) {
		check(!renderer_rig_draw(&rig, target, NULL));
		check(rig.renderer->impl->recover(rig.renderer));
		buffer_drop(target);
		target = new_target(&rig);
	}
	check(renderer_rig_draw(&rig, target, NULL));
	buffer_drop(target);
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

// Lack of memory for one texture is no loss.
TEST(no_memory)
{
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	struct buffer *picture = renderer_rig_buffer(64, 64, DRM_FORMAT_ARGB8888);
	struct texture *texture = NULL;
	driver->failing = DRM_IOCTL_VIRTGPU_RESOURCE_CREATE;
	driver->error = ENOMEM;
	driver->times = -1;
	check(!rig.renderer->impl->import(rig.renderer, &texture, picture, NULL));
	check(!rig.renderer->lost);
	driver->times = 0;
	texture = renderer_rig_import(&rig, picture);
	rig.renderer->impl->forget(rig.renderer, texture);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

// Waiting for a stalled host times out.
TEST(host_that_stops)
{
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	struct buffer *target = new_target(&rig);
	check(renderer_rig_draw(&rig, target, NULL));
	uint32_t pixel;
	const struct pixels into = {&pixel, 4, 1, 1, DRM_FORMAT_XRGB8888};
	driver->busy = driver->silent = true;
	check(!rig.renderer->impl->read(rig.renderer, target, &(struct box){0, 0, 1, 1}, &into));
	check(rig.renderer->lost);
	driver->busy = driver->silent = false;
	check(rig.renderer->impl->recover(rig.renderer));
	buffer_drop(target);
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

TEST(context_that_dies)
{
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	setenv("ORIEL_VIRGL_DEBUG", "kill=3", 1);
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	unsetenv("ORIEL_VIRGL_DEBUG");
	struct buffer *target = new_target(&rig);
	for (int deaths = 0; deaths < 100; deaths++) {
		while (!rig.renderer->lost)
			renderer_rig_draw(&rig, target, NULL);
		check(driver->context_dead);
		driver->context_dead = false;
		check(rig.renderer->impl->recover(rig.renderer));
		buffer_drop(target);
		target = new_target(&rig);
		check(renderer_rig_draw(&rig, target, NULL));
	}
	buffer_drop(target);
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

// Memory that is imported twice has one handle, which is listed once and closed with the last user.
TEST(same_memory_twice)
{
	struct fake_virtgpu *driver = fake_virtgpu_create();
	struct virgl_transport *transport = fake_virtgpu_transport(driver);
	const struct virgl_shape shape = {.target = VIRGL_TEXTURE,
		.format = 1,
		.bind = VIRGL_BIND_SAMPLE,
		.width = 8,
		.height = 8,
		.bytes = 4};
	struct dmabuf dmabuf = {.n_planes = 1, .fd = {driver->device, -1, -1, -1}, .stride = {32}};
	bool foreign;
	const struct virgl_transport_impl *impl = transport->impl;
	struct virgl_resource *one = impl->import(transport, &dmabuf, 0, &shape, &foreign);
	struct virgl_resource *two = impl->import(transport, &dmabuf, 0, &shape, &foreign);
	check(one && two && one->id == two->id);
	struct virgl_resource *const uses[] = {one, two};
	const uint32_t nothing = 0;
	check(transport->impl->submit(transport, &nothing, 1, uses, 2, NULL));
	check_eq(driver->listed, 1);
	transport->impl->release(transport, one);
	check_eq(driver->closes, 0);
	transport->impl->release(transport, two);
	check_eq(driver->closes, 1);
	// Planes that cannot be described to the host are refused.
	dmabuf.offset[0] = 64;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && !foreign);
	check_eq(driver->closes, 2);
	dmabuf.offset[0] = 0;
	check(!impl->import(transport, &dmabuf, 1, &shape, &foreign) && !foreign);
	check_eq(driver->closes, 2);
	// Memory that the driver cannot import is foreign and may be copied, unless it lacks
	// memory.
	driver->failing = DRM_IOCTL_PRIME_FD_TO_HANDLE;
	driver->times = -1;
	driver->error = ENODEV;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && foreign);
	driver->error = ENOMEM;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && !foreign);
	driver->times = 0;
	driver->guest_blobs = true;
	check(!impl->import(transport, &dmabuf, 0, &shape, &foreign) && foreign);
	check_eq(driver->closes, 3);
	transport->impl->destroy(transport);
	fake_virtgpu_destroy(driver);
}

static void destroy_client(struct buffer *buffer)
{
	buffer_finish(buffer);
	free(buffer);
}

// A dmabuf that is not what its client declared is accepted until the context has died of it; the
// next context refuses it.
TEST(memory_that_lies)
{
	static const struct buffer_impl client = {.destroy = destroy_client};
	struct renderer_rig rig;
	struct fake_virtgpu *driver = fake_virtgpu_create();
	const struct dmabuf dmabuf = {
		.n_planes = 1, .fd = {driver->device, -1, -1, -1}, .stride = {256}};
	renderer_rig_init(&rig, virgl_renderer_create(fake_virtgpu_transport(driver)));
	const struct renderer_impl *impl = rig.renderer->impl;
	for (int lies = 0; lies < 2; lies++) {
		struct buffer *target = new_target(&rig), *buffer = xcalloc(1, sizeof(*buffer));
		buffer_init(buffer, &client, 64, 64, DRM_FORMAT_ARGB8888);
		buffer->dmabuf = &dmabuf;
		driver->poison = lies;
		struct texture *texture = NULL;
		check(impl->import(rig.renderer, &texture, buffer, NULL));
		rig.n = 0;
		renderer_rig_add(&rig, texture, &(struct box){0, 0, 64, 64});
		for (int i = 0; i < 4; i++)
			renderer_rig_draw(&rig, target, NULL);
		check_eq(rig.renderer->lost, lies);
		rig.n = 0;
		// A valid one that was drawn in the same context is accepted again.
		if (!lies)
			virgl_lose(virgl_from(rig.renderer), "on purpose");
		driver->context_dead = false;
		check(impl->recover(rig.renderer));
		check_eq(impl->import(rig.renderer, &texture, buffer, NULL), !lies);
		if (lies) {
			check(rig.renderer->lost);
			driver->context_dead = false;
			check(impl->recover(rig.renderer));
			check(!impl->import(rig.renderer, &texture, buffer, NULL));
			check(!rig.renderer->lost);
		}
		buffer_drop(target);
		buffer_drop(buffer);
	}
	renderer_rig_finish(&rig);
	fake_virtgpu_destroy(driver);
}

// Transfers beyond the backing are refused.
TEST(outside)
{
	struct fake_virtgpu *driver = fake_virtgpu_create();
	struct virgl_transport *transport = fake_virtgpu_transport(driver);
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
	fake_virtgpu_destroy(driver);
}

TEST(no_device)
{
	int file = memfd_sized("file", 1);
	check(!virtgpu_draws(-1) && !virtgpu_draws(file));
	check(!virtgpu_transport_create(file, NULL));
	check(!virtgpu_transport_create(-1, NULL));
	close(file);
}
