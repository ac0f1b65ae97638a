// SPDX-License-Identifier: MIT
// Converts events of libinput. A key or button that several devices hold down is pressed once.
#include "backends/libinput/input_private.h"
#include "backends/libinput/input_values.h"
#include "compositor/base/base.h"

static struct input_event event_init(
	struct input_node *node, enum input_device_type role, uint64_t time_us)
{
	return (struct input_event){.device = &node->as[role], .time_us = time_us};
}

static void send_pointer(struct input_node *node, const struct input_event *event)
{
	input_send_framed(node->input, event, INPUT_POINTER_FRAME);
}

static void on_key(struct input_node *node, struct libinput_event_keyboard *key)
{
	struct input_event event =
		event_init(node, INPUT_KEYBOARD, libinput_event_keyboard_get_time_usec(key));
	bool pressed = libinput_event_keyboard_get_key_state(key) == LIBINPUT_KEY_STATE_PRESSED;
	if (libinput_event_keyboard_get_seat_key_count(key) != (pressed ? 1 : 0))
		return;
	event.type = INPUT_KEY;
	event.key.code = libinput_event_keyboard_get_key(key);
	event.key.pressed = pressed;
	input_send(node->input, &event);
}

static void on_motion(struct input_node *node, struct libinput_event_pointer *pointer)
{
	struct input_event event =
		event_init(node, INPUT_POINTER, libinput_event_pointer_get_time_usec(pointer));
	event.type = INPUT_MOTION;
	event.motion.dx = libinput_event_pointer_get_dx(pointer);
	event.motion.dy = libinput_event_pointer_get_dy(pointer);
	event.motion.dx_raw = libinput_event_pointer_get_dx_unaccelerated(pointer);
	event.motion.dy_raw = libinput_event_pointer_get_dy_unaccelerated(pointer);
	send_pointer(node, &event);
}

static void on_absolute(struct input_node *node, struct libinput_event_pointer *pointer)
{
	struct input_event event =
		event_init(node, INPUT_POINTER, libinput_event_pointer_get_time_usec(pointer));
	event.type = INPUT_MOTION_ABSOLUTE;
	event.absolute.x = libinput_event_pointer_get_absolute_x_transformed(pointer, 1);
	event.absolute.y = libinput_event_pointer_get_absolute_y_transformed(pointer, 1);
	send_pointer(node, &event);
}

static void on_button(struct input_node *node, struct libinput_event_pointer *pointer)
{
	struct input_event event =
		event_init(node, INPUT_POINTER, libinput_event_pointer_get_time_usec(pointer));
	bool pressed =
		libinput_event_pointer_get_button_state(pointer) == LIBINPUT_BUTTON_STATE_PRESSED;
	if (libinput_event_pointer_get_seat_button_count(pointer) != (pressed ? 1 : 0))
		return;
	event.type = INPUT_BUTTON;
	event.button.code = libinput_event_pointer_get_button(pointer);
	event.button.pressed = pressed;
	send_pointer(node, &event);
}

static void on_scroll(struct input_node *node, struct libinput_event_pointer *pointer,
	enum input_axis_source source)
{
	static const enum libinput_pointer_axis axes[] = {
		LIBINPUT_POINTER_AXIS_SCROLL_VERTICAL, LIBINPUT_POINTER_AXIS_SCROLL_HORIZONTAL};
	for (size_t i = 0; i < array_length(axes); i++) {
		struct input_event event = event_init(
			node, INPUT_POINTER, libinput_event_pointer_get_time_usec(pointer));
		if (!libinput_event_pointer_has_axis(pointer, axes[i]))
			continue;
		double value = libinput_event_pointer_get_scroll_value(pointer, axes[i]);
		double v120 = source == INPUT_AXIS_WHEEL
			? libinput_event_pointer_get_scroll_value_v120(pointer, axes[i])
			: 0;
		if (scroll_axis(&event, source, i == 1, value, v120, node->scroll_speed,
			    node->inverted))
			send_pointer(node, &event);
	}
}

static void on_touch(
	struct input_node *node, struct libinput_event_touch *touch, enum libinput_event_type type)
{
	struct input_event event =
		event_init(node, INPUT_TOUCH, libinput_event_touch_get_time_usec(touch));
	bool down = type == LIBINPUT_EVENT_TOUCH_DOWN;
	event.type = down                             ? INPUT_TOUCH_DOWN
		: type == LIBINPUT_EVENT_TOUCH_MOTION ? INPUT_TOUCH_MOTION
		: type == LIBINPUT_EVENT_TOUCH_UP     ? INPUT_TOUCH_UP
		: type == LIBINPUT_EVENT_TOUCH_CANCEL ? INPUT_TOUCH_CANCEL
						      : INPUT_TOUCH_FRAME;
	if (type != LIBINPUT_EVENT_TOUCH_FRAME)
		event.touch.id = libinput_event_touch_get_seat_slot(touch);
	if (down || type == LIBINPUT_EVENT_TOUCH_MOTION) {
		event.touch.x = libinput_event_touch_get_x_transformed(touch, 1);
		event.touch.y = libinput_event_touch_get_y_transformed(touch, 1);
	}
	input_send(node->input, &event);
}

static void on_gesture(struct input_node *node, struct libinput_event_gesture *gesture,
	enum input_event_type type, enum input_gesture kind)
{
	struct input_event event =
		event_init(node, INPUT_POINTER, libinput_event_gesture_get_time_usec(gesture));
	event.type = type;
	event.gesture.kind = kind;
	event.gesture.fingers = (unsigned)libinput_event_gesture_get_finger_count(gesture);
	event.gesture.scale = 1;
	if (type == INPUT_GESTURE_END)
		event.gesture.cancelled = libinput_event_gesture_get_cancelled(gesture);
	if (type == INPUT_GESTURE_UPDATE) {
		event.gesture.dx = libinput_event_gesture_get_dx(gesture);
		event.gesture.dy = libinput_event_gesture_get_dy(gesture);
	}
	if (type == INPUT_GESTURE_UPDATE && kind == INPUT_GESTURE_PINCH) {
		event.gesture.scale = libinput_event_gesture_get_scale(gesture);
		event.gesture.rotation = libinput_event_gesture_get_angle_delta(gesture);
	}
	input_send(node->input, &event);
}

static void on_switch(struct input_node *node, struct libinput_event_switch *toggle)
{
	struct input_event event =
		event_init(node, INPUT_SWITCH, libinput_event_switch_get_time_usec(toggle));
	event.type = INPUT_SWITCH_TOGGLE;
	event.toggle.lid = libinput_event_switch_get_switch(toggle) == LIBINPUT_SWITCH_LID;
	event.toggle.on =
		libinput_event_switch_get_switch_state(toggle) == LIBINPUT_SWITCH_STATE_ON;
	input_send(node->input, &event);
}

void input_handle(struct input_node *node, struct libinput_event *event)
{
	enum libinput_event_type type = libinput_event_get_type(event);
	struct libinput_event_pointer *pointer = NULL;
	struct libinput_event_gesture *gesture = NULL;
	if (type >= LIBINPUT_EVENT_POINTER_MOTION && type < LIBINPUT_EVENT_TOUCH_DOWN)
		pointer = libinput_event_get_pointer_event(event);
	if (type >= LIBINPUT_EVENT_GESTURE_SWIPE_BEGIN && type < LIBINPUT_EVENT_SWITCH_TOGGLE)
		gesture = libinput_event_get_gesture_event(event);
	switch (type) {
	case LIBINPUT_EVENT_KEYBOARD_KEY:
		on_key(node, libinput_event_get_keyboard_event(event));
		break;
	case LIBINPUT_EVENT_POINTER_MOTION:
		on_motion(node, pointer);
		break;
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
		on_absolute(node, pointer);
		break;
	case LIBINPUT_EVENT_POINTER_BUTTON:
		on_button(node, pointer);
		break;
	case LIBINPUT_EVENT_POINTER_SCROLL_WHEEL:
		on_scroll(node, pointer, INPUT_AXIS_WHEEL);
		break;
	case LIBINPUT_EVENT_POINTER_SCROLL_FINGER:
		on_scroll(node, pointer, INPUT_AXIS_FINGER);
		break;
	case LIBINPUT_EVENT_POINTER_SCROLL_CONTINUOUS:
		on_scroll(node, pointer, INPUT_AXIS_CONTINUOUS);
		break;
	case LIBINPUT_EVENT_TOUCH_DOWN:
	case LIBINPUT_EVENT_TOUCH_UP:
	case LIBINPUT_EVENT_TOUCH_MOTION:
	case LIBINPUT_EVENT_TOUCH_CANCEL:
	case LIBINPUT_EVENT_TOUCH_FRAME:
		on_touch(node, libinput_event_get_touch_event(event), type);
		break;
	case LIBINPUT_EVENT_GESTURE_SWIPE_BEGIN:
		on_gesture(node, gesture, INPUT_GESTURE_BEGIN, INPUT_GESTURE_SWIPE);
		break;
	case LIBINPUT_EVENT_GESTURE_SWIPE_UPDATE:
		on_gesture(node, gesture, INPUT_GESTURE_UPDATE, INPUT_GESTURE_SWIPE);
		break;
	case LIBINPUT_EVENT_GESTURE_SWIPE_END:
		on_gesture(node, gesture, INPUT_GESTURE_END, INPUT_GESTURE_SWIPE);
		break;
	case LIBINPUT_EVENT_GESTURE_PINCH_BEGIN:
		on_gesture(node, gesture, INPUT_GESTURE_BEGIN, INPUT_GESTURE_PINCH);
		break;
	case LIBINPUT_EVENT_GESTURE_PINCH_UPDATE:
		on_gesture(node, gesture, INPUT_GESTURE_UPDATE, INPUT_GESTURE_PINCH);
		break;
	case LIBINPUT_EVENT_GESTURE_PINCH_END:
		on_gesture(node, gesture, INPUT_GESTURE_END, INPUT_GESTURE_PINCH);
		break;
	case LIBINPUT_EVENT_GESTURE_HOLD_BEGIN:
		on_gesture(node, gesture, INPUT_GESTURE_BEGIN, INPUT_GESTURE_HOLD);
		break;
	case LIBINPUT_EVENT_GESTURE_HOLD_END:
		on_gesture(node, gesture, INPUT_GESTURE_END, INPUT_GESTURE_HOLD);
		break;
	case LIBINPUT_EVENT_SWITCH_TOGGLE:
		on_switch(node, libinput_event_get_switch_event(event));
		break;
	case LIBINPUT_EVENT_TABLET_TOOL_PROXIMITY:
	case LIBINPUT_EVENT_TABLET_TOOL_AXIS:
	case LIBINPUT_EVENT_TABLET_TOOL_TIP:
	case LIBINPUT_EVENT_TABLET_TOOL_BUTTON:
		input_handle_tool(node, event);
		break;
	case LIBINPUT_EVENT_TABLET_PAD_BUTTON:
	case LIBINPUT_EVENT_TABLET_PAD_RING:
	case LIBINPUT_EVENT_TABLET_PAD_STRIP:
	case LIBINPUT_EVENT_TABLET_PAD_KEY:
		input_handle_pad(node, event);
		break;
	default: // event types of newer versions, and the deprecated scroll event
		break;
	}
}
