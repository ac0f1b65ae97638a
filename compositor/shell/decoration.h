// SPDX-License-Identifier: MIT
// Server-side decorations: title bar and border of a window.
#pragma once
#include <stdbool.h>
#include "compositor/shell/place.h"

struct font;
struct decoration;
struct node;
struct window;

enum decoration_part {
	PART_NONE,
	PART_TITLE,
	PART_EDGE, // resizes
	// buttons
	PART_MINIMIZE,
	PART_MAXIMIZE,
	PART_CLOSE,
};

// Never NULL. Nothing is shown before decoration_update. font is borrowed.
struct decoration *decoration_create(struct window *window, struct font *font);
// Destroys its nodes, too. NULL is allowed.
void decoration_destroy(struct decoration *decoration);
// The window it decorates.
struct window *decoration_window(const struct decoration *decoration);
// The decoration that a node belongs to. NULL: none; node may be NULL.
struct decoration *decoration_from_node(const struct node *node);
// To be called after the size, title, pending states or output scale of the window may have
// changed. states: enum window_state that the window's current buffer was drawn for.
void decoration_update(struct decoration *decoration, unsigned states);
// The part at a point of one of its nodes (node coordinates, logical). Sets *edges (enum
// window_edge), 0 unless the part is PART_EDGE.
enum decoration_part decoration_part_at(const struct decoration *decoration,
	const struct node *node, double x, double y, unsigned *edges);
// Highlights a button; parts that are no buttons highlight none. pressed: it is held down.
void decoration_set_hover(struct decoration *decoration, enum decoration_part part, bool pressed);
// Size of the frame around a window geometry of that width in these states (enum window_state),
// logical. The title bar of a narrow window is wider than the window.
struct extents decoration_extents(bool decorated, unsigned states, int width);
// CSS name of the cursor for resizing these edges (enum window_edge).
const char *decoration_cursor(unsigned edges);
