// SPDX-License-Identifier: MIT
// Serials: how long a client may refer to an event, whatever it and others got since.
#include <linux/input-event-codes.h>
#include "compositor/seat/seat.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

struct side {
	struct client *client;
	struct client_window *window;
	struct seat_log log;
};

struct serials_rig {
	struct fixture *fixture;
	struct seat *seat;
	struct side one, two;
	uint32_t press; // of a click on the first window
};

static void side_init(struct side *side, struct fixture *fixture)
{
	side->client = client_create(fixture);
	side->window = client_window_create(side->client, 200, 100, 0xff336699);
	seat_log_begin(&side->log, side->client);
}

static void side_finish(struct side *side)
{
	seat_log_end(&side->log);
	client_window_destroy(side->window);
}

static void serials_rig_init(struct serials_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->seat = rig->fixture->server->seat;
	side_init(&rig->one, rig->fixture);
	side_init(&rig->two, rig->fixture);
	window_move(rig->one.window->window, 100, 100);
	window_move(rig->two.window->window, 600, 100);
	fixture_frames(rig->fixture, 2);
	fixture_move(rig->fixture, 150, 150);
	fixture_button(rig->fixture, BTN_LEFT, true);
	seat_log_take(&rig->one.log);
	rig->press = rig->one.log.button_serial;
	check(rig->press != 0);
	fixture_button(rig->fixture, BTN_LEFT, false);
}

static void serials_rig_finish(struct serials_rig *rig)
{
	side_finish(&rig->one);
	side_finish(&rig->two);
	fixture_destroy(rig->fixture);
}

static void type_keys(struct serials_rig *rig, int count)
{
	for (int i = 0; i < count; i++) {
		fixture_key(rig->fixture, KEY_A, true);
		fixture_key(rig->fixture, KEY_A, false);
		seat_log_take(&rig->one.log);
		seat_log_take(&rig->two.log);
	}
}

static bool press_is_valid(struct serials_rig *rig, uint32_t serial)
{
	return seat_serial_valid(
		rig->seat, rig->one.client->server_side, serial, seat_serial_is_press);
}

// Sets the clipboard with this serial. True: it was accepted.
static bool copies(struct side *side, uint32_t serial)
{
	struct seat *seat = side->client->fixture->server->seat;
	struct wl_data_device_manager *manager =
		client_bind(side->client, &wl_data_device_manager_interface, 3);
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(manager, side->client->seat);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(manager);
	wl_data_source_offer(source, "text/plain");
	wl_data_device_set_selection(device, source, serial);
	check_no_error(side->client);
	bool accepted = seat->clipboard.source != NULL;
	wl_data_source_destroy(source);
	wl_data_device_release(device);
	wl_data_device_manager_destroy(manager);
	fixture_pump(side->client->fixture);
	return accepted;
}

TEST_F(serials_rig, keys_of_others_do_not_age_a_click)
{
	shell_activate(rig->fixture->server->shell, rig->two.window->window);
	type_keys(rig, 500);
	check(press_is_valid(rig, rig->press));
	check(copies(&rig->one, rig->press));
	check(!copies(&rig->two, rig->press)); // it was sent to another client
}

TEST_F(serials_rig, own_keys_do_not_age_a_click)
{
	type_keys(rig, 500);
	for (int i = 0; i < 300; i++) {
		fixture_move(rig->fixture, i % 2 ? 150 : 1200, i % 2 ? 150 : 700);
		seat_log_take(&rig->one.log);
	}
	check(press_is_valid(rig, rig->press));
	check(copies(&rig->one, rig->press));
}

TEST_F(serials_rig, a_key_is_remembered_for_a_hundred_keys)
{
	fixture_key(rig->fixture, KEY_B, true);
	seat_log_take(&rig->one.log);
	uint32_t key = rig->one.log.key_serial;
	fixture_key(rig->fixture, KEY_B, false);
	type_keys(rig, 100);
	check(press_is_valid(rig, key));
	check(copies(&rig->one, key));
	// The memory is bounded.
	type_keys(rig, SERIALS_KEPT);
	check(!press_is_valid(rig, key));
	check(!copies(&rig->one, key));
}

TEST_F(serials_rig, a_release_starts_no_grab_but_may_copy)
{
	seat_log_take(&rig->one.log);
	uint32_t release = rig->one.log.button_serial;
	check(release != rig->press);
	check(!press_is_valid(rig, release));
	check(copies(&rig->one, release));
}

TEST_F(serials_rig, enter_before_the_seat_is_bound_counts)
{
	struct client *late = client_create(rig->fixture);
	wl_seat_destroy(late->seat);
	late->seat = NULL;
	fixture_pump(rig->fixture);
	struct client_window *window = client_window_create(late, 100, 100, 0xff00ff00);
	window_move(window->window, 300, 400);
	fixture_frames(rig->fixture, 2);
	fixture_move(rig->fixture, 350, 450);
	late->seat = client_bind(late, &wl_seat_interface, 5);
	struct side side = {.client = late};
	seat_log_begin(&side.log, late);
	seat_log_take(&side.log);
	check(side.log.pointer_serial != 0);
	check(copies(&side, side.log.pointer_serial));
	seat_log_end(&side.log);
	client_window_destroy(window);
}

TEST_F(serials_rig, the_last_press_is_forgotten_with_its_client)
{
	struct client *brief = client_create(rig->fixture);
	struct client_window *window = client_window_create(brief, 100, 100, 0xff00ff00);
	struct seat_log log = {0};
	seat_log_begin(&log, brief);
	window_move(window->window, 300, 400);
	fixture_frames(rig->fixture, 2);
	fixture_click(rig->fixture, 350, 450);
	check(rig->seat->pressed_client == brief->server_side);
	seat_log_end(&log);
	client_window_destroy(window);
	client_destroy(brief);
	check(!rig->seat->pressed_client);
}
