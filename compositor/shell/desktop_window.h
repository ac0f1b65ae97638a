// SPDX-License-Identifier: MIT
// Size, position and states of one window of the floating desktop.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"
#include "compositor/shell/home.h"
#include "compositor/shell/place.h"
#include "compositor/shell/snap.h"
#include "compositor/window/window.h"

struct decoration;
struct desktop;
struct node;
struct output;

// A window's shell_data, from its first window_added until its destruction.
struct desktop_window {
	struct desktop *desktop;
	struct window *window;
	struct decoration *decoration; // owned
	struct node *backdrop;         // black, behind a fullscreen window; or NULL
	struct window *parent;         // when it was stacked last; only compared, may be dangling
	unsigned current_states; // enum window_state the current buffer was drawn for; 0: unmapped
	// Window geometry while it floats, or would float. Only deliberate moves and resizes change
	// it, not those that outputs and panels cause. Kept for the next mapping.
	struct home floating;
	struct home maximized;  // the output where it is maximised, tiled or fullscreen
	bool placed;            // floating is valid
	bool was_active;        // since it was mapped
	uint64_t rang_ns;       // when its bell rang last, 0: never (bell.c)
	bool placed_by_program; // at an exact position: moves do not snap
	bool shrunk; // configured smaller than floating, which does not fit into the output
	bool has_pending_position; // applied when the client has drawn the pending size
	int pending_x, pending_y;  // layout, of the window geometry
	struct wl_listener destroyed;
};

#define TILED (WINDOW_TILED_LEFT | WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM)
// States in which the shell chooses size and position.
#define FIXED (WINDOW_MAXIMIZED | WINDOW_FULLSCREEN | TILED)

// The window's state, created on first use; never NULL. Destroyed with the window.
struct desktop_window *desktop_window_get(struct desktop *desktop, struct window *window);
// Its title or application id, or a text that stands for both. Borrowed.
const char *desktop_window_name(const struct window *window);
// Frame around the window in its pending states, logical pixels.
struct extents desktop_window_extents(const struct desktop_window *view);
// The window with the frame that it shows now, layout coordinates.
struct box desktop_window_box(const struct desktop_window *view);
// On mapping: chooses the position, or applies the states requested before.
void desktop_window_place_first(struct desktop_window *view);
// On unmapping: keeps the floating place for the next mapping.
void desktop_window_remember(struct desktop_window *view);
// On each commit of a mapped window: applies the states and positions its new content is for.
void desktop_window_committed(struct desktop_window *view);
// Sets the bounds (xdg_toplevel.configure_bounds) to the usable area without the frame.
void desktop_window_set_bounds(struct desktop_window *view);
// After outputs, the usable area or its decoration mode changed: moves it to its output if that is
// enabled, else to another, and to its place there as far as that is visible.
void desktop_window_rearrange(struct desktop_window *view);
// After a deliberate move or resize of a floating window: assigns the output with the largest part
// of it, and makes this its place.
void desktop_window_moved(struct desktop_window *view);
// Moves the top left of the window geometry to a layout position, for scripts. A maximised, tiled
// or fullscreen window floats first.
void desktop_window_move_to(struct desktop_window *view, int x, int y);
// Requests a size (logical, of the window geometry) within the limits of the client, for scripts. A
// maximised, tiled or fullscreen window floats first.
void desktop_window_resize_to(struct desktop_window *view, int width, int height);
// Implements xdg_toplevel.set_maximized and unset_maximized.
void desktop_window_maximize(struct desktop_window *view, bool on);
// Implements xdg_toplevel.set_fullscreen and unset_fullscreen. output NULL: the current one.
void desktop_window_fullscreen(struct desktop_window *view, bool on, struct output *output);
// Minimises or restores the window with its dialogs, and moves the activation.
void desktop_window_minimize(struct desktop_window *view, bool on);
// Tiles or maximises the window. SNAP_NONE: back to its floating size and position, output is
// ignored. output NULL: the current one.
void desktop_window_snap(struct desktop_window *view, enum snap_zone zone, struct output *output);
