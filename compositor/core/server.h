// SPDX-License-Identifier: MIT
// One compositor. Everything that lives as long as it does hangs here; nothing is global.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/weak.h"

struct access;
struct activation;
struct backend;
struct children;
struct config;
struct cursor;
struct idle;
struct output;
struct renderer;
struct scene;
struct seat;
struct shell;
struct shell_impl;
struct surface;
struct window;

struct server {
	struct wl_display *display;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct backend *backend;
	struct renderer *renderer;
	struct scene *scene;
	struct wl_list outputs;  // output.link, left to right as added
	struct wl_list surfaces; // surface.link
	struct wl_list windows;  // window.link, most recently focused first
	struct wl_list layers;   // layer_surface.link, in order of creation
	struct wl_list contents; // content.link
	struct seat *seat;
	struct shell *shell;
	struct config *config;
	struct access *access;
	struct idle *idle;
	struct children *children; // programs that bindings start; NULL in tests

	bool plain_text;         // strokes of our own instead of the system's fonts
	bool no_wallpaper_image; // whatever is configured
	bool (*is_dmabuf)(int fd);
	bool wlcs_quirks; // accept what the suite's own clients do wrong; off for everybody else
	uint64_t next_node_id, next_window_id;

	struct activation *activation;
	struct wl_listener client_created, activity;
	struct wl_listener clipboard_changed, primary_changed; // for the back end's host
	bool host_selects;                                     // what changes now comes from there
	struct weak dark_by_lid;   // struct output *: is off until the lid is opened
	struct wl_list fences;     // of commits, which the next frame looks at (fence.c)
	struct timer hidden_timer; // answers surfaces that no output shows
	struct timer recover_timer;
	uint64_t recovered_ns; // when the renderer was made anew last, 0: never
	struct {
		struct wl_signal destroyed;       // first step of destroy: all still exists
		struct wl_signal window_added;    // struct window *, mapped for the first time
		struct wl_signal output_added;    // struct output *
		struct wl_signal output_removed;  // struct output *
		struct wl_signal outputs_changed; // NULL: place, mode, scale, anything
		struct wl_signal activity;        // NULL: the user did something
		struct wl_signal surface_created; // struct surface *
		struct wl_signal frame_done;      // struct output *: one repaint cycle ended
	} events;
	void (*exit)(void *data, int status); // asks the main loop to end
	void *exit_data;
};

static inline uint32_t server_next_serial(struct server *server)
{
	return wl_display_next_serial(server->display);
}
