// SPDX-License-Identifier: MIT
// struct server: one compositor. All its state hangs here, as nothing is global. create.h makes
// one.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/weak.h"

struct access;
struct activation;
struct backend;
struct budgets;
struct children;
struct config;
struct cursor;
struct font_module;
struct idle;
struct lock;
struct output;
struct renderer;
struct scene;
struct seat;
struct shell;
struct shell_impl;
struct surface;
struct text;
struct window;
struct window_layouts;
struct workers;
struct xwayland;

struct server {
	struct wl_display *display;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct workers *workers; // for files that may be slow
	struct backend *backend;
	struct renderer *renderer;
	struct scene *scene;
	struct wl_list outputs;  // output.link, in the order they were added
	uint64_t layouts;        // of outputs, so far: a cache of one layout compares it
	struct wl_list surfaces; // surface.link
	struct wl_list waiting;  // surface.wait_link, the one that waits longest first
	struct wl_list windows;  // window.link, most recently focused first
	struct wl_list layers;   // layer_surface.link, in order of creation
	struct wl_list contents; // content.link
	struct cursor *cursor;
	struct seat *seat;
	struct text *text; // input of the seat
	struct shell *shell;
	struct config *config;
	struct access *access;
	struct budgets *budgets;
	struct idle *idle;
	struct lock *lock;
	struct children *children; // processes that bindings spawn; NULL in tests
	struct xwayland *xwayland; // X programs; NULL: there is no X display

	bool plain_text; // the built-in stroke font instead of system fonts
	const struct font_module *(*load_font)(void); // replaces both, for tests; or NULL
	bool no_wallpaper_image;                      // overrides the configuration
	bool (*is_dmabuf)(int fd);
	bool any_render_node; // some device has one, so clients may find a device for DMA-BUFs
	bool wlcs_quirks;     // tolerate protocol violations of the WLCS suite's own clients
	uint64_t next_node_id, next_window_id;

	struct activation *activation;
	struct window_layouts *window_layouts; // NULL: layouts are common to all windows
	struct wl_listener client_created, activity;
	struct wl_listener clipboard_changed, primary_changed,
		lock_changed;      // for a back end with a host clipboard
	bool away;                 // another session has the seat: outputs show nothing of ours
	bool locked;               // nothing of the session is shown or gets input (lock/lock.h)
	struct weak lid_disabled;  // struct output *: disabled while the lid is closed
	struct wl_list fences;     // fence.next_frame: polled by the next frame (surface/fence.h)
	struct timer hidden_timer; // frame callbacks of hidden surfaces (output/hidden_surfaces.c)
	struct timer gpu_reset_timer;
	uint64_t gpu_reset_ns; // time of the last recovery from a GPU reset, 0: never
	struct {
		struct wl_signal destroyed;      // start of server_destroy: everything still exists
		struct wl_signal window_added;   // struct window *, mapped for the first time
		struct wl_signal output_added;   // struct output *
		struct wl_signal output_removed; // struct output *
		struct wl_signal outputs_changed; // NULL: position, mode, scale or set of outputs
		struct wl_signal
			layout_settled;    // NULL: after that and after the shell moved windows
		struct wl_signal activity; // NULL: user input, for idle timers
		struct wl_signal surface_created; // struct surface *
		// struct surface *: a commit that set current.xwayland_serial was applied.
		struct wl_signal xwayland_serial;
		struct wl_signal frame_done;   // struct output *: after each refresh cycle
		struct wl_signal frame_shown;  // struct output *: output.shown_version grew
		struct wl_signal lid_closed;   // NULL
		struct wl_signal lock_changed; // NULL: after server.locked or lock_state did
	} events;
	void (*exit)(void *data, int status); // ends the main loop with that exit status
	void *exit_data;
};

// A serial for an event that requests do not refer to; see seat_serial for the others.
static inline uint32_t server_next_serial(struct server *server)
{
	return wl_display_next_serial(server->display);
}
