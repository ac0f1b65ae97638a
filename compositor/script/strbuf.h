// SPDX-License-Identifier: MIT
// A string that grows: for messages, reports and JSON.
#pragma once
#include <stddef.h>

struct strbuf {     // zeroed: empty
	char *text; // NUL-terminated, owned; may be NULL while empty
	size_t length, capacity;
};

// Frees the text and zeroes the struct. Accepts a zeroed one.
void strbuf_finish(struct strbuf *buf);
// Empties the string and keeps its memory.
void strbuf_clear(struct strbuf *buf);
// Appends bytes, which may contain NUL. data may be NULL when size is 0.
void strbuf_add(struct strbuf *buf, const void *data, size_t size);
// Appends a string.
void strbuf_puts(struct strbuf *buf, const char *text);
// Appends a formatted string.
void strbuf_printf(struct strbuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// Appends a JSON string with its quotes, or null when text is NULL.
void strbuf_json(struct strbuf *buf, const char *text);
// The same for bytes; invalid UTF-8 becomes U+FFFD.
void strbuf_json_bytes(struct strbuf *buf, const void *data, size_t size);
// Appends a name that a client has chosen: as it is, or as a JSON string where it is empty or has
// characters that could be taken for another word or a control sequence.
void strbuf_name(struct strbuf *buf, const char *text);
// Appends text escaped for XML content and attributes, without quotes.
void strbuf_xml(struct strbuf *buf, const char *text);
// Appends the bytes in base64, without line breaks.
void strbuf_base64(struct strbuf *buf, const void *data, size_t size);
// The string, borrowed until the next change; never NULL.
const char *strbuf_get(const struct strbuf *buf);
