// SPDX-License-Identifier: MIT
// Outputs: the Wayland side of a back end's screen. Layout position, scale, transform, frames.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "backends/backend.h"
#include "compositor/base/geom.h"
#include "compositor/output/frame_clock.h"
#include "compositor/output/swapchain.h"
#include "compositor/scene/damage.h"

struct scene_sink;
struct server;
struct surface;

// State that clients were notified of last.
struct output_announced {
	struct box box;
	double scale;
	enum transform transform;
	bool enabled;
	int width, height, refresh_mhz;
};

// Surfaces that the last list has a visible part of, in any order.
struct visible_surfaces {
	struct surface **surfaces; // owned array of borrowed surfaces
	size_t count, capacity;
};

struct output {
	struct server *server;
	struct screen *screen;
	char *name, *description; // owned
	unsigned index;           // 0..31: its bit in masks of outputs
	struct box box;           // position and size in the layout
	double scale;
	enum transform transform;
	bool enabled;
	bool powered_off;    // powered off, still in the layout; frames are not shown
	bool vrr;            // variable refresh rate
	bool placed_by_user; // positioned explicitly; others are lined up left to right
	struct output_announced announced;
	struct box usable; // box without exclusive zones, layout; set by the shell

	// frames
	struct swapchain swapchain;
	struct frame_clock frame_clock;
	struct timer frame_timer;
	bool dirty, full_damage;
	bool presenting;       // a page flip is pending
	struct item_list list; // of this frame
	uint64_t list_version; // scene.version it was built from
	uint64_t list_shape;   // scene.shape, 0: do not reuse
	bool covered;          // opaque items cover the screen
	struct visible_surfaces visible;
	struct last_frame last_frame; // the last frame
	uint64_t last_shape;          // list_shape of the last frame
	struct buffer *primary;       // locked: on the screen; NULL: none
	bool scanned_out;             // primary is a client's buffer
	uint64_t frames;              // refresh cycles so far
	uint64_t repaints;            // frames drawn so far
	uint64_t handed_version;      // list_version of the last frame that the screen took
	uint64_t shown_version;       // of the one that it shows
	struct wl_list feedbacks;     // feedback.link, of the pending frame
	bool cursor_on_plane;
	uint64_t cursor_sequence; // of the image on the plane
	uint64_t cursor_refused;  // of an image that the plane refused
	struct box cursor_box;
	region last_damage; // of the last frame, output pixels

	struct wl_list resources;  // wl_output resources by link
	struct wl_resource *gamma; // zwlr_gamma_control_v1 in effect, or NULL
	struct {
		struct wl_signal destroyed;
		struct wl_signal changed; // mode, scale, transform, position, enabled
		struct wl_signal power;   // powered on or off
		struct wl_signal frame;   // after a repaint cycle (captures)
		struct wl_signal damaged; // struct output_damage *: what a frame changed
		// struct output_damage *: where the cursor changed, perhaps without a frame
		struct wl_signal cursor_damaged;
	} events;
	struct wl_list link; // server.outputs
};

// Data of events.damaged and events.cursor_damaged.
struct output_damage {
	struct output *output;
	const region *damage; // output pixels
};

#define OUTPUTS_MAX 32 // outputs are bits of an unsigned
#define OUTPUT_SCALE_MIN 0.25
#define OUTPUT_SCALE_MAX 10.0

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

// Creates the output of a screen, applies its configured rule and arranges the layout. NULL: there
// are 32 outputs already (logged).
struct output *output_create(struct server *server, struct screen *screen);
// The shell moves windows to other outputs. NULL is allowed.
void output_destroy(struct output *output);
// By its name ("DP-1"). NULL: there is none; name NULL is allowed.
struct output *output_by_name(struct server *server, const char *name);
// Enabled output at a layout position, or NULL.
struct output *output_at(struct server *server, double x, double y);
// Enabled output nearest to a layout position; NULL: none is enabled.
struct output *output_nearest(struct server *server, double x, double y);
// The first enabled output, or NULL.
struct output *output_first(struct server *server);
// Enabled output that shows most of the layout box, else the nearest; NULL: none is enabled.
struct output *output_for_box(struct server *server, const struct box *box);
// A wl_output of that client, or NULL.
struct wl_resource *output_resource_for(struct output *output, struct wl_client *client);
// An output is enabled and powered on, and no other session has the seat: what programs do can be
// seen.
bool outputs_are_seen(const struct server *server);
// Bounds of all enabled outputs, layout; empty without any.
struct box outputs_bounds(struct server *server);
// Size of the mode in physical pixels.
void output_size_px(const struct output *output, int *width, int *height);
// The same before the transform: swapped where the output is turned by a quarter.
void output_size_upright(const struct output *output, int *width, int *height);
// A box in logical pixels from the output's corner, in physical pixels as they lie in the frame;
// may exceed it.
struct box output_to_pixels(const struct output *output, const struct box *box);

// The internal panel; NULL: there is none.
struct output *output_builtin(struct server *server);
// The lid was closed or opened: disables or enables the internal panel.
void outputs_set_lid(struct server *server, bool closed);

// Applies all changes or none. False: a value is out of range or the back end refused. test_only:
// checks without applying. Implements zwlr_output_configuration_v1.apply and test.
bool outputs_apply(
	struct server *server, const struct output_change *changes, size_t n, bool test_only);
// A change that keeps everything as it is.
struct output_change output_change_none(struct output *output);

// Powers the screen on or off; the output keeps its place. False: not supported, or refused.
// Implements zwlr_output_power_v1.set_mode.
bool output_set_power(struct output *output, bool on);
// The screen has a cursor plane, and the configuration allows its use.
bool output_has_cursor_plane(const struct output *output);

// Frames

extern const struct scene_sink outputs_sink; // for scene_create

// For output_create: the state of frames.
void output_frame_init(struct output *output);
// For output_destroy: frees that state and discards pending feedback.
void output_frame_finish(struct output *output);
// Schedules a frame.
void output_dirty(struct output *output);
// Schedules a frame of every output.
void outputs_dirty(struct server *server);
// Schedules a frame that redraws all of the output.
void output_damage_all(struct output *output);
// Arms server.hidden_timer if surfaces wait for frame callbacks and no frame that may show them is
// near. Called after each frame, and when one that was due will not come.
void surfaces_watch_hidden(struct server *server);
// Sends frame callbacks of surfaces that waited for a second; callback of server.hidden_timer.
void surfaces_answer_hidden(void *server);
// The back end showed the frame (backend_sink.presented).
void output_on_presented(struct output *output, const struct presented *how);
// The part of the layout that the output shows, in its scale and transform.
struct scene_view output_view(const struct output *output);
// No frame is scheduled or pending.
bool output_is_idle(const struct output *output);
// Moves the cursor plane without a frame where the screen can; else schedules a frame.
void output_move_cursor(struct output *output);
