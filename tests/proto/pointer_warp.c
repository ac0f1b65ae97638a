// SPDX-License-Identifier: MIT
// wp_pointer_warp_v1: a client moves the pointer within its surface, if that has the pointer.
#include "compositor/seat/seat.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "pointer-warp-v1-client-protocol.h"

struct warp_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window; // at 200,200, its side 100
	struct wp_pointer_warp_v1 *warp;
	struct seat_log log;
};

static void warp_rig_init(struct warp_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->warp = client_bind(rig->client, &wp_pointer_warp_v1_interface, 1);
	check(rig->warp != NULL);
	rig->window = client_window_opaque(rig->client, 100, 200, 200);
	seat_log_begin(&rig->log, rig->client);
	fixture_move(rig->fixture, 210, 210);
	seat_log_take(&rig->log);
}

static void warp_rig_finish(struct warp_rig *rig)
{
	seat_log_end(&rig->log);
	wp_pointer_warp_v1_destroy(rig->warp);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

// True: the pointer is there now.
static bool warps(struct warp_rig *rig, double x, double y, uint32_t serial)
{
	wp_pointer_warp_v1_warp_pointer(rig->warp, rig->window->surface, rig->log.pointer,
		wl_fixed_from_double(x), wl_fixed_from_double(y), serial);
	check_no_error(rig->client);
	const struct pointer *pointer = &rig->fixture->server->seat->pointer;
	return pointer->x == 200 + x && pointer->y == 200 + y;
}

TEST_F(warp_rig, within_the_surface)
{
	check(warps(rig, 50, 60.5, rig->log.pointer_serial));
	check_str(seat_log_take(&rig->log), "motion 50,60.5 / frame / ");
}

TEST_F(warp_rig, not_outside)
{
	check(!warps(rig, -1, 50, rig->log.pointer_serial));
	check(!warps(rig, 50, 100, rig->log.pointer_serial));
	check_str(seat_log_take(&rig->log), "");
}

TEST_F(warp_rig, not_with_another_serial)
{
	check(!warps(rig, 50, 50, rig->log.pointer_serial + 1));
	check(!warps(rig, 50, 50, 0));
	uint32_t old = rig->log.pointer_serial;
	fixture_move(rig->fixture, 10, 10);
	fixture_move(rig->fixture, 210, 210);
	seat_log_take(&rig->log);
	check(!warps(rig, 50, 50, old));
	check(warps(rig, 50, 50, rig->log.pointer_serial));
}

TEST_F(warp_rig, not_without_the_pointer)
{
	fixture_move(rig->fixture, 10, 10);
	check(!warps(rig, 50, 50, rig->log.pointer_serial));
}

TEST_F(warp_rig, constraints_win)
{
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(rig->client, &zwp_pointer_constraints_v1_interface, 1);
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(constraints, rig->window->surface,
			rig->log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(rig->fixture);
	check(!warps(rig, 50, 50, rig->log.pointer_serial));
	zwp_locked_pointer_v1_destroy(lock);
	fixture_pump(rig->fixture);
	check(warps(rig, 50, 50, rig->log.pointer_serial));
	zwp_pointer_constraints_v1_destroy(constraints);
}
