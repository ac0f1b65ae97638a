// SPDX-License-Identifier: MIT
// Reads any PNG file as an image, and writes images as PNG: the same pixels always give the same
// bytes (fixed filter and compression, no time stamp).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/image.h"

// Encodes and writes an image. False with *error set (caller frees); an incomplete file is removed.
bool png_save(const struct image *image, const char *path, char **error);
// Writes a file that is already encoded. False as above.
bool png_write(const void *data, size_t size, const char *path, char **error);
// Loads an image, which the caller destroys. NULL with *error set (caller frees); *missing, which
// may be NULL, is set when there is no such file.
struct image *png_load(const char *path, char **error, bool *missing);
// Encodes an image in memory that the caller frees. False: libpng failed.
bool png_encode(const struct image *image, void **data, size_t *size);
// Decodes a file in memory. NULL with *error set (caller frees).
struct image *png_decode(const void *data, size_t size, char **error);
