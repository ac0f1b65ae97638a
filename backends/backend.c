// SPDX-License-Identifier: MIT
#include "backends/backend.h"
#include <stdlib.h>

void backend_destroy(struct backend *backend)
{
	if (backend)
		backend->impl->destroy(backend);
}

void screen_finish(struct screen *screen)
{
	format_set_finish(&screen->formats);
	free(screen->name);
	free(screen->make);
	free(screen->model);
	free(screen->serial);
	free(screen->modes);
}
