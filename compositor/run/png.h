// SPDX-License-Identifier: MIT
// PNG files: the same bytes for the same pixels (fixed filter and compression, no time), and any
// PNG as an image.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/run/image.h"

// False with *error set (caller frees). A file that could not be finished is removed.
bool png_save(const struct image *image, const char *path, char **error);
// The same for a file that is encoded already.
bool png_write(const void *data, size_t size, const char *path, char **error);
// *missing tells that there is no such file.
struct image *png_load(const char *path, char **error, bool *missing);
// A file in memory. For tests and tools.
bool png_encode(const struct image *image, void **data, size_t *size);
struct image *png_decode(const void *data, size_t size, char **error);
