// SPDX-License-Identifier: MIT
// The pointer's shapes as buffers, for each scale that was asked for; loaded when asked for.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

struct cursor_theme;

struct cursor_frame {
	struct buffer *buffer; // ARGB8888
	int hotspot_x, hotspot_y;
	uint32_t delay_ms; // until the next frame, > 0
};

struct cursor_shape {
	struct cursor_frame *frames; // at least one; an animation when there are more
	size_t n_frames;
	uint64_t period_ms; // of an animation
	double ratio;       // pixels of the picture at that scale for each of the buffer, mostly 1
};

// name "builtin": without any files. size: logical pixels.
struct cursor_theme *cursor_theme_create(const char *name, int size);
void cursor_theme_destroy(struct cursor_theme *theme); // NULL is allowed
const char *cursor_theme_name(const struct cursor_theme *theme);
int cursor_theme_size(const struct cursor_theme *theme);
// Never NULL; stays until the next call.
const struct cursor_shape *cursor_theme_get(
	struct cursor_theme *theme, const char *name, double scale);
// Which frame is to be seen so long after the start, and for how long still.
const struct cursor_frame *cursor_shape_frame(
	const struct cursor_shape *shape, uint64_t since_ns, uint64_t *left_ns);
