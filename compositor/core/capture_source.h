// SPDX-License-Identifier: MIT
// What an ext_image_capture_source_v1 resource stands for.
#pragma once
#include "compositor/base/weak.h"

struct capture_source {
	struct weak output; // struct output *, or
	struct weak window; // struct window *; both empty: what it named is gone
};

const struct capture_source *capture_source_from_resource(struct wl_resource *resource);
