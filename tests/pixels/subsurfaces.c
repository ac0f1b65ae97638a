// SPDX-License-Identifier: MIT
// Subsurfaces: stacking order, positions, seams, and partial updates.
#include <math.h>
#include <stdio.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/base/transform_names.h"
#include "tests/harness/test.h"
#include "tests/pixels/scene_spec.h"

static const double scales[] = {1, 1.25, 1.5, 2};

TEST_P(order, double, scales)
{
	struct scene_spec *spec = scene_spec_create(144, 96, *param, TRANSFORM_NORMAL);
	static const uint32_t colors[] = {
		0xffc04040, 0xff40c040, 0xff4040c0, 0xffc0c040, 0xff40c0c0};
	for (int i = 0; i < 5; i++) {
		struct part *part = scene_spec_add(
			spec, picture_create(20, 14, colors[i]), 4 + i * 9, 3 + i * 6);
		picture_fill(part->picture, 1, 1, 18, 1, 0xff000000);
	}
	scene_spec_show(spec);
	// The first one above the third, the last one below the parent.
	wl_subsurface_place_above(spec->subsurfaces[1], spec->surfaces[3]);
	wl_subsurface_place_below(spec->subsurfaces[5], spec->surfaces[0]);
	wl_surface_commit(spec->surfaces[0]);
	fixture_frames(spec->fixture, 2);
	const struct part first = spec->parts[1];
	spec->parts[1] = spec->parts[2];
	spec->parts[2] = spec->parts[3];
	spec->parts[3] = first;
	spec->n -= 1; // the one below the parent is hidden
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6, "order-%s-reference",
		scale_name(*param));
	spec->n += 1;
	char name[32];
	snprintf(name, sizeof(name), "order-%s", scale_name(*param));
	scene_spec_check(spec, *param == 1 ? GOLDEN_COPIED : GOLDEN_SCALED, name);
	scene_spec_destroy(spec);
}

// Adjacent tiles leave no gap between them, however their edges are rounded.
static const struct seam_row {
	double scale;
	bool drawn_for_it; // by clients that support fractional scale
} seam_rows[] = {{1.25, false}, {1.25, true}, {1.5, false}, {1.5, true}, {2, false}, {2, true}};

TEST_P(seams, struct seam_row, seam_rows)
{
	struct scene_spec *spec = scene_spec_create(120, 90, param->scale, TRANSFORM_NORMAL);
	static const int widths[] = {7, 11, 5, 9, 6}, heights[] = {9, 6, 7, 5};
	for (int row = 0, y = 2; row < 4; y += heights[row++]) {
		for (int column = 0, x = 3; column < 5; x += widths[column++]) {
			int width = widths[column], height = heights[row];
			struct part *part = scene_spec_add(spec, NULL, x, y);
			part->width = width;
			part->height = height;
			if (param->drawn_for_it) {
				width = scale_round(width, param->scale);
				height = scale_round(height, param->scale);
			}
			part->picture = picture_create(width, height, 0xffd0b090);
		}
	}
	scene_spec_show(spec);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 0, "seams-%s-reference",
		scale_name(param->scale));
	scene_spec_destroy(spec);
}

// Surfaces that extend beyond the output, or are outside of it.
TEST_P(outside, double, scales)
{
	struct scene_spec *spec = scene_spec_create(96, 64, *param, TRANSFORM_FLIPPED_90);
	int width, height;
	scene_spec_logical_size(spec, &width, &height);
	scene_spec_add(spec, picture_test_pattern(40, 30), -13, -9);
	scene_spec_add(spec, picture_test_pattern(40, 30), width - 21, height - 17);
	scene_spec_add(spec, picture_test_pattern(40, 30), width, 3);
	scene_spec_add(spec, picture_test_pattern(40, 30), 5, -30);
	struct part *huge = scene_spec_add(spec, picture_test_pattern(8, 8), -1500, height / 2);
	huge->width = 3000;
	huge->height = 2;
	scene_spec_show(spec);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6, "outside-%s-reference",
		scale_name(*param));
	char name[32];
	snprintf(name, sizeof(name), "outside-%s", scale_name(*param));
	scene_spec_check(spec, GOLDEN_SCALED, name);
	scene_spec_destroy(spec);
}

static unsigned random_below(uint64_t *seed, unsigned below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % below;
}

static const struct change_row {
	double scale;
	enum transform transform;
} change_rows[] = {{1, TRANSFORM_NORMAL}, {1.25, TRANSFORM_FLIPPED_90}, {1.5, TRANSFORM_270},
	{2, TRANSFORM_FLIPPED_180}, {1.25, TRANSFORM_NORMAL}, {1, TRANSFORM_90}};

// After partial updates the output equals a full repaint.
TEST_P(changes, struct change_row, change_rows)
{
	uint64_t seed = 7 + (uint64_t)(param->scale * 100) + param->transform;
	struct scene_spec *spec = scene_spec_create(96, 64, param->scale, param->transform);
	for (int i = 0; i < 6; i++) {
		struct part *part = scene_spec_add(spec,
			picture_test_pattern(10 + (int)random_below(&seed, 30),
				8 + (int)random_below(&seed, 20)),
			(int)random_below(&seed, 60), (int)random_below(&seed, 40));
		part->transform = (enum transform)random_below(&seed, 8);
		part->format = i & 1 ? DRM_FORMAT_XRGB8888 : 0;
		if (i >= 2) {
			part->width = scale_round(part->picture->width, i / 4.0);
			part->height = scale_round(part->picture->height, (i + 1) / 4.0);
		}
		if (i >= 4) {
			part->source = (struct fbox){
				1.5, 0.75, part->picture->width - 3.0, part->picture->height - 1.5};
		}
	}
	scene_spec_show(spec);
	for (int step = 0; step < 120; step++) {
		int i = 1 + (int)random_below(&seed, 6);
		struct part *part = &spec->parts[i];
		if (random_below(&seed, 3) == 0) {
			scene_spec_move(spec, i, (int)random_below(&seed, 70) - 10,
				(int)random_below(&seed, 50) - 10);
		} else {
			struct box box = {(int)random_below(&seed, (unsigned)part->picture->width),
				(int)random_below(&seed, (unsigned)part->picture->height),
				1 + (int)random_below(&seed, 8), 1 + (int)random_below(&seed, 8)};
			uint32_t argb = random_below(&seed, 4)
				? 0xff000000 | random_below(&seed, 0xffffff)
				: 0;
			picture_fill(part->picture, box.x, box.y, box.width, box.height, argb);
			scene_spec_update(spec, i, &box, random_below(&seed, 2));
		}
		if (random_below(&seed, 3))
			fixture_frames(spec->fixture, 1);
		if (step % 4 != 3)
			continue;
		fixture_frames(spec->fixture, 1);
		check_images(scene_spec_screen(spec), scene_spec_capture(spec), 0,
			"changes-%s-%s-%d", scale_name(param->scale),
			transform_names[param->transform], step);
	}
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6,
		"changes-%s-%s-reference", scale_name(param->scale),
		transform_names[param->transform]);
	scene_spec_destroy(spec);
}

// A random combination of all states that a client can set.
static struct part *random_part(struct scene_spec *spec, uint64_t *seed)
{
	static const uint32_t formats[] = {DRM_FORMAT_ARGB8888, DRM_FORMAT_XRGB8888,
		DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_BGR888};
	int scale = 1 + (int)random_below(seed, 3), width, height;
	scene_spec_logical_size(spec, &width, &height);
	struct part *part = scene_spec_add(spec,
		picture_test_pattern(scale * (8 + (int)random_below(seed, 24)),
			scale * (8 + (int)random_below(seed, 24))),
		(int)random_below(seed, (unsigned)width) - 8,
		(int)random_below(seed, (unsigned)height) - 8);
	part->scale = scale;
	part->transform = (enum transform)random_below(seed, 8);
	part->format = formats[random_below(seed, array_length(formats))];
	double whole_x = part->picture->width / (double)scale;
	double whole_y = part->picture->height / (double)scale;
	// pixman requires crops to start at multiples of four bytes: edges of small formats may
	// bleed.
	if (random_below(seed, 2) && format_info(part->format)->bytes == 4) {
		part->source.x = random_below(seed, 16) / 4.0;
		part->source.y = random_below(seed, 16) / 4.0;
		part->source.width =
			MAX(floor(whole_x - part->source.x) - random_below(seed, 4), 1);
		part->source.height =
			MAX(floor(whole_y - part->source.y) - random_below(seed, 4), 1);
	}
	if (random_below(seed, 2)) {
		part->width = 4 + (int)random_below(seed, 50);
		part->height = 4 + (int)random_below(seed, 50);
	}
	if (random_below(seed, 2)) { // a transparent hole in an opaque area
		picture_fill(part->picture, scale * 3, scale * 3, scale * 2, scale * 2, 0);
		if (part->source.width == 0 && part->width == 0)
			part->opaque = (struct box){5, 0, 100, 100};
	} else if (random_below(seed, 2)) {
		part->opaque = (struct box){0, 0, 100, 100};
	}
	return part;
}

static const struct seed_row {
	uint64_t seed;
} seed_rows[] = {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}, {11}, {12}, {13}, {14}, {15},
	{16}, {17}, {18}, {19}, {20}, {21}, {22}, {23}, {24}};

TEST_P(anything, struct seed_row, seed_rows)
{
	uint64_t seed = param->seed * 1000003;
	for (int i = 0; i < 4; i++) {
		struct scene_spec *spec = scene_spec_create(80 + (int)random_below(&seed, 40),
			50 + (int)random_below(&seed, 40), scales[random_below(&seed, 4)],
			(enum transform)random_below(&seed, 8));
		for (unsigned n = 1 + random_below(&seed, 5); n > 0; n--)
			random_part(spec, &seed);
		scene_spec_show(spec);
		check_images(scene_spec_screen(spec), scene_spec_reference(spec), 8,
			"anything-%d-%d", (int)param->seed, i);
		check_images(scene_spec_screen(spec), scene_spec_capture(spec), 0,
			"anything-%d-%d-capture", (int)param->seed, i);
		scene_spec_destroy(spec);
	}
}
