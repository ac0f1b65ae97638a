// SPDX-License-Identifier: MIT
#include "compositor/base/log.h"
#include "renderer/renderer.h"

static struct renderer *create(const struct renderer_options *options)
{
	log_error("the GL renderer draws nothing yet");
	return NULL;
}

extern const struct renderer_module renderer_module;
const struct renderer_module renderer_module = {create};
