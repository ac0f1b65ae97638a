// SPDX-License-Identifier: MIT
// The machine's half of `oriel info`, on trees of files that look like /sys and /etc.
#include "compositor/cli/info.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

// Creates the folders on the way.
static void write_file(const char *root, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", root, name);
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	FILE *file = fopen(path, "w");
	check(file);
	fputs(text, file);
	fclose(file);
	free(path);
}

TEST(cards_with_driver_access_and_connectors)
{
	const char *root = test_dir();
	struct strbuf report = {0};
	write_file(root, "class/drm/card0/device/vendor", "0x1af4\n");
	write_file(root, "class/drm/card0/device/device", "0x1050\n");
	write_file(root, "class/drm/card0/device/boot_vga", "1\n");
	write_file(root, "class/drm/card0-Virtual-1/status", "connected\n");
	write_file(root, "class/drm/card0-Virtual-1/modes", "1280x800\n1024x768\n");
	write_file(root, "class/drm/card0/card0-Virtual-1/status", "connected\n");
	write_file(root, "class/drm/card0/card0-Virtual-1/modes", "1280x800\n1024x768\n");
	write_file(root, "class/drm/card0/card0-Virtual-2/status", "disconnected\n");
	write_file(root, "class/drm/card0/device/virtio0/features", "1100000000\n");
	write_file(root, "class/drm/card1/device/vendor", "0x8086\n");
	write_file(root, "dri/card0", "");
	char *link = xasprintf("%s/class/drm/card0/device/driver", root);
	check(symlink("../../../bus/virtio/drivers/virtio_gpu", link) == 0);
	free(link);
	info_add_cards(&report, root, root);
	check_str(strbuf_get(&report),
		"card0       virtio_gpu, 0x1af4:0x1050, boot, virgl\n"
		"            Virtual-1: connected, 1280x800\n"
		"            Virtual-2: disconnected\n"
		"card1       no driver, no device node\n");
	strbuf_finish(&report);
}

TEST(no_cards)
{
	struct strbuf report = {0};
	info_add_cards(&report, test_dir(), test_dir());
	check_str(strbuf_get(&report), "cards       none\n");
	strbuf_finish(&report);
}

TEST(system_without_host_name)
{
	const char *root = test_dir();
	char host[256] = "";
	struct strbuf report = {0};
	write_file(root, "etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
	write_file(root, "sys/class/dmi/id/sys_vendor", "QEMU\n");
	write_file(root, "sys/class/dmi/id/product_name", "Standard PC\n");
	info_add_system(&report, root);
	const char *text = strbuf_get(&report);
	check(strstr(text, "system      Debian GNU/Linux 12, Linux ") == text);
	check(strstr(text, "\nmachine     QEMU Standard PC\n"));
	check(gethostname(host, sizeof(host) - 1) == 0);
	check(strlen(host) < 6 || !strstr(text, host));
	strbuf_finish(&report);
}

TEST(system_without_any_file)
{
	struct strbuf report = {0};
	info_add_system(&report, test_dir());
	check(strstr(strbuf_get(&report), "system      unknown, Linux ") == strbuf_get(&report));
	strbuf_finish(&report);
}
