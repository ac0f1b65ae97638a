// SPDX-License-Identifier: MIT
// Modes of monitors: which one is chosen, and computed ones that no monitor reported.
#include "backends/drm/modes.h"
#include <stdlib.h>
#include <xf86drm.h>
#include "tests/harness/test.h"

static drmModeModeInfo info(int width, int height, int refresh, uint32_t type)
{
	drmModeModeInfo made;
	check(mode_make(&(struct mode){width, height, refresh * 1000, false}, &made));
	made.type = type;
	return made;
}

TEST(the_monitor_is_asked_first)
{
	const drmModeModeInfo infos[] = {info(800, 600, 60, 0), info(1920, 1080, 60, 0),
		info(1280, 800, 60, DRM_MODE_TYPE_PREFERRED),
		info(640, 480, 60, DRM_MODE_TYPE_USERDEF)};
	const drmModeModeInfo current = info(2000, 1000, 60, 0);
	check(mode_choose(infos, 3, &current) == &infos[2]);
	check(mode_choose(infos, 4, &current) == &infos[3]); // video=640x480 on the command line
	check(mode_choose(infos, 2, NULL) == &infos[1]);     // no preference: the largest
	check(mode_choose(infos, 2, &current) == &current);  // the firmware's mode
	const drmModeModeInfo small = info(720, 400, 70, 0); // unless it is text mode
	check(mode_choose(infos, 2, &small) == &infos[1]);
	check(mode_choose(NULL, 0, &small) == &small);
}

TEST(the_faster_of_two)
{
	const drmModeModeInfo infos[] = {info(800, 600, 60, 0), info(800, 600, 75, 0)};
	check(mode_choose(infos, 2, NULL) == &infos[1]);
	check(mode_find(infos, 2, &(struct mode){800, 600, 0, false}) == &infos[1]);
	check(mode_find(infos, 2, &(struct mode){800, 600, 60000, false}) == &infos[0]);
	check(mode_find(infos, 2, &(struct mode){800, 600, 59500, false}) == &infos[0]);
	check(!mode_find(infos, 2, &(struct mode){800, 600, 65000, false}));
	check(!mode_find(infos, 2, &(struct mode){800, 601, 0, false}));
	check(!mode_find(infos, 0, &(struct mode){800, 600, 0, false}));
}

TEST(interlaced_ones_come_last)
{
	drmModeModeInfo infos[] = {info(1920, 1080, 60, 0), info(1920, 1080, 60, 0)};
	infos[0].flags |= DRM_MODE_FLAG_INTERLACE;
	check(mode_find(infos, 2, &(struct mode){1920, 1080, 0, false}) == &infos[1]);
	check(mode_find(infos, 1, &(struct mode){1920, 1080, 0, false}) == &infos[0]);
}

TEST(refresh_of_odd_modes)
{
	drmModeModeInfo mode = {.clock = 25175, .htotal = 800, .vtotal = 525};
	check_eq(mode_refresh_mhz(&mode), 59940);
	mode.flags = DRM_MODE_FLAG_DBLSCAN;
	check_eq(mode_refresh_mhz(&mode), 29970);
	mode.flags = DRM_MODE_FLAG_INTERLACE;
	check_eq(mode_refresh_mhz(&mode), 119881);
	mode = (drmModeModeInfo){.clock = 25175};
	check_eq(mode_refresh_mhz(&mode), 0);
	mode = (drmModeModeInfo){.clock = UINT32_MAX, .htotal = 1, .vtotal = 1};
	check_eq(mode_refresh_mhz(&mode), 0); // no screen has that
	mode = (drmModeModeInfo){.clock = 1, .htotal = 1000, .vtotal = 1001};
	check_eq(mode_refresh_mhz(&mode), 0);
}

// Compared with cvt -r 1920 1080 60: 138.50 MHz, 1920 1968 2000 2080, 1080 1083 1088 1111.
TEST(calculated_timings)
{
	drmModeModeInfo mode;
	check(mode_make(&(struct mode){1920, 1080, 60000, false}, &mode));
	check_eq(mode.hsync_start, 1968);
	check_eq(mode.hsync_end, 2000);
	check_eq(mode.htotal, 2080);
	check_eq(mode.vsync_start, 1083);
	check_eq(mode.vsync_end, 1088);
	check_eq(mode.vtotal, 1111);
	check_eq(mode.clock, 138500);
}

static const struct mode sizes[] = {
	{1, 1, 60000, false},
	{1280, 800, 0, false},
	{1366, 768, 59790, false},
	{3840, 2160, 144000, false},
	{16384, 16384, 1000, false},
	{300, 5000, 240000, false},
};
TEST_P(timings_make_sense, struct mode, sizes)
{
	drmModeModeInfo mode;
	check(mode_make(param, &mode));
	int wanted = param->refresh_mhz ? param->refresh_mhz : 60000;
	check_eq(mode.hdisplay, param->width);
	check_eq(mode.vdisplay, param->height);
	check(mode.hdisplay < mode.hsync_start && mode.hsync_start < mode.hsync_end &&
		mode.hsync_end < mode.htotal);
	check(mode.vdisplay < mode.vsync_start && mode.vsync_start < mode.vsync_end &&
		mode.vsync_end < mode.vtotal);
	if (param->width > 100)
		check(abs(mode_refresh_mhz(&mode) - wanted) < 500);
}

static const struct mode impossible[] = {
	{0, 100, 60000, false},
	{100, -1, 60000, false},
	{16385, 100, 60000, false},
	{100, 100, -5, false},
	{100, 100, 999, false},
	{100, 100, 1000001, false},
	{16384, 16384, 1000000, false},
};
TEST_P(nothing_can_do_that, struct mode, impossible)
{
	drmModeModeInfo mode;
	check(!mode_make(param, &mode) || mode.clock > 1000000);
}
