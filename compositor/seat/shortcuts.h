// SPDX-License-Identifier: MIT
// Surfaces that get the keys of the shell's bindings (zwp_keyboard_shortcuts_inhibit_manager_v1),
// while they have the keyboard focus and until the user takes the shortcuts back.
#pragma once
#include <stdbool.h>

struct seat;
struct surface;

// The surface with the keyboard focus has an active inhibitor: the shell runs no bindings.
bool shortcuts_inhibited(struct seat *seat);
// Sets surface->inhibits_shortcuts and sends active or inactive to its inhibitor. Does nothing
// without one, or if that is its state.
void shortcuts_set_inhibited(struct surface *surface, bool inhibited);
