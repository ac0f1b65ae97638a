// SPDX-License-Identifier: MIT
// Between the files of the floating desktop: its state and that of each window.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"
#include "compositor/core/shell.h"
#include "compositor/shell/frame_decor.h"
#include "compositor/shell/snap.h"

struct hold;
struct font;
struct switcher;
struct wallpaper;

struct desktop {
	struct shell shell;
	struct font *font;
	struct wallpaper *wallpaper;
	struct hold *hold;         // a window is being moved or resized, or a button held; or NULL
	struct switcher *switcher; // open, or NULL
	struct decor *hovered;     // the pointer is over it, or NULL
	struct {                   // for double clicks
		uint64_t window_id, time_ns;
		double x, y;
	} last_press;
};

// A window's shell_data, from its first window_added on.
struct managed {
	struct desktop *desktop;
	struct window *window;
	struct decor *decor;
	struct node *backdrop; // behind a fullscreen window, or NULL
	struct box screen;     // of the output, when it was placed there
	struct window *parent; // as stacked last; only compared
	unsigned shown;        // enum window_state: what the newest pixels are drawn for
	bool placed;           // it has, or restore holds, a place of its own
	bool has_goal;         // where it goes with the size that it was asked for
	int goal_x, goal_y;
	struct box last; // where it was before it was unmapped; empty: nowhere yet
	struct wl_listener destroyed;
};

#define TILED (WINDOW_TILED_LEFT | WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM)
// Size and place are the shell's, not the user's.
#define FIXED (WINDOW_MAXIMIZED | WINDOW_FULLSCREEN | TILED)

static inline struct desktop *desktop_from(struct shell *shell)
{
	return wl_container_of(shell, (struct desktop *)NULL, shell);
}

// arrange.c
struct managed *managed_get(struct desktop *desktop, struct window *window); // makes it
struct extents managed_extents(const struct managed *managed);               // of what is wanted
struct box managed_box(const struct managed *managed);                       // with its frame
struct output *managed_output(struct managed *managed); // NULL: there is none at all
void managed_place_first(struct managed *managed);      // when it is mapped
void managed_remember(struct managed *managed);         // when it is unmapped
void managed_committed(struct managed *managed);
void managed_set_bounds(struct managed *managed);
void managed_rearrange(struct managed *managed); // its output or what is usable of it changed
void managed_maximize(struct managed *managed, bool on);
void managed_fullscreen(struct managed *managed, bool on, struct output *output);
void managed_minimize(struct managed *managed, bool on);
void managed_snap(struct managed *managed, enum snap_zone zone); // SNAP_NONE: back to its own size
void managed_update_output(struct managed *managed);             // after a move
void desktop_restack(struct desktop *desktop); // fullscreen windows come above panels, or do not

// grabs.c
// by_touch: the touch that goes down now; its coordinates come with the grab's first event.
void hold_move(struct managed *managed, bool by_touch);
void hold_resize(struct managed *managed, unsigned edges, bool by_touch);
void hold_button(struct managed *managed, enum decor_part part, bool by_touch);
// The client asks, for a press it was told of. False: that press is over.
bool hold_for_client(struct managed *managed, uint32_t serial, bool resize, unsigned edges);
void hold_window_gone(struct desktop *desktop, struct window *window);
void hold_end(struct desktop *desktop); // no hold is allowed; the window stays where it is

// bindings.c
bool bindings_key(struct desktop *desktop, uint32_t code, bool pressed);

// switcher.c
void switcher_step(struct desktop *desktop, int by, uint32_t modifiers); // opens it
// False: the key is not for it. Commits when the modifiers that opened it are up.
bool switcher_key(struct desktop *desktop, uint32_t keysym, uint32_t modifiers, bool pressed);
bool switcher_button(struct desktop *desktop, struct node *node);
void switcher_window_gone(struct desktop *desktop, struct window *window);
void switcher_close(struct desktop *desktop, bool commit);
