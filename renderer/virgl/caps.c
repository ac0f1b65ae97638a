// SPDX-License-Identifier: MIT
// Parses capability sets. They grow with every version of the host: missing words count as 0.
#include <endian.h>
#include <string.h>
#include "compositor/base/base.h"
#include "renderer/virgl/format.h"

enum word {
	WORD_SAMPLE = 1,
	WORD_RENDER = 17,
	WORD_BITS = 98,
	WORD_MAX_SIZE = 121,
	WORD_RENDERER = 174,
};

enum bit {
	BIT_TRANSFER = 1 << 17,
	BIT_COPY_TRANSFER = 1 << 26,
};

// The first capability set has no texture size; every OpenGL 2 driver supports this.
#define DEFAULT_SIZE 2048
// A larger row of the widest pixels would exceed the length of one command.
#define LARGEST_SIZE 16384

bool virgl_caps_parse(struct virgl_caps *caps, const void *data, size_t size)
{
	uint32_t words[VIRGL_CAPS_WORDS] = {0};
	*caps = (struct virgl_caps){0};
	memcpy(words, data, MIN(size & ~(size_t)3, sizeof(words)));
	for (size_t i = 0; i < array_length(words); i++)
		words[i] = le32toh(words[i]);
	memcpy(caps->sample, words + WORD_SAMPLE, sizeof(caps->sample));
	memcpy(caps->render, words + WORD_RENDER, sizeof(caps->render));
	uint32_t max = words[WORD_MAX_SIZE];
	caps->max_size = max ? (int)MIN(max, LARGEST_SIZE) : DEFAULT_SIZE;
	caps->transfer = words[WORD_BITS] & BIT_TRANSFER;
	caps->copy_transfer = words[WORD_BITS] & BIT_COPY_TRANSFER;
	for (size_t i = 0; i < sizeof(caps->renderer) - 1; i++) {
		char c = (char)(words[WORD_RENDERER + i / 4] >> (8 * (i % 4)));
		if (!c)
			break;
		caps->renderer[i] = (char)(c < ' ' || c > '~' ? '?' : c);
	}
	return words[0] != 0;
}
