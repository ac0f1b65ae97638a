// SPDX-License-Identifier: MIT
// The desktop's background: one colour for each output, and the picture over it, scaled once for the
// output's pixels and then kept in that size only.
#include "compositor/shell/wallpaper.h"
#include <drm_fourcc.h>
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/base/log.h"
#include "compositor/core/config.h"
#include "compositor/core/content.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"

#define MAX_SIDE 16384 // of the picture in the file

struct sheet { // of one output
	struct wallpaper *wallpaper;
	struct box box;
	double scale;
	struct node *color, *image;
	struct content content;
};

struct wallpaper {
	struct server *server;
	struct node *tree;
	struct sheet sheets[32]; // by output.index
	bool broken;             // the picture cannot be read: said once
};

struct wallpaper *wallpaper_create(struct server *server)
{
	struct wallpaper *wallpaper = xcalloc(1, sizeof(*wallpaper));
	wallpaper->server = server;
	wallpaper->tree = node_create(server->scene->layers[SCENE_BACKGROUND], NODE_TREE);
	node_lower(wallpaper->tree);
	return wallpaper;
}

static void clear_sheet(struct sheet *sheet)
{
	node_destroy(sheet->color);
	node_destroy(sheet->image);
	content_finish(&sheet->content);
	*sheet = (struct sheet){0};
}

void wallpaper_destroy(struct wallpaper *wallpaper)
{
	if (!wallpaper)
		return;
	for (size_t i = 0; i < array_length(wallpaper->sheets); i++)
		clear_sheet(&wallpaper->sheets[i]);
	node_destroy(wallpaper->tree);
	free(wallpaper);
}

// The file as premultiplied pixels; NULL: logged.
static pixman_image_t *read_image(const char *path)
{
	png_image png = {.version = PNG_IMAGE_VERSION};
	pixman_image_t *image = NULL;
	if (!png_image_begin_read_from_file(&png, path))
		goto fail;
	if (png.width > MAX_SIDE || png.height > MAX_SIDE) {
		log_error("%s: %ux%u is too large for a wallpaper", path, png.width, png.height);
		png_image_free(&png);
		return NULL;
	}
	png.format = PNG_FORMAT_BGRA;
	image = pixman_image_create_bits(PIXMAN_a8r8g8b8, (int)png.width, (int)png.height, NULL, 0);
	if (!image) {
		log_error("%s: no memory for a picture of %ux%u", path, png.width, png.height);
		png_image_free(&png);
		return NULL;
	}
	uint32_t *pixels = pixman_image_get_data(image);
	if (!png_image_finish_read(&png, NULL, pixels, pixman_image_get_stride(image), NULL))
		goto fail;
	size_t count = (size_t)png.width * png.height;
	for (size_t i = 0; i < count; i++) {
		uint32_t pixel = pixels[i], alpha = pixel >> 24;
		if (alpha == 0xff)
			continue;
		uint32_t red = (pixel >> 16 & 0xff) * alpha / 255;
		uint32_t green = (pixel >> 8 & 0xff) * alpha / 255;
		uint32_t blue = (pixel & 0xff) * alpha / 255;
		pixels[i] = alpha << 24 | red << 16 | green << 8 | blue;
	}
	return image;
fail:
	log_error("%s: %s", path, png.message);
	png_image_free(&png);
	if (image)
		pixman_image_unref(image);
	return NULL;
}

// How many output pixels one of the picture's becomes, on each axis.
static void factors(const char *mode, double scale, double width, double height, double image_width,
	double image_height, double *x, double *y)
{
	*x = width / image_width;
	*y = height / image_height;
	if (strcmp(mode, "fit") == 0)
		*x = *y = fmin(*x, *y);
	else if (strcmp(mode, "center") == 0 || strcmp(mode, "tile") == 0)
		*x = *y = scale;
	else if (strcmp(mode, "stretch") != 0)
		*x = *y = fmax(*x, *y);
}

static void draw_image(pixman_image_t *into, pixman_image_t *image, const char *mode, double scale)
{
	int width = pixman_image_get_width(into), height = pixman_image_get_height(into);
	double image_width = pixman_image_get_width(image);
	double image_height = pixman_image_get_height(image), x, y;
	factors(mode, scale, width, height, image_width, image_height, &x, &y);
	bool tiles = strcmp(mode, "tile") == 0;
	double left = tiles ? 0 : round((width - image_width * x) / 2);
	double top = tiles ? 0 : round((height - image_height * y) / 2);
	pixman_transform_t transform;
	pixman_transform_init_scale(
		&transform, pixman_double_to_fixed(1 / x), pixman_double_to_fixed(1 / y));
	pixman_image_set_transform(image, &transform);
	pixman_image_set_repeat(image, tiles ? PIXMAN_REPEAT_NORMAL : PIXMAN_REPEAT_PAD);
	if (x != 1 || y != 1) {
		// A picture that shrinks a lot needs more than its nearest pixels.
		int n;
		pixman_fixed_t *filter = pixman_filter_create_separable_convolution(&n,
			pixman_double_to_fixed(1 / x), pixman_double_to_fixed(1 / y),
			PIXMAN_KERNEL_LINEAR, PIXMAN_KERNEL_LINEAR, PIXMAN_KERNEL_BOX,
			PIXMAN_KERNEL_BOX, 4, 4);
		if (filter)
			pixman_image_set_filter(
				image, PIXMAN_FILTER_SEPARABLE_CONVOLUTION, filter, n);
		free(filter);
	}
	// Padding is for the filter at the picture's edges, not for what lies beside the picture.
	struct box area = {
		(int)left, (int)top, (int)lround(image_width * x), (int)lround(image_height * y)};
	const struct box whole = {0, 0, width, height};
	if (tiles)
		area = whole;
	struct box seen;
	if (box_intersect(&seen, &area, &whole))
		pixman_image_composite32(PIXMAN_OP_OVER, image, NULL, into, seen.x - area.x,
			seen.y - area.y, 0, 0, seen.x, seen.y, seen.width, seen.height);
}

static struct buffer *compose(
	pixman_image_t *image, const struct config *config, int width, int height, double scale)
{
	struct buffer *buffer = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	struct pixels pixels;
	if (!buffer)
		return NULL;
	buffer_begin_access(buffer, &pixels);
	pixman_image_t *into = pixman_image_create_bits(
		PIXMAN_x8r8g8b8, width, height, pixels.data, (int)pixels.stride);
	if (into) {
		const float *rgb = config->desktop.color;
		pixman_color_t color = {(uint16_t)lround(rgb[0] * 65535),
			(uint16_t)lround(rgb[1] * 65535), (uint16_t)lround(rgb[2] * 65535), 65535};
		pixman_box32_t all = {0, 0, width, height};
		pixman_image_fill_boxes(PIXMAN_OP_SRC, into, &color, 1, &all);
		const char *mode = config->desktop.image_mode;
		draw_image(into, image, mode ? mode : "fill", scale);
		pixman_image_unref(into);
	}
	buffer_end_access(buffer);
	return buffer;
}

static const char *image_path(const struct wallpaper *wallpaper)
{
	const struct server *server = wallpaper->server;
	if (server->no_wallpaper_image || !server->config || wallpaper->broken)
		return NULL;
	return server->config->desktop.image;
}

// *image is read when the first output needs it.
static struct buffer *paint(
	struct wallpaper *wallpaper, const struct sheet *sheet, pixman_image_t **image)
{
	const char *path = image_path(wallpaper);
	if (path && !*image) {
		*image = read_image(path);
		wallpaper->broken = !*image;
	}
	int width = (int)lround(sheet->box.width * sheet->scale);
	int height = (int)lround(sheet->box.height * sheet->scale);
	return *image ? compose(*image, wallpaper->server->config, width, height, sheet->scale)
		      : NULL;
}

static void on_repaint(void *data)
{
	struct sheet *sheet = data;
	pixman_image_t *image = NULL;
	struct buffer *buffer = paint(sheet->wallpaper, sheet, &image);
	content_update(&sheet->content, buffer, NULL);
	buffer_drop(buffer);
	if (image)
		pixman_image_unref(image);
}

static void set_image(struct wallpaper *wallpaper, struct sheet *sheet, pixman_image_t **image)
{
	struct buffer *buffer = paint(wallpaper, sheet, image);
	if (!buffer)
		return;
	content_init(&sheet->content, wallpaper->server);
	sheet->content.repaint = on_repaint;
	sheet->content.repaint_data = sheet;
	content_update(&sheet->content, buffer, NULL);
	buffer_drop(buffer);
	sheet->image = node_create(wallpaper->tree, NODE_CONTENT);
	node_set_content(sheet->image, &sheet->content);
	node_set_position(sheet->image, sheet->box.x, sheet->box.y);
	node_set_size(sheet->image, sheet->box.width, sheet->box.height);
}

static void make_sheet(struct wallpaper *wallpaper, struct output *output, pixman_image_t **image)
{
	static const float fallback[4] = {0.16f, 0.18f, 0.22f, 1};
	const struct config *config = wallpaper->server->config;
	struct sheet *sheet = &wallpaper->sheets[output->index];
	clear_sheet(sheet);
	sheet->wallpaper = wallpaper;
	sheet->box = output->box;
	sheet->scale = output->scale;
	sheet->color = node_create(wallpaper->tree, NODE_RECT);
	node_set_color(sheet->color, config ? config->desktop.color : fallback);
	node_set_position(sheet->color, output->box.x, output->box.y);
	node_set_size(sheet->color, output->box.width, output->box.height);
	set_image(wallpaper, sheet, image);
}

static void place_sheet(struct sheet *sheet, const struct output *output)
{
	sheet->box = output->box;
	node_set_position(sheet->color, output->box.x, output->box.y);
	if (sheet->image)
		node_set_position(sheet->image, output->box.x, output->box.y);
}

void wallpaper_update(struct wallpaper *wallpaper)
{
	pixman_image_t *image = NULL;
	unsigned used = 0;
	struct output *output;
	wl_list_for_each(output, &wallpaper->server->outputs, link) {
		if (!output->enabled)
			continue;
		struct sheet *sheet = &wallpaper->sheets[output->index];
		used |= 1u << output->index;
		if (sheet->color && sheet->box.width == output->box.width &&
			sheet->box.height == output->box.height && sheet->scale == output->scale)
			place_sheet(sheet, output);
		else
			make_sheet(wallpaper, output, &image);
	}
	for (unsigned i = 0; i < array_length(wallpaper->sheets); i++)
		if (!(used & (1u << i)))
			clear_sheet(&wallpaper->sheets[i]);
	if (image)
		pixman_image_unref(image);
}
