// SPDX-License-Identifier: MIT
// Capability sets of all lengths, and the formats that they imply.
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "renderer/virgl/encode.h"
#include "renderer/virgl/format.h"
#include "tests/harness/test.h"

static void fill_words(uint32_t words[VIRGL_CAPS_WORDS])
{
	memset(words, 0xff, VIRGL_CAPS_WORDS * sizeof(*words));
	words[0] = 2;
	words[121] = 8192;
	memcpy(&words[174], "A host\n\x80!", 10);
}

TEST(whole)
{
	uint32_t words[VIRGL_CAPS_WORDS];
	struct virgl_caps caps;
	fill_words(words);
	words[2] = 0x12345678;
	words[18] = 0x9abcdef0;
	check(virgl_caps_parse(&caps, words, 1376));
	check_eq(caps.sample[1], 0x12345678);
	check_eq(caps.render[1], 0x9abcdef0);
	check_eq(caps.max_size, 8192);
	check(caps.transfer && caps.copy_transfer);
	check_str(caps.renderer,
		"A host"
		"??"
		"!");
	memset(&words[174], 'x', 64);
	check(virgl_caps_parse(&caps, words, sizeof(words)));
	check_eq(strlen(caps.renderer), 64);
}

// A set that is truncated at any byte: missing and incomplete words are not used.
TEST(cut_anywhere)
{
	uint32_t words[VIRGL_CAPS_WORDS];
	struct virgl_caps caps;
	fill_words(words);
	for (size_t size = 0; size <= sizeof(words); size++) {
		unsigned char *copy =
			malloc(size ? size : 1); // so that sanitizers find reads beyond the end
		memcpy(copy, words, size);
		check_eq(virgl_caps_parse(&caps, copy, size), size >= 4);
		check_eq(caps.sample[0], size >= 8 ? UINT32_MAX : 0);
		check_eq(caps.sample[15], size >= 68 ? UINT32_MAX : 0);
		check_eq(caps.render[15], size >= 132 ? UINT32_MAX : 0);
		check_eq(caps.transfer, size >= 396);
		check_eq(caps.max_size, size >= 488 ? 8192 : 2048);
		check_eq(caps.renderer[0] != '\0', size >= 700);
		free(copy);
	}
}

TEST(sizes_that_cannot_be)
{
	uint32_t words[VIRGL_CAPS_WORDS];
	struct virgl_caps caps;
	fill_words(words);
	words[121] = UINT32_MAX;
	check(virgl_caps_parse(&caps, words, sizeof(words)));
	check_eq(caps.max_size, 16384);
	words[121] = 1;
	check(virgl_caps_parse(&caps, words, sizeof(words)));
	check_eq(caps.max_size, 1);
	words[0] = 0;
	check(!virgl_caps_parse(&caps, words, sizeof(words)));
}

static void set_format_bit(uint32_t mask[16], uint32_t format)
{
	mask[format / 32] |= UINT32_C(1) << (format % 32);
}

static void check_layout(const struct virgl_caps *caps, uint32_t fourcc, uint32_t as,
	uint32_t format, const char *swizzle)
{
	struct virgl_layout layout;
	char text[5] = "";
	check(virgl_layout_for(fourcc, caps, &layout));
	check_eq(layout.fourcc, as);
	check_eq(layout.format, format);
	check_eq(layout.bytes, format_info(as)->bytes);
	check_eq(layout.opaque, !format_info(fourcc)->alpha);
	for (int i = 0; i < 4; i++)
		text[i] = "rgba01"[layout.swizzle[i]];
	check_str(text, swizzle);
}

TEST(formats)
{
	struct virgl_caps caps = {0};
	struct virgl_layout layout, planes[VIRGL_PLANES];
	check(!virgl_layout_for(DRM_FORMAT_ARGB8888, &caps, &layout));
	set_format_bit(caps.sample, 67); // only R8G8B8A8
	check_layout(&caps, DRM_FORMAT_ARGB8888, DRM_FORMAT_ARGB8888, 67, "bgra");
	check_layout(&caps, DRM_FORMAT_XRGB8888, DRM_FORMAT_XRGB8888, 67, "bgr1");
	check_layout(&caps, DRM_FORMAT_XBGR8888, DRM_FORMAT_XBGR8888, 67, "rgb1");
	check_layout(&caps, DRM_FORMAT_RGB565, DRM_FORMAT_XRGB8888, 67, "bgr1");
	check_layout(&caps, DRM_FORMAT_ARGB4444, DRM_FORMAT_ARGB8888, 67, "bgra");
	check_eq(virgl_layout_shared(DRM_FORMAT_RGB565, &caps, planes), 0);
	check(!virgl_layout_for(
		DRM_FORMAT_ABGR16161616F, &caps, &layout)); // not convertible by pixman
	check(!virgl_layout_for(DRM_FORMAT_NV12, &caps, &layout));
	check(!virgl_layout_for(0x12345678, &caps, &layout));
	set_format_bit(caps.sample, 1);
	set_format_bit(caps.sample, 2);
	set_format_bit(caps.sample, 7);
	set_format_bit(caps.sample, 94);
	check_layout(&caps, DRM_FORMAT_ARGB8888, DRM_FORMAT_ARGB8888, 1, "rgba");
	check_layout(&caps, DRM_FORMAT_XRGB8888, DRM_FORMAT_XRGB8888, 2, "rgba");
	check_layout(&caps, DRM_FORMAT_BGR565, DRM_FORMAT_BGR565, 7, "bgr1");
	check_layout(&caps, DRM_FORMAT_XBGR16161616F, DRM_FORMAT_XBGR16161616F, 94, "rgb1");
	check_eq(virgl_layout_shared(DRM_FORMAT_RGB565, &caps, planes), 1);
	check_eq(planes[0].format, 7);
}

// Video is supported if the formats of both planes are.
TEST(video)
{
	static const struct {
		uint32_t fourcc, light, colors;
	} rows[] = {{DRM_FORMAT_NV12, 64, 65}, {DRM_FORMAT_P010, 48, 49}};
	for (size_t i = 0; i < array_length(rows); i++) {
		struct virgl_caps caps = {0};
		struct virgl_layout planes[VIRGL_PLANES], layout;
		check_eq(virgl_layout_shared(rows[i].fourcc, &caps, planes), 0);
		set_format_bit(caps.sample, rows[i].light);
		check_eq(virgl_layout_shared(rows[i].fourcc, &caps, planes), 0);
		set_format_bit(caps.sample, rows[i].colors);
		check_eq(virgl_layout_shared(rows[i].fourcc, &caps, planes), 2);
		check_eq(planes[0].format, rows[i].light);
		check_eq(planes[1].format, rows[i].colors);
		check_eq(planes[1].bytes, 2 * planes[0].bytes);
		check(planes[0].opaque);
		check(!virgl_layout_for(rows[i].fourcc, &caps, &layout)); // not in wl_shm
	}
	struct virgl_caps all;
	struct virgl_layout planes[VIRGL_PLANES];
	memset(&all, 0xff, sizeof(all));
	check_eq(virgl_layout_shared(DRM_FORMAT_YUV420, &all, planes), 0);
	check_eq(virgl_layout_shared(DRM_FORMAT_YUYV, &all, planes), 0);
}

TEST(targets)
{
	static const struct {
		uint32_t host, opaque, alpha; // 0: no render target
	} rows[] = {
		{1, DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888},
		{2, DRM_FORMAT_XRGB8888, 0},
		{67, DRM_FORMAT_XBGR8888, DRM_FORMAT_ABGR8888},
		{134, DRM_FORMAT_XBGR8888, 0},
		{7, 0, 0},
	};
	for (size_t i = 0; i < array_length(rows); i++) {
		struct virgl_caps caps = {0};
		struct virgl_layout layout;
		set_format_bit(caps.render, rows[i].host);
		bool ok = virgl_layout_target(DRM_FORMAT_XRGB8888, &caps, &layout);
		check_eq(ok ? layout.fourcc : 0, rows[i].opaque);
		check(!ok || layout.format == rows[i].host);
		ok = virgl_layout_target(DRM_FORMAT_ARGB8888, &caps, &layout);
		check_eq(ok ? layout.fourcc : 0, rows[i].alpha);
	}
}
