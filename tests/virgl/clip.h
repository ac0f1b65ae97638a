// SPDX-License-Identifier: MIT
// A picture of video as a client hands it over, in memory that the host does not know.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

struct clip {
	struct buffer *buffer;
	struct dmabuf dmabuf; // which is that buffer's
	uint8_t *memory;      // of all planes
	size_t size;
};

// Random samples; smooth: light that rises slowly, one colour. gap: bytes between rows and planes.
struct clip *clip_create(uint32_t fourcc, int width, int height, bool smooth, uint32_t gap);
void clip_destroy(struct clip *clip); // with the buffer
// Its pixels by definition, as XRGB8888: each sample of colour stands for the pixels it covers.
struct buffer *clip_convert(const struct clip *clip);
