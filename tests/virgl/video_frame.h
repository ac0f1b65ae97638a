// SPDX-License-Identifier: MIT
// A frame of video as a client sends it, in memory that does not belong to the host.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

struct video_frame {
	struct buffer *buffer;
	struct dmabuf dmabuf; // of the buffer
	uint8_t *memory;      // of all planes
	size_t size;
};

// Creates a frame of random samples. smooth: a luma gradient of constant chroma instead. gap: bytes
// between rows and planes.
struct video_frame *video_frame_create(
	uint32_t fourcc, int width, int height, bool smooth, uint32_t gap);
// Frees the frame and drops its buffer. Must not be NULL.
void video_frame_destroy(struct video_frame *frame);
// Converts the frame to XRGB8888 by the definition, with nearest chroma. The caller drops the
// buffer.
struct buffer *video_frame_convert(const struct video_frame *frame);
