// SPDX-License-Identifier: MIT
// UTF-8 text, from bytes that may be anything.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Decodes the character at *at and advances *at past it. An invalid byte is consumed alone and
// returned as U+FFFD. *at must be below end.
unsigned utf8_next(const char **at, const char *end);
// True when the bytes are valid UTF-8 throughout.
bool utf8_valid(const void *data, size_t size);
