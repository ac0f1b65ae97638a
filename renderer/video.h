// SPDX-License-Identifier: MIT
// Conversion of YCbCr video to RGB. Clients cannot declare the matrix of their video, so all
// renderers choose it by the same rule. Pure.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Whether video of this size (pixels) is taken as BT.709 (high definition); otherwise BT.601. Both
// are narrow range.
bool video_is_hd(int width, int height);
// Computes the matrix that turns the vector (Y, Cb, Cr, 1) into red, green and blue. Samples are
// normalised from 0 to 1 as a GPU reads them from the format; results may exceed 0 to 1 slightly.
void video_matrix(uint32_t fourcc, bool hd, float rows[3][4]);
