// SPDX-License-Identifier: MIT
// Encodes and decodes PNG with the row interface of libpng.
#include "compositor/base/png.h"
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"

#define MAX_BYTES (512 << 20) // of a file that is read

struct output_buffer {
	char *data;
	size_t size, capacity;
};

struct input_buffer {
	const char *data;
	size_t size, at;
};

static void on_write(png_structp png, png_bytep data, size_t size)
{
	struct output_buffer *buffer = png_get_io_ptr(png);
	if (buffer->size + size > buffer->capacity) {
		buffer->capacity = MAX(buffer->capacity * 2, buffer->size + size + 65536);
		buffer->data = xrealloc(buffer->data, buffer->capacity, 1);
	}
	memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
}

static void on_flush(png_structp png)
{
}

static void on_read(png_structp png, png_bytep into, size_t size)
{
	struct input_buffer *buffer = png_get_io_ptr(png);
	if (size > buffer->size - buffer->at)
		png_error(png, "the file ends too early");
	memcpy(into, buffer->data + buffer->at, size);
	buffer->at += size;
}

static void on_error(png_structp png, png_const_charp message)
{
	char **error = png_get_error_ptr(png);
	if (error && !*error)
		*error = xstrdup(message);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
}

static bool is_opaque(const struct image *image)
{
	size_t count = (size_t)image->width * (size_t)image->height;
	uint32_t all = 0xff000000;
	for (size_t i = 0; i < count; i++)
		all &= image->pixels[i];
	return all == 0xff000000;
}

static void pack_row(png_bytep into, const uint32_t *from, int width, bool opaque)
{
	for (int x = 0; x < width; x++) {
		*into++ = (png_byte)(from[x] >> 16);
		*into++ = (png_byte)(from[x] >> 8);
		*into++ = (png_byte)from[x];
		if (!opaque)
			*into++ = (png_byte)(from[x] >> 24);
	}
}

bool png_encode(const struct image *image, void **data, size_t *size)
{
	struct output_buffer buffer = {0};
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	png_bytep row = malloc((size_t)image->width * 4);
	bool ok = false;
	if (!info || !row || setjmp(png_jmpbuf(png)))
		goto out;
	bool opaque = is_opaque(image);
	png_set_write_fn(png, &buffer, on_write, on_flush);
	// Run-length encoding of differences to the row above: on pictures of user interfaces it
	// takes a fifth of the time of zlib's default, and all known versions of zlib give the same
	// bytes.
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
	png_set_compression_level(png, 1);
	png_set_compression_strategy(png, Z_RLE);
	png_set_compression_mem_level(png, 9);
	png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
		opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = 0; y < image->height; y++) {
		pack_row(row, image->pixels + (size_t)y * (size_t)image->width, image->width,
			opaque);
		png_write_row(png, row);
	}
	png_write_end(png, NULL);
	ok = true;
out:
	if (png)
		png_destroy_write_struct(&png, info ? &info : NULL);
	free(row);
	if (!ok) {
		free(buffer.data);
		return false;
	}
	*data = buffer.data;
	*size = buffer.size;
	return true;
}

bool png_save(const struct image *image, const char *path, char **error)
{
	void *data;
	size_t size;
	if (!png_encode(image, &data, &size)) {
		*error = xasprintf("%s: the picture cannot be encoded", path);
		return false;
	}
	bool ok = png_write(data, size, path, error);
	free(data);
	return ok;
}

bool png_write(const void *data, size_t size, const char *path, char **error)
{
	int fd = file_create(path, 0666, error);
	if (fd < 0)
		return false;
	bool ok = write_all(fd, data, size);
	int reason = errno;
	struct stat stat;
	bool regular = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
	if (close(fd) < 0 && ok) {
		ok = false;
		reason = errno;
	}
	if (!ok) {
		*error = xasprintf("%s: %s", path, strerror(reason));
		if (regular)
			unlink(path);
	}
	return ok;
}

static void request_rgba(png_structp png, png_infop info)
{
	png_set_expand(png);
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_interlace_handling(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
	png_read_update_info(png, info);
}

static void convert_to_argb(struct image *image)
{
	size_t count = (size_t)image->width * (size_t)image->height;
	for (size_t i = 0; i < count; i++) {
		png_byte rgba[4];
		memcpy(rgba, &image->pixels[i], 4);
		image->pixels[i] = (uint32_t)rgba[3] << 24 | (uint32_t)rgba[0] << 16 |
			(uint32_t)rgba[1] << 8 | (uint32_t)rgba[2];
	}
}

struct image *png_decode(const void *data, size_t size, char **error)
{
	struct input_buffer buffer = {.data = data, .size = size};
	struct image *volatile image = NULL;
	png_bytep *volatile rows = NULL;
	char *why = NULL;
	volatile bool ok = false;
	if (size < 8 || png_sig_cmp(data, 0, 8) != 0) {
		*error = xstrdup("not a PNG file");
		return NULL;
	}
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &why, on_error, on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	if (!info || setjmp(png_jmpbuf(png)))
		goto out;
	png_set_user_limits(png, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
	png_set_chunk_malloc_max(png, 16 << 20);
	// Skips all but IHDR, PLTE, tRNS, IDAT and IEND: compressed text and profiles would be
	// expanded, each up to that limit, and kept.
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	png_set_read_fn(png, &buffer, on_read);
	png_read_info(png, info);
	image = image_create(
		(int)png_get_image_width(png, info), (int)png_get_image_height(png, info));
	if (!image)
		png_error(png, "the picture is too large");
	request_rgba(png, info);
	if (png_get_rowbytes(png, info) != (size_t)image->width * 4)
		png_error(png, "unexpected pixel format");
	rows = xcalloc((size_t)image->height, sizeof(*rows));
	for (int y = 0; y < image->height; y++)
		rows[y] = (png_bytep)(image->pixels + (size_t)y * (size_t)image->width);
	png_read_image(png, rows);
	png_read_end(png, NULL);
	ok = true;
out:
	if (png)
		png_destroy_read_struct(&png, info ? &info : NULL, NULL);
	free(rows);
	if (!ok) {
		image_destroy(image);
		*error = why ? why : xstrdup("the file cannot be read");
		return NULL;
	}
	free(why);
	convert_to_argb(image);
	return image;
}

struct image *png_load(const char *path, char **error, bool *missing)
{
	size_t size = 0;
	if (missing)
		*missing = false;
	char *data = file_read(path, MAX_BYTES, &size, error);
	if (!data) {
		if (missing)
			*missing = errno == ENOENT;
		return NULL;
	}
	char *why = NULL;
	struct image *image = png_decode(data, size, &why);
	free(data);
	if (!image) {
		*error = xasprintf("%s: %s", path, why);
		free(why);
	}
	return image;
}
