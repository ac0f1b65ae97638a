// SPDX-License-Identifier: MIT
// The transport to a virgl_test_server, which draws like the host of a virtual machine, through a
// socket. The server replies in order.
//
// Requests are numbered. To find out when a resource is idle, a fence is sent: a request that is
// replied to once all earlier ones are executed. Its reply completes all requests up to its number.
#include "renderer/virgl/vtest.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define TIMEOUT_MS 8000
#define DRAIN_MS 200
#define MAX_CAPS 65536

static struct vtest *vtest_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct vtest *)NULL, base);
}

// Connecting

static bool vtest_negotiate(struct vtest *vtest)
{
	static const char name[] = "oriel";
	const uint32_t head[VTEST_HEADER_WORDS] = {
		sizeof(name), VTEST_CREATE_RENDERER}; // bytes, only here
	uint32_t answer[VTEST_HEADER_WORDS], word;
	// Servers without protocol versions reply to the busy wait only.
	if (!vtest_send(vtest, head, VTEST_HEADER_WORDS, name, sizeof(name)) ||
		!vtest_request(vtest, VTEST_PING_PROTOCOL_VERSION, NULL, 0) ||
		!vtest_request(vtest, VTEST_BUSY_WAIT, (const uint32_t[]){0, 0}, 2) ||
		!vtest_receive(vtest, answer, sizeof(answer), NULL))
		return false;
	if (answer[1] == VTEST_BUSY_WAIT)
		return vtest_fail(vtest, "the server only supports protocol version 0");
	if (answer[0] != 0 || answer[1] != VTEST_PING_PROTOCOL_VERSION)
		return vtest_fail(vtest, "not a virgl_test_server");
	if (!vtest_expect_word(vtest, VTEST_BUSY_WAIT, &word) ||
		!vtest_request(vtest, VTEST_PROTOCOL_VERSION,
			&(uint32_t){(uint32_t)vtest->options.protocol}, 1) ||
		!vtest_expect_word(vtest, VTEST_PROTOCOL_VERSION, &word))
		return false;
	if (word < 2)
		return vtest_fail(vtest, "the server does not support protocol version 2");
	if (word > (uint32_t)vtest->options.protocol)
		return vtest_fail(
			vtest, "the server chose a protocol version that was not offered");
	vtest->protocol = (int)word;
	return true;
}

static bool vtest_connect(struct vtest *vtest)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(vtest->path) >= sizeof(address.sun_path)) {
		log_error("%s: too long for the path of a socket", vtest->path);
		return false;
	}
	memcpy(address.sun_path, vtest->path, strlen(vtest->path) + 1);
	vtest->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (vtest->fd < 0 ||
		connect(vtest->fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		log_errno("%s: cannot connect to virgl_test_server", vtest->path);
		close_fd(&vtest->fd);
		return false;
	}
	vtest->base.dead = false;
	vtest->sent = vtest->completed = vtest->n_fences = 0;
	vtest->next_id = 1;
	return vtest_negotiate(vtest);
}

// Drains pending replies before closing: a server that handles one client at a time would otherwise
// exit when writing them.
static void vtest_disconnect(struct vtest *vtest)
{
	struct pollfd pollfd = {.fd = vtest->fd, .events = POLLIN};
	while (!vtest->base.dead && vtest->n_fences && poll(&pollfd, 1, DRAIN_MS) > 0)
		vtest_read_fence(vtest);
	close_fd(&vtest->fd);
	vtest->base.dead = true;
}

static bool vtest_reset(struct virgl_transport *transport)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource;
	wl_list_for_each(resource, &vtest->resources, link)
		resource->base.id = 0;
	vtest_disconnect(vtest);
	return vtest_connect(vtest);
}

static size_t vtest_caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct vtest *vtest = vtest_from(transport);
	uint32_t head[VTEST_HEADER_WORDS];
	if (!vtest_request(vtest, VTEST_GET_CAPS2, NULL, 0) || !vtest_read_fences(vtest) ||
		!vtest_receive(vtest, head, sizeof(head), NULL))
		return 0;
	// Unlike other replies, the length is in bytes, plus one, and the second word is the number
	// of the set.
	if ((head[1] != 1 && head[1] != 2) || head[0] < 2 || head[0] > MAX_CAPS) {
		vtest_fail(vtest, "the server sent invalid capabilities");
		return 0;
	}
	char all[MAX_CAPS];
	size_t sent = head[0] - 1, n = MIN(sent, size);
	if (!vtest_receive(vtest, all, sent, NULL))
		return 0;
	memcpy(into, all, n);
	return n;
}

// Resources

static bool resource_map(struct vtest *vtest, struct vtest_resource *resource)
{
	int fd = -1;
	char byte;
	struct stat stat;
	size_t size = resource->base.shape.backing;
	if (!vtest_receive(vtest, &byte, 1, &fd))
		return false;
	bool ok = fd >= 0 && fstat(fd, &stat) == 0 && stat.st_size >= 0 &&
		(uint64_t)stat.st_size >= size;
	void *map = ok ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	close_fd(&fd);
	if (!ok)
		return vtest_fail(vtest, "the server shares less memory than requested");
	if (map == MAP_FAILED)
		return vtest_fail(vtest, "cannot map the memory of the server");
	resource->base.map = map;
	return true;
}

static bool resource_create(struct vtest *vtest, struct vtest_resource *resource)
{
	const struct virgl_shape *shape = &resource->base.shape;
	uint32_t id = vtest->protocol < 3 ? vtest->next_id++ : 0;
	const uint32_t words[11] = {id, shape->target, shape->format, shape->bind,
		(uint32_t)shape->width, (uint32_t)shape->height, 1, 1, 0, 0,
		(uint32_t)shape->backing};
	if (!vtest_request(vtest, VTEST_RESOURCE_CREATE2, words, array_length(words)))
		return false;
	if (vtest->protocol >= 3 &&
		(!vtest_read_fences(vtest) ||
			!vtest_expect_word(vtest, VTEST_RESOURCE_CREATE2, &id)))
		return false;
	if (!id)
		return vtest_fail(vtest, "the server created a resource without an id");
	resource->base.id = id;
	return !shape->backing || (vtest_read_fences(vtest) && resource_map(vtest, resource));
}

static void vtest_release(struct virgl_transport *transport, struct virgl_resource *base)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource = wl_container_of(base, resource, base);
	if (base->id && !vtest->base.dead)
		vtest_request(vtest, VTEST_RESOURCE_UNREF, &base->id, 1);
	if (base->map)
		munmap(base->map, base->shape.backing);
	wl_list_remove(&resource->link);
	free(resource);
}

static struct virgl_resource *vtest_create(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct vtest *vtest = vtest_from(transport);
	if (vtest->base.dead)
		return NULL;
	if (shape->backing > INT32_MAX) {
		log_error("%s: cannot allocate a resource of %dx%d", vtest->path, shape->width,
			shape->height);
		return NULL;
	}
	struct vtest_resource *resource = xcalloc(1, sizeof(*resource));
	resource->base.shape = *shape;
	wl_list_insert(&vtest->resources, &resource->link);
	if (resource_create(vtest, resource))
		return &resource->base;
	vtest_release(transport, &resource->base);
	return NULL;
}

static void resource_touch(struct vtest *vtest, struct virgl_resource *base)
{
	struct vtest_resource *resource = wl_container_of(base, resource, base);
	resource->touched = vtest->sent;
}

static bool vtest_transfer(struct virgl_transport *transport, struct virgl_resource *resource,
	const struct box *box, enum vtest_command command)
{
	struct vtest *vtest = vtest_from(transport);
	const struct virgl_shape *shape = &resource->shape;
	uint64_t bytes = (uint64_t)shape->bytes;
	uint64_t offset = ((uint64_t)box->y * (uint64_t)shape->width + (uint64_t)box->x) * bytes;
	const uint32_t words[10] = {resource->id, 0, (uint32_t)box->x, (uint32_t)box->y, 0,
		(uint32_t)box->width, (uint32_t)box->height, 1, 0, (uint32_t)offset};
	if (!resource->id || !resource->map ||
		!vtest_request(vtest, command, words, array_length(words)))
		return false;
	resource_touch(vtest, resource);
	return true;
}

static bool vtest_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return vtest_transfer(transport, resource, box, VTEST_TRANSFER_PUT2);
}

static bool vtest_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return vtest_transfer(transport, resource, box, VTEST_TRANSFER_GET2);
}

static bool vtest_submit(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct vtest *vtest = vtest_from(transport);
	const uint32_t head[VTEST_HEADER_WORDS] = {(uint32_t)n, VTEST_SUBMIT};
	if (fence)
		*fence = -1;
	vtest->sent++;
	for (size_t i = 0; i < n_uses; i++)
		resource_touch(vtest, uses[i]);
	return vtest_send(vtest, head, VTEST_HEADER_WORDS, words, n * sizeof(*words)) &&
		vtest_request_fence(vtest);
}

static enum virgl_wait vtest_wait(
	struct virgl_transport *transport, struct virgl_resource *base, bool block)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource = wl_container_of(base, resource, base);
	while (vtest->n_fences && vtest_is_readable(vtest))
		if (!vtest_read_fence(vtest))
			return VIRGL_FAILED;
	if (vtest->base.dead || !base->id)
		return VIRGL_FAILED;
	if (resource->touched <= vtest->completed)
		return VIRGL_IDLE;
	uint64_t last = vtest->n_fences ? vtest->fences[vtest->n_fences - 1] : vtest->completed;
	if (last < resource->touched && !vtest_request_fence(vtest))
		return VIRGL_FAILED;
	while (block && vtest->completed < resource->touched)
		if (!vtest_read_fence(vtest))
			return VIRGL_FAILED;
	return resource->touched <= vtest->completed ? VIRGL_IDLE : VIRGL_BUSY;
}

static void vtest_destroy(struct virgl_transport *transport)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource, *tmp;
	wl_list_for_each_safe(resource, tmp, &vtest->resources, link)
		vtest_release(transport, &resource->base);
	vtest_disconnect(vtest);
	free(vtest->path);
	free(vtest);
}

static const struct virgl_transport_impl vtest_impl = {
	.name = "vtest",
	.destroy = vtest_destroy,
	.reset = vtest_reset,
	.caps = vtest_caps,
	.create = vtest_create,
	.release = vtest_release,
	.put = vtest_put,
	.get = vtest_get,
	.submit = vtest_submit,
	.wait = vtest_wait,
};

struct virgl_transport *vtest_transport_create(
	const char *path, const struct vtest_options *options)
{
	struct vtest *vtest = xcalloc(1, sizeof(*vtest));
	vtest->base.impl = &vtest_impl;
	vtest->base.device = -1;
	vtest->path = xstrdup(path);
	vtest->fd = -1;
	if (options)
		vtest->options = *options;
	if (!vtest->options.protocol)
		vtest->options.protocol = 4;
	if (!vtest->options.timeout_ms)
		vtest->options.timeout_ms = TIMEOUT_MS;
	wl_list_init(&vtest->resources);
	if (vtest_connect(vtest))
		return &vtest->base;
	vtest_destroy(&vtest->base);
	return NULL;
}
