// SPDX-License-Identifier: MIT
// The one seat: keyboard, pointer and touch from the first moment, focus, serials, a stack of grabs.
// Every input event enters through seat_input.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/clock.h"
#include "compositor/base/input.h"
#include "compositor/base/weak.h"
#include "compositor/core/cursor.h"
#include "compositor/core/selection.h"

struct node;
struct output;
struct seat;
struct server;
struct surface;
struct tablets;

// Who gets events while something special goes on: a popup, a move, a drag. Top of stack decides.
// A NULL function passes the event on to the default behaviour.
struct grab {
	const struct grab_impl *impl;
	struct seat *seat;
	struct wl_list link; // seat.grabs, top first
};

struct grab_impl {
	const char *name;
	void (*motion)(struct grab *grab, uint32_t time_ms); // seat->pointer.x,y is new
	void (*button)(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed);
	void (*axis)(struct grab *grab, const struct input_event *event);
	void (*frame)(struct grab *grab);
	void (*key)(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed);
	void (*touch)(struct grab *grab, const struct input_event *event, double x, double y);
	// The scene changed under the pointer; NULL: default focus rules apply.
	void (*refocus)(struct grab *grab);
	// Taken from the stack by somebody else; undo and free.
	void (*cancel)(struct grab *grab);
};

// One client's devices. Kept while it has any resource of the seat.
struct seat_client {
	struct seat *seat;
	struct wl_client *client;
	struct wl_list seats, pointers, keyboards, touches; // wl_resource links
	// extension objects that go with this client's focus
	struct wl_list relative_pointers;
	struct wl_list gestures[INPUT_GESTURE_COUNT];
	struct wl_listener client_destroyed;
	struct {
		bool waiting; // merged motion that was not sent yet
		double x, y;
		uint32_t time_ms;
		int value120[2]; // v7 clients: parts of a notch
	} pointer;
	bool touch_frame_pending; // it has touch events without a frame yet
	struct wl_list link;      // seat.clients
};

struct pointer {
	double x, y;            // layout
	bool used;              // it was moved; nothing is hovered before
	struct weak focus;      // struct surface *
	struct weak focus_node; // struct node * under it, also the shell's
	double sx, sy;          // on the focus
	uint32_t enter_serial;
	uint32_t buttons[16]; // pressed codes
	unsigned n_buttons;
	uint32_t press_serial; // of the oldest button that is still down
	uint64_t press_ms;
	bool frame_pending;            // the focused client has events without a frame yet
	struct constraint *constraint; // active one, or NULL
	struct {
		bool bound; // the host's pointer, which the back end was told
		struct weak output;
		bool locked, confined;
		struct box box; // confined to, screen pixels
	} host;
	uint32_t swallowed[4]; // buttons whose press the shell took: their release is its, too
	unsigned n_swallowed;
};

struct keyboard {
	bool ready; // the configured map was compiled: it takes longer than all else at the start
	struct xkb_context *context;
	struct xkb_keymap *keymap;     // with state NULL before that (keyboard_ready)
	struct xkb_keymap *configured; // what the user or the host chose, to come back to
	struct {
		char *map; // the host's, as text; owned, NULL: the configuration's is used
		bool told; // the modifiers below are known
		uint32_t depressed, latched, locked, group;
	} host;
	struct xkb_state *state;
	int keymap_fd; // read-only memfd for clients
	size_t keymap_size;
	uint32_t keys[32]; // pressed codes, in order
	unsigned n_keys;
	uint32_t swallowed[32]; // of which clients know nothing: the shell's bindings
	unsigned n_swallowed;
	struct weak focus; // struct surface *: who has it, or has it when it is back
	bool away;         // the host types elsewhere: no client has it
	uint32_t depressed, latched, locked, group; // as sent last
	int repeat_rate, repeat_delay;              // per second, ms
	struct timer repeat_timer; // for the shell's own bindings; clients repeat by themselves
	// A keyboard that is not the seat's own (virtual-keyboard-v1) brings its map while it types.
	const void *keymap_owner; // who set the current map, NULL: the configuration
	struct wl_list devices;   // of keyboard_device.c
	unsigned leds;            // enum input_led that are lit
};

// Fingers on a touchpad that do something together, for the surface where they began.
struct gesture {
	bool active; // that surface's client heard of the beginning
	enum input_gesture kind;
	struct weak surface; // struct surface *
	struct wl_listener surface_destroyed;
	struct {
		bool waiting; // the client is late and has not heard of this yet
		uint32_t time_ms;
		double dx, dy, scale, rotation;
	} merged;
};

struct touch_point {
	int32_t id;
	struct seat *seat;
	struct weak surface; // struct surface *, set at down
	struct wl_listener surface_destroyed;
	double offset_x, offset_y; // layout minus surface coordinates at down
	double x, y;               // layout
	uint32_t serial;
	bool waiting; // the client is late and has not heard of this place yet
	uint32_t time_ms;
	struct wl_list link; // seat.touch_points
};

struct seat {
	struct server *server;
	char *name;
	struct pointer pointer;
	struct keyboard keyboard;
	struct gesture gesture;
	struct tablets *tablets;
	struct wl_list touch_points; // touch_point.link
	struct wl_list clients;      // seat_client.link
	struct wl_list grabs;        // grab.link, top first
	struct cursor *cursor;
	struct selection clipboard, primary;
	struct drag *drag; // in progress, or NULL
	// How drags that no client starts (scripts) reach their targets: wl_data_device's, or NULL.
	const struct drag_sink *drag_sink;
	struct wl_list popup_grabs; // popup.grab_link, topmost first
	// Serials that may still be used to start things: newest first ring.
	struct {
		uint32_t serial;
		struct wl_client *client;
		int kind; // enum seat_serial
	} serials[64];
	unsigned next_serial;
	struct {
		struct wl_signal pointer_focus;  // struct seat *, after a change
		struct wl_signal keyboard_focus; // struct seat *, after a change
		struct wl_signal moved;          // struct seat *: the pointer is elsewhere
		struct wl_signal keymap;         // struct seat *
	} events;
};

enum seat_serial {
	SERIAL_ENTER,
	SERIAL_BUTTON,
	SERIAL_KEY,
	SERIAL_TOUCH,
	SERIAL_TOOL,
	SERIAL_OTHER,
};

struct seat *seat_create(struct server *server, const char *name);
void seat_destroy(struct seat *seat);
// The only door for input.
void seat_input(struct seat *seat, const struct input_event *event);
// Creates it; for requests only: the end of a client that is going would not be noticed.
struct seat_client *seat_client_get(struct seat *seat, struct wl_client *client);
struct seat_client *seat_client_find(struct seat *seat, struct wl_client *client); // or NULL
struct seat *seat_from_resource(struct wl_resource *resource); // NULL when inert

// A new serial, remembered as given to that client.
uint32_t seat_serial(struct seat *seat, struct wl_client *client, enum seat_serial kind);
// The client was given this serial for a press or touch, which is how it may start a grab.
bool seat_serial_valid(struct seat *seat, struct wl_client *client, uint32_t serial,
	bool (*accept)(enum seat_serial kind));
bool seat_serial_is_press(enum seat_serial kind); // button, key, touch or tool
bool seat_serial_any(enum seat_serial kind);

void seat_grab_push(struct seat *seat, struct grab *grab, const struct grab_impl *impl);
void seat_grab_remove(struct grab *grab);      // does not call cancel; an unset grab is allowed
struct grab *seat_grab_top(struct seat *seat); // NULL: default behaviour
void seat_cancel_grabs(struct seat *seat);

// Looks again what is under the pointer; called whenever the scene changed.
void seat_refocus(struct seat *seat);

// pointer.c: the default behaviour, for grabs to fall back to.
void pointer_set_focus(struct seat *seat, struct surface *surface, double sx, double sy);
void pointer_send_motion(struct seat *seat, uint32_t time_ms); // to the focus, from pointer.x,y
uint32_t pointer_send_button(struct seat *seat, uint32_t time_ms, uint32_t code, bool pressed);
void pointer_send_axis(struct seat *seat, const struct input_event *event);
void pointer_send_frame(struct seat *seat);
// Layout; clamps, refocuses, no event. A host's pointer goes there, too.
void pointer_warp(struct seat *seat, double x, double y);
struct surface *pointer_focus(struct seat *seat);
// keyboard.c
// Compiles the configured map when first called; without a map, keymap and state stay NULL.
struct keyboard *keyboard_ready(struct seat *seat);
void keyboard_set_focus(struct seat *seat, struct surface *surface); // NULL: none
struct surface *keyboard_focus(struct seat *seat);                   // who hears keys
struct surface *keyboard_holder(struct seat *seat); // the same, but also while it is away
// The keyboard is the host's and types elsewhere. What is held is let go, and no client hears of
// that. A key that is pressed nevertheless, by a script or a virtual keyboard, brings it back.
void keyboard_set_away(struct seat *seat, bool away);
// In place of the configured map, unless the configuration names a layout.
void keyboard_set_host_keymap(struct seat *seat, const char *text);
// What the host holds down and locks: real modifiers; the group in effect, which counts only with
// the host's map.
void keyboard_set_host_modifiers(
	struct seat *seat, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group);
void keyboard_send_key(struct seat *seat, uint32_t time_ms, uint32_t code, bool pressed);
void keyboard_send_modifiers(struct seat *seat);
// Takes over the map (a reference of its own). owner NULL: the configuration's.
bool keyboard_set_keymap(struct seat *seat, struct xkb_keymap *keymap, const void *owner);
void keyboard_set_repeat(struct seat *seat, int rate, int delay_ms);
void keyboard_bind(struct seat *seat, struct wl_resource *resource); // keymap, repeat, enter
uint32_t keyboard_modifiers(struct seat *seat); // enum modifier bits of bindings.h
void keyboard_release_all(struct seat *seat);   // releases what is pressed
// touch.c
void touch_send_down(struct seat *seat, uint32_t time_ms, int32_t id, double x, double y);
void touch_send_motion(struct seat *seat, uint32_t time_ms, int32_t id, double x, double y);
void touch_send_up(struct seat *seat, uint32_t time_ms, int32_t id);
void touch_send_cancel(struct seat *seat);
void touch_send_frame(struct seat *seat);

// A lock or confinement on a surface (pointer-constraints); the protocol owns it.
struct constraint {
	struct surface *surface;
	bool lock, oneshot, active, dead; // dead: a oneshot that is over
	bool has_region;
	region region; // surface coordinates, of the current state
	bool has_hint;
	double hint_x, hint_y; // surface coordinates: where to put the pointer after a lock
	void (*set_active)(struct constraint *constraint, bool active);
	struct wl_list link; // the protocol's list
};
// Activates or deactivates; NULL: none. Again after the region of the active one changed.
void pointer_constrain(struct seat *seat, struct constraint *constraint);
void pointer_send_relative(struct seat *seat, const struct input_event *event); // of a MOTION

// Between seat.c and the files of its devices.
// From 0..1 of the device's area to the layout; false: no numbers.
bool seat_to_layout(struct seat *seat, const struct input_device *device, double *x, double *y);
void keyboard_init(struct seat *seat);
void keyboard_finish(struct seat *seat);
void keyboard_update(struct seat *seat, uint32_t code, bool pressed); // the state, nobody is told
void keyboard_restore_keymap(struct seat *seat); // after a virtual keyboard's key
// The key switches to another terminal, and was taken for that.
bool keyboard_switches_vt(struct seat *seat, uint32_t code);
void keyboard_add_device(struct seat *seat, const struct input_device *device);
void keyboard_remove_device(struct seat *seat, const struct input_device *device);
void keyboard_use_device(struct seat *seat, const struct input_device *device); // the next key's
void keyboard_finish_devices(struct seat *seat);
void pointer_place(struct seat *seat, double x, double y); // inside constraint and outputs
// By what is under it; true: the same surface, which moved under the still pointer.
bool pointer_refocus(struct seat *seat);
void pointer_bind(struct seat *seat, struct wl_resource *resource);
void pointer_client_gone(struct seat_client *client);
void constraint_clamp(struct seat *seat, const struct constraint *constraint, double *x, double *y);
// What binds the pointer, to a host that moves it; after anything changed. Says nothing twice.
void constraint_tell_host(struct seat *seat);
void touch_point_free(struct touch_point *point);
void gesture_init(struct seat *seat);
void gesture_finish(struct seat *seat);
void gesture_input(struct seat *seat, const struct input_event *event);
