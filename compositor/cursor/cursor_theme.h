// SPDX-License-Identifier: MIT
// Cursor themes: shapes as buffers, loaded on demand for each scale, in a thread.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

struct cursor_theme;
struct workers;

struct cursor_frame {
	struct buffer *buffer; // ARGB8888
	int hotspot_x, hotspot_y;
	uint32_t delay_ms; // until the next frame, > 0
};

struct cursor_shape {
	struct cursor_frame *frames; // one, or those of an animation
	size_t n_frames;
	uint64_t period_ms; // of an animation
	double ratio;       // scale from buffer pixels to pixels at the requested scale, usually 1
};

// Never NULL. name "builtin": shapes that need no files. size: logical pixels. changed is called in
// the loop, not by the functions below, when a shape has been read.
struct cursor_theme *cursor_theme_create(struct workers *workers, const char *name, int size,
	void (*changed)(void *data), void *data);
// NULL is allowed.
void cursor_theme_destroy(struct cursor_theme *theme);
// Valid for the theme's life.
const char *cursor_theme_name(const struct cursor_theme *theme);
// Logical pixels.
int cursor_theme_size(const struct cursor_theme *theme);
// The shape of a CSS name at a scale; until it is read, the one before or a built-in one. Never
// NULL; valid until the next call, or until changed is called.
const struct cursor_shape *cursor_theme_get(
	struct cursor_theme *theme, const char *name, double scale);
// The frame at a time after the animation's start, and how long it stays (UINT64_MAX: for ever).
const struct cursor_frame *cursor_shape_frame(
	const struct cursor_shape *shape, uint64_t since_ns, uint64_t *left_ns);
