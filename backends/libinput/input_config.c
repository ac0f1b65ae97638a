// SPDX-License-Identifier: MIT
// Applies the user's settings to a device, as far as libinput supports them.
#include <stdlib.h>
#include "backends/libinput/input_private.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

static void log_result(
	const struct input_node *node, const char *key, enum libinput_config_status status)
{
	if (status != LIBINPUT_CONFIG_STATUS_SUCCESS)
		log_info("%s: %s: %s", node->name, key, libinput_config_status_to_str(status));
}

static void set_enabled(struct input_node *node, int enabled)
{
	static const uint32_t modes[] = {
		LIBINPUT_CONFIG_SEND_EVENTS_DISABLED,
		LIBINPUT_CONFIG_SEND_EVENTS_ENABLED,
		LIBINPUT_CONFIG_SEND_EVENTS_DISABLED_ON_EXTERNAL_MOUSE,
	};
	if (enabled >= 0)
		log_result(node, "enabled",
			libinput_device_config_send_events_set_mode(node->handle, modes[enabled]));
}

static void set_tap(struct input_node *node, const struct input_settings *wanted)
{
	struct libinput_device *device = node->handle;
	if (wanted->tap >= 0)
		log_result(node, "tap",
			libinput_device_config_tap_set_enabled(device,
				wanted->tap ? LIBINPUT_CONFIG_TAP_ENABLED
					    : LIBINPUT_CONFIG_TAP_DISABLED));
	if (wanted->tap_middle >= 0)
		log_result(node, "tap-buttons",
			libinput_device_config_tap_set_button_map(device,
				wanted->tap_middle ? LIBINPUT_CONFIG_TAP_MAP_LMR
						   : LIBINPUT_CONFIG_TAP_MAP_LRM));
	if (wanted->tap_drag >= 0)
		log_result(node, "tap-drag",
			libinput_device_config_tap_set_drag_enabled(device,
				wanted->tap_drag ? LIBINPUT_CONFIG_DRAG_ENABLED
						 : LIBINPUT_CONFIG_DRAG_DISABLED));
	if (wanted->drag_lock >= 0)
		log_result(node, "drag-lock",
			libinput_device_config_tap_set_drag_lock_enabled(device,
				wanted->drag_lock ? LIBINPUT_CONFIG_DRAG_LOCK_ENABLED
						  : LIBINPUT_CONFIG_DRAG_LOCK_DISABLED));
	if (wanted->disable_while_typing >= 0)
		log_result(node, "disable-while-typing",
			libinput_device_config_dwt_set_enabled(device,
				wanted->disable_while_typing ? LIBINPUT_CONFIG_DWT_ENABLED
							     : LIBINPUT_CONFIG_DWT_DISABLED));
}

static void set_buttons(struct input_node *node, const struct input_settings *wanted)
{
	static const enum libinput_config_click_method clicks[] = {
		[INPUT_CLICK_NONE] = LIBINPUT_CONFIG_CLICK_METHOD_NONE,
		[INPUT_CLICK_AREAS] = LIBINPUT_CONFIG_CLICK_METHOD_BUTTON_AREAS,
		[INPUT_CLICK_FINGERS] = LIBINPUT_CONFIG_CLICK_METHOD_CLICKFINGER,
	};
	struct libinput_device *device = node->handle;
	if (wanted->left_handed >= 0)
		log_result(node, "left-handed",
			libinput_device_config_left_handed_set(device, wanted->left_handed));
	if (wanted->middle_emulation >= 0)
		log_result(node, "middle-emulation",
			libinput_device_config_middle_emulation_set_enabled(device,
				wanted->middle_emulation
					? LIBINPUT_CONFIG_MIDDLE_EMULATION_ENABLED
					: LIBINPUT_CONFIG_MIDDLE_EMULATION_DISABLED));
	if (wanted->click_method >= 0)
		log_result(node, "click-method",
			libinput_device_config_click_set_method(
				device, clicks[wanted->click_method]));
}

static void set_scroll(struct input_node *node, const struct input_settings *wanted)
{
	static const enum libinput_config_scroll_method methods[] = {
		[INPUT_SCROLL_NONE] = LIBINPUT_CONFIG_SCROLL_NO_SCROLL,
		[INPUT_SCROLL_TWO_FINGERS] = LIBINPUT_CONFIG_SCROLL_2FG,
		[INPUT_SCROLL_EDGE] = LIBINPUT_CONFIG_SCROLL_EDGE,
		[INPUT_SCROLL_BUTTON] = LIBINPUT_CONFIG_SCROLL_ON_BUTTON_DOWN,
	};
	struct libinput_device *device = node->handle;
	if (wanted->natural_scroll >= 0)
		log_result(node, "natural-scroll",
			libinput_device_config_scroll_set_natural_scroll_enabled(
				device, wanted->natural_scroll));
	if (wanted->scroll_method >= 0)
		log_result(node, "scroll-method",
			libinput_device_config_scroll_set_method(
				device, methods[wanted->scroll_method]));
	if (wanted->scroll_button >= 0)
		log_result(node, "scroll-button",
			libinput_device_config_scroll_set_button(
				device, (uint32_t)wanted->scroll_button));
	if (wanted->scroll_button_lock >= 0)
		log_result(node, "scroll-button-lock",
			libinput_device_config_scroll_set_button_lock(device,
				wanted->scroll_button_lock
					? LIBINPUT_CONFIG_SCROLL_BUTTON_LOCK_ENABLED
					: LIBINPUT_CONFIG_SCROLL_BUTTON_LOCK_DISABLED));
	if (wanted->scroll_speed > 0)
		node->scroll_speed = wanted->scroll_speed;
	node->inverted = libinput_device_config_scroll_has_natural_scroll(device) &&
		libinput_device_config_scroll_get_natural_scroll_enabled(device);
}

static void set_motion(struct input_node *node, const struct input_settings *wanted)
{
	struct libinput_device *device = node->handle;
	if (wanted->flat >= 0)
		log_result(node, "acceleration",
			libinput_device_config_accel_set_profile(device,
				wanted->flat ? LIBINPUT_CONFIG_ACCEL_PROFILE_FLAT
					     : LIBINPUT_CONFIG_ACCEL_PROFILE_ADAPTIVE));
	if (wanted->has_speed)
		log_result(node, "speed",
			libinput_device_config_accel_set_speed(device, wanted->speed));
	if (wanted->rotation >= 0)
		log_result(node, "rotation",
			libinput_device_config_rotation_set_angle(
				device, (unsigned)wanted->rotation));
	if (wanted->has_calibration)
		log_result(node, "calibration",
			libinput_device_config_calibration_set_matrix(device, wanted->calibration));
}

void input_node_configure(struct input_node *node)
{
	const struct backend *backend = node->input->backend;
	for (int i = 0; i < ROLES && backend->sink->settings; i++) {
		struct input_settings wanted;
		if (!node->has[i])
			continue;
		backend->sink->settings(backend->sink_data, &node->as[i], &wanted);
		set_enabled(node, wanted.enabled);
		if (wanted.output)
			replace_string(&node->output, wanted.output);
		if (i == INPUT_KEYBOARD || i == INPUT_SWITCH)
			continue;
		set_tap(node, &wanted);
		set_buttons(node, &wanted);
		set_scroll(node, &wanted);
		set_motion(node, &wanted);
	}
}
