// SPDX-License-Identifier: MIT
// The bell of the desktop: a short flash of a window, and the configured command.
#pragma once
#include <stdbool.h>

struct bell;
struct desktop;
struct window;

// Never NULL.
struct bell *bell_create(struct desktop *desktop);
// NULL is allowed.
void bell_destroy(struct bell *bell);
// Flashes the title bar of the window, or all of a window without one, for a moment. Replaces the
// flash of another window.
void bell_flash(struct bell *bell, struct window *window);
// Implements xdg_system_bell_v1.ring: runs the command of the configuration, and flashes the window
// (NULL: none). False: it flashed just before, or there is none.
bool bell_ring(struct bell *bell, struct window *window);
