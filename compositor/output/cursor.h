// SPDX-License-Identifier: MIT
// The cursor: a client's surface, a shape of the theme, or nothing; on the cursor planes of
// outputs, else drawn.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/buffer.h"

struct output;
struct scene_view;
struct surface_role;
struct server;
struct surface;

struct cursor;

#define CURSOR_DEFAULT_SIZE 24 // logical pixels

// Theme and size are the configuration's, else those of XCURSOR_THEME and XCURSOR_SIZE. Never NULL.
struct cursor *cursor_create(struct server *server);
// NULL is allowed.
void cursor_destroy(struct cursor *cursor);
// Loads another theme; "builtin" needs no files. theme NULL, size 0 (logical pixels): unchanged.
void cursor_set_theme(struct cursor *cursor, const char *theme, int size);
// wl_pointer.set_cursor of the focused client: hotspot in surface coordinates; NULL hides the
// cursor.
void cursor_set_surface(
	struct cursor *cursor, struct surface *surface, int hotspot_x, int hotspot_y);
// wp_cursor_shape_device_v1.set_shape: a CSS name, "default" or "text". Copied.
void cursor_set_shape(struct cursor *cursor, const char *name);
// A shape of the compositor's own, which replaces the client's during a move or resize. NULL ends
// it.
void cursor_override(struct cursor *cursor, const char *name);
// The pointer focus changed: the default shape until the new client sets one.
void cursor_focus_changed(struct cursor *cursor);
// Sets the layout position, in effect with the next cursor_update or change of the image.
void cursor_set_position(struct cursor *cursor, double x, double y);
// The position or the outputs changed: moves the cursor on every output. Planes follow before the
// event loop sleeps, once for all motions until then.
void cursor_update(struct cursor *cursor);
// The client's surface if it is shown, or NULL.
struct surface *cursor_surface(struct cursor *cursor);

// Image for an output's cursor plane, in its scale and transform and within the plane's size; the
// buffer is owned by the cursor. x, y: top left in output pixels. False: the output shows none, or
// the plane cannot.
bool cursor_plane_image(struct cursor *cursor, struct output *output, struct buffer **buffer,
	int *x, int *y, int *hotspot_x, int *hotspot_y, uint64_t *sequence);
// The image at a scale for captures of the cursor, hotspot in its pixels. Owned by the cursor;
// NULL: no image.
struct buffer *cursor_image(struct cursor *cursor, double scale, int *hotspot_x, int *hotspot_y);
// Updates image and position of the cursor's nodes before a picture of the view is flattened with
// the cursor in it. While outputs have it on their planes its nodes are not updated otherwise.
void cursor_place(struct cursor *cursor, const struct scene_view *view);

extern const struct surface_role cursor_role;
