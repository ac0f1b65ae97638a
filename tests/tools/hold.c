// SPDX-License-Identifier: MIT
#include "tests/tools/hold.h"
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

// Where the confined pointer may be, and where it is put after a lock.
enum { CONFINE_X = 20, CONFINE_Y = 10, CONFINE_WIDTH = 100, CONFINE_HEIGHT = 50 };
enum { HINT_X = 10, HINT_Y = 20 };

static void on_locked(void *data, struct zwp_locked_pointer_v1 *locked)
{
	struct hold *hold = data;
	hold->say(hold->data, "locked");
}

static void on_unlocked(void *data, struct zwp_locked_pointer_v1 *locked)
{
	struct hold *hold = data;
	hold->say(hold->data, "unlocked");
}

static const struct zwp_locked_pointer_v1_listener locked_listener = {
	.locked = on_locked,
	.unlocked = on_unlocked,
};

static void on_confined(void *data, struct zwp_confined_pointer_v1 *confined)
{
	struct hold *hold = data;
	hold->say(hold->data, "confined");
}

static void on_unconfined(void *data, struct zwp_confined_pointer_v1 *confined)
{
	struct hold *hold = data;
	hold->say(hold->data, "unconfined");
}

static const struct zwp_confined_pointer_v1_listener confined_listener = {
	.confined = on_confined,
	.unconfined = on_unconfined,
};

static void on_relative(void *data, struct zwp_relative_pointer_v1 *relative, uint32_t time_high,
	uint32_t time_low, wl_fixed_t dx, wl_fixed_t dy, wl_fixed_t dx_raw, wl_fixed_t dy_raw)
{
	struct hold *hold = data;
	char text[64];
	snprintf(text, sizeof(text), "relative %g,%g", wl_fixed_to_double(dx),
		wl_fixed_to_double(dy));
	if (hold->locked)
		hold->say(hold->data, text);
}

static const struct zwp_relative_pointer_v1_listener relative_listener = {
	.relative_motion = on_relative,
};

void hold_global(
	struct hold *hold, struct wl_registry *registry, uint32_t name, const char *interface)
{
	if (strcmp(interface, "zwp_pointer_constraints_v1") == 0)
		hold->constraints =
			wl_registry_bind(registry, name, &zwp_pointer_constraints_v1_interface, 1);
	else if (strcmp(interface, "zwp_relative_pointer_manager_v1") == 0)
		hold->relatives = wl_registry_bind(
			registry, name, &zwp_relative_pointer_manager_v1_interface, 1);
}

void hold_begin(struct hold *hold)
{
	if (!hold->constraints || !hold->relatives || !hold->pointer)
		return;
	zwp_relative_pointer_v1_add_listener(zwp_relative_pointer_manager_v1_get_relative_pointer(
						     hold->relatives, hold->pointer),
		&relative_listener, hold);
}

static void toggle_lock(struct hold *hold)
{
	if (hold->locked) {
		zwp_locked_pointer_v1_set_cursor_position_hint(
			hold->locked, wl_fixed_from_int(HINT_X), wl_fixed_from_int(HINT_Y));
		wl_surface_commit(hold->surface);
		zwp_locked_pointer_v1_destroy(hold->locked);
		hold->locked = NULL;
		return;
	}
	hold->locked = zwp_pointer_constraints_v1_lock_pointer(hold->constraints, hold->surface,
		hold->pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_locked_pointer_v1_add_listener(hold->locked, &locked_listener, hold);
}

static void toggle_confinement(struct hold *hold)
{
	if (hold->confined) {
		zwp_confined_pointer_v1_destroy(hold->confined);
		hold->confined = NULL;
		return;
	}
	struct wl_region *region = wl_compositor_create_region(hold->compositor);
	wl_region_add(region, CONFINE_X, CONFINE_Y, CONFINE_WIDTH, CONFINE_HEIGHT);
	hold->confined =
		zwp_pointer_constraints_v1_confine_pointer(hold->constraints, hold->surface,
			hold->pointer, region, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_confined_pointer_v1_add_listener(hold->confined, &confined_listener, hold);
	wl_region_destroy(region);
}

void hold_button(struct hold *hold, uint32_t button)
{
	if (!hold->constraints || !hold->pointer)
		return;
	if (button == BTN_MIDDLE && !hold->confined)
		toggle_lock(hold);
	else if (button == BTN_RIGHT && !hold->locked)
		toggle_confinement(hold);
}
