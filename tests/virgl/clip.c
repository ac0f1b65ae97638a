// SPDX-License-Identifier: MIT
#include "tests/virgl/clip.h"
#include <drm_fourcc.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "tests/harness/test.h"

static void destroy_buffer(struct buffer *buffer)
{
	buffer_finish(buffer);
	free(buffer);
}

static size_t bytes_of(uint32_t fourcc)
{
	return fourcc == DRM_FORMAT_P010 ? 2 : 1;
}

static void put(const struct clip *clip, uint8_t *at, double value)
{
	if (bytes_of(clip->buffer->format) == 1) {
		*at = (uint8_t)(value * 255 + 0.5);
		return;
	}
	uint16_t word = (uint16_t)((unsigned)(value * 1023 + 0.5) << 6);
	memcpy(at, &word, sizeof(word));
}

// 0 to 1: eight or ten bits.
static double get(const struct clip *clip, int plane, int x, int y, int channel)
{
	size_t bytes = bytes_of(clip->buffer->format);
	const uint8_t *at = clip->memory + clip->dmabuf.offset[plane] +
		(size_t)y * clip->dmabuf.stride[plane] +
		((size_t)x * (plane ? 2 : 1) + (size_t)channel) * bytes;
	uint16_t word = *at;
	if (bytes == 2)
		memcpy(&word, at, sizeof(word));
	return bytes == 2 ? (word >> 6) / 1023.0 : word / 255.0;
}

static void fill(struct clip *clip, bool smooth)
{
	size_t bytes = bytes_of(clip->buffer->format);
	uint32_t seed = 77;
	for (int plane = 0; plane < 2; plane++) {
		uint64_t row;
		int rows;
		check(format_plane(clip->buffer->format, plane, clip->buffer->width,
			clip->buffer->height, &row, &rows));
		for (int y = 0; y < rows; y++)
			for (size_t i = 0; i < row / bytes; i++) {
				seed = seed * 1664525 + 1013904223;
				double any = (seed >> 16) / 65535.0;
				double flat = plane ? (i % 2 ? 0.6 : 0.45)
						    : 0.2 + 0.6 * (double)i / (double)row;
				put(clip,
					clip->memory + clip->dmabuf.offset[plane] +
						(size_t)y * clip->dmabuf.stride[plane] + i * bytes,
					smooth ? flat : any);
			}
	}
}

struct clip *clip_create(uint32_t fourcc, int width, int height, bool smooth, uint32_t gap)
{
	static const struct buffer_impl impl = {.destroy = destroy_buffer};
	struct clip *clip = xcalloc(1, sizeof(*clip));
	clip->dmabuf = (struct dmabuf){.n_planes = 2, .fd = {-1, -1, -1, -1}};
	clip->buffer = xcalloc(1, sizeof(*clip->buffer));
	buffer_init(clip->buffer, &impl, width, height, fourcc);
	clip->buffer->dmabuf = &clip->dmabuf;
	for (int i = 0; i < 2; i++) {
		uint64_t row;
		int rows;
		check(format_plane(fourcc, i, width, height, &row, &rows));
		clip->dmabuf.offset[i] = (uint32_t)clip->size + gap;
		clip->dmabuf.stride[i] = (uint32_t)row + gap;
		clip->size = clip->dmabuf.offset[i] + clip->dmabuf.stride[i] * (size_t)rows;
	}
	clip->dmabuf.fd[0] = memfd_create("clip", MFD_CLOEXEC); // it may shrink
	clip->dmabuf.fd[1] = fcntl(clip->dmabuf.fd[0], F_DUPFD_CLOEXEC, 0);
	check(clip->dmabuf.fd[0] >= 0 && clip->dmabuf.fd[1] >= 0);
	check(ftruncate(clip->dmabuf.fd[0], (off_t)clip->size) == 0);
	clip->memory =
		mmap(NULL, clip->size, PROT_READ | PROT_WRITE, MAP_SHARED, clip->dmabuf.fd[0], 0);
	check(clip->memory != MAP_FAILED);
	fill(clip, smooth);
	return clip;
}

void clip_destroy(struct clip *clip)
{
	buffer_drop(clip->buffer);
	munmap(clip->memory, clip->size);
	dmabuf_close(&clip->dmabuf);
	free(clip);
}

static uint32_t channel(double value)
{
	return (uint32_t)lround(CLAMP(value, 0, 1) * 255);
}

static uint32_t convert(double light, double blue, double red, bool deep, bool hd)
{
	// 16 to 235 and 16 to 240 of eight bits; four times that of ten.
	double most = deep ? 1023 : 255, scale = deep ? 4 : 1;
	double y = (light * most / scale - 16) / 219;
	double b = (blue * most / scale - 128) / 112, r = (red * most / scale - 128) / 112;
	double kr = hd ? 0.2126 : 0.299, kb = hd ? 0.0722 : 0.114, kg = 1 - kr - kb;
	double out_r = y + (1 - kr) * r, out_b = y + (1 - kb) * b;
	double out_g = (y - kr * out_r - kb * out_b) / kg;
	return channel(out_r) << 16 | channel(out_g) << 8 | channel(out_b);
}

struct buffer *clip_convert(const struct clip *clip)
{
	int width = clip->buffer->width, height = clip->buffer->height;
	bool deep = clip->buffer->format == DRM_FORMAT_P010, hd = width >= 1280 || height >= 720;
	struct buffer *into = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	struct pixels pixels;
	check(into && buffer_begin_access(into, &pixels));
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			uint32_t word =
				convert(get(clip, 0, x, y, 0), get(clip, 1, x / 2, y / 2, 0),
					get(clip, 1, x / 2, y / 2, 1), deep, hd);
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
		}
	buffer_end_access(into);
	return into;
}
