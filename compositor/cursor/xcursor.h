// SPDX-License-Identifier: MIT
// Cursor files of themes (Xcursor format), and built-in shapes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xcursor_image {
	int width, height, hotspot_x, hotspot_y;
	int nominal_size;
	uint32_t delay_ms; // of a frame of an animation; 0: none
	uint32_t *pixels;  // ARGB8888 premultiplied, width * height, owned
};

struct xcursor {
	struct xcursor_image *images; // frames of one size
	size_t n_images;
};

// The folders of themes by the environment, as a list with colons. The caller frees it.
char *xcursor_path(void);
// Finds a CSS name or its X aliases in the theme and those it inherits, in the folders of path, in
// the size nearest to size_px. NULL: not found; unusable files are logged and skipped. The caller
// destroys it. May be slow; may be called in a thread.
struct xcursor *xcursor_load(const char *path, const char *theme, const char *name, int size_px);
// The built-in shape of a CSS name, drawn at size_px; an arrow for unknown names. Never NULL; the
// same pixels on every machine. The caller destroys it.
struct xcursor *xcursor_builtin(const char *name, int size_px);
// NULL is allowed.
void xcursor_destroy(struct xcursor *cursor);
