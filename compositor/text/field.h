// SPDX-License-Identifier: MIT
// A text field of a client, as its last commit described it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"

// Of the text around the cursor, as zwp_text_input_v3.set_surrounding_text has it.
#define FIELD_TEXT_MAX 4000

struct text_field {
	bool enabled;
	char *surrounding;    // valid UTF-8; owned; NULL: the client does not send it
	int cursor, anchor;   // bytes, on borders of characters of surrounding
	bool by_other;        // that text was changed by other means than input
	uint32_t hint;        // enum zwp_text_input_v3_content_hint
	uint32_t purpose;     // enum zwp_text_input_v3_content_purpose
	bool has_rectangle;   // the client sends the rectangle
	struct box rectangle; // of the cursor, surface coordinates
};

// Frees the text and zeroes the field: disabled, with nothing known.
void text_field_reset(struct text_field *field);
// Makes *into equal, with a text of its own. Both were initialised.
void text_field_copy(struct text_field *into, const struct text_field *from);
// Sets the text around the cursor. A text that is no UTF-8 counts as none; of a longer one, the
// part around the cursor is kept; offsets are clamped to the text and to borders of characters.
void text_field_set_surrounding(
	struct text_field *field, const char *text, int32_t cursor, int32_t anchor);
// What is typed must not be shown: a password.
bool text_field_is_hidden(const struct text_field *field);
