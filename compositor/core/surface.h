// SPDX-License-Identifier: MIT
// wl_surface without the wire: state as a value, the commit queue, roles, subsurfaces.
// Protocols write surface->pending and call surface_commit; nobody else does.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"
#include "compositor/core/content.h"

struct layer_surface;
struct output;
struct popup;
struct scene;
struct server;
struct subsurface;
struct surface;
struct window;

// Which fields a commit speaks about.
enum surface_set {
	SURFACE_BUFFER = 1 << 0,
	SURFACE_DAMAGE = 1 << 1,
	SURFACE_OFFSET = 1 << 2,
	SURFACE_SCALE = 1 << 3,
	SURFACE_TRANSFORM = 1 << 4,
	SURFACE_OPAQUE = 1 << 5,
	SURFACE_INPUT = 1 << 6,
	SURFACE_FRAME = 1 << 7,
	SURFACE_VIEWPORT = 1 << 8,
	SURFACE_CHILDREN = 1 << 9,
	SURFACE_FEEDBACK = 1 << 10,
	SURFACE_FIFO_BARRIER = 1 << 11,
	SURFACE_FIFO_WAIT = 1 << 12,
	SURFACE_ALPHA = 1 << 13,
	SURFACE_XDG = 1 << 14,        // window geometry, limits, acked serial
	SURFACE_LAYER = 1 << 15,      // layer-shell fields
	SURFACE_CONSTRAINT = 1 << 16, // pointer constraint region or hint
};

// Something that wants to know when (or that never) this commit's pixels were shown.
struct feedback {
	struct wl_list link; // surface_state.feedbacks, then output.feedbacks
	// Exactly one of the two is called, once; the feedback frees itself in it. output may be NULL.
	void (*presented)(struct feedback *feedback, struct output *output, uint64_t time_ns,
		uint64_t sequence, uint32_t refresh_ns, uint32_t flags, bool zero_copy);
	void (*discarded)(struct feedback *feedback);
};

// Place of a child in its parent's stack; subsurface NULL is the parent's own content.
struct surface_child {
	struct subsurface *subsurface;
	int x, y;
};

struct surface_state {
	unsigned set;          // enum surface_set
	struct buffer *buffer; // locked, may be NULL
	int dx, dy;
	region damage_surface, damage_buffer;
	region opaque, input;
	int scale;
	enum transform transform;
	struct {
		bool has_src, has_dst;
		struct fbox src; // surface pixels after scale and transform
		int width, height;
	} viewport;
	float alpha;
	struct wl_list callbacks;       // wl_resource link of wl_callback
	struct wl_list feedbacks;       // feedback.link
	struct surface_child *children; // bottom first, with one NULL for the parent; owned
	size_t n_children;
	struct {
		bool has_geometry;
		struct box geometry;
		int min_width, min_height, max_width, max_height;
		uint32_t acked; // last acked configure serial, 0: none
	} xdg;
	struct {
		uint32_t anchor, keyboard, layer, exclusive_edge;
		int exclusive_zone;
		int top, right, bottom, left; // margins
		int width, height;
		uint32_t acked;
	} layer;
};

// Why a commit cannot be applied yet, besides fifo barriers and its order.
enum surface_wait {
	SURFACE_WAIT_FENCE = 1 << 0, // its buffer is still being written
	SURFACE_WAIT_TIME = 1 << 1,
};

struct surface_commit {
	struct surface *surface;
	struct surface_state state;
	unsigned waits;          // enum surface_wait
	struct wl_list fences;   // fence.link
	struct wl_list children; // commits of synchronised subsurfaces, surface_commit.link
	struct wl_list link;     // surface.queue, a parent commit's children, or self when cached
	struct wl_list own_link; // surface.commits
};

// Hooks may be NULL. They are called while the role is set, also where role_object is NULL.
struct surface_role {
	const char *name;
	bool defunct_is_error; // wl_surface must not go before the role's object
	bool strict_size;      // buffer sizes must be multiples of the scale
	// A buffer (or NULL) is being attached. False: an error was posted. May be NULL.
	bool (*attach)(struct surface *surface, struct buffer *buffer);
	// A commit is about to happen: check it against the role's rules. False: an error was posted
	// and the commit is dropped. May be NULL.
	bool (*precommit)(struct surface *surface, struct surface_state *pending);
	// surface->current has changed; set says what the commit spoke about.
	void (*commit)(struct surface *surface, unsigned set);
	// The wl_surface goes away before the role's object did.
	void (*destroyed)(struct surface *surface);
};

struct subsurface {
	struct wl_resource *resource;     // NULL once wl_subsurface was destroyed
	struct surface *surface, *parent; // either may become NULL: then it is inert
	bool synced;
	struct surface_commit *cached; // waits for the parent
	struct wl_list link;           // parent surface.subsurfaces
};

struct surface {
	struct server *server;
	struct wl_resource *resource;
	struct surface_state pending, current; // current.buffer is not kept: content has it
	bool has_buffer;                       // the last applied commit left one attached
	struct wl_list queue;                  // surface_commit.link, oldest first
	// surface_commit.own_link, oldest first: queued, cached or in a parent's. They are applied in
	// this order.
	struct wl_list commits;
	unsigned n_commits;              // of those
	const struct surface_role *role; // stays once given
	void *role_object;               // NULL: the role's object is gone or not there yet
	struct content content;
	// tree: subsurfaces below, node, subsurfaces above. A role places tree in the scene.
	struct node *tree, *node;
	int width, height;             // logical size, 0 without content
	bool mapped;                   // role says it is shown (a subsurface: its parent is too)
	bool fifo_barrier;             // set until a frame with it was shown
	struct subsurface *subsurface; // when that is its role
	struct window *window;         // the same; NULL when its object is gone
	struct popup *popup;           // the same
	struct layer_surface *layer;   // the same
	struct wl_list subsurfaces;    // subsurface.link, of which it is the parent
	struct wl_list popups;         // popup.link, of which it is the parent
	unsigned outputs;              // bits of the outputs it was told it is on (output.index)
	double preferred_scale;        // as told last, 0: never
	enum transform preferred_transform;
	struct surface_child *children; // stack as requested, not applied yet; owned
	size_t n_children;
	// Objects that extend it, one of each at most; cleared by their protocols.
	struct wl_resource *viewport, *fractional_scale, *fifo;
	void *xdg_surface;        // protocol object; there before the role is
	uint32_t owed_ack;        // the newest configure its client has not acknowledged; 0: none
	uint64_t hidden_since_ns; // since when callbacks wait without a frame, 0: none do
	struct wl_list link;      // server.surfaces
	struct {
		struct wl_signal destroyed; // struct surface *
		struct wl_signal committed; // struct surface *, after it was applied
		struct wl_signal mapped;    // mapped changed
	} events;
};

struct surface *surface_create(struct server *server, struct wl_resource *resource);
void surface_destroy(struct surface *surface);
struct surface *surface_from_resource(struct wl_resource *resource); // NULL gives NULL

void surface_state_init(struct surface_state *state);
void surface_state_finish(struct surface_state *state);
// Moves what `from` speaks about into `into`; from is then empty and init'ed.
void surface_state_merge(struct surface_state *into, struct surface_state *from);

// wl_surface.commit. Posts errors on the surface's resource.
void surface_commit(struct surface *surface);
// Clears wait bits of a commit and applies what can be applied now.
void surface_commit_ready(struct surface_commit *commit, unsigned waits);
// The fifo barrier was passed (a frame was shown, or the surface is hidden).
void surface_clear_fifo_barrier(struct surface *surface);

// Gives the surface a role; false (error code posted on error_resource) when it has another one, or
// one of the same kind with a living object.
bool surface_set_role(struct surface *surface, const struct surface_role *role, void *object,
	struct wl_resource *error_resource, uint32_t error_code);
bool surface_set_mapped(struct surface *surface, bool mapped); // true: it changed; children follow

// Bounds of the surface with its mapped subsurfaces, from its own origin, logical.
struct box surface_extents(const struct surface *surface);
bool surface_takes_input(const struct surface *surface, double x, double y);
struct surface *surface_root(struct surface *surface); // topmost parent of subsurfaces
bool surface_effectively_synced(const struct surface *surface);
// Answers its frame callbacks.
void surface_send_frame_done(struct surface *surface, uint32_t time_ms);
// Calls for surface and all its subsurfaces, below first.
// x, y: from the origin of the surface the walk started at.
void surface_for_each(struct surface *surface,
	void (*callback)(struct surface *surface, int x, int y, void *data), void *data);
// Where its pixels would best fit; also for its subsurfaces.
void surface_set_preferred(struct surface *surface, double scale, enum transform transform);
// Tells which outputs it is on (bits of output.index), preferred scale and transform.
void surface_update_outputs(struct surface *surface, unsigned outputs);

// subsurface.c: the request half checks loops and roles and posts errors.
struct subsurface *subsurface_create(
	struct surface *surface, struct surface *parent, struct wl_resource *resource);
void subsurface_destroy(struct subsurface *subsurface); // wl_subsurface went away
void subsurface_set_position(struct subsurface *subsurface, int x, int y);
// sibling may be the parent; false: it is neither.
bool subsurface_place(struct subsurface *subsurface, struct surface *sibling, bool above);
void subsurface_set_sync(struct subsurface *subsurface, bool sync);
extern const struct surface_role subsurface_role;
