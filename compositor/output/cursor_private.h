// SPDX-License-Identifier: MIT
// Private to cursor.c and cursor_image.c: the state of the cursor and its pictures.
#pragma once
#include "compositor/base/clock.h"
#include "compositor/base/geom.h"
#include "compositor/output/cursor.h"
#include "compositor/scene/content.h"

struct cursor_frame;
struct cursor_shape;
struct cursor_theme;
struct node;

#define MAX_HOTSPOT (1 << 20) // far outside of any image, and safe from overflow

// The image as one buffer, for one output or for captures.
struct cursor_picture {
	struct buffer *buffer; // locked; NULL: not made
	bool own;              // drawn for this, dropped with it
	uint64_t changes;      // cursor.changes at that time
	double scale;
	enum transform transform;
	int hotspot_x, hotspot_y; // pixels, before the transform
	uint64_t sequence;        // never the same for two pictures
};

struct cursor {
	struct server *server;
	double x, y; // layout
	struct cursor_theme *theme;
	char *shape;              // CSS name the client set; NULL: its surface, or nothing
	char *override;           // CSS name of the compositor's own, or NULL
	struct surface *surface;  // of the client, or NULL
	int hotspot_x, hotspot_y; // of surface, logical
	struct wl_listener surface_gone;
	uint64_t changes; // grows with every change of the image
	struct timer animation;
	uint64_t animation_start_ns;

	struct node *tree, *image;    // tree is at the pointer's position
	struct content content;       // of image
	struct buffer *drawn;         // locked: of content
	struct box placed;            // layout bounds of the nodes
	unsigned outputs;             // bits of the outputs it overlapped when it moved last
	struct wl_event_source *move; // pending cursor_update, or NULL

	struct cursor_picture planes[32]; // by output.index
	struct cursor_picture captured;
	uint64_t sequence; // of the newest picture
	struct {
		double x, y;
		uint64_t changes;
		struct box reach;
	} captures; // position and image of which captures got the damage
};

// CSS name of the shape that is shown; NULL: the surface, if any.
const char *cursor_shown_shape(const struct cursor *cursor);
// Bounds of the client's surface with its subsurfaces, from its origin, clamped against overflow.
struct box cursor_surface_box(const struct cursor *cursor);
// Frame of the animation at this time; arms the timer for the next one. Not called while the cursor
// is not shown, so that an unseen animation causes no wake-ups.
const struct cursor_frame *cursor_current_frame(
	struct cursor *cursor, const struct cursor_shape *shape);
// Layout bounds that the image may cover: an estimate from above, as shapes are not loaded for it.
struct box cursor_reach(const struct cursor *cursor);
// Emits output.events.cursor_damaged if image or position changed since the last call.
void cursor_damage_captures(struct cursor *cursor);
// Drops the pictures of planes and captures.
void cursor_images_finish(struct cursor *cursor);
