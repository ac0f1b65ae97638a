// SPDX-License-Identifier: MIT
// Pointer constraints of the test client: the middle button locks and unlocks the pointer, the
// right one confines it to a part of the window and releases it.
#pragma once
#include <stdint.h>
#include <wayland-client-core.h>
#include "wayland-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"

struct actor_constraint {
	void (*report)(void *data, const char *text); // one line per event
	void *data;
	struct wl_compositor *compositor;
	struct wl_surface *surface;
	struct wl_pointer *pointer;
	struct zwp_pointer_constraints_v1 *manager;
	struct zwp_relative_pointer_manager_v1 *relative_manager;
	struct zwp_locked_pointer_v1 *locked;
	struct zwp_confined_pointer_v1 *confined;
};

// Binds the global if it is one of the managers.
void actor_constraint_global(struct actor_constraint *constraint, struct wl_registry *registry,
	uint32_t name, const char *interface);
// Starts to listen to relative motion, once compositor, surface and pointer are set.
void actor_constraint_begin(struct actor_constraint *constraint);
// Handles the press of a button.
void actor_constraint_button(struct actor_constraint *constraint, uint32_t button);
