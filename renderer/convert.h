// SPDX-License-Identifier: MIT
// Copies and converts pixels between memory buffers, for renderers that upload and read back.
#pragma once
#include <stdbool.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"

// Copies box (pixels of from) to (x, y) of into, converting between the formats as pixman does.
// Both boxes must lie inside of their buffers. The rows of from may start at any address; those of
// into must start at multiples of four bytes, unless the formats are equal. Returns false, and logs
// why, if a format cannot be converted or memory runs out.
bool pixels_convert(
	const struct pixels *from, const struct box *box, const struct pixels *into, int x, int y);
// Does the same from box of a buffer that the CPU can map to the origin of into.
bool pixels_read(struct buffer *buffer, const struct box *box, const struct pixels *into);
