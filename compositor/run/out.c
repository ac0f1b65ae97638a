// SPDX-License-Identifier: MIT
// A growing string and its escapes.
#include "compositor/run/out.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

void out_finish(struct out *out)
{
	free(out->text);
	*out = (struct out){0};
}

void out_clear(struct out *out)
{
	out->length = 0;
	if (out->text)
		out->text[0] = '\0';
}

static void reserve(struct out *out, size_t more)
{
	if (out->capacity - out->length > more)
		return;
	out->capacity = MAX(out->capacity * 2, out->length + more + 64);
	out->text = xrealloc(out->text, out->capacity, 1);
}

void out_bytes(struct out *out, const void *data, size_t size)
{
	reserve(out, size);
	if (size)
		memcpy(out->text + out->length, data, size);
	out->length += size;
	out->text[out->length] = '\0';
}

void out_text(struct out *out, const char *text)
{
	out_bytes(out, text, strlen(text));
}

void out_format(struct out *out, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length > 0) {
		reserve(out, (size_t)length);
		vsnprintf(out->text + out->length, (size_t)length + 1, format, again);
		out->length += (size_t)length;
	}
	va_end(again);
}

unsigned utf8_next(const char **at, const char *end)
{
	const unsigned char *from = (const unsigned char *)*at;
	size_t left = (size_t)(end - *at);
	unsigned c = from[0];
	size_t length = c < 0x80        ? 1
		: c >= 0xc2 && c < 0xe0 ? 2
		: c >= 0xe0 && c < 0xf0 ? 3
		: c >= 0xf0 && c < 0xf5 ? 4
					: 0;
	if (length == 1) {
		(*at)++;
		return c;
	}
	unsigned code = length ? c & (0xffu >> (length + 1)) : 0;
	bool good = length && length <= left;
	for (size_t i = 1; good && i < length; i++) {
		good = (from[i] & 0xc0) == 0x80;
		code = code << 6 | (from[i] & 0x3f);
	}
	if (good)
		good = !(length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) &&
			!(length == 4 && (code < 0x10000 || code > 0x10ffff));
	*at += good ? length : 1;
	return good ? code : 0xfffd;
}

bool utf8_valid(const void *data, size_t size)
{
	const char *at = data, *end = at + size;
	while (at < end) {
		const char *from = at;
		if (utf8_next(&at, end) == 0xfffd && at - from == 1)
			return false;
	}
	return true;
}

void out_json_bytes(struct out *out, const void *data, size_t size)
{
	const char *at = data, *end = at + size;
	out_text(out, "\"");
	while (at < end) {
		const char *from = at;
		unsigned code = utf8_next(&at, end);
		if (code == '"' || code == '\\')
			out_format(out, "\\%c", (char)code);
		else if (code == '\n')
			out_text(out, "\\n");
		else if (code == '\t')
			out_text(out, "\\t");
		else if (code < 0x20 || code == 0x7f)
			out_format(out, "\\u%04x", code);
		else if (code == 0xfffd)
			out_text(out, "\xef\xbf\xbd");
		else
			out_bytes(out, from, (size_t)(at - from));
	}
	out_text(out, "\"");
}

void out_json(struct out *out, const char *text)
{
	if (text)
		out_json_bytes(out, text, strlen(text));
	else
		out_text(out, "null");
}

void out_xml(struct out *out, const char *text)
{
	const char *end = text + strlen(text);
	while (text < end) {
		const char *from = text;
		unsigned code = utf8_next(&text, end);
		if (code == '<')
			out_text(out, "&lt;");
		else if (code == '>')
			out_text(out, "&gt;");
		else if (code == '&')
			out_text(out, "&amp;");
		else if (code == '"')
			out_text(out, "&quot;");
		else if ((code < 0x20 && code != '\n' && code != '\t') || code == 0xfffe ||
			code == 0xffff)
			out_text(out, "?"); // XML has no way to say it
		else if (code == 0xfffd)
			out_text(out, "\xef\xbf\xbd");
		else
			out_bytes(out, from, (size_t)(text - from));
	}
}

void out_base64(struct out *out, const void *data, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = data;
	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		unsigned bits = (unsigned)from[i] << 16;
		bits |= left > 1 ? (unsigned)from[i + 1] << 8 : 0;
		bits |= left > 2 ? from[i + 2] : 0;
		char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
			left > 1 ? digits[bits >> 6 & 63] : '=',
			left > 2 ? digits[bits & 63] : '='};
		out_bytes(out, four, 4);
	}
}

const char *out_get(const struct out *out)
{
	return out->text ? out->text : "";
}
