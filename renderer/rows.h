// SPDX-License-Identifier: MIT
// Rows of 32-bit pixels, copied and blended as pixman does to the last bit, faster where the
// processor can. The pixels are those of pixman's a8r8g8b8 and x8r8g8b8, in any order of colours.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool rows_supported(void); // by this processor; otherwise nothing below may be called
void rows_over(uint32_t *target, const uint32_t *source, size_t n);
// Past the caches, for more pixels than they hold: somebody else reads them next.
void rows_copy_past_caches(uint32_t *target, const uint32_t *source, size_t n);
void rows_flush(void); // after the last rows_copy_past_caches of a frame
