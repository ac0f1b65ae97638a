// SPDX-License-Identifier: MIT
// Activation and keyboard focus, common to all shells (policy.h).
#pragma once
#include "compositor/policy.h"

// NULL is allowed.
void shell_destroy(struct shell *shell);
// Activates, restores and raises a window, or the modal dialog that blocks it, and gives it the
// keyboard focus; ignored unless it is mapped; one with WINDOW_FOCUS_NEVER is only raised. NULL: no
// window is active.
void shell_activate(struct shell *shell, struct window *window);
// Gives the keyboard focus to a layer surface until a window is activated. Ignored unless it is
// mapped and has keyboard interactivity.
void shell_activate_layer(struct shell *shell, struct layer_surface *layer);
// Sets the keyboard focus: an exclusive layer surface, the one of shell_activate_layer, the active
// window. To be called after layer surfaces changed.
void shell_update_keyboard(struct shell *shell);
// If gone (being unmapped or minimised) is active: activates its parent, or the window that was
// active before.
void shell_activate_next(struct shell *shell, struct window *gone);
