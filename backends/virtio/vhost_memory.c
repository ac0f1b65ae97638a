// SPDX-License-Identifier: MIT
// The memory that the device sees: one file, of which pages are there only once they are used. What
// is free is kept as spans.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define SIZE ((size_t)256 << 20)
#define PAGE ((size_t)4096)
// Where the device finds it: not at zero, which would look like nothing.
#define START UINT64_C(0x40000000)

uint64_t vhost_memory_start(void)
{
	return START;
}

size_t vhost_memory_size(void)
{
	return SIZE;
}

uint64_t vhost_address(const struct vhost *vhost, const void *memory)
{
	return START + (uint64_t)((const char *)memory - vhost->base);
}

static size_t whole_pages(size_t size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

static void insert(struct vhost *vhost, size_t at, struct vhost_span span)
{
	array_reserve(vhost->free_spans, vhost->n_free, vhost->free_capacity);
	memmove(vhost->free_spans + at + 1, vhost->free_spans + at,
		(vhost->n_free - at) * sizeof(span));
	vhost->free_spans[at] = span;
	vhost->n_free++;
}

static void remove_at(struct vhost *vhost, size_t at)
{
	vhost->n_free--;
	memmove(vhost->free_spans + at, vhost->free_spans + at + 1,
		(vhost->n_free - at) * sizeof(*vhost->free_spans));
}

bool vhost_memory_init(struct vhost *vhost)
{
	// Not sealed: pages are given back by punching holes.
	vhost->memory = memfd_create("oriel-virtio", MFD_CLOEXEC);
	if (vhost->memory < 0 || ftruncate(vhost->memory, (off_t)SIZE) != 0)
		goto fail;
	void *base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vhost->memory, 0);
	if (base == MAP_FAILED)
		goto fail;
	vhost->base = base;
	vhost->n_free = 0;
	insert(vhost, 0, (struct vhost_span){0, SIZE});
	return true;
fail:
	log_errno("%s: no memory to share", vhost->path);
	vhost_memory_finish(vhost);
	return false;
}

void vhost_memory_finish(struct vhost *vhost)
{
	if (vhost->base)
		munmap(vhost->base, SIZE);
	vhost->base = NULL;
	close_fd(&vhost->memory);
	free(vhost->free_spans);
	vhost->free_spans = NULL;
	vhost->n_free = vhost->free_capacity = 0;
}

void *vhost_alloc(struct vhost *vhost, size_t size)
{
	if (!size || size > SIZE)
		return NULL;
	size = whole_pages(size);
	for (size_t i = 0; i < vhost->n_free; i++) {
		struct vhost_span *span = &vhost->free_spans[i];
		if (span->size < size)
			continue;
		char *memory = vhost->base + span->start;
		span->start += size;
		span->size -= size;
		if (!span->size)
			remove_at(vhost, i);
		return memory;
	}
	return NULL;
}

void vhost_free(struct vhost *vhost, void *memory, size_t size)
{
	if (!memory || !vhost->base)
		return;
	struct vhost_span span = {(size_t)((char *)memory - vhost->base), whole_pages(size)};
	size_t at = 0;
	while (at < vhost->n_free && vhost->free_spans[at].start < span.start)
		at++;
	// Zeroes for the next user; the pages themselves go back.
	if (fallocate(vhost->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)span.start,
		    (off_t)span.size) != 0)
		memset(memory, 0, span.size);
	if (at < vhost->n_free && span.start + span.size == vhost->free_spans[at].start) {
		span.size += vhost->free_spans[at].size;
		remove_at(vhost, at);
	}
	if (at && vhost->free_spans[at - 1].start + vhost->free_spans[at - 1].size == span.start)
		vhost->free_spans[at - 1].size += span.size;
	else
		insert(vhost, at, span);
}
