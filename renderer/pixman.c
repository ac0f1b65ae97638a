// SPDX-License-Identifier: MIT
// The CPU renderer, built on pixman, and the reference for the other renderers: unscaled content is
// never filtered, and the pixels do not depend on the number of threads or on what is repainted.
// Textures refer to client memory; nothing is copied.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/bands.h"
#include "renderer/draws.h"
#include "renderer/renderer.h"
#include "renderer/rows.h"

// Frames that compose at least this many pixels use several threads. Below, memory bandwidth is the
// limit, and one core saturates it (measured: copying a frame of 1920x1080 on two cores takes 10 %
// more CPU time than on one).
#define THREAD_PIXELS 3000000
// A frame of this many pixels exceeds the L2 cache of a core.
#define LARGE_PIXELS 400000
// Large frames are drawn in strips of this many rows, so that a strip stays in the core's cache
// while several textures are blended into it.
#define STRIP_ROWS 32
// pixman draws nothing from images of this size or more, and rejects larger offsets.
#define PIXMAN_LIMIT 0x7fff

struct pixman_texture {
	struct texture base;
	struct buffer *buffer; // locked by the content; NULL: copy is used
	struct pixels copy;    // of memory whose rows are not aligned, owned
};

struct pixman_renderer {
	struct renderer base;
	struct bands *bands; // NULL: one thread
	bool rows;           // rows.h is supported
};

struct source { // the texture of one draw during one frame
	struct pixels pixels;
	struct buffer *buffer; // on which end_access must be called, or NULL
	bool usable;
};

struct job {
	struct pixels target;
	const struct draw *draws;
	const struct source *sources;
	size_t n;
	const region *repaint;
	const region *uncovered;
	bool large;
	bool rows;
};

static bool is_drawable(uint32_t format, int width, int height)
{
	const struct format_info *info = format_info(format);
	return info && info->pixman && width < PIXMAN_LIMIT && height < PIXMAN_LIMIT;
}

// pixman requires rows to start at multiples of four bytes.
static bool is_aligned(const struct pixels *pixels)
{
	return (((uintptr_t)pixels->data | pixels->stride) & 3) == 0;
}

static pixman_image_t *pixels_to_image(const struct pixels *pixels)
{
	const struct format_info *info = format_info(pixels->format);
	return pixman_image_create_bits_no_clear(
		info->pixman, pixels->width, pixels->height, pixels->data, (int)pixels->stride);
}

static pixman_color_t color_to_pixman(const float color[4], float alpha)
{
	return (pixman_color_t){
		.red = (uint16_t)lroundf(CLAMP(color[0] * alpha, 0, 1) * 65535),
		.green = (uint16_t)lroundf(CLAMP(color[1] * alpha, 0, 1) * 65535),
		.blue = (uint16_t)lroundf(CLAMP(color[2] * alpha, 0, 1) * 65535),
		.alpha = (uint16_t)lroundf(CLAMP(color[3] * alpha, 0, 1) * 65535),
	};
}

static void fill_region(
	pixman_image_t *target, const region *where, pixman_op_t op, const pixman_color_t *color)
{
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)where, &n);
	if (n)
		pixman_image_fill_boxes(op, target, color, n, boxes);
}

// Returns the part of the pixels that filters may read, and in *inside the src of the draw relative
// to it.
static struct pixels crop_pixels(
	const struct draw *draw, const struct pixels *pixels, struct fbox *inside)
{
	const struct fbox *src = &draw->src;
	int edges[4];
	draw_crop(draw, edges);
	int left = edges[0], top = edges[1];
	size_t bytes = format_info(pixels->format)->bytes;
	while (((size_t)left * bytes) & 3)
		left--;
	*inside = (struct fbox){src->x - left, src->y - top, src->width, src->height};
	struct pixels part = *pixels;
	part.data = (char *)pixels->data + (size_t)top * pixels->stride + (size_t)left * bytes;
	part.width = edges[2] - left;
	part.height = edges[3] - top;
	return part;
}

// Sets the transform from target pixels, relative to the origin, to the texture.
static bool set_transform(pixman_image_t *image, const struct draw *draw, const struct fbox *src,
	int origin_x, int origin_y)
{
	const struct box *dst = &draw->dst;
	enum transform back = transform_invert(draw->transform);
	double x = origin_x - dst->x, y = origin_y - dst->y;
	double points[3][2] = {{x, y}, {x + 1, y}, {x, y + 1}};
	bool swaps = transform_swaps(draw->transform);
	double width = swaps ? dst->height : dst->width, height = swaps ? dst->width : dst->height;
	for (int i = 0; i < 3; i++) {
		point_transform(&points[i][0], &points[i][1], back, dst->width, dst->height);
		points[i][0] = src->x + points[i][0] * src->width / width;
		points[i][1] = src->y + points[i][1] * src->height / height;
	}
	const struct pixman_f_transform exact = {{
		{points[1][0] - points[0][0], points[2][0] - points[0][0], points[0][0]},
		{points[1][1] - points[0][1], points[2][1] - points[0][1], points[0][1]},
		{0, 0, 1},
	}};
	pixman_transform_t fixed;
	return pixman_transform_from_pixman_f_transform(&fixed, &exact) &&
		pixman_image_set_transform(image, &fixed);
}

// Returns the origin of the transform's coordinates: dst, unless the target exceeds pixman's limit
// from there. It must not depend on the repainted region, because rounding depends on it.
static int transform_origin(int dst, int target_size)
{
	return target_size - (int64_t)dst < PIXMAN_LIMIT ? dst : 0;
}

// Whether pixels of both formats have the same bits, except for alpha.
static bool formats_match(uint32_t target, uint32_t source)
{
	return (source == DRM_FORMAT_ARGB8888 || source == DRM_FORMAT_XRGB8888) &&
		(target == DRM_FORMAT_XRGB8888 ||
			(target == DRM_FORMAT_ARGB8888 && target == source));
}

static void copy_row(uint32_t *target, const uint32_t *source, size_t n)
{
	memcpy(target, source, n * sizeof(*target));
}

// Draws unscaled pixels row by row. src_x and src_y are added to target coordinates to get those of
// the source.
static void draw_rows(const struct pixels *target, const struct pixels *pixels, int src_x,
	int src_y, void (*draw)(uint32_t *target, const uint32_t *source, size_t n),
	const region *where)
{
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)where, &n);
	for (int i = 0; i < n; i++) {
		size_t width = (size_t)(boxes[i].x2 - boxes[i].x1);
		for (int y = boxes[i].y1; y < boxes[i].y2; y++) {
			uint32_t *into =
				(uint32_t *)((char *)target->data + (size_t)y * target->stride) +
				boxes[i].x1;
			const uint32_t *from = (const uint32_t *)((const char *)pixels->data +
						       (size_t)(y + src_y) * pixels->stride) +
				boxes[i].x1 + src_x;
			draw(into, from, width);
		}
	}
}

static bool draw_replaces(const struct draw *draw, uint32_t format)
{
	return draw->alpha >= 1 && (draw->opaque || !format_has_alpha(format));
}

// Copies or blends an unscaled, aligned texture without pixman, if possible. last: no later draw
// blends over it. Returns false if pixman must draw it.
static bool draw_plain(const struct job *job, const struct draw *draw, const struct pixels *pixels,
	const region *where, bool last)
{
	if (draw->alpha < 1 || !formats_match(job->target.format, pixels->format))
		return false;
	bool copies = draw_replaces(draw, pixels->format);
	if (!copies && !job->rows)
		return false;
	bool past_caches = job->rows && job->large && last;
	draw_rows(&job->target, pixels, (int)draw->src.x - draw->dst.x,
		(int)draw->src.y - draw->dst.y,
		!copies               ? rows_over
			: past_caches ? rows_copy_past_caches
				      : copy_row,
		where);
	return true;
}

static void draw_texture(const struct job *job, pixman_image_t *target, const struct draw *draw,
	const struct pixels *pixels, const region *where, bool last)
{
	const struct box *dst = &draw->dst;
	bool exact = draw_is_exact(draw);
	bool inside = draw->src.x >= 0 && draw->src.y >= 0 &&
		draw->src.x + draw->src.width <= pixels->width &&
		draw->src.y + draw->src.height <= pixels->height;
	bool plain = exact && inside && draw->transform == TRANSFORM_NORMAL;
	if (plain && draw_plain(job, draw, pixels, where, last))
		return;
	struct fbox src = draw->src;
	struct pixels part = plain ? *pixels : crop_pixels(draw, pixels, &src);
	struct box bounds = region_bounds(where);
	pixman_image_t *image = pixels_to_image(&part), *mask = NULL;
	if (!image)
		return;
	int src_x = bounds.x, src_y = bounds.y;
	if (plain) {
		src_x += (int)src.x - dst->x;
		src_y += (int)src.y - dst->y;
	} else {
		int origin_x = transform_origin(dst->x, pixman_image_get_width(target));
		int origin_y = transform_origin(dst->y, pixman_image_get_height(target));
		src_x -= origin_x;
		src_y -= origin_y;
		if (!set_transform(image, draw, &src, origin_x, origin_y))
			goto out;
		bool nearest = draw->nearest || exact;
		pixman_image_set_filter(
			image, nearest ? PIXMAN_FILTER_NEAREST : PIXMAN_FILTER_BILINEAR, NULL, 0);
		pixman_image_set_repeat(image, PIXMAN_REPEAT_PAD);
	}
	if (draw->alpha < 1)
		mask = pixman_image_create_solid_fill(
			&(pixman_color_t){.alpha = (uint16_t)lroundf(MAX(draw->alpha, 0) * 65535)});
	pixman_image_set_clip_region32(target, (region *)where);
	pixman_image_composite32(
		draw_replaces(draw, pixels->format) ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, image, mask,
		target, src_x, src_y, 0, 0, bounds.x, bounds.y, bounds.width, bounds.height);
	pixman_image_set_clip_region32(target, NULL);
	if (mask)
		pixman_image_unref(mask);
out:
	pixman_image_unref(image);
}

static void draw_strip(const struct job *job, pixman_image_t *target, const struct box *strip)
{
	region repaint, where;
	pixman_region32_init(&repaint);
	pixman_region32_init(&where);
	pixman_region32_intersect_rect(&repaint, (region *)job->repaint, strip->x, strip->y,
		(unsigned)strip->width, (unsigned)strip->height);
	pixman_region32_intersect(&where, &repaint, (region *)job->uncovered);
	fill_region(target, &where, PIXMAN_OP_SRC, &(pixman_color_t){.alpha = 0xffff});
	size_t last = 0; // index of the topmost draw that blends
	while (last < job->n && !draw_blends(&job->draws[last], true))
		last++;
	for (size_t i = job->n; i-- > 0;) {
		const struct draw *draw = &job->draws[i];
		pixman_region32_intersect(&where, &repaint, (region *)draw->visible);
		if (!pixman_region32_not_empty(&where))
			continue;
		if (!draw->texture) {
			pixman_color_t color = color_to_pixman(draw->color, draw->alpha);
			fill_region(target, &where, draw->opaque ? PIXMAN_OP_SRC : PIXMAN_OP_OVER,
				&color);
		} else if (job->sources[i].usable) {
			draw_texture(job, target, draw, &job->sources[i].pixels, &where, i < last);
		}
	}
	pixman_region32_fini(&where);
	pixman_region32_fini(&repaint);
}

// Draws one band of the frame. Each band has its own images, because pixman keeps state in them.
static void draw_band(void *data, int top, int bottom)
{
	const struct job *job = data;
	pixman_image_t *target = pixels_to_image(&job->target);
	if (!target)
		return;
	int rows = job->large ? STRIP_ROWS : bottom - top;
	for (int y = top; y < bottom; y += rows)
		draw_strip(
			job, target, &(struct box){0, y, job->target.width, MIN(rows, bottom - y)});
	if (job->rows)
		rows_flush();
	pixman_image_unref(target);
}

static void source_begin(struct source *source, const struct draw *draw, const region *repaint)
{
	*source = (struct source){0};
	struct box bounds = region_bounds(repaint), visible = region_bounds(draw->visible);
	if (!draw->texture || !box_intersect(&bounds, &bounds, &visible))
		return;
	struct pixman_texture *texture = wl_container_of(draw->texture, texture, base);
	if (!texture->buffer) {
		source->pixels = texture->copy;
		source->usable = texture->copy.data != NULL;
	} else if (buffer_begin_access(texture->buffer, &source->pixels)) {
		source->buffer = texture->buffer;
		source->usable = true;
	}
}

static uint64_t count_pixels(const struct draw *draws, size_t n, const region *repaint)
{
	uint64_t pixels = 0;
	region common;
	pixman_region32_init(&common);
	for (size_t i = 0; i < n; i++) {
		pixman_region32_intersect(&common, (region *)draws[i].visible, (region *)repaint);
		int count;
		const pixman_box32_t *rects = pixman_region32_rectangles(&common, &count);
		for (int j = 0; j < count; j++)
			pixels += (uint64_t)(rects[j].x2 - rects[j].x1) *
				(uint64_t)(rects[j].y2 - rects[j].y1);
	}
	pixman_region32_fini(&common);
	return pixels;
}

static bool pixman_renderer_draw(struct renderer *base, struct buffer *target,
	const struct draw *draws, size_t n, const region *repaint, int *fence)
{
	struct pixman_renderer *renderer = wl_container_of(base, renderer, base);
	*fence = -1;
	struct job job = {.draws = draws, .n = n};
	if (!is_drawable(target->format, target->width, target->height) ||
		!buffer_begin_access(target, &job.target)) {
		log_error("cannot draw into a buffer of %dx%d, format 0x%08x", target->width,
			target->height, target->format);
		return false;
	}
	if (!is_aligned(&job.target)) {
		buffer_end_access(target);
		log_error("cannot draw into a buffer whose rows are not aligned to four bytes");
		return false;
	}
	region inside, uncovered;
	pixman_region32_init(&inside);
	pixman_region32_init(&uncovered);
	pixman_region32_intersect_rect(&inside, (region *)repaint, 0, 0, (unsigned)target->width,
		(unsigned)target->height);
	pixman_region32_copy(&uncovered, &inside);
	struct source few[64], *sources = few;
	if (n > array_length(few))
		sources = xcalloc(n, sizeof(*sources));
	for (size_t i = 0; i < n; i++)
		source_begin(&sources[i], &draws[i], &inside);
	draws_uncovered(&uncovered, draws, n);
	job.sources = sources;
	job.repaint = &inside;
	job.uncovered = &uncovered;
	struct box bounds = region_bounds(&inside);
	uint64_t pixels = count_pixels(draws, n, &inside);
	job.large = pixels >= LARGE_PIXELS;
	job.rows = renderer->rows;
	if (renderer->bands && pixels >= THREAD_PIXELS)
		bands_run(renderer->bands, draw_band, &job, bounds.y, bounds.y + bounds.height);
	else if (!box_empty(&bounds))
		draw_band(&job, bounds.y, bounds.y + bounds.height);

	for (size_t i = n; i-- > 0;)
		if (sources[i].buffer)
			buffer_end_access(sources[i].buffer);
	if (sources != few)
		free(sources);
	buffer_end_access(target);
	pixman_region32_fini(&uncovered);
	pixman_region32_fini(&inside);
	return true;
}

static void texture_free_copy(struct pixman_texture *texture)
{
	free(texture->copy.data);
	texture->copy = (struct pixels){0};
}

// Copies pixels whose rows are not aligned for pixman into rows that are.
static bool texture_copy(struct pixman_texture *texture, const struct pixels *pixels)
{
	size_t row = (size_t)pixels->width * format_info(pixels->format)->bytes;
	size_t stride = (row + 3) & ~(size_t)3;
	char *data = calloc((size_t)pixels->height, stride);
	if (!data) {
		log_error("no memory for a texture of %dx%d", pixels->width, pixels->height);
		return false;
	}
	for (int y = 0; y < pixels->height; y++)
		memcpy(data + (size_t)y * stride,
			(const char *)pixels->data + (size_t)y * pixels->stride, row);
	texture_free_copy(texture);
	texture->copy = *pixels;
	texture->copy.data = data;
	texture->copy.stride = stride;
	return true;
}

static bool pixman_renderer_import(
	struct renderer *base, struct texture **slot, struct buffer *buffer, const region *damage)
{
	struct pixels pixels;
	if (!is_drawable(buffer->format, buffer->width, buffer->height) ||
		!buffer_begin_access(buffer, &pixels)) {
		log_error("cannot draw from a buffer of %dx%d, format 0x%08x", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	bool refers = is_aligned(&pixels);
	struct pixman_texture *texture = NULL;
	if (*slot)
		texture = wl_container_of(*slot, texture, base);
	else
		texture = xcalloc(1, sizeof(*texture));
	bool ok = refers || texture_copy(texture, &pixels);
	buffer_end_access(buffer);
	if (!ok) {
		if (!*slot)
			free(texture);
		return false;
	}
	if (refers)
		texture_free_copy(texture);
	texture->buffer = refers ? buffer : NULL;
	texture->base.holds = refers;
	texture->base.width = buffer->width;
	texture->base.height = buffer->height;
	*slot = &texture->base;
	return true;
}

static void pixman_renderer_forget(struct renderer *base, struct texture *base_texture)
{
	struct pixman_texture *texture = wl_container_of(base_texture, texture, base);
	texture_free_copy(texture);
	free(texture);
}

static bool pixman_renderer_read(struct renderer *base, struct buffer *source,
	const struct box *box, const struct pixels *into)
{
	struct pixels pixels;
	if (!is_drawable(source->format, source->width, source->height) ||
		!is_drawable(into->format, into->width, into->height) || !is_aligned(into) ||
		!buffer_begin_access(source, &pixels)) {
		log_error("cannot read a buffer of %dx%d, format 0x%08x", source->width,
			source->height, source->format);
		return false;
	}
	pixman_image_t *from = is_aligned(&pixels) ? pixels_to_image(&pixels) : NULL;
	pixman_image_t *to = pixels_to_image(into);
	bool ok = from && to;
	if (ok)
		pixman_image_composite32(PIXMAN_OP_SRC, from, NULL, to, box->x, box->y, 0, 0, 0, 0,
			box->width, box->height);
	if (from)
		pixman_image_unref(from);
	if (to)
		pixman_image_unref(to);
	buffer_end_access(source);
	return ok;
}

static void pixman_renderer_destroy(struct renderer *base)
{
	struct pixman_renderer *renderer = wl_container_of(base, renderer, base);
	bands_destroy(renderer->bands);
	format_set_finish(&base->shm);
	format_set_finish(&base->target);
	free(renderer);
}

static const struct renderer_impl pixman_impl = {
	.name = "pixman",
	.destroy = pixman_renderer_destroy,
	.import = pixman_renderer_import,
	.forget = pixman_renderer_forget,
	.draw = pixman_renderer_draw,
	.read = pixman_renderer_read,
};

struct renderer *pixman_renderer_create(int threads)
{
	struct pixman_renderer *renderer = xcalloc(1, sizeof(*renderer));
	renderer->base.impl = &pixman_impl;
	renderer->base.cpu_targets = true;
	renderer->base.device = -1;
	size_t count;
	const struct format_info *formats = format_list(&count);
	for (size_t i = 0; i < count; i++) {
		if (!formats[i].pixman)
			continue;
		if (pixman_format_supported_source(formats[i].pixman))
			format_set_add(
				&renderer->base.shm, formats[i].fourcc, DRM_FORMAT_MOD_LINEAR);
		if (pixman_format_supported_destination(formats[i].pixman))
			format_set_add(
				&renderer->base.target, formats[i].fourcc, DRM_FORMAT_MOD_LINEAR);
	}
	renderer->bands = bands_create(threads);
	renderer->rows = rows_supported();
	return &renderer->base;
}
