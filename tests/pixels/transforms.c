// SPDX-License-Identifier: MIT
// One desk at every scale and every turn of the screen.
#include <stdio.h>
#include "tests/harness/test.h"
#include "tests/pixels/board.h"

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

// A client that knows no scales: its pixels are stretched.
static struct board *plain_board(const struct way *way)
{
	struct board *board = board_create(120, 80, way->scale, way->transform);
	board_add(board, picture_card(31, 25), 3, 5);
	board_add(board, picture_ramp(20, 9, 0xffc040), 16, 22);
	return board;
}

TEST_P(stretched, struct way, ways)
{
	struct board *board = plain_board(param);
	board_show(board);
	char name[64];
	snprintf(name, sizeof(name), "stretched-%s-%s", scale_name(param->scale),
		transform_name(param->transform));
	// Smooth steps in fixed point are coarse.
	check_images(board_screen(board), board_reference(board), 6, "%s-reference", name);
	board_check(board, param->scale == 1 ? GOLDEN_BLENDED : GOLDEN_SCALED, name);
	board_destroy(board);
}

// A client that draws for the scale it was told: nothing is stretched.
TEST_P(sharp, struct way, ways)
{
	struct board *board = board_create(96, 64, param->scale, param->transform);
	static const struct box boxes[] = {{3, 2, 23, 15}, {7, 13, 11, 9}, {18, 13, 6, 13}};
	for (size_t i = 0; i < 3; i++) {
		int width = scale_round(boxes[i].width, param->scale);
		int height = scale_round(boxes[i].height, param->scale);
		struct part *part =
			board_add(board, picture_card(width, height), boxes[i].x, boxes[i].y);
		part->transform = (param->transform + i) % 8; // the screen's own is the fast one
		part->width = boxes[i].width;
		part->height = boxes[i].height;
	}
	board_show(board);
	char name[64];
	snprintf(name, sizeof(name), "sharp-%s-%s", scale_name(param->scale),
		transform_name(param->transform));
	check_images(board_screen(board), board_reference(board), 0, "%s-reference", name);
	board_check(board, GOLDEN_COPIED, name);
	board_destroy(board);
}
