// SPDX-License-Identifier: MIT
// AVX2 versions of pixman's copy and blend operations for rows of 32-bit pixels, equal to the last
// bit. The pixels are those of a8r8g8b8 and x8r8g8b8, with color channels in any order.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether this processor has AVX2. If not, none of the functions below may be called.
bool rows_supported(void);
// Blends n source pixels (premultiplied) over the target.
void rows_over(uint32_t *target, const uint32_t *source, size_t n);
// Copies n pixels with stores that bypass the caches, for frames larger than those; followed by
// rows_flush before another thread or device reads the target.
void rows_copy_past_caches(uint32_t *target, const uint32_t *source, size_t n);
// Orders the stores of rows_copy_past_caches before later ones (a store fence).
void rows_flush(void);
