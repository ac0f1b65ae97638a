// SPDX-License-Identifier: MIT
// Enumerates graphics cards by udev, and watches them and their monitors.
#include <libudev.h>
#include <stdlib.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct drm_udev {
	const char *seat;
	const struct drm_udev_listener *listener;
	void *data;
	struct udev *udev;
	struct udev_monitor *monitor;
	struct wl_event_source *source;
};

// A card of our seat, not a render node or a connector.
static bool is_card(const struct drm_udev *udev, struct udev_device *device)
{
	const char *name = udev_device_get_sysname(device);
	const char *seat = udev_device_get_property_value(device, "ID_SEAT");
	return name && strncmp(name, "card", 4) == 0 && !strchr(name, '-') &&
		udev_device_get_devnode(device) && strcmp(seat ? seat : "seat0", udev->seat) == 0;
}

static bool is_boot_vga(struct udev_device *device)
{
	struct udev_device *pci =
		udev_device_get_parent_with_subsystem_devtype(device, "pci", NULL);
	const char *value = pci ? udev_device_get_sysattr_value(pci, "boot_vga") : NULL;
	return value && strcmp(value, "1") == 0;
}

char **drm_udev_cards(struct drm_udev *udev)
{
	struct udev_enumerate *search = udev_enumerate_new(udev->udev);
	char **paths = xcalloc(1, sizeof(*paths));
	size_t count = 0;
	if (!search)
		return paths;
	udev_enumerate_add_match_subsystem(search, "drm");
	udev_enumerate_add_match_sysname(search, "card[0-9]*");
	udev_enumerate_scan_devices(search);
	struct udev_list_entry *entry;
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(search))
	{
		struct udev_device *device =
			udev_device_new_from_syspath(udev->udev, udev_list_entry_get_name(entry));
		if (device && is_card(udev, device)) {
			paths = xrealloc(paths, count + 2, sizeof(*paths));
			char *path = xstrdup(udev_device_get_devnode(device));
			bool first = is_boot_vga(device);
			memmove(paths + first, paths, first ? count * sizeof(*paths) : 0);
			paths[first ? 0 : count] = path;
			paths[++count] = NULL;
		}
		udev_device_unref(device);
	}
	udev_enumerate_unref(search);
	return paths;
}

static void report_device(struct drm_udev *udev, struct udev_device *device)
{
	const struct drm_udev_listener *listener = udev->listener;
	const char *action = udev_device_get_action(device);
	if (!action || !is_card(udev, device))
		return;
	dev_t number = udev_device_get_devnum(device);
	if (strcmp(action, "add") == 0) {
		listener->card_added(udev->data);
	} else if (strcmp(action, "remove") == 0) {
		listener->card_removed(udev->data, number);
	} else if (strcmp(action, "change") == 0) {
		const char *hotplug = udev_device_get_property_value(device, "HOTPLUG");
		const char *connector = udev_device_get_property_value(device, "CONNECTOR");
		if (hotplug && strcmp(hotplug, "1") == 0)
			listener->card_hotplug(udev->data, number,
				connector ? (uint32_t)strtoul(connector, NULL, 10) : 0);
	}
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct drm_udev *udev = data;
	struct udev_device *device;
	while ((device = udev_monitor_receive_device(udev->monitor))) {
		report_device(udev, device);
		udev_device_unref(device);
	}
	return 0;
}

struct drm_udev *drm_udev_create(struct wl_event_loop *loop, const char *seat,
	const struct drm_udev_listener *listener, void *data)
{
	struct drm_udev *udev = xcalloc(1, sizeof(*udev));
	udev->seat = seat;
	udev->listener = listener;
	udev->data = data;
	udev->udev = udev_new();
	if (udev->udev)
		udev->monitor = udev_monitor_new_from_netlink(udev->udev, "udev");
	if (udev->monitor &&
		udev_monitor_filter_add_match_subsystem_devtype(udev->monitor, "drm", NULL) >= 0 &&
		udev_monitor_enable_receiving(udev->monitor) >= 0)
		udev->source = wl_event_loop_add_fd(loop, udev_monitor_get_fd(udev->monitor),
			WL_EVENT_READABLE, on_readable, udev);
	if (udev->source)
		return udev;
	log_error("udev cannot be watched");
	drm_udev_destroy(udev);
	return NULL;
}

void drm_udev_destroy(struct drm_udev *udev)
{
	if (!udev)
		return;
	if (udev->source)
		wl_event_source_remove(udev->source);
	udev_monitor_unref(udev->monitor);
	udev_unref(udev->udev);
	free(udev);
}

struct udev *drm_udev_context(struct drm_udev *udev)
{
	return udev->udev;
}
