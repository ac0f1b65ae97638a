// SPDX-License-Identifier: MIT
// Drawing tablets, their tools, and the pads beside them.
//
// A tool is near one surface and speaks to it, if that surface's client knows tablets; everywhere
// else, on title bars, in drags and moves, it is the pointer. Pads go with the keyboard's focus.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/input.h"
#include "compositor/base/weak.h"

struct seat;
struct surface;

// What one client has of a tablet, a tool, a pad, or of a part of a pad. Made by the protocol, which
// frees it with its resource.
struct tablet_object {
	struct wl_resource *resource;
	uint32_t seat_id;    // of the zwp_tablet_seat_v2 that it came with; never the same for two
	void *of;            // NULL: that is gone
	bool in;             // tools: near a surface of its client; pads: entered
	struct wl_list link; // objects of what it is of
};

struct tablet {
	struct tablets *tablets;
	const struct input_device *device;
	struct wl_list objects; // tablet_object.link
	struct wl_list link;    // tablets.tablets
};

struct tablet_tool {
	struct tablets *tablets;
	struct input_tool info;
	struct tablet *home; // where it was near last, or NULL
	bool near, down;
	bool emulates;       // the pointer, since it came or was pressed
	uint32_t buttons[8]; // pressed codes
	unsigned n_buttons;
	double x, y; // layout
	struct input_tool_axes axes;
	unsigned known;      // enum input_tool_axis that were told ever
	unsigned waiting;    // of these, not told to a client that is late
	struct weak surface; // struct surface * that it speaks to
	struct wl_listener surface_destroyed;
	uint32_t enter_serial, down_serial;
	uint32_t time_ms;       // of the newest event
	bool frame_pending;     // its client has events without a frame yet
	struct wl_list objects; // tablet_object.link
	struct wl_list link;    // tablets.tools
};

struct pad_knob { // ring, strip or dial
	struct pad_group *group;
	unsigned number;
	struct wl_list objects; // tablet_object.link
};

struct pad_group {
	struct tablet_pad *pad;
	const struct input_pad_group *info;
	unsigned mode;
	uint32_t mode_serial;
	struct pad_knob *rings, *strips, *dials;
	unsigned n_rings, n_strips, n_dials;
	struct wl_list objects; // tablet_object.link
};

struct tablet_pad {
	struct tablets *tablets;
	const struct input_device *device;
	struct pad_group *groups;
	unsigned n_groups;
	struct weak surface;    // struct surface * that was entered
	struct wl_list objects; // tablet_object.link
	struct wl_list link;    // tablets.pads
};

struct tablets {
	struct seat *seat;
	struct wl_list tablets, tools, pads;
	struct tablet_tool *speaking; // has the cursor, and nobody the pointer; or NULL
	struct wl_listener keyboard_focus;
	struct {
		struct wl_signal tablet_added; // struct tablet *
		struct wl_signal tool_added;   // struct tablet_tool *
		struct wl_signal pad_added;    // struct tablet_pad *
	} events;
};

struct tablets *tablets_create(struct seat *seat);
void tablets_destroy(struct tablets *tablets); // NULL is allowed
void tablets_add_device(struct tablets *tablets, const struct input_device *device);
void tablets_remove_device(struct tablets *tablets, const struct input_device *device);
struct tablet *tablets_find(struct tablets *tablets, const struct input_device *device); // or NULL
struct tablet_tool *tablets_find_tool(struct tablets *tablets, uint64_t id);             // or NULL
void tablets_input(
	struct tablets *tablets, const struct input_event *event); // INPUT_TOOL_*, _PAD_*
// Something else moves the pointer, so it is there again.
void tablets_pointer_moved(struct tablets *tablets);
// The surface that a tool speaks to, and that has the pointer's place; NULL: none.
struct surface *tablets_surface(struct tablets *tablets);
// A client asks for a move or a drag with the serial of a tool that is down: from here on it is the
// pointer, with its left button held, over that surface. Other serials change nothing.
void tablets_press_becomes_pointer(struct tablets *tablets, uint32_t serial);

// What all objects have in common. The list is that of the thing.
struct tablet_object *tablet_object_create(
	struct wl_resource *resource, uint32_t seat_id, void *of, struct wl_list *list);
void tablet_object_destroy(struct tablet_object *object);
// The first of that client and, unless it is 0, that tablet seat; NULL: none.
struct tablet_object *tablet_object_find(
	struct wl_list *list, struct wl_client *client, uint32_t seat_id);
void tablet_objects_orphan(struct wl_list *list); // what they are of is gone

// tablet_tool.c
struct tablet_tool *tablet_tool_create(struct tablets *tablets, const struct input_tool *info);
void tablet_tool_destroy(struct tablet_tool *tool); // after its clients heard of it
void tablet_tool_leave(struct tablet_tool *tool);   // out of proximity
void tablet_tool_input(
	struct tablet_tool *tool, struct tablet *tablet, const struct input_event *event);
// That client may say what the cursor looks like: the tool is at one of its surfaces, since serial or
// before.
bool tablet_tool_has_cursor(
	const struct tablet_tool *tool, struct wl_client *client, uint32_t serial);

// tablet_pad.c
struct tablet_pad *tablet_pad_create(struct tablets *tablets, const struct input_device *device);
void tablet_pad_destroy(struct tablet_pad *pad); // after its clients heard of it
void tablet_pad_refocus(
	struct tablet_pad *pad); // the keyboard's focus, or who has objects, changed
void tablet_pad_input(struct tablet_pad *pad, const struct input_event *event);
