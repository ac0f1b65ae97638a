// SPDX-License-Identifier: MIT
// Keyboard layouts per window (layout-per-window in oriel.ini): the choice follows the focus.
#pragma once

struct server;
struct window_layouts;

// NULL: the configuration does not request it.
struct window_layouts *window_layouts_create(struct server *server);
// NULL is allowed. The seat must still exist.
void window_layouts_destroy(struct window_layouts *layouts);
