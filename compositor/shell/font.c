// SPDX-License-Identifier: MIT
// Lines of text: decoding, cutting, and the choice of who draws the glyphs. The system's fonts come
// from a module that is loaded with the first line; where it is missing, strokes do.
#include "compositor/shell/font.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/shell/font_module.h"

#define MODULE "oriel-font.so"
#define MAX_TEXT 256 // code points; no title bar shows more
#define FACES 4      // sizes kept: as many scales as are on the screens at a time
#define ELLIPSIS 0x2026
#define REPLACEMENT 0xfffd

struct font {
	bool builtin;
	void *library;
	const struct font_module *module; // NULL: not chosen yet
	struct {
		int size;
		struct face *face;
	} faces[FACES]; // newest first
};

struct font *font_create(bool builtin)
{
	struct font *font = xcalloc(1, sizeof(*font));
	font->builtin = builtin;
	return font;
}

static void close_faces(struct font *font)
{
	for (size_t i = 0; i < FACES; i++) {
		if (font->faces[i].face)
			font->module->close(font->faces[i].face);
		font->faces[i].face = NULL;
	}
}

static void use_strokes(struct font *font)
{
	close_faces(font);
	if (font->library)
		dlclose(font->library);
	font->library = NULL;
	font->module = &font_strokes;
}

void font_destroy(struct font *font)
{
	if (!font)
		return;
	use_strokes(font);
	free(font);
}

static void choose_module(struct font *font)
{
	if (font->module)
		return;
	if (!font->builtin)
		font->library = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	if (font->library)
		font->module = dlsym(font->library, "font_module");
	else if (!font->builtin)
		log_info("text is drawn without the system's fonts: %s", dlerror());
	if (!font->module)
		use_strokes(font);
}

static struct face *open_face(struct font *font, int size)
{
	choose_module(font);
	struct face *face = font->module->open(size);
	if (!face && font->module != &font_strokes) {
		log_warn("the system has no font for text of %d pixels", size);
		use_strokes(font);
		face = font->module->open(size);
	}
	return face;
}

static struct face *face_of(struct font *font, int size)
{
	for (size_t i = 0; i < FACES; i++)
		if (font->faces[i].face && font->faces[i].size == size)
			return font->faces[i].face;
	struct face *face = open_face(font, size);
	if (font->faces[FACES - 1].face)
		font->module->close(font->faces[FACES - 1].face);
	memmove(&font->faces[1], &font->faces[0], (FACES - 1) * sizeof(font->faces[0]));
	font->faces[0].size = size;
	font->faces[0].face = face;
	return face;
}

// One code point of well-formed UTF-8 (titles are that when they come here); moves *text on.
static uint32_t decode(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	int more = at[0] >= 0xf0 ? 3 : at[0] >= 0xe0 ? 2 : at[0] >= 0xc0 ? 1 : 0;
	uint32_t code = more ? at[0] & (0x3fu >> more) : at[0];
	*text += 1;
	for (int i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		code = code << 6 | (at[i] & 0x3f);
		*text += 1;
	}
	return at[0] >= 0x80 && !more ? REPLACEMENT : code;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
		(code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static size_t decode_line(const char *text, uint32_t into[MAX_TEXT])
{
	size_t length = 0;
	while (*text && length < MAX_TEXT) {
		uint32_t code = decode(&text);
		into[length++] = is_control(code) ? ' ' : code;
	}
	return length;
}

int font_measure(struct font *font, const char *text, int size)
{
	uint32_t line[MAX_TEXT];
	size_t length = decode_line(text, line);
	struct face *face = face_of(font, size);
	return font->module->measure(face, line, length);
}

void font_draw(struct font *font, pixman_image_t *into, const char *text, int size, int x,
	int center_y, int width, const pixman_color_t *color)
{
	uint32_t line[MAX_TEXT + 1];
	size_t length = decode_line(text, line);
	struct face *face = face_of(font, size);
	const struct font_module *module = font->module;
	if (module->measure(face, line, length) > width) {
		// The longest start that leaves room for the ellipsis.
		size_t fits = 0, too_long = length;
		while (fits + 1 < too_long) {
			size_t middle = (fits + too_long) / 2;
			uint32_t kept = line[middle];
			line[middle] = ELLIPSIS;
			if (module->measure(face, line, middle + 1) <= width)
				fits = middle;
			else
				too_long = middle;
			line[middle] = kept;
		}
		line[fits] = ELLIPSIS;
		length = fits + 1;
	}
	module->draw(face, into, line, length, x, center_y, color);
}
