// SPDX-License-Identifier: MIT
#include "backends/x11/x11.h"
#include "compositor/base/log.h"

static struct backend *create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	log_error("the X11 back end shows nothing yet");
	return NULL;
}

extern const struct backend_module backend_module;
const struct backend_module backend_module = {create};
