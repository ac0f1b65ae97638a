// SPDX-License-Identifier: MIT
// Decodes and validates UTF-8; overlong forms, surrogates and truncated sequences are invalid.
#include "compositor/base/utf8.h"

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
