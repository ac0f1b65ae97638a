// SPDX-License-Identifier: MIT
// Copies and conversions of pixels.
#include "renderer/convert.h"
#include <drm_fourcc.h>
#include <string.h>
#include "compositor/base/log.h"
#include "tests/harness/test.h"

static void ignore_log(enum log_level level, const char *line, void *data)
{
	++*(int *)data;
}

TEST(same_words)
{
	const uint32_t from[6] = {1, 2, 3, 4, 5, 6};
	uint32_t into[9] = {0};
	const struct pixels source = {(void *)from, 12, 3, 2, DRM_FORMAT_ARGB8888};
	const struct pixels target = {into, 12, 3, 3, DRM_FORMAT_ARGB8888};
	check(pixels_convert(&source, &(struct box){1, 0, 2, 2}, &target, 0, 1));
	static const uint32_t wanted[9] = {0, 0, 0, 2, 3, 0, 5, 6, 0};
	check(memcmp(into, wanted, sizeof(wanted)) == 0);
	check(pixels_convert(&source, &(struct box){0, 0, 3, 2}, &target, 0, 0));
	check(memcmp(into, from, sizeof(from)) == 0);
}

// Rows at any address, of pixels that are not 32 bits wide.
TEST(unaligned)
{
	unsigned char bytes[32];
	uint32_t into[4] = {0};
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7);
	for (size_t start = 0; start < 4; start++) {
		const struct pixels source = {bytes + start, 9, 3, 2, DRM_FORMAT_RGB888};
		const struct pixels target = {into, 8, 2, 2, DRM_FORMAT_XRGB8888};
		check(pixels_convert(&source, &(struct box){1, 0, 2, 2}, &target, 0, 0));
		for (size_t i = 0; i < 4; i++) {
			const unsigned char *at = bytes + start + i / 2 * 9 + 3 + i % 2 * 3;
			check_eq(into[i] & 0xffffff,
				(uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16);
		}
	}
}

TEST(alpha_that_was_not_there)
{
	const uint32_t from = 0x00123456;
	uint32_t into = 0;
	const struct pixels source = {(void *)&from, 4, 1, 1, DRM_FORMAT_XRGB8888};
	const struct pixels target = {&into, 4, 1, 1, DRM_FORMAT_ABGR8888};
	check(pixels_convert(&source, &(struct box){0, 0, 1, 1}, &target, 0, 0));
	check_eq(into, 0xff563412);
}

TEST(refused)
{
	uint32_t words[4] = {0};
	int lines = 0;
	const struct box box = {0, 0, 1, 1};
	const struct pixels plain = {words, 4, 1, 1, DRM_FORMAT_XRGB8888};
	const struct pixels other = {words, 4, 1, 1, DRM_FORMAT_ARGB8888};
	struct pixels wrong = {words, 8, 1, 1, DRM_FORMAT_ABGR16161616F};
	log_set_sink(ignore_log, &lines);
	check(!pixels_convert(&wrong, &box, &plain, 0, 0));
	check(!pixels_convert(&plain, &box, &wrong, 0, 0));
	wrong.format = 0x12345678;
	check(!pixels_convert(&wrong, &box, &plain, 0, 0));
	wrong = other;
	wrong.data = (char *)words + 2;
	check(!pixels_convert(&plain, &box, &wrong, 0, 0));
	log_set_sink(NULL, NULL);
	check_eq(lines, 4);
}

static bool refuse_access(struct buffer *buffer, struct pixels *into)
{
	return false;
}

TEST(read_of_a_buffer)
{
	static const struct buffer_impl refusing = {.begin_access = refuse_access};
	struct buffer *buffer = buffer_create_memfd(2, 1, DRM_FORMAT_XRGB8888), unreadable;
	uint32_t into = 0;
	int lines = 0;
	const struct box box = {1, 0, 1, 1};
	const struct pixels target = {&into, 4, 1, 1, DRM_FORMAT_ABGR8888};
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	((uint32_t *)pixels.data)[1] = 0x123456;
	buffer_end_access(buffer);
	check(pixels_read(buffer, &box, &target));
	check_eq(into, 0xff563412);
	buffer_drop(buffer);
	buffer_init(&unreadable, &refusing, 2, 1, DRM_FORMAT_XRGB8888);
	log_set_sink(ignore_log, &lines);
	check(!pixels_read(&unreadable, &box, &target));
	log_set_sink(NULL, NULL);
	check_eq(lines, 1);
	buffer_finish(&unreadable);
}
