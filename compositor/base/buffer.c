// SPDX-License-Identifier: MIT
#include "compositor/base/buffer.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/base/log.h"

#define STRIDE_ALIGN 64
#define MAX_SIDE 32767 // limit of pixman

void buffer_init(struct buffer *buffer, const struct buffer_impl *impl, int width, int height,
	uint32_t format)
{
	*buffer = (struct buffer){
		.impl = impl,
		.width = width,
		.height = height,
		.format = format,
	};
	wl_signal_init(&buffer->destroyed);
}

void buffer_finish(struct buffer *buffer)
{
	assert(buffer->locks == 0);
	wl_signal_emit_mutable(&buffer->destroyed, buffer);
}

struct buffer *buffer_lock(struct buffer *buffer)
{
	buffer->locks++;
	return buffer;
}

static void release_lock(struct buffer *buffer, bool used)
{
	if (!buffer)
		return;
	assert(buffer->locks > 0);
	if (--buffer->locks > 0)
		return;
	if (buffer->dropped)
		buffer->impl->destroy(buffer);
	else if (used && buffer->released)
		buffer->released(buffer, buffer->released_data); // may drop the buffer
}

void buffer_unlock(struct buffer *buffer)
{
	release_lock(buffer, true);
}

void buffer_unlock_unused(struct buffer *buffer)
{
	release_lock(buffer, false);
}

void buffer_drop(struct buffer *buffer)
{
	if (!buffer)
		return;
	assert(!buffer->dropped);
	buffer->dropped = true;
	if (buffer->locks == 0)
		buffer->impl->destroy(buffer);
}

bool buffer_begin_access(struct buffer *buffer, struct pixels *into)
{
	return buffer->impl->begin_access && buffer->impl->begin_access(buffer, into);
}

bool buffer_file(struct buffer *buffer, struct buffer_file *into)
{
	return buffer->impl->file && buffer->impl->file(buffer, into);
}

void buffer_end_access(struct buffer *buffer)
{
	buffer->impl->end_access(buffer);
}

void buffer_trim(struct buffer *buffer)
{
	if (buffer->impl->trim)
		buffer->impl->trim(buffer);
}

struct memfd_buffer {
	struct buffer base;
	int fd; // -1: anonymous memory
	void *data;
	size_t size, stride;
};

static void memfd_destroy(struct buffer *buffer)
{
	struct memfd_buffer *memfd = wl_container_of(buffer, memfd, base);
	buffer_finish(buffer);
	munmap(memfd->data, memfd->size);
	close_fd(&memfd->fd);
	free(memfd);
}

static bool memfd_begin_access(struct buffer *buffer, struct pixels *into)
{
	struct memfd_buffer *memfd = wl_container_of(buffer, memfd, base);
	*into = (struct pixels){
		memfd->data, memfd->stride, buffer->width, buffer->height, buffer->format};
	return true;
}

static void memfd_end_access(struct buffer *buffer)
{
}

static bool memfd_file(struct buffer *buffer, struct buffer_file *into)
{
	struct memfd_buffer *memfd = wl_container_of(buffer, memfd, base);
	*into = (struct buffer_file){memfd->fd, memfd->size, 0, memfd->stride};
	return memfd->fd >= 0;
}

static const struct buffer_impl memfd_impl = {
	.destroy = memfd_destroy,
	.begin_access = memfd_begin_access,
	.end_access = memfd_end_access,
	.file = memfd_file,
};

static struct buffer *create_mapped(int width, int height, uint32_t format, bool shared)
{
	const struct format_info *info = format_info(format);
	if (!info || !info->bytes || width <= 0 || height <= 0 || width > MAX_SIDE ||
		height > MAX_SIDE) {
		log_error("cannot create a buffer of %dx%d, format 0x%08x", width, height, format);
		return NULL;
	}
	size_t stride =
		((size_t)width * info->bytes + STRIDE_ALIGN - 1) & ~(size_t)(STRIDE_ALIGN - 1);
	size_t size = stride * (size_t)height;
	int fd = shared ? memfd_sized("buffer", size) : -1;
	if (shared && fd < 0) {
		log_errno("no memory for a buffer of %dx%d", width, height);
		return NULL;
	}
	int flags = shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (data == MAP_FAILED) {
		log_errno("no memory for a buffer of %dx%d", width, height);
		close_fd(&fd);
		return NULL;
	}
	struct memfd_buffer *memfd = xcalloc(1, sizeof(*memfd));
	buffer_init(&memfd->base, &memfd_impl, width, height, format);
	memfd->fd = fd;
	memfd->data = data;
	memfd->size = size;
	memfd->stride = stride;
	return &memfd->base;
}

struct buffer *buffer_create_memfd(int width, int height, uint32_t format)
{
	return create_mapped(width, height, format, true);
}

struct buffer *buffer_create_memory(int width, int height, uint32_t format)
{
	return create_mapped(width, height, format, false);
}
