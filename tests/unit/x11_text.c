// SPDX-License-Identifier: MIT
// Text in the encodings of X selections, in one piece and in pieces of every length.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "backends/x11/text.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

// All of in through pieces of that many bytes; the result is the caller's.
static char *through(
	bool encode, enum text_form form, const char *in, size_t n, size_t step, size_t *length)
{
	struct text text = {.form = form};
	char *out = xcalloc(TEXT_ROOM(n) + 64 * (n / step + 2), 1);
	*length = 0;
	for (size_t i = 0; i < n; i += step) {
		size_t piece = MIN(step, n - i);
		// Exactly what it may need, for the sanitizer to see
		char *room = malloc(TEXT_ROOM(piece));
		size_t done = encode ? text_encode(&text, in + i, piece, room)
				     : text_decode(&text, in + i, piece, room);
		memcpy(out + *length, room, done);
		*length += done;
		free(room);
	}
	if (encode)
		*length += text_encode_end(&text, out + *length);
	return out;
}

static void converts(
	bool encode, enum text_form form, const char *in, size_t n, const char *want, size_t want_n)
{
	for (size_t step = 1; step <= n; step++) {
		size_t length;
		char *got = through(encode, form, in, n, step, &length);
		check_eq(length, want_n);
		check(memcmp(got, want, want_n) == 0);
		free(got);
	}
}

#define ENCODES(form, in, want) converts(true, form, in, sizeof(in) - 1, want, sizeof(want) - 1)
#define DECODES(form, in, want) converts(false, form, in, sizeof(in) - 1, want, sizeof(want) - 1)

TEST(latin1)
{
	ENCODES(TEXT_LATIN1, "gr\u00fc\u00dfe \u20ac\n",
		"gr\xfc\xdf"
		"e ?\n");
	ENCODES(TEXT_LATIN1, "\U0001f600!", "?!");
	DECODES(TEXT_LATIN1,
		"gr\xfc\xdf"
		"e",
		"gr\u00fc\u00dfe");
}

TEST(that_is_no_utf8)
{
	ENCODES(TEXT_LATIN1,
		"a\xff\xc3"
		"b\xe2\x82",
		"a??b?");
	ENCODES(TEXT_LATIN1, "\xc0\xaf\xf8", "???");
	ENCODES(TEXT_COMPOUND,
		"a\xff\xc3"
		"b\xe2\x82",
		"a??b?");
}

TEST(compound)
{
	ENCODES(TEXT_COMPOUND, "gr\u00fc\u00dfe \u20ac\u0100!",
		"gr\xfc\xdf"
		"e \x1b%G\u20ac\u0100\x1b%@!");
	ENCODES(TEXT_COMPOUND, "\u20ac", "\x1b%G\u20ac\x1b%@");
	ENCODES(TEXT_COMPOUND, "a\x1b[31m", "a?[31m"); // nobody smuggles sequences in
	DECODES(TEXT_COMPOUND, "gr\xfc\x1b%G\u00df\u20ac\x1b%@e", "gr\u00fc\u00df\u20ace");
	DECODES(TEXT_COMPOUND, "\x1b$(Babcd\x1b(Bx", "????x");
	DECODES(TEXT_COMPOUND, "\x1b-B\xe1\x1b-A\xe1", "?\u00e1");
	DECODES(TEXT_COMPOUND, "\x1b$)B\xe1\xe2 a", "?? a");
	DECODES(TEXT_COMPOUND,
		"a\x9b"
		"1]b\x9b]c",
		"abc");
	DECODES(TEXT_COMPOUND, "a\x1b%/1\x80\x83xyzb", "a???b"); // an extended segment
}

TEST(as_it_is)
{
	ENCODES(TEXT_UTF8, "\xff\x1b%G\0x", "\xff\x1b%G\0x");
	DECODES(TEXT_UTF8, "\xff\x1b%G\0x", "\xff\x1b%G\0x");
}

// What is written can be read again, and nothing writes more than it may.
TEST(of_any_bytes)
{
	static const char alphabet[][5] = {
		"a", "\n", "\x01", "\u00fc", "\xc2\x80", "\u20ac", "\U0001f600"};
	uint32_t seed = 1;
	for (int round = 0; round < 300; round++) {
		char in[256], *coded, *back;
		size_t n = 0, length, back_length;
		while (n < 200) {
			seed = seed * 1103515245 + 12345;
			const char *character = alphabet[(seed >> 16) % array_length(alphabet)];
			memcpy(in + n, character, strlen(character));
			n += strlen(character);
		}
		coded = through(true, TEXT_COMPOUND, in, n, 1 + round % 7, &length);
		back = through(false, TEXT_COMPOUND, coded, length, 1 + round % 5, &back_length);
		check_eq(back_length, n);
		check(memcmp(back, in, n) == 0);
		free(coded);
		free(back);
		for (size_t i = 0; i < sizeof(in); i++) {
			seed = seed * 1103515245 + 12345;
			in[i] = (char)(seed >> 16);
			if (seed >> 24 & 1)
				in[i] = "\x1b%G@$()/-B"[(seed >> 16) % 10];
		}
		for (enum text_form form = TEXT_UTF8; form <= TEXT_COMPOUND; form++) {
			free(through(true, form, in, sizeof(in), 1 + round % 9, &length));
			free(through(false, form, in, sizeof(in), 1 + round % 9, &length));
		}
	}
}
