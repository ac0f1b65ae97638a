// SPDX-License-Identifier: MIT
// PNG files: wallpapers, references of pictures, images of the clipboard.
#include "compositor/base/png.h"
#include <stdlib.h>
#include <string.h>
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define WIDTH_AT 16
#define MAX_SIDE 512 // larger pictures only take longer

static bool is_small(const uint8_t *data, size_t size)
{
	struct input input = {data + WIDTH_AT, size - WIDTH_AT, -1};
	return input_word(&input) <= MAX_SIDE && input_word(&input) <= MAX_SIDE;
}

// What is decoded can be encoded, and stays the same.
static void check_copy(const struct image *image)
{
	void *data;
	size_t size;
	char *error = NULL;
	check(png_encode(image, &data, &size));
	struct image *copy = png_decode(data, size, &error);
	check(copy != NULL);
	check_eq(copy->width, image->width);
	check_eq(copy->height, image->height);
	size_t bytes = (size_t)image->width * (size_t)image->height * sizeof(*image->pixels);
	check(memcmp(copy->pixels, image->pixels, bytes) == 0);
	image_destroy(copy);
	free(data);
}

static void open_png(const uint8_t *data, size_t size)
{
	if (size > WIDTH_AT + 8 && !is_small(data, size))
		return;
	char *error = NULL;
	struct image *image = png_decode(data, size, &error);
	check((image == NULL) == (error != NULL));
	if (image)
		check_copy(image);
	image_destroy(image);
	free(error);
}

const struct fuzz_target target_png = {.name = "png", .open = open_png};
