// SPDX-License-Identifier: MIT
// [idle] of the configuration: screens that are switched off without input.
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "tests/harness/client.h"
#include "tests/harness/locker.h"
#include "tests/harness/test.h"
#include "idle-inhibit-unstable-v1-client-protocol.h"

struct session_idle_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct output *output;
	struct backend_impl impl;
};

static bool power(struct screen *screen, bool on)
{
	return true;
}

static void session_idle_rig_init(struct session_idle_rig *rig)
{
	rig->fixture = fixture_create_config("[idle]\nscreens-off = 5\n");
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 100, 100, 0xffff00ff);
	rig->output = output_first(rig->fixture->server);
	struct backend *backend = rig->fixture->server->backend;
	rig->impl = *backend->impl;
	rig->impl.set_power = power;
	backend->impl = &rig->impl;
	fixture_move(rig->fixture, 10, 10);
}

static void session_idle_rig_finish(struct session_idle_rig *rig)
{
	check_no_error(rig->client);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

TEST_F(session_idle_rig, screens_are_off_until_the_next_input)
{
	fixture_advance(rig->fixture, 4 * NSEC_PER_SEC);
	check(!rig->output->powered_off);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check(rig->output->powered_off);
	fixture_move(rig->fixture, 20, 20);
	check(!rig->output->powered_off);
	fixture_advance(rig->fixture, 6 * NSEC_PER_SEC);
	check(rig->output->powered_off);
}

// One that was off before is left alone.
TEST_F(session_idle_rig, screens_that_were_off_stay_off)
{
	check(output_set_power(rig->output, false));
	fixture_advance(rig->fixture, 6 * NSEC_PER_SEC);
	fixture_move(rig->fixture, 20, 20);
	check(rig->output->powered_off);
}

// A visible video holds them on, but not behind a lock screen.
TEST_F(session_idle_rig, inhibitors_count_unless_locked)
{
	struct zwp_idle_inhibit_manager_v1 *manager =
		client_bind(rig->client, &zwp_idle_inhibit_manager_v1_interface, 1);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(manager, rig->window->surface);
	fixture_advance(rig->fixture, 20 * NSEC_PER_SEC);
	check(!rig->output->powered_off);
	struct client *client = client_create(rig->fixture);
	struct test_locker *locker = locker_create(client);
	fixture_advance(rig->fixture, 6 * NSEC_PER_SEC);
	check_eq(locker->locked, 1);
	check(rig->output->powered_off);
	locker_unlock(locker);
	locker_destroy(locker, true);
	client_destroy(client);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	zwp_idle_inhibit_manager_v1_destroy(manager);
}
