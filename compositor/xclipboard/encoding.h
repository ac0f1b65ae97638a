// SPDX-License-Identifier: MIT
// Converts text between UTF-8 and the two older encodings of X selections, in pieces of any size.
// Pure functions.
//
// STRING is Latin-1. COMPOUND_TEXT starts as Latin-1 and switches character sets by ISO 2022 escape
// sequences, among them one into UTF-8 and back. Text in other character sets is not decoded: each
// byte becomes '?'.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum encoding {
	ENCODING_UTF8, // or data that is not text: copied unchanged
	ENCODING_LATIN1,
	ENCODING_COMPOUND,
};

// Upper limit of the output of n bytes in either direction, including bytes kept from before.
#define ENCODING_MAX_OUTPUT(n) (3 * (n) + 16)
// The input whose output is certain to fit into room bytes, at least 32.
#define ENCODING_MAX_INPUT(room) (((room)-16) / 3)

// State between two pieces; zeroed at the start, but for the encoding.
struct encoding_state {
	enum encoding encoding; // of the X side
	bool utf8;              // COMPOUND_TEXT: in a UTF-8 segment
	bool unknown[2];        // COMPOUND_TEXT: unsupported set designated as G0, G1
	unsigned kept;
	unsigned char keep[8]; // an incomplete character or escape sequence
	unsigned skip;         // remaining bytes of an extended segment
};

// Converts n bytes of UTF-8; what is invalid or cannot be represented becomes '?'. out has room for
// ENCODING_MAX_OUTPUT(n) bytes. Returns the number of bytes written.
size_t encoding_encode(struct encoding_state *state, const char *in, size_t n, char *out);
// Ends the text: writes what is needed to complete it, at most 16 bytes. Returns their number.
size_t encoding_encode_end(struct encoding_state *state, char *out);
// Converts n bytes to UTF-8. out has room for ENCODING_MAX_OUTPUT(n) bytes. Returns the number of
// bytes written.
size_t encoding_decode(struct encoding_state *state, const char *in, size_t n, char *out);
