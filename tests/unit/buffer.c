// SPDX-License-Identifier: MIT
// Lifetime of buffers: locks, drop, release and destroy listeners.
#include "compositor/base/buffer.h"
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/log.h"
#include "tests/harness/test.h"

struct witness {
	struct buffer buffer;
	int released, destroyed;
	bool drops; // calls buffer_drop() in released
	struct wl_listener listener;
	int signals;
};

static void witness_destroy(struct buffer *buffer)
{
	struct witness *witness = wl_container_of(buffer, witness, buffer);
	buffer_finish(buffer);
	witness->destroyed++;
}

static const struct buffer_impl witness_impl = {.destroy = witness_destroy};

static void on_released(struct buffer *buffer, void *data)
{
	struct witness *witness = data;
	witness->released++;
	if (witness->drops)
		buffer_drop(buffer);
}

static void on_destroyed(struct wl_listener *listener, void *data)
{
	struct witness *witness = wl_container_of(listener, witness, listener);
	check(data == &witness->buffer);
	witness->signals++;
}

static void witness_init(struct witness *witness)
{
	*witness = (struct witness){0};
	buffer_init(&witness->buffer, &witness_impl, 3, 4, DRM_FORMAT_ARGB8888);
	witness->buffer.released = on_released;
	witness->buffer.released_data = witness;
	witness->listener.notify = on_destroyed;
	wl_signal_add(&witness->buffer.destroyed, &witness->listener);
}

TEST(released_at_the_last_lock)
{
	struct witness witness;
	witness_init(&witness);
	check(buffer_lock(&witness.buffer) == &witness.buffer);
	buffer_lock(&witness.buffer);
	buffer_unlock(&witness.buffer);
	check_eq(witness.released, 0);
	buffer_unlock(&witness.buffer);
	check_eq(witness.released, 1);
	buffer_lock(&witness.buffer);
	buffer_unlock_unused(&witness.buffer);
	check_eq(witness.released, 1);
	buffer_drop(&witness.buffer);
	check_eq(witness.destroyed, 1);
	check_eq(witness.signals, 1);
}

TEST(dropped_buffers_live_until_unlocked)
{
	struct witness witness;
	witness_init(&witness);
	buffer_lock(&witness.buffer);
	buffer_drop(&witness.buffer);
	check_eq(witness.destroyed, 0);
	buffer_unlock(&witness.buffer);
	check_eq(witness.destroyed, 1);
	check_eq(witness.released, 0); // the listener was removed
}

TEST(may_be_dropped_when_released)
{
	struct witness witness;
	witness_init(&witness);
	witness.drops = true;
	buffer_lock(&witness.buffer);
	buffer_unlock(&witness.buffer);
	check_eq(witness.destroyed, 1);
	buffer_drop(NULL);
	buffer_unlock(NULL);
	buffer_unlock_unused(NULL);
}

TEST(no_memory_to_reach)
{
	struct witness witness;
	witness_init(&witness);
	struct pixels pixels;
	check(!buffer_begin_access(&witness.buffer, &pixels));
	check(!buffer_file(&witness.buffer, &(struct buffer_file){0}));
	buffer_drop(&witness.buffer);
}

static const struct memfd_row {
	int width, height;
	uint32_t format;
	bool made;
} memfd_rows[] = {
	{1, 1, DRM_FORMAT_ARGB8888, true},
	{17, 5, DRM_FORMAT_XRGB8888, true},
	{33, 3, DRM_FORMAT_RGB565, true},
	{5, 7, DRM_FORMAT_RGB888, true},
	{5, 7, DRM_FORMAT_ABGR16161616F, true},
	{32767, 1, DRM_FORMAT_XRGB8888, true},
	{32768, 1, DRM_FORMAT_XRGB8888, false},
	{1, 40000, DRM_FORMAT_XRGB8888, false},
	{0, 5, DRM_FORMAT_XRGB8888, false},
	{5, -5, DRM_FORMAT_XRGB8888, false},
	{16, 16, DRM_FORMAT_NV12, false},
	{16, 16, 0x12345678, false},
};

static void ignore(enum log_level level, const char *line, void *data)
{
	(*(int *)data)++;
}

TEST_P(memfd, struct memfd_row, memfd_rows)
{
	int lines = 0;
	log_set_sink(ignore, &lines);
	struct buffer *buffer = buffer_create_memfd(param->width, param->height, param->format);
	log_set_sink(NULL, NULL);
	check_eq(buffer != NULL, param->made);
	check_eq(lines, param->made ? 0 : 1);
	if (!buffer)
		return;
	struct pixels pixels, nested;
	check(buffer_begin_access(buffer, &pixels));
	check(buffer_begin_access(buffer, &nested));
	check(nested.data == pixels.data);
	buffer_end_access(buffer);
	check_eq(pixels.width, param->width);
	check_eq(pixels.height, param->height);
	check_eq(pixels.format, param->format);
	check_eq(pixels.stride % 64, 0);
	struct stat status;
	struct buffer_file file;
	check(buffer_file(buffer, &file));
	check(fstat(file.fd, &status) == 0);
	check(status.st_size >= (off_t)(pixels.stride * (size_t)param->height));
	check_eq(file.size, (size_t)status.st_size);
	check_eq(file.offset, 0);
	check_eq(file.stride, pixels.stride);
	const uint8_t *bytes = pixels.data;
	for (size_t i = 0; i < pixels.stride * (size_t)param->height; i += 61)
		check_eq(bytes[i], 0);
	memset(pixels.data, 0x77, pixels.stride * (size_t)param->height);
	buffer_end_access(buffer);
	buffer_lock(buffer);
	buffer_drop(buffer);
	buffer_unlock(buffer);
}

TEST(memory_takes_no_descriptor)
{
	int lowest = dup(0);
	close(lowest);
	struct buffer *buffer = buffer_create_memory(30, 20, DRM_FORMAT_ARGB8888);
	int again = dup(0);
	close(again);
	check_eq(again, lowest);
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	check_eq(pixels.width, 30);
	check_eq(((const uint32_t *)pixels.data)[0], 0);
	memset(pixels.data, 0x55, pixels.stride * 20);
	buffer_end_access(buffer);
	struct buffer_file file;
	check(!buffer_file(buffer, &file));
	buffer_drop(buffer);
	check(buffer_create_memory(0, 20, DRM_FORMAT_ARGB8888) == NULL);
}
