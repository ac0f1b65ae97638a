// SPDX-License-Identifier: MIT
// Text between UTF-8 and the two older encodings of X selections, piece by piece. Pure.
//
// STRING is Latin-1. COMPOUND_TEXT begins as Latin-1 and changes by escape sequences, among them
// one into UTF-8 and back; other character sets are not read but counted, one '?' a byte.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum text_form {
	TEXT_UTF8, // or no text at all: bytes as they are
	TEXT_LATIN1,
	TEXT_COMPOUND,
};

// The most bytes that n bytes can become, in either direction and with what was kept before them.
#define TEXT_ROOM(n) (3 * (n) + 16)
// The most input that surely fits into room bytes, of which there are 32 at least.
#define TEXT_FITS(room) (((room)-16) / 3)

// Between two pieces; zero but for the form.
struct text {
	enum text_form form; // of the X side
	bool utf8;           // COMPOUND_TEXT: inside of a part in UTF-8
	bool unknown[2]; // COMPOUND_TEXT: the sets of the lower and the upper half are not known
	unsigned kept;
	unsigned char keep[8]; // the beginning of a character or an escape sequence
	unsigned skip;         // bytes of an extended segment that are left
};

// From UTF-8. What the form cannot say, and what is no UTF-8, becomes '?'. Return the bytes
// written to out, which has TEXT_ROOM(n), or 16 for the end.
size_t text_encode(struct text *text, const char *in, size_t n, char *out);
size_t text_encode_end(struct text *text, char *out);
// To UTF-8.
size_t text_decode(struct text *text, const char *in, size_t n, char *out);
