// SPDX-License-Identifier: MIT
// The actor's way to hold the pointer: the middle button locks it and frees it, the right one
// confines it to a part of the window and frees it. What happens is told line by line.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-client-core.h>
#include "wayland-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"

struct hold {
	void (*say)(void *data, const char *text); // a line
	void *data;
	struct wl_compositor *compositor;
	struct wl_surface *surface;
	struct wl_pointer *pointer;
	struct zwp_pointer_constraints_v1 *constraints;
	struct zwp_relative_pointer_manager_v1 *relatives;
	struct zwp_locked_pointer_v1 *locked;
	struct zwp_confined_pointer_v1 *confined;
};

// Of the registry.
void hold_global(
	struct hold *hold, struct wl_registry *registry, uint32_t name, const char *interface);
// Once compositor, surface and pointer are known.
void hold_begin(struct hold *hold);
void hold_button(struct hold *hold, uint32_t button);
