// SPDX-License-Identifier: MIT
#include "renderer/renderer.h"

void renderer_destroy(struct renderer *renderer)
{
	if (renderer)
		renderer->impl->destroy(renderer);
}
