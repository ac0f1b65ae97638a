// SPDX-License-Identifier: MIT
// Maps shape names to buffers, from the theme's files or the built-in shapes, with a small cache.
#include "compositor/cursor/cursor_theme.h"
#include <drm_fourcc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
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
	struct wl_list link; // cursor_theme.kept, most recently used first
};

struct cursor_theme {
	char *name;
	int size;
	struct wl_list kept;
	unsigned n_kept;
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

struct cursor_theme *cursor_theme_create(const char *name, int size)
{
	struct cursor_theme *theme = xcalloc(1, sizeof(*theme));
	theme->name = xstrdup(name);
	theme->size = size;
	wl_list_init(&theme->kept);
	return theme;
}

static void drop_shape(struct cursor_theme *theme, struct kept_shape *shape)
{
	for (size_t i = 0; i < shape->base.n_frames; i++)
		buffer_drop(shape->base.frames[i].buffer);
	free(shape->base.frames);
	free(shape->name);
	wl_list_remove(&shape->link);
	theme->n_kept--;
	free(shape);
}

void cursor_theme_destroy(struct cursor_theme *theme)
{
	if (!theme)
		return;
	struct kept_shape *shape, *tmp;
	wl_list_for_each_safe(shape, tmp, &theme->kept, link)
		drop_shape(theme, shape);
	free(theme->name);
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

static struct kept_shape *load_shape(struct cursor_theme *theme, const char *name, int size_px)
{
	struct xcursor *cursor = strcmp(theme->name, "builtin") != 0
		? xcursor_load(theme->name, name, size_px)
		: NULL;
	if (!cursor)
		cursor = xcursor_builtin(name, size_px);
	struct kept_shape *shape = xcalloc(1, sizeof(*shape));
	shape->name = xstrdup(name);
	shape->size_px = size_px;
	shape->base.n_frames = cursor->n_images;
	shape->base.frames = xcalloc(cursor->n_images, sizeof(*shape->base.frames));
	int side = 1;
	for (size_t i = 0; i < cursor->n_images; i++) {
		struct xcursor_image *image = &cursor->images[i];
		side = MAX(side, MAX(image->width, image->height));
		uint32_t delay_ms = CLAMP(image->delay_ms, MIN_DELAY_MS, MAX_DELAY_MS);
		shape->base.frames[i] = (struct cursor_frame){
			.buffer = picture_create(image),
			.hotspot_x = image->hotspot_x,
			.hotspot_y = image->hotspot_y,
			.delay_ms = delay_ms,
		};
		shape->base.period_ms += delay_ms;
	}
	// An image of about the right size is not scaled, so that it stays crisp.
	double ratio = (double)size_px / MAX(cursor->images[0].nominal_size, 1);
	// A nominal size that has nothing to do with the image must not make it fill the screen.
	ratio = MIN(ratio, (double)MAX_SHOWN_PX / side);
	shape->base.ratio = ratio > 0.7 && ratio < 1.4 ? 1 : ratio;
	xcursor_destroy(cursor);
	return shape;
}

const struct cursor_shape *cursor_theme_get(
	struct cursor_theme *theme, const char *name, double scale)
{
	int size_px = (int)CLAMP(lround(theme->size * scale), 1, MAX_SIZE_PX);
	struct kept_shape *shape, *found = NULL;
	wl_list_for_each(shape, &theme->kept, link) {
		if (shape->size_px == size_px && strcmp(shape->name, name) == 0) {
			found = shape;
			break;
		}
	}
	if (found) {
		wl_list_remove(&found->link);
	} else {
		if (theme->n_kept == MAX_KEPT)
			drop_shape(theme, wl_container_of(theme->kept.prev, shape, link));
		found = load_shape(theme, name, size_px);
		theme->n_kept++;
	}
	wl_list_insert(&theme->kept, &found->link);
	return &found->base;
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
