// SPDX-License-Identifier: MIT
// The arithmetic of draw lists that all renderers share, so that their pixels agree: unscaled
// pixels are never filtered, filters do not read outside of the crop, and uncovered areas are
// black. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "renderer/renderer.h"

// Whether src is as large as dst and starts at whole pixels: each target pixel is exactly one
// texture pixel. draw->texture is not used.
bool draw_is_exact(const struct draw *draw);
// Computes the crop: left, top, right and bottom edge (exclusive) of the whole texture pixels that
// src touches, limited to the texture. Filters must not read outside of it.
void draw_crop(const struct draw *draw, int edges[4]);
// The same crop in texture coordinates (0 to 1), half a pixel inside of its edges: a bilinear
// filter whose coordinates are clamped to it reads nothing outside of the crop.
void draw_crop_texels(const struct draw *draw, float edges[4]);
// Whether the draw must be blended over what is below. has_alpha: the texture has an alpha channel.
bool draw_blends(const struct draw *draw, bool has_alpha);
// Subtracts the boxes of all opaque draws from where (target pixels).
void draws_uncovered(region *where, const struct draw *draws, size_t n);
// Computes the color of a draw without texture, premultiplied and with its alpha applied, rounded
// as pixman does: to sixteen bits, of which the upper eight count.
void draw_color(const struct draw *draw, float into[4]);
