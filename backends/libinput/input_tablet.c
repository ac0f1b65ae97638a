// SPDX-License-Identifier: MIT
// Converts tablet tools and pads, and their events.
#include <stdlib.h>
#include "backends/libinput/input_private.h"
#include "compositor/base/base.h"

// Tools

static enum input_tool_type tool_type(struct libinput_tablet_tool *handle)
{
	switch (libinput_tablet_tool_get_type(handle)) {
	case LIBINPUT_TABLET_TOOL_TYPE_ERASER:
		return INPUT_TOOL_ERASER;
	case LIBINPUT_TABLET_TOOL_TYPE_BRUSH:
		return INPUT_TOOL_BRUSH;
	case LIBINPUT_TABLET_TOOL_TYPE_PENCIL:
		return INPUT_TOOL_PENCIL;
	case LIBINPUT_TABLET_TOOL_TYPE_AIRBRUSH:
		return INPUT_TOOL_AIRBRUSH;
	case LIBINPUT_TABLET_TOOL_TYPE_MOUSE:
		return INPUT_TOOL_MOUSE;
	case LIBINPUT_TABLET_TOOL_TYPE_LENS:
		return INPUT_TOOL_LENS;
	default:
		return INPUT_TOOL_PEN;
	}
}

static unsigned tool_axes(struct libinput_tablet_tool *handle, enum input_tool_type type)
{
	bool moves = type == INPUT_TOOL_MOUSE || type == INPUT_TOOL_LENS;
	unsigned axes = moves ? TOOL_MOVE : TOOL_PLACE;
	axes |= libinput_tablet_tool_has_pressure(handle) ? TOOL_PRESSURE : 0;
	axes |= libinput_tablet_tool_has_distance(handle) ? TOOL_DISTANCE : 0;
	axes |= libinput_tablet_tool_has_tilt(handle) ? TOOL_TILT : 0;
	axes |= libinput_tablet_tool_has_rotation(handle) ? TOOL_ROTATION : 0;
	axes |= libinput_tablet_tool_has_slider(handle) ? TOOL_SLIDER : 0;
	axes |= libinput_tablet_tool_has_wheel(handle) ? TOOL_WHEEL : 0;
	return axes;
}

static struct tool_node *tool_find_or_create(
	struct input_node *node, struct libinput_tablet_tool *handle)
{
	struct tool_node *tool = libinput_tablet_tool_get_user_data(handle);
	if (tool)
		return tool;
	tool = xcalloc(1, sizeof(*tool));
	tool->handle = libinput_tablet_tool_ref(handle);
	tool->home = libinput_tablet_tool_is_unique(handle) ? NULL : node;
	tool->tool.id = ++node->input->last_id;
	tool->tool.type = tool_type(handle);
	tool->tool.serial = libinput_tablet_tool_get_serial(handle);
	tool->tool.hardware_id = libinput_tablet_tool_get_tool_id(handle);
	tool->tool.axes = tool_axes(handle, tool->tool.type);
	libinput_tablet_tool_set_user_data(handle, tool);
	wl_list_insert(&node->input->tools, &tool->link);
	return tool;
}

void input_free_tools(struct libinput_backend *input, const struct input_node *home)
{
	struct tool_node *tool, *tmp;
	wl_list_for_each_safe(tool, tmp, &input->tools, link) {
		if (home && tool->home != home)
			continue;
		libinput_tablet_tool_set_user_data(tool->handle, NULL);
		libinput_tablet_tool_unref(tool->handle);
		wl_list_remove(&tool->link);
		free(tool);
	}
}

// all: the tool just came into proximity, so that all axes count as changed.
static struct input_tool_axes read_axes(
	struct libinput_event_tablet_tool *event, unsigned has, bool all)
{
	struct input_tool_axes axes = {0};
	bool placed = all || libinput_event_tablet_tool_x_has_changed(event) ||
		libinput_event_tablet_tool_y_has_changed(event);
	if (has & TOOL_MOVE && placed) {
		axes.set |= TOOL_MOVE;
		axes.x = libinput_event_tablet_tool_get_dx(event);
		axes.y = libinput_event_tablet_tool_get_dy(event);
	} else if (has & TOOL_PLACE && placed) {
		axes.set |= TOOL_PLACE;
		axes.x = libinput_event_tablet_tool_get_x_transformed(event, 1);
		axes.y = libinput_event_tablet_tool_get_y_transformed(event, 1);
	}
	if (all || libinput_event_tablet_tool_pressure_has_changed(event))
		axes.set |= TOOL_PRESSURE;
	if (all || libinput_event_tablet_tool_distance_has_changed(event))
		axes.set |= TOOL_DISTANCE;
	if (all || libinput_event_tablet_tool_tilt_x_has_changed(event) ||
		libinput_event_tablet_tool_tilt_y_has_changed(event))
		axes.set |= TOOL_TILT;
	if (all || libinput_event_tablet_tool_rotation_has_changed(event))
		axes.set |= TOOL_ROTATION;
	if (all || libinput_event_tablet_tool_slider_has_changed(event))
		axes.set |= TOOL_SLIDER;
	if (libinput_event_tablet_tool_wheel_has_changed(event))
		axes.set |= TOOL_WHEEL;
	axes.set &= has;
	axes.pressure = libinput_event_tablet_tool_get_pressure(event);
	axes.distance = libinput_event_tablet_tool_get_distance(event);
	axes.tilt_x = libinput_event_tablet_tool_get_tilt_x(event);
	axes.tilt_y = libinput_event_tablet_tool_get_tilt_y(event);
	axes.rotation = libinput_event_tablet_tool_get_rotation(event);
	axes.slider = libinput_event_tablet_tool_get_slider_position(event);
	axes.wheel = libinput_event_tablet_tool_get_wheel_delta(event);
	axes.wheel_clicks = libinput_event_tablet_tool_get_wheel_delta_discrete(event);
	return axes;
}

void input_handle_tool(struct input_node *node, struct libinput_event *base)
{
	struct libinput_event_tablet_tool *event = libinput_event_get_tablet_tool_event(base);
	struct tool_node *tool =
		tool_find_or_create(node, libinput_event_tablet_tool_get_tool(event));
	enum libinput_event_type type = libinput_event_get_type(base);
	bool near = libinput_event_tablet_tool_get_proximity_state(event) ==
		LIBINPUT_TABLET_TOOL_PROXIMITY_STATE_IN;
	bool arrives = near && type == LIBINPUT_EVENT_TABLET_TOOL_PROXIMITY;
	struct input_tool_axes axes = read_axes(event, tool->tool.axes, arrives);
	struct input_event to = {
		.type = INPUT_TOOL_AXES,
		.device = &node->as[INPUT_TABLET],
		.time_us = libinput_event_tablet_tool_get_time_usec(event),
		.tool = {.tool = &tool->tool, .axes = &axes},
	};
	if (type == LIBINPUT_EVENT_TABLET_TOOL_PROXIMITY) {
		to.type = INPUT_TOOL_PROXIMITY;
		to.tool.on = near;
	} else if (type == LIBINPUT_EVENT_TABLET_TOOL_TIP) {
		to.type = INPUT_TOOL_TIP;
		to.tool.on = libinput_event_tablet_tool_get_tip_state(event) ==
			LIBINPUT_TABLET_TOOL_TIP_DOWN;
	} else if (type == LIBINPUT_EVENT_TABLET_TOOL_BUTTON) {
		to.type = INPUT_TOOL_BUTTON;
		to.tool.code = libinput_event_tablet_tool_get_button(event);
		to.tool.on = libinput_event_tablet_tool_get_button_state(event) ==
			LIBINPUT_BUTTON_STATE_PRESSED;
	}
	input_send_framed(node->input, &to, INPUT_TOOL_FRAME);
}

// Pads

static void describe_group(struct input_node *node, struct libinput_tablet_pad_mode_group *handle,
	struct input_pad_group *group)
{
	int buttons = libinput_device_tablet_pad_get_num_buttons(node->handle);
	int rings = libinput_device_tablet_pad_get_num_rings(node->handle);
	int strips = libinput_device_tablet_pad_get_num_strips(node->handle);
	group->modes = libinput_tablet_pad_mode_group_get_num_modes(handle);
	for (unsigned i = 0; (int)i < MIN(buttons, 64); i++)
		if (libinput_tablet_pad_mode_group_has_button(handle, i))
			group->buttons |= UINT64_C(1) << i;
	for (unsigned i = 0; (int)i < MIN(rings, 32); i++)
		if (libinput_tablet_pad_mode_group_has_ring(handle, i))
			group->rings |= 1u << i;
	for (unsigned i = 0; (int)i < MIN(strips, 32); i++)
		if (libinput_tablet_pad_mode_group_has_strip(handle, i))
			group->strips |= 1u << i;
}

void input_describe_pad(struct input_node *node)
{
	int buttons = libinput_device_tablet_pad_get_num_buttons(node->handle);
	int groups = libinput_device_tablet_pad_get_num_mode_groups(node->handle);
	node->pad.path = node->path;
	node->pad.buttons = (unsigned)CLAMP(buttons, 0, 64);
	node->pad.n_groups = (unsigned)MAX(groups, 0);
	node->groups =
		node->pad.n_groups ? xcalloc(node->pad.n_groups, sizeof(*node->groups)) : NULL;
	node->pad.groups = node->groups;
	for (unsigned i = 0; i < node->pad.n_groups; i++) {
		struct libinput_tablet_pad_mode_group *handle =
			libinput_device_tablet_pad_get_mode_group(node->handle, i);
		if (handle)
			describe_group(node, handle, &node->groups[i]);
	}
	node->as[INPUT_PAD].pad = &node->pad;
}

// A few pad buttons are keys, sent to the keyboard focus.
static void on_pad_key(struct input_node *node, struct libinput_event_tablet_pad *event)
{
	input_send(node->input,
		&(struct input_event){
			.type = INPUT_KEY,
			.device = &node->as[INPUT_PAD],
			.time_us = libinput_event_tablet_pad_get_time_usec(event),
			.key = {libinput_event_tablet_pad_get_key(event),
				libinput_event_tablet_pad_get_key_state(event) ==
					LIBINPUT_KEY_STATE_PRESSED},
		});
}

void input_handle_pad(struct input_node *node, struct libinput_event *base)
{
	struct libinput_event_tablet_pad *event = libinput_event_get_tablet_pad_event(base);
	enum libinput_event_type type = libinput_event_get_type(base);
	if (type == LIBINPUT_EVENT_TABLET_PAD_KEY) {
		on_pad_key(node, event);
		return;
	}
	struct libinput_tablet_pad_mode_group *group =
		libinput_event_tablet_pad_get_mode_group(event);
	struct input_event to = {
		.device = &node->as[INPUT_PAD],
		.time_us = libinput_event_tablet_pad_get_time_usec(event),
		.pad = {.group = libinput_tablet_pad_mode_group_get_index(group),
			.mode = libinput_event_tablet_pad_get_mode(event)},
	};
	if (type == LIBINPUT_EVENT_TABLET_PAD_BUTTON) {
		to.type = INPUT_PAD_BUTTON;
		to.pad.number = libinput_event_tablet_pad_get_button_number(event);
		to.pad.pressed = libinput_event_tablet_pad_get_button_state(event) ==
			LIBINPUT_BUTTON_STATE_PRESSED;
	} else if (type == LIBINPUT_EVENT_TABLET_PAD_RING) {
		to.type = INPUT_PAD_RING;
		to.pad.number = libinput_event_tablet_pad_get_ring_number(event);
		to.pad.value = libinput_event_tablet_pad_get_ring_position(event);
		to.pad.finger = libinput_event_tablet_pad_get_ring_source(event) ==
			LIBINPUT_TABLET_PAD_RING_SOURCE_FINGER;
	} else {
		to.type = INPUT_PAD_STRIP;
		to.pad.number = libinput_event_tablet_pad_get_strip_number(event);
		to.pad.value = libinput_event_tablet_pad_get_strip_position(event);
		to.pad.finger = libinput_event_tablet_pad_get_strip_source(event) ==
			LIBINPUT_TABLET_PAD_STRIP_SOURCE_FINGER;
	}
	input_send(node->input, &to);
}
