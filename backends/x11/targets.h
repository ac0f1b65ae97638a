// SPDX-License-Identifier: MIT
// Which names of X's selection targets stand for which mime types. Pure.
//
// X names its targets by atoms: mime types as they are, text by older names. Wayland's programs
// take all text as UTF-8, whatever its type is called.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "backends/x11/text.h"

#define TARGET_NAME_MAX 255 // longer names are nobody's
#define TARGET_TEXTS 6      // names for text that targets_of adds to the types of a source

struct target {
	const char *name; // of the atom; also the type of the property, but TEXT's is COMPOUND_TEXT
	const char *mime; // what the source is asked for
	enum text_form form;
};

// A mime type that X offers, and which of its targets to ask for.
struct offered {
	const char *mime;
	size_t target;
};

// What a source with these types can be asked for in X; into has room for n + TARGET_TEXTS.
// Returns their number. Names and types belong to mimes or are constant.
size_t targets_of(const char *const *mimes, size_t n, struct target *into);
// What Wayland's programs can ask for where X's owner has these targets; names may be NULL: not
// known. into has room for n + TARGET_TEXTS. Returns their number.
size_t targets_offered(const char *const *names, size_t n, struct offered *into);
