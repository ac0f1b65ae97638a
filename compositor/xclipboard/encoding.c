// SPDX-License-Identifier: MIT
// Encoder and decoder of STRING (Latin-1) and COMPOUND_TEXT (ISO 2022).
#include "compositor/xclipboard/encoding.h"
#include <stdint.h>
#include <string.h>

#define ESC 0x1b
static const char begin_utf8[] = {ESC, '%', 'G'};
static const char end_utf8[] = {ESC, '%', '@'};

static size_t append(char *out, const void *bytes, size_t n)
{
	memcpy(out, bytes, n);
	return n;
}

// Encoding

// Length in bytes of the character that starts with first; 0: not a start byte.
static unsigned utf8_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static uint32_t utf8_code_point(const unsigned char *bytes, unsigned length)
{
	if (length == 1)
		return bytes[0];
	uint32_t code = bytes[0] & (0xffu >> (length + 1));
	for (unsigned i = 1; i < length; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	return code;
}

// Compound text gives the C1 control characters a meaning of their own.
static bool is_latin1(const struct encoding_state *state, uint32_t code)
{
	return code < 0x100 && (state->encoding == ENCODING_LATIN1 || code < 0x80 || code >= 0xa0);
}

static size_t encode_char(
	struct encoding_state *state, const unsigned char *bytes, unsigned length, char *out)
{
	uint32_t code = utf8_code_point(bytes, length);
	size_t n = 0;
	if (state->encoding == ENCODING_COMPOUND && code == ESC)
		code = '?';
	if (is_latin1(state, code)) {
		if (state->utf8)
			n += append(out, end_utf8, sizeof(end_utf8));
		state->utf8 = false;
		out[n++] = (char)code;
	} else if (state->encoding == ENCODING_LATIN1) {
		out[n++] = '?';
	} else {
		if (!state->utf8)
			n += append(out, begin_utf8, sizeof(begin_utf8));
		state->utf8 = true;
		n += append(out + n, bytes, length);
	}
	return n;
}

static size_t encode_bad(struct encoding_state *state, char *out)
{
	state->kept = 0;
	return encode_char(state, (const unsigned char *)"?", 1, out);
}

size_t encoding_encode(struct encoding_state *state, const char *in, size_t n, char *out)
{
	if (state->encoding == ENCODING_UTF8)
		return append(out, in, n);
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)in[i];
		if (state->kept && (byte & 0xc0) != 0x80)
			done += encode_bad(state, out + done);
		state->keep[state->kept++] = byte;
		unsigned length = utf8_length(state->keep[0]);
		if (!length) {
			done += encode_bad(state, out + done);
		} else if (state->kept == length) {
			state->kept = 0;
			done += encode_char(state, state->keep, length, out + done);
		}
	}
	return done;
}

size_t encoding_encode_end(struct encoding_state *state, char *out)
{
	size_t done = state->kept ? encode_bad(state, out) : 0;
	if (state->utf8)
		done += append(out + done, end_utf8, sizeof(end_utf8));
	state->utf8 = false;
	return done;
}

// Decoding

static size_t decode_char(unsigned char byte, char *out)
{
	if (byte < 0x80) {
		out[0] = (char)byte;
		return 1;
	}
	out[0] = (char)(0xc0 | byte >> 6);
	out[1] = (char)(0x80 | (byte & 0x3f));
	return 2;
}

// Applies a complete ISO 2022 sequence in keep: ESC, intermediate bytes, final byte.
static void apply_escape(struct encoding_state *state)
{
	const unsigned char *keep = state->keep;
	unsigned char last = keep[state->kept - 1];
	if (keep[1] == '%')
		state->utf8 = last == 'G' || (state->utf8 && last != '@');
	else if (keep[1] == '(')
		state->unknown[0] = last != 'B'; // ASCII
	else if (keep[1] == '-')
		state->unknown[1] = last != 'A'; // the right half of Latin-1
	else if (keep[1] == ')' || (keep[1] == '$' && keep[2] == ')'))
		state->unknown[1] = true;
	else if (keep[1] == '$')
		state->unknown[0] = true;
}

// Takes one byte of an escape sequence: ESC, intermediate bytes (0x20 to 0x2f), a final byte. In an
// extended segment two bytes of length follow.
static void decode_escape(struct encoding_state *state, unsigned char byte)
{
	unsigned char *keep = state->keep;
	keep[state->kept++] = byte;
	bool segment = state->kept > 3 && keep[1] == '%' && keep[2] == '/';
	if (segment) {
		if (state->kept == 6) {
			state->skip = (keep[4] & 0x7fu) << 7 | (keep[5] & 0x7fu);
			state->kept = 0;
		}
	} else if (state->kept > 1 &&
		(byte < 0x20 || byte > 0x2f || state->kept == sizeof(state->keep))) {
		apply_escape(state);
		state->kept = 0;
	}
}

// Skips directionality sequences: CSI, 1 or 2, ]
static bool decode_direction(struct encoding_state *state, unsigned char byte)
{
	if (state->kept == 0 && byte == 0x9b && !state->utf8) {
		state->keep[state->kept++] = byte;
		return true;
	}
	if (!state->kept || state->keep[0] != 0x9b)
		return false;
	if (byte == ']')
		state->kept = 0;
	else if (byte < '0' || byte > '9')
		return state->kept = 0, false;
	return true;
}

size_t encoding_decode(struct encoding_state *state, const char *in, size_t n, char *out)
{
	if (state->encoding == ENCODING_UTF8)
		return append(out, in, n);
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)in[i];
		if (state->encoding == ENCODING_LATIN1) {
			done += decode_char(byte, out + done);
		} else if (state->skip) {
			state->skip--;
			out[done++] = '?';
		} else if (decode_direction(state, byte)) {
			continue;
		} else if (state->kept || byte == ESC) {
			decode_escape(state, byte);
		} else if (state->utf8) {
			out[done++] = (char)byte;
		} else if (byte > 0x20 && byte != 0x7f && state->unknown[byte >> 7]) {
			out[done++] = '?';
		} else {
			done += decode_char(byte, out + done);
		}
	}
	return done;
}
