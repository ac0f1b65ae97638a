// SPDX-License-Identifier: MIT
// The interface of renderers. A renderer draws lists of textured rectangles into buffers; it has no
// notion of surfaces or outputs and does not present anything.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/format.h"
#include "compositor/base/geom.h"

struct renderer;

// A renderer's copy of, or reference to, the pixels of a buffer. There is one per content (shm) or
// per buffer (dmabuf).
struct texture {
	int width, height;
	// True: it refers to the buffer's memory, so the content keeps the buffer locked. False:
	// the pixels were copied and the buffer may be released.
	bool holds;
};

// One rectangle of a frame.
struct draw {
	struct texture *texture; // NULL: a rectangle of color
	float color[4];          // premultiplied, for texture NULL
	float alpha;             // multiplies everything
	// Part of the texture, in texture pixels, before the transform. It may extend beyond the
	// texture by up to a pixel; edge pixels are then repeated.
	struct fbox src;
	struct box dst;           // target pixels
	enum transform transform; // from texture to target
	bool nearest;             // filter; otherwise bilinear where scaled
	bool opaque;              // hides everything below it (alpha is 1)
	const region *visible;    // target pixels in dst that no opaque draw above covers
};

struct renderer_impl {
	const char *name;
	// Destroys the renderer. Buffers that it allocated and textures may outlive it.
	void (*destroy)(struct renderer *renderer);
	// Allocates a target in the renderer's own memory, which neither the CPU nor another device
	// can access. format, ARGB8888 or XRGB8888, only selects whether the target has alpha.
	// The caller owns the buffer. Returns NULL on failure, which is logged. The function is
	// NULL for renderers without memory of their own.
	struct buffer *(*alloc)(struct renderer *renderer, int width, int height, uint32_t format);
	// Allocates a target that other devices can scan out or sample: a dmabuf in the first of
	// formats that is also in `shared`. The caller owns the buffer. Returns NULL on failure,
	// which is logged. Only called if shared is not empty; the function is NULL for renderers
	// that never share.
	struct buffer *(*alloc_shared)(
		struct renderer *renderer, int width, int height, const struct format_set *formats);
	// Creates *texture from the buffer, or updates it if it is not NULL. damage is in buffer
	// pixels; NULL: everything. Returns false on failure, which is logged; *texture is then
	// unchanged.
	bool (*import)(struct renderer *renderer, struct texture **texture, struct buffer *buffer,
		const region *damage);
	// Frees a texture. The texture of a dmabuf belongs to its buffer: the owner of the buffer
	// calls this, or the renderer frees it itself when the buffer is destroyed and ignores the
	// call.
	void (*forget)(struct renderer *renderer, struct texture *texture);
	// Draws the list (topmost first) into target, inside repaint (target pixels) only. Areas
	// that no draw covers become opaque black. *fence receives a sync file that signals when
	// drawing has finished (owned by the caller), or -1: nothing to wait for. Returns false on
	// failure, which is logged.
	bool (*draw)(struct renderer *renderer, struct buffer *target, const struct draw *draws,
		size_t n, const region *repaint, int *fence);
	// Copies box of source (target pixels) to the origin of into, converting to into->format.
	// Waits for drawing to finish. Returns false on failure, which is logged.
	bool (*read)(struct renderer *renderer, struct buffer *source, const struct box *box,
		const struct pixels *into);
	// Recreates the device context after `lost` was set. Every texture must then be imported
	// again (without damage) and every target allocated again; forget and buffer_drop of the
	// old ones keep working. Returns false if that is not possible yet (logged). The function
	// is NULL for renderers that cannot lose their device.
	bool (*recover)(struct renderer *renderer);
};

struct renderer {
	const struct renderer_impl *impl;
	struct format_set shm;    // fourccs it imports from CPU memory (modifier linear)
	struct format_set dmabuf; // format x modifier it imports; empty: no dmabufs
	struct format_set target; // formats of CPU-mapped buffers that it can draw into
	struct format_set shared; // format x modifier of dmabufs it can draw into; empty: none
	bool cpu_targets;         // draws into any CPU-mapped buffer of a target format
	int device;               // file descriptor of its DRM device, owned; -1: none
	bool lost;                // GPU reset, all state is gone: output/gpu_reset.c calls recover
};

struct renderer_options {
	int device;           // file descriptor of the GPU to use, borrowed; -1: any
	bool accept_software; // false: creation fails if the driver renders on the CPU
};

// Exported as "renderer_module" by shared objects that contain a renderer.
struct renderer_module {
	// Creates the renderer; the caller owns it. Returns NULL on failure, which is logged.
	struct renderer *(*create)(const struct renderer_options *options);
};

// Creates the CPU renderer, never NULL. threads: how many threads draw a large frame; 0: one per
// core, at most four.
struct renderer *pixman_renderer_create(int threads);
// Destroys a renderer. NULL is ignored.
void renderer_destroy(struct renderer *renderer);
