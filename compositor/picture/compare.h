// SPDX-License-Identifier: MIT
// Compares two pictures pixel by pixel. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/base/image.h"

struct compare_options {    // zeroed: exact comparison
	int fuzz;           // accepted difference of a channel, 0..255
	int64_t max_pixels; // number of pixels that may differ by more
	struct box *masks;  // ignored rectangles; owned
	size_t n_masks, masks_capacity;
};

struct compare_result {
	bool same; // within the options
	bool same_size;
	int64_t compared, differing; // pixels outside the masks; differing by more than the fuzz
	int largest;                 // largest difference of a channel outside the masks
	struct box bounds;           // smallest box around the differing pixels
};

// Frees the masks. Accepts a zeroed struct.
void compare_options_finish(struct compare_options *options);
// Adds a rectangle, in pixels, to ignore.
void compare_add_mask(struct compare_options *options, const struct box *mask);
// Compares the pictures; those of different sizes differ.
void compare_images(const struct image *actual, const struct image *reference,
	const struct compare_options *options, struct compare_result *result);
// Draws the reference dimmed, with differences in red, those within the fuzz in blue, and masks
// hatched. If the sizes differ, the picture covers both and the excess is red. The caller destroys
// it; NULL: no memory.
struct image *compare_draw(const struct image *actual, const struct image *reference,
	const struct compare_options *options);
// The result in one sentence. The caller frees it.
char *compare_describe(const struct compare_result *result, const struct image *actual,
	const struct image *reference, const struct compare_options *options);
