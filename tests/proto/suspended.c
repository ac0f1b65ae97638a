// SPDX-License-Identifier: MIT
// xdg_toplevel.state.suspended of windows that are not visible.
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/cast.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"

struct suspended_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window, *cover; // the cover is shown on top, beside the window
};

static void suspended_rig_init(struct suspended_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_opaque(rig->client, 100, 200, 200);
	rig->cover = client_window_opaque(rig->client, 300, 600, 100);
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
}

static void suspended_rig_finish(struct suspended_rig *rig)
{
	check_no_error(rig->client);
	client_window_destroy(rig->window);
	client_window_destroy(rig->cover);
	fixture_destroy(rig->fixture);
}

static bool is_suspended(const struct client_window *window)
{
	return window->states & (1u << XDG_TOPLEVEL_STATE_SUSPENDED);
}

static void cover(struct suspended_rig *rig, bool on)
{
	window_move(rig->cover->window, on ? 100 : 600, 100);
}

TEST_F(suspended_rig, wholly_covered_for_some_time)
{
	check(!is_suspended(rig->window));
	cover(rig, true);
	fixture_advance(rig->fixture, 1900 * NSEC_PER_MSEC);
	check(!is_suspended(rig->window)); // a moment is not enough
	cover(rig, false);
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	cover(rig, true);
	fixture_advance(rig->fixture, 1900 * NSEC_PER_MSEC);
	check(!is_suspended(rig->window));
	fixture_advance(rig->fixture, 200 * NSEC_PER_MSEC);
	check(is_suspended(rig->window));
	check(!is_suspended(rig->cover));
	check_eq(clock_next_ns(rig->fixture->server->clock), CLOCK_NEVER);
	// Seen again: with the frame that shows it.
	cover(rig, false);
	fixture_frames(rig->fixture, 1);
	check(!is_suspended(rig->window));
}

// It is to be shown in the next frame, and gets the configure before it.
TEST_F(suspended_rig, raised)
{
	cover(rig, true);
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC);
	check(is_suspended(rig->window));
	window_raise(rig->window->window);
	check(!window_has(rig->window->window, WINDOW_SUSPENDED));
	check_eq(client_surface(rig->window->surface, rig->client)->n_visible, 0);
	fixture_frames(rig->fixture, 2);
	check(!is_suspended(rig->window));
	// Raised, but not seen all the same: it is suspended again.
	window_raise(rig->cover->window);
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC);
	check(is_suspended(rig->window));
}

TEST_F(suspended_rig, partly_covered)
{
	window_move(rig->cover->window, 250, 100);
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(!is_suspended(rig->window));
}

TEST_F(suspended_rig, minimized)
{
	cover(rig, true);
	xdg_toplevel_set_minimized(rig->window->toplevel);
	fixture_pump(rig->fixture);
	check(is_suspended(rig->window)); // at once
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	window_set_state(rig->window->window, WINDOW_MINIMIZED, false);
	fixture_pump(rig->fixture);
	check(!is_suspended(rig->window));
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(is_suspended(rig->window)); // still covered
}

TEST_F(suspended_rig, without_output)
{
	struct output *output = output_first(rig->fixture->server);
	struct output_change change = output_change_none(output);
	change.enabled = false;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_pump(rig->fixture);
	check(is_suspended(rig->window));
	change.enabled = true;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_frames(rig->fixture, 2);
	check(!is_suspended(rig->window));
}

// A mapped window that is covered from the start, and one that is unmapped meanwhile.
TEST_F(suspended_rig, unmapped)
{
	cover(rig, true);
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC);
	rig->window->auto_ack = false;
	wl_surface_attach(rig->window->surface, NULL, 0, 0);
	wl_surface_commit(rig->window->surface);
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(!window_has(rig->window->window, WINDOW_SUSPENDED));
	check_eq(clock_next_ns(rig->fixture->server->clock), CLOCK_NEVER);
}

// Clients that do not have the state get no configure instead.
TEST_F(suspended_rig, older_clients)
{
	rig->window->window->sent_states &= ~(unsigned)WINDOW_SUSPENDED;
	int configures = rig->window->configures;
	cover(rig, true);
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(window_has(rig->window->window, WINDOW_SUSPENDED));
	check_eq(rig->window->configures, configures);
}

// A recorded window is seen, whatever covers it.
TEST_F(suspended_rig, captured)
{
	struct cast cast;
	cast_begin(&cast, rig->client, rig->window, 0);
	cover(rig, true);
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(!is_suspended(rig->window));
	cast_end(&cast);
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC);
	check(is_suspended(rig->window));
}
