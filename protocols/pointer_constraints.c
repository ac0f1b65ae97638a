// SPDX-License-Identifier: MIT
// zwp_pointer_constraints_v1: locks the pointer, or confines it to a region of a surface. A
// constraint is active while its surface has keyboard focus and the pointer inside the region.
// Region and cursor hint are applied by the surface's commit.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/constraint.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "pointer-constraints-unstable-v1-protocol.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

struct constraints {
	struct server *server;
	struct wl_list all; // pointer_constraint.constraint.link
	struct wl_listener pointer_focus, keyboard_focus, moved, destroyed;
};

struct pointer_constraint {
	struct constraint constraint;
	struct constraints *owner; // NULL: the server is being destroyed
	struct wl_resource *resource;
	struct budget *budget;
	size_t charged; // bytes of BUDGET_STATE
	struct {        // applied by the surface's next commit
		bool region_set, has_region;
		region region;
		bool hint_set;
		double hint_x, hint_y;
	} pending;
	struct wl_listener surface_committed, surface_destroyed;
};

static struct pointer_constraint *from_constraint(struct constraint *constraint)
{
	return wl_container_of(constraint, (struct pointer_constraint *)NULL, constraint);
}

static bool may_be_active(struct seat *seat, const struct constraint *constraint)
{
	struct surface *surface = constraint->surface;
	struct surface *keyboard = keyboard_focus(seat);
	if (!surface || constraint->dead || seat->pointer.unconstrained ||
		pointer_focus(seat) != surface || !keyboard ||
		surface_root(keyboard) != surface_root(surface))
		return false;
	// An active constraint keeps the pointer inside, so only activation checks the region.
	return constraint->active || !constraint->has_region ||
		region_contains(&constraint->region, seat->pointer.sx, seat->pointer.sy);
}

static void constraints_update(struct constraints *constraints)
{
	struct seat *seat = constraints->server->seat;
	if (!seat)
		return;
	struct constraint *constraint, *chosen = NULL;
	wl_list_for_each(constraint, &constraints->all, link) {
		if (may_be_active(seat, constraint) && (!chosen || constraint->active))
			chosen = constraint;
	}
	pointer_constrain(seat, chosen);
}

static void on_set_active(struct constraint *constraint, bool active)
{
	struct pointer_constraint *pointer_constraint = from_constraint(constraint);
	struct wl_resource *resource = pointer_constraint->resource;
	if (!active && constraint->oneshot)
		constraint->dead = true;
	if (constraint->lock && active)
		zwp_locked_pointer_v1_send_locked(resource);
	else if (constraint->lock)
		zwp_locked_pointer_v1_send_unlocked(resource);
	else if (active)
		zwp_confined_pointer_v1_send_confined(resource);
	else
		zwp_confined_pointer_v1_send_unconfined(resource);
}

// After a lock the pointer appears at the hint, where the client has drawn it meanwhile.
static void warp_to_cursor_hint(struct seat *seat, const struct constraint *constraint)
{
	int x, y;
	struct surface *surface = constraint->surface;
	if (!constraint->lock || !constraint->has_hint || !surface ||
		!surface_takes_input(surface, constraint->hint_x, constraint->hint_y) ||
		!node_position(surface->node, &x, &y))
		return;
	pointer_warp(seat, x + constraint->hint_x, y + constraint->hint_y);
}

static void on_surface_committed(struct wl_listener *listener, void *data)
{
	struct pointer_constraint *constraint =
		wl_container_of(listener, constraint, surface_committed);
	struct constraint *base = &constraint->constraint;
	if (constraint->pending.hint_set) {
		constraint->pending.hint_set = false;
		base->has_hint = true;
		base->hint_x = constraint->pending.hint_x;
		base->hint_y = constraint->pending.hint_y;
	}
	if (!constraint->pending.region_set)
		return;
	constraint->pending.region_set = false;
	base->has_region = constraint->pending.has_region;
	pixman_region32_copy(&base->region, &constraint->pending.region);
	struct seat *seat = constraint->owner ? constraint->owner->server->seat : NULL;
	if (!seat)
		return;
	if (base->active && !base->lock)
		pointer_warp(seat, seat->pointer.x, seat->pointer.y); // into the new region
	constraints_update(constraint->owner);
}

static void detach_surface(struct pointer_constraint *constraint)
{
	if (!constraint->constraint.surface)
		return;
	constraint->constraint.surface = NULL;
	wl_list_remove(&constraint->surface_committed.link);
	wl_list_remove(&constraint->surface_destroyed.link);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct pointer_constraint *constraint =
		wl_container_of(listener, constraint, surface_destroyed);
	detach_surface(constraint);
	if (constraint->owner)
		constraints_update(constraint->owner);
}

static void on_constraint_destroyed(struct wl_resource *resource)
{
	struct pointer_constraint *constraint = wl_resource_get_user_data(resource);
	struct constraint *base = &constraint->constraint;
	struct seat *seat = constraint->owner ? constraint->owner->server->seat : NULL;
	wl_list_remove(&base->link);
	if (seat && seat->pointer.constraint == base) {
		seat->pointer.constraint = NULL;
		warp_to_cursor_hint(seat, base);
		constraints_update(constraint->owner);
	}
	detach_surface(constraint);
	pixman_region32_fini(&base->region);
	pixman_region32_fini(&constraint->pending.region);
	budget_give(constraint->budget, BUDGET_STATE, constraint->charged);
	free(constraint);
}

static void set_pending_region(
	struct pointer_constraint *constraint, struct wl_resource *region_resource)
{
	constraint->pending.region_set = true;
	constraint->pending.has_region = region_resource != NULL;
	if (region_resource)
		pixman_region32_copy(&constraint->pending.region,
			(region *)wl_resource_get_user_data(region_resource));
	// Twice, as it becomes the current one as well.
	budget_change(constraint->budget, BUDGET_STATE, &constraint->charged,
		2 * region_size(&constraint->pending.region));
}

static void handle_set_region(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *region_resource)
{
	set_pending_region(wl_resource_get_user_data(resource), region_resource);
}

static void handle_set_cursor_position_hint(
	struct wl_client *client, struct wl_resource *resource, wl_fixed_t x, wl_fixed_t y)
{
	struct pointer_constraint *constraint = wl_resource_get_user_data(resource);
	constraint->pending.hint_set = true;
	constraint->pending.hint_x = wl_fixed_to_double(x);
	constraint->pending.hint_y = wl_fixed_to_double(y);
}

static const struct zwp_locked_pointer_v1_interface locked_impl = {
	.destroy = wire_handle_destroy,
	.set_cursor_position_hint = handle_set_cursor_position_hint,
	.set_region = handle_set_region,
};

static const struct zwp_confined_pointer_v1_interface confined_impl = {
	.destroy = wire_handle_destroy,
	.set_region = handle_set_region,
};

static void create_constraint(struct wl_resource *manager, uint32_t id, bool lock,
	struct wl_resource *surface_resource, struct wl_resource *region_resource,
	uint32_t lifetime)
{
	struct constraints *constraints = wl_resource_get_user_data(manager);
	struct surface *surface = surface_from_resource(surface_resource);
	struct constraint *other;
	wl_list_for_each(other, &constraints->all, link) {
		if (other->surface != surface)
			continue;
		wl_resource_post_error(manager,
			ZWP_POINTER_CONSTRAINTS_V1_ERROR_ALREADY_CONSTRAINED,
			"wl_surface@%u already has a pointer constraint",
			wl_resource_get_id(surface_resource));
		return;
	}
	struct pointer_constraint *constraint = xcalloc(1, sizeof(*constraint));
	struct constraint *base = &constraint->constraint;
	wl_list_init(&base->link);
	pixman_region32_init(&base->region);
	pixman_region32_init(&constraint->pending.region);
	constraint->resource = wire_create(wl_resource_get_client(manager),
		lock ? &zwp_locked_pointer_v1_interface : &zwp_confined_pointer_v1_interface,
		wl_resource_get_version(manager), id,
		lock ? (const void *)&locked_impl : (const void *)&confined_impl, constraint,
		on_constraint_destroyed);
	if (!constraint->resource) {
		free(constraint);
		return;
	}
	constraint->owner = constraints;
	constraint->budget = budget_of(wl_resource_get_client(manager));
	base->lock = lock;
	base->oneshot = lifetime == ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_ONESHOT;
	base->surface = surface;
	base->set_active = on_set_active;
	// The initial region applies without a commit.
	set_pending_region(constraint, region_resource);
	base->has_region = constraint->pending.has_region;
	pixman_region32_copy(&base->region, &constraint->pending.region);
	constraint->pending.region_set = false;
	constraint->surface_committed.notify = on_surface_committed;
	wl_signal_add(&surface->events.committed, &constraint->surface_committed);
	constraint->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &constraint->surface_destroyed);
	wl_list_insert(&constraints->all, &base->link);
	constraints_update(constraints);
}

static void handle_lock_pointer(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface, struct wl_resource *pointer,
	struct wl_resource *region_resource, uint32_t lifetime)
{
	create_constraint(resource, id, true, surface, region_resource, lifetime);
}

static void handle_confine_pointer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface, struct wl_resource *pointer,
	struct wl_resource *region_resource, uint32_t lifetime)
{
	create_constraint(resource, id, false, surface, region_resource, lifetime);
}

static const struct zwp_pointer_constraints_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.lock_pointer = handle_lock_pointer,
	.confine_pointer = handle_confine_pointer,
};

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &zwp_pointer_constraints_v1_interface, (int)version, id, &manager_impl,
		data, NULL);
}

static void on_pointer_focus(struct wl_listener *listener, void *data)
{
	struct constraints *constraints = wl_container_of(listener, constraints, pointer_focus);
	constraints_update(constraints);
}

static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct constraints *constraints = wl_container_of(listener, constraints, keyboard_focus);
	constraints_update(constraints);
}

static void on_moved(struct wl_listener *listener, void *data)
{
	struct constraints *constraints = wl_container_of(listener, constraints, moved);
	constraints_update(constraints);
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct constraints *constraints = wl_container_of(listener, constraints, destroyed);
	struct constraint *constraint;
	wl_list_for_each(constraint, &constraints->all, link)
		from_constraint(constraint)->owner = NULL;
	wl_list_remove(&constraints->all);
	wl_list_remove(&constraints->pointer_focus.link);
	wl_list_remove(&constraints->keyboard_focus.link);
	wl_list_remove(&constraints->moved.link);
	wl_list_remove(&constraints->destroyed.link);
	free(constraints);
}

bool pointer_constraints_create(struct server *server)
{
	struct constraints *constraints = xcalloc(1, sizeof(*constraints));
	constraints->server = server;
	wl_list_init(&constraints->all);
	constraints->pointer_focus.notify = on_pointer_focus;
	wl_signal_add(&server->seat->events.pointer_focus, &constraints->pointer_focus);
	constraints->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&server->seat->events.keyboard_focus, &constraints->keyboard_focus);
	constraints->moved.notify = on_moved;
	wl_signal_add(&server->seat->events.moved, &constraints->moved);
	constraints->destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &constraints->destroyed);
	return wl_global_create(server->display, &zwp_pointer_constraints_v1_interface, 1,
		       constraints, on_bind) != NULL;
}
