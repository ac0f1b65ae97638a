// SPDX-License-Identifier: MIT
// Reference implementation: renders a scene slowly, in floating point and pixel by pixel, without
// any of the server's own arithmetic, so that both cannot be wrong in the same way.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "tests/harness/test.h"
#include "tests/pixels/scene_spec.h"

struct color { // premultiplied, 0..1
	double a, r, g, b;
};

static struct color color_of(uint32_t argb)
{
	return (struct color){(argb >> 24) / 255.0, (argb >> 16 & 0xff) / 255.0,
		(argb >> 8 & 0xff) / 255.0, (argb & 0xff) / 255.0};
}

// Reduces eight bits to fewer.
static double reduce_channel(uint32_t argb, int shift, int bits)
{
	uint32_t value = (argb >> shift & 0xff) >> (8 - bits);
	return value / (double)((1 << bits) - 1);
}

// Reduces a color to the precision of the client's format.
static struct color reduce_color(uint32_t argb, uint32_t format)
{
	static const struct {
		const char *digits;
		int a, r, g, b;
	} depths[] = {{"4444", 4, 4, 4, 4}, {"1555", 1, 5, 5, 5}, {"565", 8, 5, 6, 5},
		{"2101010", 2, 8, 8, 8}, {"888", 8, 8, 8, 8}};
	struct color color = {0};
	for (size_t i = 0; i < array_length(depths); i++) {
		if (!strstr(format_info(format)->name, depths[i].digits))
			continue;
		color = (struct color){reduce_channel(argb, 24, depths[i].a),
			reduce_channel(argb, 16, depths[i].r), reduce_channel(argb, 8, depths[i].g),
			reduce_channel(argb, 0, depths[i].b)};
		break;
	}
	if (!format_has_alpha(format))
		color.a = 1;
	return color;
}

static struct color interpolate(struct color a, struct color b, double part)
{
	return (struct color){a.a + (b.a - a.a) * part, a.r + (b.r - a.r) * part,
		a.g + (b.g - a.g) * part, a.b + (b.b - a.b) * part};
}

static struct color blend_over(struct color above, struct color below)
{
	double rest = 1 - above.a;
	return (struct color){
		1, above.r + below.r * rest, above.g + below.g * rest, above.b + below.b * rest};
}

static struct color read_texel(const struct part *part, double x, double y)
{
	const struct box *inside = &part->inside;
	int column = (int)CLAMP(x, inside->x, inside->x + inside->width - 1);
	int row = (int)CLAMP(y, inside->y, inside->y + inside->height - 1);
	return reduce_color(part->picture->pixels[row * part->picture->width + column],
		part->format ? part->format : DRM_FORMAT_ARGB8888);
}

static struct color sample_bilinear(const struct part *part, double x, double y)
{
	double left = floor(x - 0.5), top = floor(y - 0.5);
	double right = x - 0.5 - left, bottom = y - 0.5 - top;
	return interpolate(
		interpolate(read_texel(part, left, top), read_texel(part, left + 1, top), right),
		interpolate(read_texel(part, left, top + 1), read_texel(part, left + 1, top + 1),
			right),
		bottom);
}

static void draw_part(const struct scene_spec *spec, struct part part, struct color *screen,
	int width, int height)
{
	double scale = part.scale ? part.scale : 1;
	struct fbox source = {0, 0, 1, 1};
	if (part.picture) { // upright: the buffer transform is undone
		source = (struct fbox){0, 0, part.picture->width, part.picture->height};
		if (part.source.width > 0)
			source = (struct fbox){part.source.x * scale, part.source.y * scale,
				part.source.width * scale, part.source.height * scale};
		part.inside.x = (int)floor(source.x);
		part.inside.y = (int)floor(source.y);
		part.inside.width = (int)ceil(source.x + source.width) - part.inside.x;
		part.inside.height = (int)ceil(source.y + source.height) - part.inside.y;
	}
	int logical_width = part.width ? part.width : (int)(source.width / scale);
	int logical_height = part.height ? part.height : (int)(source.height / scale);
	int left = (int)lround(part.x * spec->scale), top = (int)lround(part.y * spec->scale);
	int right = (int)lround((part.x + logical_width) * spec->scale);
	int bottom = (int)lround((part.y + logical_height) * spec->scale);
	double step_x = source.width / (right - left), step_y = source.height / (bottom - top);
	// Content that was drawn for this size is not scaled to correct one pixel of rounding: its
	// pixels are used unscaled, and the last ones repeat if there are too few.
	if (source.width == round(logical_width * spec->scale) &&
		source.height == round(logical_height * spec->scale)) {
		step_x = step_y = 1;
		right = MAX(right, left + (int)source.width);
		bottom = MAX(bottom, top + (int)source.height);
	}
	bool exact = step_x == 1 && step_y == 1 && source.x == floor(source.x) &&
		source.y == floor(source.y);
	for (int y = MAX(top, 0); y < MIN(bottom, height); y++) {
		for (int x = MAX(left, 0); x < MIN(right, width); x++) {
			double from_x = source.x + (x + 0.5 - left) * step_x;
			double from_y = source.y + (y + 0.5 - top) * step_y;
			struct color color = !part.picture ? color_of(part.color)
				: exact ? read_texel(&part, floor(from_x), floor(from_y))
					: sample_bilinear(&part, from_x, from_y);
			screen[y * width + x] = blend_over(color, screen[y * width + x]);
		}
	}
}

static uint32_t to_byte(double value)
{
	return (uint32_t)lround(CLAMP(value, 0, 1) * 255);
}

struct image *scene_spec_reference(const struct scene_spec *spec)
{
	bool lies = spec->transform & 1;
	int width = lies ? spec->height : spec->width, height = lies ? spec->width : spec->height;
	struct color *screen = xcalloc((size_t)(width * height), sizeof(*screen));
	for (int i = 0; i < width * height; i++)
		screen[i] = (struct color){1, 0, 0, 0};
	for (int i = 0; i < spec->n; i++)
		draw_part(spec, spec->parts[i], screen, width, height);
	struct picture *picture = picture_create(width, height, 0);
	for (int i = 0; i < width * height; i++)
		picture->pixels[i] = UINT32_C(0xff000000) | to_byte(screen[i].r) << 16 |
			to_byte(screen[i].g) << 8 | to_byte(screen[i].b);
	free(screen);
	picture = picture_turn(picture, spec->transform);
	struct image *image = image_create(picture->width, picture->height);
	check(image != NULL);
	memcpy(image->pixels, picture->pixels,
		(size_t)(picture->width * picture->height) * sizeof(uint32_t));
	picture_destroy(picture);
	return image;
}
