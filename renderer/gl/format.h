// SPDX-License-Identifier: MIT
// How pixels of CPU memory become texels. Pure: unit tests need no driver.
#pragma once
#include <GLES3/gl3.h>
#include <stdbool.h>
#include <stdint.h>

// What a driver can do with pixels.
struct gl_caps {
	bool bgra;       // GL_EXT_texture_format_BGRA8888
	bool half_float; // textures of half floats, filtered
	bool norm16;     // GL_EXT_texture_norm16
	bool row_length; // uploads from rows with gaps
};

// Of a texture. Formats that GL does not know go through pixman and arrive as 8888.
struct gl_layout {
	uint32_t fourcc; // of the pixels that are uploaded
	GLint internal_format;
	GLenum format, type;
	unsigned bytes; // per pixel
	bool swapped;   // red and blue changed places on the way: the shader puts that right
	bool opaque;    // alpha means nothing
};

// How pixels of this format are uploaded; false: not at all.
bool gl_layout_for(uint32_t fourcc, const struct gl_caps *caps, struct gl_layout *layout);
// A driver of this name (GL_RENDERER) draws with the CPU.
bool gl_renderer_is_software(const char *name);
