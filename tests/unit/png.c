// SPDX-License-Identifier: MIT
// PNG files: round trips, reproducible bytes, and rejection of damaged files.
#include "compositor/base/png.h"
#include <drm_fourcc.h>
#include <fcntl.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "tests/harness/test.h"

static struct image *create_pattern(int width, int height, bool opaque)
{
	struct image *image = image_create(width, height);
	uint32_t seed = 12345;
	for (int i = 0; i < width * height; i++) {
		seed = seed * 1103515245 + 12345;
		image->pixels[i] = opaque ? seed | 0xff000000 : seed;
	}
	return image;
}

static const struct size_row {
	int width, height;
	bool opaque;
} sizes[] = {{1, 1, true}, {1, 1, false}, {7, 3, true}, {64, 64, false}, {333, 17, true}};

TEST_P(round_trip, struct size_row, sizes)
{
	struct image *image = create_pattern(param->width, param->height, param->opaque);
	void *data, *again;
	size_t size, again_size;
	char *error = NULL;
	check(png_encode(image, &data, &size));
	check(png_encode(image, &again, &again_size));
	check_eq(size, again_size);
	check(memcmp(data, again, size) == 0);
	struct image *read = png_decode(data, size, &error);
	check(read != NULL);
	check_eq(read->width, param->width);
	check_eq(read->height, param->height);
	size_t bytes = (size_t)(param->width * param->height) * 4;
	check(memcmp(read->pixels, image->pixels, bytes) == 0);
	image_destroy(read);
	image_destroy(image);
	free(data);
	free(again);
}

TEST(no_time_stamp)
{
	struct image *image = create_pattern(8, 8, true);
	void *data;
	size_t size;
	check(png_encode(image, &data, &size));
	check(memmem(data, size, "tIME", 4) == NULL);
	check(memmem(data, size, "tEXt", 4) == NULL);
	free(data);
	image_destroy(image);
}

TEST(cut_files_are_refused)
{
	struct image *image = create_pattern(20, 20, false);
	void *data;
	size_t size;
	check(png_encode(image, &data, &size));
	for (size_t cut = 0; cut < size - 12; cut++) {
		char *error = NULL;
		check(png_decode(data, cut, &error) == NULL);
		check(error != NULL);
		free(error);
	}
	free(data);
	image_destroy(image);
}

TEST(changed_bytes_do_no_harm)
{
	struct image *image = create_pattern(16, 16, true);
	void *data;
	size_t size;
	check(png_encode(image, &data, &size));
	char *copy = xcalloc(1, size);
	for (size_t i = 0; i < size; i++) {
		char *error = NULL;
		memcpy(copy, data, size);
		copy[i] ^= 0x55;
		image_destroy(png_decode(copy, size, &error));
		free(error);
	}
	free(copy);
	free(data);
	image_destroy(image);
}

TEST(huge_pictures_are_refused)
{
	check(image_create(IMAGE_MAX_SIDE + 1, 1) == NULL);
	check(image_create(IMAGE_MAX_SIDE, IMAGE_MAX_SIDE) == NULL);
	check(image_create(0, 1) == NULL);
	check(image_create(1, -1) == NULL);
}

// Writes a picture of 2x2 with 8 MiB of text, which is all the same and compressed, and returns the
// file. *chunk, *chunk_size: the chunk of the text.
static char *make_text_picture(const char *path, size_t *size, size_t *chunk, size_t *chunk_size)
{
	FILE *file = fopen(path, "w");
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_init_io(png, file);
	png_set_IHDR(png, info, 2, 2, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_text text = {.compression = PNG_TEXT_COMPRESSION_zTXt, .key = "a"};
	text.text_length = 8 << 20;
	text.text = xcalloc(1, text.text_length + 1);
	memset(text.text, 'a', text.text_length);
	png_set_text(png, info, &text, 1);
	png_write_info(png, info);
	png_byte row[2] = {0};
	png_bytep rows[2] = {row, row};
	png_write_image(png, rows);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	fclose(file);
	free(text.text);
	char *data = file_read(path, 1 << 20, size, NULL);
	const unsigned char *found = memmem(data, *size, "zTXt", 4);
	check(found != NULL);
	found -= 4;
	*chunk = (size_t)(found - (const unsigned char *)data);
	*chunk_size = 12 + ((size_t)found[1] << 16 | (size_t)found[2] << 8 | found[3]);
	return data;
}

static long peak_kib(void)
{
	struct rusage usage;
	check_eq(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

// 1.6 GB of text in 1.6 MB.
TEST(compressed_text_is_not_expanded)
{
	enum { CHUNKS = 200 };
	char *path = xasprintf("%s/text.png", test_dir()), *error = NULL;
	size_t size, chunk, chunk_size;
	char *data = make_text_picture(path, &size, &chunk, &chunk_size);
	char *file = xcalloc(CHUNKS + 1, MAX(chunk_size, size));
	memcpy(file, data, chunk);
	size_t used = chunk;
	for (int i = 0; i < CHUNKS; i++, used += chunk_size)
		memcpy(file + used, data + chunk, chunk_size);
	memcpy(file + used, data + chunk + chunk_size, size - chunk - chunk_size);
	used += size - chunk - chunk_size;
	long before_kib = peak_kib();
	struct image *image = png_decode(file, used, &error);
	check(image != NULL);
	check(peak_kib() - before_kib < 64 << 10);
	image_destroy(image);
	free(file);
	free(data);
	free(path);
}

// Color types and bit depths that png_encode never writes.
static const struct kind_row {
	int type, depth, interlace;
} kinds[] = {
	{PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE},
	{PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_ADAM7},
	{PNG_COLOR_TYPE_GRAY_ALPHA, 8, PNG_INTERLACE_NONE},
	{PNG_COLOR_TYPE_PALETTE, 4, PNG_INTERLACE_NONE},
	{PNG_COLOR_TYPE_RGB, 16, PNG_INTERLACE_NONE},
	{PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_ADAM7},
};

TEST_P(reads_kinds, struct kind_row, kinds)
{
	char *path = xasprintf("%s/kind.png", test_dir());
	FILE *file = fopen(path, "w");
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_init_io(png, file);
	png_set_IHDR(png, info, 9, 5, param->depth, param->type, param->interlace,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_color palette[16];
	memset(palette, 0xff, sizeof(palette));
	if (param->type == PNG_COLOR_TYPE_PALETTE)
		png_set_PLTE(png, info, palette, 16);
	png_write_info(png, info);
	png_byte row[9 * 8];
	memset(row, 0xff, sizeof(row));
	png_bytep rows[5] = {row, row, row, row, row};
	png_write_image(png, rows);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	fclose(file);
	char *error = NULL;
	struct image *image = png_load(path, &error, NULL);
	check(image != NULL);
	check_eq(image->width, 9);
	check_eq(image->height, 5);
	for (int i = 0; i < 45; i++)
		check_eq(image->pixels[i], 0xffffffff);
	image_destroy(image);
	free(path);
}

TEST(missing_and_bad_files)
{
	char *path = xasprintf("%s/none.png", test_dir()), *error = NULL;
	bool missing = false;
	check(png_load(path, &error, &missing) == NULL);
	check(missing);
	check(strstr(error, "none.png") != NULL);
	free(error);
	error = NULL;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	check_eq(write(fd, "hello, I am no PNG", 18), 18);
	close(fd);
	check(png_load(path, &error, &missing) == NULL);
	check(!missing);
	check(strstr(error, "not a PNG") != NULL);
	free(error);
	error = NULL;
	struct image *image = create_pattern(2, 2, true);
	check(!png_save(image, "/nonexistent/a.png", &error));
	check(strstr(error, "/nonexistent/a.png") != NULL);
	free(error);
	image_destroy(image);
	free(path);
}

TEST(premultiplied_pixels_become_straight)
{
	uint32_t memory[4] = {0x80400000, 0x00123456, 0xff102030, 0x01010101};
	struct pixels pixels = {.data = memory,
		.stride = 16,
		.width = 4,
		.height = 1,
		.format = DRM_FORMAT_ARGB8888};
	struct image *image = image_from_pixels(&pixels);
	check_eq(image->pixels[0], 0x80800000);
	check_eq(image->pixels[1], 0);
	check_eq(image->pixels[2], 0xff102030);
	check_eq(image->pixels[3], 0x01ffffff);
	image_destroy(image);
	pixels.format = DRM_FORMAT_XRGB8888;
	image = image_from_pixels(&pixels);
	check_eq(image->pixels[1], 0xff123456);
	image_destroy(image);
}
