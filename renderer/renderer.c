// SPDX-License-Identifier: MIT
// Functions that are common to all renderers.
#include "renderer/renderer.h"

void renderer_destroy(struct renderer *renderer)
{
	if (renderer)
		renderer->impl->destroy(renderer);
}
