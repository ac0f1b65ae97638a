// SPDX-License-Identifier: MIT
// Allocates memory shared with the device: a sparse memfd, whose free ranges are kept as sorted
// spans.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MEMORY_SIZE ((size_t)256 << 20)
#define PAGE_SIZE ((size_t)4096)
// Start in the device's address space; not 0, which could be taken for a null address.
#define GUEST_ADDRESS UINT64_C(0x40000000)

uint64_t vhost_memory_start(void)
{
	return GUEST_ADDRESS;
}

size_t vhost_memory_size(void)
{
	return MEMORY_SIZE;
}

uint64_t vhost_address(const struct vhost *vhost, const void *memory)
{
	return GUEST_ADDRESS + (uint64_t)((const char *)memory - vhost->base);
}

static size_t round_up_to_page(size_t size)
{
	return (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

static void insert_span(struct vhost *vhost, size_t at, struct vhost_span span)
{
	array_reserve(vhost->free_spans, vhost->n_free, vhost->free_capacity);
	memmove(vhost->free_spans + at + 1, vhost->free_spans + at,
		(vhost->n_free - at) * sizeof(span));
	vhost->free_spans[at] = span;
	vhost->n_free++;
}

static void remove_span(struct vhost *vhost, size_t at)
{
	vhost->n_free--;
	memmove(vhost->free_spans + at, vhost->free_spans + at + 1,
		(vhost->n_free - at) * sizeof(*vhost->free_spans));
}

bool vhost_memory_init(struct vhost *vhost)
{
	// Not sealed, since pages are freed by punching holes.
	vhost->memory = memfd_create("oriel-virtio", MFD_CLOEXEC);
	if (vhost->memory < 0 || ftruncate(vhost->memory, (off_t)MEMORY_SIZE) != 0)
		goto fail;
	void *base = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vhost->memory, 0);
	if (base == MAP_FAILED)
		goto fail;
	vhost->base = base;
	vhost->n_free = 0;
	insert_span(vhost, 0, (struct vhost_span){0, MEMORY_SIZE});
	return true;
fail:
	log_errno("%s: cannot create shared memory", vhost->path);
	vhost_memory_finish(vhost);
	return false;
}

void vhost_memory_finish(struct vhost *vhost)
{
	if (vhost->base)
		munmap(vhost->base, MEMORY_SIZE);
	vhost->base = NULL;
	close_fd(&vhost->memory);
	free(vhost->free_spans);
	vhost->free_spans = NULL;
	vhost->n_free = vhost->free_capacity = 0;
}

void *vhost_alloc(struct vhost *vhost, size_t size)
{
	if (!size || size > MEMORY_SIZE)
		return NULL;
	size = round_up_to_page(size);
	for (size_t i = 0; i < vhost->n_free; i++) {
		struct vhost_span *span = &vhost->free_spans[i];
		if (span->size < size)
			continue;
		char *memory = vhost->base + span->start;
		span->start += size;
		span->size -= size;
		if (!span->size)
			remove_span(vhost, i);
		return memory;
	}
	return NULL;
}

void vhost_free(struct vhost *vhost, void *memory, size_t size)
{
	if (!memory || !vhost->base)
		return;
	struct vhost_span span = {(size_t)((char *)memory - vhost->base), round_up_to_page(size)};
	size_t at = 0;
	while (at < vhost->n_free && vhost->free_spans[at].start < span.start)
		at++;
	// Frees the pages; the next user gets zeroes.
	if (fallocate(vhost->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)span.start,
		    (off_t)span.size) != 0)
		memset(memory, 0, span.size);
	if (at < vhost->n_free && span.start + span.size == vhost->free_spans[at].start) {
		span.size += vhost->free_spans[at].size;
		remove_span(vhost, at);
	}
	if (at && vhost->free_spans[at - 1].start + vhost->free_spans[at - 1].size == span.start)
		vhost->free_spans[at - 1].size += span.size;
	else
		insert_span(vhost, at, span);
}
