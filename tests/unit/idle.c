// SPDX-License-Identifier: MIT
// When idle watches fire and resume, on a virtual clock.
#include "compositor/seat/idle.h"
#include "compositor/base/base.h"
#include "compositor/server.h"
#include "tests/harness/test.h"

struct row {
	struct idle_watch watch;
	int idled, resumed;
	bool removes_itself;
};

static void on_changed(struct idle_watch *watch, bool is_idle)
{
	struct row *row = wl_container_of(watch, row, watch);
	*(is_idle ? &row->idled : &row->resumed) += 1;
	if (row->removes_itself)
		idle_watch_remove(watch);
}

static void begin(struct server *server)
{
	*server = (struct server){.clock = clock_create_virtual()};
	server->idle = idle_create(server);
}

static void end(struct server *server)
{
	idle_destroy(server->idle);
	clock_destroy(server->clock);
}

static void add(struct server *server, struct row *row, uint64_t seconds, bool ignores_inhibitors)
{
	idle_watch_add(
		server->idle, &row->watch, seconds * NSEC_PER_SEC, ignores_inhibitors, on_changed);
}

static void pass(struct server *server, double seconds)
{
	clock_advance_to(server->clock,
		clock_now_ns(server->clock) + (uint64_t)(seconds * (double)NSEC_PER_SEC));
}

TEST(fires_after_its_timeout_and_not_again)
{
	struct server server;
	struct row row = {0};
	begin(&server);
	add(&server, &row, 5, false);
	pass(&server, 4.9);
	check_eq(row.idled, 0);
	pass(&server, 0.2);
	check_eq(row.idled, 1);
	pass(&server, 1000);
	check_eq(row.idled, 1);
	check_eq(row.resumed, 0);
	check_eq(clock_next_ns(server.clock), CLOCK_NEVER); // no timer is armed
	end(&server);
}

TEST(counts_from_its_creation)
{
	struct server server;
	struct row row = {0};
	begin(&server);
	pass(&server, 100);
	add(&server, &row, 5, false);
	pass(&server, 4);
	check_eq(row.idled, 0);
	pass(&server, 1);
	check_eq(row.idled, 1);
	end(&server);
}

TEST(activity_puts_it_off)
{
	struct server server;
	struct row row = {0};
	begin(&server);
	add(&server, &row, 5, false);
	for (int i = 0; i < 10; i++) {
		pass(&server, 3);
		idle_activity(server.idle);
	}
	check_eq(row.idled, 0);
	pass(&server, 5);
	check_eq(row.idled, 1);
	idle_activity(server.idle);
	check_eq(row.resumed, 1);
	idle_activity(server.idle);
	check_eq(row.resumed, 1);
	pass(&server, 5);
	check_eq(row.idled, 2);
	end(&server);
}

TEST(zero_is_at_once_and_huge_is_never)
{
	struct server server;
	struct row zero = {0}, huge = {0};
	begin(&server);
	add(&server, &zero, 0, false);
	idle_watch_add(server.idle, &huge.watch, UINT64_MAX - 1, false, on_changed);
	pass(&server, 0);
	check_eq(zero.idled, 1);
	idle_activity(server.idle);
	check_eq(zero.resumed, 1);
	pass(&server, 0);
	check_eq(zero.idled, 2);
	pass(&server, 1e6);
	check_eq(huge.idled, 0);
	end(&server);
}

TEST(inhibitors_hold_those_that_obey)
{
	struct server server;
	struct row obeys = {0}, ignores = {0};
	begin(&server);
	add(&server, &obeys, 5, false);
	add(&server, &ignores, 5, true);
	pass(&server, 3);
	idle_inhibit(server.idle, 1);
	idle_inhibit(server.idle, 1);
	pass(&server, 100);
	check_eq(obeys.idled, 0);
	check_eq(ignores.idled, 1);
	idle_inhibit(server.idle, -1);
	pass(&server, 100);
	check_eq(obeys.idled, 0);
	idle_inhibit(server.idle, -1);
	pass(&server, 4.9);
	check_eq(obeys.idled, 0);
	pass(&server, 0.2);
	check_eq(obeys.idled, 1);
	end(&server);
}

TEST(inhibitor_wakes_nobody)
{
	struct server server;
	struct row row = {0};
	begin(&server);
	add(&server, &row, 5, false);
	pass(&server, 5);
	idle_inhibit(server.idle, 1);
	check_eq(row.resumed, 0);
	idle_activity(server.idle);
	check_eq(row.resumed, 1);
	pass(&server, 100);
	check_eq(row.idled, 1); // the inhibitor has ended
	idle_inhibit(server.idle, -1);
	pass(&server, 5);
	check_eq(row.idled, 2);
	end(&server);
}

TEST(added_while_inhibited)
{
	struct server server;
	struct row row = {0};
	begin(&server);
	idle_inhibit(server.idle, 1);
	add(&server, &row, 5, false);
	pass(&server, 100);
	check_eq(row.idled, 0);
	idle_inhibit(server.idle, -1);
	pass(&server, 5);
	check_eq(row.idled, 1);
	end(&server);
}

TEST(may_remove_itself_when_told)
{
	struct server server;
	struct row first = {.removes_itself = true}, second = {0};
	begin(&server);
	add(&server, &first, 5, false);
	add(&server, &second, 5, false);
	pass(&server, 5);
	check_eq(first.idled, 1);
	check_eq(second.idled, 1);
	idle_activity(server.idle);
	check_eq(first.resumed, 0);
	check_eq(second.resumed, 1);
	idle_watch_remove(&first.watch); // a second time
	second.removes_itself = true;
	pass(&server, 5);
	idle_activity(server.idle);
	check_eq(second.resumed, 1);
	end(&server);
}

TEST(watches_may_outlive_it)
{
	struct server server;
	struct row row = {0};
	begin(&server);
	add(&server, &row, 5, false);
	pass(&server, 5);
	end(&server);
	idle_watch_remove(&row.watch);
	idle_destroy(NULL);
}
