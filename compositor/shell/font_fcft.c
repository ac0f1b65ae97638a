// SPDX-License-Identifier: MIT
// The module that draws text in the system's fonts, by fcft. A module because of its large
// dependencies, which only a desktop with title bars needs.
#include <fcft/fcft.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "compositor/shell/font_module.h"

__attribute__((constructor)) static void on_load(void)
{
	// Never ended, as a thread may be in here when the program exits.
	fcft_init(FCFT_LOG_COLORIZE_NEVER, false, FCFT_LOG_CLASS_NONE);
}

static struct fcft_font *fcft_font_from(struct face *face)
{
	return (struct fcft_font *)face;
}

static struct face *face_open(int size)
{
	char attributes[64];
	snprintf(attributes, sizeof(attributes), "pixelsize=%d:dpi=96", size);
	const char *names[] = {"sans-serif"};
	struct fcft_font *font = fcft_from_name(1, names, attributes);
	return (struct face *)font;
}

static void face_close(struct face *face)
{
	fcft_destroy(fcft_font_from(face));
}

// Calls visit (may be NULL) for each glyph with its pen position; returns the final pen position.
static int font_walk_glyphs(struct fcft_font *font, const uint32_t *text, size_t length,
	void (*visit)(const struct fcft_glyph *glyph, int x, void *data), void *data)
{
	int pen = 0;
	if (length && fcft_capabilities() & FCFT_CAPABILITY_TEXT_RUN_SHAPING) {
		struct fcft_text_run *run =
			fcft_rasterize_text_run_utf32(font, length, text, FCFT_SUBPIXEL_NONE);
		for (size_t i = 0; run && i < run->count; i++) {
			if (visit)
				visit(run->glyphs[i], pen, data);
			pen += run->glyphs[i]->advance.x;
		}
		if (run) {
			fcft_text_run_destroy(run);
			return pen;
		}
	}
	for (size_t i = 0; i < length; i++) {
		const struct fcft_glyph *glyph =
			fcft_rasterize_char_utf32(font, text[i], FCFT_SUBPIXEL_NONE);
		if (!glyph)
			continue;
		long kern = 0;
		if (i)
			fcft_kerning(font, text[i - 1], text[i], &kern, NULL);
		pen += (int)kern;
		if (visit)
			visit(glyph, pen, data);
		pen += glyph->advance.x;
	}
	return pen;
}

static int face_measure(struct face *face, const uint32_t *text, size_t length)
{
	return font_walk_glyphs(fcft_font_from(face), text, length, NULL, NULL);
}

struct target {
	pixman_image_t *plain, *colored, *color; // the first two: NULL: left out
	int x, baseline;
	bool has_colors;
};

static void draw_glyph(const struct fcft_glyph *glyph, int x, void *data)
{
	struct target *target = data;
	int left = target->x + x + glyph->x, top = target->baseline - glyph->y;
	if (!glyph->pix)
		return;
	bool has_colors = pixman_image_get_format(glyph->pix) == PIXMAN_a8r8g8b8;
	target->has_colors |= has_colors;
	if (has_colors && target->colored)
		pixman_image_composite32(PIXMAN_OP_OVER, glyph->pix, NULL, target->colored, 0, 0, 0,
			0, left, top, glyph->width, glyph->height);
	if (!has_colors && target->plain)
		pixman_image_composite32(PIXMAN_OP_OVER, target->color, glyph->pix, target->plain,
			0, 0, 0, 0, left, top, glyph->width, glyph->height);
}

static bool face_draw(struct face *face, pixman_image_t *plain, pixman_image_t *colored,
	const uint32_t *text, size_t length, int x, int center_y, const pixman_color_t *color)
{
	struct fcft_font *font = fcft_font_from(face);
	struct target target = {plain, colored, pixman_image_create_solid_fill(color), x,
		center_y + (font->ascent - font->descent + 1) / 2, false};
	if (!target.color)
		return false;
	font_walk_glyphs(font, text, length, draw_glyph, &target);
	pixman_image_unref(target.color);
	return target.has_colors;
}

const struct font_module font_module = {
	.open = face_open,
	.close = face_close,
	.measure = face_measure,
	.draw = face_draw,
};
