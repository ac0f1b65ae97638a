// SPDX-License-Identifier: MIT
// Virtual pointers, relative motion, and pointer constraints.
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"

struct virtual_input_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	int x, y;
};

static void virtual_input_rig_init(struct virtual_input_rig *rig)
{
	*rig = (struct virtual_input_rig){.fixture = fixture_create(NULL)};
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	rig->x = rig->window->window->x;
	rig->y = rig->window->window->y;
	fixture_move(rig->fixture, rig->x + 50, rig->y + 50);
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
}

static void virtual_input_rig_finish(struct virtual_input_rig *rig)
{
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void move_by(struct virtual_input_rig *rig, double dx, double dy)
{
	const struct input_event event = {
		.type = INPUT_MOTION,
		.time_us = UINT64_C(0x123456789),
		.motion = {dx, dy, dx * 2, dy * 2},
	};
	const struct input_event frame = {.type = INPUT_POINTER_FRAME};
	seat_input(rig->fixture->server->seat, &event);
	seat_input(rig->fixture->server->seat, &frame);
}

// Virtual devices

TEST_F(virtual_input_rig, virtual_pointer_events_wait_for_their_frame)
{
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(rig->client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	struct zwlr_virtual_pointer_v1 *pointer =
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer(manager, rig->client->seat);
	zwlr_virtual_pointer_v1_motion(
		pointer, 1, wl_fixed_from_int(5), wl_fixed_from_double(-2.5));
	zwlr_virtual_pointer_v1_button(pointer, 1, BTN_LEFT, 1);
	check_str(seat_log_take(&rig->log), "");
	zwlr_virtual_pointer_v1_frame(pointer);
	check_str(seat_log_take(&rig->log), "motion 55,47.5 / button 0x110 down / frame / ");
	// Held buttons are released on destruction.
	zwlr_virtual_pointer_v1_destroy(pointer);
	check_str(seat_log_take(&rig->log), "button 0x110 up / frame / ");
	zwlr_virtual_pointer_manager_v1_destroy(manager);
}

TEST_F(virtual_input_rig, virtual_pointer_scrolls_and_maps_to_the_output)
{
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(rig->client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	struct client_output *output = wl_container_of(rig->client->outputs.next, output, link);
	struct zwlr_virtual_pointer_v1 *pointer =
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer_with_output(
			manager, rig->client->seat, output->output);
	zwlr_virtual_pointer_v1_axis_discrete(pointer, 1, 0, wl_fixed_from_int(30), 2);
	zwlr_virtual_pointer_v1_axis_source(pointer, 0);
	zwlr_virtual_pointer_v1_frame(pointer);
	const char *text = seat_log_take(&rig->log);
	check(strstr(text, "source 0 / "));
	check(strstr(text, "axis 0 30 / frame / "));
	zwlr_virtual_pointer_v1_motion_absolute(pointer, 1, 500, 250, 1000, 1000);
	zwlr_virtual_pointer_v1_motion_absolute(pointer, 1, 1, 1, 0, 0); // ignored
	zwlr_virtual_pointer_v1_frame(pointer);
	check_no_error(rig->client);
	check(rig->fixture->server->seat->pointer.x == 640);
	check(rig->fixture->server->seat->pointer.y == 180);
	zwlr_virtual_pointer_v1_axis(pointer, 1, 2, 0);
	check_client_error(
		rig->client, "zwlr_virtual_pointer_v1", ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS);
	zwlr_virtual_pointer_v1_destroy(pointer);
	zwlr_virtual_pointer_manager_v1_destroy(manager);
}

TEST_F(virtual_input_rig, virtual_pointer_ends_its_scrolling_when_it_goes)
{
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(rig->client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	for (int stopped = 0; stopped < 2; stopped++) {
		struct zwlr_virtual_pointer_v1 *pointer =
			zwlr_virtual_pointer_manager_v1_create_virtual_pointer(
				manager, rig->client->seat);
		zwlr_virtual_pointer_v1_axis_source(pointer, WL_POINTER_AXIS_SOURCE_FINGER);
		zwlr_virtual_pointer_v1_axis(pointer, 1, 1, wl_fixed_from_int(3));
		zwlr_virtual_pointer_v1_frame(pointer);
		if (stopped) {
			zwlr_virtual_pointer_v1_axis_source(pointer, WL_POINTER_AXIS_SOURCE_FINGER);
			zwlr_virtual_pointer_v1_axis_stop(pointer, 2, 1);
			zwlr_virtual_pointer_v1_frame(pointer);
		}
		seat_log_take(&rig->log);
		zwlr_virtual_pointer_v1_destroy(pointer);
		const char *text = seat_log_take(&rig->log);
		if (stopped)
			check_str(text, "");
		else
			check(strstr(text, "stop 1 / frame / "));
	}
	zwlr_virtual_pointer_manager_v1_destroy(manager);
}

TEST_F(virtual_input_rig, no_button_of_many_stays_down)
{
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(rig->client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	struct zwlr_virtual_pointer_v1 *pointer =
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer(manager, rig->client->seat);
	for (uint32_t code = BTN_LEFT; code < BTN_LEFT + 5; code++)
		fixture_button(rig->fixture, code, true);
	for (uint32_t code = BTN_0; code < BTN_0 + POINTER_BUTTONS; code++)
		zwlr_virtual_pointer_v1_button(pointer, 1, code, 1);
	zwlr_virtual_pointer_v1_frame(pointer);
	fixture_pump(rig->fixture);
	for (uint32_t code = BTN_LEFT; code < BTN_LEFT + 5; code++)
		fixture_button(rig->fixture, code, false);
	for (uint32_t code = BTN_TOUCH; code < BTN_TOUCH + 5; code++)
		zwlr_virtual_pointer_v1_button(pointer, 1, code, 1);
	zwlr_virtual_pointer_v1_destroy(pointer);
	fixture_pump(rig->fixture);
	check_eq(rig->fixture->server->seat->pointer.n_buttons, 0);
	zwlr_virtual_pointer_manager_v1_destroy(manager);
}

// Relative motion and constraints

struct received {
	int relative, locked, unlocked;
	double dx, dx_raw;
	uint64_t time_us;
};

static void on_relative(void *data, struct zwp_relative_pointer_v1 *pointer, uint32_t high,
	uint32_t low, wl_fixed_t dx, wl_fixed_t dy, wl_fixed_t dx_raw, wl_fixed_t dy_raw)
{
	struct received *received = data;
	received->relative++;
	received->time_us = (uint64_t)high << 32 | low;
	received->dx = wl_fixed_to_double(dx);
	received->dx_raw = wl_fixed_to_double(dx_raw);
}

static const struct zwp_relative_pointer_v1_listener relative_listener = {on_relative};

static void on_locked(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	((struct received *)data)->locked++;
}

static void on_unlocked(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	((struct received *)data)->unlocked++;
}

static const struct zwp_locked_pointer_v1_listener lock_listener = {on_locked, on_unlocked};

TEST_F(virtual_input_rig, a_locked_pointer_stays_and_tells_relative_motion)
{
	struct received received = {0};
	struct zwp_relative_pointer_manager_v1 *relatives =
		client_bind(rig->client, &zwp_relative_pointer_manager_v1_interface, 1);
	struct zwp_relative_pointer_v1 *relative =
		zwp_relative_pointer_manager_v1_get_relative_pointer(relatives, rig->log.pointer);
	zwp_relative_pointer_v1_add_listener(relative, &relative_listener, &received);
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(rig->client, &zwp_pointer_constraints_v1_interface, 1);
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(constraints, rig->window->surface,
			rig->log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_locked_pointer_v1_add_listener(lock, &lock_listener, &received);
	seat_log_take(&rig->log);
	check_eq(received.locked, 1);
	move_by(rig, 7, 0);
	check(!strstr(seat_log_take(&rig->log), "motion"));
	check_eq(received.relative, 1);
	check(received.dx == 7 && received.dx_raw == 14 &&
		received.time_us == UINT64_C(0x123456789));
	check(rig->fixture->server->seat->pointer.x == rig->x + 50);
	// The lock ends while another window has the keyboard focus, and returns with it.
	struct client_window *other = client_window_create(rig->client, 100, 100, 0xff0000ff);
	check_eq(received.unlocked, 1);
	client_window_destroy(other);
	fixture_frames(rig->fixture, 1);
	check_eq(received.locked, 2);
	// On unlock the pointer moves to the hint.
	zwp_locked_pointer_v1_set_cursor_position_hint(
		lock, wl_fixed_from_int(20), wl_fixed_from_int(30));
	wl_surface_commit(rig->window->surface);
	zwp_locked_pointer_v1_destroy(lock);
	fixture_pump(rig->fixture);
	check(rig->fixture->server->seat->pointer.x == rig->x + 20);
	check(rig->fixture->server->seat->pointer.y == rig->y + 30);
	zwp_relative_pointer_v1_destroy(relative);
	zwp_relative_pointer_manager_v1_destroy(relatives);
	zwp_pointer_constraints_v1_destroy(constraints);
}

TEST_F(virtual_input_rig, a_confined_pointer_stays_inside)
{
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(rig->client, &zwp_pointer_constraints_v1_interface, 1);
	struct wl_region *region = wl_compositor_create_region(rig->client->compositor);
	wl_region_add(region, 40, 40, 20, 20);
	struct zwp_confined_pointer_v1 *confined =
		zwp_pointer_constraints_v1_confine_pointer(constraints, rig->window->surface,
			rig->log.pointer, region, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_ONESHOT);
	fixture_pump(rig->fixture);
	struct pointer *pointer = &rig->fixture->server->seat->pointer;
	move_by(rig, 100, -3);
	check(pointer->x >= rig->x + 59 && pointer->x < rig->x + 60);
	check(pointer->y == rig->y + 47);
	move_by(rig, -500, -500);
	check(pointer->x == rig->x + 40 && pointer->y == rig->y + 40);
	// A second constraint on the same surface is an error.
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(constraints, rig->window->surface,
			rig->log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_ONESHOT);
	check_client_error(rig->client, "zwp_pointer_constraints_v1",
		ZWP_POINTER_CONSTRAINTS_V1_ERROR_ALREADY_CONSTRAINED);
	zwp_locked_pointer_v1_destroy(lock);
	zwp_confined_pointer_v1_destroy(confined);
	wl_region_destroy(region);
	zwp_pointer_constraints_v1_destroy(constraints);
}
