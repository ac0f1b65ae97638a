// SPDX-License-Identifier: MIT
// Pixel formats by DRM fourcc, their pixman and wl_shm codes, and sets of formats and modifiers.
#pragma once
#include <drm_fourcc.h>
#include <pixman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct format_info {
	uint32_t fourcc;
	pixman_format_code_t pixman; // 0: not supported by pixman
	const char *name;            // "XRGB8888"
	uint8_t bytes;               // per pixel
	bool alpha;
};

// NULL: unknown format.
const struct format_info *format_info(uint32_t fourcc);
// All known formats, ARGB8888 and XRGB8888 first.
const struct format_info *format_list(size_t *count);
// True for unknown formats.
bool format_has_alpha(uint32_t fourcc);
// The same format without alpha (ARGB8888: XRGB8888), or itself if there is none.
uint32_t format_opaque(uint32_t fourcc);
// Bytes per row and number of rows of a plane, linear layout. False: unknown format, or no such
// plane.
bool format_plane(
	uint32_t fourcc, int plane, int width, int height, uint64_t *row_bytes, int *rows);
// wl_shm numbers ARGB8888 as 0 and XRGB8888 as 1; all others are fourccs.
uint32_t format_to_shm(uint32_t fourcc);
// The inverse.
uint32_t format_from_shm(uint32_t shm_format);

struct format_modifiers {
	uint32_t fourcc;
	size_t count, capacity;
	uint64_t *modifiers;
};

struct format_set {
	size_t count, capacity;
	struct format_modifiers *formats;
};

// Frees the set. A zeroed one is allowed and empty.
void format_set_finish(struct format_set *set);
// Adds a pair, unless it is in the set.
void format_set_add(struct format_set *set, uint32_t fourcc, uint64_t modifier);
// The pair is in the set.
bool format_set_has(const struct format_set *set, uint32_t fourcc, uint64_t modifier);
// The modifiers of a format, borrowed; NULL: it is not in the set.
const struct format_modifiers *format_set_get(const struct format_set *set, uint32_t fourcc);
// Fills into, zeroed by the caller, with the pairs in both.
void format_set_intersect(
	struct format_set *into, const struct format_set *a, const struct format_set *b);
