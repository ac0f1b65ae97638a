// SPDX-License-Identifier: MIT
// Chooses the GL formats for uploads of CPU memory. Pure: unit tests need no driver.
#pragma once
#include <GLES3/gl3.h>
#include <stdbool.h>
#include <stdint.h>

// Pixel formats that the driver supports.
struct gl_caps {
	bool bgra;       // GL_EXT_texture_format_BGRA8888
	bool half_float; // textures of half floats, filtered
	bool norm16;     // GL_EXT_texture_norm16
	bool row_length; // uploads of rows with a stride
};

// The format of a texture. Formats that GL lacks are converted to 8888 before the upload.
struct gl_layout {
	uint32_t fourcc; // of the pixels as they are uploaded
	GLint internal_format;
	GLenum format, type;
	unsigned bytes; // per pixel
	bool swapped;   // red and blue are uploaded swapped; the shader swaps them back
	bool opaque;    // the alpha channel is ignored
};

// Fills *layout for uploads of pixels in format fourcc. Returns false if they cannot be uploaded.
bool gl_layout_for(uint32_t fourcc, const struct gl_caps *caps, struct gl_layout *layout);
// Whether a driver with this GL_RENDERER string renders on the CPU. NULL is not a software driver.
bool gl_renderer_is_software(const char *name);
