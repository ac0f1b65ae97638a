// SPDX-License-Identifier: MIT
// Video as clients hand it over: samples of light, and of two colours at half the size. Which matrix
// they were made with no client can say; renderers agree on what is most likely. Pure.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// The matrix of a picture of that size: 709 for high definition (true), else 601, both with the
// narrow range.
bool video_is_hd(int width, int height);
// What the samples of a pixel (light, blue, red, each 0 to 1 as it is read from memory, and 1) are
// multiplied by to be red, green and blue of 0 to 1, or a little beyond.
void video_matrix(uint32_t fourcc, bool hd, float rows[3][4]);
