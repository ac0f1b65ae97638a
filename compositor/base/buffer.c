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
#define MAX_SIDE 32767 // of what pixman addresses

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

static void unlock(struct buffer *buffer, bool used)
{
	if (!buffer)
		return;
	assert(buffer->locks > 0);
	if (--buffer->locks > 0)
		return;
	if (buffer->dropped)
		buffer->impl->destroy(buffer);
	else if (used && buffer->released)
		buffer->released(buffer, buffer->released_data); // it may drop the buffer
}

void buffer_unlock(struct buffer *buffer)
{
	unlock(buffer, true);
}

void buffer_unlock_unused(struct buffer *buffer)
{
	unlock(buffer, false);
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

void buffer_rest(struct buffer *buffer)
{
	if (buffer->impl->rest)
		buffer->impl->rest(buffer);
}

struct memfd_buffer {
	struct buffer base;
	int fd;
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
	return true;
}

static const struct buffer_impl memfd_impl = {
	.destroy = memfd_destroy,
	.begin_access = memfd_begin_access,
	.end_access = memfd_end_access,
	.file = memfd_file,
};

struct buffer *buffer_create_memfd(int width, int height, uint32_t format)
{
	const struct format_info *info = format_info(format);
	if (!info || !info->bytes || width <= 0 || height <= 0 || width > MAX_SIDE ||
		height > MAX_SIDE) {
		log_error("no buffer of %dx%d, format 0x%08x, can be made", width, height, format);
		return NULL;
	}
	size_t stride =
		((size_t)width * info->bytes + STRIDE_ALIGN - 1) & ~(size_t)(STRIDE_ALIGN - 1);
	size_t size = stride * (size_t)height;
	int fd = memfd_sized("buffer", size);
	if (fd < 0) {
		log_errno("no memory for a buffer of %dx%d", width, height);
		return NULL;
	}
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
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

static void color_destroy(struct buffer *buffer)
{
	buffer_finish(buffer);
	free(buffer);
}

static const struct buffer_impl color_impl = {
	.destroy = color_destroy,
};

struct buffer *buffer_create_color(int width, int height, const float color[4])
{
	struct buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(buffer, &color_impl, width, height, DRM_FORMAT_ARGB8888);
	buffer->is_color = true;
	memcpy(buffer->color, color, sizeof(buffer->color));
	return buffer;
}
