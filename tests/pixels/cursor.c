// SPDX-License-Identifier: MIT
// The cursor, as the compositor draws it.
#include <stdio.h>
#include "compositor/output/capture.h"
#include "compositor/output/output.h"
#include "tests/harness/test.h"
#include "tests/pixels/scene_spec.h"

static const struct cursor_row {
	double scale;
	enum transform transform;
	const char *name;
} cursor_rows[] = {{1, TRANSFORM_NORMAL, "cursor-100-normal"},
	{2, TRANSFORM_NORMAL, "cursor-200-normal"}, {1, TRANSFORM_90, "cursor-100-90"},
	{1.5, TRANSFORM_FLIPPED_270, "cursor-150-flipped-270"}};

TEST_P(cursor, struct cursor_row, cursor_rows)
{
	struct scene_spec *spec = scene_spec_create(96, 64, param->scale, param->transform);
	scene_spec_add(spec, picture_test_pattern(30, 20), 5, 4);
	scene_spec_show(spec);
	fixture_move(spec->fixture, 14, 9);
	fixture_frames(spec->fixture, 2);
	struct output *output = output_first(spec->fixture->server);
	struct buffer *buffer = buffer_create_memfd(96, 64, DRM_FORMAT_XRGB8888);
	check(capture_output(output, NULL, true, buffer));
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	check_golden(image_from_pixels(&pixels), GOLDEN_SCALED, "%s", param->name);
	buffer_end_access(buffer);
	buffer_drop(buffer);
	scene_spec_destroy(spec);
}
