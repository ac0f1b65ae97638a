// SPDX-License-Identifier: MIT
// Popups of an input method, such as lists of candidates: placed beside the cursor of the active
// field, inside the output.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"

struct surface;
struct surface_role;
struct text_method;

// Embedded in a protocol's object.
struct method_popup {
	struct text_method *method; // NULL: inert
	struct surface *surface;    // NULL: destroyed
	// The cursor's rectangle in coordinates of the popup changed.
	void (*rectangle)(struct method_popup *popup, const struct box *box);
	struct box sent;
	bool was_sent;
	struct wl_listener scene_changed;
	struct wl_list link; // method.popups
};

// Gives the surface the role before method_popup_init.
extern const struct surface_role method_popup_role;

// The surface has the role, without an object. method NULL: it stays hidden.
void method_popup_init(
	struct method_popup *popup, struct text_method *method, struct surface *surface);
// Hides it.
void method_popup_finish(struct method_popup *popup);
// Shows or hides a method's popups and places them, after its field changed.
void method_popups_update(struct text_method *method);
// The method is about to be freed: its popups are inert.
void method_popups_orphan(struct text_method *method);
