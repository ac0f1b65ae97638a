// SPDX-License-Identifier: MIT
// The machine's half of `oriel info`: operating system, kernel, model and DRM cards, from files
// that every user can read. Nothing here names the user or the host.
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/cli/info.h"

#define MAX_BYTES 65536 // of os-release

// First line of a file without its end, at most 127 bytes. NULL if there is none; caller frees.
static char *first_line(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name), text[128] = "";
	int fd = file_open(path, NULL);
	free(path);
	ssize_t length = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	close_fd(&fd);
	if (length <= 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return *text ? xstrdup(text) : NULL;
}

// PRETTY_NAME of os-release(5), without quotes. NULL if unknown; caller frees.
static char *system_name(const char *root)
{
	static const char key[] = "PRETTY_NAME=";
	char *path = xasprintf("%s/etc/os-release", root), *name = NULL;
	char *text = file_read(path, MAX_BYTES, NULL, NULL), *rest = text, *line;
	free(path);
	while (text && !name && (line = strsep(&rest, "\n"))) {
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		const char *value = line + strlen(key);
		value += strspn(value, "\"'");
		name = xasprintf("%.*s", (int)strcspn(value, "\"'\n"), value);
	}
	free(text);
	return name;
}

void info_add_system(struct strbuf *report, const char *root)
{
	struct utsname kernel;
	char *name = system_name(root), *folder = xasprintf("%s/sys/class/dmi/id", root);
	strbuf_printf(report, "system      %s", name ? name : "unknown");
	if (uname(&kernel) == 0)
		strbuf_printf(report, ", %s %s %s", kernel.sysname, kernel.release, kernel.machine);
	strbuf_puts(report, "\n");
	char *vendor = first_line(folder, "sys_vendor"),
	     *model = first_line(folder, "product_name");
	if (vendor || model)
		strbuf_printf(report, "machine     %s%s%s\n", vendor ? vendor : "",
			vendor && model ? " " : "", model ? model : "");
	free(vendor);
	free(model);
	free(folder);
	free(name);
}

static char *driver_name(const char *card)
{
	char *path = xasprintf("%s/device/driver", card), target[256];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	free(path);
	if (length <= 0)
		return xstrdup("no driver");
	target[length] = '\0';
	const char *slash = strrchr(target, '/');
	return xstrdup(slash ? slash + 1 : target);
}

// The host of a virtio-gpu renders: bit 0 of its features, VIRTIO_GPU_F_VIRGL. Depending on the
// kernel, the parent of the card is the virtio device or the PCI device above it.
static bool has_virgl(const char *card)
{
	static const char *const folders[] = {"device", "device/virtio*"};
	bool found = false;
	for (size_t i = 0; !found && i < array_length(folders); i++) {
		glob_t devices;
		char *pattern = xasprintf("%s/%s", card, folders[i]);
		int error = glob(pattern, 0, NULL, &devices);
		free(pattern);
		char *features = error ? NULL : first_line(devices.gl_pathv[0], "features");
		found = features && *features == '1';
		free(features);
		if (!error)
			globfree(&devices);
	}
	return found;
}

static void add_connectors(struct strbuf *report, const char *card, const char *name)
{
	glob_t found;
	char *pattern = xasprintf("%s/%s-*", card, name);
	int error = glob(pattern, 0, NULL, &found);
	free(pattern);
	for (size_t i = 0; !error && i < found.gl_pathc; i++) {
		const char *connector = strrchr(found.gl_pathv[i], '/') + 1 + strlen(name) + 1;
		char *status = first_line(found.gl_pathv[i], "status");
		char *mode = first_line(found.gl_pathv[i], "modes");
		strbuf_printf(report, "            %s: %s%s%s\n", connector,
			status ? status : "unknown", mode ? ", " : "", mode ? mode : "");
		free(status);
		free(mode);
	}
	if (!error)
		globfree(&found);
}

static void add_card(struct strbuf *report, const char *card, const char *dev)
{
	const char *name = strrchr(card, '/') + 1;
	char *device = xasprintf("%s/device", card), *node = xasprintf("%s/dri/%s", dev, name);
	char *driver = driver_name(card), *boot = first_line(device, "boot_vga");
	char *vendor = first_line(device, "vendor"), *product = first_line(device, "device");
	strbuf_printf(report, "%-12s%s", name, driver);
	if (vendor && product)
		strbuf_printf(report, ", %s:%s", vendor, product);
	if (boot && *boot == '1')
		strbuf_puts(report, ", boot");
	if (has_virgl(card))
		strbuf_puts(report, ", virgl");
	if (access(node, F_OK) < 0)
		strbuf_puts(report, ", no device node\n");
	else
		strbuf_puts(report, access(node, R_OK | W_OK) < 0 ? ", no access\n" : "\n");
	add_connectors(report, card, name);
	free(vendor);
	free(product);
	free(boot);
	free(driver);
	free(node);
	free(device);
}

void info_add_cards(struct strbuf *report, const char *sysfs, const char *dev)
{
	glob_t found;
	size_t count = 0;
	char *pattern = xasprintf("%s/class/drm/card[0-9]*", sysfs);
	int error = glob(pattern, 0, NULL, &found);
	free(pattern);
	for (size_t i = 0; !error && i < found.gl_pathc; i++) {
		if (strchr(strrchr(found.gl_pathv[i], '/'), '-')) // a connector
			continue;
		add_card(report, found.gl_pathv[i], dev);
		count++;
	}
	if (!error)
		globfree(&found);
	if (count == 0)
		strbuf_puts(report, "cards       none\n");
}
