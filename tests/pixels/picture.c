// SPDX-License-Identifier: MIT
// Draws the pictures that the tests' clients show.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "tests/pixels/scene_spec.h"

struct picture *picture_create(int width, int height, uint32_t argb)
{
	struct picture *picture = xcalloc(1, sizeof(*picture));
	picture->width = width;
	picture->height = height;
	picture->pixels = xcalloc((size_t)(width * height), sizeof(uint32_t));
	picture_fill(picture, 0, 0, width, height, argb);
	return picture;
}

void picture_destroy(struct picture *picture)
{
	if (!picture)
		return;
	free(picture->pixels);
	free(picture);
}

void picture_fill(struct picture *picture, int x, int y, int width, int height, uint32_t argb)
{
	for (int row = MAX(y, 0); row < MIN(y + height, picture->height); row++)
		for (int column = MAX(x, 0); column < MIN(x + width, picture->width); column++)
			picture->pixels[row * picture->width + column] = argb;
}

static void draw_edge(struct picture *picture, int inset, uint32_t argb)
{
	int width = picture->width - 2 * inset, height = picture->height - 2 * inset;
	picture_fill(picture, inset, inset, width, 1, argb);
	picture_fill(picture, inset, inset + height - 1, width, 1, argb);
	picture_fill(picture, inset, inset, 1, height, argb);
	picture_fill(picture, inset + width - 1, inset, 1, height, argb);
}

struct picture *picture_test_pattern(int width, int height)
{
	struct picture *picture = picture_create(width, height, 0xff506070);
	draw_edge(picture, 0, 0xffffffff);
	int corner = MAX(MIN(width, height) / 6, 2);
	int far_x = width - 1 - corner, far_y = height - 1 - corner;
	picture_fill(picture, 1, 1, corner, corner, 0xffff0000);
	picture_fill(picture, far_x, 1, corner, corner, 0xff00ff00);
	picture_fill(picture, 1, far_y, corner, corner, 0xff0000ff);
	picture_fill(picture, far_x, far_y, corner, corner, 0xffffff00);
	// F, and to the right of it a checkerboard of single pixels
	int top = height / 5, tall = height - 2 * top, left = width / 4, thick = MAX(tall / 6, 1);
	picture_fill(picture, left, top, thick, tall, 0xff000000);
	picture_fill(picture, left, top, width / 4, thick, 0xff000000);
	picture_fill(picture, left, top + 2 * thick, width / 6, thick, 0xff000000);
	for (int y = height / 2; y < height - top; y++)
		for (int x = width * 5 / 8; x < width * 7 / 8; x++)
			picture_fill(picture, x, y, 1, 1, (x + y) & 1 ? 0xffffffff : 0xff000000);
	return picture;
}

struct picture *picture_ramp(int width, int height, uint32_t rgb)
{
	struct picture *picture = picture_create(width, height, 0);
	for (int x = 0; x < width; x++) {
		uint32_t alpha = (uint32_t)(x * 255 / MAX(width - 1, 1)), argb = alpha << 24;
		for (int shift = 0; shift < 24; shift += 8)
			argb |= ((rgb >> shift & 0xff) * alpha / 255) << shift;
		picture_fill(picture, x, 0, 1, height, argb);
	}
	return picture;
}

// Rotates by 90 degrees counter-clockwise.
static struct picture *turn_once(const struct picture *picture)
{
	struct picture *turned = picture_create(picture->height, picture->width, 0);
	for (int y = 0; y < picture->height; y++)
		for (int x = 0; x < picture->width; x++)
			turned->pixels[(picture->width - 1 - x) * turned->width + y] =
				picture->pixels[y * picture->width + x];
	return turned;
}

static struct picture *mirror_picture(const struct picture *picture)
{
	struct picture *mirrored = picture_create(picture->width, picture->height, 0);
	for (int y = 0; y < picture->height; y++)
		for (int x = 0; x < picture->width; x++)
			mirrored->pixels[y * picture->width + picture->width - 1 - x] =
				picture->pixels[y * picture->width + x];
	return mirrored;
}

struct picture *picture_turn(struct picture *picture, enum transform transform)
{
	struct picture *next;
	if (transform >= TRANSFORM_FLIPPED) {
		next = mirror_picture(picture);
		picture_destroy(picture);
		picture = next;
	}
	for (int i = 0; i < (int)(transform & 3); i++) {
		next = turn_once(picture);
		picture_destroy(picture);
		picture = next;
	}
	return picture;
}

const char *scale_name(double scale)
{
	return scale == 1 ? "100" : scale == 1.25 ? "125" : scale == 1.5 ? "150" : "200";
}
