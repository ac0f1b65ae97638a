// SPDX-License-Identifier: MIT
// Lines wait for a thread, which draws one after the other; what font modules do in several threads
// at a time need not be known. The thread has the module and its faces as long as it works. Without
// a system font, the stroke font draws in the loop.
#include "compositor/shell/font.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <wayland-util.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/workers.h"
#include "compositor/shell/font_render.h"

#define MODULE "oriel-font.so"

// A line in the thread.
struct drawing {
	struct font *font;          // only touched in the loop
	struct text_line *line;     // only touched in the loop; NULL: it was destroyed
	struct font_render *render; // owned
	struct font_text text;
	struct font_picture picture;
	bool failed; // there is no system font
};

struct font {
	struct workers *workers;
	struct font_render *render; // owned; NULL while a thread has it
	bool strokes;               // draws with the stroke font
	struct wl_list waiting;     // text_line.link
	struct drawing *drawing;    // in progress, or NULL
	struct work *work;          // of drawing
};

struct text_line {
	struct font *font;
	void (*ready)(void *data);
	void *data;
	char *text; // owned; NULL until it is chosen
	int size, room;
	bool outdated;               // the picture is not of this text, size and room
	struct font_picture picture; // without images if the font is strokes
	struct wl_list link;         // font.waiting, or empty
};

const struct font_module *font_load_system(void)
{
	// Never unloaded, as a thread may be in it when the session ends.
	void *library = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	const struct font_module *module = library ? dlsym(library, "font_module") : NULL;
	if (!module)
		log_info("title bars use the built-in font: %s", dlerror());
	if (library)
		dlclose(library);
	return module;
}

struct font *font_create(struct workers *workers, font_load_func *load)
{
	struct font *font = xcalloc(1, sizeof(*font));
	font->workers = workers;
	font->strokes = !load;
	font->render = font_render_create(load);
	wl_list_init(&font->waiting);
	return font;
}

void font_destroy(struct font *font)
{
	if (!font)
		return;
	if (font->work)
		work_abandon(font->work);
	font_render_destroy(font->render);
	free(font);
}

// The stroke font

static void line_measure_strokes(struct text_line *line)
{
	struct font_text text = {.size = line->size, .room = line->room};
	struct face *face = font_strokes.open(line->size);
	font_text_decode(&text, line->text);
	font_picture_finish(&line->picture);
	line->picture.width = font_strokes.measure(face, text.codes, text.length);
	line->outdated = false;
	font_strokes.close(face);
}

static void line_draw_strokes(const struct text_line *line, pixman_image_t *into, int x,
	int center_y, const pixman_color_t *color)
{
	struct font_text text = {.size = line->size, .room = line->room};
	struct face *face = font_strokes.open(line->size);
	font_text_decode(&text, line->text);
	font_text_fit(&text, &font_strokes, face);
	font_strokes.draw(face, into, NULL, text.codes, text.length, x, center_y, color);
	font_strokes.close(face);
}

static void font_use_strokes(struct font *font)
{
	font->strokes = true;
	while (!wl_list_empty(&font->waiting)) {
		struct text_line *line = wl_container_of(font->waiting.next, line, link);
		wl_list_remove(&line->link);
		wl_list_init(&line->link);
		line_measure_strokes(line);
		line->ready(line->data);
	}
}

// The thread

static void drawing_run(void *data)
{
	struct drawing *drawing = data;
	drawing->failed = !font_render_line(drawing->render, &drawing->text, &drawing->picture);
}

static void drawing_drop(void *data)
{
	struct drawing *drawing = data;
	font_picture_finish(&drawing->picture);
	font_render_destroy(drawing->render);
	free(drawing);
}

static void font_draw_next(struct font *font);

static void drawing_done(void *data)
{
	struct drawing *drawing = data;
	struct font *font = drawing->font;
	struct text_line *line = drawing->line;
	font->render = drawing->render;
	drawing->render = NULL;
	font->drawing = NULL;
	font->work = NULL;
	if (drawing->failed) {
		if (line && wl_list_empty(&line->link))
			wl_list_insert(&font->waiting, &line->link);
		font_use_strokes(font);
	} else {
		// What was chosen meanwhile waits for its turn; this is nearer to it than what is
		// shown, except in another size.
		bool shown = line && line->size == drawing->text.size;
		if (shown) {
			font_picture_finish(&line->picture);
			line->picture = drawing->picture;
			drawing->picture = (struct font_picture){0};
			line->outdated = !wl_list_empty(&line->link);
		}
		font_draw_next(font);
		if (shown)
			line->ready(line->data);
	}
	drawing_drop(drawing);
}

static const struct work_impl drawing_impl = {
	.run = drawing_run,
	.done = drawing_done,
	.drop = drawing_drop,
};

static void font_draw_next(struct font *font)
{
	if (font->drawing || wl_list_empty(&font->waiting))
		return;
	struct text_line *line = wl_container_of(font->waiting.next, line, link);
	struct drawing *drawing = xcalloc(1, sizeof(*drawing));
	*drawing = (struct drawing){.font = font, .line = line, .render = font->render};
	drawing->text.size = line->size;
	drawing->text.room = line->room;
	font_text_decode(&drawing->text, line->text);
	font->work = workers_start(font->workers, &drawing_impl, drawing);
	if (!font->work) { // the next line that is chosen tries again
		free(drawing);
		return;
	}
	font->drawing = drawing;
	font->render = NULL;
	wl_list_remove(&line->link);
	wl_list_init(&line->link);
}

// Lines

struct text_line *text_line_create(struct font *font, void (*ready)(void *data), void *data)
{
	struct text_line *line = xcalloc(1, sizeof(*line));
	line->font = font;
	line->ready = ready;
	line->data = data;
	wl_list_init(&line->link);
	return line;
}

void text_line_destroy(struct text_line *line)
{
	if (!line)
		return;
	struct drawing *drawing = line->font->drawing;
	if (drawing && drawing->line == line)
		drawing->line = NULL;
	wl_list_remove(&line->link);
	font_picture_finish(&line->picture);
	free(line->text);
	free(line);
}

void text_line_set(struct text_line *line, const char *text, int size, int room)
{
	struct font *font = line->font;
	bool same = line->text && line->size == size && strcmp(line->text, text) == 0;
	if (same && line->room == room)
		return;
	bool fits = !line->outdated && !line->picture.cut && line->picture.width <= room;
	line->room = room;
	if (same && fits)
		return;
	if (!same)
		replace_string(&line->text, text);
	if (line->size != size)
		font_picture_finish(&line->picture);
	line->size = size;
	line->outdated = true;
	if (font->strokes) {
		line_measure_strokes(line);
		return;
	}
	if (wl_list_empty(&line->link))
		wl_list_insert(font->waiting.prev, &line->link);
	font_draw_next(font);
}

int text_line_width(const struct text_line *line)
{
	return line->picture.width;
}

void text_line_draw(const struct text_line *line, pixman_image_t *into, int x, int center_y,
	const pixman_color_t *color)
{
	if (line->font->strokes && line->text) {
		line_draw_strokes(line, into, x, center_y, color);
		return;
	}
	pixman_image_t *mask = line->picture.mask, *colored = line->picture.colored;
	if (!mask)
		return;
	// The room may have become smaller since.
	int shown = MIN(line->picture.width, line->room);
	int width = MIN(pixman_image_get_width(mask), shown + 2 * line->size);
	int height = pixman_image_get_height(mask), left = x - line->size,
	    top = center_y - height / 2;
	pixman_image_t *fill = pixman_image_create_solid_fill(color);
	if (!fill)
		return;
	pixman_image_composite32(
		PIXMAN_OP_OVER, fill, mask, into, 0, 0, 0, 0, left, top, width, height);
	pixman_image_unref(fill);
	if (colored)
		pixman_image_composite32(
			PIXMAN_OP_OVER, colored, NULL, into, 0, 0, 0, 0, left, top, width, height);
}
