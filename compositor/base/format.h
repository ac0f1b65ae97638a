// SPDX-License-Identifier: MIT
// Pixel formats by DRM fourcc, their pixman and wl_shm names, and sets of format x modifiers.
#pragma once
#include <drm_fourcc.h>
#include <pixman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct format_info {
	uint32_t fourcc;
	pixman_format_code_t pixman; // 0: pixman cannot read it
	const char *name;            // "XRGB8888"
	uint8_t bytes;               // per pixel
	bool alpha;
};

// NULL: not known.
const struct format_info *format_info(uint32_t fourcc);
// All known formats, ARGB8888 and XRGB8888 first.
const struct format_info *format_list(size_t *count);
bool format_has_alpha(uint32_t fourcc);  // unknown formats count as having it
uint32_t format_opaque(uint32_t fourcc); // ARGB8888 -> XRGB8888; itself where there is no twin
// Bytes that a row of the plane needs, and how many rows a picture of that size has there; false:
// the format is not known or has no such plane. Without what layouts other than linear add.
bool format_plane(
	uint32_t fourcc, int plane, int width, int height, uint64_t *row_bytes, int *rows);
// wl_shm numbers ARGB8888 as 0 and XRGB8888 as 1; all others are fourccs.
uint32_t format_to_shm(uint32_t fourcc);
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

void format_set_finish(struct format_set *set);
void format_set_add(struct format_set *set, uint32_t fourcc, uint64_t modifier);
bool format_set_has(const struct format_set *set, uint32_t fourcc, uint64_t modifier);
const struct format_modifiers *format_set_get(const struct format_set *set, uint32_t fourcc);
// into (zeroed by the caller) = what both have.
void format_set_intersect(
	struct format_set *into, const struct format_set *a, const struct format_set *b);
