// SPDX-License-Identifier: MIT
// Between the files of struct window only: window.c, configure.c, request.c, suspend.c and ping.c.
#pragma once
#include "compositor/window/window.h"

// On the initial commit: announces the window to the shell, forwards the requests kept so far, and
// queues the first configure.
void window_add(struct window *window);
// Drops the requests kept before the initial commit.
void window_clear_deferred(struct window *window);
// After the shell placed newly committed content: if that was drawn for another output, the surface
// is now on those that show it.
void window_arrived(struct window *window);
// Queues a configure if one is due: the pending state differs from the one sent last, it is forced,
// or it is the first.
void window_queue_configure(struct window *window);
// Cancels a queued configure and forgets all states, as before the initial commit.
void window_configure_reset(struct window *window);
// After a commit with a size that the client chose: makes it the pending size.
void window_adopt_size(struct window *window);
// Hides or shows the window's nodes by its mapped and minimised states.
void window_update_hidden(struct window *window);
// For window_create: watches whether the surface is visible.
void window_suspend_init(struct window *window);
// For window_destroy: ends that.
void window_suspend_finish(struct window *window);
// The window is about to be shown: if it is covered, it counts as visible for another while.
void window_awaken(struct window *window);
// Callback of window.ping_timer; data is the window. Marks it unresponsive.
void window_on_ping_timeout(void *data);
