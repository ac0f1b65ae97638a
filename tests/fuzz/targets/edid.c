// SPDX-License-Identifier: MIT
// EDIDs of monitors and of VM hosts, and the list of vendors.
#include "compositor/base/edid.h"
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "backends/monitor_name.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

static void open_edid(const uint8_t *data, size_t size)
{
	struct edid edid;
	if (edid_parse(data, size, &edid)) {
		check(memchr(edid.name, '\0', sizeof(edid.name)) != NULL);
		check(memchr(edid.text, '\0', sizeof(edid.text)) != NULL);
		check_eq(strlen(edid.vendor), 3);
		check(edid.width >= 0 && edid.height >= 0 && edid.refresh_mhz >= 0);
		free(edid_vendor_name((const char *)data, size, edid.vendor));
	}
	struct screen screen = {0};
	screen_set_monitor_name(&screen, data, size);
	free(screen.make);
	free(screen.model);
	free(screen.serial);
}

const struct fuzz_target target_edid = {.name = "edid", .open = open_edid};
