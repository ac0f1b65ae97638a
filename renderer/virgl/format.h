// SPDX-License-Identifier: MIT
// What a host can do, and which of its formats stand for which of ours. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRGL_PLANES 2
#define VIRGL_CAPS_WORDS 352 // all that is known of; a host may tell less or more

struct virgl_caps {
	uint32_t sample[16], render[16]; // formats by bit
	int max_size;                    // of a texture, each way
	bool transfer;                   // in the stream, from a resource's own backing
	bool copy_transfer;              // in the stream, from a staging buffer
	char renderer[65];               // what the host says it draws with, printable
};

// data: size bytes of either capability set, cut anywhere. False: there is nothing in it.
bool virgl_caps_parse(struct virgl_caps *caps, const void *data, size_t size);

// How pixels lie in a texture.
struct virgl_layout {
	uint32_t fourcc; // of the pixels that are brought over; another one is converted before
	uint32_t format; // the host's number
	uint8_t bytes;   // per pixel
	uint8_t swizzle[4];
	bool opaque; // alpha reads as one
};

// False: such pixels cannot be shown.
bool virgl_layout_for(uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout *layout);
// Without conversion: pixels that somebody else keeps. How many planes there are, each a texture; two
// are video. 0: they cannot be shown.
int virgl_layout_shared(
	uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout planes[VIRGL_PLANES]);
// What is drawn into: fourcc is ARGB8888 or XRGB8888, layout->fourcc what comes to lie in memory.
bool virgl_layout_target(
	uint32_t fourcc, const struct virgl_caps *caps, struct virgl_layout *layout);
