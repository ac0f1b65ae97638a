// SPDX-License-Identifier: MIT
// Two clients of a desktop, to see which of them has the keyboard focus.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/config/config.h"
#include "tests/harness/client.h"

// A window of the client `first` that the user types into, and a client that opens others.
struct focus_rig {
	struct fixture *fixture;
	struct client *first, *second;
	struct client_window *window;
};

// With that [desktop] focus-new.
void focus_rig_begin(struct focus_rig *rig, enum focus_new mode);
// The same with the default.
void focus_rig_init(struct focus_rig *rig);
// Checks that no client has an error.
void focus_rig_finish(struct focus_rig *rig);
// Presses and releases a key (evdev code).
void focus_rig_key(struct focus_rig *rig, uint32_t code);
// The window is active and has the keyboard focus.
bool focus_rig_active(const struct client_window *window);
// The window asks for attention.
bool focus_rig_urgent(const struct client_window *window);
// Checks that a window is not in front, does not have the focus, and asks for attention.
void focus_rig_check_back(struct focus_rig *rig, struct client_window *window);
// A new window of the second client.
struct client_window *focus_rig_second(struct focus_rig *rig);

// A layer surface.
struct panel {
	struct wl_surface *surface;
	struct zwlr_layer_surface_v1 *layer;
	struct wl_buffer *buffer;
};

// At the lower left corner, 100x40. keyboard: enum zwlr_layer_surface_v1_keyboard_interactivity.
void panel_begin(struct panel *panel, struct client *client, uint32_t keyboard);
// Destroys the surface.
void panel_end(struct panel *panel);

// A token of the first client, with the serial of a key that it got. The caller frees it.
char *focus_rig_token(struct focus_rig *rig, uint32_t code);
// The second client activates its window by the token.
void focus_rig_use_token(struct focus_rig *rig, const char *token, struct client_window *window);
// A new window that uses the token before it is mapped, as programs do at their start.
struct client_window *focus_rig_window_by_token(struct focus_rig *rig, const char *token);
