// SPDX-License-Identifier: MIT
// The server's title bar and border: nodes in the window's tree, drawn when their look changes.
#pragma once
#include <stdbool.h>
#include "compositor/shell/place.h"

struct font;
struct decor;
struct node;
struct window;

enum decor_part {
	PART_NONE,
	PART_TITLE,
	PART_EDGE,
	PART_MINIMIZE,
	PART_MAXIMIZE,
	PART_CLOSE,
};

struct decor *decor_create(struct window *window, struct font *font);
void decor_destroy(struct decor *decor); // NULL is allowed
struct window *decor_window(const struct decor *decor);
// NULL: the node is not a frame's.
struct decor *decor_from_node(const struct node *node);
// After anything changed: size, title, states (those that the pixels are for), scale of its output.
void decor_update(struct decor *decor, unsigned states);
// What is at that point of that node of it; *edges (enum window_edge) where that is PART_EDGE.
enum decor_part decor_part_at(
	const struct decor *decor, const struct node *node, double x, double y, unsigned *edges);
void decor_set_hover(struct decor *decor, enum decor_part part, bool pressed);
// What it adds around a window with these states.
struct extents decor_extents(bool decorated, unsigned states);
// CSS name of the pointer over these edges.
const char *edges_cursor(unsigned edges);
