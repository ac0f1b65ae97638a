// SPDX-License-Identifier: MIT
// The seat: entry point of all input events, clients' devices.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/input.h"
#include "compositor/base/weak.h"
#include "compositor/output/cursor.h"
#include "compositor/seat/grab.h"
#include "compositor/seat/keyboard.h"
#include "compositor/seat/pointer.h"
#include "compositor/seat/selection.h"
#include "compositor/seat/serial.h"
#include "compositor/seat/touch.h"

struct key_filter;
struct output;
struct server;
struct tablets;

// A client's devices. Exists while it has any resource of the seat.
struct seat_client {
	struct seat *seat;
	struct wl_client *client;
	struct wl_list seats, pointers, keyboards, touches; // wl_resource links
	// extension objects that follow this client's pointer focus
	struct wl_list relative_pointers;
	struct wl_list gestures[INPUT_GESTURE_COUNT];
	struct wl_listener client_destroyed;
	struct {
		bool waiting; // motion withheld by back-pressure
		double x, y;
		uint32_t time_ms;
		int value120[2]; // wl_pointer 7: accumulated fractions of a notch
	} pointer;
	struct serials serials;
	bool touch_frame_pending; // touch events were sent without a frame yet
	struct wl_list link;      // seat.clients
};

// A touchpad gesture, sent to the surface under the pointer where it began.
struct gesture {
	bool active; // begin was sent
	enum input_gesture kind;
	struct weak surface; // struct surface *
	struct wl_listener surface_destroyed;
	struct {
		bool waiting; // update withheld by back-pressure
		uint32_t time_ms;
		double dx, dy, scale, rotation;
	} merged;
};

struct seat {
	struct server *server;
	char *name; // owned
	struct pointer pointer;
	struct keyboard keyboard;
	struct gesture gesture;
	struct tablets *tablets;
	struct wl_list touch_points;   // touch_point.link
	struct wl_list clients;        // seat_client.link
	struct wl_list grabs;          // grab.link, top first
	struct key_filter *key_filter; // text input; NULL: none
	struct cursor *cursor;         // server.cursor
	struct selection clipboard, primary;
	struct drag *drag; // in progress, or NULL
	// Delivers drags that no client started (scripts); wl_data_device's, or NULL.
	const struct drag_sink *drag_sink;
	struct wl_list popup_grabs; // popup.grab_link, topmost first
	const struct wl_client
		*pressed_client; // that got the last press; NULL: none, or it is gone
	struct {
		struct wl_signal pointer_focus;  // struct seat *, after a change
		struct wl_signal keyboard_focus; // struct seat *, after a change
		struct wl_signal moved;          // struct seat *, after the pointer moved
		struct wl_signal keymap;         // struct seat *, after a change
	} events;
	struct wl_listener scene_changed, layout_settled;
};

// Never NULL. The name is copied.
struct seat *seat_create(struct server *server, const char *name);
// Cancels grabs first. NULL is allowed.
void seat_destroy(struct seat *seat);
// Entry point of all input: devices, the host of a nested back end, scripts, virtual devices.
void seat_input(struct seat *seat, const struct input_event *event);
// The same while no output shows anything: counts as activity, releases what was pressed before and
// switches virtual terminals, and has no other effect.
void seat_input_unseen(struct seat *seat, const struct input_event *event);
// Ends all that input has begun: grabs, drags, touches, gestures, tools in proximity, constraints.
// Releases of what is pressed are not sent. No surface has the focus then.
void seat_reset(struct seat *seat);
// Finds the client's record, or creates it. Only from a request of the client: the end of one that
// is being destroyed would not be noticed.
struct seat_client *seat_client_get(struct seat *seat, struct wl_client *client);
// The client's record, or NULL.
struct seat_client *seat_client_find(struct seat *seat, struct wl_client *client);

// Updates what is under the pointer after the scene changed: the focus, or the grab on top.
void seat_refocus(struct seat *seat);
// Converts x, y from 0..1 of the device's area to the layout. False: they are not finite.
bool seat_to_layout(struct seat *seat, const struct input_device *device, double *x, double *y);
