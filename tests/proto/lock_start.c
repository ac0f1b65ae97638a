// SPDX-License-Identifier: MIT
// What starts the screen locker: time without input, the lid, the key, and none of them twice. The
// locker is a shell command that adds a line to a file, then runs on or ends.
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/guard.h"
#include "compositor/lock/lock_private.h"
#include "compositor/seat/seat.h"
#include "tests/harness/client.h"
#include "tests/harness/locker.h"
#include "tests/harness/test.h"

#define WAIT_MS 20000

static const struct input_device lid = {.type = INPUT_SWITCH, .kind = "switch", .name = "Lid"};

struct lock_start {
	struct fixture *fixture;
	struct server *server;
	struct guard *guard;
	char *file; // that the lockers write
};

static void lock_start_begin(struct lock_start *rig, const char *settings, const char *then)
{
	rig->file = xasprintf("%s/started", test_dir());
	char *config = xasprintf(
		"[idle]\n%slock-command = echo started >>%s; %s\n", settings, rig->file, then);
	rig->fixture = fixture_create_config(config);
	free(config);
	rig->server = rig->fixture->server;
	rig->guard = guard_create(&(struct guard_options){0});
	check(rig->guard != NULL);
	rig->server->children = children_create(rig->server->loop, rig->guard);
	check(rig->server->children != NULL);
	fixture_move(rig->fixture, 10, 10);
}

static void lock_start_end(struct lock_start *rig)
{
	children_destroy(rig->server->children);
	rig->server->children = NULL;
	guard_destroy(rig->guard);
	fixture_destroy(rig->fixture);
	free(rig->file);
}

static int starts(const struct lock_start *rig)
{
	FILE *file = fopen(rig->file, "r");
	int lines = 0;
	for (int byte; file && (byte = fgetc(file)) != EOF;)
		lines += byte == '\n';
	if (file)
		fclose(file);
	return lines;
}

static void wait_for_starts(const struct lock_start *rig, int count)
{
	for (int waited = 0; starts(rig) < count && waited < WAIT_MS; waited += 10)
		poll(NULL, 0, 10);
	check_eq(starts(rig), count);
}

static void wait_for_end(const struct lock_start *rig)
{
	for (int waited = 0; rig->server->lock->command && waited < WAIT_MS; waited += 10) {
		poll(NULL, 0, 10);
		fixture_pump(rig->fixture);
	}
	check(!rig->server->lock->command);
}

static void set_lid(const struct lock_start *rig, bool closed)
{
	const struct input_event event = {.type = INPUT_SWITCH_TOGGLE,
		.device = &lid,
		.time_us = clock_now_ns(rig->server->clock) / NSEC_PER_USEC,
		.toggle = {.lid = true, .on = closed}};
	seat_input(rig->server->seat, &event);
	fixture_pump(rig->fixture);
}

static void press_super_l(const struct lock_start *rig)
{
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_L, true);
	fixture_key(rig->fixture, KEY_L, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
}

TEST(the_locker_starts_after_seconds_without_input)
{
	struct lock_start rig = {0};
	lock_start_begin(&rig, "lock = 60\n", "sleep 1000");
	fixture_advance(rig.fixture, 59 * NSEC_PER_SEC);
	check(!rig.server->lock->command);
	fixture_move(rig.fixture, 20, 20);
	fixture_advance(rig.fixture, 59 * NSEC_PER_SEC);
	check(!rig.server->lock->command);
	fixture_advance(rig.fixture, NSEC_PER_SEC);
	wait_for_starts(&rig, 1);
	// It is being started: neither more time nor the key starts a second one.
	fixture_advance(rig.fixture, 120 * NSEC_PER_SEC);
	press_super_l(&rig);
	fixture_advance(rig.fixture, 120 * NSEC_PER_SEC);
	check_eq(starts(&rig), 1);
	lock_start_end(&rig);
}

TEST(time_without_input_starts_no_locker_by_default)
{
	struct lock_start rig = {0};
	lock_start_begin(&rig, "", "sleep 1000");
	fixture_advance(rig.fixture, 24 * 3600 * NSEC_PER_SEC);
	set_lid(&rig, true);
	check(!rig.server->lock->command);
	lock_start_end(&rig);
}

// One that ended without a lock may be started again.
TEST(the_locker_starts_with_a_closed_lid)
{
	struct lock_start rig = {0};
	lock_start_begin(&rig, "lock-on-lid = yes\n", "exit 3");
	set_lid(&rig, true);
	wait_for_starts(&rig, 1);
	wait_for_end(&rig);
	set_lid(&rig, false);
	check(!rig.server->lock->command);
	set_lid(&rig, true);
	wait_for_starts(&rig, 2);
	lock_start_end(&rig);
}

// The session stays locked when the locker dies: the key is the way back in.
TEST(the_key_starts_a_locker_unless_one_holds_the_lock)
{
	struct lock_start rig = {0};
	lock_start_begin(&rig, "", "exit 0");
	press_super_l(&rig);
	wait_for_starts(&rig, 1);
	wait_for_end(&rig);
	struct client *client = client_create(rig.fixture);
	struct test_locker *locker = locker_create(client);
	fixture_frames(rig.fixture, 3);
	check_eq(locker->locked, 1);
	press_super_l(&rig);
	check(!rig.server->lock->command);
	locker_kill(locker);
	fixture_pump(rig.fixture);
	check(rig.server->locked);
	press_super_l(&rig);
	wait_for_starts(&rig, 2);
	lock_start_end(&rig);
}
