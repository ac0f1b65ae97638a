// SPDX-License-Identifier: MIT
// Reads make, model and serial number of a screen from its EDID; makes are looked up in hwdata's
// list.
#include "backends/monitor_name.h"
#include <stdlib.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/edid.h"
#include "compositor/base/file.h"

#define MAX_BYTES (4 << 20) // of the list

// The name that the system's list has for the three-letter PNP id, else the id. The caller frees
// it.
static char *vendor_name(const char vendor[4])
{
	size_t size;
	char *list = file_read(PNP_IDS, MAX_BYTES, &size, NULL);
	char *name = list ? edid_vendor_name(list, size, vendor) : NULL;
	free(list);
	return name ? name : xstrdup(vendor);
}

void screen_set_monitor_name(struct screen *screen, const void *data, size_t size)
{
	struct edid edid;
	replace_string(&screen->make, NULL);
	replace_string(&screen->model, NULL);
	replace_string(&screen->serial, NULL);
	if (!edid_parse(data, size, &edid))
		return;
	screen->make = vendor_name(edid.vendor);
	screen->model = edid.name[0] ? xstrdup(edid.name) : xasprintf("0x%04X", edid.product);
	if (edid.text[0] || edid.serial)
		screen->serial =
			edid.text[0] ? xstrdup(edid.text) : xasprintf("0x%08X", edid.serial);
	if (edid.width_mm && edid.height_mm) {
		screen->width_mm = edid.width_mm;
		screen->height_mm = edid.height_mm;
	}
}
