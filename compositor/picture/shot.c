// SPDX-License-Identifier: MIT
// Renders outputs, windows and parts of the layout into images, through output/capture.c.
#include "compositor/picture/shot.h"
#include <drm_fourcc.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/output/capture.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "compositor/window/window_capture.h"

static struct image *image_from_buffer(struct buffer *buffer, char **error)
{
	struct pixels pixels;
	struct image *image = NULL;
	if (buffer_begin_access(buffer, &pixels)) {
		image = image_from_pixels(&pixels);
		buffer_end_access(buffer);
	}
	if (!image)
		*error = xstrdup("out of memory");
	return image;
}

static struct buffer *create_target(double width, double height, uint32_t format, char **error)
{
	if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE) {
		*error = xasprintf("a picture of %.0fx%.0f is too large or empty", width, height);
		return NULL;
	}
	struct buffer *buffer = buffer_create_memory((int)width, (int)height, format);
	if (!buffer)
		*error = xstrdup("out of memory");
	return buffer;
}

static struct image *finish_capture(struct buffer *buffer, bool captured, char **error)
{
	struct image *image = NULL;
	if (captured)
		image = image_from_buffer(buffer, error);
	else
		*error = xstrdup("the renderer failed");
	buffer_drop(buffer);
	return image;
}

struct image *shot_output(struct output *output, bool cursor, char **error)
{
	if (!output->enabled) {
		*error = xasprintf("output %s is off", output->name);
		return NULL;
	}
	const struct mode *mode = &output->screen->mode;
	bool turned = transform_swaps(output->transform);
	struct buffer *buffer = create_target(turned ? mode->height : mode->width,
		turned ? mode->width : mode->height, DRM_FORMAT_XRGB8888, error);
	if (!buffer)
		return NULL;
	bool captured = output->transform == TRANSFORM_NORMAL
		? capture_output(output, NULL, cursor, buffer)
		: capture_layout(output->server, &output->box, output->scale, cursor, buffer);
	return finish_capture(buffer, captured, error);
}

// The largest scale of the outputs that show a part of the box.
static double largest_scale(struct server *server, const struct box *box)
{
	double scale = 0;
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		struct box common;
		if (output->enabled && box_intersect(&common, &output->box, box))
			scale = MAX(scale, output->scale);
	}
	return scale > 0 ? scale : 1;
}

struct image *shot_layout(
	struct server *server, const struct box *box, double scale, bool cursor, char **error)
{
	if (scale <= 0)
		scale = largest_scale(server, box);
	struct buffer *buffer = create_target(
		round(box->width * scale), round(box->height * scale), DRM_FORMAT_ARGB8888, error);
	return buffer
		? finish_capture(buffer, capture_layout(server, box, scale, cursor, buffer), error)
		: NULL;
}

struct image *shot_window(struct window *window, double scale, bool popups, char **error)
{
	struct box box = window_capture_extents(window, popups);
	if (scale <= 0)
		scale = window->output ? window->output->scale
				       : largest_scale(window->server, &box);
	struct buffer *buffer = create_target(
		round(box.width * scale), round(box.height * scale), DRM_FORMAT_ARGB8888, error);
	return buffer ? finish_capture(buffer, window_capture(window, scale, popups, buffer), error)
		      : NULL;
}

struct image *shot_everything(struct server *server, double scale, bool cursor, char **error)
{
	struct output *first = output_first(server), *output;
	int enabled = 0;
	wl_list_for_each(output, &server->outputs, link)
		enabled += output->enabled;
	if (enabled == 1)
		return shot_output(first, cursor, error);
	struct box bounds = outputs_bounds(server);
	if (!enabled || box_empty(&bounds)) {
		*error = xstrdup("there is no output");
		return NULL;
	}
	return shot_layout(server, &bounds, scale, cursor, error);
}

bool shot_pixel(struct server *server, double x, double y, uint32_t *color)
{
	struct output *output = output_at(server, x, y);
	char *error = NULL;
	if (!output)
		return false;
	struct box box = {(int)floor(x), (int)floor(y), 1, 1};
	struct image *image = shot_layout(server, &box, 1, false, &error);
	free(error);
	if (!image)
		return false;
	*color = image->pixels[0];
	image_destroy(image);
	return true;
}
