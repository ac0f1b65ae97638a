// SPDX-License-Identifier: MIT
// A content: pixels that nodes show, as a texture, the buffer behind it, and a log of recent damage
// from which each output gets what changed since its last frame.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"
#include "compositor/base/weak.h"

struct renderer;
struct server;

#define CONTENT_LOG 8

struct content {
	struct server *server; // NULL: zeroed or finished
	struct renderer *renderer;
	// NULL: empty or a solid colour. A DMA-BUF's belongs to the buffer.
	struct texture *texture;
	struct buffer *buffer; // locked: a DMA-BUF, or what texture->holds; else NULL
	struct weak source;    // struct buffer *: the pixels' origin, for content_restore
	struct wl_list link;   // server.contents
	// Repaints the pixels with content_update after a GPU reset, if their buffer is gone; or
	// NULL.
	void (*repaint)(void *data);
	void *repaint_data;
	bool is_color; // a single-pixel buffer: color instead of texture
	float color[4];
	int width, height; // buffer pixels; 0: empty
	bool opaque;       // the format has no alpha
	bool bottom_up;    // the first row of the texture is the lowest
	uint64_t sequence; // grows with every change of pixels
	uint64_t shape;    // grows with every change of anything above but the buffer
	struct {
		uint64_t sequence;
		region damage; // buffer pixels
	} log[CONTENT_LOG];
};

// Initialises an empty content of the server's renderer.
void content_init(struct content *content, struct server *server);
// Drops texture and buffer. A zeroed content is allowed.
void content_finish(struct content *content);
// Shows the buffer (locked or copied as the renderer needs); NULL empties it. damage: buffer
// pixels, NULL: everything, as with a change of size or format. False: the renderer refused the
// buffer and the content is empty, or the GPU was reset and it has no pixels until content_restore.
bool content_update(struct content *content, struct buffer *buffer, const region *damage);
// After a GPU reset: imports the buffer again, or repaints. With neither the content stays empty.
void content_restore(struct content *content);
// Adds to `into` what changed after the sequence number `since`, in buffer pixels; everything if
// the log does not reach back that far.
void content_damage_since(const struct content *content, uint64_t since, region *into);
