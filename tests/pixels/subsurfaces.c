// SPDX-License-Identifier: MIT
// Trees of surfaces: order, places, seams, and pictures that change piece by piece.
#include <math.h>
#include <stdio.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "tests/harness/test.h"
#include "tests/pixels/board.h"

static const double scales[] = {1, 1.25, 1.5, 2};

TEST_P(order, double, scales)
{
	struct board *board = board_create(144, 96, *param, TRANSFORM_NORMAL);
	static const uint32_t colors[] = {
		0xffc04040, 0xff40c040, 0xff4040c0, 0xffc0c040, 0xff40c0c0};
	for (int i = 0; i < 5; i++) {
		struct part *part =
			board_add(board, picture_create(20, 14, colors[i]), 4 + i * 9, 3 + i * 6);
		picture_fill(part->picture, 1, 1, 18, 1, 0xff000000);
	}
	board_show(board);
	// The first above the third, the last below the window itself.
	wl_subsurface_place_above(board->subsurfaces[1], board->surfaces[3]);
	wl_subsurface_place_below(board->subsurfaces[5], board->surfaces[0]);
	wl_surface_commit(board->surfaces[0]);
	fixture_frames(board->fixture, 2);
	const struct part first = board->parts[1];
	board->parts[1] = board->parts[2];
	board->parts[2] = board->parts[3];
	board->parts[3] = first;
	board->n -= 1; // the one below cannot be seen
	check_images(board_screen(board), board_reference(board), 6, "order-%s-reference",
		scale_name(*param));
	board->n += 1;
	char name[32];
	snprintf(name, sizeof(name), "order-%s", scale_name(*param));
	board_check(board, *param == 1 ? GOLDEN_COPIED : GOLDEN_SCALED, name);
	board_destroy(board);
}

// Tiles that touch leave no line between them, however their edges are rounded.
static const struct seam_row {
	double scale;
	bool drawn_for_it; // by clients that know the scale
} seam_rows[] = {{1.25, false}, {1.25, true}, {1.5, false}, {1.5, true}, {2, false}, {2, true}};

TEST_P(seams, struct seam_row, seam_rows)
{
	struct board *board = board_create(120, 90, param->scale, TRANSFORM_NORMAL);
	static const int widths[] = {7, 11, 5, 9, 6}, heights[] = {9, 6, 7, 5};
	for (int row = 0, y = 2; row < 4; y += heights[row++]) {
		for (int column = 0, x = 3; column < 5; x += widths[column++]) {
			int width = widths[column], height = heights[row];
			struct part *part = board_add(board, NULL, x, y);
			part->width = width;
			part->height = height;
			if (param->drawn_for_it) {
				width = scale_round(width, param->scale);
				height = scale_round(height, param->scale);
			}
			part->picture = picture_create(width, height, 0xffd0b090);
		}
	}
	board_show(board);
	check_images(board_screen(board), board_reference(board), 0, "seams-%s-reference",
		scale_name(param->scale));
	board_destroy(board);
}

// Surfaces that reach over the edges of the screen, or lie outside of it.
TEST_P(outside, double, scales)
{
	struct board *board = board_create(96, 64, *param, TRANSFORM_FLIPPED_90);
	int width, height;
	board_logical_size(board, &width, &height);
	board_add(board, picture_card(40, 30), -13, -9);
	board_add(board, picture_card(40, 30), width - 21, height - 17);
	board_add(board, picture_card(40, 30), width, 3);
	board_add(board, picture_card(40, 30), 5, -30);
	struct part *huge = board_add(board, picture_card(8, 8), -1500, height / 2);
	huge->width = 3000;
	huge->height = 2;
	board_show(board);
	check_images(board_screen(board), board_reference(board), 6, "outside-%s-reference",
		scale_name(*param));
	char name[32];
	snprintf(name, sizeof(name), "outside-%s", scale_name(*param));
	board_check(board, GOLDEN_SCALED, name);
	board_destroy(board);
}

static unsigned roll(uint64_t *seed, unsigned below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % below;
}

static const struct change_row {
	double scale;
	enum transform transform;
} change_rows[] = {{1, TRANSFORM_NORMAL}, {1.25, TRANSFORM_FLIPPED_90}, {1.5, TRANSFORM_270},
	{2, TRANSFORM_FLIPPED_180}, {1.25, TRANSFORM_NORMAL}, {1, TRANSFORM_90}};

// Whatever changes piece by piece, the screen shows what a fresh drawing would.
TEST_P(changes, struct change_row, change_rows)
{
	uint64_t seed = 7 + (uint64_t)(param->scale * 100) + param->transform;
	struct board *board = board_create(96, 64, param->scale, param->transform);
	for (int i = 0; i < 6; i++) {
		struct part *part = board_add(board,
			picture_card(10 + (int)roll(&seed, 30), 8 + (int)roll(&seed, 20)),
			(int)roll(&seed, 60), (int)roll(&seed, 40));
		part->transform = (enum transform)roll(&seed, 8);
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
	board_show(board);
	for (int step = 0; step < 120; step++) {
		int i = 1 + (int)roll(&seed, 6);
		struct part *part = &board->parts[i];
		if (roll(&seed, 3) == 0) {
			board_move(board, i, (int)roll(&seed, 70) - 10, (int)roll(&seed, 50) - 10);
		} else {
			struct box box = {(int)roll(&seed, (unsigned)part->picture->width),
				(int)roll(&seed, (unsigned)part->picture->height),
				1 + (int)roll(&seed, 8), 1 + (int)roll(&seed, 8)};
			uint32_t argb = roll(&seed, 4) ? 0xff000000 | roll(&seed, 0xffffff) : 0;
			picture_fill(part->picture, box.x, box.y, box.width, box.height, argb);
			board_update(board, i, &box, roll(&seed, 2));
		}
		if (roll(&seed, 3))
			fixture_frames(board->fixture, 1);
		if (step % 4 != 3)
			continue;
		fixture_frames(board->fixture, 1);
		check_images(board_screen(board), board_capture(board), 0, "changes-%s-%s-%d",
			scale_name(param->scale), transform_name(param->transform), step);
	}
	check_images(board_screen(board), board_reference(board), 6, "changes-%s-%s-reference",
		scale_name(param->scale), transform_name(param->transform));
	board_destroy(board);
}

// Everything at once that a client can ask for.
static struct part *random_part(struct board *board, uint64_t *seed)
{
	static const uint32_t formats[] = {DRM_FORMAT_ARGB8888, DRM_FORMAT_XRGB8888,
		DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_BGR888};
	int scale = 1 + (int)roll(seed, 3), width, height;
	board_logical_size(board, &width, &height);
	struct part *part = board_add(board,
		picture_card(scale * (8 + (int)roll(seed, 24)), scale * (8 + (int)roll(seed, 24))),
		(int)roll(seed, (unsigned)width) - 8, (int)roll(seed, (unsigned)height) - 8);
	part->scale = scale;
	part->transform = (enum transform)roll(seed, 8);
	part->format = formats[roll(seed, array_length(formats))];
	double whole_x = part->picture->width / (double)scale;
	double whole_y = part->picture->height / (double)scale;
	// Crops of small formats begin at words, so that their edges may bleed.
	if (roll(seed, 2) && format_info(part->format)->bytes == 4) {
		part->source.x = roll(seed, 16) / 4.0;
		part->source.y = roll(seed, 16) / 4.0;
		part->source.width = MAX(floor(whole_x - part->source.x) - roll(seed, 4), 1);
		part->source.height = MAX(floor(whole_y - part->source.y) - roll(seed, 4), 1);
	}
	if (roll(seed, 2)) {
		part->width = 4 + (int)roll(seed, 50);
		part->height = 4 + (int)roll(seed, 50);
	}
	if (roll(seed, 2)) { // a hole, and around it something truly opaque
		picture_fill(part->picture, scale * 3, scale * 3, scale * 2, scale * 2, 0);
		if (part->source.width == 0 && part->width == 0)
			part->opaque = (struct box){5, 0, 100, 100};
	} else if (roll(seed, 2)) {
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
		struct board *board =
			board_create(80 + (int)roll(&seed, 40), 50 + (int)roll(&seed, 40),
				scales[roll(&seed, 4)], (enum transform)roll(&seed, 8));
		for (unsigned n = 1 + roll(&seed, 5); n > 0; n--)
			random_part(board, &seed);
		board_show(board);
		check_images(board_screen(board), board_reference(board), 8, "anything-%d-%d",
			(int)param->seed, i);
		check_images(board_screen(board), board_capture(board), 0, "anything-%d-%d-capture",
			(int)param->seed, i);
		board_destroy(board);
	}
}
