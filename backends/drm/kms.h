// SPDX-License-Identifier: MIT
// What a back end for one driver builds on: all of KMS, the session and input, as a back end.
#pragma once
#include "backends/backend.h"

struct kms_driver {
	const char *kernel_driver; // only cards that it drives; NULL: any
	// For that card, given as its file: as backend.renderers, constant.
	const char *const *(*renderers_for)(int card);
};

// NULL: logged. Others as of backend_create_func.
struct backend *kms_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options,
	const struct kms_driver *driver);
// The card's file, not the caller's to close; -1: there is none at the moment.
int kms_backend_fd(const struct backend *backend);
