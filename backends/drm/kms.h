// SPDX-License-Identifier: MIT
// The KMS back end, for modules that decide which cards it takes and what renders for them.
#pragma once
#include "backends/backend.h"

struct kms_driver {
	const char *kernel_driver; // only cards with this driver; NULL: any
	// Renderers for the card with that file, as backend.renderers; static.
	const char *const *(*renderers_for)(int card);
};

// Creates the back end: opens the session and a card. Parameters as of backend_create_func; driver
// outlives it. NULL: no session or no usable card (logged).
struct backend *kms_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options,
	const struct kms_driver *driver);
