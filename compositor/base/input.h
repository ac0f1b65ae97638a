// SPDX-License-Identifier: MIT
// Input events and devices of any origin: libinput, X11, scripts, tests, virtual devices.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum input_device_type {
	INPUT_KEYBOARD,
	INPUT_POINTER,
	INPUT_TOUCH,
	INPUT_TABLET, // its tools are no devices
	INPUT_PAD,    // buttons, rings and strips beside a tablet
	INPUT_SWITCH,
};

struct input_tablet {
	uint32_t vendor, product, bus; // of evdev
	const char *path;              // of the device file; NULL: none
};

struct input_pad_group { // controls that share a mode; bits by number
	uint64_t buttons;
	uint32_t rings, strips, dials;
	unsigned modes;
};

struct input_pad {
	const char *path; // NULL: none
	unsigned buttons; // at most 64; at most 32 of the other controls
	const struct input_pad_group *groups;
	unsigned n_groups;
};

struct input_device {
	enum input_device_type type;
	const char *kind;        // "touchpad", "mouse"; may be NULL
	const char *name;        // owned by the back end
	const char *output_name; // absolute coordinates map to this output; NULL: whole layout
	// Built into the screen of that output: coordinates follow the output's transform, and
	// distances, except raw ones, are pixels of the screen.
	bool on_screen;
	uint64_t hardware;                 // id of the physical device it is part of; 0: unknown
	const struct input_tablet *tablet; // of an INPUT_TABLET
	const struct input_pad *pad;       // of an INPUT_PAD
	// Driven by a client or a script: its modifiers and its layout are not the user's.
	bool is_virtual;
	const void *client; // struct wl_client * that drives it, only compared; NULL: none
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

// Configured settings of a device. -1 in any field without a has_ flag: not set, the device's
// default applies. Booleans are 1 or 0.
struct input_settings {
	int enabled; // 2: while there is no mouse
	int tap, tap_drag, drag_lock;
	int tap_middle; // two fingers: middle button, three: right
	int natural_scroll, left_handed, middle_emulation, disable_while_typing;
	int click_method;  // enum input_click_method
	int scroll_method; // enum input_scroll_method
	int scroll_button; // BTN_*
	int scroll_button_lock;
	int flat;            // acceleration
	bool has_speed;      // of the pointer
	double speed;        // -1..1
	double scroll_speed; // a factor; 0: not set
	int rotation;        // degrees clockwise
	bool has_calibration;
	float calibration[6]; // the first two rows of libinput's matrix
	const char *output;   // NULL: not set
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
	TOOL_MOVE = 1 << 1, // relative, instead of TOOL_PLACE
	TOOL_PRESSURE = 1 << 2,
	TOOL_DISTANCE = 1 << 3,
	TOOL_TILT = 1 << 4,
	TOOL_ROTATION = 1 << 5,
	TOOL_SLIDER = 1 << 6,
	TOOL_WHEEL = 1 << 7,
};

struct input_tool_axes {
	unsigned set;          // enum input_tool_axis that changed
	double x, y;           // TOOL_PLACE: 0..1; TOOL_MOVE: logical pixels
	double pressure;       // 0..1
	double distance;       // 0..1
	double tilt_x, tilt_y; // degrees from vertical, to the right and towards the user
	double rotation;       // degrees clockwise
	double slider;         // -1..1
	double wheel;          // degrees
	int wheel_clicks;
};

// A tool of one or more tablets.
struct input_tool {
	uint64_t id; // unique, never 0
	enum input_tool_type type;
	uint64_t serial, hardware_id; // 0: none
	unsigned axes;                // enum input_tool_axis that it has
};

enum input_event_type {
	INPUT_DEVICE_ADDED,
	INPUT_DEVICE_REMOVED,
	INPUT_MOTION,          // relative
	INPUT_MOTION_ABSOLUTE, // 0..1 of the device's output, or of the layout
	INPUT_MOTION_LAYOUT,   // layout position, without relative motion
	INPUT_POINTER_LEAVE,   // the host's pointer left all our windows
	INPUT_BUTTON,
	INPUT_AXIS,
	INPUT_POINTER_FRAME,
	INPUT_KEY,
	INPUT_TOUCH_DOWN,
	INPUT_TOUCH_MOTION,
	INPUT_TOUCH_UP,
	INPUT_TOUCH_CANCEL,
	INPUT_TOUCH_FRAME,
	INPUT_GESTURE_BEGIN, // on a touchpad
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
	INPUT_AXIS_SOURCE_NONE = -1, // unknown; not sent
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
			double delta; // logical pixels; 0: axis_stop
			int value120; // wheel: 120 per notch
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
			double dx, dy;   // UPDATE: of the centre, logical pixels
			double scale;    // pinch: relative to the beginning
			double rotation; // pinch: degrees clockwise since the last event
		} gesture;
		struct {
			const struct input_tool *tool;
			const struct input_tool_axes *axes; // all but FRAME; may be NULL
			bool on;                            // in proximity, down, or pressed
			uint32_t code;                      // BUTTON: BTN_*
		} tool;
		struct {
			unsigned number;      // of button, ring, strip or dial
			unsigned group, mode; // of the control
			bool pressed;
			bool finger; // the source is a finger, on a ring or strip
			// Ring: degrees; strip: 0..1; negative: lifted. Dial: 120 per notch.
			double value;
		} pad;
		struct {
			bool lid; // else tablet mode
			bool on;  // closed, or folded
		} toggle;
	};
};
