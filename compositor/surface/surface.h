// SPDX-License-Identifier: MIT
// wl_surface: pending and current state, queued commits, role, scene node. Protocols write
// surface->pending and call surface_commit.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/clock.h"
#include "compositor/base/geom.h"
#include "compositor/scene/content.h"
#include "compositor/surface/surface_state.h"

struct budget;
struct layer_surface;
struct output;
struct popup;
struct scene;
struct server;
struct subsurface;
struct surface;
struct window;

// What a commit waits for, besides fifo barriers and earlier commits.
enum surface_wait {
	SURFACE_WAIT_FENCE = 1 << 0, // implicit fences of its buffer
	SURFACE_WAIT_TIME = 1 << 1,  // its time (wp_commit_timer_v1)
};

struct surface_commit {
	struct surface *surface;
	struct surface_state state;
	unsigned waits;          // enum surface_wait
	size_t charged;          // bytes of BUDGET_STATE
	struct wl_list fences;   // fence.link
	struct timer timer;      // SURFACE_WAIT_TIME
	struct wl_list children; // commits of synchronised subsurfaces, surface_commit.link
	struct wl_list link;     // surface.queue, a parent commit's children; empty when cached
	struct wl_list own_link; // surface.commits
};

// Functions may be NULL. Called as long as the surface has the role, also without a role_object.
struct surface_role {
	const char *name;
	bool defunct_is_error; // destroying wl_surface before the role's object is an error
	bool strict_size;      // buffer sizes must be multiples of the scale
	// wl_surface.attach of a buffer or NULL. False: an error was posted.
	bool (*attach)(struct surface *surface, struct buffer *buffer);
	// Checks a commit by the role's rules. False: an error was posted, the commit is dropped.
	bool (*precommit)(struct surface *surface, struct surface_state *pending);
	// surface->current changed; set: enum surface_set of the commit.
	void (*commit)(struct surface *surface, unsigned set);
	// wl_surface is destroyed before the role's object.
	void (*destroyed)(struct surface *surface);
};

struct surface {
	struct server *server;
	struct wl_resource *resource;
	struct budget *budget;                 // of its client
	size_t charged_state, charged_content; // bytes
	struct surface_state pending, current; // current.buffer is NULL: the content has it
	bool has_buffer;                       // of the last applied commit
	struct wl_list queue;                  // surface_commit.link, oldest first
	// surface_commit.own_link, oldest first: queued, cached or in a parent's; applied in order.
	struct wl_list commits;
	unsigned n_commits;              // of those
	const struct surface_role *role; // stays once given
	void *role_object;               // NULL: destroyed, or not created yet
	struct content content;
	// tree: subsurfaces below, node, subsurfaces above. A role places tree in the scene.
	struct node *tree, *node;
	int width, height;             // logical size, 0 without content
	bool mapped;                   // shown, by its role; a subsurface only with its parent
	bool fifo_barrier;             // until the next frame shows it
	struct subsurface *subsurface; // with that role
	struct window *window;         // with that role, until destroyed
	struct popup *popup;           // the same
	struct layer_surface *layer;   // the same
	struct wl_list subsurfaces;    // subsurface.link, of which it is the parent
	struct wl_list popups;         // popup.link, of which it is the parent
	unsigned outputs;              // bits of the outputs that wl_surface.enter was sent for
	unsigned visible_outputs;      // bits of those whose last frame shows a part of it
	unsigned n_visible;            // surfaces with such bits: itself and subsurfaces below
	bool in_list;                  // during output_update_visibility
	unsigned expected_outputs;     // entered before its role moves it there; 0: none
	double preferred_scale;        // as set last, 0: never
	uint32_t sent_scale;           // last one of fractional_scale, 1/120; 0: none
	enum transform preferred_transform;
	struct surface_child *children; // stack as requested, not applied yet; owned
	size_t n_children;
	// Extension objects, at most one of each; cleared by their protocols.
	struct wl_resource *viewport, *fractional_scale, *fifo, *shortcuts_inhibitor, *content_type,
		*alpha_modifier, *commit_timer;
	bool inhibits_shortcuts;  // its inhibitor is active (seat/shortcuts.h)
	void *xdg_surface;        // protocol object; exists before the role
	uint32_t owed_ack;        // serial of the newest unacknowledged configure, 0: none
	uint64_t waits_since_ns;  // since when frame callbacks are pending, 0: none
	struct wl_list wait_link; // server.waiting; empty: none are pending
	struct wl_list link;      // server.surfaces
	struct {
		struct wl_signal destroyed; // struct surface *
		struct wl_signal committed; // struct surface *, after it was applied
		struct wl_signal mapped;    // mapped changed
		struct wl_signal visible;   // n_visible became 0 or was 0
	} events;
};

// wl_compositor.create_surface. Never NULL; owned by the resource.
struct surface *surface_create(struct server *server, struct wl_resource *resource);
// Called by the destruction of the resource.
void surface_destroy(struct surface *surface);
// The surface of a wl_surface. NULL gives NULL.
struct surface *surface_from_resource(struct wl_resource *resource);

// Charges the client with the surface and the regions of its pending and current state. Call after
// requests that change regions. False: over the limit; no_memory was posted.
bool surface_charge(struct surface *surface);
// wl_surface.commit: applies or queues the pending state. Posts errors on the surface's resource.
void surface_commit(struct surface *surface);
// Clears wait bits of a commit, and applies the commits that no longer wait.
void surface_commit_ready(struct surface_commit *commit, unsigned waits);
// wp_fifo_v1: a frame showed the surface, or it is hidden; applies commits behind the barrier.
void surface_clear_fifo_barrier(struct surface *surface);

// Gives the surface a role. False: it has another role, or an object of this one; the error was
// posted on error_resource.
bool surface_set_role(struct surface *surface, const struct surface_role *role, void *object,
	struct wl_resource *error_resource, uint32_t error_code);
// Maps or unmaps the surface; subsurfaces follow. True: that changed it.
bool surface_set_mapped(struct surface *surface, bool mapped);

// Bounds of the surface with its mapped subsurfaces, in surface coordinates.
struct box surface_extents(const struct surface *surface);
// The point (surface coordinates) is inside the surface and its input region.
bool surface_takes_input(const struct surface *surface, double x, double y);
// The topmost parent of a subsurface, else the surface itself.
struct surface *surface_root(struct surface *surface);
// A subsurface that is synchronised, by itself or through a parent.
bool surface_effectively_synced(const struct surface *surface);
// The surface, or one below, became visible (delta 1) or ceased to be (-1): counts that in it and
// its parents. It must not unmap surfaces.
void surface_count_visible(struct surface *surface, int delta);
// Sends wl_callback.done for its frame callbacks.
void surface_send_frame_done(struct surface *surface, uint32_t time_ms);
// Sends wp_fractional_scale_v1.preferred_scale where the client does not have that value already.
void surface_send_fractional_scale(struct surface *surface, double scale);
// Sets the preferred scale and transform, of its subsurfaces too, and sends what that changes. On
// wl_surface, where they begin as 1 and normal, and on wp_fractional_scale_v1.
void surface_set_preferred(struct surface *surface, double scale, enum transform transform);
