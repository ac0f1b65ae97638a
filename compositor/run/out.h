// SPDX-License-Identifier: MIT
// Text that grows: answers, reports, JSON.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct out {
	char *text; // terminated; NULL while empty
	size_t length, capacity;
};

void out_finish(struct out *out);
void out_clear(struct out *out);
void out_bytes(struct out *out, const void *data, size_t size);
void out_text(struct out *out, const char *text);
void out_format(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_json(struct out *out, const char *text);                    // quoted; NULL: null
void out_json_bytes(struct out *out, const void *data, size_t size); // quoted; bad UTF-8 replaced
void out_xml(struct out *out, const char *text);                     // escaped, not quoted
void out_base64(struct out *out, const void *data, size_t size);
const char *out_get(const struct out *out); // never NULL
bool utf8_valid(const void *data, size_t size);
// Decodes one character and moves on; bad bytes are U+FFFD, one at a time.
unsigned utf8_next(const char **at, const char *end);
