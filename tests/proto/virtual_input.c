// SPDX-License-Identifier: MIT
// Pointers and keyboards that clients are, relative motion, and pointer constraints.
#include <linux/input-event-codes.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/core/seat.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"

struct stage {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	int x, y;
};

static void begin(struct stage *stage)
{
	*stage = (struct stage){.fixture = fixture_create(NULL)};
	stage->client = client_create(stage->fixture);
	stage->window = client_window_create(stage->client, 200, 100, 0xff808080);
	stage->x = stage->window->window->x;
	stage->y = stage->window->window->y;
	fixture_move(stage->fixture, stage->x + 50, stage->y + 50);
	seat_log_begin(&stage->log, stage->client);
	seat_log_take(&stage->log);
}

static void end(struct stage *stage)
{
	seat_log_end(&stage->log);
	client_window_destroy(stage->window);
	fixture_destroy(stage->fixture);
}

static void move_by(struct stage *stage, double dx, double dy)
{
	const struct input_event event = {
		.type = INPUT_MOTION,
		.time_us = UINT64_C(0x123456789),
		.motion = {dx, dy, dx * 2, dy * 2},
	};
	const struct input_event frame = {.type = INPUT_POINTER_FRAME};
	seat_input(stage->fixture->server->seat, &event);
	seat_input(stage->fixture->server->seat, &frame);
}

// Virtual devices

TEST(virtual_pointer_events_wait_for_their_frame)
{
	struct stage s;
	begin(&s);
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(s.client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	struct zwlr_virtual_pointer_v1 *pointer =
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer(manager, s.client->seat);
	zwlr_virtual_pointer_v1_motion(
		pointer, 1, wl_fixed_from_int(5), wl_fixed_from_double(-2.5));
	zwlr_virtual_pointer_v1_button(pointer, 1, BTN_LEFT, 1);
	check_str(seat_log_take(&s.log), "");
	zwlr_virtual_pointer_v1_frame(pointer);
	check_str(seat_log_take(&s.log), "motion 55,47.5 / button 0x110 down / frame / ");
	// What it holds is let go with it.
	zwlr_virtual_pointer_v1_destroy(pointer);
	check_str(seat_log_take(&s.log), "button 0x110 up / frame / ");
	zwlr_virtual_pointer_manager_v1_destroy(manager);
	end(&s);
}

TEST(virtual_pointer_scrolls_and_maps_to_the_output)
{
	struct stage s;
	begin(&s);
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(s.client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	struct client_output *output = wl_container_of(s.client->outputs.next, output, link);
	struct zwlr_virtual_pointer_v1 *pointer =
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer_with_output(
			manager, s.client->seat, output->output);
	zwlr_virtual_pointer_v1_axis_discrete(pointer, 1, 0, wl_fixed_from_int(30), 2);
	zwlr_virtual_pointer_v1_axis_source(pointer, 0);
	zwlr_virtual_pointer_v1_frame(pointer);
	const char *text = seat_log_take(&s.log);
	check(strstr(text, "source 0 / "));
	check(strstr(text, "axis 0 30 / frame / "));
	zwlr_virtual_pointer_v1_motion_absolute(pointer, 1, 500, 250, 1000, 1000);
	zwlr_virtual_pointer_v1_motion_absolute(pointer, 1, 1, 1, 0, 0); // says nothing
	zwlr_virtual_pointer_v1_frame(pointer);
	check_no_error(s.client);
	check(s.fixture->server->seat->pointer.x == 640);
	check(s.fixture->server->seat->pointer.y == 180);
	zwlr_virtual_pointer_v1_axis(pointer, 1, 2, 0);
	check_client_error(
		s.client, "zwlr_virtual_pointer_v1", ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS);
	zwlr_virtual_pointer_v1_destroy(pointer);
	zwlr_virtual_pointer_manager_v1_destroy(manager);
	end(&s);
}

static const char tiny_keymap[] =
	"xkb_keymap {\n"
	"xkb_keycodes { minimum = 8; maximum = 255; <A> = 9; };\n"
	"xkb_types { type \"ONE\" { modifiers = none; level_name[1] = \"Any\"; }; };\n"
	"xkb_compatibility { interpret Any+AnyOf(all) { action = SetMods(modifiers=none); }; };\n"
	"xkb_symbols { key <A> { type=\"ONE\", [ eacute ] }; };\n"
	"};\n";

TEST(virtual_keyboard_types_with_its_own_map)
{
	struct stage s;
	begin(&s);
	uint32_t size = s.log.keymap_size;
	struct zwp_virtual_keyboard_manager_v1 *manager =
		client_bind(s.client, &zwp_virtual_keyboard_manager_v1_interface, 1);
	struct zwp_virtual_keyboard_v1 *keyboard =
		zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(manager, s.client->seat);
	int fd = memfd_sized("keymap", sizeof(tiny_keymap));
	check(pwrite(fd, tiny_keymap, sizeof(tiny_keymap), 0) == sizeof(tiny_keymap));
	zwp_virtual_keyboard_v1_keymap(
		keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, sizeof(tiny_keymap));
	check_no_error(s.client);
	close(fd);
	check_eq(s.log.keymaps, 1); // nobody types yet
	zwp_virtual_keyboard_v1_key(keyboard, 1, 1, 1);
	zwp_virtual_keyboard_v1_key(keyboard, 2, 1, 0);
	check_str(seat_log_take(&s.log), "key 1 down / key 1 up / ");
	check_eq(s.log.keymaps, 2);
	check(s.log.keymap_size != size);
	// Held at the end: released; and the seat's map is back.
	zwp_virtual_keyboard_v1_key(keyboard, 3, 1, 1);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	check_str(seat_log_take(&s.log), "key 1 down / key 1 up / ");
	check_eq(s.log.keymap_size, size);
	zwp_virtual_keyboard_manager_v1_destroy(manager);
	end(&s);
}

TEST(virtual_keyboard_needs_a_map)
{
	struct stage s;
	begin(&s);
	struct zwp_virtual_keyboard_manager_v1 *manager =
		client_bind(s.client, &zwp_virtual_keyboard_manager_v1_interface, 1);
	struct zwp_virtual_keyboard_v1 *keyboard =
		zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(manager, s.client->seat);
	zwp_virtual_keyboard_v1_key(keyboard, 1, 30, 1);
	check_client_error(
		s.client, "zwp_virtual_keyboard_v1", ZWP_VIRTUAL_KEYBOARD_V1_ERROR_NO_KEYMAP);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	zwp_virtual_keyboard_manager_v1_destroy(manager);
	end(&s);
}

// Relative motion and constraints

struct heard {
	int relative, locked, unlocked;
	double dx, dx_raw;
	uint64_t time_us;
};

static void on_relative(void *data, struct zwp_relative_pointer_v1 *pointer, uint32_t high,
	uint32_t low, wl_fixed_t dx, wl_fixed_t dy, wl_fixed_t dx_raw, wl_fixed_t dy_raw)
{
	struct heard *heard = data;
	heard->relative++;
	heard->time_us = (uint64_t)high << 32 | low;
	heard->dx = wl_fixed_to_double(dx);
	heard->dx_raw = wl_fixed_to_double(dx_raw);
}

static const struct zwp_relative_pointer_v1_listener relative_listener = {on_relative};

static void on_locked(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	((struct heard *)data)->locked++;
}

static void on_unlocked(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	((struct heard *)data)->unlocked++;
}

static const struct zwp_locked_pointer_v1_listener lock_listener = {on_locked, on_unlocked};

TEST(a_locked_pointer_stays_and_tells_relative_motion)
{
	struct stage s;
	begin(&s);
	struct heard heard = {0};
	struct zwp_relative_pointer_manager_v1 *relatives =
		client_bind(s.client, &zwp_relative_pointer_manager_v1_interface, 1);
	struct zwp_relative_pointer_v1 *relative =
		zwp_relative_pointer_manager_v1_get_relative_pointer(relatives, s.log.pointer);
	zwp_relative_pointer_v1_add_listener(relative, &relative_listener, &heard);
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(s.client, &zwp_pointer_constraints_v1_interface, 1);
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(constraints, s.window->surface,
			s.log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	zwp_locked_pointer_v1_add_listener(lock, &lock_listener, &heard);
	seat_log_take(&s.log);
	check_eq(heard.locked, 1);
	move_by(&s, 7, 0);
	check(!strstr(seat_log_take(&s.log), "motion"));
	check_eq(heard.relative, 1);
	check(heard.dx == 7 && heard.dx_raw == 14 && heard.time_us == UINT64_C(0x123456789));
	check(s.fixture->server->seat->pointer.x == s.x + 50);
	// Another window takes the keyboard: the lock ends, and comes back with it.
	struct client_window *other = client_window_create(s.client, 100, 100, 0xff0000ff);
	check_eq(heard.unlocked, 1);
	client_window_destroy(other);
	fixture_frames(s.fixture, 1);
	check_eq(heard.locked, 2);
	// The hint is where the pointer appears.
	zwp_locked_pointer_v1_set_cursor_position_hint(
		lock, wl_fixed_from_int(20), wl_fixed_from_int(30));
	wl_surface_commit(s.window->surface);
	zwp_locked_pointer_v1_destroy(lock);
	fixture_pump(s.fixture);
	check(s.fixture->server->seat->pointer.x == s.x + 20);
	check(s.fixture->server->seat->pointer.y == s.y + 30);
	zwp_relative_pointer_v1_destroy(relative);
	zwp_relative_pointer_manager_v1_destroy(relatives);
	zwp_pointer_constraints_v1_destroy(constraints);
	end(&s);
}

TEST(a_confined_pointer_stays_inside)
{
	struct stage s;
	begin(&s);
	struct zwp_pointer_constraints_v1 *constraints =
		client_bind(s.client, &zwp_pointer_constraints_v1_interface, 1);
	struct wl_region *region = wl_compositor_create_region(s.client->compositor);
	wl_region_add(region, 40, 40, 20, 20);
	struct zwp_confined_pointer_v1 *confined =
		zwp_pointer_constraints_v1_confine_pointer(constraints, s.window->surface,
			s.log.pointer, region, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_ONESHOT);
	fixture_pump(s.fixture);
	struct pointer *pointer = &s.fixture->server->seat->pointer;
	move_by(&s, 100, -3);
	check(pointer->x >= s.x + 59 && pointer->x < s.x + 60);
	check(pointer->y == s.y + 47);
	move_by(&s, -500, -500);
	check(pointer->x == s.x + 40 && pointer->y == s.y + 40);
	// A second one on the same surface is a mistake.
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(constraints, s.window->surface,
			s.log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_ONESHOT);
	check_client_error(s.client, "zwp_pointer_constraints_v1",
		ZWP_POINTER_CONSTRAINTS_V1_ERROR_ALREADY_CONSTRAINED);
	zwp_locked_pointer_v1_destroy(lock);
	zwp_confined_pointer_v1_destroy(confined);
	wl_region_destroy(region);
	zwp_pointer_constraints_v1_destroy(constraints);
	end(&s);
}
