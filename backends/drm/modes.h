// SPDX-License-Identifier: MIT
// Modes as the core and as the kernel has them, and which one to take. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <xf86drmMode.h>
#include "backends/backend.h"

int mode_refresh_mhz(const drmModeModeInfo *info); // 0: it has none
struct mode mode_of(const drmModeModeInfo *info);
bool mode_same(const drmModeModeInfo *a, const drmModeModeInfo *b); // but for name and type
// The one to start with; current is what the monitor shows now, NULL: nothing. n > 0 or current.
const drmModeModeInfo *mode_choose(
	const drmModeModeInfo *infos, size_t n, const drmModeModeInfo *current);
// Of that size, and of the refresh (0: any) as near as 1 Hz, preferred and fast ones first. NULL:
// none.
const drmModeModeInfo *mode_find(const drmModeModeInfo *infos, size_t n, const struct mode *mode);
// Timings for any size, by VESA's CVT with reduced blanking. False: no display can do that.
bool mode_make(const struct mode *mode, drmModeModeInfo *info);
