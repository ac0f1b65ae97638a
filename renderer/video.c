// SPDX-License-Identifier: MIT
// Computes conversion matrices from the luma coefficients of BT.601 and BT.709.
#include "renderer/video.h"
#include <drm_fourcc.h>

bool video_is_hd(int width, int height)
{
	return width >= 1280 || height >= 720;
}

void video_matrix(uint32_t fourcc, bool hd, float rows[3][4])
{
	const double red = hd ? 0.2126 : 0.299, blue = hd ? 0.0722 : 0.114, green = 1 - red - blue;
	// P010 stores ten bits in the upper bits of sixteen.
	bool deep = fourcc == DRM_FORMAT_P010;
	double step = deep ? 65535.0 / 64 : 255, scale = deep ? 4 : 1;
	double luma = step / (219 * scale), chroma = step / (224 * scale);
	double black = -16.0 / 219, gray = -128.0 / 224;
	const double weights[3][2] = {
		{0, 2 * (1 - red)},
		{-2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green},
		{2 * (1 - blue), 0},
	};
	for (int i = 0; i < 3; i++) {
		rows[i][0] = (float)luma;
		rows[i][1] = (float)(chroma * weights[i][0]);
		rows[i][2] = (float)(chroma * weights[i][1]);
		rows[i][3] = (float)(black + gray * (weights[i][0] + weights[i][1]));
	}
}
