// SPDX-License-Identifier: MIT
// wl_shm: buffers in memory shared with the client. The client can truncate its file at any moment,
// so each access has a SIGBUS guard unless the file is sealed against shrinking. A pool that is
// resized gets a new mapping; the old one lives until the last access to it ends.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/base/sigbus.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/client_buffer.h"
#include "protocols/protocols.h"
#include "renderer/renderer.h"
#include "wayland-protocol.h"

// A limit that no sane client reaches; beyond it the client gets no_memory.
#define MAX_BUFFERS_PER_POOL 4096

struct mapping {
	unsigned refs; // by the pool and accesses in progress
	void *data;
	size_t size;
	bool cannot_shrink; // sealed: no guard needed
};

struct pool {
	unsigned refs; // by the resource and its buffers
	unsigned n_buffers;
	int fd;
	struct mapping *mapping; // owned reference
	struct budget *budget;   // charged with the descriptor and the mapped size
	size_t charged;
	struct server *server;
};

struct shm_buffer {
	struct client_buffer base;
	struct pool *pool;
	size_t offset, stride;
	// The access in progress.
	unsigned accesses;
	struct mapping *mapping;
	struct sigbus_guard guard;
	bool guarded, faulted;
};

static void mapping_unref(struct mapping *mapping)
{
	if (--mapping->refs)
		return;
	munmap(mapping->data, mapping->size);
	free(mapping);
}

// NULL: failed, errno is set.
static struct mapping *mapping_create(int fd, size_t size)
{
	// Writable, because screen captures are written to client buffers.
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return NULL;
	struct mapping *mapping = xcalloc(1, sizeof(*mapping));
	mapping->refs = 1;
	mapping->data = data;
	mapping->size = size;
	struct stat stat;
	int seals = fcntl(fd, F_GET_SEALS);
	mapping->cannot_shrink = seals >= 0 && (seals & F_SEAL_SHRINK) && fstat(fd, &stat) == 0 &&
		(size_t)stat.st_size >= size;
	return mapping;
}

static void pool_unref(struct pool *pool)
{
	if (--pool->refs)
		return;
	mapping_unref(pool->mapping);
	close_fd(&pool->fd);
	budget_give(pool->budget, BUDGET_BUFFERS, pool->charged);
	budget_give(pool->budget, BUDGET_DESCRIPTORS, 1);
	free(pool);
}

// Buffers

static void shm_destroy(struct buffer *base)
{
	struct shm_buffer *buffer = wl_container_of(base, buffer, base.base);
	buffer_finish(base);
	buffer->pool->n_buffers--;
	pool_unref(buffer->pool);
	free(buffer);
}

static bool shm_begin_access(struct buffer *base, struct pixels *into)
{
	struct shm_buffer *buffer = wl_container_of(base, buffer, base.base);
	if (buffer->accesses++ == 0) {
		struct mapping *mapping = buffer->pool->mapping;
		mapping->refs++;
		buffer->mapping = mapping;
		buffer->guarded = !mapping->cannot_shrink;
		if (buffer->guarded)
			sigbus_enter(&buffer->guard, mapping->data, mapping->size);
	}
	*into = (struct pixels){(char *)buffer->mapping->data + buffer->offset, buffer->stride,
		base->width, base->height, base->format};
	return true;
}

static void shm_end_access(struct buffer *base)
{
	struct shm_buffer *buffer = wl_container_of(base, buffer, base.base);
	if (--buffer->accesses)
		return;
	bool faulted = buffer->guarded && sigbus_leave(&buffer->guard);
	mapping_unref(buffer->mapping);
	buffer->mapping = NULL;
	if (!faulted || buffer->faulted)
		return;
	buffer->faulted = true;
	if (buffer->base.resource)
		wl_resource_post_error(buffer->base.resource, WL_SHM_ERROR_INVALID_FD,
			"the file of the pool was truncated");
}

static bool shm_file(struct buffer *base, struct buffer_file *into)
{
	const struct shm_buffer *buffer = wl_container_of(base, buffer, base.base);
	const struct pool *pool = buffer->pool;
	*into = (struct buffer_file){pool->fd, pool->mapping->size, buffer->offset, buffer->stride};
	return pool->mapping->cannot_shrink;
}

// Drops mapped pages: they count as memory of the compositor, and later damage touches only a few.
static void shm_trim(struct buffer *base)
{
	const struct shm_buffer *buffer = wl_container_of(base, buffer, base.base);
	const struct mapping *mapping = buffer->pool->mapping;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t start = buffer->offset & ~(page - 1);
	size_t end = buffer->offset + buffer->stride * (size_t)base->height;
	madvise((char *)mapping->data + start, end - start, MADV_DONTNEED);
}

static const struct buffer_impl shm_impl = {
	.destroy = shm_destroy,
	.begin_access = shm_begin_access,
	.end_access = shm_end_access,
	.file = shm_file,
	.trim = shm_trim,
};

static void handle_create_buffer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t offset, int32_t width, int32_t height, int32_t stride,
	uint32_t shm_format)
{
	struct pool *pool = wl_resource_get_user_data(resource);
	const struct format_info *info = format_info(format_from_shm(shm_format));
	if (!info ||
		!format_set_has(
			&pool->server->renderer->shm, info->fourcc, DRM_FORMAT_MOD_LINEAR)) {
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FORMAT,
			"format %#x is not supported", shm_format);
		return;
	}
	if (offset < 0 || width <= 0 || height <= 0 || stride <= 0 ||
		(int64_t)stride < (int64_t)width * info->bytes ||
		(int64_t)offset + (int64_t)stride * height > (int64_t)pool->mapping->size) {
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_STRIDE,
			"%dx%d with stride %d at offset %d does not fit into a pool of %zu bytes",
			width, height, stride, offset, pool->mapping->size);
		return;
	}
	if (pool->n_buffers >= MAX_BUFFERS_PER_POOL) {
		wl_client_post_no_memory(client);
		return;
	}
	struct shm_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base.base, &shm_impl, width, height, info->fourcc);
	if (!client_buffer_create_resource(&buffer->base, client, 1, id)) {
		free(buffer);
		return;
	}
	buffer->pool = pool;
	pool->refs++;
	pool->n_buffers++;
	buffer->offset = (size_t)offset;
	buffer->stride = (size_t)stride;
}

// Pools

static void handle_resize(struct wl_client *client, struct wl_resource *resource, int32_t size)
{
	struct pool *pool = wl_resource_get_user_data(resource);
	if (size <= 0 || (size_t)size < pool->mapping->size) {
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FD,
			"cannot resize a pool of %zu bytes to %d", pool->mapping->size, size);
		return;
	}
	size_t charged = pool->charged;
	if (!budget_change(pool->budget, BUDGET_BUFFERS, &pool->charged, (size_t)size))
		return;
	struct mapping *mapping = mapping_create(pool->fd, (size_t)size);
	if (!mapping) {
		budget_change(pool->budget, BUDGET_BUFFERS, &pool->charged, charged);
		wl_resource_post_error(
			resource, WL_SHM_ERROR_INVALID_FD, "cannot map %d bytes of the file", size);
		return;
	}
	mapping_unref(pool->mapping);
	pool->mapping = mapping;
}

static const struct wl_shm_pool_interface pool_impl = {
	.create_buffer = handle_create_buffer,
	.destroy = wire_handle_destroy,
	.resize = handle_resize,
};

static void on_pool_destroyed(struct wl_resource *resource)
{
	pool_unref(wl_resource_get_user_data(resource));
}

static void handle_create_pool(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	int32_t fd, int32_t size)
{
	if (size <= 0) {
		wl_resource_post_error(
			resource, WL_SHM_ERROR_INVALID_STRIDE, "invalid pool size %d", size);
		close_fd(&fd);
		return;
	}
	struct budget *budget = budget_of(client);
	if (!budget_take_fds(budget, fd, 1)) {
		close_fd(&fd);
		return;
	}
	struct mapping *mapping = NULL;
	if (!budget_take(budget, BUDGET_BUFFERS, (size_t)size))
		goto fail;
	mapping = mapping_create(fd, (size_t)size);
	if (!mapping) {
		budget_give(budget, BUDGET_BUFFERS, (size_t)size);
		wl_resource_post_error(
			resource, WL_SHM_ERROR_INVALID_FD, "cannot map %d bytes of the file", size);
		goto fail;
	}
	struct pool *pool = xcalloc(1, sizeof(*pool));
	pool->refs = 1;
	pool->fd = fd;
	pool->mapping = mapping;
	pool->budget = budget;
	pool->charged = (size_t)size;
	pool->server = wl_resource_get_user_data(resource);
	if (!wire_create(client, &wl_shm_pool_interface, wl_resource_get_version(resource), id,
		    &pool_impl, pool, on_pool_destroyed))
		pool_unref(pool);
	return;
fail:
	budget_give(budget, BUDGET_DESCRIPTORS, 1);
	close_fd(&fd);
}

static const struct wl_shm_interface shm_global_impl = {
	.create_pool = handle_create_pool,
	.release = wire_handle_destroy,
};

static void on_bound(struct wl_resource *resource)
{
	const struct server *server = wl_resource_get_user_data(resource);
	const struct format_set *formats = &server->renderer->shm;
	for (size_t i = 0; i < formats->count; i++)
		wl_shm_send_format(resource, format_to_shm(formats->formats[i].fourcc));
}

bool wl_shm_create(struct server *server)
{
	return wire_global(server, &wl_shm_interface, 2, &shm_global_impl, on_bound);
}
