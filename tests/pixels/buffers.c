// SPDX-License-Identifier: MIT
// Buffer state that clients set: scale, transform, crop, format, alpha, opaque region.
#include <stdio.h>
#include "compositor/base/format.h"
#include "compositor/base/transform_names.h"
#include "tests/harness/test.h"
#include "tests/pixels/scene_spec.h"

static const enum transform transforms[] = {TRANSFORM_NORMAL, TRANSFORM_90, TRANSFORM_180,
	TRANSFORM_270, TRANSFORM_FLIPPED, TRANSFORM_FLIPPED_90, TRANSFORM_FLIPPED_180,
	TRANSFORM_FLIPPED_270};

// Every buffer transform on an output with this transform. All eight must look the same.
TEST_P(transform, enum transform, transforms)
{
	struct scene_spec *spec = scene_spec_create(128, 128, 1, *param);
	for (int i = 0; i < 8; i++) {
		struct part *part = scene_spec_add(
			spec, picture_test_pattern(22, 26), 5 + i % 4 * 30, 15 + i / 4 * 56);
		part->transform = (enum transform)i;
		// Also scaled and cropped.
		part = scene_spec_add(
			spec, picture_test_pattern(16, 12), 5 + i % 4 * 30, 46 + i / 4 * 56);
		part->transform = (enum transform)i;
		part->source = (struct fbox){2, 0, 14, 11};
		part->width = 21;
		part->height = 19;
	}
	scene_spec_show(spec);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6,
		"transform-%s-reference", transform_names[*param]);
	char name[64];
	snprintf(name, sizeof(name), "transform-%s", transform_names[*param]);
	scene_spec_check(spec, GOLDEN_SCALED, name);
	scene_spec_destroy(spec);
}

static const struct scale_row {
	double screen;
	int buffer;
} scale_rows[] = {{1, 1}, {1, 2}, {1, 3}, {1.25, 2}, {1.5, 2}, {1.5, 3}, {2, 1}, {2, 2}, {2, 3}};

TEST_P(scale, struct scale_row, scale_rows)
{
	struct scene_spec *spec = scene_spec_create(96, 72, param->screen, TRANSFORM_NORMAL);
	struct part *part = scene_spec_add(
		spec, picture_test_pattern(24 * param->buffer, 18 * param->buffer), 4, 3);
	part->scale = param->buffer;
	part = scene_spec_add(
		spec, picture_test_pattern(9 * param->buffer, 12 * param->buffer), 33, 20);
	part->scale = param->buffer;
	part->transform = TRANSFORM_FLIPPED_90;
	scene_spec_show(spec);
	int fuzz = param->screen == param->buffer ? 0 : 6;
	char name[64];
	snprintf(name, sizeof(name), "scale-%d-on-%s", param->buffer, scale_name(param->screen));
	check_images(
		scene_spec_screen(spec), scene_spec_reference(spec), fuzz, "%s-reference", name);
	scene_spec_check(spec, fuzz ? GOLDEN_SCALED : GOLDEN_COPIED, name);
	scene_spec_destroy(spec);
}

static const struct crop_row {
	const char *name;
	struct fbox source;
	int width, height;
	enum transform transform;
} crop_rows[] = {
	{"exact", {8, 6, 20, 14}, 20, 14, TRANSFORM_NORMAL},
	{"exact-turned", {8, 6, 20, 14}, 20, 14, TRANSFORM_FLIPPED_270},
	{"no-destination", {3, 4, 30, 20}, 0, 0, TRANSFORM_NORMAL},
	{"no-source", {0, 0, 0, 0}, 70, 50, TRANSFORM_NORMAL},
	{"magnified", {8, 6, 5, 4}, 70, 50, TRANSFORM_NORMAL},
	{"magnified-turned", {8, 6, 5, 4}, 70, 50, TRANSFORM_270},
	{"fraction", {8.5, 6.25, 10, 8.5}, 60, 51, TRANSFORM_NORMAL},
	{"shrunk", {0, 0, 40, 30}, 25, 19, TRANSFORM_NORMAL},
	{"one-pixel", {1, 1, 1, 1}, 70, 50, TRANSFORM_NORMAL},
	{"by-two", {0, 0, 2, 2}, 1, 1, TRANSFORM_NORMAL},
	{"thin", {0, 0, 40, 1}, 80, 3, TRANSFORM_90},
};

TEST_P(crop, struct crop_row, crop_rows)
{
	struct scene_spec *spec = scene_spec_create(96, 64, 1, TRANSFORM_NORMAL);
	struct part *part = scene_spec_add(spec, picture_test_pattern(40, 30), 10, 6);
	part->source = param->source;
	part->width = param->width;
	part->height = param->height;
	part->transform = param->transform;
	scene_spec_show(spec);
	char name[64];
	snprintf(name, sizeof(name), "crop-%s", param->name);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6, "%s-reference", name);
	scene_spec_check(spec, GOLDEN_SCALED, name);
	scene_spec_destroy(spec);
}

// The same picture in every wl_shm format, half of them above a bright surface.
TEST(formats)
{
	struct scene_spec *spec = scene_spec_create(120, 80, 1, TRANSFORM_NORMAL);
	struct part *bright = scene_spec_add(spec, NULL, 0, 0);
	bright->color = 0xffe0e0e0;
	bright->width = 120;
	bright->height = 40;
	size_t count;
	const struct format_info *formats = format_list(&count);
	int shown = 0;
	for (size_t i = 0; i < count; i++) {
		if (!formats[i].pixman)
			continue;
		struct picture *picture = picture_ramp(17, 16, 0xff8020);
		picture_fill(picture, 0, 0, 17, 2, 0xffff0000);
		picture_fill(picture, 0, 2, 17, 2, 0xff00ff00);
		picture_fill(picture, 0, 4, 17, 2, 0xff0000ff);
		picture_fill(picture, 0, 6, 17, 2, 0xff4b88c3);
		struct part *part =
			scene_spec_add(spec, picture, 1 + shown % 6 * 20, 2 + shown / 6 * 20);
		part->format = formats[i].fourcc;
		shown++;
	}
	check_eq(shown, 24);
	scene_spec_show(spec);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 2, "formats-reference");
	scene_spec_check(spec, GOLDEN_BLENDED, "formats");
	scene_spec_destroy(spec);
}

// Translucent layers, with pixel buffers and single-pixel buffers.
TEST(alpha)
{
	struct scene_spec *spec = scene_spec_create(96, 64, 1, TRANSFORM_NORMAL);
	scene_spec_add(spec, picture_test_pattern(60, 40), 6, 4);
	scene_spec_add(spec, picture_ramp(80, 12, 0xffffff), 8, 10);
	scene_spec_add(spec, picture_ramp(80, 12, 0x000000), 8, 26);
	struct part *glass = scene_spec_add(spec, NULL, 40, 2);
	glass->color = 0x80004000; // half-transparent green
	glass->width = 30;
	glass->height = 58;
	glass = scene_spec_add(spec, NULL, 60, 40);
	glass->color = 0x00000000;
	glass->width = 30;
	glass->height = 20;
	glass = scene_spec_add(spec, NULL, 2, 48);
	glass->color = 0x40400000;
	glass->width = 92;
	glass->height = 12;
	scene_spec_show(spec);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 2, "alpha-reference");
	scene_spec_check(spec, GOLDEN_BLENDED, "alpha");
	scene_spec_destroy(spec);
}

// The opaque region really is opaque, but filters read beyond its edge.
TEST_P(opaque_part, struct scale_row, scale_rows)
{
	struct scene_spec *spec = scene_spec_create(96, 64, param->screen, TRANSFORM_NORMAL);
	struct part *below = scene_spec_add(spec, NULL, 0, 0);
	below->color = 0xffffffff;
	below->width = 96;
	below->height = 64;
	int s = param->buffer;
	struct picture *picture = picture_create(30 * s, 20 * s, 0);
	picture_fill(picture, 5 * s, 4 * s, 20 * s, 12 * s, 0xff308030);
	struct part *part = scene_spec_add(spec, picture, 3, 2);
	part->scale = s;
	part->opaque = (struct box){5, 4, 20, 12};
	scene_spec_show(spec);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6,
		"opaque-%d-on-%s-reference", s, scale_name(param->screen));
	scene_spec_destroy(spec);
}
