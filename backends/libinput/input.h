// SPDX-License-Identifier: MIT
// Keyboards, pointers, touchpads, touchscreens, tablets and switches of the seat, by libinput.
#pragma once
#include <stdbool.h>

struct backend;
struct drm_input;
struct session;
struct udev;
struct wl_event_loop;

// Reports through backend->sink from the loop, first what is there already. NULL: logged.
struct drm_input *drm_input_create(struct backend *backend, struct wl_event_loop *loop,
	struct session *session, struct udev *udev);
// All devices are told to be gone; NULL is allowed.
void drm_input_destroy(struct drm_input *input);
// Another session has the devices: ours are gone until then. What was held is let go.
void drm_input_suspend(struct drm_input *input);
// False: logged, and there are no devices.
bool drm_input_resume(struct drm_input *input);
// enum input_led, of all keyboards and those to come.
void drm_input_set_leds(struct drm_input *input, unsigned leds);
