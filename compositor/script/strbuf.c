// SPDX-License-Identifier: MIT
// Appends to a growing string, as it is or escaped for JSON, XML and base64.
#include "compositor/script/strbuf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/utf8.h"

void strbuf_finish(struct strbuf *buf)
{
	free(buf->text);
	*buf = (struct strbuf){0};
}

void strbuf_clear(struct strbuf *buf)
{
	buf->length = 0;
	if (buf->text)
		buf->text[0] = '\0';
}

static void reserve_bytes(struct strbuf *buf, size_t more)
{
	if (buf->capacity - buf->length > more)
		return;
	buf->capacity = MAX(buf->capacity * 2, buf->length + more + 64);
	buf->text = xrealloc(buf->text, buf->capacity, 1);
}

void strbuf_add(struct strbuf *buf, const void *data, size_t size)
{
	reserve_bytes(buf, size);
	if (size)
		memcpy(buf->text + buf->length, data, size);
	buf->length += size;
	buf->text[buf->length] = '\0';
}

void strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length > 0) {
		reserve_bytes(buf, (size_t)length);
		vsnprintf(buf->text + buf->length, (size_t)length + 1, format, again);
		buf->length += (size_t)length;
	}
	va_end(again);
}

void strbuf_json_bytes(struct strbuf *buf, const void *data, size_t size)
{
	const char *at = data, *end = at + size;
	strbuf_puts(buf, "\"");
	while (at < end) {
		const char *from = at;
		unsigned code = utf8_next(&at, end);
		if (code == '"' || code == '\\')
			strbuf_printf(buf, "\\%c", (char)code);
		else if (code == '\n')
			strbuf_puts(buf, "\\n");
		else if (code == '\t')
			strbuf_puts(buf, "\\t");
		else if (code < 0x20 || code == 0x7f)
			strbuf_printf(buf, "\\u%04x", code);
		else if (code == 0xfffd)
			strbuf_puts(buf, "\xef\xbf\xbd");
		else
			strbuf_add(buf, from, (size_t)(at - from));
	}
	strbuf_puts(buf, "\"");
}

void strbuf_json(struct strbuf *buf, const char *text)
{
	if (text)
		strbuf_json_bytes(buf, text, strlen(text));
	else
		strbuf_puts(buf, "null");
}

void strbuf_name(struct strbuf *buf, const char *text)
{
	bool plain = *text != '\0';
	for (const char *at = text; *at; at++)
		plain = plain && (unsigned char)*at > ' ' && *at != '"' && *at != 0x7f;
	if (plain)
		strbuf_puts(buf, text);
	else
		strbuf_json(buf, text);
}

void strbuf_xml(struct strbuf *buf, const char *text)
{
	const char *end = text + strlen(text);
	while (text < end) {
		const char *from = text;
		unsigned code = utf8_next(&text, end);
		if (code == '<')
			strbuf_puts(buf, "&lt;");
		else if (code == '>')
			strbuf_puts(buf, "&gt;");
		else if (code == '&')
			strbuf_puts(buf, "&amp;");
		else if (code == '"')
			strbuf_puts(buf, "&quot;");
		else if ((code < 0x20 && code != '\n' && code != '\t') || code == 0xfffe ||
			code == 0xffff)
			strbuf_puts(buf, "?"); // XML 1.0 cannot express it
		else if (code == 0xfffd)
			strbuf_puts(buf, "\xef\xbf\xbd");
		else
			strbuf_add(buf, from, (size_t)(text - from));
	}
}

void strbuf_base64(struct strbuf *buf, const void *data, size_t size)
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
		strbuf_add(buf, four, 4);
	}
}

const char *strbuf_get(const struct strbuf *buf)
{
	return buf->text ? buf->text : "";
}
