// SPDX-License-Identifier: MIT
// One union for every input event, whoever made it: evdev, X11, a script, a test, a virtual device.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum input_device_type {
	INPUT_KEYBOARD,
	INPUT_POINTER,
	INPUT_TOUCH,
	INPUT_TABLET, // its tools bring no devices of their own
	INPUT_PAD,    // buttons, rings and strips beside a tablet
	INPUT_SWITCH,
};

struct input_tablet {
	uint32_t vendor, product, bus; // as evdev has them
	const char *path;              // of the device file; NULL: none
};

struct input_pad_group { // what changes its meaning together; bits by number
	uint64_t buttons;
	uint32_t rings, strips, dials;
	unsigned modes;
};

struct input_pad {
	const char *path; // NULL: none
	unsigned buttons; // up to 64; 32 of the others
	const struct input_pad_group *groups;
	unsigned n_groups;
};

struct input_device {
	enum input_device_type type;
	const char *kind;        // for people: "touchpad", "mouse"; may be NULL
	const char *name;        // owned by the back end
	const char *output_name; // absolute coordinates map to this output; NULL: whole layout
	// It lies on the screen of that output, or is it: what it says goes through the output's
	// transform, and distances (but raw ones) are the screen's pixels.
	bool on_screen;
	uint64_t hardware;                 // same number: same thing on the desk; 0: alone
	const struct input_tablet *tablet; // of an INPUT_TABLET
	const struct input_pad *pad;       // of an INPUT_PAD
};

enum input_click_method {
	INPUT_CLICK_NONE,
	INPUT_CLICK_AREAS,
	INPUT_CLICK_FINGERS,
};

enum input_scroll_method {
	INPUT_SCROLL_NONE,
	INPUT_SCROLL_TWO_FINGERS,
	INPUT_SCROLL_EDGE,
	INPUT_SCROLL_BUTTON,
};

// What the user wants of a device; where nothing was said, of yes (1) and no (0) as of the rest, it
// is -1, and the device's own default holds.
struct input_settings {
	int enabled; // 2: unless there is a mouse
	int tap, tap_drag, drag_lock;
	int tap_middle; // two fingers are the middle button and three the right one
	int natural_scroll, left_handed, middle_emulation, disable_while_typing;
	int click_method;  // enum input_click_method
	int scroll_method; // enum input_scroll_method
	int scroll_button; // BTN_*
	int scroll_button_lock;
	int flat;            // acceleration
	bool has_speed;      // of the pointer
	double speed;        // -1..1
	double scroll_speed; // a factor; 0: not said
	int rotation;        // degrees clockwise
	bool has_calibration;
	float calibration[6]; // the first two rows of a matrix, as libinput has them
	const char *output;   // NULL: not said
};

enum input_led {
	INPUT_LED_NUM = 1 << 0,
	INPUT_LED_CAPS = 1 << 1,
	INPUT_LED_SCROLL = 1 << 2,
};

enum input_tool_type { // as zwp_tablet_tool_v2.type
	INPUT_TOOL_PEN = 0x140,
	INPUT_TOOL_ERASER,
	INPUT_TOOL_BRUSH,
	INPUT_TOOL_PENCIL,
	INPUT_TOOL_AIRBRUSH,
	INPUT_TOOL_FINGER,
	INPUT_TOOL_MOUSE,
	INPUT_TOOL_LENS,
};

enum input_tool_axis {
	TOOL_PLACE = 1 << 0,
	TOOL_MOVE = 1 << 1, // instead of a place
	TOOL_PRESSURE = 1 << 2,
	TOOL_DISTANCE = 1 << 3,
	TOOL_TILT = 1 << 4,
	TOOL_ROTATION = 1 << 5,
	TOOL_SLIDER = 1 << 6,
	TOOL_WHEEL = 1 << 7,
};

struct input_tool_axes {
	unsigned set;          // enum input_tool_axis: what is new
	double x, y;           // place: 0..1 as absolute; move: logical pixels
	double pressure;       // 0..1
	double distance;       // 0..1
	double tilt_x, tilt_y; // degrees off the upright, to the right and towards the user
	double rotation;       // degrees clockwise
	double slider;         // -1..1
	double wheel;          // degrees
	int wheel_clicks;
};

// Something to point with at a tablet, or at several.
struct input_tool {
	uint64_t id; // never 0, and never that of another one
	enum input_tool_type type;
	uint64_t serial, hardware_id; // 0: none
	unsigned axes;                // enum input_tool_axis that it has
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
	INPUT_TOOL_PROXIMITY,
	INPUT_TOOL_AXES,
	INPUT_TOOL_TIP,
	INPUT_TOOL_BUTTON,
	INPUT_TOOL_FRAME,
	INPUT_PAD_BUTTON,
	INPUT_PAD_RING,
	INPUT_PAD_STRIP,
	INPUT_PAD_DIAL,
	INPUT_SWITCH_TOGGLE,
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
		struct {
			const struct input_tool *tool;
			const struct input_tool_axes *axes; // all but FRAME; may be NULL
			bool on;                            // near, down, or pressed
			uint32_t code;                      // BUTTON: BTN_*
		} tool;
		struct {
			unsigned number;      // of button, ring, strip or dial
			unsigned group, mode; // that it is in
			bool pressed;
			bool finger; // on a ring or strip; told so
			double value; // ring: degrees, strip: 0..1, both negative: let go; dial: 120 a notch
		} pad;
		struct {
			bool lid; // else it folds into a tablet
			bool on;  // closed, or folded
		} toggle;
	};
};
