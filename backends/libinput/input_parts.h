// SPDX-License-Identifier: MIT
// Between the files of input:
//
//   input.c         libinput's context, its devices' files, its events in order
//   input_device.c  devices that come and go
//   input_config.c  what the user wants of them
//   input_event.c   keys, motion, buttons, scrolling, touch, gestures, switches
//   input_tablet.c  tools and pads
//   input_values.c  numbers and names (pure)
#pragma once
#include <libinput.h>
#include <stdbool.h>
#include <stdint.h>
#include <wayland-util.h>
#include "backends/backend.h"
#include "backends/libinput/input.h"

#define ROLES (INPUT_SWITCH + 1)

struct input_file {
	int fd, id; // of the session
};

// One device of libinput may be several of ours: a keyboard with a touchpad in it.
struct input_node {
	struct drm_input *input;
	struct libinput_device *handle; // locked
	struct input_device as[ROLES];  // by type
	bool has[ROLES];
	char *name;      // owned
	char *output;    // owned: by udev or the configuration; NULL: neither
	char head[16];   // output of an absolute pointer that is one of several
	unsigned number; // of its event file
	bool absolute;   // a pointer that knows places
	bool inverted;   // scrolls naturally
	double scroll_speed;
	struct input_tablet tablet;
	struct input_pad pad;
	struct input_pad_group *groups; // owned: of pad
	char *path;                     // owned: of tablet and pad
	struct wl_list link;            // drm_input.nodes
};

struct tool_node {
	struct input_tool tool;
	struct libinput_tablet_tool *handle; // locked
	struct input_node *home;             // the only tablet it works with; NULL: any
	struct wl_list link;                 // drm_input.tools
};

struct drm_input {
	struct backend *backend;
	struct session *session;
	struct libinput *libinput;
	struct wl_event_source *source;
	struct wl_list nodes; // input_node.link
	struct wl_list tools; // tool_node.link
	struct input_file *files;
	size_t n_files, files_capacity;
	unsigned leds;
	uint64_t last_id;         // of tools
	struct input_event frame; // that is to follow, of frame.type
	bool frame_due;
};

// input.c
void input_send(struct drm_input *input, const struct input_event *event);
// After this event, and others of the same device and moment, comes a frame of that type.
void input_send_framed(
	struct drm_input *input, const struct input_event *event, enum input_event_type frame);

// input_device.c
void input_node_add(struct drm_input *input, struct libinput_device *handle);
void input_node_remove(struct input_node *node);
void input_node_set_leds(struct input_node *node, unsigned leds);

// input_config.c
void input_node_configure(struct input_node *node);

// input_event.c
void input_handle(struct input_node *node, struct libinput_event *event);

// input_tablet.c
void input_handle_tool(struct input_node *node, struct libinput_event *event);
void input_handle_pad(struct input_node *node, struct libinput_event *event);
void input_describe_pad(struct input_node *node);
void input_free_tools(struct drm_input *input, const struct input_node *home); // NULL: all
