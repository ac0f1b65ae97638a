// SPDX-License-Identifier: MIT
#include "backends/backend.h"

void backend_destroy(struct backend *backend)
{
	if (backend)
		backend->impl->destroy(backend);
}
