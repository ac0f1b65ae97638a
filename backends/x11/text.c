// SPDX-License-Identifier: MIT
#include "backends/x11/text.h"
#include <stdint.h>
#include <string.h>

#define ESC 0x1b
static const char begin_utf8[] = {ESC, '%', 'G'};
static const char end_utf8[] = {ESC, '%', '@'};

static size_t put(char *out, const void *bytes, size_t n)
{
	memcpy(out, bytes, n);
	return n;
}

// Encoding

// How many bytes the character that begins so has; 0: none begins so.
static unsigned length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static uint32_t code_of(const unsigned char *bytes, unsigned length)
{
	if (length == 1)
		return bytes[0];
	uint32_t code = bytes[0] & (0xffu >> (length + 1));
	for (unsigned i = 1; i < length; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	return code;
}

// In compound text the upper control characters mean something.
static bool is_latin1(const struct text *text, uint32_t code)
{
	return code < 0x100 && (text->form == TEXT_LATIN1 || code < 0x80 || code >= 0xa0);
}

static size_t encode_char(struct text *text, const unsigned char *bytes, unsigned length, char *out)
{
	uint32_t code = code_of(bytes, length);
	size_t n = 0;
	if (text->form == TEXT_COMPOUND && code == ESC)
		code = '?';
	if (is_latin1(text, code)) {
		if (text->utf8)
			n += put(out, end_utf8, sizeof(end_utf8));
		text->utf8 = false;
		out[n++] = (char)code;
	} else if (text->form == TEXT_LATIN1) {
		out[n++] = '?';
	} else {
		if (!text->utf8)
			n += put(out, begin_utf8, sizeof(begin_utf8));
		text->utf8 = true;
		n += put(out + n, bytes, length);
	}
	return n;
}

static size_t encode_bad(struct text *text, char *out)
{
	text->kept = 0;
	return encode_char(text, (const unsigned char *)"?", 1, out);
}

size_t text_encode(struct text *text, const char *in, size_t n, char *out)
{
	if (text->form == TEXT_UTF8)
		return put(out, in, n);
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)in[i];
		if (text->kept && (byte & 0xc0) != 0x80)
			done += encode_bad(text, out + done);
		text->keep[text->kept++] = byte;
		unsigned length = length_of(text->keep[0]);
		if (!length) {
			done += encode_bad(text, out + done);
		} else if (text->kept == length) {
			text->kept = 0;
			done += encode_char(text, text->keep, length, out + done);
		}
	}
	return done;
}

size_t text_encode_end(struct text *text, char *out)
{
	size_t done = text->kept ? encode_bad(text, out) : 0;
	if (text->utf8)
		done += put(out + done, end_utf8, sizeof(end_utf8));
	text->utf8 = false;
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

// keep holds a whole sequence of ISO 2022: ESC, what kind, which set.
static void designate(struct text *text)
{
	const unsigned char *keep = text->keep;
	unsigned char last = keep[text->kept - 1];
	if (keep[1] == '%')
		text->utf8 = last == 'G' || (text->utf8 && last != '@');
	else if (keep[1] == '(')
		text->unknown[0] = last != 'B'; // ASCII
	else if (keep[1] == '-')
		text->unknown[1] = last != 'A'; // the upper half of Latin-1
	else if (keep[1] == ')' || (keep[1] == '$' && keep[2] == ')'))
		text->unknown[1] = true;
	else if (keep[1] == '$')
		text->unknown[0] = true;
}

// One more byte of an escape sequence: ESC, bytes from 0x20 to 0x2f, a last one; behind that of an
// extended segment its length in two.
static void decode_escape(struct text *text, unsigned char byte)
{
	unsigned char *keep = text->keep;
	keep[text->kept++] = byte;
	bool segment = text->kept > 3 && keep[1] == '%' && keep[2] == '/';
	if (segment) {
		if (text->kept == 6) {
			text->skip = (keep[4] & 0x7fu) << 7 | (keep[5] & 0x7fu);
			text->kept = 0;
		}
	} else if (text->kept > 1 &&
		(byte < 0x20 || byte > 0x2f || text->kept == sizeof(text->keep))) {
		designate(text);
		text->kept = 0;
	}
}

// The direction of writing: CSI, 1 or 2, ]
static bool decode_direction(struct text *text, unsigned char byte)
{
	if (text->kept == 0 && byte == 0x9b && !text->utf8) {
		text->keep[text->kept++] = byte;
		return true;
	}
	if (!text->kept || text->keep[0] != 0x9b)
		return false;
	if (byte == ']')
		text->kept = 0;
	else if (byte < '0' || byte > '9')
		return text->kept = 0, false;
	return true;
}

size_t text_decode(struct text *text, const char *in, size_t n, char *out)
{
	if (text->form == TEXT_UTF8)
		return put(out, in, n);
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)in[i];
		if (text->form == TEXT_LATIN1) {
			done += decode_char(byte, out + done);
		} else if (text->skip) {
			text->skip--;
			out[done++] = '?';
		} else if (decode_direction(text, byte)) {
			continue;
		} else if (text->kept || byte == ESC) {
			decode_escape(text, byte);
		} else if (text->utf8) {
			out[done++] = (char)byte;
		} else if (byte > 0x20 && byte != 0x7f && text->unknown[byte >> 7]) {
			out[done++] = '?';
		} else {
			done += decode_char(byte, out + done);
		}
	}
	return done;
}
