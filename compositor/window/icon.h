// SPDX-License-Identifier: MIT
// Icons that programs give their windows: a name of the icon theme, pictures, or both.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget;
struct buffer;

#define ICON_IMAGES 8     // of one icon; more are ignored
#define ICON_MAX_SIDE 512 // pixels; larger pictures are ignored

struct icon_image {
	int size;         // pixels of each side
	int scale;        // that it is drawn for
	uint32_t *pixels; // ARGB, premultiplied; owned
};

// Shared by the client's object and the windows that have it.
struct window_icon {
	unsigned refs;
	char *name; // owned, valid UTF-8; NULL: none
	struct icon_image images[ICON_IMAGES];
	size_t n_images;
	struct budget *budget; // of the client that pays for the pictures
};

// An empty icon with one reference. Never NULL.
struct window_icon *window_icon_create(struct budget *budget);
// Adds a reference and returns the icon. NULL gives NULL.
struct window_icon *window_icon_ref(struct window_icon *icon);
// Releases a reference. NULL is allowed.
void window_icon_unref(struct window_icon *icon);
// Copies the buffer, which replaces a picture of the same size and scale. False: it is not square,
// or has no pixels in memory of a format that can be read.
bool window_icon_add(struct window_icon *icon, struct buffer *buffer, int scale);
// The smallest picture of at least that many pixels, else the largest. NULL: none, or icon is NULL.
const struct icon_image *window_icon_image(const struct window_icon *icon, int size);
