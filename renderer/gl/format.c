// SPDX-License-Identifier: MIT
// The table of formats that GL takes directly, and the fallback to 8888 for the others.
#include "renderer/gl/format.h"
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <drm_fourcc.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"

enum need {
	NEED_NOTHING,
	NEED_HALF_FLOAT,
	NEED_NORM16,
};

// GL lists channels in memory order, DRM fourccs from the highest bit of a little-endian word.
static const struct row {
	uint32_t fourcc;
	enum need need;
	GLint internal_format;
	GLenum type;
	uint8_t bytes;
} rows[] = {
	{DRM_FORMAT_ABGR8888, NEED_NOTHING, GL_RGBA, GL_UNSIGNED_BYTE, 4},
	{DRM_FORMAT_XBGR8888, NEED_NOTHING, GL_RGBA, GL_UNSIGNED_BYTE, 4},
	{DRM_FORMAT_ABGR16161616F, NEED_HALF_FLOAT, GL_RGBA16F, GL_HALF_FLOAT, 8},
	{DRM_FORMAT_XBGR16161616F, NEED_HALF_FLOAT, GL_RGBA16F, GL_HALF_FLOAT, 8},
	{DRM_FORMAT_ABGR16161616, NEED_NORM16, GL_RGBA16_EXT, GL_UNSIGNED_SHORT, 8},
	{DRM_FORMAT_XBGR16161616, NEED_NORM16, GL_RGBA16_EXT, GL_UNSIGNED_SHORT, 8},
};

bool gl_layout_for(uint32_t fourcc, const struct gl_caps *caps, struct gl_layout *layout)
{
	const struct format_info *info = format_info(fourcc);
	if (!info)
		return false;
	*layout = (struct gl_layout){.fourcc = fourcc, .opaque = !info->alpha};
	for (size_t i = 0; i < array_length(rows); i++) {
		const struct row *row = &rows[i];
		if (row->fourcc != fourcc)
			continue;
		if ((row->need == NEED_HALF_FLOAT && !caps->half_float) ||
			(row->need == NEED_NORM16 && !caps->norm16))
			return false;
		layout->internal_format = row->internal_format;
		layout->format = GL_RGBA;
		layout->type = row->type;
		layout->bytes = row->bytes;
		return true;
	}
	if (!info->pixman)
		return false;
	layout->fourcc = info->alpha ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888;
	layout->internal_format = caps->bgra ? GL_BGRA_EXT : GL_RGBA;
	layout->format = caps->bgra ? GL_BGRA_EXT : GL_RGBA;
	layout->type = GL_UNSIGNED_BYTE;
	layout->bytes = 4;
	layout->swapped = !caps->bgra;
	return true;
}

bool gl_renderer_is_software(const char *name)
{
	static const char *const names[] = {
		"llvmpipe", "softpipe", "swrast", "SwiftShader", "Software Rasterizer"};
	for (size_t i = 0; name && i < array_length(names); i++)
		if (strstr(name, names[i]))
			return true;
	return false;
}
