// SPDX-License-Identifier: MIT
// Drawing tablets, their tools, and pads (zwp_tablet_v2).
//
// A tool in proximity of a surface sends it tablet events if its client has bound tablets.
// Everywhere else, as on title bars and in drags or moves, it emulates the pointer. Pads follow
// keyboard focus.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/input.h"
#include "compositor/base/weak.h"

struct seat;
struct surface;

// A client's resource for a tablet, tool, pad, or part of a pad. Created by the protocol, which
// frees it with the resource.
struct tablet_object {
	struct wl_resource *resource;
	uint32_t seat_id;    // id of the zwp_tablet_seat_v2 it was announced on; unique
	void *of;            // the tablet, tool and so on; NULL: destroyed
	bool in;             // proximity_in was sent (tools), or enter (pads)
	struct wl_list link; // of->objects
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
	struct tablet *home; // of the last proximity, or NULL
	bool near, down;
	bool emulates;       // the pointer, since proximity in or the press
	uint32_t buttons[8]; // pressed codes
	unsigned n_buttons;
	double x, y; // layout
	struct input_tool_axes axes;
	unsigned known;      // enum input_tool_axis reported so far
	unsigned waiting;    // of these, withheld by back-pressure
	struct weak surface; // struct surface * in proximity
	struct wl_listener surface_destroyed;
	uint32_t enter_serial, down_serial;
	uint32_t time_ms;       // of the last event
	bool frame_pending;     // events were sent without a frame yet
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
	struct tablet_tool *active; // in proximity, instead of the pointer; or NULL
	struct wl_listener keyboard_focus;
	struct {
		struct wl_signal tablet_added; // struct tablet *
		struct wl_signal tool_added;   // struct tablet_tool *
		struct wl_signal pad_added;    // struct tablet_pad *
	} events;
};

// Never NULL.
struct tablets *tablets_create(struct seat *seat);
// NULL is allowed.
void tablets_destroy(struct tablets *tablets);
// A tablet or pad came; other devices are ignored.
void tablets_add_device(struct tablets *tablets, const struct input_device *device);
// A tablet or pad left; other devices are ignored.
void tablets_remove_device(struct tablets *tablets, const struct input_device *device);
// The tool with that input_tool.id, or NULL.
struct tablet_tool *tablets_find_tool(struct tablets *tablets, uint64_t id);
// Handles INPUT_TOOL_* and INPUT_PAD_* events.
void tablets_input(struct tablets *tablets, const struct input_event *event);
// Another device moved the pointer: it takes the cursor back from the active tool.
void tablets_pointer_moved(struct tablets *tablets);
// The surface in proximity of the active tool; NULL: none.
struct surface *tablets_surface(struct tablets *tablets);
// A client starts a move or drag with the serial of a tool's tip: from then on the tool emulates
// the pointer with the left button pressed, over that surface. Other serials have no effect.
void tablets_press_becomes_pointer(struct tablets *tablets, uint32_t serial);

// Creates an object and adds it to the list of what it is of. NULL: no memory.
struct tablet_object *tablet_object_create(
	struct wl_resource *resource, uint32_t seat_id, void *of, struct wl_list *list);
// Called by the destruction of the resource.
void tablet_object_destroy(struct tablet_object *object);
// The first object of the client, and of that tablet seat unless it is 0; NULL: none.
struct tablet_object *tablet_object_find(
	struct wl_list *list, struct wl_client *client, uint32_t seat_id);
// What the objects are of is destroyed: they become inert.
void tablet_objects_orphan(struct wl_list *list);

// tablet_tool.c

// Never NULL. info is copied.
struct tablet_tool *tablet_tool_create(struct tablets *tablets, const struct input_tool *info);
// The protocol has sent removed; objects become inert.
void tablet_tool_destroy(struct tablet_tool *tool);
// Sends proximity_out.
void tablet_tool_leave(struct tablet_tool *tool);
// Handles an INPUT_TOOL_* event of a tool at that tablet.
void tablet_tool_input(
	struct tablet_tool *tool, struct tablet *tablet, const struct input_event *event);
// The client may set the cursor: the tool is in proximity of its surface, by serial or an older
// one.
bool tablet_tool_has_cursor(
	const struct tablet_tool *tool, struct wl_client *client, uint32_t serial);

// tablet_pad.c

// Never NULL.
struct tablet_pad *tablet_pad_create(struct tablets *tablets, const struct input_device *device);
// The protocol has sent removed; objects become inert.
void tablet_pad_destroy(struct tablet_pad *pad);
// Sends leave and enter after the keyboard focus or the set of objects changed.
void tablet_pad_refocus(struct tablet_pad *pad);
// Handles an INPUT_PAD_* event.
void tablet_pad_input(struct tablet_pad *pad, const struct input_event *event);
