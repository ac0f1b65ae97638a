// SPDX-License-Identifier: MIT
// Locks and confines the pointer, and reports the events of constraints and relative motion.
#include "tests/tools/actor_constraint.h"
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

// The region of the confinement, and the cursor position hint of the lock.
enum { CONFINE_X = 20, CONFINE_Y = 10, CONFINE_WIDTH = 100, CONFINE_HEIGHT = 50 };
enum { HINT_X = 10, HINT_Y = 20 };

static void on_locked(void *data, struct zwp_locked_pointer_v1 *locked)
{
	struct actor_constraint *constraint = data;
	constraint->report(constraint->data, "locked");
}

static void on_unlocked(void *data, struct zwp_locked_pointer_v1 *locked)
{
	struct actor_constraint *constraint = data;
	constraint->report(constraint->data, "unlocked");
}

static const struct zwp_locked_pointer_v1_listener locked_listener = {
	.locked = on_locked,
	.unlocked = on_unlocked,
};

static void on_confined(void *data, struct zwp_confined_pointer_v1 *confined)
{
	struct actor_constraint *constraint = data;
	constraint->report(constraint->data, "confined");
}

static void on_unconfined(void *data, struct zwp_confined_pointer_v1 *confined)
{
	struct actor_constraint *constraint = data;
	constraint->report(constraint->data, "unconfined");
}

static const struct zwp_confined_pointer_v1_listener confined_listener = {
	.confined = on_confined,
	.unconfined = on_unconfined,
};

static void on_relative(void *data, struct zwp_relative_pointer_v1 *relative, uint32_t time_high,
	uint32_t time_low, wl_fixed_t dx, wl_fixed_t dy, wl_fixed_t dx_raw, wl_fixed_t dy_raw)
{
	struct actor_constraint *constraint = data;
	char text[64];
	snprintf(text, sizeof(text), "relative %g,%g", wl_fixed_to_double(dx),
		wl_fixed_to_double(dy));
	if (constraint->locked)
		constraint->report(constraint->data, text);
}

static const struct zwp_relative_pointer_v1_listener relative_listener = {
	.relative_motion = on_relative,
};

void actor_constraint_global(struct actor_constraint *constraint, struct wl_registry *registry,
	uint32_t name, const char *interface)
{
	if (strcmp(interface, "zwp_pointer_constraints_v1") == 0)
		constraint->manager =
			wl_registry_bind(registry, name, &zwp_pointer_constraints_v1_interface, 1);
	else if (strcmp(interface, "zwp_relative_pointer_manager_v1") == 0)
		constraint->relative_manager = wl_registry_bind(
			registry, name, &zwp_relative_pointer_manager_v1_interface, 1);
}

void actor_constraint_begin(struct actor_constraint *constraint)
{
	if (!constraint->manager || !constraint->relative_manager || !constraint->pointer)
		return;
	zwp_relative_pointer_v1_add_listener(
		zwp_relative_pointer_manager_v1_get_relative_pointer(
			constraint->relative_manager, constraint->pointer),
		&relative_listener, constraint);
}

static void toggle_lock(struct actor_constraint *constraint)
{
	if (constraint->locked) {
		zwp_locked_pointer_v1_set_cursor_position_hint(
			constraint->locked, wl_fixed_from_int(HINT_X), wl_fixed_from_int(HINT_Y));
		wl_surface_commit(constraint->surface);
		zwp_locked_pointer_v1_destroy(constraint->locked);
		constraint->locked = NULL;
		return;
	}
	constraint->locked =
		zwp_pointer_constraints_v1_lock_pointer(constraint->manager, constraint->surface,
			constraint->pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_locked_pointer_v1_add_listener(constraint->locked, &locked_listener, constraint);
}

static void toggle_confinement(struct actor_constraint *constraint)
{
	if (constraint->confined) {
		zwp_confined_pointer_v1_destroy(constraint->confined);
		constraint->confined = NULL;
		return;
	}
	struct wl_region *region = wl_compositor_create_region(constraint->compositor);
	wl_region_add(region, CONFINE_X, CONFINE_Y, CONFINE_WIDTH, CONFINE_HEIGHT);
	constraint->confined = zwp_pointer_constraints_v1_confine_pointer(constraint->manager,
		constraint->surface, constraint->pointer, region,
		ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_confined_pointer_v1_add_listener(constraint->confined, &confined_listener, constraint);
	wl_region_destroy(region);
}

void actor_constraint_button(struct actor_constraint *constraint, uint32_t button)
{
	if (!constraint->manager || !constraint->pointer)
		return;
	if (button == BTN_MIDDLE && !constraint->confined)
		toggle_lock(constraint);
	else if (button == BTN_RIGHT && !constraint->locked)
		toggle_confinement(constraint);
}
