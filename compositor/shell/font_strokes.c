// SPDX-License-Identifier: MIT
// The built-in stroke font: Latin letters of western European languages, the same on every system
// and legible at every size.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/shell/font_module.h"
#include "compositor/shell/paint.h"

// A glyph is a list of strokes separated by spaces, a stroke a list of points. A point is a digit
// (x) and a letter (y: a is the top of capitals, d that of small letters, i the base line). ~
// precedes the control point of a quadratic curve to the next point.
#define CAPITAL 8.0 // height in these units
#define GAP 2.0     // between glyphs
#define CURVE_STEPS 6
#define MAX_SEGMENTS 64

struct face {
	double unit, width; // pixels: of one unit, of the pen
};

static const char *const glyphs[] = {
	"", // space
	"0a0f 0i0i",
	"0a0c 2a2c",
	"1b0h 4b3h 0d5d 0f5f",
	"4c~3b2b~0b0d~0e2e~4e4g~4h2h~1h0g 2a2i",
	"5a0i 1a~0a0b~0c1c~2c2b~2a1a 4g~3g3h~3i4i~5i5h~5g4g",
	"5i1c~0a2a~4a3c~2d1e~0f0g~0i2i~4i5f",
	"0a0c",
	"2a~0c0e~0g2i",
	"0a~2c2e~2g0i",
	"2a2e 0b4d 4b0d",
	"2d2h 0f4f",
	"1h0j",
	"0f3f",
	"0i0i",
	"3a0i",
	"2a~0a0d0f~0i2i~4i4f4d~4a2a",
	"0c2a2i",
	"0c~0a2a~4a4c~4d3e0i4i",
	"0b~1a2a~4a4c~4e2e~4e4g~4i2i~1i0h",
	"3i3a0f4f",
	"4a0a0e~1d2d~4d4f4g~4i2i~1i0h",
	"4b~3a2a~0a0d0g~0i2i~4i4g4f~4d2d~0d0f",
	"0a4a1i",
	"2e~0e0c~0a2a~4a4c~4e2e~0e0g~0i2i~4i4g~4e2e",
	"4d~4f2f~0f0d0c~0a2a~4a4c4f~4i2i~1i0h",
	"0e0e 0i0i",
	"1e1e 1h0j",
	"4d0f4h",
	"0e4e 0g4g",
	"0d4f0h",
	"0b~0a2a~4a4c~4d2e2f 2i2i",
	"4e~4d3d~2d2e~2g3g~4g4e4f~4g5g~6g6e~6a3a~0a0e~0i3i~5i6h",
	"0i3a6i 1f5f",
	"0i0a3a~5a5c~5e3e0e 3e~5e5g~5i3i0i",
	"6b~5a3a~0a0d0f~0i3i~5i6h",
	"0a0i2i~6i6f6d~6a2a0a",
	"5a0a0i5i 0e4e",
	"5a0a0i 0e4e",
	"6b~5a3a~0a0d0f~0i3i~6i6g6e4e",
	"0a0i 6a6i 0e6e",
	"0a0i",
	"3a3g~3i1i~0i0h",
	"0a0i 5a0f 2d5i",
	"0a0i5i",
	"0i0a3f6a6i",
	"0i0a6i6a",
	"3a~0a0d0f~0i3i~6i6f6d~6a3a",
	"0i0a3a~5a5c~5e3e0e",
	"3a~0a0d0f~0i3i~6i6f6d~6a3a 4g6i",
	"0i0a3a~5a5c~5e3e0e 3e5i",
	"5b~4a3a~0a0c~0e3e~5e5g~5i3i~1i0h",
	"0a6a 3a3i",
	"0a0f~0i3i~6i6f6a",
	"0a3i6a",
	"0a2i4b6i8a",
	"0a6i 6a0i",
	"0a3e6a 3e3i",
	"0a6a0i6i",
	"2a0a0i2i",
	"0a3i",
	"0a2a2i0i",
	"0c2a4c",
	"0j5j",
	"0a1b",
	"4d4i 4f~4d2d~0d0f0g~0i2i~4i4g",
	"0a0i 0f~0d2d~4d4f4g~4i2i~0i0g",
	"4e~3d2d~0d0f0g~0i2i~3i4h",
	"4a4i 4f~4d2d~0d0f0g~0i2i~4i4g",
	"0f4f~4d2d~0d0f0g~0i2i~3i4h",
	"3a~1a1c1i 0d3d",
	"4d4i~4k2k~1k0j 4f~4d2d~0d0f0g~0i2i~4i4g",
	"0a0i 0f~0d2d~4d4f4i",
	"0d0i 0b0b",
	"1d1i~1k0k 1b1b",
	"0a0i 4d0g 1f4i",
	"0a0i",
	"0d0i 0f~0d2d~3d3f3i 3f~3d5d~6d6f6i",
	"0d0i 0f~0d2d~4d4f4i",
	"2d~0d0f0g~0i2i~4i4g4f~4d2d",
	"0d0k 0f~0d2d~4d4f4g~4i2i~0i0g",
	"4d4k 4f~4d2d~0d0f0g~0i2i~4i4g",
	"0d0i 0f~0d3d",
	"4e~3d2d~0d0e~0f2f~4f4g~4i2i~1i0h",
	"1b1g~1i3i 0d3d",
	"0d0g~0i2i~4i4g 4d4i",
	"0d2i4d",
	"0d1i3e5i6d",
	"0d4i 4d0i",
	"0d2i 4d1k0k",
	"0d4d0i4i",
	"2a~1a1b1d~1e0e~1e1f1h~1i2i",
	"0a0j",
	"0a~1a1b1d~1e2e~1e1f1h~1i0i",
	"0f~1e2f~3g4f",
};

// Accented letters from U+00C0 on: base letter and accent. Empty: no such composition.
static const char accented[][3] = {"A`", "A'", "A^", "A~", "A:", "Ao", "", "C,", "E`", "E'", "E^",
	"E:", "I`", "I'", "I^", "I:", "D-", "N~", "O`", "O'", "O^", "O~", "O:", "", "O/", "U`",
	"U'", "U^", "U:", "Y'", "", "", "a`", "a'", "a^", "a~", "a:", "ao", "", "c,", "e`", "e'",
	"e^", "e:", "i`", "i'", "i^", "i:", "", "n~", "o`", "o'", "o^", "o~", "o:", "", "o/", "u`",
	"u'", "u^", "u:", "y'", "", "y:"};

// Strokes of an accent, which pen_trace_accent moves to the letter.
static const char *accent_strokes(char accent)
{
	switch (accent) {
	case '`':
		return "0a1b";
	case '\'':
		return "1a0b";
	case '^':
		return "0b1a2b";
	case '~':
		return "0b~1a1b~2c2b";
	case ':':
		return "0a0a 2a2a";
	case 'o':
		return "1`~0`0a~0b1b~2b2a~2`1`";
	case ',':
		return "1i0k";
	case '/':
		return "0i4d";
	default:
		return "0e2e";
	}
}

// Strokes of the base letter of an accented one. NULL: the character has no accent.
static const char *letter_of(uint32_t code, char *accent)
{
	*accent = 0;
	if (code < 0xc0 || code - 0xc0 >= array_length(accented) || !accented[code - 0xc0][0])
		return NULL;
	*accent = accented[code - 0xc0][1];
	char letter = accented[code - 0xc0][0];
	return letter == 'i' ? "0d0i" : glyphs[letter - ' '];
}

static const char *glyph_strokes(uint32_t code)
{
	char accent;
	const char *letter = letter_of(code, &accent);
	if (letter)
		return letter;
	if (code >= ' ' && code - ' ' < array_length(glyphs))
		return glyphs[code - ' '];
	switch (code) {
	case 0xa0:
		return "";
	case 0xc6:
		return "0i3a7a 3a3i7i 3e6e 1f3f";
	case 0xd7:
		return "0e4i 4e0i";
	case 0xd8:
		return "3a~0a0d0f~0i3i~6i6f6d~6a3a 0i6a";
	case 0xde:
		return "0a0i 0c3c~5c5e~5g3g0g";
	case 0xdf:
		return "0i0c~0a2a~4a4c~4d3e~5e5g~5i3i2i";
	case 0xe6:
		return "4d4i 4f~4d2d~0d0f0g~0i2i~4i4g 4f8f~8d6d~4d4f4g~4i6i~7i8h";
	case 0xf0:
		return "1a~4c4g~4i2i~0i0g~0e2e~4e4g 1c3a";
	case 0xf7:
		return "0f4f 2d2d 2h2h";
	case 0xfe:
		return "0a0k 0f~0d2d~4d4f4g~4i2i~0i0g";
	case 0xb7:
	case 0x2022:
		return "1f1f";
	case 0x2010:
	case 0x2011:
	case 0x2013:
		return "0f4f";
	case 0x2014:
		return "0f6f";
	case 0x2018:
	case 0x2019:
		return "0a0c";
	case 0x201c:
	case 0x201d:
		return "0a0c 2a2c";
	case 0x2026:
		return "0i0i 2i2i 4i4i";
	default:
		return "0a4a4i0i0a"; // a box, for unknown characters
	}
}

static double strokes_advance(const char *strokes)
{
	if (!*strokes)
		return 3;
	int width = 0;
	for (; *strokes; strokes++)
		if (*strokes >= '0' && *strokes <= '9')
			width = MAX(width, *strokes - '0');
	return width + GAP;
}

static struct face *face_open(int size)
{
	struct face *face = xcalloc(1, sizeof(*face));
	// Capitals are 0.7 of the font size in most typefaces.
	face->unit = fmax(round(size * 0.7), CAPITAL * 0.75) / CAPITAL;
	face->width = fmax(1.1, size * 0.09);
	return face;
}

static void face_close(struct face *face)
{
	free(face);
}

static int face_measure(struct face *face, const uint32_t *text, size_t length)
{
	double width = 0;
	for (size_t i = 0; i < length; i++)
		width += strokes_advance(glyph_strokes(text[i]));
	return (int)ceil(fmax(width - GAP, 0) * face->unit + face->width);
}

struct pen {
	const struct face *face;
	double x, y; // of the glyph's top left
	struct segment segments[MAX_SEGMENTS];
	size_t count;
};

static struct point point_at(const struct pen *pen, const char *token)
{
	return (struct point){pen->x + (token[0] - '0') * pen->face->unit,
		pen->y + (token[1] - 'a') * pen->face->unit};
}

static void pen_line(struct pen *pen, struct point from, struct point to)
{
	if (pen->count < MAX_SEGMENTS)
		pen->segments[pen->count++] = (struct segment){from, to};
}

static void pen_curve(struct pen *pen, struct point from, struct point control, struct point to)
{
	struct point last = from;
	for (int i = 1; i <= CURVE_STEPS; i++) {
		double t = (double)i / CURVE_STEPS, u = 1 - t;
		struct point next = {u * u * from.x + 2 * u * t * control.x + t * t * to.x,
			u * u * from.y + 2 * u * t * control.y + t * t * to.y};
		pen_line(pen, last, next);
		last = next;
	}
}

static void pen_trace(struct pen *pen, const char *strokes)
{
	bool down = false;
	struct point at = {0};
	while (*strokes) {
		if (*strokes == ' ') {
			down = false;
			strokes++;
		} else if (*strokes == '~') {
			struct point to = point_at(pen, strokes + 3);
			pen_curve(pen, at, point_at(pen, strokes + 1), to);
			at = to;
			strokes += 5;
		} else {
			struct point to = point_at(pen, strokes);
			if (down)
				pen_line(pen, at, to);
			down = true;
			at = to;
			strokes += 2;
		}
	}
}

static void pen_trace_accent(struct pen *pen, const char *letter, char accent)
{
	const char *strokes = accent_strokes(accent);
	struct pen moved = *pen;
	bool small = letter[0] && !strpbrk(letter, "a");
	bool above = !strpbrk(strokes, "defghijk");
	// Centred, and raised above capitals.
	moved.x += ((strokes_advance(letter) - strokes_advance(strokes)) / 2) * pen->face->unit;
	if (above)
		moved.y -= (small ? -0.4 : 2.2) * pen->face->unit;
	pen_trace(&moved, strokes);
	memcpy(pen->segments, moved.segments, sizeof(pen->segments));
	pen->count = moved.count;
}

static bool face_draw(struct face *face, pixman_image_t *plain, pixman_image_t *colored,
	const uint32_t *text, size_t length, int x, int center_y, const pixman_color_t *color)
{
	struct pen pen = {.face = face, .x = x + face->width / 2};
	// Pixel centres: a base line between two rows of pixels would blur all letters.
	pen.y = round(center_y - CAPITAL / 2 * face->unit) + 0.5;
	for (size_t i = 0; i < length && plain; i++) {
		const char *strokes = glyph_strokes(text[i]);
		pen.count = 0;
		pen_trace(&pen, strokes);
		char accent;
		if (letter_of(text[i], &accent))
			pen_trace_accent(&pen, strokes, accent);
		paint_segments(plain, pen.segments, pen.count, face->width, color);
		pen.x += strokes_advance(strokes) * face->unit;
	}
	return false;
}

const struct font_module font_strokes = {
	.open = face_open,
	.close = face_close,
	.measure = face_measure,
	.draw = face_draw,
};
