// SPDX-License-Identifier: MIT
// Input devices of the seat by libinput: keyboards, pointers, touchpads, touchscreens, tablets and
// switches.
#pragma once
#include <stdbool.h>

struct backend;
struct libinput_backend;
struct session;
struct udev;
struct wl_event_loop;

// Opens the devices of the session's seat, and reports them and their events through backend->sink:
// devices that are present before it returns, all else from the loop. All parameters are borrowed
// and outlive it. NULL: libinput failed (logged).
struct libinput_backend *libinput_backend_create(struct backend *backend,
	struct wl_event_loop *loop, struct session *session, struct udev *udev);
// Reports all devices as removed. NULL is allowed.
void libinput_backend_destroy(struct libinput_backend *input);
// The session becomes inactive: reports key releases, then all devices as removed.
void libinput_backend_suspend(struct libinput_backend *input);
// The session is active again: opens and reports the devices. False: no devices (logged).
bool libinput_backend_resume(struct libinput_backend *input);
// Sets the lit LEDs (bits of enum input_led) of all keyboards, also of those plugged in later.
void libinput_backend_set_leds(struct libinput_backend *input, unsigned leds);
