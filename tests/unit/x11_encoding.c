// SPDX-License-Identifier: MIT
// Conversion between UTF-8 and the encodings of X selections, in pieces of every length.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/xclipboard/encoding.h"
#include "tests/harness/test.h"

// Converts in, in pieces of step bytes. The caller frees the result.
static char *convert(
	bool encode, enum encoding encoding, const char *in, size_t n, size_t step, size_t *length)
{
	struct encoding_state state = {.encoding = encoding};
	char *out = xcalloc(ENCODING_MAX_OUTPUT(n) + 64 * (n / step + 2), 1);
	*length = 0;
	for (size_t i = 0; i < n; i += step) {
		size_t piece = MIN(step, n - i);
		// Exactly the maximum, so that the sanitizer sees an overrun
		char *room = malloc(ENCODING_MAX_OUTPUT(piece));
		size_t done = encode ? encoding_encode(&state, in + i, piece, room)
				     : encoding_decode(&state, in + i, piece, room);
		memcpy(out + *length, room, done);
		*length += done;
		free(room);
	}
	if (encode)
		*length += encoding_encode_end(&state, out + *length);
	return out;
}

static void check_conversion(bool encode, enum encoding encoding, const char *in, size_t n,
	const char *want, size_t want_n)
{
	for (size_t step = 1; step <= n; step++) {
		size_t length;
		char *got = convert(encode, encoding, in, n, step, &length);
		check_eq(length, want_n);
		check(memcmp(got, want, want_n) == 0);
		free(got);
	}
}

#define ENCODES(encoding, in, want) \
	check_conversion(true, encoding, in, sizeof(in) - 1, want, sizeof(want) - 1)
#define DECODES(encoding, in, want) \
	check_conversion(false, encoding, in, sizeof(in) - 1, want, sizeof(want) - 1)

TEST(latin1)
{
	ENCODES(ENCODING_LATIN1, "gr\u00fc\u00dfe \u20ac\n",
		"gr\xfc\xdf"
		"e ?\n");
	ENCODES(ENCODING_LATIN1, "\U0001f600!", "?!");
	DECODES(ENCODING_LATIN1,
		"gr\xfc\xdf"
		"e",
		"gr\u00fc\u00dfe");
}

TEST(that_is_no_utf8)
{
	ENCODES(ENCODING_LATIN1,
		"a\xff\xc3"
		"b\xe2\x82",
		"a??b?");
	ENCODES(ENCODING_LATIN1, "\xc0\xaf\xf8", "???");
	ENCODES(ENCODING_COMPOUND,
		"a\xff\xc3"
		"b\xe2\x82",
		"a??b?");
}

TEST(compound)
{
	ENCODES(ENCODING_COMPOUND, "gr\u00fc\u00dfe \u20ac\u0100!",
		"gr\xfc\xdf"
		"e \x1b%G\u20ac\u0100\x1b%@!");
	ENCODES(ENCODING_COMPOUND, "\u20ac", "\x1b%G\u20ac\x1b%@");
	ENCODES(ENCODING_COMPOUND, "a\x1b[31m",
		"a?[31m"); // escape sequences of the input are not passed on
	DECODES(ENCODING_COMPOUND, "gr\xfc\x1b%G\u00df\u20ac\x1b%@e", "gr\u00fc\u00df\u20ace");
	DECODES(ENCODING_COMPOUND, "\x1b$(Babcd\x1b(Bx", "????x");
	DECODES(ENCODING_COMPOUND, "\x1b-B\xe1\x1b-A\xe1", "?\u00e1");
	DECODES(ENCODING_COMPOUND, "\x1b$)B\xe1\xe2 a", "?? a");
	DECODES(ENCODING_COMPOUND,
		"a\x9b"
		"1]b\x9b]c",
		"abc");
	DECODES(ENCODING_COMPOUND, "a\x1b%/1\x80\x83xyzb", "a???b"); // an extended segment
}

TEST(as_it_is)
{
	ENCODES(ENCODING_UTF8, "\xff\x1b%G\0x", "\xff\x1b%G\0x");
	DECODES(ENCODING_UTF8, "\xff\x1b%G\0x", "\xff\x1b%G\0x");
}

// Any text survives a round trip, and no input makes the output exceed its limit.
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
		coded = convert(true, ENCODING_COMPOUND, in, n, 1 + round % 7, &length);
		back = convert(
			false, ENCODING_COMPOUND, coded, length, 1 + round % 5, &back_length);
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
		for (enum encoding encoding = ENCODING_UTF8; encoding <= ENCODING_COMPOUND;
			encoding++) {
			free(convert(true, encoding, in, sizeof(in), 1 + round % 9, &length));
			free(convert(false, encoding, in, sizeof(in), 1 + round % 9, &length));
		}
	}
}
