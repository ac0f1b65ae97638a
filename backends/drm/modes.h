// SPDX-License-Identifier: MIT
// Conversion between modes of the core and of the kernel, and choice among them. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <xf86drmMode.h>
#include "backends/backend.h"

// Vertical refresh rate in millihertz; 0: the timings have none.
int mode_refresh_mhz(const drmModeModeInfo *info);
// The mode as the core has it.
struct mode mode_of(const drmModeModeInfo *info);
// Whether the timings are equal; names and types may differ.
bool mode_same(const drmModeModeInfo *a, const drmModeModeInfo *b);
// The mode to start with: the user's on the kernel's command line, the preferred one, or the best
// guess. current: what the CRTC still shows; may be NULL if n > 0. Borrowed from infos or current.
const drmModeModeInfo *mode_choose(
	const drmModeModeInfo *infos, size_t n, const drmModeModeInfo *current);
// The mode of that size whose refresh rate is closest and within 1 Hz. Rate 0: any, the preferred
// mode or the highest rate first. NULL: none.
const drmModeModeInfo *mode_find(const drmModeModeInfo *infos, size_t n, const struct mode *mode);
// Calculates timings by VESA CVT with reduced blanking. False: the size or rate is impossible.
bool mode_make(const struct mode *mode, drmModeModeInfo *info);
