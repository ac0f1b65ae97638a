// SPDX-License-Identifier: MIT
// Scroll events from XInput 2 valuators or from wheel buttons.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xcb/xinput.h>

struct x11_pointer;
struct x11_screen;
struct x11_wheel;

// Requires XInput 2; never NULL. Waits for the server. The caller destroys it.
struct x11_wheel *x11_wheel_create(struct x11_pointer *pointer);
// NULL is allowed.
void x11_wheel_destroy(struct x11_wheel *wheel);
// The pointer enters one of our windows: queries the current valuators of device, which other
// windows may have scrolled meanwhile.
void x11_wheel_enter(struct x11_wheel *wheel, uint16_t device);
// Handles XI_DeviceChanged: another slave device moves the pointer, or its classes changed.
void x11_wheel_changed(struct x11_wheel *wheel, const xcb_input_device_changed_event_t *event);
// Sends the scrolling that an XI_Motion event contains, after the motion itself.
void x11_wheel_motion(
	struct x11_wheel *wheel, struct x11_screen *screen, const xcb_input_motion_event_t *event);
// Sends one notch for a press of button 4 to 7, from devices without scroll valuators.
void x11_wheel_notch(struct x11_pointer *pointer, struct x11_screen *screen, xcb_timestamp_t time,
	unsigned button);
