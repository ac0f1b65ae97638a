// SPDX-License-Identifier: MIT
// What the compositor itself draws: the cursor.
#include <stdio.h>
#include "compositor/core/capture.h"
#include "compositor/core/output.h"
#include "tests/harness/test.h"
#include "tests/pixels/board.h"

static const struct cursor_row {
	double scale;
	enum transform transform;
	const char *name;
} cursor_rows[] = {{1, TRANSFORM_NORMAL, "cursor-100-normal"},
	{2, TRANSFORM_NORMAL, "cursor-200-normal"}, {1, TRANSFORM_90, "cursor-100-90"},
	{1.5, TRANSFORM_FLIPPED_270, "cursor-150-flipped-270"}};

TEST_P(cursor, struct cursor_row, cursor_rows)
{
	struct board *board = board_create(96, 64, param->scale, param->transform);
	board_add(board, picture_card(30, 20), 5, 4);
	board_show(board);
	fixture_move(board->fixture, 14, 9);
	fixture_frames(board->fixture, 2);
	struct output *output = output_first(board->fixture->server);
	struct buffer *buffer = buffer_create_memfd(96, 64, DRM_FORMAT_XRGB8888);
	check(capture_output(output, NULL, true, buffer));
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	check_golden(image_from_pixels(&pixels), GOLDEN_SCALED, "%s", param->name);
	buffer_end_access(buffer);
	buffer_drop(buffer);
	board_destroy(board);
}
