// SPDX-License-Identifier: MIT
// wl_shm: pictures in memory that the client shares. The client can shrink its file at any moment,
// so every access is guarded; a pool that grows gets a new mapping and the old one stays for as long
// as somebody reads it.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/base/sigbus.h"
#include "compositor/core/client_buffer.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "renderer/renderer.h"
#include "wayland-protocol.h"

// A client that wants more than this wants to hurt.
#define MAX_BUFFERS_PER_POOL 4096
#define MAX_POOLS_PER_CLIENT 1024

struct mapping {
	unsigned refs; // the pool and accesses in progress
	void *data;
	size_t size;
	bool cannot_shrink; // sealed: no guard needed
};

struct client_pools {
	unsigned count;
	struct wl_listener client_destroyed;
};

struct pool {
	unsigned refs; // the resource and its buffers
	unsigned n_buffers;
	int fd;
	struct mapping *mapping; // owned reference
	struct client_pools *of_client;
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

// NULL with errno set.
static struct mapping *mapping_create(int fd, size_t size)
{
	// Also writable, because the client may want a picture of the screen in it.
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

static void pools_unref(struct client_pools *pools)
{
	// The count holds it as long as there are pools; the client's end lets go of the rest.
	if (--pools->count == 0 && wl_list_empty(&pools->client_destroyed.link))
		free(pools);
}

static void pool_unref(struct pool *pool)
{
	if (--pool->refs)
		return;
	mapping_unref(pool->mapping);
	close_fd(&pool->fd);
	pools_unref(pool->of_client);
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
			"the file of the pool is shorter than its size");
}

static bool shm_file(struct buffer *base, struct buffer_file *into)
{
	const struct shm_buffer *buffer = wl_container_of(base, buffer, base.base);
	const struct pool *pool = buffer->pool;
	*into = (struct buffer_file){pool->fd, pool->mapping->size, buffer->offset, buffer->stride};
	return pool->mapping->cannot_shrink;
}

// Mapped pages count as ours, too, and of what changes later only a few are touched.
static void shm_rest(struct buffer *base)
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
	.rest = shm_rest,
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
			"the format %#x was not offered", shm_format);
		return;
	}
	if (offset < 0 || width <= 0 || height <= 0 || stride <= 0 ||
		(int64_t)stride < (int64_t)width * info->bytes ||
		(int64_t)offset + (int64_t)stride * height > (int64_t)pool->mapping->size) {
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_STRIDE,
			"%dx%d with a stride of %d at %d does not fit a pool of %zu bytes", width,
			height, stride, offset, pool->mapping->size);
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
			"a pool of %zu bytes cannot become %d", pool->mapping->size, size);
		return;
	}
	struct mapping *mapping = mapping_create(pool->fd, (size_t)size);
	if (!mapping) {
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FD,
			"the file cannot be mapped to %d bytes", size);
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

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct client_pools *pools = wl_container_of(listener, pools, client_destroyed);
	wl_list_remove(&pools->client_destroyed.link);
	wl_list_init(&pools->client_destroyed.link);
	if (!pools->count)
		free(pools);
}

static struct client_pools *client_pools(struct wl_client *client)
{
	struct wl_listener *listener = wl_client_get_destroy_listener(client, on_client_destroyed);
	struct client_pools *pools;
	if (listener)
		return wl_container_of(listener, pools, client_destroyed);
	pools = xcalloc(1, sizeof(*pools));
	pools->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(client, &pools->client_destroyed);
	return pools;
}

static void handle_create_pool(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	int32_t fd, int32_t size)
{
	struct client_pools *pools = client_pools(client);
	if (size <= 0) {
		wl_resource_post_error(
			resource, WL_SHM_ERROR_INVALID_STRIDE, "a pool of %d bytes", size);
		close_fd(&fd);
		return;
	}
	if (pools->count >= MAX_POOLS_PER_CLIENT) {
		wl_client_post_no_memory(client);
		close_fd(&fd);
		return;
	}
	struct mapping *mapping = mapping_create(fd, (size_t)size);
	if (!mapping) {
		wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FD,
			"the file cannot be mapped to %d bytes", size);
		close_fd(&fd);
		return;
	}
	struct pool *pool = xcalloc(1, sizeof(*pool));
	pool->refs = 1;
	pool->fd = fd;
	pool->mapping = mapping;
	pool->of_client = pools;
	pool->server = wl_resource_get_user_data(resource);
	pools->count++;
	if (!wire_create(client, &wl_shm_pool_interface, wl_resource_get_version(resource), id,
		    &pool_impl, pool, on_pool_destroyed))
		pool_unref(pool);
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
