// SPDX-License-Identifier: MIT
// One union for every input event, whoever made it: evdev, X11, a script, a test, a virtual device.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum input_device_type {
	INPUT_KEYBOARD,
	INPUT_POINTER,
	INPUT_TOUCH,
};

struct input_device {
	enum input_device_type type;
	const char *name;        // owned by the back end
	const char *output_name; // absolute coordinates map to this output; NULL: whole layout
	// It lies on the screen of that output, or is it: what it says goes through the output's
	// transform, and distances (but raw ones) are the screen's pixels.
	bool on_screen;
};

enum input_event_type {
	INPUT_DEVICE_ADDED,
	INPUT_DEVICE_REMOVED,
	INPUT_MOTION,          // relative
	INPUT_MOTION_ABSOLUTE, // 0..1 of the device's output, or of the layout
	INPUT_MOTION_LAYOUT, // to a point of the layout in logical pixels, no relative motion told
	INPUT_POINTER_LEAVE, // it is on none of our screens: nothing is hovered
	INPUT_BUTTON,
	INPUT_AXIS,
	INPUT_POINTER_FRAME,
	INPUT_KEY,
	INPUT_TOUCH_DOWN,
	INPUT_TOUCH_MOTION,
	INPUT_TOUCH_UP,
	INPUT_TOUCH_CANCEL,
	INPUT_TOUCH_FRAME,
	INPUT_GESTURE_BEGIN, // of fingers on a touchpad
	INPUT_GESTURE_UPDATE,
	INPUT_GESTURE_END,
};

enum input_axis_source { // as wl_pointer.axis_source
	INPUT_AXIS_WHEEL,
	INPUT_AXIS_FINGER,
	INPUT_AXIS_CONTINUOUS,
	INPUT_AXIS_WHEEL_TILT,
	INPUT_AXIS_SOURCE_NONE = -1, // not known; not sent
};

enum input_gesture {
	INPUT_GESTURE_SWIPE,
	INPUT_GESTURE_PINCH,
	INPUT_GESTURE_HOLD,
	INPUT_GESTURE_COUNT,
};

struct input_event {
	enum input_event_type type;
	const struct input_device *device; // may be NULL
	uint64_t time_us;
	union {
		struct {
			double dx, dy, dx_raw, dy_raw;
		} motion;
		struct {
			double x, y;
		} absolute; // and MOTION_LAYOUT
		struct {
			uint32_t code; // BTN_*
			bool pressed;
		} button;
		struct {
			bool horizontal, inverted;
			int source;   // enum input_axis_source
			double delta; // logical pixels; 0: the scrolling stopped
			int value120; // wheel: 120 a notch
		} axis;
		struct {
			uint32_t code; // KEY_*, evdev numbers
			bool pressed;
		} key;
		struct {
			int32_t id;
			double x, y; // 0..1 as absolute, or logical pixels when layout is set
			bool layout;
		} touch;
		struct {
			enum input_gesture kind;
			unsigned fingers;
			bool cancelled;  // END
			double dx, dy;   // UPDATE: of the middle, logical pixels
			double scale;    // pinch: against the beginning
			double rotation; // pinch: degrees clockwise since the last event
		} gesture;
	};
};
