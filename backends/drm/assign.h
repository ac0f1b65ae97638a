// SPDX-License-Identifier: MIT
// Assigns CRTCs to connectors. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// For each of n connectors, reaches[i] is a mask of the CRTCs that can drive it, 0 if it needs
// none. crtcs[i] is its current CRTC, -1: none; on return its new one. As many connectors as
// possible get a CRTC, none that has one loses it to another, and as few as possible change theirs.
// True: all that need a CRTC have one.
bool assign_crtcs(const uint32_t *reaches, size_t n, int *crtcs);
