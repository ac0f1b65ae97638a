// SPDX-License-Identifier: MIT
// The Wayland half of a screen: place in the layout, scale, transform, frames.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "backends/backend.h"
#include "compositor/base/geom.h"
#include "compositor/core/damage.h"
#include "compositor/core/pace.h"
#include "compositor/core/swapchain.h"

struct server;

// What clients were told last.
struct output_announced {
	struct box box;
	double scale;
	enum transform transform;
	bool enabled;
	int width, height, refresh_mhz;
};

struct output {
	struct server *server;
	struct screen *screen;
	char *name, *description; // owned
	unsigned index;           // 0..31, lowest free: its bit in outputs masks
	struct box box;           // logical place
	double scale;
	enum transform transform;
	bool enabled;
	bool dark;           // without power, but in its place; frames are answered, not shown
	bool vrr;            // frames are shown when they come
	bool placed_by_user; // set_position was asked for; others are lined up left to right
	struct output_announced announced;
	struct box usable; // logical, without layer-shell exclusive zones; the shell keeps it

	// frames
	struct swapchain swapchain;
	struct pace pace;
	struct timer frame_timer;
	bool dirty, full_damage;
	bool presenting;          // a frame is on its way (screens with real flips)
	struct item_list list;    // of this frame
	uint64_t list_version;    // of the scene it was made from
	uint64_t list_shape;      // the same, 0: never again
	bool covered;             // the list leaves nothing open
	struct seen_list seen;    // of the last one
	uint64_t seen_shape;      // of the list that it was made from
	struct buffer *primary;   // locked: what the screen shows; NULL: nobody sees it
	bool scanned_out;         // primary is a client's buffer
	uint64_t frames;          // shown so far
	uint64_t repaints;        // of which were drawn
	struct wl_list feedbacks; // feedback.link, parked under the frame
	bool cursor_on_plane;
	uint64_t cursor_sequence; // of the image on the plane
	uint64_t cursor_refused;  // of one that the plane did not take
	struct box cursor_box;
	region last_damage; // of the newest frame, output pixels

	struct wl_list resources;  // wl_output resources by link
	struct wl_resource *gamma; // whose tables it has, or NULL
	struct {
		struct wl_signal destroyed;
		struct wl_signal changed; // mode, scale, transform, place, name
		struct wl_signal power;   // dark
		struct wl_signal frame;   // after a repaint cycle (captures)
		struct wl_signal damaged; // struct output_damage *: what a frame changed
	} events;
	struct wl_list link; // server.outputs
};

// What one frame changed; data of events.damaged.
struct output_damage {
	struct output *output;
	const region *damage; // output pixels
};

struct output_change {
	struct output *output;
	bool enabled;
	struct mode mode; // width 0: keep
	bool has_position;
	int x, y;
	double scale;
	enum transform transform;
	bool vrr;
};

struct output *output_create(struct server *server, struct screen *screen);
void output_destroy(struct output *output); // windows move elsewhere first (the shell hears it)
struct output *output_from_resource(struct wl_resource *resource); // NULL when it is gone
struct output *output_by_name(struct server *server, const char *name);
struct output *output_at(struct server *server, double x, double y); // NULL between outputs
// Nearest enabled output, NULL when there is none.
struct output *output_nearest(struct server *server, double x, double y);
struct output *output_first(struct server *server); // NULL when none is enabled
// The output with most of the box on it, else the nearest.
struct output *output_for_box(struct server *server, const struct box *box);
struct wl_resource *output_resource_for(struct output *output, struct wl_client *client); // NULL
struct box outputs_bounds(struct server *server);
void output_size_px(const struct output *output, int *width, int *height); // after the transform

// The screen that is part of the machine; NULL: there is none.
struct output *output_builtin(struct server *server);
// Its lid was closed or opened.
void outputs_set_lid(struct server *server, bool closed);

// All at once; false and nothing changed when the back end refuses. test_only only asks.
bool outputs_apply(
	struct server *server, const struct output_change *changes, size_t n, bool test_only);
struct output_change output_change_none(struct output *output); // what it is now
void outputs_arrange(struct server *server);                    // places those that nobody placed

// False: this screen cannot, or the card refuses it.
bool output_set_power(struct output *output, bool on);
// Of a screen that has one, unless its user wants the pointer drawn.
bool output_has_cursor_plane(const struct output *output);

// frame.c
void output_frame_init(struct output *output); // for output_create and output_destroy
void output_frame_finish(struct output *output);
void output_pace_init(struct output *output); // after a change of mode
void output_dirty(struct output *output);     // a frame is wanted
// When the next frame could start, fences_look is called, if only for that. False: that is now, or
// nobody knows when.
bool output_expect(struct output *output);
void surfaces_answer_hidden(void *server); // timer callback
// Once no frame is on its way: whoever still waits is shown nowhere.
void surfaces_watch_hidden(struct server *server);
void outputs_dirty(struct server *server);
void output_damage_all(struct output *output); // and everything is to be redrawn
void output_on_presented(struct output *output, const struct presented *how);
struct scene_view output_view(const struct output *output);
bool output_is_idle(const struct output *output); // neither dirty nor presenting
void output_move_cursor(struct output *output);   // cheap path: plane position only
