// SPDX-License-Identifier: MIT
// The pointer: position, focus, buttons, and the events of wl_pointer and zwp_relative_pointer_v1.
// The functions that send are the default behaviour, which grabs may fall back to.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/base/weak.h"

struct constraint;
struct input_event;
struct seat;
struct surface;
struct wl_resource;

#define POINTER_BUTTONS 16

struct pointer {
	double x, y;            // layout
	bool used;              // moved since INPUT_POINTER_LEAVE or the start; else hovers nothing
	struct weak focus;      // struct surface *
	struct weak focus_node; // struct node * under it, including the shell's own
	double sx, sy;          // surface coordinates on the focus
	uint32_t enter_serial;
	uint32_t buttons[POINTER_BUTTONS]; // codes of pressed buttons
	unsigned n_buttons;
	uint32_t press_serial;         // of the oldest button that is still pressed
	bool frame_pending;            // events were sent to the focus without a frame yet
	struct constraint *constraint; // active one, or NULL
	bool unconstrained; // the user freed it from constraints, until the next press of a button
	struct {            // as sent last to the back end's host pointer
		bool bound;
		struct weak output; // struct output *
		bool locked, confined;
		struct box box; // output pixels
	} host;
	// Buttons whose release no client gets: the shell or a drag consumed the press.
	uint32_t swallowed[POINTER_BUTTONS];
	unsigned n_swallowed;
};

// Surface with pointer focus, or NULL.
struct surface *pointer_focus(struct seat *seat);
// Moves the focus, sends leave and enter. surface NULL, or one that a lock keeps from input: no
// focus. sx, sy: surface coordinates.
void pointer_set_focus(struct seat *seat, struct surface *surface, double sx, double sy);
// Sends wl_pointer.motion to the focus, from pointer.x,y. Back-pressure merges motions.
void pointer_send_motion(struct seat *seat, uint32_t time_ms);
// Sends wl_pointer.button to the focus. Returns its serial, 0 without focus.
uint32_t pointer_send_button(struct seat *seat, uint32_t time_ms, uint32_t code, bool pressed);
// Sends the wl_pointer axis events of an INPUT_AXIS to the focus.
void pointer_send_axis(struct seat *seat, const struct input_event *event);
// Sends wl_pointer.frame if events are pending without one.
void pointer_send_frame(struct seat *seat);
// Sends zwp_relative_pointer_v1.relative_motion of an INPUT_MOTION to the focus.
void pointer_send_relative(struct seat *seat, const struct input_event *event);
// For a new wl_pointer: sends enter if its client has the focus.
void pointer_bind(struct seat *seat, struct wl_resource *resource);
// Moves the pointer to a layout position without relative motion: clamps it to the constraint and
// the outputs, updates the focus (enter and leave, or motion), and moves the host's pointer of a
// nested back end. NaN and infinity are ignored.
void pointer_warp(struct seat *seat, double x, double y);
