// SPDX-License-Identifier: MIT
#include "backends/identity.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/edid.h"

// From the system's list of the makers' letters, else the letters.
static char *vendor_name(const char vendor[4])
{
	char *name = NULL;
	struct stat status;
	int fd = open(PNP_IDS, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0) {
		size_t size = (size_t)status.st_size;
		void *list = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (list != MAP_FAILED) {
			name = edid_vendor_name(list, size, vendor);
			munmap(list, size);
		}
	}
	close_fd(&fd);
	return name ? name : xstrdup(vendor);
}

void screen_identify(struct screen *screen, const void *data, size_t size)
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
