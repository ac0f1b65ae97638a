// SPDX-License-Identifier: MIT
// Clients that do not read, and clients that are not read.
#include "compositor/core/backlog.h"
#include <linux/input-event-codes.h>
#include "compositor/base/base.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"

#define ENOUGH 20000 // moves until anybody is late

struct setting {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wl_pointer *pointer;
};

static void begin(struct setting *s)
{
	s->fixture = fixture_create_shell("kiosk");
	s->client = client_create(s->fixture);
	s->pointer = wl_seat_get_pointer(s->client->seat);
	s->window = client_window_create(s->client, 100, 100, 0xff203040);
	fixture_move(s->fixture, 10, 10);
}

static void end(struct setting *s)
{
	wl_pointer_release(s->pointer);
	client_window_destroy(s->window);
	fixture_destroy(s->fixture);
}

static void stop_reading(struct setting *s)
{
	wl_list_remove(&s->client->link);
	wl_list_init(&s->client->link);
}

static void read_again(struct setting *s)
{
	wl_list_insert(&s->fixture->clients, &s->client->link);
}

static int wiggle_until_late(struct setting *s)
{
	int moves = 0;
	while (!backlog_late(s->client->server_side) && moves < ENOUGH) {
		fixture_move(s->fixture, 10 + moves % 2, 10);
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

TEST(who_reads_is_not_late)
{
	struct setting s;
	begin(&s);
	for (int i = 0; i < 500; i++)
		fixture_move(s.fixture, 10 + i % 2, 10);
	check(!backlog_late(s.client->server_side));
	check_eq(backlog_bytes(s.client->server_side), 0);
	end(&s);
}

TEST(motion_is_merged_for_late_clients)
{
	struct setting s;
	begin(&s);
	stop_reading(&s);
	check(wiggle_until_late(&s) > 50);
	int bytes = backlog_bytes(s.client->server_side);
	check(bytes > 0);
	for (int i = 0; i < 5000; i++)
		fixture_move(s.fixture, 10 + i % 100, 10);
	check_eq(backlog_bytes(s.client->server_side), bytes);
	// What cannot wait is sent, with the newest place before it.
	fixture_button(s.fixture, BTN_LEFT, true);
	fixture_button(s.fixture, BTN_LEFT, false);
	check(backlog_bytes(s.client->server_side) > bytes);
	read_again(&s);
	check_no_error(s.client);
	check(!backlog_late(s.client->server_side));
	check_eq(backlog_bytes(s.client->server_side), 0);
	end(&s);
}

TEST(callers_hear_when_it_has_read)
{
	struct setting s;
	begin(&s);
	stop_reading(&s);
	wiggle_until_late(&s);
	struct drained one = {.again = true}, two = {0}, forgotten = {0};
	backlog_when_drained(s.client->server_side, on_drained, &one);
	backlog_when_drained(s.client->server_side, on_drained, &forgotten);
	backlog_when_drained(s.client->server_side, on_drained, &two);
	backlog_forget(s.client->server_side, &forgotten);
	fixture_pump(s.fixture);
	fixture_advance(s.fixture, 10 * NSEC_PER_SEC);
	check_eq(one.calls + two.calls, 0);
	read_again(&s);
	fixture_pump(s.fixture);
	check_eq(two.calls, 1);
	check_eq(one.calls, 2);
	check_eq(one.gone + two.gone + forgotten.calls, 0);
	end(&s);
}

TEST(callers_hear_when_it_goes)
{
	struct setting s;
	begin(&s);
	stop_reading(&s);
	wiggle_until_late(&s);
	struct drained one = {.again = true}, two = {0};
	backlog_when_drained(s.client->server_side, on_drained, &one);
	backlog_when_drained(s.client->server_side, on_drained, &two);
	wl_client_destroy(s.client->server_side);
	check_eq(one.calls, 1);
	check_eq(one.gone, 1);
	check_eq(two.gone, 1);
	read_again(&s);
	fixture_pump(s.fixture);
	end(&s);
}

static void kill_client(struct wl_client *client, void *data)
{
	*(int *)data += 1;
	if (client)
		wl_client_destroy(client);
}

TEST(callers_may_end_the_client)
{
	struct setting s;
	begin(&s);
	int calls = 0;
	struct drained after = {0};
	backlog_when_drained(s.client->server_side, kill_client, &calls);
	backlog_when_drained(s.client->server_side, on_drained, &after);
	fixture_pump(s.fixture);
	check_eq(calls, 1);
	check_eq(after.gone, 1);
	end(&s);
}

TEST(nothing_wakes_up_while_it_does_not_read)
{
	struct setting s;
	begin(&s);
	stop_reading(&s);
	wiggle_until_late(&s);
	struct drained drained = {0};
	backlog_when_drained(s.client->server_side, on_drained, &drained);
	fixture_frames(s.fixture, 5);
	// A round of the loop that found work to do would return before the time is over.
	struct wl_event_loop *loop = s.fixture->server->loop;
	struct clock *real = clock_create_real(loop);
	uint64_t start = clock_now_ns(real);
	wl_event_loop_dispatch(loop, 50);
	check(clock_now_ns(real) - start >= 45 * NSEC_PER_MSEC);
	clock_destroy(real);
	read_again(&s);
	fixture_pump(s.fixture);
	check_eq(drained.calls, 1);
	end(&s);
}

static void on_sync(void *data, struct wl_callback *callback, uint32_t serial)
{
	*(int *)data += 1;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener sync_listener = {.done = on_sync};

TEST(frozen_clients_are_not_read)
{
	struct setting s;
	begin(&s);
	int answers = 0;
	struct drained drained = {0};
	backlog_freeze(s.client->server_side, true);
	backlog_freeze(s.client->server_side, true);
	check(backlog_late(s.client->server_side));
	backlog_when_drained(s.client->server_side, on_drained, &drained);
	wl_callback_add_listener(wl_display_sync(s.client->display), &sync_listener, &answers);
	wl_display_flush(s.client->display);
	fixture_pump(s.fixture);
	fixture_move(s.fixture, 20, 20);
	fixture_button(s.fixture, BTN_LEFT, true);
	fixture_button(s.fixture, BTN_LEFT, false);
	fixture_frames(s.fixture, 5);
	check_eq(answers, 0);
	check_eq(drained.calls, 0);
	backlog_freeze(s.client->server_side, false);
	fixture_pump(s.fixture);
	check_eq(answers, 1);
	check_eq(drained.calls, 1);
	check(!backlog_late(s.client->server_side));
	// And it goes on as before, without a loop that spins.
	wl_callback_add_listener(wl_display_sync(s.client->display), &sync_listener, &answers);
	check_no_error(s.client);
	check_eq(answers, 2);
	struct wl_event_loop *loop = s.fixture->server->loop;
	struct clock *real = clock_create_real(loop);
	uint64_t start = clock_now_ns(real);
	wl_event_loop_dispatch(loop, 50);
	check(clock_now_ns(real) - start >= 45 * NSEC_PER_MSEC);
	clock_destroy(real);
	end(&s);
}

TEST(frozen_clients_may_go)
{
	struct setting s;
	begin(&s);
	struct drained drained = {0};
	struct client *other = client_create(s.fixture);
	struct wl_client *server_side = other->server_side;
	backlog_freeze(server_side, true);
	backlog_when_drained(server_side, on_drained, &drained);
	client_destroy(other); // the hang-up is heard all the same
	fixture_pump(s.fixture);
	check_eq(drained.gone, 1);
	end(&s);
}
