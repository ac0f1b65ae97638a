// SPDX-License-Identifier: MIT
// [idle] of the configuration: the picture that is dimmed and screens that are switched off without
// input.
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/picture/shot.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/locker.h"
#include "tests/harness/seat_log.h"
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

static uint32_t pixel(struct fixture *fixture, int x, int y)
{
	uint32_t color = 0;
	check(shot_pixel(fixture->server, x, y, &color));
	return color & 0xffffff;
}

TEST(the_picture_is_dim_until_the_next_input)
{
	struct fixture *fixture = fixture_create_config("[idle]\ndim = 5\n");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 100, 100, 0xffff00ff);
	const int x = window->window->x, y = window->window->y;
	struct seat_log log;
	seat_log_begin(&log, client);
	fixture_move(fixture, x + 10, y + 10);
	const uint32_t bright = pixel(fixture, x + 50, y + 50);
	check_eq(bright, 0xff00ff);
	fixture_advance(fixture, 4 * NSEC_PER_SEC);
	check_eq(pixel(fixture, x + 50, y + 50), bright);
	fixture_advance(fixture, 2 * NSEC_PER_SEC);
	check_eq(pixel(fixture, x + 50, y + 50), 0x660066);
	// Input passes through the shade, and ends it.
	seat_log_take(&log);
	fixture_move(fixture, x + 20, y + 20);
	check_str(seat_log_take(&log), "motion 20,20 / frame / ");
	check_eq(pixel(fixture, x + 50, y + 50), bright);
	// A lock screen that appears meanwhile is dim, too, until the next input.
	fixture_advance(fixture, 6 * NSEC_PER_SEC);
	struct client *other = client_create(fixture);
	struct test_locker *locker = locker_create(other);
	locker_add(locker, locker_output(other, 0), true);
	fixture_frames(fixture, 3);
	check_eq(locker->locked, 1);
	check_eq(pixel(fixture, x + 50, y + 50), 0x004d00); // LOCKER_ARGB
	fixture_move(fixture, x + 10, y + 10);
	check_eq(pixel(fixture, x + 50, y + 50), LOCKER_ARGB & 0xffffff);
	locker_unlock(locker);
	locker_destroy(locker, true);
	client_destroy(other);
	seat_log_end(&log);
	client_window_destroy(window);
	client_destroy(client);
	fixture_destroy(fixture);
}
