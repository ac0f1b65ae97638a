// SPDX-License-Identifier: MIT
// Windows of the desktop shell on two outputs of 800x600, side by side, and what users, scripts and
// plugs do to them.
#pragma once
#include <stdbool.h>
#include "compositor/base/geom.h"
#include "tests/harness/client.h"

struct output;

struct desktop_rig {
	struct fixture *fixture;
	struct client *client;
};

// For TEST_F: outputs HEADLESS-1 and HEADLESS-2.
void desktop_rig_init(struct desktop_rig *rig);
// The same with another shell; NULL: desktop. rig must be zeroed.
void desktop_rig_init_shell(struct desktop_rig *rig, const char *shell);
// For TEST_F.
void desktop_rig_finish(struct desktop_rig *rig);

// The output HEADLESS-number. NULL: it is unplugged.
struct output *desktop_output(struct desktop_rig *rig, int number);
// Sets the size of its mode, in pixels.
void desktop_set_mode(struct desktop_rig *rig, int number, int width, int height);
// Enables or disables it.
void desktop_switch(struct desktop_rig *rig, int number, bool on);
// Unplugs it.
void desktop_unplug(struct desktop_rig *rig, int number);
// Plugs in a monitor of 800x600 with that serial number, which may be NULL.
void desktop_plug(struct desktop_rig *rig, int number, const char *serial);

// A window at a place of the layout, as scripts move it.
struct client_window *desktop_window_at(
	struct desktop_rig *rig, int x, int y, int width, int height);
// The same with a title bar. client NULL: that of the rig.
struct client_window *desktop_decorated_window(
	struct desktop_rig *rig, struct client *client, int width, int height);
// Implements the verb place.
void desktop_place(struct client_window *window, int x, int y);
// Its geometry in the layout, and the number of its output.
void check_place(struct client_window *window, int number, int x, int y, int width, int height);
// Moves the pointer from one layout position to another with the left button held.
void desktop_drag(struct desktop_rig *rig, double from_x, double from_y, double to_x, double to_y);
