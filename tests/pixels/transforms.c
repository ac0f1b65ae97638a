// SPDX-License-Identifier: MIT
// One scene at every output scale and transform.
#include <stdio.h>
#include "compositor/base/transform_names.h"
#include "tests/harness/test.h"
#include "tests/pixels/scene_spec.h"

#define ALL_TRANSFORMS(scale) \
	{scale, TRANSFORM_NORMAL}, {scale, TRANSFORM_90}, {scale, TRANSFORM_180}, \
		{scale, TRANSFORM_270}, {scale, TRANSFORM_FLIPPED}, {scale, TRANSFORM_FLIPPED_90}, \
		{scale, TRANSFORM_FLIPPED_180}, \
	{ \
		scale, TRANSFORM_FLIPPED_270 \
	}

static const struct way {
	double scale;
	enum transform transform;
} ways[] = {ALL_TRANSFORMS(1), ALL_TRANSFORMS(1.25), ALL_TRANSFORMS(1.5), ALL_TRANSFORMS(2)};

// A client without scale support: its pixels are scaled.
static struct scene_spec *unscaled_spec(const struct way *way)
{
	struct scene_spec *spec = scene_spec_create(120, 80, way->scale, way->transform);
	scene_spec_add(spec, picture_test_pattern(31, 25), 3, 5);
	scene_spec_add(spec, picture_ramp(20, 9, 0xffc040), 16, 22);
	return spec;
}

TEST_P(stretched, struct way, ways)
{
	struct scene_spec *spec = unscaled_spec(param);
	scene_spec_show(spec);
	char name[64];
	snprintf(name, sizeof(name), "stretched-%s-%s", scale_name(param->scale),
		transform_names[param->transform]);
	// Gradients in fixed point are coarse.
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 6, "%s-reference", name);
	scene_spec_check(spec, param->scale == 1 ? GOLDEN_BLENDED : GOLDEN_SCALED, name);
	scene_spec_destroy(spec);
}

// A client that draws for the preferred scale: nothing is scaled.
TEST_P(sharp, struct way, ways)
{
	struct scene_spec *spec = scene_spec_create(96, 64, param->scale, param->transform);
	static const struct box boxes[] = {{3, 2, 23, 15}, {7, 13, 11, 9}, {18, 13, 6, 13}};
	for (size_t i = 0; i < 3; i++) {
		int width = scale_round(boxes[i].width, param->scale);
		int height = scale_round(boxes[i].height, param->scale);
		struct part *part = scene_spec_add(
			spec, picture_test_pattern(width, height), boxes[i].x, boxes[i].y);
		part->transform = (param->transform + i) % 8; // that of the output is the fast one
		part->width = boxes[i].width;
		part->height = boxes[i].height;
	}
	scene_spec_show(spec);
	char name[64];
	snprintf(name, sizeof(name), "sharp-%s-%s", scale_name(param->scale),
		transform_names[param->transform]);
	check_images(scene_spec_screen(spec), scene_spec_reference(spec), 0, "%s-reference", name);
	scene_spec_check(spec, GOLDEN_COPIED, name);
	scene_spec_destroy(spec);
}
