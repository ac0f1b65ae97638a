// SPDX-License-Identifier: MIT
// The headless back end: virtual outputs without a display.
#pragma once
#include "backends/backend.h"

// Implements backend_create_func; never NULL.
struct backend *headless_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options);
