// SPDX-License-Identifier: MIT
// Grabs: what takes input away from the default behaviour while it lasts: a popup chain, an
// interactive move or resize, a drag. The grab on top of the seat's stack gets the events.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct grab;
struct input_event;
struct seat;

// A NULL function leaves the event to the default behaviour.
struct grab_impl {
	const char *name;
	void (*motion)(struct grab *grab, uint32_t time_ms); // to seat->pointer.x,y
	void (*button)(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed);
	void (*axis)(struct grab *grab, const struct input_event *event);
	void (*frame)(struct grab *grab);
	void (*key)(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed);
	void (*touch)(struct grab *grab, const struct input_event *event, double x, double y);
	// The scene changed under the pointer.
	void (*refocus)(struct grab *grab);
	// The client that keeps getting tablet events; NULL: no client does.
	struct wl_client *(*client)(struct grab *grab);
	// Removed from the stack by seat_cancel_grabs: undo and free.
	void (*cancel)(struct grab *grab);
};

// Embedded in what the owner allocates.
struct grab {
	const struct grab_impl *impl;
	struct seat *seat;   // NULL: not on the stack
	struct wl_list link; // seat.grabs, top first
};

// Puts the grab on top of the stack. The owner keeps the memory until it removes the grab or cancel
// is called.
void seat_grab_push(struct seat *seat, struct grab *grab, const struct grab_impl *impl);
// Removes the grab without calling cancel. A zeroed or removed grab is allowed.
void seat_grab_remove(struct grab *grab);
// The grab that gets the events; NULL: the default behaviour applies.
struct grab *seat_grab_top(struct seat *seat);
// Removes all grabs and calls their cancel.
void seat_cancel_grabs(struct seat *seat);
