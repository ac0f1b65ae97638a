// SPDX-License-Identifier: MIT
// Layer surfaces (wlr-layer-shell): panels, backgrounds, notifications. shell/layers.c arranges
// them.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"
#include "compositor/base/weak.h"

struct layer_surface;
struct node;
struct output;
struct server;
struct surface;

// As in zwlr_layer_shell_v1.layer.
enum layer {
	LAYER_BACKGROUND,
	LAYER_BOTTOM,
	LAYER_TOP,
	LAYER_OVERLAY,
	LAYERS,
};

// As in zwlr_layer_surface_v1.anchor; bits.
enum layer_anchor {
	ANCHOR_TOP = 1,
	ANCHOR_BOTTOM = 2,
	ANCHOR_LEFT = 4,
	ANCHOR_RIGHT = 8,
};

// As in zwlr_layer_surface_v1.keyboard_interactivity.
enum layer_keyboard {
	LAYER_KEYBOARD_NONE,
	LAYER_KEYBOARD_EXCLUSIVE,
	LAYER_KEYBOARD_ON_DEMAND,
};

struct layer_surface_impl {
	// Sends zwlr_layer_surface_v1.configure with a size in logical pixels. Returns its serial.
	uint32_t (*configure)(struct layer_surface *layer, int width, int height);
	void (*closed)(struct layer_surface *layer); // sends zwlr_layer_surface_v1.closed
};

struct layer_surface {
	const struct layer_surface_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct surface *surface;
	struct output *output; // NULL until the shell has assigned one, and once it is removed
	char *namespace;       // owned
	bool mapped, initial_commit_done;
	bool appeared; // mapped since the last layer_changed
	struct {
		uint32_t anchor;              // enum layer_anchor
		uint32_t keyboard;            // enum layer_keyboard
		uint32_t layer;               // enum layer
		uint32_t exclusive_edge;      // enum layer_anchor, 0: not set
		int exclusive_zone;           // logical; 0: avoids other zones, -1: ignores them
		int top, right, bottom, left; // margins, logical
		int width, height; // requested, logical; 0: stretched between opposite anchors
	} current;
	int configured_width, configured_height; // of the last configure
	struct node *tree;                       // owned; contains surface->tree and popups
	struct node *popups;
	struct box box; // as arranged, layout
	bool closed;    // the closed event was sent; stays unmapped
	struct wl_listener output_removed;
	struct wl_list link; // server.layers
	struct {
		struct wl_signal destroyed;
	} events;
};

// For a surface without a role object. output may be NULL: the shell assigns one. layer is an enum
// layer. namespace is copied. Never NULL.
struct layer_surface *layer_surface_create(struct server *server, struct surface *surface,
	struct output *output, uint32_t layer, const char *namespace,
	const struct layer_surface_impl *impl);
// Unmaps it, dismisses its popups. NULL is allowed.
void layer_surface_destroy(struct layer_surface *layer);
// The layer surface at the root of the surface by subsurfaces. NULL: none; surface may be NULL.
struct layer_surface *layer_surface_from_surface(struct surface *surface);
// After each applied commit, with current set. Maps, unmaps (an initial commit is then required
// again) and restacks it. Calls shell_impl.layer_changed if any of that happened or changed is
// true.
void layer_surface_commit(struct layer_surface *layer, bool changed);
// Sends the preferred scale, enter and leave of its place, then a configure with a size in logical
// pixels.
void layer_surface_configure(struct layer_surface *layer, int width, int height);
// Sends zwlr_layer_surface_v1.closed and unmaps it for good. May be closed already.
void layer_surface_close(struct layer_surface *layer);
