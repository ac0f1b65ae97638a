// SPDX-License-Identifier: MIT
// Which CRTC shows which monitor. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// For each of n monitors, reaches[i] has the bits of the CRTCs it can have, 0 where it needs none.
// crtcs[i] is the one it has, -1: none; afterwards the one it gets. As many as possible get one,
// nobody loses the picture, and no more than necessary change their CRTC. True: all that need one
// have one.
bool assign_crtcs(const uint32_t *reaches, size_t n, int *crtcs);
