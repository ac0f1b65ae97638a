// SPDX-License-Identifier: MIT
// Consistency of the format table, also with pixman, and format sets.
#include "compositor/base/format.h"
#include <string.h>
#include "tests/harness/test.h"

TEST(table_is_consistent)
{
	size_t count;
	const struct format_info *list = format_list(&count);
	check(count > 20);
	check_eq(list[0].fourcc, DRM_FORMAT_ARGB8888);
	check_eq(list[1].fourcc, DRM_FORMAT_XRGB8888);
	for (size_t i = 0; i < count; i++) {
		const struct format_info *info = &list[i];
		check(format_info(info->fourcc) == info); // no duplicates
		check_eq(format_has_alpha(info->fourcc), info->alpha);
		check_eq(info->alpha, strchr(info->name, 'A') != NULL);
		check_eq(format_from_shm(format_to_shm(info->fourcc)), info->fourcc);
		if (info->pixman) {
			check_eq(PIXMAN_FORMAT_BPP(info->pixman), info->bytes * 8);
			check_eq(PIXMAN_FORMAT_A(info->pixman) > 0, info->alpha);
			check(pixman_format_supported_source(info->pixman));
		}
		uint32_t opaque = format_opaque(info->fourcc);
		check(!info->alpha || !format_has_alpha(opaque)); // each has an opaque counterpart
		if (!info->alpha)
			check_eq(opaque, info->fourcc);
		else
			check_eq(format_info(opaque)->bytes, info->bytes);
	}
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			check(strcmp(list[i].name, list[j].name) != 0);
}

static const struct twin_row {
	uint32_t format, opaque;
} twin_rows[] = {
	{DRM_FORMAT_ARGB8888, DRM_FORMAT_XRGB8888},
	{DRM_FORMAT_ABGR8888, DRM_FORMAT_XBGR8888},
	{DRM_FORMAT_RGBA8888, DRM_FORMAT_RGBX8888},
	{DRM_FORMAT_BGRA8888, DRM_FORMAT_BGRX8888},
	{DRM_FORMAT_ARGB2101010, DRM_FORMAT_XRGB2101010},
	{DRM_FORMAT_ABGR2101010, DRM_FORMAT_XBGR2101010},
	{DRM_FORMAT_ARGB1555, DRM_FORMAT_XRGB1555},
	{DRM_FORMAT_ABGR4444, DRM_FORMAT_XBGR4444},
	{DRM_FORMAT_ABGR16161616F, DRM_FORMAT_XBGR16161616F},
	{DRM_FORMAT_ARGB16161616, DRM_FORMAT_XRGB16161616},
	{DRM_FORMAT_RGB565, DRM_FORMAT_RGB565},
	{DRM_FORMAT_NV12, DRM_FORMAT_NV12},
	{0x41414141, 0x41414141},
};

TEST_P(twins, struct twin_row, twin_rows)
{
	check_eq(format_opaque(param->format), param->opaque);
}

TEST(shm_numbers)
{
	check_eq(format_to_shm(DRM_FORMAT_ARGB8888), 0);
	check_eq(format_to_shm(DRM_FORMAT_XRGB8888), 1);
	check_eq(format_to_shm(DRM_FORMAT_RGB565), DRM_FORMAT_RGB565);
	check_eq(format_from_shm(0), DRM_FORMAT_ARGB8888);
	check_eq(format_from_shm(1), DRM_FORMAT_XRGB8888);
	check(format_info(0x41414141) == NULL);
	check(format_has_alpha(0x41414141));
}

static const struct plane_size {
	uint32_t fourcc;
	int plane, width, height;
	uint64_t row_bytes; // 0: the format has no such plane
	int rows;
} plane_sizes[] = {
	{DRM_FORMAT_XRGB8888, 0, 3, 5, 12, 5},
	{DRM_FORMAT_XRGB8888, 1, 3, 5, 0, 0},
	{DRM_FORMAT_XRGB8888, -1, 3, 5, 0, 0},
	{DRM_FORMAT_RGB565, 0, 3, 5, 6, 5},
	{DRM_FORMAT_XBGR16161616F, 0, INT32_MAX, INT32_MAX, UINT64_C(17179869176), INT32_MAX},
	{DRM_FORMAT_YUYV, 0, 3, 5, 8, 5},
	{DRM_FORMAT_NV12, 0, 3, 5, 3, 5},
	{DRM_FORMAT_NV12, 1, 3, 5, 4, 3},
	{DRM_FORMAT_NV12, 1, INT32_MAX, INT32_MAX, UINT64_C(2147483648), 1 << 30},
	{DRM_FORMAT_NV12, 2, 3, 5, 0, 0},
	{DRM_FORMAT_P010, 1, 4, 4, 8, 2},
	{DRM_FORMAT_YUV420, 2, 3, 5, 2, 3},
	{DRM_FORMAT_YVU420, 3, 3, 5, 0, 0},
	{0x41414141, 0, 3, 5, 0, 0},
};
TEST_P(planes, struct plane_size, plane_sizes)
{
	uint64_t row_bytes = 0;
	int rows = 0;
	check_eq(format_plane(param->fourcc, param->plane, param->width, param->height, &row_bytes,
			 &rows),
		param->row_bytes != 0);
	check_eq(row_bytes, param->row_bytes);
	check_eq(rows, param->rows);
}

TEST(every_known_format_has_a_first_plane)
{
	size_t count;
	const struct format_info *formats = format_list(&count);
	for (size_t i = 0; i < count; i++) {
		uint64_t row_bytes;
		int rows;
		check(format_plane(formats[i].fourcc, 0, 1, 1, &row_bytes, &rows));
		check(row_bytes >= formats[i].bytes);
		check_eq(rows, 1);
	}
}

TEST(sets)
{
	struct format_set a = {0}, b = {0}, both = {0};
	check(!format_set_has(&a, DRM_FORMAT_ARGB8888, 0));
	check(format_set_get(&a, DRM_FORMAT_ARGB8888) == NULL);
	for (uint64_t modifier = 0; modifier < 20; modifier++)
		for (uint32_t fourcc = 1; fourcc < 30; fourcc++)
			for (int again = 0; again < 2; again++) {
				if (modifier % 2 == 0)
					format_set_add(&a, fourcc, modifier);
				if (modifier % 3 == 0 && fourcc % 2)
					format_set_add(&b, fourcc, modifier);
			}
	check_eq(a.count, 29);
	check_eq(format_set_get(&a, 7)->count, 10);
	format_set_intersect(&both, &a, &b);
	check_eq(both.count, 15);
	for (uint64_t modifier = 0; modifier < 25; modifier++)
		for (uint32_t fourcc = 0; fourcc < 35; fourcc++)
			check_eq(format_set_has(&both, fourcc, modifier),
				format_set_has(&a, fourcc, modifier) &&
					format_set_has(&b, fourcc, modifier));
	check_eq(format_set_get(&both, 3)->count, 4); // modifiers 0, 6, 12 and 18
	format_set_finish(&a);
	check_eq(a.count, 0);
	format_set_finish(&a);
	format_set_finish(&b);
	format_set_finish(&both);
}
