// SPDX-License-Identifier: MIT
// The table of host formats for each DRM format, in order of preference.
#include "renderer/virgl/format.h"
#include <drm_fourcc.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "renderer/virgl/encode.h"

// The host lists channels in memory order, DRM fourccs from the highest bit of a little-endian
// word.
enum number {
	B8G8R8A8 = 1,
	B8G8R8X8 = 2,
	A8R8G8B8 = 3,
	X8R8G8B8 = 4,
	B5G5R5A1 = 5,
	B4G4R4A4 = 6,
	B5G6R5 = 7,
	R10G10B10A2 = 8,
	R16 = 48,
	R16G16 = 49,
	R16G16B16A16 = 51,
	R8 = 64,
	R8G8 = 65,
	R8G8B8A8 = 67,
	X8B8G8R8 = 68,
	R16G16B16A16_FLOAT = 94,
	A8B8G8R8 = 121,
	B10G10R10A2 = 131,
	R8G8B8X8 = 134,
	B10G10R10X2 = 233,
	R10G10B10X2 = 308,
};

#define ALL 0, 1, 2, 3
#define OPAQUE 0, 1, 2, 5
#define SWAPPED 2, 1, 0, 3
#define SWAPPED_OPAQUE 2, 1, 0, 5

// The first row of a fourcc whose format the host has is used.
static const struct row {
	uint32_t fourcc, format;
	uint8_t swizzle[4];
} rows[] = {
	{DRM_FORMAT_ARGB8888, B8G8R8A8, {ALL}},
	{DRM_FORMAT_ARGB8888, R8G8B8A8, {SWAPPED}},
	{DRM_FORMAT_XRGB8888, B8G8R8X8, {ALL}},
	{DRM_FORMAT_XRGB8888, B8G8R8A8, {OPAQUE}},
	{DRM_FORMAT_XRGB8888, R8G8B8A8, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_ABGR8888, R8G8B8A8, {ALL}},
	{DRM_FORMAT_ABGR8888, B8G8R8A8, {SWAPPED}},
	{DRM_FORMAT_XBGR8888, R8G8B8X8, {ALL}},
	{DRM_FORMAT_XBGR8888, R8G8B8A8, {OPAQUE}},
	{DRM_FORMAT_XBGR8888, B8G8R8A8, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_RGBA8888, A8B8G8R8, {ALL}},
	{DRM_FORMAT_RGBA8888, A8R8G8B8, {SWAPPED}},
	{DRM_FORMAT_RGBX8888, X8B8G8R8, {ALL}},
	{DRM_FORMAT_RGBX8888, A8B8G8R8, {OPAQUE}},
	{DRM_FORMAT_BGRA8888, A8R8G8B8, {ALL}},
	{DRM_FORMAT_BGRA8888, A8B8G8R8, {SWAPPED}},
	{DRM_FORMAT_BGRX8888, X8R8G8B8, {ALL}},
	{DRM_FORMAT_BGRX8888, A8R8G8B8, {OPAQUE}},
	{DRM_FORMAT_ARGB2101010, B10G10R10A2, {ALL}},
	{DRM_FORMAT_ARGB2101010, R10G10B10A2, {SWAPPED}},
	{DRM_FORMAT_XRGB2101010, B10G10R10X2, {ALL}},
	{DRM_FORMAT_XRGB2101010, B10G10R10A2, {OPAQUE}},
	{DRM_FORMAT_XRGB2101010, R10G10B10A2, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_ABGR2101010, R10G10B10A2, {ALL}},
	{DRM_FORMAT_ABGR2101010, B10G10R10A2, {SWAPPED}},
	{DRM_FORMAT_XBGR2101010, R10G10B10X2, {ALL}},
	{DRM_FORMAT_XBGR2101010, R10G10B10A2, {OPAQUE}},
	{DRM_FORMAT_XBGR2101010, B10G10R10A2, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_RGB565, B5G6R5, {OPAQUE}},
	{DRM_FORMAT_BGR565, B5G6R5, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_ARGB1555, B5G5R5A1, {ALL}},
	{DRM_FORMAT_XRGB1555, B5G5R5A1, {OPAQUE}},
	{DRM_FORMAT_ABGR1555, B5G5R5A1, {SWAPPED}},
	{DRM_FORMAT_XBGR1555, B5G5R5A1, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_ARGB4444, B4G4R4A4, {ALL}},
	{DRM_FORMAT_XRGB4444, B4G4R4A4, {OPAQUE}},
	{DRM_FORMAT_ABGR4444, B4G4R4A4, {SWAPPED}},
	{DRM_FORMAT_XBGR4444, B4G4R4A4, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_ABGR16161616, R16G16B16A16, {ALL}},
	{DRM_FORMAT_XBGR16161616, R16G16B16A16, {OPAQUE}},
	{DRM_FORMAT_ARGB16161616, R16G16B16A16, {SWAPPED}},
	{DRM_FORMAT_XRGB16161616, R16G16B16A16, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_ABGR16161616F, R16G16B16A16_FLOAT, {ALL}},
	{DRM_FORMAT_XBGR16161616F, R16G16B16A16_FLOAT, {OPAQUE}},
	{DRM_FORMAT_ARGB16161616F, R16G16B16A16_FLOAT, {SWAPPED}},
	{DRM_FORMAT_XRGB16161616F, R16G16B16A16_FLOAT, {SWAPPED_OPAQUE}},
	{DRM_FORMAT_R8, R8, {VIRGL_RED, VIRGL_ZERO, VIRGL_ZERO, VIRGL_ONE}},
	{DRM_FORMAT_R16, R16, {VIRGL_RED, VIRGL_ZERO, VIRGL_ZERO, VIRGL_ONE}},
	{DRM_FORMAT_GR88, R8G8, {VIRGL_RED, VIRGL_GREEN, VIRGL_ZERO, VIRGL_ONE}},
	{DRM_FORMAT_GR1616, R16G16, {VIRGL_RED, VIRGL_GREEN, VIRGL_ZERO, VIRGL_ONE}},
};

// Single-plane formats of the planes of video.
static const struct video {
	uint32_t fourcc, planes[VIRGL_PLANES];
} videos[] = {
	{DRM_FORMAT_NV12, {DRM_FORMAT_R8, DRM_FORMAT_GR88}},
	{DRM_FORMAT_P010, {DRM_FORMAT_R16, DRM_FORMAT_GR1616}},
};

static bool mask_has(const uint32_t mask[16], uint32_t format)
{
	return mask[format / 32] >> (format % 32) & 1;
}

static bool find_layout(uint32_t fourcc, const uint32_t mask[16], struct virgl_layout *layout)
{
	const struct format_info *info = format_info(fourcc);
	for (size_t i = 0; info && i < array_length(rows); i++) {
		if (rows[i].fourcc != fourcc || !mask_has(mask, rows[i].format))
			continue;
		*layout = (struct virgl_layout){
			.fourcc = fourcc,
			.format = rows[i].format,
			.bytes = info->bytes,
			.opaque = !info->alpha,
		};
		memcpy(layout->swizzle, rows[i].swizzle, sizeof(layout->swizzle));
		return true;
	}
	return false;
}

int virgl_layout_shared(
	uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout planes[VIRGL_PLANES])
{
	if (find_layout(fourcc, caps->sample, &planes[0]))
		return 1;
	for (size_t i = 0; i < array_length(videos); i++)
		if (videos[i].fourcc == fourcc &&
			find_layout(videos[i].planes[0], caps->sample, &planes[0]) &&
			find_layout(videos[i].planes[1], caps->sample, &planes[1]))
			return 2;
	return 0;
}

bool virgl_layout_for(uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout *layout)
{
	const struct format_info *info = format_info(fourcc);
	if (find_layout(fourcc, caps->sample, layout))
		return true;
	return info && info->pixman &&
		find_layout(info->alpha ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888, caps->sample,
			layout);
}

bool virgl_layout_target(
	uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout *layout)
{
	static const uint32_t with_alpha[] = {DRM_FORMAT_ARGB8888, DRM_FORMAT_ABGR8888};
	static const uint32_t opaque[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_XBGR8888};
	for (size_t i = 0; i < array_length(opaque); i++) {
		static const uint8_t identity[] = {ALL};
		bool found = fourcc == DRM_FORMAT_XRGB8888 &&
			find_layout(opaque[i], caps->render, layout) &&
			memcmp(layout->swizzle, identity, sizeof(identity)) == 0;
		if (found)
			return true;
		// An opaque target may have an alpha channel, which is ignored.
		if (find_layout(with_alpha[i], caps->render, layout) &&
			memcmp(layout->swizzle, identity, sizeof(identity)) == 0) {
			if (fourcc == DRM_FORMAT_XRGB8888)
				layout->fourcc = opaque[i];
			return true;
		}
	}
	return false;
}
