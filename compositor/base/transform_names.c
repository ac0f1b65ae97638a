// SPDX-License-Identifier: MIT
#include "compositor/base/transform_names.h"
#include <stddef.h>

const char *const transform_names[9] = {
	"normal", "90", "180", "270", "flipped", "flipped-90", "flipped-180", "flipped-270", NULL};
