// SPDX-License-Identifier: MIT
// A layer-shell surface: panels, backgrounds, notifications. The protocol makes it, the shell's
// layers.c arranges it.
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

struct layer_surface_impl {
	uint32_t (*configure)(struct layer_surface *layer, int width, int height);
	void (*closed)(struct layer_surface *layer); // its output is gone
};

struct layer_surface {
	const struct layer_surface_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct surface *surface;
	struct output *output; // NULL until the shell has chosen or when it is gone
	char *namespace;       // owned
	bool mapped, initial_commit_done;
	bool appeared; // mapped since the shell was told last
	struct {
		uint32_t anchor;   // top=1 bottom=2 left=4 right=8
		uint32_t keyboard; // none=0 exclusive=1 on_demand=2
		uint32_t layer;    // background=0 bottom=1 top=2 overlay=3
		uint32_t exclusive_edge;
		int exclusive_zone;
		int top, right, bottom, left;
		int width, height; // wanted; 0: between opposite anchors
	} current;
	int configured_width, configured_height; // sent last
	struct node *tree;                       // holds surface->tree; popups go to popups
	struct node *popups;
	struct box box; // arranged, layout coordinates
	bool closed;    // it was told so and is shown no more
	struct wl_listener output_removed;
	struct wl_list link; // server.layers
	struct {
		struct wl_signal destroyed;
	} events;
};

struct layer_surface *layer_surface_create(struct server *server, struct surface *surface,
	struct output *output, uint32_t layer, const char *namespace,
	const struct layer_surface_impl *impl);
void layer_surface_destroy(struct layer_surface *layer);
struct layer_surface *layer_surface_from_surface(struct surface *surface);
// After each applied commit, with current set: maps, unmaps (it then needs an initial commit
// again), takes its place among the layers. Tells the shell where that is news or changed is set.
void layer_surface_commit(struct layer_surface *layer, bool changed);
// Tells the client to go away and hides it.
void layer_surface_close(struct layer_surface *layer);
