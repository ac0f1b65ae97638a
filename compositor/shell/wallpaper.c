// SPDX-License-Identifier: MIT
// The desktop's background: on each output a colour and an image over it. The image is read in a
// thread and scaled once for each output; only the scaled copies are kept.
#include "compositor/shell/wallpaper.h"
#include <drm_fourcc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/base/log.h"
#include "compositor/base/png.h"
#include "compositor/base/workers.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/content.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"

struct background { // of one output
	struct wallpaper *wallpaper;
	struct box box;
	double scale;
	struct node *color, *image;
	struct content content;
	bool outdated; // the image is to be scaled (again)
};

struct wallpaper {
	struct server *server;
	struct node *tree;
	struct background backgrounds[OUTPUTS_MAX]; // by output.index
	struct work *loading;                       // reads the image; NULL: not now
	bool broken;                                // the image cannot be read (logged once)
};

struct wallpaper *wallpaper_create(struct server *server)
{
	struct wallpaper *wallpaper = xcalloc(1, sizeof(*wallpaper));
	wallpaper->server = server;
	wallpaper->tree = node_create(server->scene->layers[SCENE_BACKGROUND], NODE_TREE);
	node_lower(wallpaper->tree);
	return wallpaper;
}

static void background_finish(struct background *background)
{
	node_destroy(background->color);
	node_destroy(background->image);
	content_finish(&background->content);
	*background = (struct background){0};
}

static void background_place(struct background *background)
{
	struct node *nodes[] = {background->color, background->image};
	for (size_t i = 0; i < array_length(nodes); i++) {
		if (!nodes[i])
			continue;
		node_set_position(nodes[i], background->box.x, background->box.y);
		node_set_size(nodes[i], background->box.width, background->box.height);
	}
}

void wallpaper_destroy(struct wallpaper *wallpaper)
{
	if (!wallpaper)
		return;
	if (wallpaper->loading)
		work_abandon(wallpaper->loading);
	for (size_t i = 0; i < array_length(wallpaper->backgrounds); i++)
		background_finish(&wallpaper->backgrounds[i]);
	node_destroy(wallpaper->tree);
	free(wallpaper);
}

static void on_pixels_unused(pixman_image_t *image, void *data)
{
	free(data);
}

static void image_premultiply(uint32_t *pixels, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t pixel = pixels[i], alpha = pixel >> 24;
		if (alpha == 0xff)
			continue;
		uint32_t red = (pixel >> 16 & 0xff) * alpha / 255;
		uint32_t green = (pixel >> 8 & 0xff) * alpha / 255;
		uint32_t blue = (pixel & 0xff) * alpha / 255;
		pixels[i] = alpha << 24 | red << 16 | green << 8 | blue;
	}
}

// Reads a PNG as premultiplied pixels. The caller unreferences it. NULL: failed (logged).
static pixman_image_t *image_read(const char *path)
{
	char *error = NULL;
	struct image *image = png_load(path, &error, NULL);
	if (!image) {
		log_error("%s", error);
		free(error);
		return NULL;
	}
	image_premultiply(image->pixels, (size_t)image->width * (size_t)image->height);
	pixman_image_t *read = pixman_image_create_bits(
		PIXMAN_a8r8g8b8, image->width, image->height, image->pixels, image->width * 4);
	if (read) {
		pixman_image_set_destroy_function(read, on_pixels_unused, image->pixels);
		image->pixels = NULL;
	} else {
		log_error("%s: %dx%d is too large for a wallpaper", path, image->width,
			image->height);
	}
	image_destroy(image);
	return read;
}

// Scale factors from image to output pixels. scale is that of the output.
static void image_scale(const char *mode, double scale, double width, double height,
	double image_width, double image_height, double *x, double *y)
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

static void image_draw(pixman_image_t *into, pixman_image_t *image, const char *mode, double scale)
{
	int width = pixman_image_get_width(into), height = pixman_image_get_height(into);
	double image_width = pixman_image_get_width(image);
	double image_height = pixman_image_get_height(image), x, y;
	image_scale(mode, scale, width, height, image_width, image_height, &x, &y);
	bool tiles = strcmp(mode, "tile") == 0;
	double left = tiles ? 0 : round((width - image_width * x) / 2);
	double top = tiles ? 0 : round((height - image_height * y) / 2);
	pixman_transform_t transform;
	pixman_transform_init_scale(
		&transform, pixman_double_to_fixed(1 / x), pixman_double_to_fixed(1 / y));
	pixman_image_set_transform(image, &transform);
	pixman_image_set_repeat(image, tiles ? PIXMAN_REPEAT_NORMAL : PIXMAN_REPEAT_PAD);
	if (x != 1 || y != 1) {
		// Bilinear filtering alone would alias large reductions.
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
	// The padding is only for the filter: clip to the image.
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

static struct buffer *image_compose(
	pixman_image_t *image, const struct config *config, int width, int height, double scale)
{
	struct buffer *buffer = buffer_create_memory(width, height, DRM_FORMAT_XRGB8888);
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
		image_draw(into, image, mode ? mode : "fill", scale);
		pixman_image_unref(into);
	}
	buffer_end_access(buffer);
	return buffer;
}

static void on_repaint(void *data);

static const char *image_path(const struct wallpaper *wallpaper)
{
	const struct server *server = wallpaper->server;
	if (server->no_wallpaper_image || !server->config || wallpaper->broken)
		return NULL;
	return server->config->desktop.image;
}

// Shows the image, scaled for the output.
static void background_set_image(struct background *background, pixman_image_t *image)
{
	struct wallpaper *wallpaper = background->wallpaper;
	int width = (int)lround(background->box.width * background->scale);
	int height = (int)lround(background->box.height * background->scale);
	struct buffer *buffer =
		image_compose(image, wallpaper->server->config, width, height, background->scale);
	background->outdated = false;
	if (!buffer)
		return;
	if (!background->image) {
		content_init(&background->content, wallpaper->server);
		background->content.repaint = on_repaint;
		background->content.repaint_data = background;
		background->image = node_create(wallpaper->tree, NODE_CONTENT);
		node_set_content(background->image, &background->content);
	}
	content_update(&background->content, buffer, NULL);
	buffer_drop(buffer);
	background_place(background);
}

// Loading

struct load {
	struct wallpaper *wallpaper; // only touched in the loop
	char *path;
	pixman_image_t *image; // NULL: cannot be read
};

static void load_run(void *data)
{
	struct load *load = data;
	load->image = image_read(load->path);
}

static void load_drop(void *data)
{
	struct load *load = data;
	if (load->image)
		pixman_image_unref(load->image);
	free(load->path);
	free(load);
}

static void load_done(void *data)
{
	struct load *load = data;
	struct wallpaper *wallpaper = load->wallpaper;
	wallpaper->loading = NULL;
	wallpaper->broken = !load->image;
	for (size_t i = 0; load->image && i < array_length(wallpaper->backgrounds); i++)
		if (wallpaper->backgrounds[i].outdated)
			background_set_image(&wallpaper->backgrounds[i], load->image);
	load_drop(load);
}

static const struct work_impl load_impl = {
	.run = load_run,
	.done = load_done,
	.drop = load_drop,
};

// Reads the image for all backgrounds that are outdated.
static void wallpaper_load(struct wallpaper *wallpaper)
{
	const char *path = image_path(wallpaper);
	if (!path || wallpaper->loading)
		return;
	struct load *load = xcalloc(1, sizeof(*load));
	load->wallpaper = wallpaper;
	load->path = xstrdup(path);
	wallpaper->loading = workers_start(wallpaper->server->workers, &load_impl, load);
	if (!wallpaper->loading)
		load_drop(load);
}

static void on_repaint(void *data)
{
	struct background *background = data;
	background->outdated = true;
	wallpaper_load(background->wallpaper);
}

// Creates the background, or gives it another size. An image that was scaled for the last size is
// stretched until the next one is there.
static void background_resize(
	struct wallpaper *wallpaper, struct background *background, const struct output *output)
{
	static const float fallback[4] = {0.16f, 0.18f, 0.22f, 1};
	const struct config *config = wallpaper->server->config;
	background->wallpaper = wallpaper;
	background->scale = output->scale;
	background->outdated = true;
	if (!background->color) {
		background->color = node_create(wallpaper->tree, NODE_RECT);
		node_set_color(background->color, config ? config->desktop.color : fallback);
	}
	wallpaper_load(wallpaper);
}

void wallpaper_update(struct wallpaper *wallpaper)
{
	unsigned used = 0;
	struct output *output;
	wl_list_for_each(output, &wallpaper->server->outputs, link) {
		if (!output->enabled)
			continue;
		struct background *background = &wallpaper->backgrounds[output->index];
		used |= 1u << output->index;
		if (!background->color || background->box.width != output->box.width ||
			background->box.height != output->box.height ||
			background->scale != output->scale)
			background_resize(wallpaper, background, output);
		background->box = output->box;
		background_place(background);
	}
	for (unsigned i = 0; i < array_length(wallpaper->backgrounds); i++)
		if (!(used & (1u << i)))
			background_finish(&wallpaper->backgrounds[i]);
}
