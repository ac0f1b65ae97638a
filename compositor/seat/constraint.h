// SPDX-License-Identifier: MIT
// Locks and confinements of the pointer to a surface (zwp_pointer_constraints_v1).
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"

struct seat;
struct surface;

// Owned by the protocol.
struct constraint {
	struct surface *surface;    // NULL: destroyed
	bool lock;                  // else a confinement
	bool oneshot, active, dead; // dead: a oneshot that was deactivated
	bool has_region;
	region region; // surface coordinates, of the current state
	bool has_hint;
	double hint_x, hint_y; // surface coordinates: where the pointer is put after a lock
	void (*set_active)(struct constraint *constraint, bool active);
	struct wl_list link; // the protocol's list
};

// Activates the constraint and deactivates the one before; NULL: only that. Called again when the
// region of the active one changed.
void pointer_constrain(struct seat *seat, struct constraint *constraint);
