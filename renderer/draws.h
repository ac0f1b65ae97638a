// SPDX-License-Identifier: MIT
// What a list asks of every renderer that is held against renderer/pixman.c: whole unscaled pixels
// are never filtered, filters do not reach out of the crop, and what nothing covers is black. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "renderer/renderer.h"

// Every target pixel is one whole pixel of the texture.
bool draw_is_exact(const struct draw *draw);
// The pixels of the texture that may be read: left, top, right, bottom, outer edges.
void draw_crop(const struct draw *draw, int edges[4]);
// Something below can be seen through it.
bool draw_blends(const struct draw *draw, bool has_alpha);
// Leaves of where what no opaque draw covers.
void draws_uncovered(region *where, const struct draw *draws, size_t n);
// A plain colour with its opacity as pixman has it: sixteen bits, of which the upper eight count.
void draw_color(const struct draw *draw, float into[4]);
