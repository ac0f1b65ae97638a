// SPDX-License-Identifier: MIT
// Devices that are plugged in or out: their roles, and the output each belongs to.
#include <libudev.h>
#include <stdlib.h>
#include <string.h>
#include "backends/libinput/input_private.h"
#include "backends/libinput/input_values.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

static bool is_tagged(struct udev_device *device, const char *property)
{
	const char *value = device ? udev_device_get_property_value(device, property) : NULL;
	return value && strcmp(value, "1") == 0;
}

static bool is_absolute(struct udev_device *device)
{
	struct udev_device *parent = device
		? udev_device_get_parent_with_subsystem_devtype(device, "input", NULL)
		: NULL;
	return parent &&
		has_absolute_axes(udev_device_get_sysattr_value(parent, "capabilities/abs"));
}

static void find_roles(struct input_node *node, struct udev_device *device)
{
	static const struct {
		enum libinput_device_capability capability;
		enum input_device_type type;
		const char *kind;
	} known[] = {
		{LIBINPUT_DEVICE_CAP_KEYBOARD, INPUT_KEYBOARD, "keyboard"},
		{LIBINPUT_DEVICE_CAP_POINTER, INPUT_POINTER, NULL},
		{LIBINPUT_DEVICE_CAP_TOUCH, INPUT_TOUCH, "touchscreen"},
		{LIBINPUT_DEVICE_CAP_TABLET_TOOL, INPUT_TABLET, "tablet"},
		{LIBINPUT_DEVICE_CAP_TABLET_PAD, INPUT_PAD, "pad"},
		{LIBINPUT_DEVICE_CAP_SWITCH, INPUT_SWITCH, "switch"},
	};
	bool touchpad = libinput_device_config_tap_get_finger_count(node->handle) > 0 ||
		is_tagged(device, "ID_INPUT_TOUCHPAD");
	for (size_t i = 0; i < array_length(known); i++) {
		enum input_device_type type = known[i].type;
		node->has[type] = libinput_device_has_capability(node->handle, known[i].capability);
		node->as[type].type = type;
		node->as[type].name = node->name;
		node->as[type].kind = known[i].kind
			? known[i].kind
			: pointer_kind(touchpad, is_tagged(device, "ID_INPUT_POINTINGSTICK"),
				  is_tagged(device, "ID_INPUT_TRACKBALL"));
	}
	node->absolute = node->has[INPUT_POINTER] && !touchpad && is_absolute(device);
}

static void describe_tablet(struct input_node *node)
{
	node->tablet.vendor = libinput_device_get_id_vendor(node->handle);
	node->tablet.product = libinput_device_get_id_product(node->handle);
	node->tablet.path = node->path;
	node->as[INPUT_TABLET].tablet = &node->tablet;
}

static unsigned device_bus(struct udev_device *device)
{
	struct udev_device *parent = device
		? udev_device_get_parent_with_subsystem_devtype(device, "input", NULL)
		: NULL;
	const char *bus = parent ? udev_device_get_sysattr_value(parent, "id/bustype") : NULL;
	return bus ? (unsigned)strtoul(bus, NULL, 16) : 0;
}

// Id of the physical device, which all devices of one libinput group share.
static uint64_t hardware_id(struct input_node *node)
{
	struct input_node *other;
	struct libinput_device_group *group = libinput_device_get_device_group(node->handle);
	wl_list_for_each(other, &node->input->nodes, link) {
		if (other != node && libinput_device_get_device_group(other->handle) == group)
			return other->as[0].hardware;
	}
	return ++node->input->last_id;
}

// Several absolute pointers are those of a virtual machine, one for each of its heads.
static void update_heads(struct libinput_backend *input)
{
	struct input_node *node, *other;
	unsigned count = 0;
	wl_list_for_each(node, &input->nodes, link)
		count += node->absolute;
	wl_list_for_each(node, &input->nodes, link) {
		unsigned index = 0;
		if (!node->absolute || node->output)
			continue;
		wl_list_for_each(other, &input->nodes, link)
			index += other->absolute && other->number < node->number;
		pointer_head_name(node->head, sizeof(node->head), index, count);
		node->as[INPUT_POINTER].output_name = node->head[0] ? node->head : NULL;
	}
}

static void report_roles(struct input_node *node, enum input_event_type type)
{
	for (int i = 0; i < ROLES; i++)
		if (node->has[i])
			input_send(node->input,
				&(struct input_event){.type = type, .device = &node->as[i]});
}

void input_node_set_leds(struct input_node *node, unsigned leds)
{
	unsigned lit = 0;
	lit |= leds & INPUT_LED_NUM ? LIBINPUT_LED_NUM_LOCK : 0;
	lit |= leds & INPUT_LED_CAPS ? LIBINPUT_LED_CAPS_LOCK : 0;
	lit |= leds & INPUT_LED_SCROLL ? LIBINPUT_LED_SCROLL_LOCK : 0;
	if (node->has[INPUT_KEYBOARD])
		libinput_device_led_update(node->handle, (enum libinput_led)lit);
}

void input_node_add(struct libinput_backend *input, struct libinput_device *handle)
{
	struct udev_device *device = libinput_device_get_udev_device(handle);
	const char *path = device ? udev_device_get_devnode(device) : NULL;
	struct input_node *node = xcalloc(1, sizeof(*node));
	node->input = input;
	node->handle = libinput_device_ref(handle);
	node->name = xstrdup(libinput_device_get_name(handle));
	node->path = xstrdup(path);
	node->number = event_number(libinput_device_get_sysname(handle));
	node->output = xstrdup(libinput_device_get_output_name(handle));
	node->scroll_speed = 1;
	find_roles(node, device);
	uint64_t hardware = hardware_id(node);
	for (int i = 0; i < ROLES; i++)
		node->as[i].hardware = hardware;
	if (node->has[INPUT_TABLET])
		describe_tablet(node);
	node->tablet.bus = device_bus(device);
	if (node->has[INPUT_PAD])
		input_describe_pad(node);
	if (device)
		udev_device_unref(device);
	libinput_device_set_user_data(handle, node);
	wl_list_insert(input->nodes.prev, &node->link);
	input_node_configure(node);
	for (int i = 0; i < ROLES; i++)
		node->as[i].output_name = node->output;
	update_heads(input);
	log_info("%s: %s", node->path ? node->path : "input device", node->name);
	input_node_set_leds(node, input->leds);
	report_roles(node, INPUT_DEVICE_ADDED);
}

void input_node_remove(struct input_node *node)
{
	struct libinput_backend *input = node->input;
	report_roles(node, INPUT_DEVICE_REMOVED);
	libinput_device_set_user_data(node->handle, NULL);
	wl_list_remove(&node->link);
	input_free_tools(input, node);
	libinput_device_unref(node->handle);
	free(node->name);
	free(node->output);
	free(node->path);
	free(node->groups);
	free(node);
	update_heads(input);
}
