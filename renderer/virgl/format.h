// SPDX-License-Identifier: MIT
// Parses the capability sets of a host and maps DRM formats to its formats. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRGL_PLANES 2
#define VIRGL_CAPS_WORDS 352 // words that are parsed; a host may send less or more

struct virgl_caps {
	uint32_t sample[16], render[16]; // bit masks of formats
	int max_size;                    // of textures, in each dimension
	bool transfer;                   // has VIRGL_TRANSFER
	bool copy_transfer;              // has VIRGL_COPY_TRANSFER
	char renderer[65];               // GL_RENDERER of the host, printable ASCII
};

// Parses either capability set, which may be truncated to any size. Returns false if it is empty.
bool virgl_caps_parse(struct virgl_caps *caps, const void *data, size_t size);

// The format of a texture or plane.
struct virgl_layout {
	uint32_t fourcc; // of the pixels as they are uploaded; others are converted first
	uint32_t format; // number of the host's format
	uint8_t bytes;   // per pixel
	uint8_t swizzle[4];
	bool opaque; // alpha reads as one
};

// Fills *layout for textures of CPU memory in format fourcc. Returns false if it is not supported.
bool virgl_layout_for(uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout *layout);
// Fills the layouts for sampling a dmabuf without conversion, one texture per plane. Returns the
// number of planes (two: video), 0 if it is not supported.
int virgl_layout_shared(
	uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout planes[VIRGL_PLANES]);
// Fills *layout for a render target. fourcc is ARGB8888 or XRGB8888; layout->fourcc is what the
// target has in memory, maybe with other channel order. Returns false if it is not supported.
bool virgl_layout_target(
	uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout *layout);
