// SPDX-License-Identifier: MIT
// Private to the files of libinput input:
//
//   input.c         the libinput context, device files, dispatch of events
//   input_device.c  devices that are plugged in or out
//   input_config.c  the user's settings of a device
//   input_event.c   keys, motion, buttons, scrolling, touch, gestures, switches
//   input_tablet.c  tablet tools and pads
//   input_values.c  conversion of numbers and names (pure)
#pragma once
#include <libinput.h>
#include <stdbool.h>
#include <stdint.h>
#include <wayland-util.h>
#include "backends/backend.h"
#include "backends/libinput/input.h"

#define ROLES (INPUT_SWITCH + 1)

struct input_file {
	int fd, id; // as of session_open
};

// A libinput device, which may be several devices of ours, such as a keyboard with a touchpad.
struct input_node {
	struct libinput_backend *input;
	struct libinput_device *handle; // locked
	struct input_device as[ROLES];  // by type
	bool has[ROLES];
	char *name;      // owned
	char *output;    // name of its output by udev or the configuration, owned; NULL: none
	char head[16];   // name of the output of an absolute pointer, if there are several
	unsigned number; // of its event file
	bool absolute;   // an absolute pointer
	bool inverted;   // natural scrolling
	double scroll_speed;
	struct input_tablet tablet;
	struct input_pad pad;
	struct input_pad_group *groups; // owned: of pad
	char *path;                     // owned: of tablet and pad
	struct wl_list link;            // libinput_backend.nodes
};

struct tool_node {
	struct input_tool tool;
	struct libinput_tablet_tool *handle; // locked
	struct input_node *home;             // the only tablet it works on; NULL: any
	struct wl_list link;                 // libinput_backend.tools
};

struct libinput_backend {
	struct backend *backend;
	struct session *session;
	struct libinput *libinput;
	struct wl_event_source *source;
	struct wl_list nodes; // input_node.link
	struct wl_list tools; // tool_node.link
	struct input_file *files;
	size_t n_files, files_capacity;
	unsigned leds;
	uint64_t last_id;         // of tools and hardware
	struct input_event frame; // to be sent after the events that belong to it
	bool frame_pending;
};

// input.c
// Sends an event to the core at once.
void input_send(struct libinput_backend *input, const struct input_event *event);
// Sends an event to the core, which a frame event of that type follows after all events of the same
// device and time.
void input_send_framed(struct libinput_backend *input, const struct input_event *event,
	enum input_event_type frame);

// input_device.c
// Reports a new device of libinput, configured.
void input_node_add(struct libinput_backend *input, struct libinput_device *handle);
// Reports the device as removed and frees it.
void input_node_remove(struct input_node *node);
// Sets the lit LEDs (bits of enum input_led), if it is a keyboard.
void input_node_set_leds(struct input_node *node, unsigned leds);

// input_config.c
// Applies the user's settings, which the core returns; unsupported ones are logged.
void input_node_configure(struct input_node *node);

// input_event.c
// Converts an event of the device and sends it.
void input_handle(struct input_node *node, struct libinput_event *event);

// input_tablet.c
// Converts an event of a tablet tool and sends it.
void input_handle_tool(struct input_node *node, struct libinput_event *event);
// Converts an event of a tablet pad and sends it.
void input_handle_pad(struct input_node *node, struct libinput_event *event);
// Fills the node's pad with its buttons, rings, strips and groups.
void input_describe_pad(struct input_node *node);
// Frees the tools that work on that tablet only; home NULL: all tools.
void input_free_tools(struct libinput_backend *input, const struct input_node *home);
