// SPDX-License-Identifier: MIT
#include "compositor/shell/font_render.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/utf8.h"

#define FACES 4 // cached sizes, one for each scale of the outputs
#define ELLIPSIS 0x2026

struct font_render {
	font_load_func *load;
	const struct font_module *module; // NULL until it is loaded
	struct {
		int size;
		struct face *face;
	} faces[FACES]; // opened last first
};

// Text

static bool is_control_character(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
		(code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void font_text_decode(struct font_text *text, const char *utf8)
{
	const char *end = utf8 + strlen(utf8);
	text->length = 0;
	while (utf8 < end && text->length < FONT_MAX_TEXT) {
		uint32_t code = utf8_next(&utf8, end);
		text->codes[text->length++] = is_control_character(code) ? ' ' : code;
	}
}

int font_text_fit(struct font_text *text, const struct font_module *module, struct face *face)
{
	uint32_t *codes = text->codes;
	int width = module->measure(face, codes, text->length);
	if (width <= text->room)
		return width;
	// Binary search for the longest prefix that leaves room for the ellipsis.
	size_t fits = 0, too_long = text->length;
	while (fits + 1 < too_long) {
		size_t middle = (fits + too_long) / 2;
		uint32_t kept = codes[middle];
		codes[middle] = ELLIPSIS;
		if (module->measure(face, codes, middle + 1) <= text->room)
			fits = middle;
		else
			too_long = middle;
		codes[middle] = kept;
	}
	codes[fits] = ELLIPSIS;
	text->length = fits + 1;
	return width;
}

// Faces

struct font_render *font_render_create(font_load_func *load)
{
	struct font_render *render = xcalloc(1, sizeof(*render));
	render->load = load;
	return render;
}

void font_render_destroy(struct font_render *render)
{
	if (!render)
		return;
	for (size_t i = 0; i < FACES; i++)
		if (render->faces[i].face)
			render->module->close(render->faces[i].face);
	free(render);
}

static struct face *render_face(struct font_render *render, int size)
{
	for (size_t i = 0; i < FACES; i++)
		if (render->faces[i].face && render->faces[i].size == size)
			return render->faces[i].face;
	if (!render->module)
		render->module = render->load();
	if (!render->module)
		return NULL;
	struct face *face = render->module->open(size);
	if (!face) {
		log_warn("no system font for a size of %d pixels, using the built-in font", size);
		return NULL;
	}
	if (render->faces[FACES - 1].face)
		render->module->close(render->faces[FACES - 1].face);
	memmove(&render->faces[1], &render->faces[0], (FACES - 1) * sizeof(render->faces[0]));
	render->faces[0].size = size;
	render->faces[0].face = face;
	return face;
}

// Pictures

bool font_render_line(
	struct font_render *render, struct font_text *text, struct font_picture *picture)
{
	static const pixman_color_t opaque = {0xffff, 0xffff, 0xffff, 0xffff};
	struct face *face = render_face(render, text->size);
	*picture = (struct font_picture){0};
	if (!face)
		return false;
	const struct font_module *module = render->module;
	picture->width = font_text_fit(text, module, face);
	picture->cut = picture->width > text->room;
	int size = text->size, height = 3 * size, middle = height / 2;
	int width = module->measure(face, text->codes, text->length) + 2 * size;
	picture->mask = pixman_image_create_bits(PIXMAN_a8, width, height, NULL, 0);
	if (!picture->mask) {
		log_error("no memory for a title");
		return true;
	}
	if (!module->draw(
		    face, picture->mask, NULL, text->codes, text->length, size, middle, &opaque))
		return true;
	picture->colored = pixman_image_create_bits(PIXMAN_a8r8g8b8, width, height, NULL, 0);
	if (picture->colored)
		module->draw(face, NULL, picture->colored, text->codes, text->length, size, middle,
			&opaque);
	return true;
}

void font_picture_finish(struct font_picture *picture)
{
	if (picture->mask)
		pixman_image_unref(picture->mask);
	if (picture->colored)
		pixman_image_unref(picture->colored);
	*picture = (struct font_picture){0};
}
