// SPDX-License-Identifier: MIT
// Maps between the targets of X selections and MIME types. Pure functions.
//
// Targets are atoms: MIME types, or older names for text. Wayland clients take all text as UTF-8,
// whatever its type is called.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/xclipboard/encoding.h"

#define TARGET_NAME_MAX 255 // longer names are ignored
#define TARGET_TEXTS 6      // text targets that targets_of adds to the types of a source

struct target {
	const char *name; // of the atom; also the property's type, but for TEXT: COMPOUND_TEXT
	const char *mime; // the source's type
	enum encoding encoding;
};

// A MIME type offered to clients, and the index of the target to convert to.
struct offered {
	const char *mime;
	size_t target;
};

// Fills into with the targets of a source with these n MIME types; it has room for n +
// TARGET_TEXTS. Returns their number. The strings are borrowed from mimes or constant.
size_t targets_of(const char *const *mimes, size_t n, struct target *into);
// Fills into with the MIME types of a selection with these n target names (NULL: unknown); it has
// room for n + TARGET_TEXTS. Returns their number. The strings are borrowed from names or constant.
size_t targets_offered(const char *const *names, size_t n, struct offered *into);
