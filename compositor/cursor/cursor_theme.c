// SPDX-License-Identifier: MIT
// Maps shape names to buffers, from the theme's files or the built-in shapes, with a small cache.
// A thread reads one file after the other; a file that never comes costs this thread, and the
// shapes that are not read yet.
#include "compositor/cursor/cursor_theme.h"
#include <drm_fourcc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/workers.h"
#include "compositor/cursor/xcursor.h"

#define MAX_KEPT 24     // shapes of one scale each
#define MIN_DELAY_MS 10 // of animation frames, against missing or tiny delays
#define MAX_DELAY_MS 60000
#define MAX_SIZE_PX 512
#define MAX_SHOWN_PX 1024 // each side, after scaling

struct kept_shape {
	struct cursor_shape base;
	char *name;
	int size_px;
	bool loaded;         // else base has no frames, or those of the built-in shape
	struct wl_list link; // cursor_theme.kept, most recently used first
};

struct cursor_theme {
	struct workers *workers;
	void (*changed)(void *data);
	void *data;
	char *name, *path;
	int size;
	struct wl_list kept;
	unsigned n_kept;
	struct work *loading; // of one kept_shape, or NULL
};

// A buffer of heap memory. No memfd, as animations have many frames.
struct picture {
	struct buffer base;
	uint32_t *pixels;
};

static bool picture_begin(struct buffer *buffer, struct pixels *into)
{
	struct picture *picture = wl_container_of(buffer, picture, base);
	*into = (struct pixels){
		.data = picture->pixels,
		.stride = (size_t)buffer->width * sizeof(*picture->pixels),
		.width = buffer->width,
		.height = buffer->height,
		.format = buffer->format,
	};
	return true;
}

static void picture_end(struct buffer *buffer)
{
}

static void picture_destroy(struct buffer *buffer)
{
	struct picture *picture = wl_container_of(buffer, picture, base);
	buffer_finish(buffer);
	free(picture->pixels);
	free(picture);
}

static const struct buffer_impl picture_impl = {
	.destroy = picture_destroy,
	.begin_access = picture_begin,
	.end_access = picture_end,
};

// Takes ownership of the pixels.
static struct buffer *picture_create(struct xcursor_image *image)
{
	struct picture *picture = xcalloc(1, sizeof(*picture));
	buffer_init(
		&picture->base, &picture_impl, image->width, image->height, DRM_FORMAT_ARGB8888);
	picture->pixels = image->pixels;
	image->pixels = NULL;
	return &picture->base;
}

// Shapes

static void shape_drop_frames(struct cursor_shape *shape)
{
	for (size_t i = 0; i < shape->n_frames; i++)
		buffer_drop(shape->frames[i].buffer);
	free(shape->frames);
	*shape = (struct cursor_shape){0};
}

// Takes the pixels of the cursor, and destroys it.
static void shape_set(struct cursor_shape *shape, struct xcursor *cursor, int size_px)
{
	shape_drop_frames(shape);
	shape->n_frames = cursor->n_images;
	shape->frames = xcalloc(cursor->n_images, sizeof(*shape->frames));
	int side = 1;
	for (size_t i = 0; i < cursor->n_images; i++) {
		struct xcursor_image *image = &cursor->images[i];
		side = MAX(side, MAX(image->width, image->height));
		uint32_t delay_ms = CLAMP(image->delay_ms, MIN_DELAY_MS, MAX_DELAY_MS);
		shape->frames[i] = (struct cursor_frame){
			.buffer = picture_create(image),
			.hotspot_x = image->hotspot_x,
			.hotspot_y = image->hotspot_y,
			.delay_ms = delay_ms,
		};
		shape->period_ms += delay_ms;
	}
	// An image of about the right size is not scaled, so that it stays crisp.
	double ratio = (double)size_px / MAX(cursor->images[0].nominal_size, 1);
	// A nominal size that has nothing to do with the image must not make it fill the screen.
	ratio = MIN(ratio, (double)MAX_SHOWN_PX / side);
	shape->ratio = ratio > 0.7 && ratio < 1.4 ? 1 : ratio;
	xcursor_destroy(cursor);
}

static struct kept_shape *find_shape(
	const struct cursor_theme *theme, const char *name, int size_px)
{
	struct kept_shape *shape;
	wl_list_for_each(shape, &theme->kept, link)
		if (shape->size_px == size_px && strcmp(shape->name, name) == 0)
			return shape;
	return NULL;
}

static void drop_shape(struct cursor_theme *theme, struct kept_shape *shape)
{
	shape_drop_frames(&shape->base);
	free(shape->name);
	wl_list_remove(&shape->link);
	theme->n_kept--;
	free(shape);
}

// Loading

struct load {
	struct cursor_theme *theme; // only touched in the loop
	char *path, *theme_name, *name;
	int size_px;
	struct xcursor *cursor; // result, never NULL
};

static void load_run(void *data)
{
	struct load *load = data;
	load->cursor = xcursor_load(load->path, load->theme_name, load->name, load->size_px);
	if (!load->cursor)
		load->cursor = xcursor_builtin(load->name, load->size_px);
}

static void load_drop(void *data)
{
	struct load *load = data;
	xcursor_destroy(load->cursor);
	free(load->path);
	free(load->theme_name);
	free(load->name);
	free(load);
}

static void load_next(struct cursor_theme *theme);

static void load_done(void *data)
{
	struct load *load = data;
	struct cursor_theme *theme = load->theme;
	struct kept_shape *shape = find_shape(theme, load->name, load->size_px);
	theme->loading = NULL;
	if (shape && !shape->loaded) {
		shape_set(&shape->base, load->cursor, load->size_px);
		load->cursor = NULL;
		shape->loaded = true;
	}
	load_drop(load);
	load_next(theme);
	theme->changed(theme->data);
}

static const struct work_impl load_impl = {
	.run = load_run,
	.done = load_done,
	.drop = load_drop,
};

// The shape that was wanted last comes first.
static void load_next(struct cursor_theme *theme)
{
	struct kept_shape *shape, *next = NULL;
	wl_list_for_each(shape, &theme->kept, link) {
		if (shape->loaded)
			continue;
		next = shape;
		break;
	}
	if (theme->loading || !next)
		return;
	struct load *load = xcalloc(1, sizeof(*load));
	load->theme = theme;
	load->path = xstrdup(theme->path);
	load->theme_name = xstrdup(theme->name);
	load->name = xstrdup(next->name);
	load->size_px = next->size_px;
	theme->loading = workers_start(theme->workers, &load_impl, load);
	if (!theme->loading) // the next use of a shape tries again
		load_drop(load);
}

// Themes

struct cursor_theme *cursor_theme_create(struct workers *workers, const char *name, int size,
	void (*changed)(void *data), void *data)
{
	struct cursor_theme *theme = xcalloc(1, sizeof(*theme));
	theme->workers = workers;
	theme->changed = changed;
	theme->data = data;
	theme->name = xstrdup(name);
	theme->path = xcursor_path();
	theme->size = size;
	wl_list_init(&theme->kept);
	return theme;
}

void cursor_theme_destroy(struct cursor_theme *theme)
{
	if (!theme)
		return;
	if (theme->loading)
		work_abandon(theme->loading);
	struct kept_shape *shape, *tmp;
	wl_list_for_each_safe(shape, tmp, &theme->kept, link)
		drop_shape(theme, shape);
	free(theme->name);
	free(theme->path);
	free(theme);
}

const char *cursor_theme_name(const struct cursor_theme *theme)
{
	return theme->name;
}

int cursor_theme_size(const struct cursor_theme *theme)
{
	return theme->size;
}

// What is shown until the shape is loaded: the one before, else the built-in one.
static const struct cursor_shape *shape_shown_meanwhile(
	struct cursor_theme *theme, struct kept_shape *shape)
{
	struct kept_shape *other;
	wl_list_for_each(other, &theme->kept, link)
		if (other->loaded && other->size_px == shape->size_px)
			return &other->base;
	if (!shape->base.n_frames)
		shape_set(
			&shape->base, xcursor_builtin(shape->name, shape->size_px), shape->size_px);
	return &shape->base;
}

const struct cursor_shape *cursor_theme_get(
	struct cursor_theme *theme, const char *name, double scale)
{
	int size_px = (int)CLAMP(lround(theme->size * scale), 1, MAX_SIZE_PX);
	struct kept_shape *shape = find_shape(theme, name, size_px);
	if (shape) {
		wl_list_remove(&shape->link);
	} else {
		struct kept_shape *last = wl_container_of(theme->kept.prev, last, link);
		if (theme->n_kept == MAX_KEPT)
			drop_shape(theme, last);
		shape = xcalloc(1, sizeof(*shape));
		shape->name = xstrdup(name);
		shape->size_px = size_px;
		theme->n_kept++;
		if (strcmp(theme->name, "builtin") == 0) {
			shape_set(&shape->base, xcursor_builtin(name, size_px), size_px);
			shape->loaded = true;
		}
	}
	wl_list_insert(&theme->kept, &shape->link);
	load_next(theme);
	return shape->loaded ? &shape->base : shape_shown_meanwhile(theme, shape);
}

const struct cursor_frame *cursor_shape_frame(
	const struct cursor_shape *shape, uint64_t since_ns, uint64_t *left_ns)
{
	*left_ns = UINT64_MAX;
	if (shape->n_frames == 1)
		return &shape->frames[0];
	uint64_t at_ns = since_ns % (shape->period_ms * NSEC_PER_MSEC);
	for (size_t i = 0;; i++) {
		uint64_t delay_ns = shape->frames[i].delay_ms * NSEC_PER_MSEC;
		if (at_ns < delay_ns) {
			*left_ns = delay_ns - at_ns;
			return &shape->frames[i];
		}
		at_ns -= delay_ns;
	}
}
