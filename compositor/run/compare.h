// SPDX-License-Identifier: MIT
// How two pictures differ. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/run/image.h"

struct compare_options {
	int fuzz;           // a channel may differ by that much, 0..255
	int64_t max_pixels; // so many pixels may differ more than that
	struct box *masks;  // places that are not looked at; owned
	size_t n_masks, masks_capacity;
};

struct compare_result {
	bool same; // within the options
	bool same_size;
	int64_t compared, differing; // pixels; differing beyond the fuzz
	int largest;                 // difference of a channel, masked places left out
	struct box bounds;           // around what differs
};

void compare_options_finish(struct compare_options *options);
void compare_add_mask(struct compare_options *options, const struct box *mask);
void compare_images(const struct image *actual, const struct image *reference,
	const struct compare_options *options, struct compare_result *result);
// The reference dimmed, what differs in red, small differences within the fuzz in blue, masks
// hatched. NULL: no memory. Sizes may differ: then the larger of both, with the excess in red.
struct image *compare_draw(const struct image *actual, const struct image *reference,
	const struct compare_options *options);
// One sentence for people; the caller frees it.
char *compare_describe(const struct compare_result *result, const struct image *actual,
	const struct image *reference, const struct compare_options *options);
