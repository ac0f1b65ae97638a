// SPDX-License-Identifier: MIT
// From a selection of what to show to an image, by the core's captures.
#include "compositor/run/shot.h"
#include <drm_fourcc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/core/capture.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/window.h"
#include "compositor/run/find.h"

void shot_finish(struct shot *shot)
{
	free(shot->output);
	selector_destroy(shot->window);
	*shot = (struct shot){0};
}

// The value of NAME=..., or of "--NAME ..." as on a command line.
static char *take_option(struct action *action, const char *name, size_t *where)
{
	struct words *args = &action->args;
	size_t length = strlen(name);
	for (size_t i = 1; i < args->count; i++) {
		const char *word = args->word[i];
		char *value = NULL;
		if (strncmp(word, name, length) == 0 && word[length] == '=')
			value = xstrdup(word + length + 1);
		else if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, name) == 0 &&
			i + 1 < args->count)
			value = xstrdup(args->word[i + 1]);
		if (!value)
			continue;
		words_remove(args, i, word[0] == '-' ? 2 : 1);
		*where = i;
		return value;
	}
	return NULL;
}

// The first condition came as the option's value, perhaps several in one word; others may follow.
static bool parse_window(struct action *action, struct shot *shot, const char *value, size_t where)
{
	struct words words, *args = &action->args;
	const char *why;
	char *error = NULL;
	if (!words_parse(&words, value, &why)) {
		action_fail(action, "window=%s: %s", value, why);
		return false;
	}
	while (where < args->count && selector_is_word(args->word[where])) {
		words.word = xrealloc(words.word, words.count + 2, sizeof(*words.word));
		words.word[words.count++] = xstrdup(args->word[where]);
		words.word[words.count] = NULL;
		words_remove(args, where, 1);
	}
	shot->window = selector_parse(words.word, words.count, &error);
	words_finish(&words);
	if (!shot->window) {
		action_fail(action, "%s", error);
		free(error);
	}
	return shot->window != NULL;
}

bool shot_parse(struct action *action, struct shot *shot)
{
	size_t where;
	bool ok = true;
	char *value;
	*shot = (struct shot){0};
	shot->cursor = action_flag(action, "cursor") || action_flag(action, "--cursor");
	shot->popups = action_flag(action, "popups") || action_flag(action, "--popups");
	if ((value = take_option(action, "window", &where))) {
		ok = parse_window(action, shot, value, where);
		free(value);
	}
	shot->output = take_option(action, "output", &where);
	if ((value = take_option(action, "region", &where))) {
		shot->has_region = arg_box(value, &shot->region);
		if (!shot->has_region && ok) {
			action_fail(action, "region=%s: X,Y,WIDTH,HEIGHT is wanted", value);
			ok = false;
		}
		free(value);
	}
	if ((value = take_option(action, "scale", &where))) {
		bool good =
			arg_number(value, &shot->scale) && shot->scale >= 0.1 && shot->scale <= 16;
		if (!good && ok) {
			action_fail(action, "scale=%s: a number from 0.1 to 16 is wanted", value);
			ok = false;
		}
		free(value);
	}
	if (ok && (shot->window != NULL) + (shot->output != NULL) + shot->has_region > 1) {
		action_fail(action, "only one of output, window and region can be chosen");
		ok = false;
	}
	if (!ok)
		shot_finish(shot);
	return ok;
}

static struct image *read_buffer(struct buffer *buffer, char **error)
{
	struct pixels pixels;
	struct image *image = NULL;
	if (buffer_begin_access(buffer, &pixels)) {
		image = image_from_pixels(&pixels);
		buffer_end_access(buffer);
	}
	if (!image)
		*error = xstrdup("no memory for the picture");
	return image;
}

static struct buffer *target_create(double width, double height, uint32_t format, char **error)
{
	if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE) {
		*error = xasprintf("a picture of %.0fx%.0f is not possible", width, height);
		return NULL;
	}
	struct buffer *buffer = buffer_create_memfd((int)width, (int)height, format);
	if (!buffer)
		*error = xstrdup("no memory for the picture");
	return buffer;
}

static struct image *finish(struct buffer *buffer, bool captured, char **error)
{
	struct image *image = NULL;
	if (captured)
		image = read_buffer(buffer, error);
	else
		*error = xstrdup("the picture could not be taken");
	buffer_drop(buffer);
	return image;
}

// Upright, whichever way the screen is turned.
static struct image *shot_output(struct output *output, bool cursor, char **error)
{
	const struct mode *mode = &output->screen->mode;
	bool turned = transform_swaps(output->transform);
	struct buffer *buffer = target_create(turned ? mode->height : mode->width,
		turned ? mode->width : mode->height, DRM_FORMAT_XRGB8888, error);
	if (!buffer)
		return NULL;
	bool captured = output->transform == TRANSFORM_NORMAL
		? capture_output(output, NULL, cursor, buffer)
		: capture_layout(output->server, &output->box, output->scale, cursor, buffer);
	return finish(buffer, captured, error);
}

// The sharpest of the outputs that show a part of the box.
static double scale_for(struct server *server, const struct box *box)
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

static struct image *shot_layout(
	struct server *server, const struct box *box, double scale, bool cursor, char **error)
{
	if (scale <= 0)
		scale = scale_for(server, box);
	struct buffer *buffer = target_create(
		round(box->width * scale), round(box->height * scale), DRM_FORMAT_ARGB8888, error);
	return buffer ? finish(buffer, capture_layout(server, box, scale, cursor, buffer), error)
		      : NULL;
}

static struct image *shot_window(
	struct server *server, const struct shot *shot, struct window *window, char **error)
{
	struct box box = capture_window_extents(window, shot->popups);
	double scale = shot->scale;
	if (scale <= 0)
		scale = window->output ? window->output->scale : scale_for(server, &box);
	struct buffer *buffer = target_create(
		round(box.width * scale), round(box.height * scale), DRM_FORMAT_ARGB8888, error);
	return buffer ? finish(buffer, capture_window(window, scale, shot->popups, buffer), error)
		      : NULL;
}

struct image *shot_take(struct server *server, const struct shot *shot, char **error)
{
	if (shot->window) {
		struct window *window = find_window(server, shot->window);
		if (window)
			return shot_window(server, shot, window, error);
		*error = xstrdup("no window is selected");
		return NULL;
	}
	if (shot->output) {
		struct output *output = output_by_name(server, shot->output);
		if (output && output->enabled)
			return shot_output(output, shot->cursor, error);
		*error = xasprintf("there is no output '%s' that is on", shot->output);
		return NULL;
	}
	if (shot->has_region)
		return shot_layout(server, &shot->region, shot->scale, shot->cursor, error);
	struct output *first = output_first(server), *output;
	int enabled = 0;
	wl_list_for_each(output, &server->outputs, link)
		enabled += output->enabled;
	if (enabled == 1)
		return shot_output(first, shot->cursor, error);
	struct box bounds = outputs_bounds(server);
	if (!enabled || box_empty(&bounds)) {
		*error = xstrdup("there is no output");
		return NULL;
	}
	return shot_layout(server, &bounds, shot->scale, shot->cursor, error);
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
