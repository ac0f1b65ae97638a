// SPDX-License-Identifier: MIT
// What can be drawn, whoever made it: a texture, the buffer behind it, and a log of recent damage
// that lets each output find out what changed since it last looked.
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
	// NULL: nothing or a solid colour; the buffer's own if that is a dmabuf.
	struct texture *texture;
	struct buffer *buffer; // locked: a dmabuf, or one that texture->holds; or NULL
	struct weak source;  // struct buffer *: where its pixels came from, if that is still there
	struct wl_list link; // server.contents
	// Makes the pixels again by content_update where their buffer is gone; NULL: nobody can.
	void (*repaint)(void *data);
	void *repaint_data;
	bool is_color; // a single-pixel buffer: color instead of texture
	float color[4];
	int width, height; // buffer pixels; 0: empty
	bool opaque;       // the format has no alpha
	bool bottom_up;    // the texture is upside down
	uint64_t sequence; // grows with every change of pixels
	uint64_t shape;    // grows with every change of anything above but the buffer
	struct {
		uint64_t sequence;
		region damage; // buffer pixels
	} log[CONTENT_LOG];
};

void content_init(struct content *content, struct server *server);
void content_finish(struct content *content); // a zeroed content is allowed
// Takes new pixels. buffer NULL empties it. damage in buffer pixels, NULL: everything; a size or
// format change is everything too. False when the renderer refused: then the content is empty, or
// where it lost everything, without pixels until content_restore.
bool content_update(struct content *content, struct buffer *buffer, const region *damage);
// The renderer was made anew: takes the pixels again from where they came. Where that is gone there
// is nothing to show until new ones come.
void content_restore(struct content *content);
// Adds to into what changed after `since`; everything when the log does not reach back.
void content_damage_since(const struct content *content, uint64_t since, region *into);
