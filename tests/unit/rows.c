// SPDX-License-Identifier: MIT
// The AVX2 row operations equal pixman at every alignment and length, also for invalid
// premultiplied pixels (colors above alpha).
#include "renderer/rows.h"
#include <pixman.h>
#include <stdlib.h>
#include <string.h>
#include "tests/harness/test.h"

#define ROW 200

static uint32_t random_pixel(void)
{
	uint32_t pixel = (uint32_t)rand() ^ (uint32_t)rand() << 16;
	switch (rand() % 4) {
	case 0:
		return pixel | 0xff000000;
	case 1:
		return rand() % 2 ? 0 : pixel & 0xffffff;
	default:
		return pixel;
	}
}

static void by_pixman(pixman_op_t op, pixman_format_code_t target_format, uint32_t *target,
	uint32_t *source, int n)
{
	pixman_image_t *from = pixman_image_create_bits(PIXMAN_a8r8g8b8, n, 1, source, n * 4);
	pixman_image_t *into = pixman_image_create_bits(target_format, n, 1, target, n * 4);
	pixman_image_composite32(op, from, NULL, into, 0, 0, 0, 0, 0, 0, n, 1);
	pixman_image_unref(from);
	pixman_image_unref(into);
}

static void compare_with_pixman(pixman_op_t op, pixman_format_code_t format,
	void (*draw)(uint32_t *target, const uint32_t *source, size_t n))
{
	for (int round = 0; round < 4000; round++) {
		uint32_t source[ROW], target[ROW], wanted[ROW];
		int start = rand() % 16, n = 1 + rand() % (ROW - 32), shift = rand() % 16;
		bool opaque = rand() % 8 == 0;
		for (int i = 0; i < ROW; i++) {
			source[i] = opaque ? random_pixel() | 0xff000000 : random_pixel();
			target[i] = wanted[i] = random_pixel();
		}
		by_pixman(op, format, wanted + start, source + shift, n);
		draw(target + start, source + shift, (size_t)n);
		rows_flush();
		check(memcmp(target, wanted, sizeof(target)) == 0);
	}
}

TEST(rows_match_pixman)
{
	if (!rows_supported())
		return;
	srand(1);
	compare_with_pixman(PIXMAN_OP_OVER, PIXMAN_a8r8g8b8, rows_over);
	compare_with_pixman(PIXMAN_OP_OVER, PIXMAN_x8r8g8b8, rows_over);
	compare_with_pixman(PIXMAN_OP_SRC, PIXMAN_a8r8g8b8, rows_copy_past_caches);
	compare_with_pixman(PIXMAN_OP_SRC, PIXMAN_x8r8g8b8, rows_copy_past_caches);
}

// All channel values with all alpha values.
TEST(blending_is_exact)
{
	if (!rows_supported())
		return;
	for (uint32_t alpha = 0; alpha < 256; alpha++) {
		uint32_t source[256], target[256], wanted[256];
		for (uint32_t i = 0; i < 256; i++) {
			source[i] = alpha << 24 | (alpha / 2) << 16 | alpha << 8 | (i ^ 0x55);
			target[i] = wanted[i] = i * 0x01010101u;
		}
		by_pixman(PIXMAN_OP_OVER, PIXMAN_a8r8g8b8, wanted, source, 256);
		rows_over(target, source, 256);
		check(memcmp(target, wanted, sizeof(target)) == 0);
	}
}
