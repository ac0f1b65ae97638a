// SPDX-License-Identifier: MIT
// The conversion matrices of video.
#include "renderer/video.h"
#include <drm_fourcc.h>
#include <math.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

TEST(high_definition)
{
	check(!video_is_hd(720, 576));
	check(video_is_hd(1280, 534));
	check(video_is_hd(540, 960));
}

static void check_color(uint32_t fourcc, bool hd, const double samples[3], const double wanted[3])
{
	float rows[3][4];
	video_matrix(fourcc, hd, rows);
	// Normalised as a GPU reads them.
	double step = fourcc == DRM_FORMAT_P010 ? 4 * 64 / 65535.0 : 1 / 255.0;
	for (int i = 0; i < 3; i++) {
		double sum = rows[i][3];
		for (int j = 0; j < 3; j++)
			sum += rows[i][j] * samples[j] * step;
		check(fabs(sum - wanted[i]) < 0.004);
	}
}

TEST(colors)
{
	static const struct {
		double samples[2][3]; // of BT.601 and BT.709, in eight bits
		double wanted[3];
	} rows[] = {
		{{{16, 128, 128}, {16, 128, 128}}, {0, 0, 0}},
		{{{235, 128, 128}, {235, 128, 128}}, {1, 1, 1}},
		{{{81.48, 90.2, 240}, {62.56, 102.34, 240}}, {1, 0, 0}},
		{{{144.55, 53.8, 34.21}, {172.63, 41.66, 26.27}}, {0, 1, 0}},
		{{{40.97, 240, 109.79}, {31.81, 240, 117.73}}, {0, 0, 1}},
	};
	static const uint32_t formats[] = {DRM_FORMAT_NV12, DRM_FORMAT_P010};
	for (size_t i = 0; i < array_length(rows); i++)
		for (size_t j = 0; j < array_length(formats); j++)
			for (int hd = 0; hd < 2; hd++)
				check_color(formats[j], hd, rows[i].samples[hd], rows[i].wanted);
}
