// SPDX-License-Identifier: MIT
// A toplevel of any origin: states, the configure handshake, its place in the scene.
// Wishes come from clients and go to the shell; the shell decides with the window_set functions.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/clock.h"
#include "compositor/base/geom.h"
#include "compositor/base/weak.h"

struct node;
struct output;
struct seat;
struct server;
struct surface;
struct window;

enum window_state {
	WINDOW_MAXIMIZED = 1 << 0,
	WINDOW_FULLSCREEN = 1 << 1,
	WINDOW_RESIZING = 1 << 2,
	WINDOW_ACTIVATED = 1 << 3,
	WINDOW_TILED_LEFT = 1 << 4,
	WINDOW_TILED_RIGHT = 1 << 5,
	WINDOW_TILED_TOP = 1 << 6,
	WINDOW_TILED_BOTTOM = 1 << 7,
	WINDOW_SUSPENDED = 1 << 8,
	WINDOW_MINIMIZED = 1 << 9, // ours; not sent to clients
};

enum window_edge { // as xdg_toplevel.resize_edge
	EDGE_NONE = 0,
	EDGE_TOP = 1,
	EDGE_BOTTOM = 2,
	EDGE_LEFT = 4,
	EDGE_RIGHT = 8,
};

// One configure: what the shell wants. Size 0: the client chooses.
struct window_config {
	int width, height;               // of the window geometry
	unsigned states;                 // enum window_state
	int bounds_width, bounds_height; // 0: not known
	bool decorated;                  // the server draws the title bar
};

struct window_impl {
	// Sends it; returns the serial that the ack will carry. 0: it cannot be sent any more.
	uint32_t (*configure)(struct window *window, const struct window_config *config);
	void (*close)(struct window *window);
	void (*close_popups)(struct window *window); // dismiss all
	void (*ping)(struct window *window, uint32_t serial);
};

struct window {
	const struct window_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct surface *surface;
	uint64_t id;           // for scripts and lists, stable
	char *title, *app_id;  // owned, may be NULL
	char identifier[33];   // for ext-foreign-toplevel-list: unique, opaque
	struct window *parent; // or NULL
	struct wl_list link;   // server.windows
	bool mapped;
	struct box geometry; // window geometry in surface coordinates, as committed
	int min_width, min_height, max_width, max_height; // 0: none
	struct window_config sent, acked, current; // newest sent, newest acked, in the last commit
	uint32_t sent_serial, acked_serial, current_serial;
	bool added;                  // the initial commit came: the shell knows it
	bool configured_once;        // the first configure was sent
	struct window_config wanted; // merged until it is sent
	bool configure_queued;
	bool answer_due;      // a configure is owed even when nothing changed
	bool waits_for_drain; // the client is late: it is sent when it has read
	unsigned unacked;     // configures sent since the last ack
	struct wl_event_source *configure_idle;
	struct { // asked for before the initial commit; handed to the shell then
		bool maximize, fullscreen, minimize, has_decoration, decoration;
		struct weak output; // struct output *, of fullscreen
	} asked;
	// place
	struct node *tree;     // frame (decorations), surface tree, popups
	struct node *popups;   // tree for popups, above the surface
	int x, y;              // top left of the window geometry, layout
	struct output *output; // where it belongs; NULL when there is none
	unsigned resize_edges; // enum window_edge: set by the shell's resize, cleared by its end
	unsigned mappings;     // times it was mapped
	struct wl_listener output_removed, outputs_changed;
	struct box restore;     // geometry before maximise, fullscreen or snap; empty: none
	bool wants_decorations; // negotiated: client has no frame of its own
	bool unresponsive;      // did not answer a ping in time
	uint32_t ping_serial;   // 0: none is open
	struct timer ping_timer;
	void *shell_data; // the shell's
	void *decoration; // protocol object
	struct {
		struct wl_signal destroyed;
		struct wl_signal changed;   // title, app_id, parent, states, output, mapped
		struct wl_signal committed; // new content
		struct wl_signal unmapped;
		// const struct window_config *: it goes out now, extensions send theirs before it.
		struct wl_signal configure;
	} events;
};

struct window *window_create(
	struct server *server, struct surface *surface, const struct window_impl *impl);
void window_destroy(struct window *window);                  // unmaps first
struct window *window_from_surface(struct surface *surface); // of its root; NULL
// What an ext_foreign_toplevel_handle_v1 stands for; NULL when it is gone.
struct window *window_from_handle(struct wl_resource *handle);
struct window *window_by_id(struct server *server, uint64_t id);
// Of an xdg_toplevel, whose user data it is; NULL when that is inert.
struct window *window_from_resource(struct wl_resource *resource);
// The window geometry (of windows and popups) in the current state, in surface coordinates: what
// the client set, clamped to what is there; unset, all there is right of and below the surface's
// own origin, so that a subsurface at negative coordinates does not move the surface.
struct box window_geometry(const struct surface *surface);
// The surface has a buffer: attached, committed, or in a commit that waits. Shells refuse such ones.
bool window_has_content(const struct surface *surface);

void window_set_title(struct window *window, const char *title);
void window_set_app_id(struct window *window, const char *app_id);
// False: a loop. A parent that is not mapped counts as none.
bool window_set_parent(struct window *window, struct window *parent);

// The shell's side. Configures are merged and sent once before the loop waits again.
void window_set_size(struct window *window, int width, int height);
void window_set_state(struct window *window, unsigned state, bool on);
void window_set_bounds(struct window *window, int width, int height);
void window_set_decorated(struct window *window, bool decorated);
void window_move(struct window *window, int x, int y); // of the geometry's top left, layout
void window_raise(struct window *window);
void window_set_output(struct window *window, struct output *output);
void window_configure_now(struct window *window); // sends what is merged, even when nothing changed
void window_close(struct window *window);
void window_update_suspended(struct window *window); // minimised or on no output; after any change
struct box window_box(const struct window *window);  // geometry in layout coordinates
bool window_has(const struct window *window, unsigned state); // of wanted
// Size limits applied.
void window_constrain_size(const struct window *window, int *width, int *height);

// The protocol's side.
void window_set_limits(
	struct window *window, int min_width, int min_height, int max_width, int max_height);
// The surface's current state answers that configure.
void window_applied(struct window *window, uint32_t serial, const struct window_config *config);
void window_acked(struct window *window, uint32_t serial, const struct window_config *config);
// The next configure goes out even when nothing changed; queued as others are.
void window_answer(struct window *window);
// After each applied commit, after window_applied: the first one hands it to the shell; maps, unmaps
// (all is then as before the first commit), moves for resizes by the left or top edge.
void window_commit(struct window *window);
void window_pong(struct window *window, uint32_t serial);
void window_send_ping(struct window *window); // unless one is open
