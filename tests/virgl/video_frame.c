// SPDX-License-Identifier: MIT
// Creates video frames in memory and converts them by the definition of YCbCr.
#include "tests/virgl/video_frame.h"
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

static void put_sample(const struct video_frame *frame, uint8_t *at, double value)
{
	if (bytes_of(frame->buffer->format) == 1) {
		*at = (uint8_t)(value * 255 + 0.5);
		return;
	}
	uint16_t word = (uint16_t)((unsigned)(value * 1023 + 0.5) << 6);
	memcpy(at, &word, sizeof(word));
}

// Reads a sample of eight or ten bits, as 0 to 1.
static double get_sample(const struct video_frame *frame, int plane, int x, int y, int channel)
{
	size_t bytes = bytes_of(frame->buffer->format);
	const uint8_t *at = frame->memory + frame->dmabuf.offset[plane] +
		(size_t)y * frame->dmabuf.stride[plane] +
		((size_t)x * (plane ? 2 : 1) + (size_t)channel) * bytes;
	uint16_t word = *at;
	if (bytes == 2)
		memcpy(&word, at, sizeof(word));
	return bytes == 2 ? (word >> 6) / 1023.0 : word / 255.0;
}

static void fill_planes(struct video_frame *frame, bool smooth)
{
	size_t bytes = bytes_of(frame->buffer->format);
	uint32_t seed = 77;
	for (int plane = 0; plane < 2; plane++) {
		uint64_t row;
		int rows;
		check(format_plane(frame->buffer->format, plane, frame->buffer->width,
			frame->buffer->height, &row, &rows));
		for (int y = 0; y < rows; y++)
			for (size_t i = 0; i < row / bytes; i++) {
				seed = seed * 1664525 + 1013904223;
				double any = (seed >> 16) / 65535.0;
				double flat = plane ? (i % 2 ? 0.6 : 0.45)
						    : 0.2 + 0.6 * (double)i / (double)row;
				put_sample(frame,
					frame->memory + frame->dmabuf.offset[plane] +
						(size_t)y * frame->dmabuf.stride[plane] + i * bytes,
					smooth ? flat : any);
			}
	}
}

struct video_frame *video_frame_create(
	uint32_t fourcc, int width, int height, bool smooth, uint32_t gap)
{
	static const struct buffer_impl impl = {.destroy = destroy_buffer};
	struct video_frame *frame = xcalloc(1, sizeof(*frame));
	frame->dmabuf = (struct dmabuf){.n_planes = 2, .fd = {-1, -1, -1, -1}};
	frame->buffer = xcalloc(1, sizeof(*frame->buffer));
	buffer_init(frame->buffer, &impl, width, height, fourcc);
	frame->buffer->dmabuf = &frame->dmabuf;
	for (int i = 0; i < 2; i++) {
		uint64_t row;
		int rows;
		check(format_plane(fourcc, i, width, height, &row, &rows));
		frame->dmabuf.offset[i] = (uint32_t)frame->size + gap;
		frame->dmabuf.stride[i] = (uint32_t)row + gap;
		frame->size = frame->dmabuf.offset[i] + frame->dmabuf.stride[i] * (size_t)rows;
	}
	frame->dmabuf.fd[0] = memfd_create("frame", MFD_CLOEXEC); // it may shrink
	frame->dmabuf.fd[1] = fcntl(frame->dmabuf.fd[0], F_DUPFD_CLOEXEC, 0);
	check(frame->dmabuf.fd[0] >= 0 && frame->dmabuf.fd[1] >= 0);
	check(ftruncate(frame->dmabuf.fd[0], (off_t)frame->size) == 0);
	frame->memory =
		mmap(NULL, frame->size, PROT_READ | PROT_WRITE, MAP_SHARED, frame->dmabuf.fd[0], 0);
	check(frame->memory != MAP_FAILED);
	fill_planes(frame, smooth);
	return frame;
}

void video_frame_destroy(struct video_frame *frame)
{
	buffer_drop(frame->buffer);
	munmap(frame->memory, frame->size);
	dmabuf_close(&frame->dmabuf);
	free(frame);
}

static uint32_t to_channel(double value)
{
	return (uint32_t)lround(CLAMP(value, 0, 1) * 255);
}

static uint32_t ycbcr_to_rgb(double light, double blue, double red, bool deep, bool hd)
{
	// Narrow range: 16 to 235 and 16 to 240 of eight bits, four times that of ten.
	double most = deep ? 1023 : 255, scale = deep ? 4 : 1;
	double y = (light * most / scale - 16) / 219;
	double b = (blue * most / scale - 128) / 112, r = (red * most / scale - 128) / 112;
	double kr = hd ? 0.2126 : 0.299, kb = hd ? 0.0722 : 0.114, kg = 1 - kr - kb;
	double out_r = y + (1 - kr) * r, out_b = y + (1 - kb) * b;
	double out_g = (y - kr * out_r - kb * out_b) / kg;
	return to_channel(out_r) << 16 | to_channel(out_g) << 8 | to_channel(out_b);
}

struct buffer *video_frame_convert(const struct video_frame *frame)
{
	int width = frame->buffer->width, height = frame->buffer->height;
	bool deep = frame->buffer->format == DRM_FORMAT_P010, hd = width >= 1280 || height >= 720;
	struct buffer *into = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	struct pixels pixels;
	check(into && buffer_begin_access(into, &pixels));
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			uint32_t word = ycbcr_to_rgb(get_sample(frame, 0, x, y, 0),
				get_sample(frame, 1, x / 2, y / 2, 0),
				get_sample(frame, 1, x / 2, y / 2, 1), deep, hd);
			memcpy((char *)pixels.data + (size_t)y * pixels.stride + (size_t)x * 4,
				&word, sizeof(word));
		}
	buffer_end_access(into);
	return into;
}
