// SPDX-License-Identifier: MIT
// Pixels from memory to memory, for renderers that keep theirs elsewhere.
#pragma once
#include <stdbool.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"

// Copies box of from to (x, y) of into, as pixman converts. Any stride and address of from will do;
// into's are multiples of four unless the formats are the same. Both boxes lie inside. False:
// logged.
bool pixels_convert(
	const struct pixels *from, const struct box *box, const struct pixels *into, int x, int y);
