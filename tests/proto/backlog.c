// SPDX-License-Identifier: MIT
// Back-pressure: clients that do not read their socket, and clients that are frozen.
#include "compositor/client/backlog.h"
#include <linux/input-event-codes.h>
#include "compositor/base/base.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"

#define ENOUGH 20000 // motions until any client is late

struct backlog_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wl_pointer *pointer;
};

static void backlog_rig_init(struct backlog_rig *rig)
{
	rig->fixture = fixture_create_shell("kiosk");
	rig->client = client_create(rig->fixture);
	rig->pointer = wl_seat_get_pointer(rig->client->seat);
	rig->window = client_window_create(rig->client, 100, 100, 0xff203040);
	fixture_move(rig->fixture, 10, 10);
}

static void backlog_rig_finish(struct backlog_rig *rig)
{
	wl_pointer_release(rig->pointer);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void stop_reading(struct backlog_rig *rig)
{
	wl_list_remove(&rig->client->link);
	wl_list_init(&rig->client->link);
}

static void read_again(struct backlog_rig *rig)
{
	wl_list_insert(&rig->fixture->clients, &rig->client->link);
}

static int wiggle_until_late(struct backlog_rig *rig)
{
	int moves = 0;
	while (!backlog_late(rig->client->server_side) && moves < ENOUGH) {
		fixture_move(rig->fixture, 10 + moves % 2, 10);
		moves++;
	}
	check(moves < ENOUGH);
	return moves;
}

struct drained {
	int calls, gone;
	struct wl_client *client;
	bool again;
};

static void on_drained(struct wl_client *client, void *data)
{
	struct drained *drained = data;
	drained->calls++;
	drained->gone += !client;
	if (client && drained->again) {
		drained->again = false;
		backlog_when_drained(client, on_drained, data);
	}
}

TEST_F(backlog_rig, who_reads_is_not_late)
{
	for (int i = 0; i < 500; i++)
		fixture_move(rig->fixture, 10 + i % 2, 10);
	check(!backlog_late(rig->client->server_side));
	check_eq(backlog_bytes(rig->client->server_side), 0);
}

TEST_F(backlog_rig, motion_is_merged_for_late_clients)
{
	stop_reading(rig);
	check(wiggle_until_late(rig) > 50);
	int bytes = backlog_bytes(rig->client->server_side);
	check(bytes > 0);
	for (int i = 0; i < 5000; i++)
		fixture_move(rig->fixture, 10 + i % 100, 10);
	check_eq(backlog_bytes(rig->client->server_side), bytes);
	// What cannot be merged is sent, preceded by the newest position.
	fixture_button(rig->fixture, BTN_LEFT, true);
	fixture_button(rig->fixture, BTN_LEFT, false);
	check(backlog_bytes(rig->client->server_side) > bytes);
	read_again(rig);
	check_no_error(rig->client);
	check(!backlog_late(rig->client->server_side));
	check_eq(backlog_bytes(rig->client->server_side), 0);
}

TEST_F(backlog_rig, callers_hear_when_it_has_read)
{
	stop_reading(rig);
	wiggle_until_late(rig);
	struct drained one = {.again = true}, two = {0}, forgotten = {0};
	backlog_when_drained(rig->client->server_side, on_drained, &one);
	backlog_when_drained(rig->client->server_side, on_drained, &forgotten);
	backlog_when_drained(rig->client->server_side, on_drained, &two);
	backlog_forget(rig->client->server_side, &forgotten);
	fixture_pump(rig->fixture);
	fixture_advance(rig->fixture, 10 * NSEC_PER_SEC);
	check_eq(one.calls + two.calls, 0);
	read_again(rig);
	fixture_pump(rig->fixture);
	check_eq(two.calls, 1);
	check_eq(one.calls, 2);
	check_eq(one.gone + two.gone + forgotten.calls, 0);
}

TEST_F(backlog_rig, callers_hear_when_it_goes)
{
	stop_reading(rig);
	wiggle_until_late(rig);
	struct drained one = {.again = true}, two = {0};
	backlog_when_drained(rig->client->server_side, on_drained, &one);
	backlog_when_drained(rig->client->server_side, on_drained, &two);
	wl_client_destroy(rig->client->server_side);
	check_eq(one.calls, 1);
	check_eq(one.gone, 1);
	check_eq(two.gone, 1);
	read_again(rig);
	fixture_pump(rig->fixture);
}

static void kill_client(struct wl_client *client, void *data)
{
	*(int *)data += 1;
	if (client)
		wl_client_destroy(client);
}

TEST_F(backlog_rig, callers_may_end_the_client)
{
	int calls = 0;
	struct drained after = {0};
	backlog_when_drained(rig->client->server_side, kill_client, &calls);
	backlog_when_drained(rig->client->server_side, on_drained, &after);
	fixture_pump(rig->fixture);
	check_eq(calls, 1);
	check_eq(after.gone, 1);
}

TEST_F(backlog_rig, nothing_wakes_up_while_it_does_not_read)
{
	stop_reading(rig);
	wiggle_until_late(rig);
	struct drained drained = {0};
	backlog_when_drained(rig->client->server_side, on_drained, &drained);
	fixture_frames(rig->fixture, 5);
	// If the loop spun, dispatch would return before the timeout.
	struct wl_event_loop *loop = rig->fixture->server->loop;
	struct clock *real = clock_create_real(loop);
	uint64_t start = clock_now_ns(real);
	wl_event_loop_dispatch(loop, 50);
	check(clock_now_ns(real) - start >= 45 * NSEC_PER_MSEC);
	clock_destroy(real);
	read_again(rig);
	fixture_pump(rig->fixture);
	check_eq(drained.calls, 1);
}

static void on_sync(void *data, struct wl_callback *callback, uint32_t serial)
{
	*(int *)data += 1;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener sync_listener = {.done = on_sync};

TEST_F(backlog_rig, frozen_clients_are_not_read)
{
	int answers = 0;
	struct drained drained = {0};
	backlog_freeze(rig->client->server_side, true);
	backlog_freeze(rig->client->server_side, true);
	check(backlog_late(rig->client->server_side));
	backlog_when_drained(rig->client->server_side, on_drained, &drained);
	wl_callback_add_listener(wl_display_sync(rig->client->display), &sync_listener, &answers);
	wl_display_flush(rig->client->display);
	fixture_pump(rig->fixture);
	fixture_move(rig->fixture, 20, 20);
	fixture_button(rig->fixture, BTN_LEFT, true);
	fixture_button(rig->fixture, BTN_LEFT, false);
	fixture_frames(rig->fixture, 5);
	check_eq(answers, 0);
	check_eq(drained.calls, 0);
	backlog_freeze(rig->client->server_side, false);
	fixture_pump(rig->fixture);
	check_eq(answers, 1);
	check_eq(drained.calls, 1);
	check(!backlog_late(rig->client->server_side));
	// Afterwards the client works as before, and the loop does not spin.
	wl_callback_add_listener(wl_display_sync(rig->client->display), &sync_listener, &answers);
	check_no_error(rig->client);
	check_eq(answers, 2);
	struct wl_event_loop *loop = rig->fixture->server->loop;
	struct clock *real = clock_create_real(loop);
	uint64_t start = clock_now_ns(real);
	wl_event_loop_dispatch(loop, 50);
	check(clock_now_ns(real) - start >= 45 * NSEC_PER_MSEC);
	clock_destroy(real);
}

TEST_F(backlog_rig, frozen_clients_may_go)
{
	struct drained drained = {0};
	struct client *other = client_create(rig->fixture);
	struct wl_client *server_side = other->server_side;
	backlog_freeze(server_side, true);
	backlog_when_drained(server_side, on_drained, &drained);
	client_destroy(other); // the disconnect is noticed even so
	fixture_pump(rig->fixture);
	check_eq(drained.gone, 1);
}
