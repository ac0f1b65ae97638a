// SPDX-License-Identifier: MIT
// A notice at the upper edge of the output, for some seconds: a window asks for attention. A press
// on it activates the window.
#pragma once
#include <stdbool.h>

struct desktop;
struct node;
struct window;

// Shows that a window asks for attention, in place of an earlier notice unless that is about a
// window of the same client. Without an enabled output it shows nothing.
void notice_show(struct desktop *desktop, struct window *window);
// Hides the notice, if there is one, before its time is over.
void notice_close(struct desktop *desktop);
// Hides the notice if it is about this window.
void notice_close_for(struct desktop *desktop, const struct window *window);
// A press on node, or NULL. True: it was the notice, whose window is active now.
bool notice_press(struct desktop *desktop, const struct node *node);
