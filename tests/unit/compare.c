// SPDX-License-Identifier: MIT
// Comparison of pictures: fuzz, masks, sizes, alpha, and the picture of the differences.
#include "compositor/picture/compare.h"
#include <stdlib.h>
#include <string.h>
#include "tests/harness/test.h"

static struct image *create_filled(int width, int height, uint32_t color)
{
	struct image *image = image_create(width, height);
	for (int i = 0; i < width * height; i++)
		image->pixels[i] = color;
	return image;
}

TEST(same_pictures)
{
	struct image *a = create_filled(10, 10, 0xff112233), *b = create_filled(10, 10, 0xff112233);
	struct compare_options options = {0};
	struct compare_result result;
	compare_images(a, b, &options, &result);
	check(result.same);
	check_eq(result.compared, 100);
	check_eq(result.differing, 0);
	check_eq(result.largest, 0);
	char *text = compare_describe(&result, a, b, &options);
	check(strstr(text, "same") != NULL);
	free(text);
	image_destroy(a);
	image_destroy(b);
}

TEST(counts_what_differs)
{
	struct image *a = create_filled(10, 10, 0xff112233), *b = create_filled(10, 10, 0xff112233);
	struct compare_options options = {0};
	struct compare_result result;
	a->pixels[23] = 0xff112236; // 3,2: by 3
	a->pixels[57] = 0xff012233; // 7,5: by 16
	compare_images(a, b, &options, &result);
	check(!result.same);
	check_eq(result.differing, 2);
	check_eq(result.largest, 16);
	check_eq(result.bounds.x, 3);
	check_eq(result.bounds.y, 2);
	check_eq(result.bounds.width, 5);
	check_eq(result.bounds.height, 4);
	char *text = compare_describe(&result, a, b, &options);
	check(strstr(text, "2 of 100 pixels") != NULL);
	check(strstr(text, "3,2,5,4") != NULL);
	free(text);
	options.fuzz = 3;
	compare_images(a, b, &options, &result);
	check_eq(result.differing, 1);
	options.max_pixels = 1;
	compare_images(a, b, &options, &result);
	check(result.same);
	options.fuzz = 16;
	options.max_pixels = 0;
	compare_images(a, b, &options, &result);
	check(result.same);
	check_eq(result.largest, 16);
	image_destroy(a);
	image_destroy(b);
}

TEST(masks_hide)
{
	struct image *a = create_filled(10, 10, 0xff000000), *b = create_filled(10, 10, 0xff000000);
	struct compare_options options = {0};
	struct compare_result result;
	a->pixels[0] = 0xffffffff;
	a->pixels[99] = 0xffffffff;
	compare_add_mask(&options, &(struct box){-5, -5, 6, 6});
	compare_images(a, b, &options, &result);
	check_eq(result.differing, 1);
	check_eq(result.compared, 99);
	compare_add_mask(&options, &(struct box){9, 9, 100, 100});
	compare_images(a, b, &options, &result);
	check(result.same);
	check_eq(result.largest, 0);
	compare_options_finish(&options);
	image_destroy(a);
	image_destroy(b);
}

TEST(other_sizes_never_match)
{
	struct image *a = create_filled(10, 10, 0xff000000), *b = create_filled(10, 11, 0xff000000);
	struct compare_options options = {.fuzz = 255, .max_pixels = 1000};
	struct compare_result result;
	compare_images(a, b, &options, &result);
	check(!result.same);
	check(!result.same_size);
	char *text = compare_describe(&result, a, b, &options);
	check(strstr(text, "10x10") != NULL);
	check(strstr(text, "10x11") != NULL);
	free(text);
	struct image *diff = compare_draw(a, b, &options);
	check_eq(diff->width, 10);
	check_eq(diff->height, 11);
	image_destroy(diff);
	image_destroy(a);
	image_destroy(b);
}

TEST(alpha_counts)
{
	struct image *a = create_filled(2, 1, 0x80ffffff), *b = create_filled(2, 1, 0xffffffff);
	struct compare_options options = {0};
	struct compare_result result;
	compare_images(a, b, &options, &result);
	check_eq(result.largest, 127);
	// The colors of fully transparent pixels do not matter.
	a->pixels[0] = a->pixels[1] = 0x00123456;
	b->pixels[0] = b->pixels[1] = 0x00ffffff;
	compare_images(a, b, &options, &result);
	check(result.same);
	image_destroy(a);
	image_destroy(b);
}

TEST(difference_shows_red)
{
	struct image *a = create_filled(4, 4, 0xff808080), *b = create_filled(4, 4, 0xff808080);
	struct compare_options options = {.fuzz = 2};
	a->pixels[5] = 0xff808090;
	a->pixels[6] = 0xff808081;
	struct image *diff = compare_draw(a, b, &options);
	check_eq(diff->pixels[5], 0xffe00000);
	check_eq(diff->pixels[6], 0xff6080ff);
	check(diff->pixels[0] >> 24 == 255);
	uint32_t grey = diff->pixels[0] & 0xff;
	check_eq(diff->pixels[0], 0xff000000 | grey << 16 | grey << 8 | grey);
	image_destroy(diff);
	image_destroy(a);
	image_destroy(b);
}
