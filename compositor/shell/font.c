// SPDX-License-Identifier: MIT
// Lines of text: decoding, truncation, and the choice of the font. The module for the system's
// fonts is loaded with the first line; without it the built-in stroke font draws.
#include "compositor/shell/font.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/utf8.h"
#include "compositor/shell/font_module.h"

#define MODULE "oriel-font.so"
#define MAX_TEXT 256 // code points; more do not fit into a title bar
#define FACES 4      // cached sizes, one for each scale of the outputs
#define ELLIPSIS 0x2026

struct font {
	bool builtin;
	void *library;
	const struct font_module *module; // NULL until it is chosen
	struct {
		int size;
		struct face *face;
	} faces[FACES]; // opened last first
};

struct font *font_create(bool builtin)
{
	struct font *font = xcalloc(1, sizeof(*font));
	font->builtin = builtin;
	return font;
}

static void font_close_faces(struct font *font)
{
	for (size_t i = 0; i < FACES; i++) {
		if (font->faces[i].face)
			font->module->close(font->faces[i].face);
		font->faces[i].face = NULL;
	}
}

static void font_use_strokes(struct font *font)
{
	font_close_faces(font);
	if (font->library)
		dlclose(font->library);
	font->library = NULL;
	font->module = &font_strokes;
}

void font_destroy(struct font *font)
{
	if (!font)
		return;
	font_use_strokes(font);
	free(font);
}

static void font_choose_module(struct font *font)
{
	if (font->module)
		return;
	if (!font->builtin)
		font->library = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	if (font->library)
		font->module = dlsym(font->library, "font_module");
	else if (!font->builtin)
		log_info("title bars use the built-in font: %s", dlerror());
	if (!font->module)
		font_use_strokes(font);
}

static struct face *font_open_face(struct font *font, int size)
{
	font_choose_module(font);
	struct face *face = font->module->open(size);
	if (!face && font->module != &font_strokes) {
		log_warn("no system font for a size of %d pixels, using the built-in font", size);
		font_use_strokes(font);
		face = font->module->open(size);
	}
	return face;
}

static struct face *font_face(struct font *font, int size)
{
	for (size_t i = 0; i < FACES; i++)
		if (font->faces[i].face && font->faces[i].size == size)
			return font->faces[i].face;
	struct face *face = font_open_face(font, size);
	if (font->faces[FACES - 1].face)
		font->module->close(font->faces[FACES - 1].face);
	memmove(&font->faces[1], &font->faces[0], (FACES - 1) * sizeof(font->faces[0]));
	font->faces[0].size = size;
	font->faces[0].face = face;
	return face;
}

static bool is_control_character(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
		(code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static size_t decode_line(const char *text, uint32_t into[MAX_TEXT])
{
	const char *end = text + strlen(text);
	size_t length = 0;
	while (text < end && length < MAX_TEXT) {
		uint32_t code = utf8_next(&text, end);
		into[length++] = is_control_character(code) ? ' ' : code;
	}
	return length;
}

int font_measure(struct font *font, const char *text, int size)
{
	uint32_t line[MAX_TEXT];
	size_t length = decode_line(text, line);
	struct face *face = font_face(font, size);
	return font->module->measure(face, line, length);
}

void font_draw(struct font *font, pixman_image_t *into, const char *text, int size, int x,
	int center_y, int width, const pixman_color_t *color)
{
	uint32_t line[MAX_TEXT + 1];
	size_t length = decode_line(text, line);
	struct face *face = font_face(font, size);
	const struct font_module *module = font->module;
	if (module->measure(face, line, length) > width) {
		// Binary search for the longest prefix that leaves room for the ellipsis.
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
