// SPDX-License-Identifier: MIT
// Desktop entries, of the folders of autostart programs.
#include "compositor/session/desktop_entry.h"
#include "tests/fuzz/targets/fuzz_target.h"

static void open_desktop(const uint8_t *data, size_t size)
{
	struct desktop_entry entry = {0};
	if (desktop_entry_parse(&entry, (const char *)data, size, "de_DE.UTF-8@euro")) {
		desktop_entry_autostarts(&entry, "Oriel:wlroots");
		desktop_entry_autostarts(&entry, NULL);
		desktop_entry_free_command(desktop_entry_command(&entry, "/etc/a.desktop"));
	}
	desktop_entry_finish(&entry);
}

const struct fuzz_target target_desktop = {.name = "desktop", .open = open_desktop};
