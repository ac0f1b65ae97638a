// SPDX-License-Identifier: MIT
// A renderer draws lists of rectangles into buffers. It never shows them and knows no surfaces.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/format.h"
#include "compositor/base/geom.h"

struct renderer;

// A renderer's own form of a picture. One per content (shm) or per buffer (dmabuf).
struct texture {
	int width, height;
	// True: it refers to the buffer's memory, which the content keeps locked. False: it was
	// copied and the buffer may go.
	bool holds;
};

// One rectangle of one frame.
struct draw {
	struct texture *texture; // NULL: a rectangle of color
	float color[4];          // premultiplied, for texture NULL
	float alpha;             // multiplies everything
	// Part of the texture, in its own pixels, before the transform. It may reach a pixel over the
	// texture's edge, which then repeats.
	struct fbox src;
	struct box dst;           // target pixels
	enum transform transform; // from texture to target
	bool nearest;             // filter; otherwise bilinear where scaled
	bool opaque;              // no pixel of it lets through what is below (alpha is 1)
	const region *visible;    // target pixels that no opaque draw above covers, inside dst
};

struct renderer_impl {
	const char *name;
	void (*destroy)(struct renderer *renderer);
	// A target in memory of its own that nobody else reaches: neither the CPU nor another device.
	// format only says whether there is alpha (ARGB8888 or XRGB8888). NULL function: it has no
	// memory of its own. NULL result: logged.
	struct buffer *(*alloc)(struct renderer *renderer, int width, int height, uint32_t format);
	// A target that others can show: a dmabuf in the first of formats that is possible, out of
	// `shared`. NULL function: shared is empty. NULL result: logged.
	struct buffer *(*alloc_shared)(
		struct renderer *renderer, int width, int height, const struct format_set *formats);
	// Makes or updates *texture from the buffer; damage in buffer pixels, NULL: all of it. Where
	// it fails, *texture is as it was and the reason is logged.
	bool (*import)(struct renderer *renderer, struct texture **texture, struct buffer *buffer,
		const region *damage);
	// The texture of a dmabuf is the buffer's, whose owner has it forgotten; a renderer may as
	// well do that by itself when the buffer is destroyed.
	void (*forget)(struct renderer *renderer, struct texture *texture);
	// Draws the list (top first) into target, only inside repaint (target pixels); what no draw
	// covers becomes opaque black. *fence: a sync file or -1.
	bool (*draw)(struct renderer *renderer, struct buffer *target, const struct draw *draws,
		size_t n, const region *repaint, int *fence);
	// Copies box of source (target pixels) into memory, converting to into->format.
	bool (*read)(struct renderer *renderer, struct buffer *source, const struct box *box,
		const struct pixels *into);
	// After lost: a new start. Every texture must be imported again (all of it) and every target
	// allocated again; forget and buffer_drop of the old ones go on working. False: logged, try
	// again later. NULL function: it cannot be lost.
	bool (*recover)(struct renderer *renderer);
};

struct renderer {
	const struct renderer_impl *impl;
	struct format_set shm;    // fourccs it imports from CPU memory (modifier linear)
	struct format_set dmabuf; // format x modifier it imports; empty: no dmabufs
	struct format_set target; // formats it can draw into where the CPU maps them
	struct format_set shared; // format x modifier of dmabufs it can draw into; empty: none
	bool cpu_targets;         // draws into any CPU-mapped buffer of a target format
	int device;               // file of the DRM device it draws with, owned; -1: none
	bool lost;                // the device has forgotten everything: recover
};

struct renderer_options {
	int device;           // draw with this GPU; -1: with any. Not taken over
	bool accept_software; // else NULL where the driver would draw with the CPU
};

// What a shared object with a renderer exports, by the name "renderer_module".
struct renderer_module {
	struct renderer *(*create)(const struct renderer_options *options); // NULL: logged
};

// threads: how many cores a large frame may use; 0 decides by itself.
struct renderer *pixman_renderer_create(int threads);
void renderer_destroy(struct renderer *renderer); // NULL is allowed
