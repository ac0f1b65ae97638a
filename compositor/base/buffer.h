// SPDX-License-Identifier: MIT
// Buffers: pixels of a client, a renderer, a back end or the compositor; what back ends and
// renderers share.
//
// Life: the producer creates it and drops it once; consumers lock and unlock it. At zero locks
// `released` is called and the producer may reuse it; at zero locks and dropped it is destroyed.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"

struct buffer;
struct texture;

// Pixels mapped for the CPU. stride in bytes, format a DRM fourcc.
struct pixels {
	void *data;
	size_t stride;
	int width, height;
	uint32_t format;
};

struct dmabuf {
	int n_planes;
	int fd[4]; // owned by the buffer
	uint32_t offset[4], stride[4];
	uint64_t modifier;
};

// The file that holds the pixels.
struct buffer_file {
	int fd; // owned by the buffer
	size_t size, offset, stride;
};

struct buffer_impl {
	void (*destroy)(struct buffer *buffer);
	// CPU access, or both NULL. In between, memory of a truncated file reads as zeroes instead
	// of raising SIGBUS, and the client gets its error at the end. Nesting is allowed.
	bool (*begin_access)(struct buffer *buffer, struct pixels *into);
	void (*end_access)(struct buffer *buffer);
	// See buffer_file; NULL: none.
	bool (*file)(struct buffer *buffer, struct buffer_file *into);
	// See buffer_trim; NULL: no effect.
	void (*trim)(struct buffer *buffer);
};

struct buffer {
	const struct buffer_impl *impl;
	int width, height;           // > 0
	uint32_t format;             // DRM fourcc
	const struct dmabuf *dmabuf; // NULL: CPU memory
	unsigned locks;              // consumers that read it
	bool dropped;                // by the producer
	bool bottom_up;              // the first row is the lowest (DMA-BUFs only)
	// One premultiplied colour and no pixels (single-pixel buffers).
	bool is_color;
	float color[4];
	void (*released)(struct buffer *buffer, void *data); // at zero locks; may be NULL
	void *released_data;
	struct texture *texture; // import by the renderer, or NULL (DMA-BUFs)
	void *scanout;           // framebuffer of the back end, or NULL
	struct wl_signal destroyed;
};

// For producers: initialises the common part, with zero locks.
void buffer_init(struct buffer *buffer, const struct buffer_impl *impl, int width, int height,
	uint32_t format);
// For impl->destroy: emits destroyed. Call before freeing the memory.
void buffer_finish(struct buffer *buffer);

// Adds a lock and returns the buffer.
struct buffer *buffer_lock(struct buffer *buffer);
// Releases a lock, which may destroy the buffer. NULL is allowed.
void buffer_unlock(struct buffer *buffer);
// Releases a lock that was never used (an attach without commit), without calling `released`.
void buffer_unlock_unused(struct buffer *buffer);
// By the producer, once; may destroy the buffer. NULL is allowed.
void buffer_drop(struct buffer *buffer);

// Maps the pixels for the CPU until buffer_end_access. False: there is no CPU access.
bool buffer_begin_access(struct buffer *buffer, struct pixels *into);
// Ends what a successful buffer_begin_access began.
void buffer_end_access(struct buffer *buffer);
// A hint that all pixels were copied: releases mappings. The buffer can be accessed as before.
void buffer_trim(struct buffer *buffer);
// The file of the pixels, for displays that map files (MIT-SHM). False: there is none, or it is not
// sealed against shrinking.
bool buffer_file(struct buffer *buffer, struct buffer_file *into);

// Zeroed memory in a mapped, sealed memfd. format: known to format_info and not planar. NULL: no
// memory, or a side above 32767 (logged). The caller is the producer.
struct buffer *buffer_create_memfd(int width, int height, uint32_t format);
// The same in anonymous memory, which takes no descriptor: for pictures of the compositor itself,
// such as title bars, of which clients can cause any number. It has no file.
struct buffer *buffer_create_memory(int width, int height, uint32_t format);
