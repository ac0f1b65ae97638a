// SPDX-License-Identifier: MIT
// Text fields of clients: their state, with the text around the cursor checked, as clients send any
// offset and any length.
#include "compositor/text/field.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/utf8.h"
#include "text-input-unstable-v3-protocol.h"

void text_field_reset(struct text_field *field)
{
	free(field->surrounding);
	*field = (struct text_field){0};
}

void text_field_copy(struct text_field *into, const struct text_field *from)
{
	char *old = into->surrounding;
	*into = *from;
	into->surrounding = xstrdup(from->surrounding);
	free(old);
}

static bool is_border(const char *text, int at)
{
	return ((unsigned char)text[at] & 0xc0) != 0x80;
}

static int border_before(const char *text, int at)
{
	while (at > 0 && !is_border(text, at))
		at--;
	return at;
}

void text_field_set_surrounding(
	struct text_field *field, const char *text, int32_t cursor, int32_t anchor)
{
	size_t size = strlen(text);
	replace_string(&field->surrounding, NULL);
	field->cursor = field->anchor = 0;
	if (!utf8_valid(text, size))
		return;
	int length = (int)size; // a request has at most 65,535 bytes
	cursor = border_before(text, CLAMP(cursor, 0, length));
	anchor = border_before(text, CLAMP(anchor, 0, length));
	int from = 0, to = length;
	if (length > FIELD_TEXT_MAX) {
		from = CLAMP(cursor - FIELD_TEXT_MAX / 2, 0, length - FIELD_TEXT_MAX);
		to = border_before(text, from + FIELD_TEXT_MAX);
		while (!is_border(text, from))
			from++;
	}
	field->surrounding = xcalloc(1, (size_t)(to - from) + 1);
	memcpy(field->surrounding, text + from, (size_t)(to - from));
	field->cursor = CLAMP(cursor, from, to) - from;
	field->anchor = CLAMP(anchor, from, to) - from;
}

bool text_field_is_hidden(const struct text_field *field)
{
	const uint32_t hidden = ZWP_TEXT_INPUT_V3_CONTENT_HINT_HIDDEN_TEXT |
		ZWP_TEXT_INPUT_V3_CONTENT_HINT_SENSITIVE_DATA;
	return field->hint & hidden ||
		field->purpose == ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_PASSWORD ||
		field->purpose == ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_PIN;
}
