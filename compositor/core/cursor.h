// SPDX-License-Identifier: MIT
// The pointer's image: a client's surface, a shape from the theme, or nothing; on the screen's
// cursor plane where it has one, else drawn.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

struct output;
struct scene_view;
struct surface_role;
struct seat;
struct surface;

struct cursor;

struct cursor *cursor_create(struct seat *seat); // theme from XCURSOR_THEME and XCURSOR_SIZE
void cursor_destroy(struct cursor *cursor);
// theme NULL: keep; size 0: keep; name "builtin" is the arrow that needs no files.
void cursor_set_theme(struct cursor *cursor, const char *theme, int size);
// What the focused client asked for. surface NULL hides it.
void cursor_set_surface(
	struct cursor *cursor, struct surface *surface, int hotspot_x, int hotspot_y);
void cursor_set_shape(struct cursor *cursor, const char *name); // CSS name: "default", "text"
// The compositor's own need, above the client's: a move or resize. NULL ends it.
void cursor_override(struct cursor *cursor, const char *name);
// Another surface has the pointer: the default shape until its client asks for something.
void cursor_focus_changed(struct cursor *cursor);
// The pointer is elsewhere, or outputs changed. Planes follow before the loop waits again, once for
// all that was told by then.
void cursor_moved(struct cursor *cursor);
struct surface *cursor_surface(struct cursor *cursor); // the client's, or NULL

// What an output's cursor plane is to show; false: nothing there. The buffer has at most the
// plane's size; its content is in output orientation and scale. x, y: top left in output pixels.
bool cursor_plane_image(struct cursor *cursor, struct output *output, struct buffer **buffer,
	int *x, int *y, int *hotspot_x, int *hotspot_y, uint64_t *sequence);
// The image as pixels for captures of the cursor: size and hotspot in pixels of that scale.
struct buffer *cursor_image(struct cursor *cursor, double scale, int *hotspot_x,
	int *hotspot_y); // owned by cursor, or NULL
// A picture of that part of the world is about to be drawn with the cursor in it: its nodes get
// image and place. While outputs have it on their planes nothing of the scene changes.
void cursor_draw(struct cursor *cursor, const struct scene_view *view);

extern const struct surface_role cursor_role;
