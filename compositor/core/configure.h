// SPDX-License-Identifier: MIT
// Between window.c and configure.c only.
#pragma once
#include "compositor/core/window.h"

// The initial commit came: the shell chooses, then hears what was asked for before.
void window_add(struct window *window);
void window_forget_asked(struct window *window);
void window_configure_reset(struct window *window); // nothing was ever sent
void window_adopt_size(struct window *window);
void window_update_hidden(struct window *window);
void window_on_ping_timeout(void *data);
