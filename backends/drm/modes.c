// SPDX-License-Identifier: MIT
// Conversion, choice and calculation (VESA CVT) of modes.
#include "backends/drm/modes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "compositor/base/base.h"

#define MAX_SIDE 16384

int mode_refresh_mhz(const drmModeModeInfo *info)
{
	uint64_t pixels = (uint64_t)info->htotal * info->vtotal;
	uint64_t mhz = (uint64_t)info->clock * 1000000;
	if (info->flags & DRM_MODE_FLAG_INTERLACE)
		mhz *= 2;
	if (info->flags & DRM_MODE_FLAG_DBLSCAN)
		pixels *= 2;
	if (info->vscan > 1)
		pixels *= info->vscan;
	int refresh = pixels ? (int)MIN((mhz + pixels / 2) / pixels, INT32_MAX) : 0;
	return refresh_is_possible(refresh) ? refresh : 0;
}

struct mode mode_of(const drmModeModeInfo *info)
{
	return (struct mode){
		.width = info->hdisplay,
		.height = info->vdisplay,
		.refresh_mhz = mode_refresh_mhz(info),
		.preferred = info->type & DRM_MODE_TYPE_PREFERRED,
	};
}

bool mode_same(const drmModeModeInfo *a, const drmModeModeInfo *b)
{
	return a->clock == b->clock && a->hdisplay == b->hdisplay &&
		a->hsync_start == b->hsync_start && a->hsync_end == b->hsync_end &&
		a->htotal == b->htotal && a->hskew == b->hskew && a->vdisplay == b->vdisplay &&
		a->vsync_start == b->vsync_start && a->vsync_end == b->vsync_end &&
		a->vtotal == b->vtotal && a->vscan == b->vscan && a->flags == b->flags;
}

static const drmModeModeInfo *find_by_type(const drmModeModeInfo *infos, size_t n, uint32_t type)
{
	for (size_t i = 0; i < n; i++)
		if (infos[i].type & type)
			return &infos[i];
	return NULL;
}

static bool is_larger(const drmModeModeInfo *a, const drmModeModeInfo *b)
{
	int64_t area = (int64_t)a->hdisplay * a->vdisplay;
	int64_t other = (int64_t)b->hdisplay * b->vdisplay;
	return area != other ? area > other : mode_refresh_mhz(a) > mode_refresh_mhz(b);
}

const drmModeModeInfo *mode_choose(
	const drmModeModeInfo *infos, size_t n, const drmModeModeInfo *current)
{
	// video= on the kernel's command line
	const drmModeModeInfo *info = find_by_type(infos, n, DRM_MODE_TYPE_USERDEF);
	if (!info)
		info = find_by_type(infos, n, DRM_MODE_TYPE_PREFERRED);
	if (info)
		return info;
	// Without a preferred mode the list is the kernel's guess, and the firmware's mode may be
	// better.
	for (size_t i = 0; i < n; i++)
		if (!info || is_larger(&infos[i], info))
			info = &infos[i];
	bool plausible = current && current->hdisplay >= 1024 && current->vdisplay >= 768;
	return (plausible || !info) && current ? current : info;
}

const drmModeModeInfo *mode_find(const drmModeModeInfo *infos, size_t n, const struct mode *mode)
{
	const drmModeModeInfo *best = NULL;
	int best_off = 0;
	for (size_t i = 0; i < n; i++) {
		const drmModeModeInfo *info = &infos[i];
		int refresh = mode_refresh_mhz(info);
		int off = mode->refresh_mhz ? abs(refresh - mode->refresh_mhz) : 0;
		bool interlaced = info->flags & DRM_MODE_FLAG_INTERLACE;
		if (info->hdisplay != mode->width || info->vdisplay != mode->height || off > 1000 ||
			(interlaced && best))
			continue;
		bool was_interlaced = best && best->flags & DRM_MODE_FLAG_INTERLACE;
		bool better = !best || was_interlaced || off < best_off;
		if (!better && off == best_off && !mode->refresh_mhz &&
			!(best->type & DRM_MODE_TYPE_PREFERRED))
			better = info->type & DRM_MODE_TYPE_PREFERRED ||
				refresh > mode_refresh_mhz(best);
		if (better) {
			best = info;
			best_off = off;
		}
	}
	return best;
}

// Lines of the vertical sync pulse, which encode the aspect ratio in CVT.
static unsigned sync_height(int width, int height)
{
	static const struct {
		int x, y;
		unsigned lines;
	} shapes[] = {{4, 3, 4}, {16, 9, 5}, {16, 10, 6}, {5, 4, 7}, {15, 9, 7}};
	for (size_t i = 0; i < array_length(shapes); i++)
		if (width == height * shapes[i].x / shapes[i].y)
			return shapes[i].lines;
	return 10;
}

bool mode_make(const struct mode *mode, drmModeModeInfo *info)
{
	enum { FRONT = 48, SYNC = 32, BLANK = 160, V_FRONT = 3, V_BACK = 6, MIN_BLANK_US = 460 };
	int refresh = mode->refresh_mhz ? mode->refresh_mhz : 60000;
	if (mode->width < 1 || mode->height < 1 || mode->width > MAX_SIDE ||
		mode->height > MAX_SIDE || refresh < 1000 || refresh > 1000000)
		return false;
	uint64_t height = (uint64_t)mode->height;
	uint64_t frame_ns = UINT64_C(1000000000000) / (uint64_t)refresh;
	uint64_t blank_ns = MIN_BLANK_US * NSEC_PER_USEC;
	if (frame_ns <= blank_ns)
		return false;
	unsigned sync = sync_height(mode->width, mode->height);
	uint64_t blank = blank_ns * height / (frame_ns - blank_ns) + 1;
	blank = MAX(blank, V_FRONT + sync + V_BACK);
	uint64_t total = height + blank, h_total = (uint64_t)mode->width + BLANK;
	uint64_t clock = (uint64_t)refresh * total * h_total / 1000000;
	if (clock > 10000)
		clock -= clock % 250;
	if (total > UINT16_MAX || !clock || clock > UINT32_MAX)
		return false;
	*info = (drmModeModeInfo){
		.clock = (uint32_t)clock,
		.hdisplay = (uint16_t)mode->width,
		.hsync_start = (uint16_t)(mode->width + FRONT),
		.hsync_end = (uint16_t)(mode->width + FRONT + SYNC),
		.htotal = (uint16_t)h_total,
		.vdisplay = (uint16_t)mode->height,
		.vsync_start = (uint16_t)(mode->height + V_FRONT),
		.vsync_end = (uint16_t)(mode->height + V_FRONT + (int)sync),
		.vtotal = (uint16_t)total,
		.vrefresh = (uint32_t)(refresh + 500) / 1000,
		.flags = DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_NVSYNC,
		.type = DRM_MODE_TYPE_USERDEF,
	};
	snprintf(info->name, sizeof(info->name), "%dx%d", mode->width, mode->height);
	return true;
}
