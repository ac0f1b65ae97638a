// SPDX-License-Identifier: MIT
#include "compositor/base/format.h"
#include <stdlib.h>
#include "compositor/base/base.h"

#define FORMAT(name, pixman, bytes, alpha) \
	{ \
		DRM_FORMAT_##name, pixman, #name, bytes, alpha \
	}

// DRM and pixman both name channels from the highest bit of a little-endian word. Planar formats
// have 0 bytes per pixel.
static const struct format_info formats[] = {
	FORMAT(ARGB8888, PIXMAN_a8r8g8b8, 4, true),
	FORMAT(XRGB8888, PIXMAN_x8r8g8b8, 4, false),
	FORMAT(ABGR8888, PIXMAN_a8b8g8r8, 4, true),
	FORMAT(XBGR8888, PIXMAN_x8b8g8r8, 4, false),
	FORMAT(RGBA8888, PIXMAN_r8g8b8a8, 4, true),
	FORMAT(RGBX8888, PIXMAN_r8g8b8x8, 4, false),
	FORMAT(BGRA8888, PIXMAN_b8g8r8a8, 4, true),
	FORMAT(BGRX8888, PIXMAN_b8g8r8x8, 4, false),
	FORMAT(ARGB2101010, PIXMAN_a2r10g10b10, 4, true),
	FORMAT(XRGB2101010, PIXMAN_x2r10g10b10, 4, false),
	FORMAT(ABGR2101010, PIXMAN_a2b10g10r10, 4, true),
	FORMAT(XBGR2101010, PIXMAN_x2b10g10r10, 4, false),
	FORMAT(RGB888, PIXMAN_r8g8b8, 3, false),
	FORMAT(BGR888, PIXMAN_b8g8r8, 3, false),
	FORMAT(RGB565, PIXMAN_r5g6b5, 2, false),
	FORMAT(BGR565, PIXMAN_b5g6r5, 2, false),
	FORMAT(ARGB1555, PIXMAN_a1r5g5b5, 2, true),
	FORMAT(XRGB1555, PIXMAN_x1r5g5b5, 2, false),
	FORMAT(ABGR1555, PIXMAN_a1b5g5r5, 2, true),
	FORMAT(XBGR1555, PIXMAN_x1b5g5r5, 2, false),
	FORMAT(ARGB4444, PIXMAN_a4r4g4b4, 2, true),
	FORMAT(XRGB4444, PIXMAN_x4r4g4b4, 2, false),
	FORMAT(ABGR4444, PIXMAN_a4b4g4r4, 2, true),
	FORMAT(XBGR4444, PIXMAN_x4b4g4r4, 2, false),
	FORMAT(ARGB16161616, 0, 8, true),
	FORMAT(XRGB16161616, 0, 8, false),
	FORMAT(ABGR16161616, 0, 8, true),
	FORMAT(XBGR16161616, 0, 8, false),
	FORMAT(ARGB16161616F, 0, 8, true),
	FORMAT(XRGB16161616F, 0, 8, false),
	FORMAT(ABGR16161616F, 0, 8, true),
	FORMAT(XBGR16161616F, 0, 8, false),
	FORMAT(R8, 0, 1, false),
	FORMAT(R16, 0, 2, false),
	FORMAT(GR88, 0, 2, false),
	FORMAT(GR1616, 0, 4, false),
	FORMAT(YUYV, 0, 2, false),
	FORMAT(UYVY, 0, 2, false),
	FORMAT(NV12, 0, 0, false),
	FORMAT(P010, 0, 0, false),
	FORMAT(YUV420, 0, 0, false),
	FORMAT(YVU420, 0, 0, false),
};

const struct format_info *format_info(uint32_t fourcc)
{
	for (size_t i = 0; i < array_length(formats); i++)
		if (formats[i].fourcc == fourcc)
			return &formats[i];
	return NULL;
}

const struct format_info *format_list(size_t *count)
{
	*count = array_length(formats);
	return formats;
}

bool format_has_alpha(uint32_t fourcc)
{
	const struct format_info *info = format_info(fourcc);
	return !info || info->alpha;
}

uint32_t format_opaque(uint32_t fourcc)
{
	const struct format_info *info = format_info(fourcc);
	if (!info || !info->alpha)
		return fourcc;
	// AR24 and XR24, RA24 and RX24 differ in this letter.
	unsigned shift = (fourcc & 0xff) == 'A' ? 0 : 8;
	uint32_t twin = (fourcc & ~(UINT32_C(0xff) << shift)) | (uint32_t)'X' << shift;
	return format_info(twin) ? twin : fourcc;
}

// A plane: bytes per sample, and pixels per sample in each direction.
struct samples {
	uint8_t bytes, across, down; // bytes 0: no such plane
};

static struct samples samples_of(uint32_t fourcc, int plane)
{
	static const struct {
		uint32_t fourcc;
		struct samples planes[3];
	} planar[] = {
		{DRM_FORMAT_YUYV, {{4, 2, 1}}},
		{DRM_FORMAT_UYVY, {{4, 2, 1}}},
		{DRM_FORMAT_NV12, {{1, 1, 1}, {2, 2, 2}}},
		{DRM_FORMAT_P010, {{2, 1, 1}, {4, 2, 2}}},
		{DRM_FORMAT_YUV420, {{1, 1, 1}, {1, 2, 2}, {1, 2, 2}}},
		{DRM_FORMAT_YVU420, {{1, 1, 1}, {1, 2, 2}, {1, 2, 2}}},
	};
	const struct format_info *info = format_info(fourcc);
	if (!info || plane < 0 || plane >= (int)array_length(planar[0].planes))
		return (struct samples){0};
	for (size_t i = 0; i < array_length(planar); i++)
		if (planar[i].fourcc == fourcc)
			return planar[i].planes[plane];
	return (struct samples){plane == 0 ? info->bytes : 0, 1, 1};
}

bool format_plane(uint32_t fourcc, int plane, int width, int height, uint64_t *row_bytes, int *rows)
{
	struct samples samples = samples_of(fourcc, plane);
	if (!samples.bytes)
		return false;
	uint64_t across = ((uint64_t)width + samples.across - 1) / samples.across;
	*row_bytes = across * samples.bytes;
	*rows = (int)(((int64_t)height + samples.down - 1) / samples.down);
	return true;
}

uint32_t format_to_shm(uint32_t fourcc)
{
	return fourcc == DRM_FORMAT_ARGB8888 ? 0 : fourcc == DRM_FORMAT_XRGB8888 ? 1 : fourcc;
}

uint32_t format_from_shm(uint32_t shm_format)
{
	return shm_format == 0    ? DRM_FORMAT_ARGB8888
		: shm_format == 1 ? DRM_FORMAT_XRGB8888
				  : shm_format;
}

void format_set_finish(struct format_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->formats[i].modifiers);
	free(set->formats);
	*set = (struct format_set){0};
}

static struct format_modifiers *find_format(const struct format_set *set, uint32_t fourcc)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->formats[i].fourcc == fourcc)
			return &set->formats[i];
	return NULL;
}

const struct format_modifiers *format_set_get(const struct format_set *set, uint32_t fourcc)
{
	return find_format(set, fourcc);
}

bool format_set_has(const struct format_set *set, uint32_t fourcc, uint64_t modifier)
{
	const struct format_modifiers *entry = find_format(set, fourcc);
	for (size_t i = 0; entry && i < entry->count; i++)
		if (entry->modifiers[i] == modifier)
			return true;
	return false;
}

void format_set_add(struct format_set *set, uint32_t fourcc, uint64_t modifier)
{
	if (format_set_has(set, fourcc, modifier))
		return;
	struct format_modifiers *entry = find_format(set, fourcc);
	if (!entry) {
		array_reserve(set->formats, set->count, set->capacity);
		entry = &set->formats[set->count++];
		*entry = (struct format_modifiers){.fourcc = fourcc};
	}
	array_reserve(entry->modifiers, entry->count, entry->capacity);
	entry->modifiers[entry->count++] = modifier;
}

void format_set_intersect(
	struct format_set *into, const struct format_set *a, const struct format_set *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct format_modifiers *entry = &a->formats[i];
		for (size_t j = 0; j < entry->count; j++)
			if (format_set_has(b, entry->fourcc, entry->modifiers[j]))
				format_set_add(into, entry->fourcc, entry->modifiers[j]);
	}
}
