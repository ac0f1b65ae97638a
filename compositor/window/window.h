// SPDX-License-Identifier: MIT
// Toplevel windows of any protocol: properties, states, configure handshake, position in the scene.
// Requests of clients are forwarded to the shell, which answers by the window_set functions.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-server-core.h>
#include "compositor/base/clock.h"
#include "compositor/base/geom.h"
#include "compositor/base/weak.h"
#include "compositor/policy.h"

struct foreign_relation;
struct node;
struct output;
struct seat;
struct server;
struct surface;
struct window;
struct window_icon;

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
	// internal, not sent to clients
	WINDOW_MINIMIZED = 1 << 9,
	WINDOW_URGENT = 1 << 10, // asks for attention; cleared by its activation
};

enum window_edge { // as in xdg_toplevel.resize_edge; bits
	EDGE_NONE = 0,
	EDGE_TOP = 1,
	EDGE_BOTTOM = 2,
	EDGE_LEFT = 4,
	EDGE_RIGHT = 8,
};

// State of one configure. Logical pixels; size 0: the client chooses.
struct window_config {
	int width, height;               // of the window geometry
	unsigned states;                 // enum window_state
	int bounds_width, bounds_height; // 0: unknown
	bool decorated;                  // server-side decorations
};

// Implemented by the protocol of the window.
struct window_impl {
	// Sends the configure events. Returns the serial that the acknowledgement will carry; 0:
	// the protocol objects are gone.
	uint32_t (*configure)(struct window *window, const struct window_config *config);
	void (*close)(struct window *window);                 // sends xdg_toplevel.close
	void (*close_popups)(struct window *window);          // dismisses all
	void (*ping)(struct window *window, uint32_t serial); // sends xdg_wm_base.ping
	// Its layout position changed. NULL: clients do not know it.
	void (*moved)(struct window *window);
	// Reduces a size of the window geometry, within the limits of the window, to one that the
	// client can draw. NULL: any.
	void (*constrain)(const struct window *window, int *width, int *height);
};

// What a window of an X program has in addition. Borrowed.
struct window_x11 {
	const char *instance, *class_name; // WM_CLASS; UTF-8 or NULL
	pid_t pid;                         // of the program; 0: unknown
};

// Whether the keyboard focus suits a window.
enum window_focus {
	WINDOW_FOCUS_ALWAYS,
	WINDOW_FOCUS_LATER, // not because it is new
	WINDOW_FOCUS_NEVER,
};

struct window {
	const struct window_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct surface *surface;
	uint64_t id;                   // never reused in a server
	char *title, *app_id;          // owned; valid UTF-8, or NULL
	char *tag, *description;       // xdg_toplevel_tag_v1, as title
	struct window_icon *icon;      // shared (icon.h), or NULL
	struct window_icon *next_icon; // after the next commit, if has_next_icon
	bool has_next_icon;
	bool modal;            // blocks its parent (xdg_dialog_v1)
	char identifier[33];   // ext_foreign_toplevel_handle_v1.identifier, new for each mapping
	struct window *parent; // or NULL
	struct wl_list link;   // server.windows
	struct wl_list children, sibling; // window.sibling, most recently focused first
	bool mapped;
	struct box geometry; // window geometry of the current state, surface coordinates
	int min_width, min_height, max_width, max_height; // logical; 0: no limit
	enum window_focus focus;
	const struct window_x11 *x11; // NULL: not of an X program; set by the impl
	// configure handshake
	struct window_config pending;    // set by the shell, not sent yet
	struct window_config configured; // sent last
	struct window_config acked;      // acknowledged last
	struct window_config current;    // of the last commit
	uint32_t configured_serial, acked_serial, current_serial;
	const struct output *configured_output; // assigned then; only compared
	uint32_t moves_serial; // of the configure whose content is shown on another output; 0: none
	bool added;            // the initial commit was applied, the shell has the window
	bool initial_configured; // the first configure was sent
	bool configure_queued;   // by configure_idle
	bool configure_forced;   // send a configure even if the state is unchanged
	bool awaits_drain; // back-pressure: the next configure is sent when the client has read
	unsigned unacked;  // configures sent since the last acknowledgement
	struct wl_event_source *configure_idle;
	struct { // requests before the initial commit, which window_add forwards
		bool maximize, fullscreen, minimize, has_decoration, decoration;
		struct weak output; // struct output *, of fullscreen
	} deferred;
	// position
	struct node *tree;     // owned; contains decorations, the surface's tree and popups
	struct node *popups;   // parent of popups, above the surface
	int x, y;              // of the window geometry, layout
	struct output *output; // it is assigned to; NULL: none
	unsigned resize_edges; // enum window_edge of the resize in progress, set by the shell
	unsigned mappings;     // times it was mapped
	unsigned layout;       // of the keyboard, with layout-per-window (window_layouts.h)
	struct wl_listener output_removed, outputs_changed;
	bool wants_decorations; // the client requested server-side decorations
	bool unresponsive;      // did not answer a ping in time
	uint32_t ping_serial;   // of the unanswered ping; 0: none
	struct timer ping_timer;
	unsigned sent_states; // enum window_state; others cause no configure
	bool covered;         // by others, for some time
	unsigned captures;    // sessions that copy its content
	struct timer cover_timer;
	struct wl_listener visible;
	void *shell_data;           // the shell's
	void *decoration;           // the decoration protocol's object
	struct wl_resource *dialog; // xdg_dialog_v1, or NULL
	// Of xdg_foreign.c: what it exports (foreign_export.link), and the relation to a parent
	// of another client, or NULL.
	struct wl_list exports;
	struct foreign_relation *foreign;
	struct {
		struct wl_signal destroyed;
		struct wl_signal changed;   // title, app_id, parent, states, output, mapped
		struct wl_signal committed; // struct window *: a new state was applied
		struct wl_signal unmapped;
		// const struct window_config *: a configure is about to be sent. Extensions send
		// their own configure events now, as xdg_surface.configure comes last.
		struct wl_signal configure;
	} events;
};

// Of a surface without a role object. Never NULL.
struct window *window_create(
	struct server *server, struct surface *surface, const struct window_impl *impl);
// Unmaps it first. NULL is allowed.
void window_destroy(struct window *window);
// The window whose surface is the root of this one by subsurfaces. NULL: none; surface may be NULL.
struct window *window_from_surface(struct surface *surface);
// The window of an xdg_toplevel. NULL: the resource is inert, or NULL.
struct window *window_from_resource(struct wl_resource *resource);
// The window geometry of a window or popup in the current state, surface coordinates: the one set
// by xdg_surface.set_window_geometry within the surface's extents; by default the extents right of
// and below the surface's origin, so that a subsurface at negative coordinates does not move the
// window.
struct box window_geometry(const struct surface *surface);
// The surface has a buffer: current, pending, or in a queued commit. Protocols post an error if
// such a surface gets a role object.
bool window_has_content(const struct surface *surface);

// Properties

// Implements xdg_toplevel.set_title. Copied; invalid UTF-8 is replaced. NULL: none.
void window_set_title(struct window *window, const char *title);
// Implements xdg_toplevel.set_app_id, as window_set_title.
void window_set_app_id(struct window *window, const char *app_id);
// Implements xdg_toplevel_tag_manager_v1.set_toplevel_tag, as window_set_title.
void window_set_tag(struct window *window, const char *tag);
// Implements xdg_toplevel_tag_manager_v1.set_toplevel_description, as window_set_title.
void window_set_description(struct window *window, const char *description);
// Implements xdg_toplevel_icon_manager_v1.set_icon: the icon that the window has after its next
// commit. Takes a reference. NULL: none.
void window_set_icon(struct window *window, struct window_icon *icon);
// A commit is applied: the icon that was set is the window's.
void window_apply_icon(struct window *window);
// Implements xdg_dialog_v1.set_modal and unset_modal: shell_activate of an ancestor activates it.
void window_set_modal(struct window *window, bool modal);
// The mapped modal dialog that blocks the window; its own ones taken into account. NULL: none.
struct window *window_blocker(struct window *window);
// Implements xdg_toplevel.set_parent. NULL or an unmapped parent: none. False: it would be a loop.
bool window_set_parent(struct window *window, struct window *parent);
// Implements xdg_toplevel.set_min_size and set_max_size. Logical pixels; 0: no limit.
void window_set_limits(
	struct window *window, int min_width, int min_height, int max_width, int max_height);
// Changes a size to one that the window can have: within its limits, at least 1, and as its impl
// allows. Logical pixels.
void window_constrain_size(const struct window *window, int *width, int *height);

// Called by the shell. Changes of the pending state are sent in one configure before the event loop
// waits.

// Size of the window geometry, logical pixels. 0: the client chooses.
void window_set_size(struct window *window, int width, int height);
// Sets or clears states (enum window_state, one or several).
void window_set_state(struct window *window, unsigned state, bool on);
// Recommended maximum size (xdg_toplevel.configure_bounds), logical pixels. 0: unknown.
void window_set_bounds(struct window *window, int width, int height);
// Decoration mode: true for server-side.
void window_set_decorated(struct window *window, bool decorated);
// All of these states (enum window_state) are pending.
bool window_has(const struct window *window, unsigned state);
// Moves the top left of the window geometry to a layout position, with its popups.
void window_move(struct window *window, int x, int y);
// The outermost of its ancestors; a window without a parent itself. Never NULL.
struct window *window_root(struct window *window);
// Raises the window with its ancestors and all their dialogs.
void window_raise(struct window *window);
// Assigns the window to an output without moving it. NULL: none.
void window_set_output(struct window *window, struct output *output);
// The window geometry, layout coordinates.
struct box window_box(const struct window *window);
// Updates WINDOW_SUSPENDED: minimised, not on an enabled output, or wholly covered for some time.
// window_move, window_set_state, frames and changes of outputs do so by themselves.
void window_update_suspended(struct window *window);
// A session that captures its content begins (delta 1) or ends (-1): meanwhile it is not suspended
// because others cover it.
void window_count_captures(struct window *window, int delta);
// Sends xdg_toplevel.close, and a ping.
void window_close(struct window *window);

// Called by the protocol.

// xdg_surface.ack_configure: serial and state are those of an earlier window_impl.configure.
void window_acked(struct window *window, uint32_t serial, const struct window_config *config);
// The commit that is applied now was made with this acknowledged state. Before window_commit.
void window_applied(struct window *window, uint32_t serial, const struct window_config *config);
// After each applied commit. The initial commit adds the window to the shell, a buffer maps it, no
// buffer unmaps it (its state is then that before the initial commit).
void window_commit(struct window *window);
// Queues a configure that is sent even if the state is unchanged, as an answer to a request.
void window_force_configure(struct window *window);
// Sends xdg_wm_base.ping unless one is unanswered; no answer within 10 s marks it unresponsive.
void window_send_ping(struct window *window);
// Implements xdg_wm_base.pong. Other serials are ignored.
void window_pong(struct window *window, uint32_t serial);

// Forwards a client's request to the shell. Before the initial commit it is stored, and forwarded
// right after shell_impl.window_added. Requests to activate, move, resize or place it, for
// attention and for the menu are dropped unless the window is mapped. detail NULL: all zero. Sets
// wants_decorations. Implements xdg_toplevel.set_maximized, move, resize and so on, the same of
// task bars, and the verbs place and resize of scripts.
void window_request(
	struct window *window, enum window_request what, const struct window_detail *detail);
