// SPDX-License-Identifier: MIT
// A piece of picture memory, whoever made it: a client, a renderer, a back end, the compositor.
// The one thing that back ends and renderers share.
//
// Life: the producer creates it and drops it once; consumers lock and unlock it. At zero locks the
// producer hears `released` and may reuse it; at zero locks and dropped it dies.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"

struct buffer;
struct texture;

// Pixels the CPU can reach. stride in bytes, format a DRM fourcc.
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

// The file that pixels are in.
struct buffer_file {
	int fd; // stays the buffer's
	size_t size, offset, stride;
};

struct buffer_impl {
	void (*destroy)(struct buffer *buffer);
	// CPU access, or both NULL. Between begin and end a fault in the memory (a client that
	// truncated its file) gives zeroes instead of a signal, and end says false once to its
	// owner's channel (the client's error). Nested access is allowed.
	bool (*begin_access)(struct buffer *buffer, struct pixels *into);
	void (*end_access)(struct buffer *buffer);
	// See buffer_file; NULL: none.
	bool (*file)(struct buffer *buffer, struct buffer_file *into);
	// See buffer_rest; NULL: nothing.
	void (*rest)(struct buffer *buffer);
};

struct buffer {
	const struct buffer_impl *impl;
	int width, height;           // > 0
	uint32_t format;             // DRM fourcc
	const struct dmabuf *dmabuf; // NULL: not shareable with a device
	unsigned locks;              // consumers that still read it
	bool dropped;                // the producer has let go
	bool bottom_up;              // its first row is the lowest one of the picture (dmabuf only)
	// A buffer that is one colour, premultiplied; renderers and scene then need no pixels.
	bool is_color;
	float color[4];
	void (*released)(struct buffer *buffer, void *data); // last lock gone; may be NULL
	void *released_data;
	struct texture *texture; // the one renderer's import of it, or NULL (dmabuf)
	void *scanout;           // the one back end's framebuffer, or NULL
	struct wl_signal destroyed;
};

// For producers: fills in the common part. Locks start at zero.
void buffer_init(struct buffer *buffer, const struct buffer_impl *impl, int width, int height,
	uint32_t format);
// For impl->destroy: emits destroyed. Before the memory goes.
void buffer_finish(struct buffer *buffer);

struct buffer *buffer_lock(struct buffer *buffer); // returns it
void buffer_unlock(struct buffer *buffer);         // NULL is allowed
// The lock was never used to read (an attach without commit): nobody hears `released`.
void buffer_unlock_unused(struct buffer *buffer);
void buffer_drop(struct buffer *buffer); // by the producer, once; NULL is allowed

bool buffer_begin_access(struct buffer *buffer, struct pixels *into); // false: no CPU access
void buffer_end_access(struct buffer *buffer);
// All of its pixels were copied: its memory need not stay at hand. It can be accessed as before.
void buffer_rest(struct buffer *buffer);
// For displays that map files (MIT-SHM of X11). False: there is none, or it may shrink under whoever
// reads it.
bool buffer_file(struct buffer *buffer, struct buffer_file *into);

// Memory in a sealed memfd, mapped; zeroed. format must be one that format_info knows, not planar.
// NULL with a log line when there is no memory. The creator is the producer.
struct buffer *buffer_create_memfd(int width, int height, uint32_t format);
// One colour (premultiplied) and no pixels; never NULL. The creator is the producer.
struct buffer *buffer_create_color(int width, int height, const float color[4]);
