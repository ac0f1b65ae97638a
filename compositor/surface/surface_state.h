// SPDX-License-Identifier: MIT
// The double-buffered state of a surface, as a value. A new protocol adds its fields to the struct
// and its lines to surface_state_merge.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"

struct buffer;
struct output;
struct subsurface;

// Fields that a state sets.
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
	SURFACE_XDG = 1 << 14,   // window geometry, limits, acked serial
	SURFACE_LAYER = 1 << 15, // layer-shell fields
	SURFACE_XWAYLAND = 1 << 16,
	SURFACE_TIME = 1 << 17,
	SURFACE_CONTENT_TYPE = 1 << 18,
};

// Presentation feedback of one commit (wp_presentation_feedback).
struct feedback {
	struct wl_list link; // surface_state.feedbacks, then output.feedbacks
	// One of the two is called, once; the feedback frees itself there. output may be NULL.
	void (*presented)(struct feedback *feedback, struct output *output, uint64_t time_ns,
		uint64_t sequence, uint32_t refresh_ns, uint32_t flags, bool zero_copy);
	void (*discarded)(struct feedback *feedback);
};

// An entry of a parent's stack; subsurface NULL: the parent's own content.
struct surface_child {
	struct subsurface *subsurface;
	int x, y;
};

struct surface_viewport {
	bool has_src, has_dst;
	struct fbox src; // surface pixels after scale and transform
	int width, height;
};

struct surface_state {
	unsigned set;          // enum surface_set
	struct buffer *buffer; // locked, may be NULL
	int dx, dy;
	region damage_surface; // of the pending state; committed ones have it in damage_buffer
	region damage_buffer;
	region opaque, input;
	int scale;
	enum transform transform;
	struct surface_viewport viewport;
	float alpha;
	uint64_t time_ns;         // of the server's clock: not applied before; only of commits
	uint32_t content_type;    // wp_content_type_v1.type, a hint
	struct wl_list callbacks; // wl_resource link of wl_callback
	struct wl_list feedbacks; // feedback.link
	struct surface_child *children; // bottom first, including the parent itself; owned
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
	uint64_t xwayland_serial; // of the X window, 0: none
};

// Initialises an empty state: nothing is set.
void surface_state_init(struct surface_state *state);
// Bytes of the heap that its regions and its stack of children take.
size_t surface_state_size(const struct surface_state *state);
// Releases buffer, callbacks and regions; discards feedback.
void surface_state_finish(struct surface_state *state);
// Moves what from sets into `into`; from is then empty and initialised. Its damage_surface is empty
// already (surface_shape_map_damage).
void surface_state_merge(struct surface_state *into, struct surface_state *from);
