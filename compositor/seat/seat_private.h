// SPDX-License-Identifier: MIT
// Private to seat.c and the files of its devices: initialisation, internal state, dispatch.
#pragma once
#include "compositor/seat/constraint.h"
#include "compositor/seat/seat.h"

// Initialises the keyboard of a seat without a keymap (keyboard_ready).
void keyboard_init(struct seat *seat);
// Frees what keyboard_init and later calls made.
void keyboard_finish(struct seat *seat);
// The keymap in use belongs to a virtual device.
bool keyboard_owner_is_virtual(const struct keyboard *keyboard);
// The pressed key with that code, or NULL.
struct pressed_key *keyboard_find_key(struct keyboard *keyboard, uint32_t code);
// Updates pressed keys and the xkb state; sends nothing. A press needs room in keyboard.keys.
void keyboard_update(
	struct seat *seat, const struct input_device *device, uint32_t code, bool pressed);
// Switches to a keymap of that owner (see keyboard_set_keymap); sends nothing. False: it cannot be
// shared with clients (logged).
bool keyboard_use_keymap(
	struct seat *seat, struct xkb_keymap *keymap, const struct input_device *owner);
// Applies the host's modifiers to the configured keymap, in effect until the next key.
void keyboard_apply_host_modifiers(struct keyboard *keyboard);
// Compiles the host's or the configured keymap; caller unrefs. NULL: none compiles.
struct xkb_keymap *keyboard_compile_keymap(struct seat *seat);
// Sends wl_keyboard.keymap; an empty one without a keymap.
void keyboard_send_keymap(struct seat *seat, struct wl_resource *resource);
// The key switches virtual terminals, and the back end has done so.
bool keyboard_switches_vt(struct seat *seat, uint32_t code);
// A keyboard came.
void keyboard_add_device(struct seat *seat, const struct input_device *device);
// A keyboard left. Unknown ones are allowed.
void keyboard_remove_device(struct seat *seat, const struct input_device *device);
// The next press comes from this device: switches to its keymap. NULL (a script): to the configured
// one.
void keyboard_use_device(struct seat *seat, const struct input_device *device);
// Forgets all devices.
void keyboard_finish_devices(struct seat *seat);

// Sets the position of pointer and cursor, clamped to the constraint and to the outputs. No event,
// no focus change; cursor_update follows.
void pointer_place(struct seat *seat, double x, double y);
// Updates the focus from what is under the pointer. True: it is the same surface, which moved.
bool pointer_refocus(struct seat *seat);
// No client gets the releases of the buttons that are pressed now.
void pointer_swallow_buttons(struct seat *seat);
// The client's record is about to be freed.
void pointer_client_gone(struct seat_client *client);

// Clamps layout coordinates to the constraint's region.
void constraint_clamp(struct seat *seat, const struct constraint *constraint, double *x, double *y);
// Passes the active constraint on to a back end whose host moves the pointer, if it changed.
void constraint_update_host(struct seat *seat);

// Frees a point and takes it out of the seat; sends nothing.
void touch_point_free(struct touch_point *point);

// Initialises the gesture of a seat.
void gesture_init(struct seat *seat);
// Frees what gesture_init made; sends nothing.
void gesture_finish(struct seat *seat);
// Ends the gesture as cancelled.
void gesture_cancel(struct seat *seat);
// Handles INPUT_GESTURE events: begin, update and end of zwp_pointer_gestures_v1.
void gesture_input(struct seat *seat, const struct input_event *event);
