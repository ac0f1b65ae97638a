// SPDX-License-Identifier: MIT
// The parts of a surface's state that decide its size and how its buffer is mapped to it.
#pragma once
#include "compositor/surface/surface_state.h"

struct surface;

struct surface_shape {
	int buffer_width, buffer_height; // 0: no buffer
	int scale;
	enum transform transform;
	struct surface_viewport viewport;
};

// The shape after all commits so far, without the pending state.
struct surface_shape surface_shape_committed(const struct surface *surface);
// Adds what the state sets.
void surface_shape_apply(struct surface_shape *shape, const struct surface_state *state);
// Size of the buffer after scale and transform, before the viewport.
void surface_shape_content_size(const struct surface_shape *shape, double *width, double *height);
// Logical size of the surface: of the viewport, else of the content; 0 without a buffer.
void surface_shape_size(const struct surface_shape *shape, int *width, int *height);
// Converts the state's damage to buffer pixels (damage_buffer; damage_surface is empty then), with
// the shapes before and after the state: of a state that is merged with others, only its own shape
// is right. All is damaged where the buffers before and after cannot be compared.
void surface_shape_map_damage(struct surface_state *state, const struct surface_shape *before,
	const struct surface_shape *after);
