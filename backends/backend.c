// SPDX-License-Identifier: MIT
// What all back ends share.
#include "backends/backend.h"
#include <stdlib.h>

void backend_destroy(struct backend *backend)
{
	if (backend)
		backend->impl->destroy(backend);
}

bool refresh_is_possible(int refresh_mhz)
{
	return refresh_mhz == 0 || (refresh_mhz >= 1000 && refresh_mhz <= 1000000);
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
